"""The claim ledger: what a paper says, what was measured, the control, and the verdict."""

from paperclub.ledger.claim import MIME, Claim, claim
from paperclub.ledger.code import code_hash
from paperclub.ledger.records import (
    Definition,
    Ledger,
    SeedRun,
    Values,
    ledger_file,
    ledgers,
    read_ledger,
    write_ledger,
)
from paperclub.ledger.show import at_full_scale
from paperclub.ledger.verdict import VERDICTS, Outcome, Verdict, verdict

__all__ = [
    "MIME",
    "VERDICTS",
    "Claim",
    "Definition",
    "Ledger",
    "Outcome",
    "SeedRun",
    "Values",
    "Verdict",
    "at_full_scale",
    "claim",
    "code_hash",
    "ledger_file",
    "ledgers",
    "read_ledger",
    "verdict",
    "write_ledger",
]
