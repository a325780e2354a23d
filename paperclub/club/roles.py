"""Roles for a session: what each person does, in the order in which a small group needs them."""

from dataclasses import dataclass

from paperclub.errors import CourseError

LEAST, MOST = 3, 60


@dataclass(frozen=True)
class Role:
    """A role, what it does, and the question that it puts to the paper."""

    name: str
    does: str
    asks: str


ROLES = (
    Role(
        "Facilitator",
        "Leads along the run of show, and lets the room predict before each result.",
        "What did the room expect, and what happened?",
    ),
    Role(
        "I read the paper",
        "Answers from the paper, with section, table or figure; says so when it is silent.",
        "Where exactly does the paper say that?",
    ),
    Role(
        "No dumb questions",
        "Stops the room at every word that has not been explained.",
        "What does that mean, in a sentence without symbols?",
    ),
    Role(
        "Reviewer",
        "Judges the paper as if it came in today: one strength, one weakness, one missing control.",
        "Which experiment would make you change your mind?",
    ),
    Role(
        "Archaeologist",
        "Finds one paper that this one stands on, and one that stands on it.",
        "What was known before, and what did later work keep?",
    ),
    Role(
        "Practitioner",
        "Says what one would do differently on Monday, and what it would cost.",
        "Who would pay for this, and what would they measure?",
    ),
    Role(
        "Hacker",
        "Drives the laptop: changes one number of the chapter live, after the room has predicted.",
        "What breaks first if we change this?",
    ),
    Role(
        "Timekeeper and scribe",
        "Keeps the clock in view and writes the record: claims, disagreements, open questions.",
        "What do we want to know next week?",
    ),
)


def roles_for(people: int) -> list[tuple[str, list[Role]]]:
    """Share the roles out among a number of people.

    Three people hold all that cannot be missed; up to eight each hold one; larger rooms sit in
    pairs and teams, and every role is a team's.

    Args:
        people: How many come, the facilitator among them: 3 to 60.

    Returns:
        For each person, pair or team what it is called, and its roles.

    Raises:
        CourseError: The number is outside 3 to 60.
    """
    if not LEAST <= people <= MOST:
        raise CourseError(f"Roles are for {LEAST} to {MOST} people, not {people}.")
    if people >= len(ROLES):
        return [(_team(people, i), [role]) for i, role in enumerate(ROLES)]
    shared: list[list[Role]] = [[role] for role in ROLES[:people]]
    if people == LEAST:  # the facilitator of three has enough to do; the others take one more each
        shared[1].append(ROLES[3])
        shared[2].append(ROLES[7])
    else:
        shared[-1].append(ROLES[7])
    return [(f"person {i}", held) for i, held in enumerate(shared, 1)]


def _team(people: int, place: int) -> str:
    if place == 0:
        return "one person"
    size, more = divmod(people - 1, len(ROLES) - 1)
    size += place <= more
    return {1: "one person", 2: "a pair"}.get(size, f"a team of {size}")
