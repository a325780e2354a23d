"""A week from the template: it passes every check from the start, and shows what it lacks."""

import os
import re
import shutil
import subprocess
import sys
import warnings

import pytest

from paperclub import paths
from paperclub.curriculum import syllabus, written_weeks
from paperclub.errors import CourseError
from paperclub.notebooks.new import (
    TEMPLATE,
    files_of,
    new_week,
    still_to_do,
    still_to_write,
    words_for,
)

SLUG = next(week.slug for week in reversed(syllabus().weeks) if not week.written)
LEFT_OUT = shutil.ignore_patterns(
    ".venv*", ".git", "node_modules", "_build", "work", "__pycache__", ".*_cache"
)


class Tree:
    """A copy of the course in which commands run."""

    def __init__(self, root):
        shutil.copytree(paths.ROOT, root, ignore=LEFT_OUT)
        self.root = root

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # PYTHONPATH comes before the installed course, in the command and in its kernels.
        environment = os.environ | {"PYTHONPATH": str(self.root), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def passes(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    made = Tree(tmp_path_factory.mktemp("new") / "the course")
    made.passes("paperclub.cli", "derive")
    made.said = made.passes("paperclub.cli", "new", SLUG)
    return made


def files(tree) -> list[str]:
    return [str(path) for path in files_of(SLUG, tree.root).values()]


def notebooks(tree) -> list[str]:
    return [
        str(tree.root / folder / f"{SLUG}.ipynb")
        for folder in ("chapters", "solutions", "exercises")
    ]


def test_the_chapter_has_all_its_parts_and_says_what_is_still_to_be_written(tree):
    waiting = still_to_write(SLUG, tree.root)
    assert f"{len(waiting)} places are still to be written" in tree.said
    places = [one.place for one in waiting if one.file.startswith("chapters/")]
    for part in (
        "Before you start",
        "Cold open",
        "How to read the paper",
        "The idea in one picture",
        "Symbols",
        "Build it",
        "Check it",
        "Train it",
        "Reproduce it",
        "Break it",
        "What aged",
        "Discuss",
        "Words",
    ):
        assert part in places
    for one in waiting:
        assert one.what in tree.said
    assert "For the facilitator, Room demo: what it needs" in tree.said
    assert "How to read the paper, one hour: sections" in tree.said


def test_each_mark_on_a_line_is_counted(tree):
    chapter = next(path for name, path in files_of(SLUG, tree.root).items() if name[0] == "c")
    marks = chapter.read_text("utf-8").count("Still to be written:")
    found = [one for one in still_to_write(SLUG, tree.root) if one.file.startswith("chapters/")]
    assert len(found) == marks
    assert all(one.what for one in found)


def test_no_word_of_the_template_is_left_unfilled(tree):
    for file in files(tree):
        assert "{{" not in (tree.root / file).read_text("utf-8")


def test_a_new_week_passes_lint_and_layout(tree):
    tree.passes("ruff", "check", *files(tree), *notebooks(tree))
    tree.passes("ruff", "format", "--check", *files(tree), *notebooks(tree))
    said = tree.run("paperclub.cli", "format-notebooks", "--check").stdout
    assert f"{SLUG}.ipynb" not in said, said
    tree.passes("paperclub.cli", "derive", "--check")


@pytest.mark.slow
def test_a_new_weeks_notebooks_run_and_its_tests_pass(tree):
    nbval = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider"]
    tree.passes("pytest", "-q", *nbval, *notebooks(tree))
    tree.passes("pytest", "-q", f"tests/{files_of(SLUG)['test_week.py'].name}")
    tree.passes("pytest", "-q", "tests/test_exercise_bank.py", "-k", SLUG)
    tree.passes("pytest", "-q", "tests/test_exercise_mutants.py", "-k", SLUG)
    tree.passes("pytest", "-q", "tests/test_talk.py", "-k", SLUG)


@pytest.mark.slow
def test_a_new_weeks_claim_can_be_measured(tree):
    assert "proxy (2 of 2 seeds)" in tree.passes("paperclub.cli", "claims", SLUG, "--seeds", "2")


def test_what_is_begun_is_never_overwritten(tree):
    before = {path: path.read_bytes() for path in tree.root.rglob("*.ipynb")}
    done = tree.run("paperclub.cli", "new", SLUG)
    assert done.returncode == 2
    assert f"chapters/{SLUG}.ipynb" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert f"Still to be run: python course.py bench {SLUG}" in done.stdout
    assert "cell check-model is tagged nbval-check-output and holds no output" in done.stdout
    assert "For the facilitator, Room demo: what it needs" in done.stdout
    assert {path: path.read_bytes() for path in tree.root.rglob("*.ipynb")} == before


@pytest.mark.parametrize("name", ["solutions.py", "test_week.py"])
def test_one_file_that_exists_is_enough_to_stop(tmp_path, monkeypatch, name):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "EXERCISES", tmp_path / "exercises")
    path = files_of(SLUG)[name]
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    with pytest.raises(CourseError, match="is begun"):
        new_week(SLUG)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_an_unknown_week_is_answered_with_near_matches():
    with pytest.raises(CourseError, match=r"Did you mean attention.*book/reading_list.yml first"):
        new_week("attentoin")


def test_the_readme_names_the_weeks_that_are_written():
    said = (paths.ROOT / "README.md").read_text("utf-8").partition("## What is here today")[2]
    named = re.findall(r"\*\*(\S+)\*\*", said)
    assert named == [week.slug for week in written_weeks() if not still_to_write(week.slug)]


def test_a_missing_file_counts_as_still_to_be_written(tmp_path):
    assert {one.what for one in still_to_write(SLUG, tmp_path)} == {"the file"}
    assert len(still_to_write(SLUG, tmp_path)) == 4


def test_every_week_that_is_written_in_part_is_named_in_the_summary():
    """A week may be half written; it may not be so unseen. Warnings stand in pytest's summary."""
    for week in written_weeks():
        for one in still_to_write(week.slug):
            warnings.warn(f"still to be written: {one.file}, {one.place}: {one.what}", stacklevel=1)


@pytest.mark.parametrize(
    "slug", [week.slug for week in written_weeks() if not still_to_write(week.slug)]
)
def test_a_week_that_is_written_lacks_nothing_else(slug):
    """But for seconds and memory, which another machine's bench leaves out."""
    assert [one for one in still_to_do(slug) if "course.py bench" not in one] == []


def test_every_week_of_the_year_fills_every_word():
    known = set(words_for(syllabus().weeks[0]))
    for week in syllabus().weeks:
        assert all(words_for(week).values())
    used = {
        word
        for path in TEMPLATE.iterdir()
        if path.is_file()
        for word in re.findall(r"\{\{(\w+)\}\}", path.read_text("utf-8"))
    }
    assert used == known
