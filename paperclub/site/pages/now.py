"""What can be opened today."""

from html import escape

from paperclub.curriculum import syllabus, written_weeks
from paperclub.site.pages.names import count, week_link


def now_html(root: str) -> str:
    """Return the written weeks, each with what it sets out to show."""
    weeks, total = written_weeks(), len(syllabus().weeks)
    if not weeks:
        return f"<p>No week is written yet; all {total} are planned.</p>"
    items = "".join(
        f"<li>{week_link(week, root)}<br>It sets out to show: {escape(week.claim)}</li>"
        for week in weeks
    )
    return (
        f"<p>Of the {total} weeks {count(len(weeks), 'is', 'are')} written so far:</p>"
        f"<ul>{items}</ul>"
    )
