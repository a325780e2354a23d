"""How a verdict looks in a notebook: small HTML with its style in it, good on light and on dark.

Text keeps the page's own colour. Every string that reaches the page is escaped here.
"""

import html
import re
from collections.abc import Sequence

import numpy as np

from paperclub.exercises.compare import number

# status -> (mark, colour of the edge); never colour alone.
MARKS = {
    "passed": ("✓", "#009E73"),
    "mistake": ("↯", "#E69F00"),
    "wrong": ("✗", "#D55E00"),
    "error": ("!", "#D55E00"),
    "late": ("✗", "#D55E00"),
    "unanswered": ("○", "#767676"),
    "noted": ("→", "#0072B2"),
}
LARGEST_PICTURE = 10  # rows or columns; what is larger is told as a table of places
CELL = 40
MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"


def card(status: str, headline: str, points: str, body: str) -> str:
    """Frame a message. ``body`` is HTML already; everything else is text."""
    mark, colour = MARKS[status]
    return (
        f'<div role="status" style="border-left:5px solid {colour};padding:.4em 0 .4em 1em;'
        'margin:.4em 0;max-width:46em;line-height:1.5;font-size:15px">'
        f'<div style="font-size:1.1em;font-weight:600"><span aria-hidden="true">{mark}</span> '
        f'{html.escape(headline)}<span style="font-weight:400;opacity:.8">{html.escape(points)}'
        f"</span></div>{body}</div>"
    )


def paragraph(text: str) -> str:
    """Set a paragraph; words between backticks are code."""
    pieces = re.split(r"`([^`]+)`", text)
    inner = "".join(
        f'<code style="{MONO};font-size:.92em">{html.escape(piece)}</code>'
        if place % 2
        else html.escape(piece)
        for place, piece in enumerate(pieces)
    )
    return f'<p style="margin:.5em 0">{inner}</p>'


def code(lines: str) -> str:
    """Set lines of code or data as they are."""
    return (
        f'<pre style="{MONO};font-size:13px;margin:.4em 0;padding:.5em .7em;overflow-x:auto;'
        'background:rgba(128,128,128,.12);color:inherit;white-space:pre-wrap">'
        f"{html.escape(lines)}</pre>"
    )


def pair(name: str, mine: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    """Show two arrays of one shape side by side: small matrices as heat maps, others as a table."""
    if mine.ndim >= 1 and max(mine.shape[-2:]) <= LARGEST_PICTURE:
        return _heat_maps(name, mine, expected, wrong)
    return _table(name, mine, expected, wrong)


def _heat_maps(name: str, mine: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    # Of a stack of matrices, the first in which something is wrong.
    stack = tuple(np.argwhere(wrong)[0][:-2].tolist()) if wrong.ndim > 2 else ()
    mine, expected, wrong = (np.atleast_2d(array[stack]) for array in (mine, expected, wrong))
    place = f"{name}[{', '.join([*map(str, stack), ':', ':'])}]" if stack else name
    finite = np.concatenate([array[np.isfinite(array)] for array in (mine, expected)])
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    maps = "".join(
        f'<figure style="margin:0 1.5em .3em 0"><figcaption style="font-size:13px">'
        f"{html.escape(f'{title} {place}')}</figcaption>"
        f"{_heat_map(array, wrong, low, high)}</figure>"
        for title, array in (("yours:", mine), ("expected:", expected))
    )
    note = '<p style="margin:.2em 0;font-size:13px">Framed: where the two differ.</p>'
    return f'<div style="display:flex;flex-wrap:wrap">{maps}</div>{note}'


def _heat_map(array: np.ndarray, wrong: np.ndarray, low: float, high: float) -> str:
    rows, columns = array.shape
    cells = []
    for row in range(rows):
        for column in range(columns):
            value = array[row, column]
            fill, ink = _colour(float(value), low, high)
            x, y = column * CELL, row * CELL
            frame = ' stroke="currentColor" stroke-width="3"' if wrong[row, column] else ""
            cells.append(
                f'<rect x="{x + 2}" y="{y + 2}" width="{CELL - 4}" height="{CELL - 4}" '
                f'fill="{fill}"{frame}/><text x="{x + CELL / 2}" y="{y + CELL / 2 + 4}" '
                f'font-size="11" text-anchor="middle" fill="{ink}">{_brief(value)}</text>'
            )
    width, height = columns * CELL, rows * CELL
    return (
        f'<svg role="img" aria-label="{rows} by {columns} values" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(cells)}</svg>'
    )


def _brief(value: np.generic) -> str:
    if isinstance(value, np.bool_):
        return str(bool(value))
    return f"{value:.2g}".replace("nan", "NaN").replace("-", "−")


# Cividis at six even steps; between them the colour is mixed.
_AMOUNTS = ((0, 34, 78), (57, 72, 107), (105, 109, 119), (152, 147, 118), (207, 190, 103),
            (254, 232, 56))  # fmt: skip
_BELOW, _ZERO, _ABOVE = (0, 114, 178), (255, 255, 255), (213, 94, 0)


def _colour(value: float, low: float, high: float) -> tuple[str, str]:
    """Return fill and ink: cividis for amounts; blue, white, vermilion for signed amounts."""
    if not np.isfinite(value):
        return "#888888", "#000000"
    if low < 0:
        end = _ABOVE if value > 0 else _BELOW
        rgb = _mix(_ZERO, end, abs(value) / max(-low, abs(high)))
    else:
        at = (value - low) / (high - low) * (len(_AMOUNTS) - 1) if high > low else 0.0
        left = min(int(at), len(_AMOUNTS) - 2)
        rgb = _mix(_AMOUNTS[left], _AMOUNTS[left + 1], at - left)
    light = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]
    return "#{:02x}{:02x}{:02x}".format(*rgb), "#000000" if light > 128 else "#ffffff"


def _mix(start: tuple[int, ...], end: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(start, end, strict=True))


def _table(name: str, mine: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    rows: list[tuple[str, ...]] = [("place", "yours", "expected")]
    for index in map(tuple, np.argwhere(wrong)[:5].tolist()):
        place = f"{name}[{', '.join(map(str, index))}]" if index else name
        rows.append((place, number(mine[index]), number(expected[index])))
    return table(rows)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Set a table of text; the first row holds the columns' names."""
    style = "padding:.15em .9em .15em 0;text-align:left;font-variant-numeric:tabular-nums"
    lines = "".join(
        "<tr>"
        + "".join(f'<{tag} style="{style}">{html.escape(str(cell))}</{tag}>' for cell in row)
        + "</tr>"
        for tag, row in zip(["th", *["td"] * len(rows)], rows, strict=False)
    )
    return f'<table style="border-collapse:collapse;font-size:14px;margin:.4em 0">{lines}</table>'
