"""The figure of the chapter ``lost-in-the-middle``: recall by place, growing trial by trial."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array, fixed
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_SETS, MOST_TRIALS, MOST_PLACES = 12, 200, 60
LEAD = "Change the place. See how well a fact is recalled there, and where the model looks."


class RecallCurve(Figure):
    """How well a model recalls a fact, by the fact's place in a list.

    Dots are single trials and the line is their mean over the trials shown; both ends and the
    middle, a fifth of the places each, are what the sentence compares. Where attention is given,
    bars show what the model looks at when the fact of the chosen place is asked for.

    Args:
        scores: For each measurement, by its name, an array or tensor (trial, place): the
            log-probability of the right answer, in nats. At least 5 places.
        attention: For some of them an array (asked place, fact) of shares in [0, 1].
        control: For some of them a control: the places (from 1) and the values there.
        start: The measurement that is shown first; the first one by default.
        lead: The line above the picture.
        note: A remark below the sentence, such as where the numbers come from.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("recall_curve")

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shapes: traitlets.List[list[int]] = traitlets.List().tag(sync=True)
    scores = traitlets.Bytes().tag(sync=True)
    attention = traitlets.Dict().tag(sync=True)
    control = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    trials = traitlets.Int(1).tag(sync=True)
    place = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        scores: Mapping[str, object],
        *,
        attention: Mapping[str, object] | None = None,
        control: Mapping[str, tuple[Sequence[int], object]] | None = None,
        start: str | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        arrays = _scores(scores)
        names = list(arrays)
        if start is not None and start not in arrays:
            raise CourseError(f"start={start!r} is none of the measurements: {', '.join(names)}")
        chosen = names.index(start) if start else 0
        trials, places = arrays[names[chosen]].shape
        super().__init__(
            names=names,
            shapes=[list(array.shape) for array in arrays.values()],
            scores=b"".join(array.astype("<f4").tobytes() for array in arrays.values()),
            attention=_attention(attention or {}, arrays),
            control=_control(control or {}, arrays),
            chosen=chosen,
            trials=trials,
            place=places // 2,
            lead=lead,
            note=note,
        )

    def sentence(
        self, chosen: int | None = None, trials: int | None = None, place: int | None = None
    ) -> str:
        """Return what the figure says below its picture, from the numbers that it holds.

        Args:
            chosen: Which measurement (from 0); the chosen one by default. So are ``trials`` and
                ``place``.
            trials: Over how many trials the mean goes.
            place: Which place (from 0).
        """
        chosen, trials, place = self.or_shown(chosen=chosen, trials=trials, place=place)
        means = self._array(chosen)[:trials].mean(axis=0)
        fifth = len(means) // 5
        middle = (len(means) - fifth) // 2
        first, centre, last = (
            means[at : at + fifth].mean() for at in (0, middle, len(means) - fifth)
        )
        after = f"After {trials} trial{'s' if trials > 1 else ''} of {self.names[chosen]}"
        text = f"{after}, the first fifth lies {_against(first - centre)} the middle, the last "
        text += f"{_against(last - centre)} it. At place {place + 1} the answer has "
        text += f"{_digits(means[place])} nats"
        shares = self.attention.get(self.names[chosen])
        if shares:
            own, most = shares[place][place], int(np.argmax(shares[place]))
            text += f"; of its look at the facts, {fixed(own)} falls on the asked one"
            if most != place:
                text += f" and {fixed(shares[place][most])} on fact {most + 1}"
        return f"{text}."

    def _array(self, chosen: int) -> np.ndarray:
        start = sum(trials * places for trials, places in self.shapes[:chosen])
        trials, places = self.shapes[chosen]
        values = np.frombuffer(self.scores, "<f4")[start : start + trials * places]
        return values.reshape(trials, places).astype(np.float64)


def _digits(value: float) -> str:
    size = abs(value)
    text = fixed(size, 0 if size >= 100 else 1 if size >= 10 else 2)
    return f"−{text}" if value < 0 and float(text) else text


def _against(difference: float) -> str:
    return f"{_digits(abs(difference))} nats {'below' if difference < 0 else 'above'}"


def _scores(scores: Mapping[str, object]) -> dict[str, np.ndarray]:
    if not isinstance(scores, Mapping) or not 1 <= len(scores) <= MOST_SETS:
        raise CourseError(f"scores are 1 to {MOST_SETS} measurements by name: {{'facts': array}}")
    arrays = {str(name): as_array(values, f"scores[{name!r}]") for name, values in scores.items()}
    for name, array in arrays.items():
        if array.ndim != 2:
            raise CourseError(f"scores[{name!r}] has shape {array.shape}; (trial, place) is due")
        trials, places = array.shape
        if not (1 <= trials <= MOST_TRIALS and 5 <= places <= MOST_PLACES):
            raise CourseError(
                f"scores[{name!r}] has {trials} trials of {places} places; the figure takes 1 to "
                f"{MOST_TRIALS} trials of 5 to {MOST_PLACES} places"
            )
    return arrays


def _known(given: Mapping[str, object], what: str, arrays: dict[str, np.ndarray]) -> None:
    for name in given:
        if name not in arrays:
            raise CourseError(f"{what} is given for {name!r}, which is none of the measurements")


def _attention(
    given: Mapping[str, object], arrays: dict[str, np.ndarray]
) -> dict[str, list[list[float]]]:
    _known(given, "attention", arrays)
    shares = {}
    for name, values in given.items():
        array, places = as_array(values, f"attention[{name!r}]"), arrays[name].shape[1]
        if array.shape != (places, places):
            raise CourseError(
                f"attention[{name!r}] has shape {array.shape}; (asked place, fact) is "
                f"({places}, {places})"
            )
        if array.min() < 0 or array.max() > 1 + 1e-6:
            raise CourseError(f"attention[{name!r}] holds shares outside [0, 1]")
        shares[name] = np.round(array, 4).tolist()
    return shares


def _control(
    given: Mapping[str, tuple[Sequence[int], object]], arrays: dict[str, np.ndarray]
) -> dict[str, list[list[float]]]:
    _known(given, "control", arrays)
    points = {}
    for name, (places, values) in given.items():
        array, most = as_array(values, f"control[{name!r}]"), arrays[name].shape[1]
        if array.shape != (len(places),):
            raise CourseError(
                f"control[{name!r}] has {len(places)} places and values of shape {array.shape}"
            )
        if not all(1 <= place <= most for place in places):
            raise CourseError(f"control[{name!r}]: places run from 1 to {most}")
        points[name] = [[int(p), float(v)] for p, v in zip(places, array, strict=True)]
    return points
