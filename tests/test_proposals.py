"""Papers that people would like to bring: asked for, checked, kept, and made a week."""

import re
import shutil

import pytest
from club_folder import make_club
from test_new import Tree
from typer.testing import CliRunner

from paperclub import paths
from paperclub.cli import app
from paperclub.club.proposals import FILE, blank, choose, propose, read_proposals
from paperclub.curriculum.load import load_reading_list, load_syllabus
from paperclub.errors import CourseError

HOSTILE = 'A "title": with <b>marks</b> # and more'
ANSWERS = {
    "id": "my-paper", "title": HOSTILE, "authors": "A. Author", "year": "2024", "url": "",
    "pages": "12", "pitch": "It is short.", "claim": "It counts.", "control": "without it, chance",
    "room": "Count.", "figure": "A slider.", "heart": "The count.", "needs": "attention",
}  # fmt: skip
ENTRY = """\
- {{id: {id}, title: T, authors: A, year: 2024, pages: {pages}, pitch: P, claim: C, control: D,
   room: R, figure: F, heart: H}}
"""


@pytest.fixture
def folder(tmp_path):
    return make_club(tmp_path / "club")


def answering(*wrong, **answers):
    """A function that gives answers in the order of the questions; wrong ones first, by key."""
    given = ANSWERS | answers
    queue = [text for key in given for text in (*(w for k, w in wrong if k == key), given[key])]
    asked = []

    def ask(question, default):
        asked.append(question)
        return queue.pop(0)

    ask.asked = asked
    return ask


def written(folder, *entries, most=6):
    text = f"most: {most}\nproposals:\n" + "".join(
        ENTRY.format(id=name, pages=pages) for name, pages in entries
    )
    (folder / FILE).write_text(text, "utf-8")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A copy of the course's files on what is read and when."""
    copy = tmp_path / "book"
    copy.mkdir()
    for name in ("syllabus.yml", "reading_list.yml"):
        shutil.copy(paths.BOOK / name, copy)
    monkeypatch.setattr(paths, "BOOK", copy)
    return copy


def test_a_proposal_is_asked_for_and_kept_with_every_mark(folder):
    (folder / FILE).write_text(blank(), "utf-8")
    propose(folder, answering())
    propose(folder, answering(id="another", url="https://example.org/p", needs=""))
    first, second = read_proposals(folder).proposals
    assert (first.title, first.needs, first.url) == (HOSTILE, ["attention"], None)
    assert (second.url, second.needs) == ("https://example.org/p", [])
    assert "# - id: my-paper" in (folder / FILE).read_text("utf-8"), "the template stays"


def test_an_answer_that_cannot_be_is_asked_for_again(folder):
    wrong = [
        ("id", "My Paper"), ("id", "attention"), ("title", " "), ("year", "soon"), ("year", "1066"),
        ("url", "example.org"), ("pages", "0"), ("control", ""), ("needs", "attentio"),
    ]  # fmt: skip
    ask = answering(*wrong)
    propose(folder, ask)
    said = [question.splitlines()[0] for question in ask.asked if "cannot be:" in question]
    assert len(said) == len(wrong)
    for part in ("lower-case letters", "the year has a week", "something must stand", "a number"):
        assert any(part in one for one in said), part
    again = answering(("id", "my-paper"), id="other")
    propose(folder, again)
    assert "another proposal has this name" in again.asked[1]


def test_an_interrupted_proposal_leaves_the_file_as_it_was(folder):
    written(folder, ("one", 3))
    before = (folder / FILE).read_bytes()
    queue = ["two", "T"]

    def ask(question, default):
        if not queue:
            raise KeyboardInterrupt
        return queue.pop(0)

    with pytest.raises(KeyboardInterrupt):
        propose(folder, ask)
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("proposals: [", "not valid YAML"),
        ("proposals:\n- id: a\n", r"proposals\.yml:2: 'title' is missing"),
        ("most: 0\n", r":1: 'most'"),
        ("prposals: []\n", "unknown key 'prposals'. Did you mean proposals"),
        ("proposals:\n" + 2 * ENTRY.format(id="a", pages=1), ":4: 'a' stands here twice"),
        (
            "proposals:\n" + ENTRY.format(id="a", pages=1).replace("H}", "H, needs: [attentio]}"),
            "no week 'attentio'. Did you mean attention",
        ),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(folder, text, says):
    (folder / FILE).write_text(text, "utf-8")
    with pytest.raises(CourseError, match=says):
        propose(folder, answering())
    assert (folder / FILE).read_text("utf-8") == text


