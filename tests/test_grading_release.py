"""What a class is given: notebooks and cases, and nothing that answers them."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

import pytest

from paperclub import exercises, paths
from paperclub.errors import CourseError
from paperclub.exercises import plain, recorded
from paperclub.exercises.judge import judge, rows_of, seeds_of
from paperclub.exercises.load import exercise, exercises_of
from paperclub.exercises.notion import Exercise
from paperclub.exercises.run import run
from paperclub.grading import kept
from paperclub.grading.book import Book
from paperclub.grading.folder import ClassFolder, hidden_seeds
from paperclub.grading.policy import standings
from paperclub.grading.release import leaks, release, warm_modules
from paperclub.learner import check, hint, predict, solution
from tests.class_room import needs_sandbox
from tests.class_week import EXERCISES, SLUG, no_scale, transposed

WEEK = "attention"


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Release a week once; return what students get, and the class."""
    root = tmp_path_factory.mktemp("release")
    folder = ClassFolder(root / "class")
    release([WEEK], root / "out", folder)
    return root / "out" / WEEK, folder


@pytest.fixture
def student(given, tmp_path, monkeypatch):
    """Be a student: in a folder with what was released, with no solutions anywhere."""
    shutil.copytree(given[0], tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path / "nowhere")


def everything(place):
    return {
        str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*")
        if path.is_file()
    }  # fmt: skip


def test_students_get_a_notebook_cases_and_a_version(given):
    assert sorted(everything(given[0])) == [
        "README.md", f"{WEEK}.ipynb", f"practice/{WEEK}.cases", "release.json",
    ]  # fmt: skip
    stamp = json.loads((given[0] / "release.json").read_bytes())
    assert stamp["version"] == given[1].release(WEEK).id
    assert set(stamp) == {"week", "version", "course", "commit", "released"}


def test_no_reference_no_mistake_and_no_hidden_case_is_in_it(given):
    place, folder = given
    files = everything(place)
    solutions = (paths.SOLUTIONS / f"{WEEK}.py").read_bytes()
    assert leaks(files, [solutions]) == []
    whole = b"".join(
        zlib.decompress(data) if name.endswith(".cases") else data for name, data in files.items()
    )
    assert folder.secret().hex().encode() not in whole
    for one in exercises.exercises_of(WEEK):
        if isinstance(one, Exercise):
            for row in rows_of(one, folder.hidden_seeds(one)):
                for array in row.expected.values.values():
                    if array.dtype.kind == "f" and array.size > 3 and abs(array).min() > 0:
                        assert array.tobytes() not in whole


def test_the_scan_finds_what_it_looks_for():
    source = (
        b"def answer(x):\n    '''Say.'''\n    weights = x.softmax(-1)  # why\n"
        b"    return weights * 2\n"
    )
    code = "weights = x.softmax( -1 )\nreturn weights*2"
    leaked = {"x.ipynb": json.dumps({"cells": [{"source": code}]}).encode()}
    assert leaks(leaked, [source]) == ["answer in x.ipynb"]
    packed = zlib.compress(plain.pack({"why": code}))
    assert leaks({"practice/x.cases": packed}, [source]) == ["answer in practice/x.cases"]


def test_a_release_that_would_hold_a_solution_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("paperclub.grading.release.leaks", lambda *given: ["answer in x.ipynb"])
    with pytest.raises(CourseError, match="was not released: answer in"):
        release([WEEK], tmp_path / "out", ClassFolder(tmp_path / "class"))
    assert not (tmp_path / "out").exists()


def test_the_same_release_again_is_the_same_version(given, tmp_path):
    before = everything(given[0])
    release([WEEK], tmp_path / "again", given[1])
    assert everything(tmp_path / "again" / WEEK) == before


def test_somebody_elses_folder_is_not_written_over(given, tmp_path):
    (tmp_path / WEEK).mkdir()
    (tmp_path / WEEK / "mine.txt").write_text("x", "ascii")
    with pytest.raises(CourseError, match="holds something else"):
        release([WEEK], tmp_path, given[1])


