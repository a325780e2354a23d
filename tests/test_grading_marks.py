"""From marks to what people see: rules, decisions, exports, feedback."""

import csv
import io
import json
import re

import pytest

from paperclub.errors import CourseError
from paperclub.grading import show
from paperclub.grading.book import Book
from paperclub.grading.export import as_canvas, as_csv, as_moodle, as_page, write_export
from paperclub.grading.feedback import feedback, feedback_page, file_name
from paperclub.grading.folder import week_of
from paperclub.grading.marks import Graded, Mark, graded_from
from paperclub.grading.policy import Policy, set_due, set_points, set_rules, standings
from paperclub.grading.show import Wishes, gradebook
from tests.class_room import needs_sandbox, released
from tests.class_week import SLUG

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def mark(name, status, points, out_of, **more):
    return Mark(f"{SLUG}.{name}", name.capitalize(), status, points, out_of, status, **more)


def graded(mask=4, attention=6, says=(), remarks=()):
    first = mark("mask", "passed" if mask else "mistake", mask, 4, mistake="" if mask else EVIL)
    second = mark("seen", "passed" if attention else "wrong", attention, 6, says=says)
    return Graded((first, second), remarks, 0.1, 1000)


@pytest.fixture
def room(tmp_path):
    """A class of three: Ada twice, Bob with an attack for a name, Eve whose file is none."""
    folder = released(tmp_path)
    with Book(folder.book) as book:
        for place, (student, name, submitted, status) in enumerate(
            [
                ("1", "Ada", "2026-03-01T10:00:00+00:00", "ok"),
                ("1", "Ada", "2026-03-03T12:00:00+00:00", "ok"),
                ("=2+3", EVIL, "", "ok"),
                ("3", "Eve", "", "truncated"),
            ]
        ):
            book.add_submission(
                SLUG, student, name, f"{place}.ipynb", f"digest{place}", status, "It ends early.",
                submitted, "in.zip",
            )  # fmt: skip
        says = (("text", f"Look at `{EVIL}`."), ("code", EVIL), ("table", [[EVIL, "1"]]))
        book.add_grading(1, "one", graded(), True)
        book.add_grading(2, "one", graded(mask=0), True)
        book.add_grading(3, "one", graded(0, 0, says, (f"Cell 1 was skipped ({EVIL}).",)), True)
    return folder


def of(folder, student="1"):
    with Book(folder.book) as book:
        return next(one for one in standings(book, SLUG) if one.student == student)


def test_the_last_attempt_counts_unless_the_best_one_is_to(room):
    assert (of(room).total, of(room).attempts) == (6, 2)
    with Book(room.book) as book:
        set_rules(book, "best", None)
    assert of(room).total == 10


def due(room, tmp_path, rows):
    place = tmp_path / "due.csv"
    place.write_text("week,student,due\n" + rows, "utf-8")
    with Book(room.book) as book:
        return set_due(book, place)


def test_late_costs_what_the_rule_says_and_an_extension_counts(room, tmp_path):
    with Book(room.book) as book:
        set_rules(book, None, "10% a day up to 50%")
    assert of(room).penalty == 0
    due(room, tmp_path, f"{SLUG},,2026-03-02T10:00Z\n")
    assert (of(room).penalty, of(room).total) == (0.2, 4.8)
    due(room, tmp_path, f"{SLUG},1,2026-03-04T10:00Z\n")
    assert (of(room).penalty, of(room).total) == (0, 6)
    assert of(room, "=2+3").penalty == 0  # nobody knows when that came


@pytest.mark.parametrize(
    ("rule", "hours", "penalty"),
    [("none", 99, 0), ("refuse", 0.01, 1), ("10% a day", 0, 0), ("10% a day", 24, 0.1),
     ("10% a day", 24.1, 0.2), ("40% a day", 99, 1), ("40% a day up to 60%", 99, 0.6)],
)  # fmt: skip
def test_each_rule_for_late_ones(rule, hours, penalty):
    assert Policy("last", rule, {}, {}).penalty(hours * 3600) == penalty


