"""How a notebook shows a claim: a small table, with the recorded verdict beside this seed's."""

from dataclasses import dataclass
from html import escape

from paperclub.curriculum import reading_list
from paperclub.errors import CourseError
from paperclub.ledger.claim import Claim
from paperclub.ledger.code import code_hash
from paperclub.ledger.records import read_ledger

_STYLE = "text-align:left;vertical-align:top;padding:.2em 1em .2em 0;border:0;background:none"


@dataclass(frozen=True)
class FullScale:
    """What is recorded of one claim at ``SCALE="full"``. Shown by a notebook as a small table.

    Attributes:
        id: The claim's id.
        rows: A heading and what stands beside it, plain text; a line for each number.
        measured: Whether it was.
    """

    id: str
    rows: tuple[tuple[str, str], ...]
    measured: bool = False

    def __repr__(self) -> str:
        rows = [f"  {head}: {'; '.join(text.splitlines())}" for head, text in self.rows]
        return "\n".join([f"{self.id}, at full scale", *rows])

    def _repr_html_(self) -> str:
        return _table(self.id, [(escape(head), _lines(text)) for head, text in self.rows])


def at_full_scale(id: str) -> FullScale:
    """Return what ``course.py claims SLUG --scale full`` has recorded for a claim.

    A chapter shows it where its own run is too small. What cannot be read, is stale, or was never
    measured is said in its place.

    Args:
        id: The claim's id, for example ``attention.recall``.
    """
    slug = id.partition(".")[0]
    again = f"python course.py claims {slug} --scale full --seeds"
    try:
        ledger = read_ledger(slug, "full")
        if ledger is None or id not in ledger.claims:
            return FullScale(id, (("Recorded", f"Nothing so far; {again} 1 measures it."),))
        fresh, verdict = ledger.code == code_hash(slug), str(ledger.verdict(id)).capitalize()
    except CourseError as error:
        return FullScale(id, (("Recorded", f"Cannot be read: {error}"),))
    rows = [("On", ledger.claims[id].stand_in)]
    for seed, values in ledger.at_seeds(id):
        rows += [(f"Seed {seed}", _text(values.measured)), ("Control", _text(values.control))]
    minutes = sum(run.seconds for run in ledger.runs) / 60 / len(ledger.runs)
    stale = "" if fresh else " Stale: the code has changed since."
    how = f"{verdict}. By {again} {len(ledger.runs)}, last on {ledger.date:%Y-%m-%d}."
    rows.append(("Recorded", f"{how} The chapter took {minutes:.0f} minutes a seed.{stale}"))
    return FullScale(id, tuple(rows), measured=True)


def claim_html(claim: Claim) -> str:
    """Return the claim as an HTML table; every text in it is escaped."""
    rows = [
        ("The paper says", escape(claim.says)),
        ("Where", escape(f"{claim.where} of {reading_list().work(claim.paper).title}")),
        ("We measured", _numbers(claim.measured)),
        ("On", escape(claim.stand_in)),
        ("Control", _numbers(claim.control)),
        ("This seed", escape(_this_seed(claim))),
        ("Recorded", escape(recorded(claim))),
    ]
    if (full := at_full_scale(claim.id)).measured:
        lines = [f"{head}: {'; '.join(text.splitlines())}" for head, text in full.rows]
        rows.append(("At full scale", _lines("\n".join(lines))))
    return _table(claim.id, rows)


def _table(id: str, rows: list[tuple[str, str]]) -> str:
    """Return rows of a heading and HTML as the table of a claim."""
    body = "".join(
        f'<tr data-row="{head}">'
        f'<th scope="row" style="{_STYLE};white-space:nowrap;font-weight:600">{head}</th>'
        f'<td style="{_STYLE}">{cell}</td></tr>'
        for head, cell in rows
    )
    return (
        f'<table class="claim" data-claim="{escape(id)}"'
        ' style="margin:1em 0;font-variant-numeric:tabular-nums">'
        f"<tbody>{body}</tbody></table>"
    )


def recorded(claim: Claim) -> str:
    """Return one sentence on what ``course.py claims`` has recorded for the claim."""
    again = f"python course.py claims {claim.slug}"
    try:
        ledger = read_ledger(claim.slug)
        if ledger is None or claim.id not in ledger.claims:
            return f"At one seed so far, this one; {again} runs more."
        fresh = ledger.code == code_hash(claim.slug)
        verdict = ledger.verdict(claim.id)
    except CourseError as error:
        return f"Cannot be read: {error}"
    sentence = f"{str(verdict).capitalize()}, last run on {ledger.date:%Y-%m-%d}."
    return sentence if fresh else f"{sentence} Stale: the code has changed since; {again}."


def _this_seed(claim: Claim) -> str:
    sentence = f"{claim.at_this_seed[0].upper()}{claim.at_this_seed[1:]}."
    return f"{sentence} A proxy: it only illustrates the claim." if claim.proxy else sentence


def _numbers(numbers: dict[str, float]) -> str:
    return _lines(_text(numbers))


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))


def _text(numbers: dict[str, float]) -> str:
    return "\n".join(f"{name}: {value:.3g}" for name, value in numbers.items())
