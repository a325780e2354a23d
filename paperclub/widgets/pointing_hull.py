"""The figure of the chapter ``pointer-networks``: a trained network points out a hull or a tour."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure
from paperclub.widgets.geometry import area, convex_hull, crosses_itself, length, shortest_tour
from paperclub.widgets.pointing import Network, Sizes, pack

FEWEST, MOST = 3, 40
MOST_EXACT = 12  # the shortest tour of more points takes the page too long
HULL, TOUR = TASKS = ("hull", "tour")
LEAD = "Click to add points or remove them. Watch the network point, step by step."


class PointingHull(Figure):
    """Pointing networks that run in the page and draw the hull, or a tour, of the reader's points.

    Each step's pointing distribution is shown as lines from the last corner to the points, as wide
    as their share. The exact answer is drawn on demand (a tour's for up to 12 points), and a mark
    says when there are more points, or fewer, than the network saw in training. In a tour no point
    may come twice and END must wait for the last, as in Section 4.4.

    Args:
        weights: The parameters, by name, of a network that draws hulls: ``state_dict()`` of the
            chapter's network.
        points: Where the points stand at first, (n, 2) in [0, 1]; 3 to 40, no two on the same spot
            once they are rounded to 3 decimals.
        tour: The same of a network that draws tours; without it there is no choice of a task.
        task: What is drawn at first, ``"hull"`` or ``"tour"``.
        trained: The fewest and the most points of a training problem, for hulls.
        trained_tour: The same for tours.
        heads: How many heads each of the encoders' blocks has.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("pointing_hull")

    sizes = traitlets.Dict().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    trained = traitlets.List(traitlets.Int()).tag(sync=True)
    tour_sizes = traitlets.Dict().tag(sync=True)
    tour_weights = traitlets.Bytes().tag(sync=True)
    tour_trained = traitlets.List(traitlets.Int()).tag(sync=True)
    task = traitlets.Unicode(HULL).tag(sync=True)
    points: traitlets.List[list[float]] = traitlets.List().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        weights: Mapping[str, object],
        points: object,
        *,
        tour: Mapping[str, object] | None = None,
        task: str = HULL,
        trained: Sequence[int] = (5, 10),
        trained_tour: Sequence[int] = (5, 8),
        heads: int = 4,
        lead: str = LEAD,
        note: str = "",
    ):
        sizes, packed = pack(weights, heads)
        tour_sizes, tour_packed = pack(tour, heads) if tour is not None else (None, b"")
        if task not in TASKS:
            raise CourseError(f'task is {task!r}; "hull" or "tour" is expected')
        if task == TOUR and tour is None:
            raise CourseError('task is "tour", but no weights are given as tour')
        super().__init__(
            sizes=vars(sizes),
            weights=packed,
            trained=_checked_range(trained, "trained"),
            tour_sizes=vars(tour_sizes) if tour_sizes else {},
            tour_weights=tour_packed,
            tour_trained=_checked_range(trained_tour, "trained_tour"),
            task=task,
            points=_checked_points(points),
            lead=lead,
            note=note,
        )
        self.step = len(self._draw(self.points, task)[0])

    def _draw(
        self, places: Sequence[Sequence[float]], task: str
    ) -> tuple[list[int], list[np.ndarray]]:
        of = (self.tour_sizes, self.tour_weights) if task == TOUR else (self.sizes, self.weights)
        return Network(Sizes(**of[0]), of[1]).draw(np.array(places), whole=task == TOUR)

    def sentence(
        self,
        step: int | None = None,
        *,
        point: int | None = None,
        points: Sequence[Sequence[float]] | None = None,
        task: str | None = None,
    ) -> str:
        """Return what the figure says below its picture, from the weights that it holds.

        Args:
            step: Which pointing (from 1); by default the one that is shown.
            point: A point (from 0) of which the reader asks how much it gets, if any.
            points: Where the points stand; by default where they are.
            task: ``"hull"`` or ``"tour"``; by default what is drawn.
        """
        step = self.step if step is None else step
        places = self.points if points is None else points
        task = self.task if task is None else task
        chosen, shares = self._draw(places, task)
        if step == len(chosen) and point is None:
            return self._outcome(places, chosen[:-1], task)
        now, best = shares[step - 1], chosen[step - 1]
        first = "point" if task == TOUR else "corner"
        start = f"from point {chosen[step - 2] + 1}" if step > 1 else f"before the first {first}"
        text = (
            f"Pointing {step} of {len(chosen)}, {start}: {now[best]:.2f} of the weight is on "
            f"{_named(best, len(places))}"
        )
        if point is not None and point != best:
            used = " (used)" if point in chosen[: step - 1] else ""
            return f"{text}, {now[point]:.2f} on {_named(point, len(places))}{used}."
        others = now.copy()
        others[best] = -1
        second = int(others.argmax())
        return f"{text}, {now[second]:.2f} on {_named(second, len(places))}."

    def _outcome(self, places: Sequence[Sequence[float]], corners: list[int], task: str) -> str:
        text = _tour_outcome(places, corners) if task == TOUR else _hull_outcome(places, corners)
        fewest, most = self.tour_trained if task == TOUR else self.trained
        if not fewest <= len(places) <= most:
            text += f" The network was trained on {fewest} to {most} points."
        return text


def _hull_outcome(places: Sequence[Sequence[float]], corners: list[int]) -> str:
    hull = convex_hull(places)
    text = f"{len(places)} points, {_counted(len(corners), 'corner')} pointed out: "
    if corners == hull:
        return text + "exactly the hull."
    if len(corners) > 3 and crosses_itself(places, corners):
        return text + "the outline crosses itself, so it is no hull."
    share = area(places, corners) / area(places, hull)
    return f"{text}not the hull, which has {len(hull)}; the outline covers {share:.3f} of its area."


def _tour_outcome(places: Sequence[Sequence[float]], corners: list[int]) -> str:
    text = f"{len(places)} points, all visited"
    if len(places) <= MOST_EXACT:
        ratio = length(places, corners) / length(places, shortest_tour(places))
        if ratio < 1 + 1e-9:
            return f"{text}: exactly the shortest tour."
        return f"{text}: the tour is {ratio:.3f} times as long as the shortest."
    if crosses_itself(places, corners):
        text += ", by a tour that crosses itself: there is a shorter one"
    return f"{text}. The shortest tour is computed for up to {MOST_EXACT} points only."


def _named(choice: int, n: int) -> str:
    return "END" if choice == n else f"point {choice + 1}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _checked_range(trained: Sequence[int], name: str) -> list[int]:
    fewest, most = trained
    if not FEWEST <= fewest <= most:
        raise CourseError(
            f"{name} is {tuple(trained)}; the fewest and the most points are expected, "
            f"from {FEWEST}"
        )
    return [int(fewest), int(most)]


def _checked_points(points: object) -> list[list[float]]:
    array = as_array(points, "points")
    if array.ndim != 2 or array.shape[1] != 2:
        raise CourseError(f"points have the shape {array.shape}; (n, 2) is expected")
    if not FEWEST <= len(array) <= MOST:
        raise CourseError(f"{len(array)} points are given; {FEWEST} to {MOST} fit")
    if array.min() < 0 or array.max() > 1:
        raise CourseError(
            f"points reach from {array.min():.3g} to {array.max():.3g}; they lie in [0, 1]"
        )
    placed = array.round(3).tolist()
    for i, here in enumerate(placed):
        if here in placed[:i]:
            first = placed.index(here)
            raise CourseError(f"points {first + 1} and {i + 1} stand on the same spot: {here}")
    return placed
