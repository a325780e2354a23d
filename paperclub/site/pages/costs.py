"""What the course costs in seconds and memory, as measured."""

import statistics
from html import escape
from typing import Any

from paperclub.curriculum import syllabus
from paperclub.curriculum.measured import CHECKS, GROWTH, measured
from paperclub.site.pages.names import week_place

AREAS = {
    "setup": "First set-up",
    "start": "Warm start",
    "notebooks": "Every notebook under nbval, two at a time",
    "book": "Building the book",
}
UNITS = {
    "seconds": "s",
    "unchanged": "s",
    "chapter_edited": "s",
    "figure_edited": "s",
    "peak_mib": "MiB",
    "mib": "MiB",
    "bytes": "bytes",
    "mb": "MB",
}
MEDIAN = 25  # seconds of a chapter, the year's


def costs_html(root: str) -> str:
    """Return tables of what ``course.py bench`` measured, with the machine it ran on."""
    figures = measured()
    if not figures:
        return (
            "<p>Nothing is measured yet. <code>python course.py bench</code> runs every chapter "
            "from a cold kernel and writes what it took here.</p>"
        )
    return (
        _machine(figures.get("machine", {}))
        + _chapters(figures.get("chapters", {}), root)
        + "".join(_area(title, figures[key]) for key, title in AREAS.items() if key in figures)
        + _growth(figures.get("growth", {}).get("rows", []))
        + _checks(figures.get("checks", {}).get("rows", []), figures.get("chapters", {}))
        + _figures(figures.get("figures", {}).get("rows", []))
        + _grading(figures.get("grading", {}))
    )


def _machine(machine: dict[str, Any]) -> str:
    if not machine:
        return ""
    facts = "".join(
        f"<div><dt>{escape(_words(key))}</dt><dd>{escape(str(value))}</dd></div>"
        for key, value in machine.items()
    )
    return f'<h3>The machine</h3><dl class="facts">{facts}</dl>'


def _chapters(chapters: dict[str, Any], root: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{week_place(week, root)}</th>'
        f"<td>{_number(chapters[week.slug].get('seconds'))}</td>"
        f"<td>{_number(chapters[week.slug].get('peak_mib'))}</td>"
        f"<td>{escape(str(chapters[week.slug].get('scale', '')))}</td></tr>"
        for week in syllabus().weeks
        if week.slug in chapters
    )
    if not rows:
        return "<p>No chapter is measured yet.</p>"
    return (
        "<h3>Chapters</h3><p>Each from a cold kernel, all cells, one seed. The limits are 60 "
        'seconds and 2048 MiB.</p><div class="wide"><table><thead><tr><th scope="col">Week</th>'
        '<th scope="col">Seconds</th><th scope="col">Peak MiB</th><th scope="col">Scale</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _area(title: str, figures: dict[str, Any]) -> str:
    facts = "".join(
        f"<div><dt>{escape(_words(key))}</dt><dd>{_number(value)} {UNITS.get(key, '')}</dd></div>"
        for key, value in figures.items()
    )
    return f'<h3>{title}</h3><dl class="facts">{facts}</dl>'


def _growth(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    return (
        "<h3>As the weeks grow</h3><p>Weeks that are not written yet are filled with copies of "
        "written ones and the outputs that those gave; nothing is executed. Executing grows with "
        "the seconds of the chapters above, two at a time.</p>" + _table(GROWTH, rows)
    )


def _checks(rows: list[dict[str, Any]], chapters: dict[str, Any]) -> str:
    if not rows:
        return ""
    now, year = (sum(row[key] for row in rows) / 60 for key in ("seconds", "year_s"))
    return (
        "<h3>Checking the whole course</h3><p><code>python course.py test</code>, two processes at "
        f"a time: {now:.0f} minutes now. A check that names a week or a figure grows with them. "
        f"With all {len(syllabus().weeks)} weeks, each at what the written ones take on the "
        f"average, it comes to {year:.0f} minutes: every notebook is executed in every run, and "
        "of more than eight weeks’ own tests a run makes those of the weeks whose turn it is and "
        "of those that were worked on (<code>--every</code> makes all)."
        f"{_at_the_years_median(rows, chapters)}</p>" + _table(CHECKS, rows)
    )


def _at_the_years_median(rows: list[dict[str, Any]], chapters: dict[str, Any]) -> str:
    """Say what the year would take if its chapters took what they should."""
    if not chapters:
        return ""
    median = statistics.median(chapter["seconds"] for chapter in chapters.values())
    saved = sum(row["year_s"] * row.get("chapters", 0) for row in rows) * (1 - MEDIAN / median)
    year = (sum(row["year_s"] for row in rows) - saved) / 60
    return (
        f" The median of the written chapters is {median:.0f} s; at the {MEDIAN} s that a year’s "
        f"should be, {year:.0f} minutes."
    )


def _table(titles: dict[str, str], rows: list[dict[str, Any]]) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles.values())
    body = "".join(
        f"<tr>{''.join(f'<td>{_number(row[key])}</td>' for key in titles)}</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def _figures(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    titles = ("Figure", "What", "Ours", "Limit", "BertViz", "Ratio")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    return (
        "<h3>Figures</h3><p>In a browser without a graphics card, on pages of this book served "
        "from this machine, with nothing cached and nothing compressed; medians, and in brackets "
        "the worst. BertViz shows the same attentions in the same browser, its scripts served "
        "from this machine too. The ratio says how many times ours BertViz takes.</p>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
        + "".join(map(_figure_row, rows))
        + "</tbody></table></div>"
    )


def _figure_row(row: dict[str, Any]) -> str:
    unit = escape(str(row["unit"]))

    def cell(name: str) -> str:
        if row.get(name) is None:
            return "<td></td>"
        worst = row.get("limit_worst" if name == "limit" else f"{name}_worst")
        worst = row.get("worst") if name == "ours" else worst
        brackets = f" ({_number(worst)})" if worst is not None else ""
        return f"<td>{_number(row[name])}{brackets} {unit}</td>"

    ratio = f"{_number(row['ratio'])}" if row.get("ratio") is not None else ""
    return (
        f'<tr><th scope="row">{escape(str(row["figure"]))}</th><td>{escape(str(row["what"]))}</td>'
        f"{cell('ours')}{cell('limit')}{cell('bertviz')}<td>{ratio}</td></tr>"
    )


def _grading(found: dict[str, Any]) -> str:
    if not found:
        return ""
    titles = ("Graded by", "Submissions", "Seconds", "Milliseconds for each", "Peak MiB")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(row["what"]))}</th>'
        + "".join(f"<td>{_number(row[key])}</td>" for key in ("count", "seconds", "each_ms"))
        + f"<td>{_number(row['peak_mib'])}</td></tr>"
        for row in found["rows"]
    )
    return (
        "<h3>Grading a class</h3><p>Notebooks of the week <em>attention</em>, one in ten faulty, "
        "on two cores, start included; nbgrader grades a sample of the same files, its start not "
        f"counted, and takes {_number(found['ratio'])} times as long for each.</p>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
        "</table></div>"
    )


def _words(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]


def _number(value: Any) -> str:
    """Return a measured number with at most three significant digits after the point."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not measured yet" if value is None else escape(str(value))
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
