"""PointingHull, with random weights: enough for what must hold of any network."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
import torch
from paperclub.nn.pointing import PointingNetwork
from paperclub.widgets import PointingHull

torch.manual_seed(3)  # one of the seeds at which END does not come at once
network, tour = PointingNetwork(16), PointingNetwork(8)
points = torch.rand(12, 2, generator=torch.Generator().manual_seed(1))
figure = PointingHull(
    network.state_dict(), points, tour=tour.state_dict(), note={HOSTILE!r}
)
figure.step = 2
figure
"""

SPECIMEN = Specimen("Pointing", (FIGURE,), lambda figure: figure.sentence(figure.step + 1))
