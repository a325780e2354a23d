"""Ways through the year: what a week rests on, shorter courses, the way to one work."""

from collections.abc import Iterator, Sequence

from paperclub.curriculum.load import reading_list, syllabus
from paperclub.curriculum.models import CoursePlan, Week
from paperclub.errors import CourseError


class ShorterCourse(Sequence[Week]):
    """Weeks of the year in their order, and a sentence where they are fewer than wanted."""

    def __init__(self, title: str, weeks: list[Week], wanted: int):
        self.title = title
        self.weeks = weeks
        self.wanted = wanted

    def __len__(self) -> int:
        return len(self.weeks)

    def __getitem__(self, index):
        return self.weeks[index]

    def __iter__(self) -> Iterator[Week]:
        return iter(self.weeks)

    @property
    def note(self) -> str:
        """What is missing, in one sentence; empty when nothing is."""
        if len(self.weeks) == self.wanted:
            return ""
        count = {0: "No week of it is", 1: "One week of it is"}.get(
            len(self.weeks), f"{len(self.weeks)} weeks of it are"
        )
        return f"{count} written so far; the course will have {self.wanted}."


def before(slug: str, among: Sequence[Week] | None = None) -> list[Week]:
    """Return ``slug``'s week and all that it needs, in the order of the year.

    Args:
        slug: The week.
        among: Only these weeks count. A written chapter carries a refresher in place of a week
            that is still planned, so a course of written weeks can leave that week out.

    Raises:
        CourseError: There is no such week.
    """
    year = syllabus()
    allowed = {week.slug for week in (year.weeks if among is None else among)}
    found, ahead = set(), [year.week(slug).slug]
    while ahead:
        here = ahead.pop()
        if here in allowed and here not in found:
            found.add(here)
            ahead += year.week(here).needs
    return [week for week in year.weeks if week.slug in found]


def shorter_course(n: int, include_planned: bool = False) -> ShorterCourse:
    """Cut a course of ``n`` weeks from the year; every week's needs are in it, and come first.

    Goals are taken in order of importance, each with what it needs, while they fit; what room is
    left goes to further weeks in the order of the year.

    Args:
        n: How many weeks.
        include_planned: Cut from the whole year, as the course will be, not from written weeks.

    Raises:
        CourseError: ``n`` is less than one or more than the year has.
    """
    year = syllabus()
    if not 1 <= n <= len(year.weeks):
        raise CourseError(f"A course has 1 to {len(year.weeks)} weeks, not {n}.")
    plan = _plan(n)
    pool = [week for week in year.weeks if include_planned or week.written]
    chosen: set[str] = set()
    for goal in [*plan.goals, *(week.slug for week in pool)]:
        together = chosen | {week.slug for week in before(goal, among=pool)}
        if len(together) <= n:
            chosen = together
    return ShorterCourse(plan.title, [week for week in pool if week.slug in chosen], wanted=n)


def path_to(work_id: str) -> list[Week]:
    """Return the fewest weeks, in order, that lead to a work and contain everything needed for it.

    A week that is about the work is preferred to one that touches it in passing.

    Raises:
        CourseError: There is no such work, or no week takes it up.
    """
    work = reading_list().work(work_id)
    weeks = syllabus().weeks
    about = [week for week in weeks if work_id in week.papers]
    touching = [week for week in weeks if work_id in week.further]
    if not about and not touching:
        raise CourseError(f"No week takes up “{work.title}”; it stands on the reading list alone.")
    return min((before(week.slug) for week in about or touching), key=len)


def _plan(n: int) -> CoursePlan:
    """Return the plan for ``n`` weeks, or the goals of the plan whose length is nearest."""
    plans = syllabus().courses
    nearest = min(plans, key=lambda plan: abs(plan.weeks - n), default=None)
    if nearest is not None and nearest.weeks == n:
        return nearest
    goals = nearest.goals if nearest else [syllabus().weeks[0].slug]
    return CoursePlan(title=f"A course of {n} weeks", weeks=n, goals=goals)
