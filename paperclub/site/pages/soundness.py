"""How sound the exercises' checks are, week by week, on the page for instructors."""

from html import escape

from paperclub import paths
from paperclub.curriculum import syllabus
from paperclub.site.pages.names import count, week_place
from paperclub.site.soundness import ExerciseRecord, MistakeRecord, Record, read_record

COLUMNS = (
    "Exercise", "Points", "Minutes", "Cases", "Mistakes told", "Other wrong ways refused",
    "Right ways accepted", "Mutants killed",
)  # fmt: skip


def soundness_html(root: str) -> str:
    """Return a table of every week's code exercises, and what lies behind its numbers."""
    with_exercises = {path.stem for path in paths.SOLUTIONS.glob("*.py")}
    return "".join(
        _week(week.slug, week_place(week, root))
        for week in syllabus().weeks
        if week.slug in with_exercises
    )


def _week(slug: str, place: str) -> str:
    command = f"<code>python course.py soundness {escape(slug)}</code>"
    record = read_record(slug)
    if record is None:
        return f"<h3>{place}</h3><p>Not measured yet: {command}.</p>"
    warning = (
        '<p class="stale"><strong>Stale.</strong> The exercises, the answers to them or the code '
        f"that judges has changed since. Measure anew: {command}</p>"
        if record.stale
        else ""
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(_row(one, record) for one in record.exercises)
    return (
        f'<h3>{place}</h3>{warning}<div class="wide"><table class="table">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        + "".join(_behind(one, record) for one in record.exercises)
    )


def _row(one: ExerciseRecord, record: Record) -> str:
    sure = sum(mistake.share == 1 and mistake.combined for mistake in one.mistakes)
    equivalent = len(one.mutants.equivalent)
    cells = (
        one.points,
        one.minutes,
        f"{one.cases} × {record.learners}",
        f"{len(one.mistakes)}, {'all' if sure == len(one.mistakes) else sure} on every seed",
        one.wrong,
        len(one.right),
        f"{one.mutants.killed} of {one.mutants.made}"
        + (f"; {equivalent} equivalent" if equivalent else "")
        + (f"; {len(one.mutants.unjudged)} not judged" if one.mutants.unjudged else ""),
    )
    return (
        f'<tr><th scope="row">{escape(one.title)}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _behind(one: ExerciseRecord, record: Record) -> str:
    mistakes = "".join(f"<li>{_mistake(mistake)}</li>" for mistake in one.mistakes)
    right = ", ".join(f"<code>{escape(name)}</code>" for name in one.right)
    return (
        f"<details><summary>{escape(one.title)}: mistakes, right ways, mutants</summary>"
        f"<p>The reference passes on {one.passes} of {record.seeds} seeds. Differences are shares "
        f"of the largest number: rounding moves the reference by {_small(one.rounding)} at most, "
        f"{_small(one.tolerance)} is allowed, and the mistake that comes nearest differs by "
        f"{_small(one.nearest)} or more in some case of every seed.</p>"
        f"<p>Mistakes that are told by their own name and hint, on every single seed and on all "
        f"together unless another number stands here:</p><ul>{mistakes}</ul>"
        f"<p>Right ways that pass: {right}.</p>{_equivalent(one)}</details>"
    )


def _small(share: float) -> str:
    """Write a share with one digit: 0.3, or a power of ten below a thousandth."""
    digit, _, power = f"{share:.0e}".partition("e")
    if share == 0 or share >= 1e-3:
        return f"{share:.1g}"
    return f"{digit}&nbsp;·&nbsp;10<sup>−{-int(power)}</sup>"


def _mistake(mistake: MistakeRecord) -> str:
    ways = f" (in {mistake.ways} ways)" if mistake.ways > 1 else ""
    name = f"{escape(mistake.name)}{ways}"
    if mistake.share == 1 and mistake.combined:
        return name
    together = "and on all together" if mistake.combined else "but not on all together"
    return f"{name}: on {mistake.share:.1%} of single seeds, {together}"


def _equivalent(one: ExerciseRecord) -> str:
    """List the mutants that pass, gathered by the reason why that is right."""
    if not one.mutants.equivalent:
        return ""
    reasons = dict.fromkeys(one.mutants.equivalent.values())
    items = "".join(
        f"<li>{escape(reason)}<br>"
        + "<br>".join(
            f"<code>{escape(name)}</code>"
            for name, why in one.mutants.equivalent.items()
            if why == reason
        )
        + "</li>"
        for reason in reasons
    )
    passed = count(len(one.mutants.equivalent), "mutant that passes", "mutants that pass")
    return f"<p>{passed[:1].upper()}{passed[1:]}, and why each is no mistake:</p><ul>{items}</ul>"
