"""What the week ``pointer-networks`` builds: Vinyals et al. (2015), Sections 2.3, 3.1 and 3.3.

Points lie in [0, 1] × [0, 1]. An answer names points by their places 0 … n - 1; END is n, and -1
stands for "nothing more".
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def turn(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Return twice the area of the triangles a, b, c (..., 2): positive where they turn left."""
    ab, ac = b - a, c - a
    return ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]


def edges(points: Tensor) -> Tensor:
    """Return (batch, from, to), True where all other points lie left of the line.

    Args:
        points: (batch, n, 2), no three of them on a line.
    """
    a, b, c = points[:, :, None, None], points[:, None, :, None], points[:, None, None, :]
    i = torch.arange(points.size(1), device=points.device)
    one_of_them = (i == i[:, None, None]) | (i == i[None, :, None])
    left = (turn(a, b, c) > 0) | one_of_them  # (batch, from, to, other)
    return left.all(dim=-1) & (i != i[:, None])


def hulls(points: Tensor) -> Tensor:
    """Return the corners of each hull, counter-clockwise from the leftmost point (Section 3.1).

    Args:
        points: (batch, n, 2), at least three, no three of them on a line.

    Returns:
        (batch, step): corners, then END, which is n, then -1.
    """
    n = points.size(1)
    after = edges(points).float().argmax(dim=-1)  # a corner's next corner
    walk = [points[..., 0].argmin(dim=1)]
    for _ in range(n):
        walk.append(after.gather(1, walk[-1][:, None])[:, 0])
    round_and_round = torch.stack(walk, dim=1)  # (batch, n + 1)
    home = (round_and_round == round_and_round[:, :1]).cumsum(dim=1) > 1
    answer = round_and_round.masked_fill(home, -1)
    answer.scatter_(1, home.float().argmax(dim=1, keepdim=True), n)
    return answer[:, : int((answer >= 0).sum(dim=1).max())]


def tours(points: Tensor) -> Tensor:
    """Return shortest tours, counter-clockwise from the leftmost point (Section 3.3).

    The method is Held and Karp's: the shortest way from the start through a set of points, ending
    at one of them, for every set. Time and memory double with each point.

    Args:
        points: (batch, n, 2), three to about twelve points.

    Returns:
        (batch, n + 1): all points, then END, which is n.
    """
    batch, n, _ = points.shape
    order = points[..., 0].argsort(dim=1)  # the leftmost becomes point 0
    p = points.gather(1, order[..., None].expand(-1, -1, 2))
    far = (p[:, :, None] - p[:, None]).norm(dim=-1)  # (batch, n, n)
    best, each = _shortest_ways(far), torch.arange(batch, device=points.device)
    left = torch.full((batch,), 2 ** (n - 1) - 1, device=points.device)  # the set of all others
    back, walk = far[:, 0, 1:], []
    for _ in range(n - 1):  # from the end back to the start
        walk.append((best[left, :, each] + back).argmin(dim=1) + 1)
        left, back = left ^ 2 ** (walk[-1] - 1), far[each, walk[-1], 1:]
    there = F.pad(torch.stack(walk, dim=1), (1, 0))  # (batch, n)
    q = p.gather(1, there[..., None].expand(-1, -1, 2))
    area = turn(q[:, :1], q, q.roll(-1, dims=1)).sum(dim=1, keepdim=True)
    other_way = torch.cat([there[:, :1], there[:, 1:].flip(1)], dim=1)
    return F.pad(order.gather(1, torch.where(area > 0, there, other_way)), (0, 1), value=n)


def _shortest_ways(far: Tensor) -> Tensor:
    """From distances (batch, n, n): lengths (set, last, batch) from point 0 through a set."""
    m = far.size(1) - 1
    each = torch.arange(m, device=far.device)
    bit = 2**each
    holds = (torch.arange(2**m, device=far.device)[:, None] & bit) > 0  # (set, point)
    best = far.new_full((2**m, m, far.size(0)), math.inf)
    best[bit, each] = far[:, 0, 1:].T  # sets of one point: straight there
    step = far[:, 1:, 1:].permute(1, 2, 0)  # (last, one before, batch)
    for size in range(2, m + 1):
        sets = (holds.sum(dim=1) == size).nonzero()  # (set, 1)
        ways = best[sets ^ bit] + step  # (set, last, one before, batch)
        outside = ~holds[sets[:, 0], :, None]
        best[sets[:, 0]] = ways.amin(dim=2).masked_fill(outside, math.inf)
    return best