def test_the_first_are_pitched_shortest_first_and_the_others_wait(folder):
    written(folder, ("long", 40), ("short", 4), ("late", 1), most=2)
    read = read_proposals(folder)
    assert [one.id for one in read.pitched] == ["short", "long"]
    assert [one.id for one in read.waiting] == ["late"]
    done = CliRunner().invoke(app, ["club", "propose", "--show", "--folder", str(folder)])
    rows = [line.split() for line in done.output.splitlines()[1:]]
    assert [(row[0], row[-1]) for row in rows] == [("1", "short"), ("2", "long"), ("waits", "late")]


def test_the_command_asks_and_says_where_it_stands(folder):
    words = ["club", "propose", "--folder", str(folder)]
    done = CliRunner().invoke(app, words, input="\n".join(ANSWERS.values()) + "\n")
    assert done.exit_code == 0, done.output
    assert f"{HOSTILE} is proposed" in done.output


def test_the_chosen_one_becomes_the_last_week_and_its_paper_is_listed(folder, book):
    propose(folder, answering())
    before = {file.name: file.read_text("utf-8") for file in book.iterdir()}
    choose(folder, "my-paper")
    works = load_reading_list(book / "reading_list.yml")
    week = load_syllabus(book / "syllabus.yml", works).weeks[-1]
    assert (week.slug, week.title, week.needs) == ("my-paper", HOSTILE, ["attention"])
    assert week.claim == "It counts; control, without it, chance"
    assert works.work("my-paper").verified is False
    for file in book.iterdir():
        text = before[file.name].rstrip("\n")
        assert file.read_text("utf-8").startswith(text), "what stood there stays to the letter"


def test_a_paper_that_is_listed_is_not_listed_twice(folder, book):
    propose(folder, answering(id="gorilla"))
    before = (book / "reading_list.yml").read_text("utf-8")
    assert "- id: gorilla\n" in before, "a listed paper that is no week"
    choose(folder, "gorilla")
    assert (book / "reading_list.yml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nobody", "Nobody proposed 'nobody'. Known: attention, one"),
        ("attention", "course.py new attention"),
    ],
)
def test_what_cannot_be_chosen_leaves_the_book_as_it_was(folder, book, name, says):
    written(folder, ("attention", 3), ("one", 3))
    before = {file.name: file.read_bytes() for file in book.iterdir()}
    with pytest.raises(CourseError, match=says):
        choose(folder, name)
    assert {file.name: file.read_bytes() for file in book.iterdir()} == before


def test_a_book_that_would_be_broken_is_not_written(folder, book):
    written(folder, ("one", 3))
    with (book / "syllabus.yml").open("a", encoding="utf-8") as file:
        file.write("other: {}\n")
    before = {file.name: file.read_bytes() for file in book.iterdir()}
    with pytest.raises(CourseError, match=rf"{re.escape(str(book))}.*syllabus\.yml:\d+"):
        choose(folder, "one")
    assert {file.name: file.read_bytes() for file in book.iterdir()} == before


@pytest.mark.slow
def test_the_chosen_week_is_begun_by_the_course_like_any_other(tmp_path):
    tree = Tree(tmp_path / "course")
    make_club(tree.root / "club")
    written(tree.root / "club", ("our-own-paper", 3))
    said = tree.passes("paperclub.cli", "club", "propose", "--choose", "our-own-paper")
    assert "python course.py new our-own-paper" in said
    tree.passes("paperclub.cli", "new", "our-own-paper")
    chapter = (tree.root / "chapters" / "our-own-paper.ipynb").read_text("utf-8")
    assert "C; control, D" in chapter
