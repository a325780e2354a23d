"""What stands in ``book/ledger/``: a chapter's claims at many seeds."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.ledger.claim import Claim
from paperclub.ledger.verdict import Outcome, Verdict, verdict
from paperclub.paths import LEDGER

Scale = Literal["small", "full"]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Definition(_Record):
    """What a claim says, the same at every seed."""

    paper: str
    where: str
    says: str
    stand_in: str
    proxy: bool


class Values(_Record):
    """What one seed gave for one claim."""

    measured: dict[str, Number]
    control: dict[str, Number]
    holds: bool
    trend: bool
    vanishes: bool


class SeedRun(_Record):
    """One run of the chapter.

    Attributes:
        seed: Its ``SEED``.
        seconds: How long the notebook took, kernel start included.
        date: When it ran.
        versions: Of Python and the packages that the numbers depend on.
        failed: The error line of a run that crashed, else None.
        claims: Claim's id to what it gave; what was recorded before a crash is kept.
    """

    seed: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]
    date: date
    versions: dict[str, str]
    failed: str | None = None
    claims: dict[str, Values] = {}


class Ledger(_Record):
    """A chapter's claims at all the seeds that were run with the same code.

    Attributes:
        slug: The chapter.
        scale: Its ``SCALE``.
        code: ``code_hash`` of the chapter that was run.
        claims: Claim's id to what it says.
        runs: One for each seed, in the order in which they were run.
        pending: Seeds that an interrupted measurement has drawn and not yet run.
        earlier_seeds: Seeds that were run with other code; they are not drawn again.
    """

    slug: str
    scale: Scale
    code: str
    claims: dict[str, Definition] = {}
    runs: list[SeedRun] = []
    pending: list[int] = []
    earlier_seeds: list[int] = []

    @property
    def date(self) -> date | None:
        """The day of the last run."""
        return max((run.date for run in self.runs), default=None)

    @property
    def versions(self) -> dict[str, str]:
        """Of Python and the packages, at the last run."""
        return self.runs[-1].versions if self.runs else {}

    def outcomes(self, id: str) -> list[Outcome]:
        """Return what each seed counts for: a crash, or an end without the claim, as failed."""
        return [self._outcome(id, run) for run in self.runs]

    def verdict(self, id: str) -> Verdict:
        """Return the verdict over all seeds.

        Raises:
            CourseError: The ledger does not hold the claim, or no seed.
        """
        if id not in self.claims:
            known = ", ".join(self.claims) or "none"
            raise CourseError(f"The ledger of {self.slug} has no claim {id}; it has: {known}.")
        return verdict(self.outcomes(id), proxy=self.claims[id].proxy)

    def at_seeds(self, id: str) -> list[tuple[int, Values]]:
        """Return (seed, values) for every seed that got as far as the claim."""
        return [(run.seed, run.claims[id]) for run in self.runs if id in run.claims]

    def add(self, run: SeedRun, claims: Iterable[Claim]) -> None:
        """Append a run and what it says about each claim.

        Raises:
            CourseError: A claim is stated twice, or in other words than at an earlier seed.
        """
        for entry in claims:
            fields = entry.model_dump()
            said = Definition(**{name: fields[name] for name in Definition.model_fields})
            if entry.id in run.claims:
                raise CourseError(f"{self.slug} states the claim {entry.id} twice; state it once.")
            if self.claims.setdefault(entry.id, said) != said:
                raise CourseError(
                    f"Claim {entry.id} is worded otherwise at seed {run.seed} than before. What it "
                    "says must not depend on the seed: numbers belong into measured and control."
                )
            run.claims[entry.id] = Values(
                **{name: fields[name] for name in Values.model_fields},
            )
        self.runs.append(run)

    def _outcome(self, id: str, run: SeedRun) -> Outcome:
        values = run.claims.get(id)
        if values is None or run.failed is not None:
            return Outcome.FAILED
        said = self.claims[id]
        return Claim(id=id, **said.model_dump(), **values.model_dump()).outcome


def ledger_file(slug: str, scale: str = "small", folder: Path | None = None) -> Path:
    """Return where a chapter's ledger lies: ``SLUG.json``, at full scale ``full/SLUG.json``."""
    folder = folder or LEDGER
    return (folder if scale == "small" else folder / scale) / f"{slug}.json"


def read_ledger(slug: str, scale: str = "small", folder: Path | None = None) -> Ledger | None:
    """Return what is recorded of a chapter's claims, or None if nothing is.

    Raises:
        CourseError: The file is no ledger.
    """
    path = ledger_file(slug, scale, folder)
    return read_file(path) if path.exists() else None


def read_file(path: Path) -> Ledger:
    """Return the ledger in a file.

    Raises:
        CourseError: The file is no ledger.
    """
    try:
        return Ledger.model_validate_json(path.read_text("utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise CourseError(
            f"{path} is no ledger: {error}\nLedgers are written by course.py claims, never by "
            f"hand. Bring it back with git checkout, or measure anew: "
            f"python course.py claims {path.stem}."
        ) from error


def ledgers(folder: Path | None = None) -> list[Ledger]:
    """Return the ledgers at scale ``small``, by slug.

    Raises:
        CourseError: A file of the folder is no ledger.
    """
    return [read_file(path) for path in sorted((folder or LEDGER).glob("*.json"))]


def write_ledger(ledger: Ledger, path: Path) -> None:
    """Write ``ledger`` to ``path`` in one step."""
    fields = ledger.model_dump(mode="json")
    write_atomically(path, json.dumps(fields, indent=1, ensure_ascii=False) + "\n")
