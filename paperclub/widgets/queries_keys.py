"""A figure for a room: queries spend points on keys, and the weights mix the values."""

from collections.abc import Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import fixed
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_KEYS, MOST_QUERIES, MOST_POINTS, MOST_VALUE, MOST_LETTERS = 8, 6, 999, 10, 24
KEYS = {"soup": 8, "salad": 3, "cake": 6, "curry": 9, "ice cream": 5}
QUERIES = ("something warm", "something sweet")
LEAD = "Count the points that each query spends. Watch which value its answer comes near."


class QueriesKeys(Figure):
    """Printed cards on a wall: who attends to whom, and what each is given back.

    Each row is a query, each column a key with its value. The points of a row, divided by their
    sum, are the weights of attention; the row's answer is the values in that mixture. Points are
    spent by people, or by show of hands: then each hand is a point.

    Args:
        keys: What stands on the keys, 2 to 8, each with its value, 0 to 10.
        queries: What stands on the queries, 1 to 6.
        points: For each query a number for each key, 0 to 999; by default none is spent.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("queries_keys")

    cards = traitlets.List(traitlets.Unicode()).tag(sync=True)
    values = traitlets.List(traitlets.Int()).tag(sync=True)
    queries = traitlets.List(traitlets.Unicode()).tag(sync=True)
    points = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)

    def __init__(
        self,
        keys: dict[str, int] | None = None,
        queries: Sequence[str] = QUERIES,
        *,
        points: Sequence[Sequence[int]] | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        cards = KEYS if keys is None else keys
        if not isinstance(cards, dict) or not 2 <= len(cards) <= MOST_KEYS:
            raise CourseError(f"keys is a dictionary of 2 to {MOST_KEYS} keys with their values")
        if isinstance(queries, str) or not 1 <= len(queries) <= MOST_QUERIES:
            raise CourseError(f"queries is a list of 1 to {MOST_QUERIES} texts")
        for text in (*cards, *queries):
            if not isinstance(text, str) or not 1 <= len(text) <= MOST_LETTERS:
                raise CourseError(f"a card has 1 to {MOST_LETTERS} characters, not {text!r}")
        for key, value in cards.items():
            if not 0 <= value <= MOST_VALUE:
                raise CourseError(f"the value of {key!r} is {value}; 0 to {MOST_VALUE} is expected")
        super().__init__(
            cards=list(cards),
            values=[int(value) for value in cards.values()],
            queries=list(queries),
            points=_points(points, len(queries), len(cards)),
            lead=lead,
            note=note,
        )

    def sentence(self, query: int = 0) -> str:
        """Return what the figure says below its picture.

        Args:
            query: The row that is chosen, from 0.
        """
        points = self.points[query]
        total, name = sum(points), f"“{self.queries[query]}”"
        if not total:
            return f"{name} has spent no point yet."
        most = points.index(max(points))
        spread = f"the largest weight, {fixed(points[most] / total)}, on “{self.cards[most]}”."
        if points[most] == total:
            spread = f"all on “{self.cards[most]}”, as a dictionary would."
        answer = sum(n * value for n, value in zip(points, self.values, strict=True)) / total
        even = sum(self.values) / len(self.values)
        word = "point" if total == 1 else "points"
        return (
            f"{name} spends {total} {word}, {spread} Its answer is {fixed(answer)}; the same "
            f"weight on each of the {len(self.cards)} keys gives {fixed(even)}."
        )


def _points(points: Sequence[Sequence[int]] | None, rows: int, columns: int) -> list[list[int]]:
    if points is None:
        return [[0] * columns for _ in range(rows)]
    counts = [[int(count) for count in row] for row in points]
    if len(counts) != rows or any(len(row) != columns for row in counts):
        raise CourseError(f"points should be {rows} rows (queries) of {columns} numbers (keys)")
    if not all(0 <= count <= MOST_POINTS for row in counts for count in row):
        raise CourseError(f"a number of points lies outside 0 to {MOST_POINTS}")
    return counts
