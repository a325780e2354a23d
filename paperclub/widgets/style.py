"""One look for the static pictures of all chapters, by matplotlib.

Colours carry the same meaning as in the interactive figures. In a notebook a picture is an SVG in
the page itself: its ink is the page's own text colour, so that light and dark both read.
"""

import html
import io
import re
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.rcsetup import cycler
from matplotlib.typing import RcKeyType

# One colour for each role, from Okabe and Ito's set.
MODEL = QUERY = "#0072B2"
PEOPLE = KEY = "#D55E00"
VALUE = CORRECT = "#009E73"
EMPHASIS = "#E69F00"
CONTROL = "#767676"
INK = "#2B2B2B"

CONTROL_LINE = {"color": CONTROL, "linestyle": (0, (4, 2.5)), "linewidth": 2.0}

_LEADER = {"arrowstyle": "-", "linewidth": 1, "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0}

# The same hues for letters, which need more contrast than marks.
_LETTERS = {PEOPLE: "#AD4B00", VALUE: "#00765A", EMPHASIS: "#8A5F00", CONTROL: "#6B6B6B"}

# What a role's colour becomes on a page: book/static/figures.css lifts its lightness in the dark.
_ON_A_PAGE = {
    INK: "currentColor",
    MODEL: "var(--pc-model, #0072B2)",
    PEOPLE: "var(--pc-people, #D55E00)",
    VALUE: "var(--pc-value, #009E73)",
    EMPHASIS: "var(--pc-emphasis, #E69F00)",
    CONTROL: "var(--pc-control, #767676)",
    _LETTERS[PEOPLE]: "var(--pc-people, #AD4B00)",
    _LETTERS[VALUE]: "var(--pc-value, #00765A)",
    _LETTERS[EMPHASIS]: "var(--pc-emphasis, #8A5F00)",
    _LETTERS[CONTROL]: "var(--pc-control, #6B6B6B)",
}

_STYLE: dict[RcKeyType, Any] = {
    "figure.figsize": (7.2, 3.8),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "axes.prop_cycle": cycler(color=[MODEL, PEOPLE, VALUE, EMPHASIS]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.labelsize": 13,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": INK,
    "grid.alpha": 0.18,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "text.color": INK,
    "font.size": 13,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "image.cmap": "cividis",
    "legend.frameon": False,
    # Text stays text, so that it can be searched, copied, and read aloud.
    "svg.fonttype": "none",
    # Without a salt the ids inside an SVG change with every run.
    "svg.hashsalt": "paperclub",
}


def use_house_style() -> None:
    """Make matplotlib draw as the course does: SVG, transparent, quiet axes, the course's colours.

    Call it once, in the cell that imports. Lines take the roles' colours in the order model,
    people, value, emphasis; for a control pass ``**CONTROL_LINE``; name curves with ``label_ends``.
    """
    mpl.rcParams.update(_STYLE)
    _show_as_svg()


def label_ends(axes: Axes) -> None:
    """Write each labelled line's name beside its last point, in its colour: no legend is needed.

    Names of lines that end close to each other are moved apart, and a thin line leads from such a
    name to its own line. Limits that are set by hand must
    be set before.

    Args:
        axes: The axes; a line counts when it was given a ``label``.
    """
    axes.get_xlim(), axes.get_ylim()  # matplotlib works limits out only when they are asked for
    named = [line for line in axes.get_lines() if not _name(line).startswith("_")]
    ends = sorted((_end_height(axes, line), i) for i, line in enumerate(named))
    least = 19 * axes.figure.dpi / 72 / axes.bbox.height
    floor = -1.0
    for height, i in ends:
        floor = max(height, floor + least)
        colour = named[i].get_color()
        moved = floor - height > least / 3
        axes.annotate(
            _name(named[i]),
            xy=(1, height),
            xycoords="axes fraction",
            xytext=(20 if moved else 6, (floor - height) * axes.bbox.height * 72 / axes.figure.dpi),
            textcoords="offset points",
            va="center",
            arrowprops=_LEADER | {"color": colour} if moved else None,
            color=_LETTERS.get(str(colour), colour),
            fontweight="bold",
            annotation_clip=False,
        )


def svg(figure: Figure) -> str:
    """Return the picture as an SVG element for a page, in the page's own colours.

    What the axes are called is its text for a screen reader.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    for colour, page in _ON_A_PAGE.items():
        drawing = re.sub(re.escape(colour), page, drawing, flags=re.IGNORECASE)
    # Names such as axes_1 would stand in a page once for every picture.
    drawing = re.sub(r' id="[a-z0-9]+_\d+"', "", drawing)
    drawing = re.sub(r"<metadata>.*?</metadata>\s*", "", drawing, flags=re.DOTALL)
    label = html.escape(_in_words(figure))
    opening = f'<svg class="pc-drawing" role="img" aria-label="{label}" '
    return f'{opening}style="max-width: 100%; height: auto" {drawing.removeprefix("<svg ")}'


def _name(line: Line2D) -> str:
    return str(line.get_label())


def _end_height(axes: Axes, line: Line2D) -> float:
    """Return how high a line ends, as a share of the axes' height."""
    end = np.asarray(line.get_xydata())[-1]
    return float(axes.transAxes.inverted().transform(axes.transData.transform(end))[1])


def _in_words(figure: Figure) -> str:
    texts = []
    for axes in figure.get_axes():
        title = axes.get_title("left") or axes.get_title()
        names = [axes.get_ylabel(), axes.get_xlabel()]
        lines = [_name(line) for line in axes.get_lines() if not _name(line).startswith("_")]
        texts.append(". ".join(filter(None, [title, " against ".join(filter(None, names))])))
        texts.append(", ".join(lines))
    return "Plot. " + ". ".join(filter(None, texts))


def _show_as_svg() -> None:
    """Let a notebook show figures by ``svg``; outside a notebook there is nothing to set."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        set_matplotlib_formats()
        shell.display_formatter.formatters["text/html"].for_type(Figure, svg)