def test_a_week_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CourseError, match="There is no week 'atention'"):
        release(["atention"], tmp_path, ClassFolder(tmp_path / "class"))


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout of what a release needs, which may be changed."""
    root = tmp_path / "checkout"
    for name in ("paperclub", "book", "chapters", "exercises", "solutions"):
        shutil.copytree(
            paths.ROOT / name, root / name,
            ignore=shutil.ignore_patterns("node_modules", "__pycache__", "dist", "refreshers"),
        )  # fmt: skip
    return root


@pytest.mark.slow
@needs_sandbox
def test_what_was_released_judges_whatever_the_checkout_has_become(checkout, tmp_path):
    def course(*words):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "paperclub.cli", *map(str, words)],
            env={**os.environ, "PYTHONPATH": str(checkout),
                 "PAPERCLUB_CLASS": str(tmp_path / "class")},
            cwd=checkout, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)

    def change(name, old, new):
        text = (checkout / name).read_text("utf-8")
        assert old in text
        (checkout / name).write_text(text.replace(old, new), "utf-8")

    def marks():
        with Book(ClassFolder(tmp_path / "class").book) as book:
            return {one.student: one.total for one in standings(book, WEEK)}

    place = tmp_path / "in" / "Ada" / f"{WEEK}.ipynb"
    place.parent.mkdir(parents=True)
    shutil.copyfile(paths.SOLUTIONS / f"{WEEK}.ipynb", place)
    assert course("release", WEEK, "--to", tmp_path / "out")[0] == 0
    assert course("collect", tmp_path / "in")[0] == 0
    # The reference is another, and nothing passes any more.
    change(f"solutions/{WEEK}.py", "torch.softmax(scores, dim=-1)", "torch.softmax(scores, dim=0)")
    compared = "np.any(differing("
    change("paperclub/exercises/compare.py", f"return not {compared}", f"return {compared}")
    change("paperclub/grading/glance.py", "return bool(np.all(", "return bool(0 * np.all(")
    code, said = course("grade", WEEK, "--workers", 1)
    assert code == 0, said
    assert "judged by the course as it was then" in said
    most = sum(one.points for one in exercises.exercises_of(WEEK))
    assert marks() == {"Ada": most}
    # The change was one that counts: released again, the week is judged by what it is now.
    assert course("release", WEEK, "--to", tmp_path / "out")[0] == 0
    code, said = course("grade", WEEK, "--workers", 1)
    assert code == 0, said
    assert "as it was then" not in said
    assert marks()["Ada"] < most


def test_a_kept_course_that_was_changed_is_refused(tmp_path):
    name = kept.keep(tmp_path)
    assert kept.keep(tmp_path) == name == kept.engine()
    with (tmp_path / name / "paperclub" / "exercises" / "judge.py").open(
        "a", encoding="utf-8"
    ) as f:
        f.write("\n")
    with pytest.raises(CourseError, match="was changed"):
        kept.grade_with(tmp_path / name, WEEK, tmp_path, {})


def test_hidden_cases_come_from_the_secret_alone():
    one, other = bytes(32), bytes(31) + b"\1"
    assert hidden_seeds(one, "a.b") == hidden_seeds(one, "a.b")
    assert len(set(hidden_seeds(one, "a.b"))) == 5
    assert not set(hidden_seeds(one, "a.b")) & set(hidden_seeds(other, "a.b"))
    assert not set(hidden_seeds(one, "a.b")) & set(hidden_seeds(one, "a.c"))


def test_the_secret_is_drawn_once_and_closed_to_others(tmp_path):
    folder = ClassFolder(tmp_path / "class")
    assert folder.secret() == folder.secret()
    assert (folder.root / "secret").stat().st_mode & 0o077 == 0
    (folder.root / "secret").write_text("damaged", "ascii")
    with pytest.raises(CourseError, match="from a backup"):
        folder.secret()


@pytest.mark.parametrize("slug", exercises.slugs())
def test_every_weeks_cases_can_be_recorded_and_judge_as_the_week_does(slug):
    found = recorded.read(recorded.record(exercises.exercises_of(slug), lambda one: (3,)))
    for mine, theirs in zip(found, exercises.exercises_of(slug), strict=True):
        assert mine.id == theirs.id
        if not isinstance(theirs, Exercise):
            continue
        rows = rows_of(theirs, (3,))
        answers = [theirs.reference, *(mistake.answer for mistake in theirs.mistakes)]
        for answer in answers:
            # The recorded driver runs alone, as it will in the sandbox.
            outcomes = run(mine, answer, [row.case for row in mine.rows], 600)
            expected = run(theirs, answer, [row.case for row in rows], 600)
            verdicts = judge(mine, list(mine.rows), outcomes, 5), judge(theirs, rows, expected, 5)
            assert len({(one.status, one.headline) for one in verdicts}) == 1


def test_a_recorded_exercise_says_the_same_of_right_and_wrong_answers():
    mine = recorded.read(recorded.record(EXERCISES, seeds_of))
    for one, theirs, wrong in zip(mine, EXERCISES, (transposed, no_scale, no_scale), strict=True):
        for answer, status in ((theirs.reference, "passed"), (wrong, "mistake")):
            outcomes = run(one, answer, [row.case for row in one.rows], 600)
            assert judge(one, list(one.rows), outcomes, 5).status == status


def test_a_student_without_solutions_is_told_as_everyone_is(student):
    import torch

    def attention_weights(scores, mask=None):
        return torch.softmax(scores, dim=-2)

    assert check("attention.weights", attention_weights).status != "passed"
    assert isinstance(exercise("attention.weights"), recorded.Recorded)
    right = torch.softmax
    said = check(
        "attention.weights",
        lambda scores, mask=None: right(
            scores if mask is None else scores.masked_fill(~mask, -torch.inf), -1
        ).nan_to_num(),
    )
    assert said.status == "passed"
    assert said.points == 2
    assert "Hint 1" in str(hint("attention.weights"))


def test_a_half_written_answer_is_told_what_is_missing_without_a_reference(student):
    def split_heads(x, n_heads):
        return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    def join_heads(heads): ...  # your answer here

    said = check("attention.split_and_join_heads", split_heads, join_heads)
    assert said.headline == "Not all of it yet"
    assert "`join_heads` is still to be written." in said.parts


def test_the_solution_stays_with_the_class(student):
    with pytest.raises(CourseError, match="without their solutions"):
        solution("attention.weights")
    with pytest.raises(CourseError, match="without their solutions"):
        solution("attention.without_scale")


def test_a_prediction_is_stored_and_settled_in_class(student):
    assert predict("attention.without_scale", "c").points == 3
    with pytest.raises(CourseError, match="discussed in class"):
        check("attention.without_scale", lambda: {})


def test_every_week_of_the_release_is_known_where_there_are_no_solutions(student):
    assert exercises.slugs() == [WEEK]
    with pytest.raises(CourseError, match=r"attention\.weights"):
        exercise("attention.weihgts")
    assert len(exercises_of(WEEK)) == 5


def test_a_damaged_file_of_cases_is_named(tmp_path, monkeypatch):
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / f"{SLUG}.cases").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="no recorded cases"):
        exercises_of(SLUG)


def test_the_released_notebook_runs_to_its_end_in_its_own_folder(student, tmp_path):
    cells = json.loads(Path(f"{WEEK}.ipynb").read_bytes())["cells"]
    code = ["from paperclub import paths", "paths.SOLUTIONS = paths.ROOT / 'nowhere'"]
    code += ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    Path("all.py").write_text("\n".join(code), "utf-8")
    command = [sys.executable, "-c", "import runpy; runpy.run_path('all.py')"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Not answered yet") == 5


@pytest.mark.slow
def test_a_student_with_the_library_as_a_wheel_can_check_an_answer(given, tmp_path):
    def ran(*command, **how):
        done = subprocess.run(
            [sys.executable, *map(str, command)], capture_output=True, encoding="utf-8",
            check=False, **how,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    alone = ("--no-deps", "--no-build-isolation")
    ran(*pip, "wheel", *alone, "-w", tmp_path, paths.ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    assert f"{wheel.name}[student]" in (given[0] / "README.md").read_text("utf-8")
    library = tmp_path / "library"
    ran(*pip, "install", *alone, "--target", library, wheel)
    mine = tmp_path / "mine"
    shutil.copytree(given[0], mine)
    cells = json.loads((mine / f"{WEEK}.ipynb").read_bytes())["cells"]
    code = ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    code += [
        "import paperclub",
        f"assert paperclub.__file__.startswith({str(library)!r})",
        "print(check('attention.weights', lambda scores, mask=None: torch.softmax(scores, -2)))",
        "print(progress('attention'), explain('softmax'))",
    ]
    (mine / "all.py").write_text("\n".join(code), "utf-8")
    run_all = "import runpy; runpy.run_path('all.py')"
    said = ran("-P", "-c", run_all, cwd=mine, env={**os.environ, "PYTHONPATH": str(library)})
    assert "Not yet" in said
    assert "The smallest case that shows it" in said


def test_what_a_student_installs_is_what_the_course_runs_on():
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = re.findall(r"^([\w-]+)==", (paths.ROOT / "requirements.txt").read_text("utf-8"), re.M)
    assert set(project["optional-dependencies"]["student"]) <= set(pinned)


def test_what_a_notebook_imports_is_warm():
    notebook = json.dumps(
        {"cells": [{"cell_type": "code", "source": ["import torch.nn.functional as F\n",
                                                    "from os import path\nimport math"]}]}
    ).encode()  # fmt: skip
    assert warm_modules(notebook) == ["math", "torch.nn.functional"]
