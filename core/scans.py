"""What `contamination scan` writes down: the test side, every shard, every task found, one verdict.

Nothing here depends on how the work was cut: threads, blocks and the order of shards leave the
same bytes.
"""

from typing import Literal

from pydantic import Field

from benchwright.findings import Side, Verdict, Waiver
from benchwright.tasks import Record
from benchwright.verdicts import Excerpt


class RecordPlace(Record):
    """Where a record stands: its 1-based line or row, or, in a text file, a byte offset from 0."""

    file: str
    line: int | None = None
    row: int | None = None
    byte: int | None = None

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.file}:{self.line}"
        if self.row is not None:
            return f"{self.file} row {self.row}"
        return f"{self.file} byte {self.byte}" if self.byte is not None else self.file


class UnreadRecord(Record):
    """A record that could not be read, and why; it was not compared."""

    place: RecordPlace
    reason: str


class RecordMatch(Record):
    """One record that holds runs of a task, or most of its words.

    `coverage` is the share of the task's runs that stand in the record. `containment` is the
    weighted share of its words that stand in one stretch of the record, edited or rearranged; None
    where that was not asked for or is too little. `left` is cut from the
    task, `right` from the record, each beginning shortly before the first shared word; `right` is
    absent where a record is too large to quote.
    """

    place: RecordPlace
    shared_runs: int = Field(ge=0)
    coverage: float = Field(ge=0, le=1)
    longest_run_words: int = Field(ge=0)
    containment: float | None = Field(default=None, gt=0, le=1)
    left: Excerpt
    right: Excerpt | None = None


class TaskFinding(Record):
    """A task that stands in the corpus: in how many records, and in which of them most of it."""

    id: str
    runs: int = Field(ge=1)
    records: int = Field(ge=1)
    best_coverage: float = Field(ge=0, le=1)
    longest_run_words: int = Field(ge=0)
    best_containment: float | None = Field(default=None, gt=0, le=1)
    best: tuple[RecordMatch, ...]


class Passage(Record):
    """Words that many tasks share, found in the corpus: boilerplate, told apart from leaks.

    `tasks` counts the tasks that hold its most common run, `records` the records that hold its
    most frequent one.
    """

    text: str
    tasks: int = Field(ge=1)
    records: int = Field(ge=1)
    first: RecordPlace


class PlantRecall(Record):
    """Copies hidden in records of this corpus, how many were found, and a 95 % Wilson interval."""

    kind: str
    planted: int = Field(ge=0)
    found: int = Field(ge=0)
    recall_low: float = Field(ge=0, le=1)
    recall_high: float = Field(ge=0, le=1)


class ScannedShard(Record):
    """One file of the corpus.

    `digest` is the xxh3_128 of the xxh3_128 digests of its consecutive pieces of 64 KiB, as it
    lay on disk. `failed` says why the shard could not be read to its end; its counts are then
    those of the part that was read. `removed_records` is set where a cleaned copy was written.
    """

    name: str
    format: str
    bytes: int = Field(ge=0)
    digest: str | None = None
    records: int = Field(ge=0)
    tokens: int = Field(ge=0)
    without_field: int = Field(ge=0)
    failed_records: int = Field(ge=0)
    flagged_records: int = Field(ge=0)
    findings: int = Field(ge=0)
    removed_records: int | None = Field(default=None, ge=0)
    failed: str | None = None


class Cleaning(Record):
    """What became of the records of a corpus whose flagged records were removed.

    `records` = `kept` + `removed` + `failed_kept`.
    """

    records: int = Field(ge=0)
    kept: int = Field(ge=0)
    removed: int = Field(ge=0)
    failed_kept: int = Field(ge=0)


class ScanReport(Record):
    """The whole answer to "does any record of this corpus hold a test task?".

    `findings` counts (record, task) pairs; each stands in the shard's findings file. `found` has
    every task with a finding. `too_short` are tasks of too few words to prove anything, and
    `indistinct` those whose every run is shared by many tasks. `reasons` say what keeps the
    verdict from clean where nothing was found; `containment` says whether edited copies were looked
    for, too; `not_scanned` names files of a given folder whose
    ending is not read. `fields` are the corpus fields compared; None for all values.
    """

    schema_version: Literal[1] = 1
    tool: str
    engine: str
    normaliser: str
    run_words: int = Field(ge=1)
    containment: bool = False
    seed: int
    fields: tuple[str, ...] | None = None
    test: Side
    tasks: int = Field(ge=0)
    tasks_compared: int = Field(ge=0)
    too_short: tuple[str, ...] = ()
    indistinct: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    shards: tuple[ScannedShard, ...]
    not_scanned: tuple[str, ...] = ()
    bytes: int = Field(ge=0)
    records: int = Field(ge=0)
    tokens: int = Field(ge=0)
    without_field: int = Field(ge=0)
    failed_records: int = Field(ge=0)
    first_failed: tuple[UnreadRecord, ...] = ()
    flagged_records: int = Field(ge=0)
    findings: int = Field(ge=0)
    found: tuple[TaskFinding, ...] = ()
    passages: tuple[Passage, ...] = ()
    plants: tuple[PlantRecall, ...] = ()
    cleaning: Cleaning | None = None
    reasons: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    verdict: Verdict

    @property
    def failed_shards(self) -> tuple[ScannedShard, ...]:
        """The shards that could not be read to their end."""
        return tuple(shard for shard in self.shards if shard.failed is not None)
