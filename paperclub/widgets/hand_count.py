"""A figure for a room: hands are counted for each choice, and then comes what really happened."""

from collections.abc import Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import fixed
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_CHOICES, MOST_HANDS, MOST_LETTERS = 6, 99, 200
LEAD = "Count hands for each choice. Then see what came out."


class HandCount(Figure):
    """The room's forecast, counted by show of hands, beside what came out.

    The facilitator counts with the arrow keys or the buttons: up and down choose, right and left
    add and take away a hand. What came out is shown only when it is asked for. The line for the
    record can be copied. What was counted outlives a reload of the page.

    Args:
        question: What the room is asked.
        choices: Two to six answers to choose from.
        answer: Which of them (from 0) came out; None while nobody knows: then the facilitator says.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("hand_count")

    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answer = traitlets.Int(-1).tag(sync=True)
    hands = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        question: str,
        choices: Sequence[str],
        answer: int | None = None,
        *,
        lead: str = LEAD,
        note: str = "",
    ):
        if isinstance(choices, str) or not 2 <= len(choices) <= MOST_CHOICES:
            raise CourseError(f"choices is a list of 2 to {MOST_CHOICES} texts, not {choices!r}")
        for text in (question, *choices):
            if not isinstance(text, str) or not 1 <= len(text) <= MOST_LETTERS:
                raise CourseError(
                    f"a text of 1 to {MOST_LETTERS} characters is asked, not {text!r}"
                )
        if answer is not None and not 0 <= answer < len(choices):
            raise CourseError(f"answer is {answer}; choices run from 0 to {len(choices) - 1}")
        super().__init__(
            question=question,
            choices=list(choices),
            answer=-1 if answer is None else int(answer),
            hands=[0] * len(choices),
            lead=lead,
            note=note,
        )

    def sentence(self, hands: Sequence[int] | None = None, *, shown: bool = False) -> str:
        """Return what the figure says below its picture.

        Args:
            hands: How many hands each choice has; by default what was counted.
            shown: Whether what came out is shown.
        """
        hands = list(self.hands if hands is None else hands)
        total = sum(hands)
        if not total:
            counted = "No hand is counted yet."
        else:
            each = ", ".join(f"({_letter(i)}) {count}" for i, count in enumerate(hands))
            most = [_letter(i) for i, count in enumerate(hands) if count == max(hands)]
            word = "hand" if total == 1 else "hands"
            counted = f"{total} {word}: {each}. Most expect ({') and ('.join(most)})."
        if not shown or self.answer < 0:
            return counted
        came = f"{counted} It came out as ({_letter(self.answer)})"
        if not total:
            return f"{came}."
        return (
            f"{came}: {hands[self.answer]} of {total} expected it. Brier score "
            f"{fixed(self._brier(hands))}; hands spread evenly have "
            f"{fixed(1 - 1 / len(hands))}, and 0 is best."
        )

    def _brier(self, hands: Sequence[int]) -> float:
        """Score the room's shares of hands as a forecast (Brier 1950): 0 is best, 2 worst."""
        total = sum(hands)
        return sum((count / total - (i == self.answer)) ** 2 for i, count in enumerate(hands))


def _letter(place: int) -> str:
    return "abcdef"[place]
