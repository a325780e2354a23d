"""The reading list, with what the filter on the page needs."""

from html import escape

from paperclub.curriculum import Week, Work, reading_list, syllabus
from paperclub.curriculum.card import cite
from paperclub.curriculum.models import KINDS, SOURCES
from paperclub.site.pages.names import week_place

STANDINGS = {
    "written": "in a written week",
    "planned": "in a planned week",
    "none": "in no week",
}
KIND_NAMES = {kind: kind for kind in KINDS}


def reading_html(root: str) -> str:
    """Return the filter (hidden until its script runs) and all works by year, newest first."""
    works = sorted(reading_list().works, key=lambda work: (-work.year, work.title.lower()))
    about, touching = _weeks_of("papers"), _weeks_of("further")
    items = "".join(
        _work(work, about.get(work.id, []), touching.get(work.id, []), root) for work in works
    )
    return (
        '<form class="filter" id="reading-filter" hidden>'
        f"{_choice('source', 'Named by', SOURCES)}{_choice('kind', 'Kind', KIND_NAMES)}"
        f"{_choice('standing', 'Week', STANDINGS)}"
        '<button type="reset">Show all</button></form>'
        f'<p role="status" aria-live="polite" id="reading-count">{len(works)} works.</p>'
        f'<ol class="works" id="reading-works">{items}</ol>'
    )


def famous_html(root: str) -> str:
    """Return the famous list's 27 public items, and who put back the others."""
    works = reading_list().works
    core = [work for work in works if work.ilya == "core"]
    later: dict[str, int] = {}
    for work in works:
        if work.ilya == "reconstruction" and work.reconstruction_by:
            later[work.reconstruction_by] = later.get(work.reconstruction_by, 0) + 1
    by = "; ".join(f"{n} by {escape(who)}" for who, n in sorted(later.items(), key=lambda x: -x[1]))
    return (
        f"<p>A list of about thirty readings that Ilya Sutskever is said to have given to John "
        f"Carmack is quoted everywhere. {len(core)} of its items are public. "
        f"The {sum(later.values())} others that this page files under it are reconstructions: "
        f"proposed later by other people ({by}), and never confirmed. "
        "Each of them says so below.</p>"
    )


def _weeks_of(key: str) -> dict[str, list[Week]]:
    found: dict[str, list[Week]] = {}
    for week in syllabus().weeks:
        for work_id in getattr(week, key):
            found.setdefault(work_id, []).append(week)
    return found


def _choice(name: str, label: str, options: dict[str, str]) -> str:
    values = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in options.items()
    )
    return (
        f'<label>{label} <select name="{name}" aria-controls="reading-works">'
        f'<option value="">any</option>{values}</select></label>'
    )


def _standing(weeks: list[Week]) -> str:
    if not weeks:
        return "none"
    return "written" if any(week.written for week in weeks) else "planned"


def _work(work: Work, about: list[Week], touching: list[Week], root: str) -> str:
    lines = [f"<p>{cite(work)}</p>"]
    if work.printable_headline:
        lines.append(f"<p>{escape(work.printable_headline)}</p>")
    lines.append(f'<p class="small">{_coverage(about, touching, root)} {_provenance(work)}</p>')
    return (
        f'<li id="work-{work.id}" data-source="{" ".join(work.sources)}" data-kind="{work.kind}" '
        f'data-standing="{_standing(about + touching)}">{"".join(lines)}</li>'
    )


def _coverage(about: list[Week], touching: list[Week], root: str) -> str:
    said = [f"Week: {week_place(week, root)}." for week in about]
    said += [f"Touched in: {week_place(week, root)}." for week in touching]
    return " ".join(said) or "In no week of the year."


def _provenance(work: Work) -> str:
    """Say what kind of work it is, who named it, and what is uncertain about that."""
    named = ", ".join(SOURCES[source] for source in work.sources)
    said = [f"{work.kind.capitalize()}, named by: {escape(named)}."]
    if work.ilya == "core":
        said.append("One of the 27 public items of the famous list.")
    elif work.reconstruction_by:
        said.append(f"A reconstruction, by {escape(work.reconstruction_by)}.")
    if work.implied:
        said.append("Inferred: the source does not give its title.")
    return " ".join(said)
