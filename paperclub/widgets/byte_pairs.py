"""The figure in which a text of the reader's falls into tokens, merge by merge."""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

if TYPE_CHECKING:
    from paperclub.models.tokenizer import Tokenizer

MOST_MERGES, MOST_LETTERS = 4096, 140
TEXT = "Good my lord, speak the speech trippingly, as I spoke it to you."
LEAD = "Type a text, then drag the merges. Watch the two lines part."


class BytePairs(Figure):
    """A text as tokens after the first k merges, and what it costs a token and a byte.

    Each token is priced by its share of the training text (a model that looks at nothing else),
    so what moves is the unit of counting alone.

    Args:
        merges: The pairs of tokens that were joined, the first learned first: token 0 to 255 is
            that byte, token 256 + i the i-th merge. At most 4096.
        byte_counts: How often each of the 256 bytes stood in the training text.
        merge_counts: How often each merge was made there.
        text: What is shown first, at most 140 characters.
        count: How many merges are made first; by default the last one of the first third that joins
            something in the text.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: The merges or the counts do not fit together; the message says how.
    """

    _esm = built("byte_pairs")

    merges: traitlets.List[list[int]] = traitlets.List().tag(sync=True)
    byte_counts: traitlets.List[int] = traitlets.List().tag(sync=True)
    merge_counts: traitlets.List[int] = traitlets.List().tag(sync=True)
    most_letters = traitlets.Int(MOST_LETTERS).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        merges: Sequence[tuple[int, int]],
        byte_counts: Sequence[int],
        merge_counts: Sequence[int],
        *,
        text: str = TEXT,
        count: int | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        pairs = _checked_merges(merges)
        counts = [int(number) for number in byte_counts]
        made = [int(number) for number in merge_counts]
        _check_counts(pairs, counts, made)
        if len(text) > MOST_LETTERS:
            raise CourseError(f"text has {len(text)} characters; at most {MOST_LETTERS} fit")
        if count is not None and not 0 <= count <= len(pairs):
            raise CourseError(f"count is {count}; there are 0 to {len(pairs)} merges")
        super().__init__(
            merges=pairs,
            byte_counts=counts,
            merge_counts=made,
            text=text,
            count=_telling(pairs, text) if count is None else count,
            lead=lead,
            note=note,
        )

    def sentence(self, text: str | None = None, count: int | None = None) -> str:
        """Return what the figure says below its picture, from the numbers that it holds.

        Args:
            text: The text; by default the one that is shown.
            count: How many merges are made; by default the chosen number.
        """
        from paperclub.models.tokenizer import utf8

        text = self.text if text is None else text
        k = self.count if count is None else count
        size = len(utf8(text))
        if not size:
            return "There is no text yet: type one."
        tokens = _tokenizer(self.merges[:k]).encode(text)[1:]
        bits = self._bits(tokens, k)
        sizes = f"{_count(size, 'byte')} {'is' if size == 1 else 'are'} "
        sizes += f"{_count(len(tokens), 'token')}: {bits / len(tokens):.2f} bits a token"
        if not k:
            return f"With no merge, {sizes} and a byte."
        left, right = _tokenizer(self.merges).names(self.merges[k - 1])
        made = len(_tokenizer(self.merges[: k - 1]).encode(text)[1:]) - len(tokens)
        times = {0: "nowhere here", 1: "once here"}.get(made, f"{made} times here")
        before = self._bits(list(utf8(text)), 0) / size
        return (
            f"Merge {k} joins “{left}” and “{right}”, {times}. {sizes}, "
            f"and {bits / size:.2f} bits a byte ({before:.2f} with no merge)."
        )

    def _bits(self, tokens: list[int], k: int) -> float:
        counts = list(self.byte_counts)
        for (left, right), made in zip(self.merges[:k], self.merge_counts[:k], strict=True):
            counts[left] -= made
            counts[right] -= made
            counts.append(made)
        total = sum(counts) + len(counts) / 2
        return sum(-math.log2((counts[token] + 0.5) / total) for token in tokens)


def _tokenizer(merges: list[list[int]]) -> "Tokenizer":
    from paperclub.models.tokenizer import Tokenizer

    return Tokenizer((left, right) for left, right in merges)


def _telling(merges: list[list[int]], text: str) -> int:
    """Return the last merge of the first third that joins something in the text."""
    third = len(merges) // 3
    least = len(_tokenizer(merges[:third]).encode(text))
    for k in range(third, 0, -1):
        if len(_tokenizer(merges[: k - 1]).encode(text)) > least:
            return k
    return third


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _checked_merges(merges: Sequence[tuple[int, int]]) -> list[list[int]]:
    if not 1 <= len(merges) <= MOST_MERGES:
        raise CourseError(f"{len(merges)} merges are given; 1 to {MOST_MERGES} fit")
    pairs = [[int(left), int(right)] for left, right in merges]
    for i, pair in enumerate(pairs):
        if not all(0 <= token < 256 + i for token in pair):
            raise CourseError(
                f"merges[{i}] joins {pair[0]} and {pair[1]}; "
                f"so early there are only the tokens 0 to {255 + i}"
            )
    return pairs


def _check_counts(merges: list[list[int]], counts: list[int], made: list[int]) -> None:
    if len(counts) != 256:
        raise CourseError(f"byte_counts has {len(counts)} numbers; there are 256 bytes")
    if len(made) != len(merges):
        raise CourseError(f"merge_counts has {len(made)} numbers for {len(merges)} merges")
    parts = accumulate(zip(merges, made, strict=True), _without_parts, initial=counts)
    for i, left in enumerate(parts):
        if min(left) < 0:
            raise CourseError(
                f"merge_counts[{i - 1}] is {made[i - 1]}: so often a part of it never stood there"
            )


def _without_parts(counts: list[int], step: tuple[list[int], int]) -> list[int]:
    (left, right), made = step
    rest = [*counts, made]
    rest[left] -= made
    rest[right] -= made
    return rest
