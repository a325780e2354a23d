"""What happens to a learner, one small record for each thing; records are added, never changed."""

import datetime
import re
import uuid
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

Pass = Literal["to-read", "first", "second", "third"]
LogState = Literal["finished", "doing", "next"]

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _printable(text: object) -> object:
    """Put � for what is no character, and for what would steer a terminal."""
    return _STEERING.sub("�", text) if isinstance(text, str) else text


Name = Annotated[str, BeforeValidator(_printable), StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, BeforeValidator(_printable), StringConstraints(max_length=10_000)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
# All times in one zone, so that they can be ordered as text.
Time = Annotated[AwareDatetime, AfterValidator(lambda time: time.astimezone(datetime.UTC))]


def new_id() -> str:
    """Return an id that no other machine gives."""
    return uuid.uuid4().hex


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class _Event(BaseModel):
    """What every event has. The id tells two machines that an event is one and the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: Id = Field(default_factory=new_id)
    time: Time = Field(default_factory=_now)

    @property
    def about(self) -> str:
        """What it happened to: of two events about one thing the later one may overrule."""
        names = ("exercise", "slug", "work", "entry")
        return next(getattr(self, name) for name in names if name in type(self).model_fields)


class Attempt(_Event):
    """An answer was checked. ``mistake`` names the known mistake, if it was one."""

    kind: Literal["attempt"] = "attempt"
    exercise: Name
    status: Name
    points: Annotated[float, Field(ge=0)]
    mistake: Name | None = None


class HintGiven(_Event):
    """A hint was given, counted from 1."""

    kind: Literal["hint"] = "hint"
    exercise: Name
    number: Annotated[int, Field(ge=1)]


class SolutionSeen(_Event):
    """A solution was shown."""

    kind: Literal["solution"] = "solution"
    exercise: Name


class Predicted(_Event):
    """A choice was made; until the run settles it, a later one takes its place."""

    kind: Literal["predicted"] = "predicted"
    exercise: Name
    choice: Name
    points: Annotated[float, Field(ge=0)]


class Settled(_Event):
    """A run bore out ``holds``, when ``choice`` was what had been predicted."""

    kind: Literal["settled"] = "settled"
    exercise: Name
    choice: Name
    holds: Name


class WeekMarked(_Event):
    """A week was marked as read, or the mark was taken back."""

    kind: Literal["week"] = "week"
    slug: Name
    read: bool


class WorkMarked(_Event):
    """A work of the reading list came to a pass, or got a blurb; ``None`` leaves it as it was."""

    kind: Literal["work"] = "work"
    work: Name
    status: Pass | None = None
    blurb: Text | None = None


class Logged(_Event):
    """An entry of the log was written or moved; ``None`` as its state takes it out."""

    kind: Literal["log"] = "log"
    entry: Id
    state: LogState | None
    text: Text


Event = Annotated[
    Attempt | HintGiven | SolutionSeen | Predicted | Settled | WeekMarked | WorkMarked | Logged,
    Field(discriminator="kind"),
]
