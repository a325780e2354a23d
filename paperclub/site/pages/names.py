"""How weeks, works and counts are written on every page."""

from html import escape

from paperclub.curriculum import Week, syllabus

PLANNED = '<span class="planned">planned</span>'


def week_link(week: Week, root: str) -> str:
    """Return the week's title: linked when it is written, marked as planned when it is not."""
    title = escape(week.title)
    if week.written:
        return f'<a href="{root}chapters/{week.slug}.html">{title}</a>'
    return f"{title} {PLANNED}"


def week_place(week: Week, root: str) -> str:
    """Return the week's title, linked to its chapter, or to its place in the year."""
    address = f"chapters/{week.slug}.html" if week.written else f"book/year.html#week-{week.slug}"
    mark = "" if week.written else f" {PLANNED}"
    return f'<a href="{root}{address}">{escape(week.title)}</a>{mark}'


def week_places(slugs: list[str], root: str) -> str:
    """Return several weeks in one line, each linked; which are planned is said where they stand."""
    places = (week_place(syllabus().week(slug), root) for slug in slugs)
    return ", ".join(place.removesuffix(f" {PLANNED}") for place in places)


def count(n: int, one: str, many: str) -> str:
    """Return ``n`` with its noun: one week, 7 weeks."""
    return f"one {one}" if n == 1 else f"{n} {many}"
