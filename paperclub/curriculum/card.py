"""The card that opens a chapter."""

from dataclasses import dataclass
from html import escape

from paperclub.curriculum.load import reading_list, syllabus
from paperclub.curriculum.measured import measured, minutes
from paperclub.curriculum.models import Week, Work

# Inline, since JupyterLab knows no style sheet of ours; relative to the text's own colour, so that
# the card is right on a light and on a dark page.
FRAME = (
    "border:1px solid color-mix(in srgb, currentColor 30%, transparent);"
    "border-left:4px solid #0072B2;border-radius:4px;padding:0.9em 1.1em;margin:0.5em 0 1em;"
    "max-width:44em;line-height:1.5;color:inherit;background:transparent"
)
ROW = "display:flex;flex-wrap:wrap;gap:0 1em;margin:0.35em 0"
NAME = "flex:0 0 8.5em;opacity:0.78"
VALUE = "flex:1 1 16em;min-width:0;margin:0"


@dataclass(frozen=True)
class Card:
    """Citations, claim, prerequisites, minutes, measured cost: shown by Jupyter and by the book."""

    week: Week

    def _repr_html_(self) -> str:
        rows = "".join(_row(name, value) for name, value in _facts(self.week))
        return f'<dl class="course-card" style="{FRAME}">{rows}</dl>'

    def __repr__(self) -> str:
        return f"card({self.week.slug!r})"


def card(slug: str) -> Card:
    """Return the card of a week.

    Raises:
        CourseError: There is no such week; the message lists near matches.
    """
    return Card(syllabus().week(slug))


def cite(work: Work) -> str:
    """Return a work's citation as HTML, its title linked where an address is known."""
    title = escape(work.title)
    if work.url:
        title = f'<a href="{escape(work.url)}" rel="noopener">{title}</a>'
    doubt = "" if work.verified else " (details not confirmed)"
    return f"{escape(work.authors)}: <cite>{title}</cite>, {work.year}{doubt}"


def _facts(week: Week) -> list[tuple[str, str]]:
    works = [reading_list().work(work_id) for work_id in week.papers]
    return [
        ("Reading", "<br>".join(cite(work) for work in works)),
        ("The claim", escape(works[0].printable_headline or week.claim)),
        (
            "Know first",
            _weeks(week.needs, "planned; this chapter has a refresher")
            or "Nothing from other weeks.",
        ),
        *([("Easier after", _weeks(week.helps, "planned"))] if week.helps else []),
        ("Minutes", _minutes(week.slug)),
        ("Measured", _cost(week.slug)),
    ]


def _row(name: str, value: str) -> str:
    return (
        f'<div style="{ROW}"><dt style="{NAME};font-weight:600">{name}</dt>'
        f'<dd style="{VALUE}">{value}</dd></div>'
    )


def _weeks(slugs: list[str], if_planned: str) -> str:
    return "<br>".join(
        escape(week.title) + ("" if week.written else f" <em>({if_planned})</em>")
        for week in map(syllabus().week, slugs)
    )


def _minutes(slug: str) -> str:
    known = minutes(slug)
    if not known:
        return "not timed yet"
    return ", ".join(f"{known[key]} for the {key}" for key in known)


def _cost(slug: str) -> str:
    """Say what the chapter took from a cold kernel when it was last measured."""
    cost = measured().get("chapters", {}).get(slug, {})
    parts = []
    if "seconds" in cost:
        parts.append(f"{float(cost['seconds']):.0f} seconds")
    if "peak_mib" in cost:
        parts.append(f"{float(cost['peak_mib']):.0f} MiB at most")
    return f"{', '.join(parts)}, from a cold kernel" if parts else "not measured yet"
