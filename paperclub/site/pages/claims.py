"""The claim ledger's page."""

from html import escape

from paperclub.curriculum import reading_list, syllabus
from paperclub.curriculum.card import cite
from paperclub.ledger import Ledger, code_hash, ledgers
from paperclub.site.pages.names import count, week_place

MARKS = {"reproduced": "●", "trend": "◐", "proxy": "◇", "not reproduced": "○"}


def claims_html(root: str) -> str:
    """Return every chapter's recorded claims, with control, verdict and number of seeds."""
    recorded = ledgers()
    if not recorded:
        return (
            "<p>Nothing is recorded yet. A chapter checks its claims at one seed whenever it runs; "
            "<code>python course.py claims SLUG --seeds 10</code> runs it at fresh seeds and "
            "records what came out here.</p>"
        )
    position = {week.slug: i for i, week in enumerate(syllabus().weeks)}
    return "".join(
        _chapter(ledger, root)
        for ledger in sorted(recorded, key=lambda ledger: position.get(ledger.slug, len(position)))
    )


def _chapter(ledger: Ledger, root: str) -> str:
    week = syllabus().week(ledger.slug)
    stale = ledger.code != code_hash(ledger.slug)
    warning = (
        '<p class="stale"><strong>Stale.</strong> The code behind these numbers has changed since. '
        f"Measure anew: <code>python course.py claims {escape(ledger.slug)}</code></p>"
        if stale
        else ""
    )
    when = f"Last run on {ledger.date:%Y-%m-%d}, " if ledger.date else ""
    versions = ", ".join(f"{escape(k)} {escape(v)}" for k, v in ledger.versions.items())
    return (
        f'<section class="ledger"><h3>{week_place(week, root)}</h3>{warning}'
        + "".join(_claim(ledger, claim_id) for claim_id in ledger.claims)
        + f'<p class="small">{when}at scale {escape(ledger.scale)}, with {versions}.</p></section>'
    )


def _claim(ledger: Ledger, claim_id: str) -> str:
    said, verdict = ledger.claims[claim_id], ledger.verdict(claim_id)
    failed = f", {verdict.failed} of them crashed" if verdict.failed else ""
    paper = escape(said.paper)
    if said.paper in reading_list():
        paper = cite(reading_list().work(said.paper))
    rows = [
        ("The paper says", f"{escape(said.says)} <span class='small'>{escape(said.where)}.</span>"),
        ("Paper", paper),
        ("Stand-in", escape(said.stand_in)),
        (
            "Verdict",
            f"<strong>{MARKS[verdict.word]} {verdict.word}</strong>: "
            f"{verdict.k} of {count(verdict.n, 'seed', 'seeds')}{failed}",
        ),
    ]
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    return (
        f'<article class="claim" id="claim-{escape(claim_id)}"><h4>{escape(claim_id)}</h4>'
        f'<dl class="facts">{facts}</dl>{_numbers(ledger, claim_id)}</article>'
    )


def _numbers(ledger: Ledger, claim_id: str) -> str:
    """Return measured and control values: the middle seed's, and the range over all seeds."""
    at_seeds = [values for _, values in ledger.at_seeds(claim_id)]
    body = ""
    for label, key in (("measured", "measured"), ("control", "control")):
        names = dict.fromkeys(name for values in at_seeds for name in getattr(values, key))
        for name in names:
            seen = sorted(getattr(v, key)[name] for v in at_seeds if name in getattr(v, key))
            middle = (seen[(len(seen) - 1) // 2] + seen[len(seen) // 2]) / 2
            body += (
                f'<tr class="{key}"><th scope="row">{escape(name)}</th><td>{label}</td>'
                f"<td>{middle:.3g}</td><td>{seen[0]:.3g} to {seen[-1]:.3g}</td></tr>"
            )
    return (
        '<div class="wide"><table><thead><tr><th scope="col">Quantity</th><th scope="col">Of</th>'
        '<th scope="col">Median</th><th scope="col">Over all seeds</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
