"""A game for a room: words are read, people write down what they recall, the curve is drawn."""

from collections.abc import Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array, fixed
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

LEAST_WORDS, MOST_WORDS, MOST_PEOPLE = 5, 30, 200
LEAD = "Start: listen, then write down what you recall. Count hands for each word: up and down."
_TWENTY = (
    "lamp river cheese coat violin garden button winter pencil train honey window soldier "
    "basket mirror elephant ticket hammer forest candle"
)
WORDS = tuple(_TWENTY.split())


class RecallGame(Figure):
    """Words one at a time, then the room's tallies, drawn as a curve over the words' places.

    Everything works in the page: showing or speaking the words, counting, drawing, and the record
    of the session, to copy. In Lab the tallies can be read back from ``tallies`` and ``people``.

    Args:
        words: The words, 5 to 30 of them.
        model: The shares of exact answers of a model, by place, in [0, 1]; drawn on the same axis.
        model_name: What the model's line is called.
        people: How many play.
        tallies: For each word how many recalled it.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("recall_game")

    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tallies = traitlets.List(traitlets.Int()).tag(sync=True)
    people = traitlets.Int(6).tag(sync=True)
    model_shares = traitlets.List(traitlets.Float()).tag(sync=True)
    model_name = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        words: Sequence[str] = WORDS,
        *,
        model: object | None = None,
        model_name: str = "model",
        people: int = 6,
        tallies: Sequence[int] | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        words = _words(words)
        if not 1 <= people <= MOST_PEOPLE:
            raise CourseError(f"people is {people}; the game is for 1 to {MOST_PEOPLE}")
        super().__init__(
            words=words,
            tallies=_tallies(tallies, len(words), people),
            people=people,
            model_shares=_shares(model),
            model_name=model_name,
            lead=lead,
            note=note,
        )

    def sentence(self) -> str:
        """Return what the figure says below its picture, from the numbers that it holds."""
        model = ""
        if self.model_shares:
            model = f"the {self.model_name}: {_thirds(self.model_shares)}"
        if not any(self.tallies):
            start = "Nobody has been counted yet"
            return f"{start}; {model}." if model else f"{start}."
        crowd = "person" if self.people == 1 else f"{self.people} people"
        shares = [count / self.people for count in self.tallies]
        text = f"A room of {crowd} recalled {_thirds(shares)}"
        return f"{text}; {model}." if model else f"{text}."


def _thirds(shares: Sequence[float]) -> str:
    """Say the shares of the first fifth of the places, of the middle and of the last."""
    fifth = max(1, len(shares) // 5)
    middle = (len(shares) - fifth) // 2
    first, centre, last = (
        fixed(sum(shares[at : at + fifth]) / fifth) for at in (0, middle, len(shares) - fifth)
    )
    return f"{first} of the first fifth, {centre} of the middle, {last} of the last"


def _words(words: Sequence[str]) -> list[str]:
    if isinstance(words, str):
        raise CourseError("words is one string; a list of words is expected")
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        raise CourseError(
            f"there are {len(words)} words; the game takes {LEAST_WORDS} to {MOST_WORDS}"
        )
    return [str(word) for word in words]


def _tallies(tallies: Sequence[int] | None, words: int, people: int) -> list[int]:
    counts = [0] * words if tallies is None else [int(count) for count in tallies]
    if len(counts) != words:
        raise CourseError(f"tallies are given for {len(counts)} words, and there are {words}")
    if not all(0 <= count <= people for count in counts):
        raise CourseError(f"a tally lies outside 0 to {people}, the number of people")
    return counts


def _shares(model: object | None) -> list[float]:
    if model is None:
        return []
    array = as_array(model, "model")
    if array.ndim != 1 or len(array) < LEAST_WORDS:
        raise CourseError(f"model has shape {array.shape}; one share for each place is expected")
    if array.min() < 0 or array.max() > 1:
        raise CourseError("model holds shares outside [0, 1]")
    return [round(float(share), 4) for share in array]
