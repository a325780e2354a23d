"""RelationScene, with an untrained network: what it says of its scenes is by accident."""

from specimens import HOSTILE, Specimen

DATA = f'''
import numpy as np

def network_and_scenes(seed=1, width=8):
    """The weights of g and f, and two scenes."""
    random = np.random.default_rng(seed)

    def layers(*sizes):
        made = []
        for into, out in zip(sizes, sizes[1:]):
            made += [random.normal(size=(out, into)) / into**0.5, random.normal(size=out) / 4]
        return made

    g, f = layers(26, width, width), layers(width, width, 2)
    places = random.uniform(-1.8, 1.8, size=(2, 6, 2))
    shapes = random.integers(2, size=(2, 6))
    first, second = (places[0], shapes[0], 0), (places[1], shapes[1], 3)
    return g, f, {{"a scene": first, "one that fools it": second}}

g, f, scenes = network_and_scenes()
names = ["red", {HOSTILE!r}, "green", "orange", "yellow", "grey"]
'''

FIGURE = """
from paperclub.widgets import RelationScene
RelationScene(g, f, scenes, names=names)
"""


def _moved(figure) -> str:
    """The right arrow moves the object that is asked about by a twentieth."""
    places = [list(place) for place in figure.places[0]]
    places[figure.asked][0] += 0.05
    return figure.sentence(places=places)


SPECIMEN = Specimen("Scene", (DATA, FIGURE), _moved)
