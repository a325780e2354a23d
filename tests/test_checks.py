"""The checks themselves: what is counted as passed, and what is not."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from running import write_notebook

from paperclub import paths
from paperclub.checks import chromium, firefox, growth, marks, stages
from paperclub.checks.outcome import Outcome, command_outcome, pytest_outcome
from paperclub.checks.run import run_checks, run_stages
from paperclub.checks.stages import Stage
from paperclub.errors import CourseError
from paperclub.threads import NAMES

CLOSING_LINE = r"\d+ passed, \d+ failed, \d+ skipped"


def stage(title: str, outcome: Outcome) -> Stage:
    return Stage(title, lambda: outcome)


def closing_line(capsys: pytest.CaptureFixture) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def run_on(tmp_path: Path, source: str, *arguments: str) -> tuple[int, Path]:
    """Run pytest on a file of its own, as a stage does; return its exit code and its report."""
    (tmp_path / "test_it.py").write_text(source, "utf-8")
    report = tmp_path / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, *arguments, "test_it.py"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True).returncode, report


def test_all_stages_that_hold_give_exit_code_0_and_the_sum(capsys):
    code = run_stages([stage("one", Outcome(passed=1)), stage("two", Outcome(3, 0, 2))], [])
    assert code == 0
    line = closing_line(capsys)
    assert line == "4 passed, 0 failed, 2 skipped"
    assert re.fullmatch(CLOSING_LINE, line)


def test_a_stage_that_fails_gives_exit_code_1_and_the_next_one_still_runs(capsys):
    failing = stage("one", Outcome(passed=2, failed=1))
    assert run_stages([failing, stage("two", Outcome(passed=5))], []) == 1
    assert closing_line(capsys) == "7 passed, 1 failed, 0 skipped"


def test_a_stage_that_could_not_run_gives_exit_code_1_and_is_not_counted_as_passed(capsys):
    absent = stage("browser", Outcome(skipped=1, fault="no browser to run them in"))
    assert run_stages([stage("one", Outcome(passed=1)), absent], []) == 1
    said = capsys.readouterr().out
    assert "no browser to run them in" in said
    assert said.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"


def test_what_was_left_out_is_named_and_not_counted(capsys):
    assert run_stages([stage("one", Outcome(passed=1))], ["by --quick: The book"]) == 0
    said = capsys.readouterr().out
    assert "Left out by --quick: The book" in said
    assert said.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"


def test_nothing_at_all_does_not_hold():
    assert run_stages([], []) == 1


def test_what_each_stage_took_is_written_down_if_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "paperclub.checks.run.in_a_year", lambda seconds, weekly, in_turn: 7 * weekly
    )
    file = tmp_path / "stages.json"
    run_stages([stage("one", Outcome(passed=1, weekly=0.5, chapters=0.25))], [], file)
    (row,) = json.loads(file.read_text("utf-8"))["rows"]
    assert row.pop("seconds") >= 0
    assert row == {"stage": "one", "weekly": 0.5, "chapters": 0.25, "year_s": 3.5}


def test_a_place_that_is_none_is_said_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("paperclub.checks.run.stages", lambda quick, turn: pytest.fail("it ran"))
    for place in (tmp_path, tmp_path / "nowhere" / "stages.json"):
        with pytest.raises(CourseError, match=r"--json .* is no place for a file"):
            run_checks(json_file=place)


def test_quick_leaves_out_the_slow_stages_only():
    kept = {one.title for one in stages.stages(quick=True) if not one.slow}
    assert {"Lint", "Types", "Import rules", "Unit tests"} <= kept
    assert not kept & {"Every notebook", "In a real browser", "In Firefox"}
    assert "The book, warnings as errors" not in kept


def test_a_command_is_one_check():
    assert command_outcome(0) == Outcome(passed=1)
    assert command_outcome(2).failed == 1 and not command_outcome(2).holds


def test_passed_failed_broken_and_skipped_tests_are_told_apart(tmp_path):
    source = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError

def test_good(): pass
def test_bad(): assert False
def test_broken(broken): pass
@pytest.mark.skip
def test_left(): pass
"""
    outcome = pytest_outcome(*run_on(tmp_path, source))
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 2, 1)
    assert not outcome.holds


