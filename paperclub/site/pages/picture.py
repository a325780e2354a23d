"""The year as a picture: a line of weeks, with an arc from each to what it rests on."""

from html import escape
from math import sqrt

from paperclub.curriculum import Week, syllabus
from paperclub.site.pages.names import count

ROW = 44  # CSS pixels from one week to the next; course.css sets the same height on the list
WIDTH = 116  # of the drawing; the names beside it are ordinary text, which wraps and enlarges
DOTS = WIDTH - 12


def picture_html(root: str) -> str:
    """Return the drawing with the weeks' names beside it as links.

    Full arcs are needs, dashed ones help. The names carry the same facts for a reader who does
    not see the arcs.
    """
    weeks = syllabus().weeks
    row = {week.slug: i for i, week in enumerate(weeks)}
    arcs = "".join(
        _arc(row[before], row[week.slug], before, week.slug, kind)
        for week in weeks
        for kind, slugs in (("helps", week.helps), ("needs", week.needs))
        for before in slugs
    )
    dots = "".join(_dot(i, week) for i, week in enumerate(weeks))
    names = "".join(_name(week, root) for week in weeks)
    height = ROW * len(weeks)
    return (
        '<figure class="prerequisites">'
        '<p class="key"><span><i class="line"></i> needs</span> '
        '<span><i class="line dashed"></i> is easier after</span> '
        '<span><i class="dot written"></i> written</span> '
        '<span><i class="dot"></i> planned</span></p>'
        f'<div class="arcs"><svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'aria-hidden="true" focusable="false">{arcs}{dots}</svg><ol>{names}</ol></div>'
        f"<figcaption>{_caption(weeks)}</figcaption></figure>"
    )


def _centre(row: int) -> float:
    return ROW * (row + 0.5)


def _arc(upper: int, lower: int, before: str, slug: str, kind: str) -> str:
    """Return an arc that bulges to the left, further the more weeks it spans."""
    top, bottom = _centre(upper), _centre(lower)
    reach = (DOTS - 4) * sqrt((lower - upper) / len(syllabus().weeks))
    left = DOTS - reach * 4 / 3  # a cubic curve reaches three quarters of the way to its handles
    bend = min(ROW * 0.8, (bottom - top) / 2)
    return (
        f'<path class="{kind}" data-from="{before}" data-to="{slug}" '
        f'd="M{DOTS} {top:g}C{left:.1f} {top + bend:.1f} {left:.1f} {bottom - bend:.1f} '
        f'{DOTS} {bottom:g}"/>'
    )


def _dot(row: int, week: Week) -> str:
    state = "written" if week.written else "planned"
    return f'<circle class="{state}" cx="{DOTS}" cy="{_centre(row):g}" r="5"/>'


def _name(week: Week, root: str) -> str:
    """Return the week's name; what it rests on is said in words that only a screen reader reads."""
    year = syllabus()
    address = f"chapters/{week.slug}.html" if week.written else f"#week-{week.slug}"
    address = root + address if week.written else address
    said = [] if week.written else ["planned"]
    for verb, slugs in (("needs", week.needs), ("easier after", week.helps)):
        if slugs:
            said.append(f"{verb} " + ", ".join(year.week(slug).title for slug in slugs))
    return (
        f'<li><a href="{address}" data-week="{week.slug}" class="'
        f'{"written" if week.written else "is-planned"}">{escape(week.title)}'
        f'<span class="visually-hidden">{escape("; ".join(["", *said]))}</span></a></li>'
    )


def _caption(weeks: list[Week]) -> str:
    """Say what the picture shows, from the same data."""
    needed = {week.slug: sum(week.slug in other.needs for other in weeks) for week in weeks}
    most = sorted(weeks, key=lambda week: -needed[week.slug])[:3]
    said = "; ".join(
        f"<em>{escape(week.title)}</em> by {count(needed[week.slug], 'week', 'weeks')}"
        for week in most
    )
    return f"Needed directly by most: {said}. Point at a week, or tab to it, to see its own arcs."
