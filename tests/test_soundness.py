"""The record of how sound the checks are: in step with the code, and shown as it is."""

import re

import numpy as np
import pytest
from typer.testing import CliRunner

from paperclub import exercises, paths
from paperclub.checks import soundness
from paperclub.cli import app
from paperclub.errors import CourseError
from paperclub.exercises.compare import same
from paperclub.exercises.run import Outcome
from paperclub.notebooks.new import still_to_write
from paperclub.site.pages.soundness import soundness_html
from paperclub.site.soundness import (
    ExerciseRecord,
    MistakeRecord,
    MutantsRecord,
    Record,
    code_of,
    place,
    read_record,
    write_record,
)

MISTAKE = MistakeRecord(name="no <root>", ways=2, share=0.975, combined=False)
EXERCISE = ExerciseRecord(
    id="attention.weights",
    title="Weights & more",
    points=2,
    minutes=10,
    cases=8,
    passes=200,
    tolerance=1e-4,
    rounding=2e-7,
    nearest=0.3,
    right=("by_loops",),
    wrong=11,
    mistakes=(MISTAKE, MistakeRecord(name="other", ways=1, share=1, combined=True)),
    mutants=MutantsRecord(made=37, equivalent={"a < b → b > a": "The same."}, unjudged=("x → y",)),
)


def record(code):
    return Record(slug="attention", code=code, seeds=200, learners=5, exercises=(EXERCISE,))


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Keep records in a folder of the test's own."""
    for name in ("syllabus.yml", "reading_list.yml"):
        (tmp_path / name).write_bytes((paths.BOOK / name).read_bytes())
    monkeypatch.setattr(paths, "BOOK", tmp_path)
    return tmp_path


WRITTEN = [slug for slug in exercises.slugs() if not still_to_write(slug)]


@pytest.mark.parametrize("slug", WRITTEN)
def test_the_record_of_every_week_is_in_step_and_leaves_nothing_unjudged(slug):
    found = read_record(slug)
    assert found is not None and not found.stale, f"run: python course.py soundness {slug}"
    assert [one.id for one in found.exercises] == [one.id for one in soundness.code_exercises(slug)]
    assert found.seeds == len(soundness.SEEDS)
    assert soundness.faults(found) == []


def test_a_record_comes_back_as_it_was_written(book):
    assert read_record("attention") is None
    write_record(record("c0de"))
    assert read_record("attention") == record("c0de")


def test_a_damaged_record_is_named_with_what_to_do(book):
    write_record(record("c0de"))
    text = place("attention").read_text("utf-8")
    place("attention").write_text(text.replace('"made": 37', '"made": "many"'), "utf-8")
    with pytest.raises(CourseError, match=r"exercises\.0\.mutants\.made.*Run that again"):
        read_record("attention")


def test_code_is_another_when_exercises_answers_or_the_engine_change_but_not_for_a_comment(
    tmp_path, monkeypatch
):
    files = ["solutions/attention.py", "tests/answers/attention.py", "paperclub/exercises/judge.py"]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n", "utf-8")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path / "solutions")
    codes = [code_of("attention")]
    for name in files:
        (tmp_path / name).write_text("x = 1  # one\n", "utf-8")
        assert code_of("attention") == codes[-1]
        (tmp_path / name).write_text("x = 2\n", "utf-8")
        codes.append(code_of("attention"))
    assert len(set(codes)) == len(codes)


def test_only_records_out_of_step_are_measured_unless_named(book, monkeypatch):
    measured = []
    monkeypatch.setattr(soundness, "measure", lambda slug: measured.append(slug) or record("c0de"))
    monkeypatch.setattr("paperclub.site.soundness.code_of", lambda slug: "c0de")
    monkeypatch.setattr(exercises, "slugs", lambda: ["attention"])
    said = []
    with pytest.raises(CourseError, match="The checks are not sound yet"):
        soundness.measure_all([], said.append)
    soundness.measure_all([], said.append)
    assert measured == ["attention"]
    assert "35 of 37 mutants killed, 1 equivalent, 1 unjudged" in said[1]
    assert said[-1] == "Every record is in step."
    with pytest.raises(CourseError):
        soundness.measure_all(["attention"], said.append)
    assert measured == ["attention", "attention"]


