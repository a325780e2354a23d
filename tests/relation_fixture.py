"""What torch says of a few scenes, for the JavaScript that runs the same network in a page."""

import json
from pathlib import Path

import torch

from paperclub.nn import RelationNetwork

FILE = Path(__file__).parents[1] / "paperclub/widgets/test/relation_scene.fixture.json"
COLOURS, KINDS, WIDTH, SCENES = 6, 2, 8, 5


def fixture() -> dict:
    """Return a small random network, scenes and questions, and its logits in float64."""
    torch.manual_seed(3)
    network = RelationNetwork(COLOURS + 3, COLOURS + KINDS, WIDTH, 2)
    places = (4 * torch.rand(SCENES, COLOURS, 2) - 2).mul(1000).round().div(1000)
    shapes = torch.randint(2, (SCENES, COLOURS))
    asked, kind = torch.randint(COLOURS, (SCENES,)), torch.randint(KINDS, (SCENES,))
    eye = torch.eye(COLOURS).expand(SCENES, -1, -1)
    objects = torch.cat([places, eye, 2.0 * shapes[..., None] - 1], dim=-1)
    question = torch.cat([torch.eye(COLOURS)[asked], torch.eye(KINDS)[kind]], dim=-1)
    weights = torch.cat([part.detach().flatten() for part in network.parameters()])
    network.double()
    with torch.no_grad():
        logits = network(objects.double(), question.double())
    return {
        "sizes": {
            name: [list(layer.weight.shape) for layer in part if isinstance(layer, torch.nn.Linear)]
            for name, part in (("g", network.g), ("f", network.f))
        },
        "weights": weights.tolist(),
        "places": [[[round(x, 3) for x in place] for place in s] for s in places.tolist()],
        "shapes": shapes.tolist(),
        "asked": asked.tolist(),
        "kind": kind.tolist(),
        "logits": [[round(value, 9) for value in row] for row in logits.tolist()],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(fixture()) + "\n", "utf-8")
