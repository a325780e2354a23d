"""What the week ``relation-networks`` builds: Santoro et al. (2017), Equation 1 and Section 4."""

import torch
from torch import Tensor, nn


def all_pairs(objects: Tensor, question: Tensor) -> Tensor:
    """Put every object beside every object, and the question beside both.

    Args:
        objects: (batch, n, m).
        question: (batch, q), one for each scene.

    Returns:
        (batch, n, n, 2m + q): at [b, i, j] object i, object j, and the question.
    """
    n = objects.size(1)
    first = objects[:, :, None].expand(-1, -1, n, -1)
    second = objects[:, None].expand(-1, n, -1, -1)
    asked = question[:, None, None].expand(-1, n, n, -1)
    return torch.cat([first, second, asked], dim=-1)


class RelationNetwork(nn.Module):
    """Judge all pairs with one g, add the notes up, and let f read the sum (Equation 1).

    The answer does not depend on the order of the objects, and their number may vary.

    Args:
        m: Numbers of an object.
        q: Numbers of a question.
        d: Width of all layers but the last.
        answers: Number of outputs.
    """

    def __init__(self, m: int, q: int, d: int, answers: int):
        super().__init__()
        self.g = nn.Sequential(nn.Linear(2 * m + q, d), nn.ReLU(), nn.Linear(d, d), nn.ReLU())
        self.f = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, answers))

    def forward(self, objects: Tensor, question: Tensor) -> Tensor:
        """Return the logits (batch, answers) for objects (batch, n, m), question (batch, q)."""
        notes = self.g(all_pairs(objects, question))  # (batch, i, j, d)
        return self.f(notes.sum(dim=(1, 2)))