def test_every_week_and_some_weeks_cannot_both_be_meant(monkeypatch):
    monkeypatch.setattr(soundness, "measure", lambda slug: pytest.fail("it measured"))
    done = CliRunner().invoke(app, ["soundness", "--every", "attention"])
    assert isinstance(done.exception, CourseError) and "leave out the names" in str(done.exception)


SOUND = read_record("attention")


def with_first(**changes):
    """The record of a written week, its first exercise changed."""
    first, *others = SOUND.exercises
    return SOUND.model_copy(update={"exercises": (first.model_copy(update=changes), *others)})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"passes": 199}, "passes at 199 of 200 seeds"),
        ({"mistakes": (MISTAKE,)}, "“no <root>” is not told on the cases of all seeds together"),
        ({"mistakes": (MistakeRecord(name="x", ways=1, share=0.9, combined=True),)}, "at 90%"),
        ({"nearest": 1e-3}, "a mistake comes as near as 0.001; the tolerance is 0.0001"),
        ({"rounding": 1e-5}, "rounding reaches 1e-05"),
        ({"right": ()}, "a right answer of tests/answers/attention.py fails"),
        ({"wrong": 0}, "a wrong one earns points"),
        ({"mutants": EXERCISE.mutants}, "the mutant “x → y” passes"),
    ],
)
def test_what_speaks_against_a_weeks_checks_is_said(changes, says):
    assert soundness.faults(SOUND) == []
    assert any(says in fault for fault in soundness.faults(with_first(**changes)))


def test_an_equivalent_that_passes_no_more_is_said():
    exercise = next(one for one in SOUND.exercises if one.mutants.equivalent)
    fewer = exercise.model_copy(
        update={"mutants": MutantsRecord(made=exercise.mutants.made, equivalent={}, unjudged=())}
    )
    found = soundness.faults(SOUND.model_copy(update={"exercises": (fewer,)}))
    assert all("judged as equivalent, but made or passing no more" in fault for fault in found)
    assert len(found) == len(exercise.mutants.equivalent)


def test_the_page_shows_the_numbers_and_escapes_every_text(book):
    write_record(record(code_of("attention")))
    html = soundness_html("../")
    assert "Stale" not in html
    row = re.search(r"<tr><th scope=\"row\">Weights &amp; more</th>(.*?)</tr>", html)[1]
    assert re.findall(r"<td>(.*?)</td>", row) == [
        "2", "10", "8 × 5", "2, 1 on every seed", "11", "1",
        "35 of 37; 1 equivalent; 1 not judged",
    ]  # fmt: skip
    assert "no &lt;root&gt; (in 2 ways): on 97.5% of single seeds, but not on all" in html
    assert "<code>a &lt; b → b &gt; a</code>" in html and "The same." in html
    assert "<li>other</li>" in html
    assert "2&nbsp;·&nbsp;10<sup>−7</sup> at most, 1&nbsp;·&nbsp;10<sup>−4</sup> is allowed" in html
    assert "differs by 0.3 or more" in html


def test_a_stale_or_missing_record_is_said_with_the_command(book):
    assert "Not measured yet: <code>python course.py soundness attention</code>" in soundness_html(
        ""
    )
    write_record(record("other"))
    assert '<p class="stale">' in soundness_html("")


def test_no_gradient_is_a_gradient_of_zeros():
    """An output that does not depend on an input: PyTorch gives None, another way zeros."""
    nothing, zeros, some = (Outcome(gradients={"x": x}) for x in (None, np.zeros(3), np.ones(3)))
    assert soundness._gap(nothing, nothing) == soundness._gap(zeros, nothing) == 0
    assert soundness._gap(some, nothing) == 1
    assert soundness._gap(nothing, some) == np.inf
    assert not any(same(one, some, "gradient", 0.1) for one in (nothing, zeros))
    assert same(zeros, nothing, "gradient", 0.1) and same(nothing, zeros, "gradient", 0.1)
