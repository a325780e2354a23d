"""A figure for a room: pairs of letters are joined by show of hands, as a tokenizer does."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_LETTERS, MOST_JOINS = 60, 40
TEXT, WORD = "the hen then ten hens", "thens"
LEAD = "Count hands for the pair that stands here most often, then join it. Watch the text shrink."


class MergeVote(Figure):
    """The room is the tokenizer: in each round it votes which pair of neighbours is joined.

    The pairs to vote for are the most frequent ones, in the order of the text and without their
    counts. What the room made is compared with joining the most frequent pair each time.

    Args:
        text: What is joined, at most 60 characters. No join crosses a space: a space belongs to
            the word behind it.
        word: A word that is not in the text, cut with the room's joins.
        joins: What was joined, the first first: token 0 to 255 is that byte, token 256 + i the i-th
            join.
        votes: For each join how many hands it had, and how many there were.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("merge_vote")

    text = traitlets.Unicode().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    joins = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    votes = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    hands = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        text: str = TEXT,
        word: str = WORD,
        *,
        joins: Sequence[tuple[int, int]] = (),
        votes: Sequence[tuple[int, int]] | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        for name, given in (("text", text), ("word", word)):
            if not isinstance(given, str) or len(given) > MOST_LETTERS:
                raise CourseError(f"{name} is a text of at most {MOST_LETTERS} characters")
        pairs = [[int(left), int(right)] for left, right in joins]
        if len(pairs) > MOST_JOINS:
            raise CourseError(f"{len(pairs)} joins are given; at most {MOST_JOINS} fit")
        for i, pair in enumerate(pairs):
            if tuple(pair) not in _pairs(text, pairs[:i]):
                raise CourseError(f"joins[{i}] is {tuple(pair)}, which is no pair of the text then")
        counted = [[0, 0]] * len(pairs) if votes is None else [list(vote) for vote in votes]
        if len(counted) != len(pairs) or any(not 0 <= won <= all_ for won, all_ in counted):
            raise CourseError("votes are two numbers for each join: its hands, of how many")
        super().__init__(text=text, word=word, joins=pairs, votes=counted, lead=lead, note=note)

    def sentence(self) -> str:
        """Return what the figure says below its picture, from what was joined."""
        from paperclub.models.tokenizer import Tokenizer, utf8

        size, joins = len(utf8(self.text)), self.joins
        if not size:
            return "There is no text yet: type one."
        begins = f"{_times(size, 'byte')} {'is' if size == 1 else 'are'}"
        if not joins:
            return f"{begins} as many tokens: nothing is joined yet."
        tokens, counting = _length(self.text, joins), self._by_counting(len(joins))
        agreed = sum(
            (counts := _pairs(self.text, joins[:i]))[tuple(pair)] == max(counts.values())
            for i, pair in enumerate(joins)
        )
        said = (
            f"After {_times(len(joins), 'join')} {begins} {_times(tokens, 'token')}; joining the "
            f"most frequent pair each time gives {counting}. The room took a most frequent pair in "
            f"{agreed} of {len(joins)}."
        )
        if not self.word:
            return said
        tokenizer = Tokenizer((left, right) for left, right in joins)
        parts = tokenizer.names(chain(*_words(self.word, joins)))
        return f"{said} “{self.word}” falls into {' | '.join(parts)}."

    def _by_counting(self, count: int) -> int:
        """Return how many tokens are left when the most frequent pair is joined each time."""
        joins: list[tuple[int, int]] = []
        while len(joins) < count and (counts := _pairs(self.text, joins)):
            joins.append(max(counts, key=lambda pair: (counts[pair], -pair[0], -pair[1])))
        return _length(self.text, joins)


def _words(text: str, joins: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the text's tokens after some joins, word by word."""
    from paperclub.models.tokenizer import pieces, replaced, utf8

    words = [list(piece) for piece in pieces(utf8(text))]
    for i, (left, right) in enumerate(joins):
        words = [replaced(word, (left, right), 256 + i) for word in words]
    return words


def _pairs(text: str, joins: Sequence[Sequence[int]]) -> Counter:
    """Return how often each pair of neighbours stands in the text after some joins."""
    return Counter(pair for word in _words(text, joins) for pair in pairwise(word))


def _length(text: str, joins: Sequence[Sequence[int]]) -> int:
    return sum(map(len, _words(text, joins)))


def _times(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
