"""The year as a list."""

from html import escape

from paperclub.curriculum import Week, reading_list, syllabus
from paperclub.curriculum.card import cite
from paperclub.site.pages.names import count, week_link, week_places


def year_html(root: str) -> str:
    """Return the year's parts and weeks."""
    weeks = syllabus().weeks
    written = sum(week.written for week in weeks)
    number = {week.slug: i for i, week in enumerate(weeks, start=1)}
    parts = "".join(
        f'<h3>{escape(part.title)}</h3><ol class="weeks" start="{number[part.weeks[0].slug]}">'
        + "".join(_week(week, root) for week in part.weeks)
        + "</ol>"
        for part in syllabus().parts
    )
    return (
        f"<p>Of {len(weeks)} weeks {count(written, 'is', 'are')} written. "
        f"A planned week has a place and a subject, and no chapter yet.</p>{parts}"
    )


def _week(week: Week, root: str) -> str:
    works = reading_list()
    reading = "; ".join(cite(works.work(work_id)) for work_id in week.papers)
    further = "; ".join(cite(works.work(work_id)) for work_id in week.further)
    rows = [
        ("Reading", reading),
        ("Also touched", further),
        ("Needs", week_places(week.needs, root) or "nothing before it"),
        ("Easier after", week_places(week.helps, root)),
        ("In the room", escape(week.room)),
    ]
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return (
        f'<li id="week-{week.slug}"><strong>{week_link(week, root)}</strong>'
        f'<dl class="facts">{facts}</dl></li>'
    )