def test_a_person_decides_with_a_reason_and_nothing_is_forgotten(room):
    with Book(room.book) as book:
        set_points(book, SLUG, "Ada", f"{SLUG}.mask", 3, "Nearly right.")
        set_points(book, SLUG, "1", f"{SLUG}.mask", 4, "On reflection.")
        assert [one.value for one in book.decisions()] == ["3", "4"]
        assert all(one.at and one.author for one in book.decisions())
    assert of(room).total == 10


@pytest.mark.parametrize(
    ("student", "exercise", "points", "reason", "says"),
    [
        ("1", f"{SLUG}.mask", 3, " ", "need a reason"),
        ("nobody", f"{SLUG}.mask", 3, "x", "names 0 students"),
        ("1", "other", 3, "x", "There is no exercise 'other'"),
        ("1", f"{SLUG}.mask", 5, "x", "has 4 points to give, not 5"),
        ("1", f"{SLUG}.mask", float("nan"), "x", "has 4 points to give, not nan"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(room, student, exercise, points, reason, says):
    with Book(room.book) as book, pytest.raises(CourseError, match=says):
        set_points(book, SLUG, student, exercise, points, reason)


def test_what_is_not_graded_by_our_fault_has_no_total(room):
    failed = Graded((mark("mask", "infrastructure", None, 4),), (), 0, 0)
    with Book(room.book) as book:
        book.add_submission(SLUG, "4", "Kim", "x", "d", "ok", "", "", "in.zip")
        book.add_grading(5, "one", failed, False)
    assert of(room, "4").total is None
    assert of(room, "4").open == [f"{SLUG}.mask"]


def test_an_infrastructure_mark_cannot_have_points():
    with pytest.raises(ValueError, match="infrastructure with 0 points"):
        mark("mask", "infrastructure", 0, 4)


def test_a_grading_survives_json():
    one = graded(says=(("table", [["a", "b"]]), ("text", "x")), remarks=("y",))
    assert graded_from(json.loads(json.dumps(one.plain()))) == one


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def found(room):
    with Book(room.book) as book:
        return standings(book, SLUG)


def test_the_table_holds_everyone_and_no_formula(room):
    head, *body = rows(as_csv(SLUG, found(room)))
    assert head[:3] == ["student", "name", "total"]
    assert {row[0] for row in body} == {"1", "'=2+3", "3"}
    assert not [cell for row in body for cell in row if cell.startswith(("=", "+", "@", "-"))]
    ada = dict(zip(head, next(row for row in body if row[0] == "1"), strict=True))
    assert (ada["total"], ada[f"{SLUG}.mask"], ada[f"{SLUG}.mask status"]) == ("6", "0", "mistake")


def test_canvas_and_moodle_find_their_columns(room):
    with Book(room.book) as book:
        for student, file in (
            ("77", "hallcora_77_881_a-class.ipynb"),
            ("4711", "Dan Dee_4711_assignsubmission_file_/a-class.ipynb"),
        ):
            book.add_submission(SLUG, student, student, file, student, "ok", "", "", "in.zip")
    head, possible, *body = rows(as_canvas(SLUG, found(room)))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", SLUG]
    assert possible[0] == "    Points Possible"
    assert possible[5] == "10"
    # What names Ada is no number of Canvas's, and must not be taken for one.
    assert ["Ada", "", "1", "1", "", "6"] in body
    assert ["77", "77", "", "", "", ""] in body
    head, *body = rows(as_moodle(SLUG, found(room)))
    of = {row[1]: dict(zip(head, row, strict=True)) for row in body}
    # The three without which Moodle's worksheet is refused.
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(head)
    assert of["4711"]["Identifier"] == "Participant 4711"
    assert (of["Ada"]["Identifier"], of["Ada"]["ID number"]) == ("", "1")
    assert (of["Ada"]["Grade"], of["Ada"]["Maximum grade"]) == ("6", "10")
    assert of["Ada"]["Last modified (grade)"] == ""


def without_policy(page):
    return re.sub(r"<(/?)(html|head|meta|title|style|body|main)\b[^>]*>", "", page)


def test_the_page_on_the_class_shows_spread_mistakes_and_where_it_was_stuck(room):
    page = as_page(SLUG, found(room))
    assert "default-src &#39;none&#39;" in page
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    assert "3 students, 2 graded." in page
    assert "fewest right answers is <strong>Mask</strong>" in page


def test_feedback_is_escaped_and_forbids_everything_else(room):
    page = feedback_page(SLUG, of(room, "=2+3"))
    assert EVIL not in page
    assert "<script" not in page
    assert 'onerror="' not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy
    assert "style=" not in without_policy(page)


def test_feedback_shows_no_other_student(room):
    page = feedback_page(SLUG, of(room))
    assert "Ada" in page
    assert "Eve" not in page
    assert "=2+3" not in page


def test_feedback_says_that_points_were_given_by_hand(room):
    with Book(room.book) as book:
        set_points(book, SLUG, "1", f"{SLUG}.mask", 4, "On reflection.")
    assert "On reflection." in feedback_page(SLUG, of(room))


def test_feedback_is_written_for_everyone_who_was_graded(room, tmp_path):
    feedback([SLUG], room, tmp_path / "pages")
    pages = sorted((tmp_path / "pages" / SLUG).iterdir())
    assert len(pages) == 2
    assert all(re.fullmatch(r"[\w.-]+\.html", page.name) for page in pages)
    assert file_name(of(room)) != file_name(of(room, "=2+3"))


@needs_sandbox
def test_no_number_of_a_hidden_case_reaches_the_page(tmp_path):
    from paperclub.grading.judging import grade
    from paperclub.grading.notebook import read_submission
    from paperclub.grading.sandbox.start import Zygote
    from tests.class_week import cells, notebook

    folder = released(tmp_path)
    week = week_of(folder.release(SLUG).parts())
    # It keeps what it was ever given, to tell it where it may.
    tells = (
        "kept = []\ndef attention(q, k, v, mask=None):\n    kept.append(q.flatten().tolist()[:3])\n"
        "    print(kept)\n    raise ValueError(str(kept))\n"
    )
    zygote = Zygote(SLUG)
    try:
        marks = grade(zygote, week, read_submission(notebook(cells(attention=tells))))
    finally:
        zygote.close()
    page = json.dumps(marks.plain())
    shown = 0
    for hidden, practice in zip(week.hidden[1:], week.practice[1:], strict=True):
        for row in hidden.rows:
            for number in row.case.inputs["q"].flatten().tolist():
                assert f"{number:.6f}" not in page
                assert repr(number) not in page
        for row in practice.rows:
            numbers = row.case.inputs["q"].flatten().tolist()
            shown += any(repr(number) in page for number in numbers)
    assert shown  # of the cases that the student has, everything may be


def test_the_gradebook_shows_decides_and_exports(room, tmp_path, capsys):
    gradebook(Wishes(), room)
    gradebook(Wishes(week=SLUG, student="Ada"), room)
    gradebook(Wishes(week=SLUG, student="Ada", exercise=f"{SLUG}.mask", points=2, reason="x"), room)
    gradebook(Wishes(attempts="best"), room)
    gradebook(Wishes(history=True), room)
    gradebook(Wishes(week=SLUG, export="page", to=tmp_path / "page.html"), room)
    said = capsys.readouterr().out
    assert "Ada" in said
    assert "a known mistake" in said
    assert (tmp_path / "page.html").is_file()


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(points=1), "needs the week"),
        (Wishes(export="csv"), "needs the week and --to"),
        (Wishes(attempts="first"), "is last or best"),
        (Wishes(late="10 a day"), "for example"),
        (Wishes(week="other"), "was not released"),
    ],
)
def test_what_the_gradebook_cannot_do_it_says(room, wishes, says):
    with pytest.raises(CourseError, match=says):
        gradebook(wishes, room)


def test_an_export_that_does_not_exist_is_named(room, tmp_path):
    with pytest.raises(CourseError, match="There is no export 'xls'"):
        write_export("xls", SLUG, tmp_path / "x", room)


def test_without_a_gradebook_collect_is_named(tmp_path):
    with pytest.raises(CourseError, match="collect makes it"):
        show.gradebook(Wishes(), released(tmp_path))


def test_a_file_that_is_no_gradebook_is_named(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"no database" * 100)
    with pytest.raises(CourseError, match="is no gradebook"):
        Book(tmp_path / "gradebook.db")
