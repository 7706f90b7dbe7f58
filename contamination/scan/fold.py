"""From the results of units to the record of a shard, in the order of the file."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np

from benchwright.canonical import canonical_json
from benchwright.contamination.scan.evidence import Evidence
from benchwright.contamination.scan.reading import digest_of
from benchwright.contamination.scan.shards import Shard
from benchwright.contamination.scan.state import PassageRow, ShardRecord, TaskRow
from benchwright.contamination.scan.units import (
    FINDING,
    FIRST_FAILED,
    Candidate,
    TaskTally,
    UnitResult,
)
from benchwright.scans import RecordMatch, RecordPlace, ScannedShard, UnreadRecord
from benchwright.verdicts import PlantTally

_ROWS_AT_ONCE = 100_000
_COUNTS = ("records", "tokens", "without_field", "failed_records", "flagged_records", "findings")


def record_place(shard: Shard, at: int) -> RecordPlace:
    """Return the place of a record: `at` counts lines or rows from 0, or bytes of a text."""
    if shard.format == "text":
        return RecordPlace(file=shard.name, byte=at)
    if shard.format == "parquet":
        return RecordPlace(file=shard.name, row=at + 1)
    return RecordPlace(file=shard.name, line=at + 1)


class ShardFold:
    """Takes units in any order, and folds them in the order of the file as soon as it can."""

    def __init__(self, shard: Shard, units: int, ids: Sequence[str], findings: Path) -> None:
        self.shard = shard
        self.findings = findings
        self.total = UnitResult()
        self._ids = [canonical_json(name) for name in ids]
        self.units = units
        self._next = 0
        self._waiting: dict[int, tuple[UnitResult, Path]] = {}
        findings.write_bytes(b"")

    def add(self, number: int, result: UnitResult, part: Path) -> bool:
        """Take a unit; return whether it was the last one."""
        self._waiting[number] = result, part
        while self._next in self._waiting:
            self._fold(*self._waiting.pop(self._next))
            self._next += 1
        return self._next == self.units

    def record(
        self, evidence: Evidence, mtime_ns: int, plants: Sequence[PlantTally], failed: str | None
    ) -> ShardRecord:
        """Return the shard as it is written down; `failed` is a reason beside those of units."""
        total = self.total
        return ShardRecord(
            mtime_ns=mtime_ns,
            shard=ScannedShard(
                name=self.shard.name,
                format=self.shard.format,
                bytes=self.shard.bytes,
                digest=None if total.error else digest_of(total.pieces),
                failed=total.error or failed,
                **{name: getattr(total, name) for name in _COUNTS},
            ),
            first_failed=tuple(
                UnreadRecord(place=record_place(self.shard, at), reason=reason)
                for at, reason in total.first_failed
            ),
            tasks=tuple(
                self._task(task, total.tasks[task], int(evidence.task_runs[task]))
                for task in sorted(total.tasks)
            ),
            passages=tuple(
                PassageRow(slot=slot, records=count, first=record_place(self.shard, at))
                for slot, (count, at) in sorted(total.passages.items())
            ),
            plants=tuple(plants),
        )

    def _fold(self, result: UnitResult, part: Path) -> None:
        total, before = self.total, self.total.places
        total.places += result.places
        for name in _COUNTS:
            setattr(total, name, getattr(total, name) + getattr(result, name))
        room = FIRST_FAILED - len(total.first_failed)
        total.first_failed += [(before + at, why) for at, why in result.first_failed[:room]]
        for task, tally in result.tasks.items():
            mine = total.tasks.setdefault(task, TaskTally())
            mine.add(tally.records, tally.runs, tally.longest_words, tally.containment)
            mine.keep([candidate.moved(before) for candidate in tally.best])
        for slot, (count, at) in result.passages.items():
            held = total.passages.get(slot)
            first = held[1] if held else before + at
            total.passages[slot] = (count + (held[0] if held else 0), first)
        total.pieces += result.pieces
        total.error = total.error or result.error
        with self.findings.open("ab") as out, part.open("rb") as rows:
            self._write(rows, out, before)
        part.unlink()

    def _write(self, rows: IO[bytes], out: IO[bytes], before: int) -> None:
        unit = {"text": "byte", "parquet": "row", "lines": "line"}[self.shard.format]
        line = (
            f'{{"{unit}":%d,"containment":%s,"longest_run_words":%d,"shared_runs":%d,"task":%s}}\n'
        )
        before += self.shard.format != "text"
        while data := rows.read(_ROWS_AT_ONCE * FINDING.itemsize):
            found = np.frombuffer(data, FINDING)
            columns = zip(
                (found["at"] + before).tolist(),
                found["containment"].tolist(),
                found["longest_words"].tolist(),
                found["runs"].tolist(),
                [self._ids[task] for task in found["task"].tolist()],
                strict=True,
            )
            out.write("".join([line % values for values in columns]).encode())

    def _task(self, task: int, tally: TaskTally, runs: int) -> TaskRow:
        return TaskRow(
            task=task,
            records=tally.records,
            runs=tally.runs,
            longest_words=tally.longest_words,
            containment=tally.containment,
            best=tuple(self._match(candidate, runs) for candidate in tally.best),
        )

    def _match(self, candidate: Candidate, runs: int) -> RecordMatch:
        return RecordMatch(
            place=record_place(self.shard, candidate.at),
            shared_runs=candidate.runs,
            coverage=round(candidate.runs / runs, 6),
            longest_run_words=candidate.longest_words,
            containment=candidate.containment or None,
            left=candidate.left,
            right=candidate.right,
        )