class SetEncoder(nn.Module):
    """Every point as a vector that has looked at all the others; END comes last.

    Args:
        d: Width of a point's vector; four heads must divide it.
        n_blocks: How many layers of attention.
    """

    def __init__(self, d: int = 64, n_blocks: int = 2):
        super().__init__()
        self.embed = nn.Linear(2, d)
        self.end = nn.Parameter(torch.randn(d) / 2)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(d, 4, 2 * d, dropout=0.0, batch_first=True, norm_first=True)
            for _ in range(n_blocks)
        )
        self.norm = nn.LayerNorm(d)

    def forward(self, points: Tensor) -> Tensor:
        """Encode points (batch, n, 2) as (batch, n + 1, d)."""
        x = self.embed(2 * points - 1)
        x = torch.cat([x, self.end.expand(len(x), 1, -1)], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Query(nn.Module):
    """What a step asks with: the last corner, the first one, and the mean of all points.

    Args:
        d: Width of a point's vector.
    """

    def __init__(self, d: int = 64):
        super().__init__()
        self.start = nn.Parameter(torch.randn(2, d) / 2)  # before there is any corner
        self.mix = nn.Sequential(nn.Linear(3 * d, 2 * d), nn.ReLU(), nn.Linear(2 * d, d))

    def forward(self, e: Tensor, chosen: Tensor) -> Tensor:
        """Give the queries of all steps up to the one after ``chosen``.

        Args:
            e: Vectors of points and END, (batch, n + 1, d).
            chosen: What was chosen so far, (batch, step).

        Returns:
            (batch, step + 1, d)
        """
        batch, _, d = e.shape
        corners = e.gather(1, chosen[..., None].expand(-1, -1, d))
        last, first = self.start.expand(batch, 2, d).split(1, dim=1)
        last = torch.cat([last, corners], dim=1)
        first = torch.cat([first, corners[:, :1].expand_as(corners)], dim=1)
        mean = e.mean(dim=1, keepdim=True).expand_as(last)
        return self.mix(torch.cat([last, first, mean], dim=-1))


class Pointer(nn.Module):
    """Scores of the inputs themselves: ``v · tanh(W1 e + W2 d)`` (Section 2.3).

    Args:
        d: Width of the inputs' vectors and of the queries.
        d_pointing: Width inside the tanh.
    """

    def __init__(self, d: int = 64, d_pointing: int = 32):
        super().__init__()
        self.w1 = nn.Linear(d, d_pointing, bias=False)
        self.w2 = nn.Linear(d, d_pointing)
        self.v = nn.Linear(d_pointing, 1, bias=False)

    def forward(self, e: Tensor, q: Tensor) -> Tensor:
        """Score inputs e (batch, n, d) for queries q (batch, step, d): (batch, step, n)."""
        inner = self.w1(e)[:, None] + self.w2(q)[:, :, None]
        return self.v(inner.tanh()).squeeze(-1)


class PointingNetwork(nn.Module):
    """A set encoder, a query, and a pointer.

    Args:
        d: Width of a point's vector.
    """

    def __init__(self, d: int = 64):
        super().__init__()
        self.encoder, self.query, self.pointer = SetEncoder(d), Query(d), Pointer(d)

    def scores(self, points: Tensor, chosen: Tensor, whole: bool = False) -> Tensor:
        """Score every point and END for all steps up to the one after ``chosen``.

        Args:
            points: (batch, n, 2).
            chosen: The outputs of the steps so far, (batch, step).
            whole: Whether END must wait until all points were chosen, as in a tour.

        Returns:
            (batch, step + 1, n + 1); what was chosen before a step has -inf there. END may always
            come, or with ``whole`` from step n on.
        """
        n = points.size(1)
        e = self.encoder(points)
        before = F.pad(F.one_hot(chosen, n + 1).cumsum(dim=1) > 0, (0, 0, 1, 0))
        before[..., n] = False
        before[:, :n, n] = whole
        return self.pointer(e, self.query(e, chosen)).masked_fill(before, -math.inf)

    @torch.no_grad()
    def draw(self, points: Tensor, whole: bool = False) -> Tensor:
        """Point greedily, each time at the best score, until END; (batch, step), as ``hulls``.

        Args:
            points: (batch, n, 2).
            whole: Whether END must wait until all points were chosen, as in a tour.
        """
        batch, n, _ = points.shape
        chosen = torch.empty(batch, 0, dtype=torch.long, device=points.device)
        for _ in range(n + 1):
            best = self.scores(points, chosen, whole)[:, -1].argmax(dim=-1, keepdim=True)
            chosen = torch.cat([chosen, best], dim=1)
            if (chosen == n).any(dim=1).all():
                break
        ended = (chosen == n).cumsum(dim=1) - (chosen == n).int() > 0
        return chosen.masked_fill(ended, -1)
