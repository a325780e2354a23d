"""Plane geometry for figures: the exact convex hull and tour, and what is measured of outlines.

``src/pointing_hull/geometry.js`` computes the same in the page; a test holds the two together.
"""

import math
from collections.abc import Sequence

Point = Sequence[float]


def turn(a: Point, b: Point, c: Point) -> float:
    """Return twice the area of the triangle a, b, c: positive when it turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def convex_hull(points: Sequence[Point]) -> list[int]:
    """Return the corners of the hull, counter-clockwise from the leftmost (then lowest) point.

    Points on an edge between two corners are no corners (Andrew's monotone chain).
    """
    order = sorted(range(len(points)), key=lambda i: (points[i][0], points[i][1]))

    def chain(places: Sequence[int]) -> list[int]:
        kept: list[int] = []
        for i in places:
            while len(kept) > 1 and turn(points[kept[-2]], points[kept[-1]], points[i]) <= 0:
                kept.pop()
            kept.append(i)
        return kept[:-1]

    return chain(order) + chain(order[::-1])


def area(points: Sequence[Point], corners: Sequence[int]) -> float:
    """Return the area inside an outline that does not cross itself."""
    return abs(_signed(points, corners)) / 2


def crosses_itself(points: Sequence[Point], corners: Sequence[int]) -> bool:
    """Whether two edges of an outline that share no corner meet."""
    edges = _edges(corners)
    for i, (a, b) in enumerate(edges):
        for c, d in edges[i + 1 :]:
            if {a, b} & {c, d}:
                continue
            p, q, r, s = points[a], points[b], points[c], points[d]
            if turn(p, q, r) * turn(p, q, s) < 0 and turn(r, s, p) * turn(r, s, q) < 0:
                return True
    return False


def length(points: Sequence[Point], corners: Sequence[int]) -> float:
    """Return how long an outline is, the way back to its beginning included."""
    return sum(math.dist(points[here], points[there]) for here, there in _edges(corners))


def shortest_tour(points: Sequence[Point]) -> list[int]:
    """Return the shortest tour, counter-clockwise from the leftmost (then lowest) point.

    The method is Held and Karp's; time and memory double with each point.
    """
    first = min(range(len(points)), key=lambda i: (points[i][0], points[i][1]))
    others = [i for i in range(len(points)) if i != first]
    # For each set of others, and each that may be the last of them: the length, and the one before.
    best = {(1 << j, j): (math.dist(points[first], points[i]), -1) for j, i in enumerate(others)}
    for held in range(1, 1 << len(others)):
        for j in [j for j in range(len(others)) if held >> j & 1 and held != 1 << j]:
            rest = held ^ 1 << j
            best[held, j] = min(
                (best[rest, k][0] + math.dist(points[others[k]], points[others[j]]), k)
                for k in range(len(others))
                if rest >> k & 1
            )
    held, walk = (1 << len(others)) - 1, []
    j = min(
        range(len(others)),
        key=lambda j: best[held, j][0] + math.dist(points[others[j]], points[first]),
    )
    while held:
        walk.append(others[j])
        held, j = held ^ 1 << j, best[held, j][1]
    tour = [first, *walk]
    return tour if _signed(points, tour) > 0 else [first, *walk[::-1]]


def _signed(points: Sequence[Point], corners: Sequence[int]) -> float:
    return sum(
        points[here][0] * points[there][1] - points[there][0] * points[here][1]
        for here, there in _edges(corners)
    )


def _edges(corners: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(corners, [*corners[1:], *corners[:1]], strict=True))
