"""A claim as a chapter states it at one seed."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, SupportsFloat

from pydantic import BaseModel, ConfigDict, Field

from paperclub.curriculum import reading_list, syllabus
from paperclub.errors import CourseError
from paperclub.ledger.verdict import Outcome

MIME = "application/vnd.paperclub.claim+json"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+([-_][a-z0-9]+)*")
_AT_THIS_SEED = {
    Outcome.HOLDS: "holds, and vanishes in the control",
    Outcome.TREND: "shows the trend, and vanishes in the control",
}


class Claim(BaseModel):
    """One entry of the ledger at one seed. Shown by a notebook as a small table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    paper: str
    where: str
    says: str
    stand_in: str
    measured: dict[str, Annotated[float, Field(allow_inf_nan=False)]]
    control: dict[str, Annotated[float, Field(allow_inf_nan=False)]]
    holds: bool
    trend: bool
    vanishes: bool
    proxy: bool = False

    @property
    def slug(self) -> str:
        """The week that makes the claim."""
        return self.id.partition(".")[0]

    @property
    def outcome(self) -> Outcome:
        """What this seed counts for."""
        if self.vanishes and self.holds:
            return Outcome.HOLDS
        if self.vanishes and self.trend:
            return Outcome.TREND
        return Outcome.NO

    @property
    def at_this_seed(self) -> str:
        """The verdict of this seed in words, with no number in it."""
        if self.outcome in _AT_THIS_SEED:
            return _AT_THIS_SEED[self.outcome]
        if self.holds or self.trend:
            return "does not count: the control shows the effect too"
        return "does not hold"

    def __repr__(self) -> str:
        return f"{self.id} at this seed: {self.at_this_seed}"

    __str__ = __repr__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from paperclub.ledger.show import claim_html

        return {
            "text/plain": repr(self),
            "text/html": claim_html(self),
            MIME: self.model_dump(mode="json"),
        }


def claim(
    id: str,
    *,
    paper: str,
    where: str,
    says: str,
    stand_in: str,
    measured: Mapping[str, SupportsFloat],
    control: Mapping[str, SupportsFloat] | None = None,
    holds: bool,
    trend: bool,
    vanishes: bool,
    proxy: bool = False,
) -> Claim:
    """State a claim with what this seed measured; end a cell with it, and the ledger can read it.

    Args:
        id: ``SLUG.name``, for example ``attention.recall``.
        paper: The paper's id in ``book/reading_list.yml``.
        where: The section, table or figure in which the paper says it.
        says: What the paper says, with its number.
        stand_in: On what ours was measured: size and data.
        measured: What we measured: name (with its unit) to a finite number.
        control: The same with the key ingredient taken away.
        holds: Our numbers bear the claim out as it is stated.
        trend: They go the same way; implied by ``holds``.
        vanishes: The effect is gone in the control.
        proxy: The stand-in only illustrates the paper's claim.

    Returns:
        The claim; a notebook shows it as a table with the recorded verdict over many seeds.

    Raises:
        CourseError: A field is missing, empty, or of the wrong kind; the message names it.
    """
    _check_id(id)
    syllabus().week(id.partition(".")[0])
    texts = {"paper": paper, "where": where, "says": says, "stand_in": stand_in}
    said = {field: _sentence(id, field, text) for field, text in texts.items()}
    _check_paper(id, paper)
    if not control:
        raise CourseError(
            f"Claim {id} has no control. Measure the same with the key ingredient taken away, and "
            'hand it over as control={"name": number}: without it nothing shows that the '
            "ingredient is what did it."
        )
    if not measured:
        raise CourseError(f'Claim {id}: measured is empty. Hand over {{"name": number}}.')
    flags = {"holds": holds, "trend": trend, "vanishes": vanishes, "proxy": proxy}
    answers = {field: _truth(id, field, value) for field, value in flags.items()}
    answers["trend"] = answers["trend"] or answers["holds"]
    numbers = {"measured": _numbers(id, "measured", measured)}
    numbers["control"] = _numbers(id, "control", control)
    fields: dict[str, Any] = {"id": id, **said, **numbers, **answers}
    return Claim(**fields)


def _check_id(id: object) -> None:
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise CourseError(
            f"{id!r} is no claim's id. Write SLUG.name in lower-case letters, digits and hyphens, "
            'for example "attention.recall".'
        )


def _sentence(id: str, field: str, text: object) -> str:
    """Return ``text`` on one line, however the chapter's cell has broken it."""
    if not isinstance(text, str) or not text.strip():
        raise CourseError(f"Claim {id}: {field} is {text!r}, and should be a sentence.")
    return " ".join(text.split())


def _check_paper(id: str, paper: str) -> None:
    try:
        reading_list().work(paper)
    except CourseError as error:
        raise CourseError(f"Claim {id}: paper={paper!r}. {error}") from error


def _numbers(id: str, field: str, given: Mapping[str, SupportsFloat]) -> dict[str, float]:
    """Return ``given`` as plain floats; numpy's and torch's single numbers are taken too."""
    if not isinstance(given, Mapping):
        raise CourseError(f'Claim {id}: {field} should be {{"name": number}}, not {given!r}.')
    numbers = {}
    for name, value in given.items():
        if not isinstance(name, str) or not name.strip():
            raise CourseError(f"Claim {id}: a key of {field} is {name!r}, and should be a name.")
        if isinstance(value, str | bool):
            raise CourseError(f"Claim {id}: {field}[{name!r}] is {value!r}, and no number.")
        try:
            number = float(value)
        except (TypeError, ValueError, RuntimeError) as error:
            message = f"Claim {id}: {field}[{name!r}] is no single number: {error}."
            raise CourseError(message) from error
        if not math.isfinite(number):
            raise CourseError(
                f"Claim {id}: {field}[{name!r}] is {number}. Find out where it stopped being a "
                "number; a ledger holds finite ones only."
            )
        numbers[name] = number
    return numbers


def _truth(id: str, field: str, value: Any) -> bool:
    """Return ``value`` as a bool if it is one, be it Python's, numpy's or torch's."""
    single = callable(getattr(value, "item", None)) and getattr(value, "ndim", None) == 0
    plain = value.item() if single else value
    if isinstance(plain, bool):
        return plain
    raise CourseError(
        f"Claim {id}: {field} is {value!r}, and should be True or False: write the comparison."
    )
