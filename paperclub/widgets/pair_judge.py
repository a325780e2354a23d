"""A figure for a room: couples are judged, by a new judge each or by one for all."""

from collections.abc import Sequence
from itertools import combinations

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

LEAST, MOST, MOST_NOTE, MOST_LETTERS = 3, 8, 10, 16
LEAST_ROOM, MOST_ROOM = 3, 60
SHAPES = ("square", "circle")
SHEETS = {
    "Ana": "square", "Bo": "circle", "Cleo": "square",
    "Dan": "circle", "Eve": "square", "Finn": "circle",
}  # fmt: skip
ROUNDS = ("A new judge for each couple", "One judge for all couples")
LEAD = "Enter each couple's note, then change the judge. Watch which shape the sums speak for."


class PairJudge(Figure):
    """What is on the sheet of whoever stands nearest to the first? Notes of couples, added up.

    Two rounds are held beside each other: each couple has a judge of its own, who has no scale in
    common with the others; or one judge writes all notes. A couple's note counts for what its
    people hold, half each; the first person, who is asked about, counts for nothing, so that a note
    on them and somebody else is that one's alone. The whole room's answer by show of hands stands
    below.

    Args:
        sheets: 3 to 8 people and what each holds, ``"square"`` or ``"circle"``; the one asked about
            comes first.
        notes: Two lists, one a round, with a note from 0 to 10 for each couple in the order of
            ``itertools.combinations``; by default nobody has written one.
        hands: How many of the room say square, and circle.
        nearest: Who stands nearest to the first; by default nobody says.
        room: How many people are in the room, 3 to 60.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("pair_judge")

    people = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sheets = traitlets.List(traitlets.Int()).tag(sync=True)
    notes = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    hands = traitlets.List(traitlets.Int()).tag(sync=True)
    nearest = traitlets.Int(0).tag(sync=True)
    room = traitlets.Int(12).tag(sync=True)
    round = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        sheets: dict[str, str] | None = None,
        *,
        notes: Sequence[Sequence[int]] | None = None,
        hands: tuple[int, int] = (0, 0),
        nearest: str | None = None,
        room: int = 12,
        lead: str = LEAD,
        note: str = "",
    ):
        held = SHEETS if sheets is None else sheets
        _check_sheets(held)
        people = list(held)
        if nearest is not None and nearest not in people[1:]:
            raise CourseError(f"nearest is {nearest!r}; one of {', '.join(people[1:])} is expected")
        if not LEAST_ROOM <= room <= MOST_ROOM:
            raise CourseError(f"room is {room}; {LEAST_ROOM} to {MOST_ROOM} people fit")
        if len(hands) != 2 or not all(0 <= count <= MOST_ROOM for count in hands):
            raise CourseError(f"hands are two numbers from 0 to {MOST_ROOM}, not {hands!r}")
        super().__init__(
            people=people,
            sheets=[SHAPES.index(shape) for shape in held.values()],
            notes=_notes(notes, len(people)),
            hands=[int(count) for count in hands],
            nearest=0 if nearest is None else people.index(nearest),
            room=room,
            lead=lead,
            note=note,
        )

    def sums(self, which: int) -> list[float]:
        """Return what a round's notes (0: a judge each, 1: one judge) say for square and circle."""
        total = [0.0, 0.0]
        couples = combinations(range(len(self.people)), 2)
        for (i, j), note in zip(couples, self.notes[which], strict=True):
            for one in (j,) if i == 0 else (i, j):
                total[self.sheets[one]] += note if i == 0 else note / 2
        return total

    def sentence(self) -> str:
        """Return what the figure says below its picture, from the numbers that it holds."""
        n, room = len(self.people), self.room
        said = [
            f"{n} people make {n * (n - 1) // 2} couples; a room of {room} makes "
            f"{room * (room - 1) // 2}, or {room * room} ordered pairs with each beside itself."
        ]
        ways = [(says, self.sums(which)) for which, says in enumerate(ROUNDS)]
        ways.append(("The whole room, by show of hands", list(map(float, self.hands))))
        held = [(says, total) for says, total in ways if any(total)]
        for says, total in held:
            won = _winner(total)
            so = "neither" if won is None else SHAPES[won]
            said.append(f"{says}: square {total[0]:g}, circle {total[1]:g}, so {so}.")
        if self.nearest:
            shape = self.sheets[self.nearest]
            right = sum(_winner(total) == shape for _, total in held)
            came = f"; {right} of {len(held)} right." if held else "."
            said.append(
                f"Nearest to {self.people[0]} is {self.people[self.nearest]}, "
                f"a {SHAPES[shape]}{came}"
            )
        return " ".join(said)


def _winner(total: Sequence[float]) -> int | None:
    return None if total[0] == total[1] else int(total[1] > total[0])


def _check_sheets(held: dict[str, str]) -> None:
    if not isinstance(held, dict) or not LEAST <= len(held) <= MOST:
        raise CourseError(f"sheets is a dictionary of {LEAST} to {MOST} people and their shapes")
    for name, shape in held.items():
        if not isinstance(name, str) or not 1 <= len(name) <= MOST_LETTERS:
            raise CourseError(f"a name has 1 to {MOST_LETTERS} characters, not {name!r}")
        if shape not in SHAPES:
            raise CourseError(f"{name} holds {shape!r}; square or circle is expected")


def _notes(notes: Sequence[Sequence[int]] | None, people: int) -> list[list[int]]:
    couples = people * (people - 1) // 2
    if notes is None:
        return [[0] * couples for _ in ROUNDS]
    lists = [[int(note) for note in one] for one in notes]
    if [len(one) for one in lists] != [couples] * len(ROUNDS):
        raise CourseError(f"notes are two lists of {couples} numbers, one for each couple")
    if not all(0 <= note <= MOST_NOTE for one in lists for note in one):
        raise CourseError(f"a note lies outside 0 to {MOST_NOTE}")
    return lists
