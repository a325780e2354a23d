"""The figures of a room: what they refuse, what they say, what is kept, and the record's line."""

import re

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, drawn, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

from paperclub.errors import CourseError
from paperclub.models.tokenizer import Tokenizer, learn_merges
from paperclub.widgets import MergeVote, PairJudge, QueriesKeys

NAMES = ("queries_keys", "pair_judge", "merge_vote", "hand_count", "recall_game")
SPECIMENS = {name: every_specimen()[name] for name in NAMES}
SIX = {"Ana": "square", "Bo": "circle", "Cleo": "square"}


# --- data and words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: QueriesKeys({"a": 1}), "dictionary of 2 to 8"),
        (lambda: QueriesKeys({"a": 1, "b": 11}), "value of 'b' is 11"),
        (lambda: QueriesKeys(queries="warm"), "list of 1 to 6 texts"),
        (lambda: QueriesKeys(queries=["x" * 25]), "1 to 24 characters"),
        (lambda: QueriesKeys({"a": 1, "b": 2}, ["q"], points=[[1]]), "1 rows .* of 2 numbers"),
        (lambda: QueriesKeys({"a": 1, "b": 2}, ["q"], points=[[1, -1]]), "outside 0 to 999"),
        (lambda: PairJudge({"Ana": "square"}), "dictionary of 3 to 8"),
        (lambda: PairJudge(SIX | {"Dan": "star"}), "Dan holds 'star'"),
        (lambda: PairJudge(SIX, notes=[[1, 2, 3]]), "two lists of 3 numbers"),
        (lambda: PairJudge(SIX, notes=[[1, 2, 3], [1, 2, 11]]), "outside 0 to 10"),
        (lambda: PairJudge(SIX, nearest="Ana"), "one of Bo, Cleo"),
        (lambda: PairJudge(SIX, room=61), "3 to 60 people"),
        (lambda: PairJudge(SIX, hands=(1, 61)), "from 0 to 60"),
        (lambda: MergeVote("x" * 61), "at most 60 characters"),
        (lambda: MergeVote("the", joins=[(97, 98)]), "no pair of the text"),
        (lambda: MergeVote("the", joins=[(116, 104)], votes=[(3, 2)]), "its hands, of how many"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would_be_right(make, says):
    with pytest.raises(CourseError, match=says):
        make()


def test_an_answer_is_the_values_in_the_mixture_of_the_points():
    figure = QueriesKeys(
        {"soup": 8, "cake": 4}, ["warm", "sweet", "any"], points=[[3, 1], [0, 2], [0, 0]]
    )
    assert figure.sentence(0) == (
        "“warm” spends 4 points, the largest weight, 0.75, on “soup”. Its answer is 7.00; the same "
        "weight on each of the 2 keys gives 6.00."
    )
    assert "all on “cake”, as a dictionary would. Its answer is 4.00" in figure.sentence(1)
    assert figure.sentence(2) == "“any” has spent no point yet."


def test_a_couples_note_counts_half_for_each_but_not_for_who_is_asked_about():
    # Couples in order: Ana–Bo, Ana–Cleo, Bo–Cleo.
    figure = PairJudge(SIX, notes=[[9, 0, 4], [2, 7, 0]], hands=(2, 2), nearest="Bo", room=60)
    assert figure.sums(0) == [2.0, 11.0] and figure.sums(1) == [7.0, 2.0]
    assert figure.sentence() == (
        "3 people make 3 couples; a room of 60 makes 1770, or 3600 ordered pairs with each beside "
        "itself. A new judge for each couple: square 2, circle 11, so circle. One judge for all "
        "couples: square 7, circle 2, so square. The whole room, by show of hands: square 2, "
        "circle 2, so neither. Nearest to Ana is Bo, a circle; 1 of 3 right."
    )


def test_a_room_that_counts_well_is_the_courses_tokenizer():
    text = "the hen then ten hens"
    joins = learn_merges([text], 3)
    figure = MergeVote(text, "thens", joins=joins)
    cut = " | ".join(Tokenizer(joins).names(Tokenizer(joins).encode("thens")[1:]))
    assert figure.sentence().endswith(f"most frequent pair in 3 of 3. “thens” falls into {cut}.")
    left = len(Tokenizer(joins).encode(text)) - 1
    assert f"are {left} tokens; joining the most frequent pair each time gives {left}" in repr(
        figure
    )


def test_a_room_that_joins_a_rare_pair_is_told():
    sentence = MergeVote("the hen then ten hens", "", joins=[(110, 115)]).sentence()
    assert sentence.endswith(
        "21 bytes are 20 tokens; joining the most frequent pair each time gives 17. "
        "The room took a most frequent pair in 0 of 1."
    )
    assert "no text yet" in MergeVote("").sentence()


def test_a_long_word_that_is_cut_within_a_letter_is_no_trouble():
    assert MergeVote("é" * 40, joins=[(195, 169)]).sentence().startswith("After 1 join 80 bytes")


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    pages = {"root": ("# Rooms",)} | {name: one.page for name, one in SPECIMENS.items()}
    book = build_figure_book(tmp_path_factory.mktemp("rooms"), pages)
    entered = {
        name: places(book, one.figure(), tmp_path_factory) for name, one in SPECIMENS.items()
    }
    yield {name: place.__enter__() for name, place in entered.items()}
    for place in entered.values():
        place.__exit__(None, None, None)


def line_of(figure) -> str:
    """Unfold the panel, if it is folded, and return the line for the record."""
    field = figure.get_by_role("textbox", name="line for the record", include_hidden=True)
    if not field.is_visible():
        figure.get_by_role("button", name=re.compile("record")).first.click()
    return field.input_value()


def press(figure, *keys):
    picture = figure.locator("canvas.pc-picture")
    for key in keys:
        picture.press(key)


@pytest.mark.browser
@pytest.mark.slow
class TestInABrowser:
    """Where people meet the figures."""

    @pytest.mark.parametrize("place", PLACES)
    def test_points_are_spent_by_keys_and_taps(self, open_figure, place):
        figure, python = open_figure("queries_keys", place), SPECIMENS["queries_keys"].figure()
        assert said(figure) == python.sentence()
        before = pixels(figure)
        press(figure, "ArrowRight", "ArrowRight", "+", "+", "-")
        python.points = [[2, 5, 1], [0, 0, 4]]
        assert said(figure) == python.sentence()
        assert pixels(figure) != before
        press(figure, "0")
        python.points = [[2, 5, 10], [0, 0, 4]]
        assert said(figure) == python.sentence()
        press(figure, "ArrowDown")
        assert said(figure) == python.sentence(1)

    @pytest.mark.parametrize("place", PLACES)
    def test_couples_are_judged_in_two_rounds(self, open_figure, place):
        figure, python = open_figure("pair_judge", place), SPECIMENS["pair_judge"].figure()
        assert said(figure) == python.sentence()
        before = pixels(figure)
        press(figure, "8", "ArrowDown", "4")  # Ana–Bo, then Bo–Cleo
        python.notes = [[8, 9, 2, 4, 0, 7], python.notes[1]]
        assert said(figure) == python.sentence()
        assert pixels(figure) != before
        figure.get_by_label("one judge").check()
        press(figure, "ArrowLeft", "9")  # Ana–Dan, by the other judge
        python.notes = [python.notes[0], [9, 2, 9, 0, 0, 1]]
        assert said(figure) == python.sentence()
        figure.get_by_role("button", name="room, record").click()
        figure.get_by_role("slider", name="people in the room").fill("60")
        figure.get_by_role("slider", name="hands for square").fill("31")
        figure.get_by_role("slider", name="nearest").fill("0")
        python.room, python.hands, python.nearest = 60, [31, 4], 0
        assert said(figure) == python.sentence()

    def test_every_couple_can_be_reached_by_keys(self, open_figure):
        figure, python = open_figure("pair_judge"), SPECIMENS["pair_judge"].figure()
        for _ in range(6):
            press(figure, "6", "ArrowRight")
        python.notes = [[6] * 6, python.notes[1]]
        assert said(figure) == python.sentence()

    @pytest.mark.parametrize("place", PLACES)
    def test_a_room_votes_and_joins(self, open_figure, place):
        figure, python = open_figure("merge_vote", place), SPECIMENS["merge_vote"].figure()
        assert said(figure) == python.sentence()
        before = pixels(figure)
        # "t" + "he" stands first in the text, and twice: the best that is left.
        press(figure, "ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight", "Enter")
        python.joins, python.votes = [[104, 101], [116, 256]], [[3, 5], [2, 3]]
        assert said(figure) == python.sentence()
        assert pixels(figure) != before
        assert "t + he (2 of 3 hands)" in line_of(figure)
        figure.get_by_role("button", name="Undo the last join").click()
        assert said(figure) == SPECIMENS["merge_vote"].figure().sentence()

    def test_the_room_plays_the_chapters_text_as_the_course_would(self, open_figure):
        figure = open_figure("merge_vote")
        figure.get_by_role("button", name="text, record").click()
        figure.get_by_label("text", exact=True).fill("aaa ab")
        figure.get_by_label("a new word").fill("aab")
        python = MergeVote("aaa ab", "aab")
        assert said(figure) == python.sentence()
        for pair in learn_merges(["aaa ab"], 2):
            figure.get_by_role("button", name="Join the winner").click()
            python.joins = [*python.joins, list(pair)]
        assert said(figure).startswith("After 2 joins 6 bytes")

    @pytest.mark.parametrize("name", NAMES)
    def test_what_was_counted_outlives_a_reload_and_can_be_begun_anew(self, open_figure, name):
        figure = open_figure(name)
        begun = said(figure), line_of(figure)
        press(
            figure,
            *{"recall_game": ["ArrowUp"], "merge_vote": ["Enter"]}.get(name, ["ArrowRight", "+"]),
        )
        counted = said(figure), line_of(figure)
        assert counted != begun
        figure.page.reload()
        figure = drawn(figure.page)
        assert (said(figure), line_of(figure)) == counted
        figure.get_by_role("button", name="Start over").click()
        assert (said(figure), line_of(figure)) == begun
        figure.page.reload()
        assert said(drawn(figure.page)) == begun[0]

    @pytest.mark.parametrize("name", NAMES)
    def test_the_line_is_one_line_of_characters_that_can_be_copied(self, open_figure, name):
        figure = open_figure(name)
        line = line_of(figure)
        assert re.fullmatch(r"- \w.+", line), "one line, an item of a list"
        assert ("<img" in line) == (name in ("queries_keys", "merge_vote", "recall_game"))
        figure.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        figure.get_by_role("button", name="Copy the line").click()
        expect(figure.get_by_role("button", name="Copied")).to_be_visible()
        assert figure.page.evaluate("navigator.clipboard.readText()") == line
        assert figure.page.locator("img[src=x]").count() == 0

    def test_typed_cards_are_characters_and_points_stay_with_their_names(self, open_figure):
        figure = open_figure("queries_keys")
        figure.get_by_role("button", name="cards, record").click()
        figure.get_by_label("keys, each with its value").fill(f"cake 7, {HOSTILE[:20]} 10, soup 1")
        python = QueriesKeys(
            {"cake": 7, HOSTILE[:20]: 10, "soup": 1}, ["warm", "x"], points=[[0, 0, 2], [4, 0, 0]]
        )
        assert said(figure) == python.sentence()
        figure.get_by_label("queries").fill("warm, cold")
        press(figure, "ArrowDown", "3")
        python = QueriesKeys(
            {"cake": 7, HOSTILE[:20]: 10, "soup": 1}, ["warm", "cold"], points=[[0] * 3, [3, 0, 0]]
        )
        assert said(figure) == python.sentence(1)
        assert figure.page.locator("img[src=x]").count() == 0

    @pytest.mark.parametrize("name", NAMES)
    def test_on_a_phone_nothing_scrolls_sideways(self, open_figure, name):
        figure = open_figure(name, viewport=PHONE)
        line_of(figure)
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert figure.page.evaluate(wide)
