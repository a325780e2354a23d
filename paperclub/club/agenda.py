"""The hour, written out: what to read before, who does what, when."""

from collections.abc import Sequence
from itertools import pairwise

from paperclub.club.chapter import GroupParts, Stop, group_parts
from paperclub.club.models import Club, People
from paperclub.club.roles import roles_for
from paperclub.club.rota import rota
from paperclub.club.sessions import Session, session_of, sessions
from paperclub.curriculum import reading_list
from paperclub.errors import CourseError

OPENING = 2  # minutes: who leads next week?
# For a week whose chapter is still planned: shares of the guided part.
PLAIN_PLAN = (
    ("Motivation: what could one not do before? A pause for questions", 20),
    ("Related work and method, with the figure that says it. A pause", 35),
    ("Results: which number carries the claim, and what is its control? A pause", 35),
    ("The room's prediction of what aged", 10),
)


def agenda(
    club: Club, people: People, slug: str, attending: int = 8, carried: Sequence[str] = ()
) -> str:
    """Return a session's agenda as Markdown: what everybody may read before it.

    Args:
        club: The group.
        people: Its people.
        slug: The week.
        attending: How many people are expected, 3 to 60.
        carried: Questions of earlier sessions that this one should answer.

    Raises:
        CourseError: The group does not take that week up, or has too few or too many people.
    """
    session = session_of(club, slug)
    parts = group_parts(session.week)
    leads = {slot.session.week.slug: slot for slot in rota(club, people)}
    slot = leads.get(slug)
    leader = (slot.name if slot and slot.name else "") or "nobody yet"
    held = "**cancelled** · " if session.cancelled else ""
    blocks = [
        f"# {session.week.title}",
        f"**{club.name}** · {held}{session.begins:%A %d %B %Y, %H:%M}–{session.ends:%H:%M} "
        f"({club.time_zone}) · {session.place} · leads: {leader}",
        "## Who leads next week?",
        _next_week(club, people, session),
        "## Run of show",
        _table(_stops(parts, session.minutes)),
        "## Before you come",
        _reading(session, bool(parts.first_pass)),
        parts.first_pass,
        "## In the room",
        f"**Room demo.** {session.week.room}",
        _brought_along(carried),
        "## Roles",
        _roles(attending),
        "## Discuss",
        parts.discuss or _plain_questions(),
    ]
    return _joined(blocks)


def leaders_sheet(club: Club, slug: str) -> str:
    """Return what only the leader should read before the session, as Markdown.

    Raises:
        CourseError: The group does not take that week up.
    """
    session = session_of(club, slug)
    week, parts = session.week, group_parts(session.week)
    nothing = "This week's chapter is planned: there are no notes yet."
    return _joined(
        [
            f"# For whoever leads: {week.title}",
            "Nobody else should read the answers before they have predicted.",
            _table(_stops(parts, session.minutes)),
            parts.bring,
            parts.demo,
            parts.notes or nothing,
            parts.answers,
        ]
    )


def _joined(blocks: list[str]) -> str:
    return "\n\n".join(block.strip() for block in blocks if block.strip()) + "\n"


def _stops(parts: GroupParts, minutes: int) -> list[Stop]:
    """Return the run of show, stretched or shortened to the session's length."""
    stops = parts.stops
    if not stops:
        guided, at, made = round(minutes * 0.75), OPENING, [(0, OPENING, "Who leads next week?")]
        whole = guided - OPENING
        for what, share in PLAIN_PLAN:
            end = at + round(whole * share / 100)
            made.append((at, end, what))
            at = end
        made.append((at, minutes, "Discussion"))
        return [Stop(start, end, what, "") for start, end, what in made]
    planned = stops[-1].end
    if planned == minutes:
        return list(stops)
    edges = [0, *(round(stop.end * minutes / planned) for stop in stops)]
    if any(left >= right for left, right in pairwise(edges)):
        raise CourseError(f"{minutes} minutes are too few for {len(stops)} stops.")
    return [
        Stop(start, end, stop.what, stop.where)
        for stop, (start, end) in zip(stops, pairwise(edges), strict=True)
    ]


def _table(stops: list[Stop]) -> str:
    rows = "\n".join(f"| {one.start}–{one.end} | {one.what} | {one.where} |" for one in stops)
    return f"| minutes | what | where |\n|---|---|---|\n{rows}"


def _next_week(club: Club, people: People, session: Session) -> str:
    held = [one for one in sessions(club) if not one.cancelled]
    after = [one for one in held if one.begins > session.begins]
    if not after:
        return "This is the last session of the course: what do we read after it?"
    coming = min(after, key=lambda one: one.begins)
    slot = next(one for one in rota(club, people) if one.session == coming)
    who = {True: f"{slot.name} has agreed.", False: f"Proposed: {slot.name}. Ask now."}
    said = who[slot.agreed] if slot.name else "Nobody yet. Ask now."
    return f"{coming.begins:%d %B}: *{coming.week.title}*. {said}"


def _reading(session: Session, has_first_pass: bool) -> str:
    works = map(reading_list().work, session.week.papers)
    lines = [
        f"- {work.authors}: *{work.title}* ({work.year})" + (f", <{work.url}>" if work.url else "")
        for work in works
    ]
    plan = "Plan an hour."
    if has_first_pass:
        plan += (
            " Who has ten minutes reads the first pass, here. What is said to stand *below* or "
            "*beside* it stands in the chapter."
        )
    return "\n".join([*lines, "", plan])


def _brought_along(carried: Sequence[str]) -> str:
    if not carried:
        return ""
    items = "\n".join(f"- {question}" for question in carried)
    return f"**Brought along from earlier weeks.**\n\n{items}"


def _roles(attending: int) -> str:
    rows = [
        f"| {who} | {' and '.join(role.name for role in held)} "
        f"| {' '.join(role.does for role in held)} |"
        for who, held in roles_for(attending)
    ]
    return "| who | role | does |\n|---|---|---|\n" + "\n".join(rows)


def _plain_questions() -> str:
    return (
        "**No dumb questions.** Which word of the abstract could you not explain to a friend? "
        "What goes in, what comes out?\n\n"
        "**I read the paper.** Which table carries the claim? What would be its control, and is "
        "it there?"
    )
