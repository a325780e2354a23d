"""The figure of the chapter ``relation-networks``: a scene, a question, and what each pair adds."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

ANSWERS = ("square", "circle")
KINDS = ("own", "nearest")
NAMES = ("red", "blue", "green", "orange", "yellow", "grey")
TINTS = ("#CC3311", "#0072B2", "#009E73", "#E69F00", "#F0E442", "#8A8A8A")
MOST_SCENES = 8
LEAD = "Drag an object. See what the network answers, and which pairs move it."

Scene = tuple[object, object, int]


class RelationScene(Figure):
    """A small scene, a question about it, and a trained relation network that answers in the page.

    The network is Equation 1 of Santoro et al. (2017) with the question joined (Section 4):
    ``f(sum over all pairs of g(object, other, question))``. Every layer of ``g`` is followed by a
    ReLU; so is every layer of ``f`` but the last, whose two outputs are *square* and *circle*.

    An object is ``(x, y, one-hot colour, shape)`` with shape -1 for a square and 1 for a circle; a
    question is ``(one-hot colour asked about, one-hot kind)``. Object ``k`` of a scene has colour
    ``k``: the order of objects does not matter to the network.

    Args:
        g: Weight and bias of each layer in turn, as ``g.parameters()`` gives them.
        f: The same for ``f``.
        scenes: By title: positions (object, 2) within ``reach`` of the middle, shapes (object,) as
            0 for square and 1 for circle, and about which object the figure asks at first. At most
            8 scenes; the first is shown.
        kinds: The kinds of question in the order of their one-hot vector, out of ``own`` (the shape
            of the object itself) and ``nearest`` (the shape of the object nearest to it). The last
            is asked at first.
        names: What the colours are called.
        reach: Positions lie between ``-reach`` and ``reach``.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("relation_scene")

    sizes = traitlets.Dict().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    names: traitlets.List[str] = traitlets.List().tag(sync=True)
    tints: traitlets.List[str] = traitlets.List().tag(sync=True)
    kinds: traitlets.List[str] = traitlets.List().tag(sync=True)
    titles: traitlets.List[str] = traitlets.List().tag(sync=True)
    reach = traitlets.Float().tag(sync=True)
    places: traitlets.List[list[list[float]]] = traitlets.List().tag(sync=True)
    shapes: traitlets.List[list[int]] = traitlets.List().tag(sync=True)
    starts = traitlets.List(traitlets.Int()).tag(sync=True)
    scene = traitlets.Int(0).tag(sync=True)
    kind = traitlets.Int(0).tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        g: Sequence[object],
        f: Sequence[object],
        scenes: Mapping[str, Scene],
        *,
        kinds: Sequence[str] = KINDS,
        names: Sequence[str] = NAMES,
        reach: float = 2.0,
        lead: str = LEAD,
        note: str = "",
    ):
        if isinstance(names, str) or len(names) != len(TINTS):
            raise CourseError(f"names should be a list of {len(TINTS)}, one for each colour")
        if not kinds or set(kinds) - set(KINDS):
            raise CourseError(f"kinds are some of {', '.join(KINDS)}; given was {list(kinds)}")
        question = len(names) + len(kinds)
        inner, outer = _layers(g, "g"), _layers(f, "f")
        _check_chain(inner, "g", 2 * (len(names) + 3) + question)
        _check_chain(outer, "f", len(inner[-1][1]))
        if len(outer[-1][1]) != len(ANSWERS):
            raise CourseError(f"f ends in {len(outer[-1][1])} outputs; two are expected")
        checked = [_scene(title, scene, len(names), reach) for title, scene in scenes.items()]
        if not 0 < len(checked) <= MOST_SCENES:
            raise CourseError(f"{len(checked)} scenes are given; the figure shows 1 to 8")
        both = [*inner, *outer]
        super().__init__(
            sizes={
                name: [list(weight.shape) for weight, _ in part]
                for name, part in (("g", inner), ("f", outer))
            },
            weights=b"".join(part.tobytes() for layer in both for part in layer),
            names=[str(name) for name in names],
            tints=list(TINTS),
            kinds=list(kinds),
            titles=[str(title) for title in scenes],
            reach=float(reach),
            places=[places for places, _, _ in checked],
            shapes=[shapes for _, shapes, _ in checked],
            starts=[asked for _, _, asked in checked],
            kind=len(kinds) - 1,
            asked=checked[0][2],
            lead=lead,
            note=note,
        )

    def sentence(
        self,
        scene: int | None = None,
        kind: int | None = None,
        asked: int | None = None,
        *,
        places: Sequence[Sequence[float]] | None = None,
        shapes: Sequence[int] | None = None,
    ) -> str:
        """Return what the figure says below its picture, from the numbers that it holds.

        Args:
            scene: Which scene (from 0); the chosen one by default. So are ``kind`` and ``asked``.
            kind: Which kind of question (from 0).
            asked: Which object it is about (from 0).
            places: Positions (object, 2) in place of the scene's, as after a move.
            shapes: Shapes (object,) in place of the scene's.
        """
        scene, kind, asked = self.or_shown(scene=scene, kind=kind, asked=asked)
        stand = np.array(self.places[scene] if places is None else places, float)
        shapes = list(self.shapes[scene] if shapes is None else shapes)
        name = self.names[asked]
        notes, total, logits = self._look(stand, shapes, asked, kind)
        answer = int(logits[1] > logits[0])
        margin = logits[answer] - logits[1 - answer]
        target = _target(stand, asked, self.kinds[kind])
        about = "" if self.kinds[kind] == "own" else "the object nearest to "
        truth = f"{self.names[target]}, a {ANSWERS[shapes[target]]}"
        verdict = "right" if shapes[target] == answer else "wrong"
        first, second, without = self._strongest(notes, total, answer, margin)
        pair = (
            f"{self.names[first]} with itself"
            if first == second
            else f"{self.names[first]} and {self.names[second]}"
        )
        return (
            f"Asked for the shape of {about}{name}, the network says {ANSWERS[answer]} with "
            f"confidence {1 / (1 + np.exp(-margin)):.2f}. That is {verdict}: it is {truth}. "
            f"The pair {pair} moves it most: without it the margin of {_number(margin)} would be "
            f"{_number(without)}."
        )

    def _network(self) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
        numbers, start = np.frombuffer(self.weights, np.float32).astype(float), 0
        network: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
        for name, shapes in self.sizes.items():
            network[name] = []
            for out, into in shapes:
                weight = numbers[start : start + out * into].reshape(out, into)
                start += out * into
                network[name].append((weight, numbers[start : start + out]))
                start += out
        return network

    def _look(
        self, places: np.ndarray, shapes: list[int], asked: int, kind: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the notes of all pairs (object, object, d), their sum (d,) and the logits (2,)."""
        network, n = self._network(), len(shapes)
        signs = 2.0 * np.array(shapes)[:, None] - 1
        objects = np.concatenate([places, np.eye(n), signs], axis=1)
        question = np.concatenate([np.eye(n)[asked], np.eye(len(self.kinds))[kind]])
        pairs = np.array(
            [[np.concatenate([one, other, question]) for other in objects] for one in objects]
        )
        notes = pairs
        for weight, bias in network["g"]:
            notes = np.maximum(notes @ weight.T + bias, 0)
        total = notes.sum(axis=(0, 1))
        return notes, total, _read(network["f"], total)

    def _strongest(
        self, notes: np.ndarray, total: np.ndarray, answer: int, margin: float
    ) -> tuple[int, int, float]:
        """Return the pair without which the margin changes most, and the margin without it."""
        network, best = self._network()["f"], (0, 0, margin)
        for first in range(len(notes)):
            for second in range(first, len(notes)):
                left = total - notes[first, second]
                if first != second:
                    left = left - notes[second, first]
                logits = _read(network, left)
                without = logits[answer] - logits[1 - answer]
                if abs(margin - without) > abs(margin - best[2]):
                    best = (first, second, without)
        return best


def _read(layers: list[tuple[np.ndarray, np.ndarray]], total: np.ndarray) -> np.ndarray:
    """Return f's outputs for a sum of notes."""
    for weight, bias in layers[:-1]:
        total = np.maximum(weight @ total + bias, 0)
    weight, bias = layers[-1]
    return weight @ total + bias


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _target(places: np.ndarray, asked: int, kind: str) -> int:
    """Return the object whose shape is the right answer."""
    if kind == "own":
        return asked
    away = ((places - places[asked]) ** 2).sum(axis=1)
    away[asked] = np.inf
    return int(away.argmin())


def _layers(parameters: Sequence[object], name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    arrays = [as_array(values, f"{name}[{i}]") for i, values in enumerate(parameters)]
    if not arrays or len(arrays) % 2:
        raise CourseError(f"{name} has {len(arrays)} arrays; a weight and a bias for each layer")
    layers = list(zip(arrays[::2], arrays[1::2], strict=True))
    for i, (weight, bias) in enumerate(layers):
        if weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise CourseError(
                f"layer {i} of {name} has a weight {weight.shape} and a bias {bias.shape}; "
                "(out, in) and (out,) are expected"
            )
    return [(weight.astype(np.float32), bias.astype(np.float32)) for weight, bias in layers]


def _check_chain(layers: list[tuple[np.ndarray, np.ndarray]], name: str, width: int) -> None:
    for i, (weight, bias) in enumerate(layers):
        if weight.shape[1] != width:
            raise CourseError(
                f"layer {i} of {name} takes {weight.shape[1]} numbers; {width} arrive there"
            )
        width = len(bias)


def _scene(
    title: str, scene: Scene, count: int, reach: float
) -> tuple[list[list[float]], list[int], int]:
    if len(scene) != 3:
        raise CourseError(f"scene {title!r} should be (positions, shapes, asked)")
    places, shapes = as_array(scene[0], f"positions of {title!r}"), as_array(scene[1], "shapes")
    if places.shape != (count, 2) or shapes.shape != (count,):
        raise CourseError(
            f"scene {title!r} has positions {places.shape} and shapes {shapes.shape}; "
            f"({count}, 2) and ({count},) are expected"
        )
    if np.abs(places).max() > reach:
        raise CourseError(f"scene {title!r} reaches beyond {reach:g} from the middle")
    if not np.isin(shapes, (0, 1)).all():
        raise CourseError(f"shapes of scene {title!r} are 0 (square) or 1 (circle)")
    if not 0 <= int(scene[2]) < count:
        raise CourseError(f"scene {title!r} asks about {scene[2]}; objects are 0 to {count - 1}")
    # Three decimals, so that a step of the keyboard is the same number in both languages.
    return np.round(places, 3).tolist(), shapes.astype(int).tolist(), int(scene[2])
