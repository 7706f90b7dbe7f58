"""What `contamination check` and `contamination scan` write down: both sides, every check, one
verdict. The reports (terminal, HTML, Markdown, SARIF, JUnit) are drawn from these records alone.
"""

from typing import Literal

from pydantic import Field

from benchwright.calibration import PolicyUse, ThresholdUse
from benchwright.tasks import Record, Sha256
from benchwright.verdicts import ContaminationReport

Status = Literal["clean", "flagged", "inconclusive", "not_run"]
Verdict = Literal["clean", "flagged", "inconclusive", "waived"]


class BadRow(Record):
    """A row that could not be read; it was not compared."""

    file: str
    line: int | None = None
    reason: str


class ItemPlace(Record):
    """File and 1-based line (row) of an item, and the sha256 of its compared text."""

    file: str
    line: int | None = None
    sha256: Sha256 | None = None


class SideFile(Record):
    """One file of a side as it was read; a shard of a scanned corpus has no sha256."""

    name: str
    sha256: str | None = None
    rows: int = Field(ge=0)


class Side(Record):
    """One side of the comparison.

    `field_map` is what was used; `guessed` names the roles of it that nobody stated. `places`
    gives file and line of every item that stands in a match.
    """

    role: Literal["test", "train"]
    files: tuple[SideFile, ...]
    rows: int = Field(ge=0)
    bad_rows: tuple[BadRow, ...] = ()
    field_map: dict[str, tuple[str, ...]]
    guessed: tuple[str, ...] = ()
    places: dict[str, ItemPlace] = {}


class Waiver(Record):
    """A finding or a status that a person accepted, why, and until when (ISO date)."""

    check: str
    left_id: str | None = None
    right_id: str | None = None
    reason: str
    expires: str | None = None


class Cluster(Record):
    """Items that a chain of matches connects, and the checks that connect them."""

    ids: tuple[str, ...]
    checks: tuple[str, ...]


class AcceptedUse(Record):
    """One entry of the file of accepted findings, and what became of it.

    `state` is `used`, `unused` (it matched nothing), `changed` (a text of its pair is another
    than when it was accepted) or `expired`; only a used one accepted anything. `pairs` counts the
    pairs, and for a lone finding the findings, that it accepted, or that lost a shared run to it.
    A lone finding has its words in `text`.
    """

    kind: Literal["pair", "passage", "lone"]
    check: str | None = None
    left_id: str | None = None
    right_id: str | None = None
    text: str | None = None
    reason: str
    expires: str
    state: Literal["used", "unused", "changed", "expired"]
    pairs: int = Field(ge=0)
    test_items: int = Field(ge=0)
    train_records: int = Field(ge=0)


class AcceptedSummary(Record):
    """The file of accepted findings that a check was given, and the day it was read for."""

    file: str
    sha256: Sha256
    today: str
    entries: tuple[AcceptedUse, ...]


class CheckReport(Record):
    """The whole answer to "does a test task stand in the training data?".

    `verdict` is the strictest status of all runs, after the waivers. A check that nobody asked
    for by name and that lacked what it needs (a model, a mapped field) is `not_run` and does not
    count; one of `required` that did not run makes the verdict inconclusive. `thresholds` says who
    set the threshold of each check that ran, `policy` which policy was read.
    """

    schema_version: Literal[1] = 1
    tool: str
    normaliser: str
    seed: int
    test: Side
    train: Side
    contamination: ContaminationReport
    clusters: tuple[Cluster, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    required: tuple[str, ...] = ()
    accepted: AcceptedSummary | None = None
    thresholds: tuple[ThresholdUse, ...] = ()
    policy: PolicyUse | None = None
    verdict: Verdict
