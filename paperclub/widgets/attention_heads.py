"""The figure of the chapter ``attention``: heads × queries × keys, all small and one large."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import attention, quantise
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_EXAMPLES, MOST_HEADS, MOST_TOKENS = 8, 16, 64
LEAD = "Choose a query, a row of the map. See on which keys its weight lands."


class AttentionHeads(Figure):
    """The attention weights of a model, for the reader to explore.

    All heads are shown small and one large, with queries as rows and keys as columns; below it
    stand the weights of one query as bars. It opens at the last query of the first example, in the
    head whose weight for it is the most concentrated.

    Args:
        weights: Array or tensor (example, head, query, key) in [0, 1]; over the keys that a query
            may look at they sum to 1. At most 8 examples, 16 heads, 64 queries and 64 keys.
        tokens: For each example the names of its keys.
        queries: For each example the names of its queries; by default they are the tokens.
        answers: For each example the position (from 0) of the key that holds the answer to the
            last query, or None; it is marked.
        titles: A name for each example, ``example 1`` and so on by default.
        compare: The control, as one name and its weights: ``{"untrained": weights}``. It is drawn
            in grey dashes, and a switch shows it in the map.
        name: What the model's own weights are called beside the control's.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("attention_heads")

    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    control_weights = traitlets.Bytes().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    control_name = traitlets.Unicode().tag(sync=True)
    tokens: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    queries: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    answers: traitlets.List[int | None] = traitlets.List().tag(sync=True)
    titles: traitlets.List[str] = traitlets.List().tag(sync=True)
    example = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        weights: object,
        tokens: Sequence[Sequence[str]],
        *,
        queries: Sequence[Sequence[str]] | None = None,
        answers: Sequence[int | None] | None = None,
        titles: Sequence[str] | None = None,
        compare: Mapping[str, object] | None = None,
        name: str = "trained",
        lead: str = LEAD,
        note: str = "",
    ):
        array = attention(weights, "weights")
        _check_size(array.shape)
        examples, _, _, keys = array.shape
        tokens = _names(tokens, "tokens", examples, keys)
        if queries is None:
            if array.shape[2] != keys:
                raise CourseError(
                    f"weights have {array.shape[2]} queries and {keys} keys: "
                    "name the queries too, with queries=…"
                )
            queries = tokens
        control_name, control = _control(compare, array.shape)
        super().__init__(
            shape=list(array.shape),
            weights=quantise(array).tobytes(),
            control_weights=b"" if control is None else quantise(control).tobytes(),
            name=name,
            control_name=control_name,
            tokens=tokens,
            queries=_names(queries, "queries", examples, array.shape[2]),
            answers=_answers(answers, examples, keys),
            titles=_titles(titles, examples),
            head=int(array[0, :, -1].max(axis=-1).argmax()),
            query=array.shape[2] - 1,
            lead=lead,
            note=note,
        )

    def sentence(
        self,
        example: int | None = None,
        head: int | None = None,
        query: int | None = None,
        *,
        key: int | None = None,
        control: bool = False,
    ) -> str:
        """Return what the figure says below its picture, from the numbers that it holds.

        Args:
            example: Which example (from 0); the chosen one by default. So are ``head`` and
                ``query``.
            head: Which head (from 0).
            query: Which query (from 0).
            key: The key that the reader points to, if any.
            control: Whether the map shows the control's weights.

        Raises:
            CourseError: The control is asked for, and the figure was given none.
        """
        example, head, query = self.or_shown(example=example, head=head, query=query)
        own, others = self._row(self.weights, example, head, query), None
        if self.control_weights:
            others = self._row(self.control_weights, example, head, query)
        weights = own
        if control:
            if others is None:
                raise CourseError("this figure has no control; it is given with compare=…")
            weights = others
        best = int(weights.argmax())
        place = f"{{:.2f}} of its weight on {self._place(example, best)}"
        owner = f" of the {self.control_name} control" if control else ""
        start = (
            f"In {self.titles[example]}, head {head + 1}{owner}, "
            f"the query “{self.queries[example][query]}” puts "
        )
        if key is not None and key != best:
            pointed = f"{weights[key]:.2f} of its weight on {self._place(example, key)}"
            largest = f"{weights[best]:.2f} on {self._place(example, best)}"
            return f"{start}{pointed}; its largest is {largest}."
        text = start + place.format(weights[best])
        answer = self.answers[example] if query == self.shape[2] - 1 else None
        if answer == best:
            text += ", where the answer is"
        elif answer is not None:
            text += f" and {weights[answer]:.2f} on {self._place(example, answer)}"
            text += ", where the answer is"
        if others is not None and not control:
            spot = best if answer is None else answer
            text += f"; the {self.control_name} control puts {others[spot]:.2f} there"
        return f"{text}."

    def _row(self, packed: bytes, example: int, head: int, query: int) -> np.ndarray:
        cells = np.frombuffer(packed, np.uint8).reshape(self.shape)
        return cells[example, head, query] / 255

    def _place(self, example: int, key: int) -> str:
        return f"“{self.tokens[example][key]}” (position {key + 1})"


def _check_size(shape: tuple[int, ...]) -> None:
    limits = (MOST_EXAMPLES, MOST_HEADS, MOST_TOKENS, MOST_TOKENS)
    for count, most, what in zip(
        shape, limits, ("examples", "heads", "queries", "keys"), strict=True
    ):
        if count > most:
            raise CourseError(f"weights have {count} {what}; the figure shows at most {most}")


def _names(names: Sequence[Sequence[str]], what: str, examples: int, count: int) -> list[list[str]]:
    if len(names) != examples:
        raise CourseError(f"{what} are given for {len(names)} examples, weights for {examples}")
    for i, texts in enumerate(names):
        if isinstance(texts, str):
            raise CourseError(f"{what}[{i}] is one string; a list of strings is expected")
        if len(texts) != count:
            raise CourseError(f"{what}[{i}] has {len(texts)} names; weights ask for {count}")
    return [[str(text) for text in texts] for texts in names]


def _answers(answers: Sequence[int | None] | None, examples: int, keys: int) -> list[int | None]:
    if answers is None:
        return [None] * examples
    if len(answers) != examples:
        raise CourseError(f"answers has {len(answers)} entries for {examples} examples")
    for i, answer in enumerate(answers):
        if answer is not None and not 0 <= int(answer) < keys:
            raise CourseError(f"answers[{i}] is {answer}; positions run from 0 to {keys - 1}")
    return [None if answer is None else int(answer) for answer in answers]


def _titles(titles: Sequence[str] | None, examples: int) -> list[str]:
    if titles is None:
        return [f"example {i + 1}" for i in range(examples)]
    if len(titles) != examples:
        raise CourseError(f"titles has {len(titles)} entries for {examples} examples")
    return [str(title) for title in titles]


def _control(
    compare: Mapping[str, object] | None, shape: tuple[int, ...]
) -> tuple[str, np.ndarray | None]:
    if not compare:
        return "", None
    if len(compare) != 1:
        raise CourseError(f"compare takes one control; it was given {', '.join(compare)}")
    [(name, values)] = compare.items()
    control = attention(values, f"compare[{name!r}]")
    if control.shape != shape:
        raise CourseError(f"compare[{name!r}] has shape {control.shape}, weights {shape}")
    return name, control