def test_the_part_that_grows_with_the_weeks_is_that_which_names_a_week_or_a_figure(tmp_path):
    report = tmp_path / "report.xml"
    cases = {
        "chapters/attention.ipynb::Cell 1": 2,
        "test_soundness[pointer-networks]": 3,
        "test_soft_alignment_browser": 1,
        "test_files": 4,
    }
    tests = "".join(f'<testcase name="{name}" time="{time}"/>' for name, time in cases.items())
    report.write_text(f"<testsuites><testsuite>{tests}</testsuite></testsuites>")
    assert growth.weekly_share(report) == 0.6


def test_the_part_that_chapters_take_is_told_apart(tmp_path):
    times = {"chapters.attention.ipynb": 6, "solutions.attention.ipynb": 1, "tests.chapters": 1}
    tests = "".join(f'<testcase classname="{name}" time="{s}"/>' for name, s in times.items())
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{tests}</testsuite></testsuites>")
    assert growth.chapters_share(report) == 0.75
    report.write_text("<testsuites/>")
    assert growth.chapters_share(report) == 0


def test_the_part_of_the_book_that_grows_is_that_of_weeks_pages(tmp_path):
    for name in ("index", "book/year", "chapters/attention", "_static/part", "search"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.html").write_text("a" * (9 if "attention" in name else 1))
    assert growth.share_of_pages(tmp_path, stages.NOTEBOOKS) == 9 / 12
    assert growth.share_of_pages(tmp_path / "nowhere", stages.NOTEBOOKS) == 0


def test_the_year_takes_the_fixed_part_once_and_the_rest_for_every_week(monkeypatch):
    monkeypatch.setattr(growth, "written_weeks", lambda: [1] * 13)
    monkeypatch.setattr(growth, "syllabus", lambda: SimpleNamespace(weeks=[1] * 52))
    assert growth.in_a_year(10, 0.5) == 5 + 5 * 4
    assert growth.in_a_year(10, 0) == 10


@pytest.mark.parametrize(("written", "times"), [(3, 5 / 3), (8, 5 / 8), (30, 1)])
def test_where_weeks_take_turns_the_year_takes_what_a_run_has_time_for(monkeypatch, written, times):
    monkeypatch.setattr(growth, "written_weeks", lambda: [1] * written)
    monkeypatch.setattr(growth, "syllabus", lambda: SimpleNamespace(weeks=[1] * 52))
    assert growth.in_a_year(10, 0.5, in_turn=True) == pytest.approx(5 + 5 * times)


def test_no_test_collected_is_a_failure(tmp_path):
    outcome = pytest_outcome(*run_on(tmp_path, "def helper(): pass"))
    assert outcome.failed == 1 and "no test was collected" in outcome.fault


def test_a_file_that_does_not_import_is_a_failure(tmp_path):
    outcome = pytest_outcome(*run_on(tmp_path, "import nothing_of_this_name"))
    assert outcome.failed >= 1 and outcome.passed == 0


def test_an_unknown_option_is_a_failure(tmp_path):
    outcome = pytest_outcome(*run_on(tmp_path, "def test_good(): pass", "--no-such-option"))
    assert outcome.failed == 1 and outcome.passed == 0


def test_a_run_that_was_cut_short_is_a_failure(tmp_path):
    source = "import os\ndef test_good(): pass\ndef test_end(): os._exit(3)"
    outcome = pytest_outcome(*run_on(tmp_path, source))
    assert outcome.failed == 1 and not outcome.holds


def test_a_skipped_test_speaks_against_a_run_in_which_all_must_run(tmp_path):
    ran = run_on(tmp_path, "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no')")
    assert pytest_outcome(*ran).holds
    strict = pytest_outcome(*ran, all_must_run=True)
    assert not strict.holds and (strict.passed, strict.skipped) == (1, 1)


def test_without_a_browser_the_browser_tests_do_not_hold(monkeypatch, capsys):
    monkeypatch.setattr(chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(chromium, "can_install", lambda: False)
    outcome = stages.run_browser_tests()
    assert not outcome.holds and outcome.passed == 0 and outcome.skipped == 1
    assert "install one of them" in capsys.readouterr().out


def test_a_browser_is_installed_where_that_is_possible(monkeypatch, tmp_path):
    there = []
    monkeypatch.setattr(chromium, "find_chromium", lambda: there[0] if there else None)
    monkeypatch.setattr(chromium, "can_install", lambda: True)
    monkeypatch.setattr(chromium, "install", lambda name: there.append(tmp_path / name))
    assert chromium.ensure_chromium() == tmp_path / "chromium"


@pytest.mark.parametrize(("possible", "holds"), [(True, False), (False, True)])
def test_firefox_may_be_absent_only_where_nothing_can_be_installed(monkeypatch, possible, holds):
    asked = []
    monkeypatch.setattr(firefox, "find_firefox", lambda: None)
    monkeypatch.setattr(firefox, "install", asked.append)
    for module in (firefox, stages):
        monkeypatch.setattr(module, "can_install", lambda: possible)
    outcome = stages.run_firefox_tests()
    assert (outcome.passed, outcome.skipped, outcome.holds) == (0, 1, holds)
    assert asked == (["firefox-esr"] if possible else [])


def test_a_firefox_named_by_hand_must_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("PAPERCLUB_FIREFOX", str(tmp_path / "none"))
    assert not stages.run_firefox_tests().holds


def test_a_browser_named_by_hand_must_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("PAPERCLUB_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(CourseError, match="is not there"):
        chromium.find_chromium()
    (tmp_path / "none").touch()
    assert chromium.find_chromium() == tmp_path / "none"


def test_a_folder_without_notebooks_is_a_failure(monkeypatch, tmp_path):
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    outcome = stages.run_notebooks()
    assert outcome.failed == 1 and "chapters, solutions, exercises" in outcome.fault


@pytest.mark.parametrize("failed", [0, 1])
def test_marked_outputs_that_disagree_lead_to_the_claims(monkeypatch, capsys, tmp_path, failed):
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    for folder in stages.NOTEBOOKS:
        write_notebook(tmp_path / folder / "attention.ipynb", [])
    monkeypatch.setattr(stages, "run_pytest", lambda *_, **__: Outcome(passed=1, failed=failed))
    assert stages.run_notebooks().failed == failed
    assert ("claims WEEK --compare" in capsys.readouterr().out) == bool(failed)


def test_a_command_that_takes_too_long_is_a_failure():
    assert stages.run([sys.executable, "-c", "import time; time.sleep(600)"], limit=0.1) == 1


def test_a_stage_computes_with_one_thread_whatever_the_surroundings_ask_for(monkeypatch):
    """MKL's own variable, left at two, made every exercise's run twenty times as long."""
    for name in NAMES:
        monkeypatch.setenv(name, "2")
    asked = "import sys, torch; sys.exit(torch.get_num_threads())"
    assert stages.run([sys.executable, "-c", asked]) == 1
    names = "import os, sys; sys.exit(sum(os.environ[name] != '1' for name in sys.argv[1:]))"
    assert stages.run([sys.executable, "-c", names, *NAMES]) == 0


def test_a_stage_lets_python_keep_what_it_compiled(monkeypatch):
    """A run starts hundreds of processes: without it each compiles the library again."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asked = "import sys; sys.exit(sys.dont_write_bytecode)"
    assert stages.run([sys.executable, "-c", asked]) == 0


def test_a_stage_imports_only_files_that_name_its_mark(monkeypatch, tmp_path):
    monkeypatch.setattr(marks, "ROOT", tmp_path)
    (tmp_path / "tests").mkdir()
    for name, text in {"a": "pytest.mark.browser", "b": "the browser", "c": "x"}.items():
        (tmp_path / "tests" / f"test_{name}.py").write_text(text, "utf-8")
    (tmp_path / "tests" / "figures.py").write_text("pytest.mark.browser", "utf-8")
    assert marks.files_with("browser") == [str(Path("tests", "test_a.py"))]


@pytest.mark.parametrize(("mark", "code"), [("pytest.mark.browser", 0), ("its_mark", 4)])
def test_a_test_that_its_stage_would_not_find_is_refused(tmp_path, mark, code):
    shutil.copy(paths.ROOT / "tests" / "conftest.py", tmp_path)
    source = (
        f"import pytest\nits_mark = getattr(pytest.mark, 'browser')\n@{mark}\ndef test_it(): pass"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: x\n", "utf-8")
    (tmp_path / "test_it.py").write_text(source, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code
    assert ("write pytest.mark.browser in this file" in done.stdout + done.stderr) == bool(code)


def test_what_a_command_started_is_ended_with_it():
    source = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as process:
        child = psutil.Process(int(process.stdout.readline()))
        stages.end_tree(process)
    gone, alive = psutil.wait_procs([child], timeout=60)
    assert gone and not alive
