"""Scan one unit of a shard: blocks in, counts and the best evidence out, findings on disk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from benchwright.contamination.scan.engine import BlockResult, Engine, Ints
from benchwright.contamination.scan.evidence import Evidence, Pairs, merged
from benchwright.contamination.scan.longtext import LongText
from benchwright.contamination.scan.parquet import Rows, RowsWithoutField, row_blocks
from benchwright.contamination.scan.quoting import quote
from benchwright.contamination.scan.reading import (
    TEXT_BLOCK_BYTES,
    Block,
    LongLine,
    PieceHash,
    ShardError,
    hash_file,
    line_blocks,
    open_source,
    readable,
    text_blocks,
)
from benchwright.contamination.scan.recall import Contained, Recall, joined
from benchwright.contamination.scan.reference import record_text
from benchwright.contamination.scan.shards import Shard, Unit
from benchwright.verdicts import Excerpt

BEST_RECORDS = 3
FIRST_FAILED = 20
MAX_QUOTED_BYTES = 32 * 2**20
_COUNTED_AT_ONCE = 2**17
FINDING = np.dtype(
    [
        ("at", "<i8"),
        ("task", "<i8"),
        ("runs", "<i8"),
        ("longest_words", "<i8"),
        ("containment", "<f8"),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """What every unit is scanned with; safe to share between threads.

    Attributes:
        engine: Finds runs.
        evidence: Turns them into findings.
        recall: Scores edited copies, too; None to look for shared runs only.
        texts: The tasks, as they are quoted.
        fields: Corpus fields to compare; None for all.
        block_bytes: Size of a block.
        max_line_bytes: A longer line is a failed record.
        advance: Told how many bytes of the corpus were read.
        is_stopped: Asked between blocks.
    """

    engine: Engine
    evidence: Evidence
    recall: Recall | None
    texts: Sequence[str]
    fields: tuple[str, ...] | None
    block_bytes: int
    max_line_bytes: int
    advance: Callable[[int], None]
    is_stopped: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that is a finding for a task, quoted: the best of them are kept."""

    at: int
    runs: int
    longest_words: int
    containment: float
    left: Excerpt
    right: Excerpt | None

    @property
    def order(self) -> tuple[int, int, float, int]:
        """Return what puts candidates of one task in order, the best first."""
        return -self.runs, -self.longest_words, -self.containment, self.at

    def moved(self, places: int) -> "Candidate":
        """Return it with its place counted from further up."""
        return replace(self, at=self.at + places)


@dataclass(slots=True)
class TaskTally:
    """One task's records so far."""

    records: int = 0
    runs: int = 0
    longest_words: int = 0
    containment: float = 0.0
    best: list[Candidate] = field(default_factory=list)

    def add(self, records: int, runs: int, longest_words: int, containment: float) -> None:
        """Count more records, and the most of their runs, words and containment."""
        self.records += records
        self.runs = max(self.runs, runs)
        self.longest_words = max(self.longest_words, longest_words)
        self.containment = max(self.containment, containment)

    def keep(self, candidates: Sequence[Candidate]) -> None:
        """Keep the best of what is held and what is given."""
        self.best = sorted([*self.best, *candidates], key=lambda c: c.order)[:BEST_RECORDS]


@dataclass(slots=True)
class UnitResult:
    """What stands in one unit. Places (`at`, lines or rows) count from 0 at its beginning."""

    places: int = 0
    records: int = 0
    tokens: int = 0
    without_field: int = 0
    failed_records: int = 0
    flagged_records: int = 0
    findings: int = 0
    first_failed: list[tuple[int, str]] = field(default_factory=list)
    tasks: dict[int, TaskTally] = field(default_factory=dict)
    passages: dict[int, tuple[int, int]] = field(default_factory=dict)
    pieces: bytes = b""
    error: str | None = None


def scan_unit(scanner: Scanner, shard: Shard, unit: Unit, findings: Path) -> UnitResult:
    """Scan a unit; a shard that cannot be read to its end leaves `error` and what was read before.

    Args:
        scanner: What it is scanned with.
        shard: The file.
        unit: Which part of it.
        findings: File for one FINDING per (record, task).
    """
    result = UnitResult()
    digest = PieceHash()
    with findings.open("wb") as stream:
        try:
            if shard.format == "parquet":
                if unit.number == 0:
                    hash_file(shard.path, digest)
                _scan_rows(_Sink(scanner, result, stream), shard, unit)
            elif shard.format == "text":
                _scan_text(_Sink(scanner, result, stream), shard, unit, digest)
            else:
                _scan_lines(_Sink(scanner, result, stream), shard, unit, digest)
        except ShardError as error:
            result.error = str(error)
    result.pieces = digest.digests()
    return result


class _Sink:
    """Takes block results in order."""

    def __init__(self, scanner: Scanner, result: UnitResult, stream: IO[bytes]) -> None:
        self.scanner = scanner
        self.result = result
        self.stream = stream

    def count(self, found: BlockResult) -> None:
        """Add the counts of a block."""
        self.result.records += found.records
        self.result.tokens += found.tokens
        self.result.without_field += found.without_field

    def fail(self, at: int, reason: str) -> None:
        """Count a failed record."""
        self.result.failed_records += 1
        if len(self.result.first_failed) < FIRST_FAILED:
            self.result.first_failed.append((at, reason))

    def passages(self, found: BlockResult, place: Callable[[int, int], int]) -> None:
        """Count the records that hold a passage; `place` is told record and first byte."""
        held = self.result.passages
        for slot, count, record, begin in self.scanner.evidence.passages(found):
            before = held.get(slot)
            at = before[1] if before else place(record, begin)
            held[slot] = (count + (before[0] if before else 0), at)

    def pairs(self, pairs: Pairs, at: Ints, quoted: Callable[[Ints], Sequence[Candidate]]) -> None:
        """Count pairs at their places, write them down, and quote those that are the best yet."""
        if not len(pairs):
            return
        rows = np.empty(len(pairs), FINDING)
        rows["at"], rows["task"] = at, pairs.task
        rows["runs"], rows["longest_words"] = pairs.runs, pairs.longest_words
        rows["containment"] = pairs.containment
        self.stream.write(rows.tobytes())
        self.result.findings += len(pairs)
        self.result.flagged_records += len(np.unique(pairs.record))
        order = np.lexsort((at, -pairs.containment, -pairs.longest_words, -pairs.runs, pairs.task))
        tasks, first, counts = np.unique(pairs.task[order], return_index=True, return_counts=True)
        columns = (-pairs.runs, -pairs.longest_words, -pairs.containment, at)
        ranks = list(zip(*(column[order].tolist() for column in columns), strict=True))
        wanted: list[tuple[int, TaskTally]] = []
        for task, begin, count in zip(tasks.tolist(), first.tolist(), counts.tolist(), strict=True):
            mine, end = ranks[begin : begin + count], begin + min(count, BEST_RECORDS)
            tally = self.result.tasks.setdefault(task, TaskTally())
            words, most = min(rank[1] for rank in mine), min(rank[2] for rank in mine)
            tally.add(count, -mine[0][0], -words, -most)
            held = sorted([*(c.order for c in tally.best), *mine[:BEST_RECORDS]])[:BEST_RECORDS]
            best = zip(order[begin:end].tolist(), mine, strict=False)
            wanted += [(pair, tally) for pair, rank in best if rank in held]
        candidates = quoted(np.array([pair for pair, _ in wanted], np.int64))
        for (_, tally), candidate in zip(wanted, candidates, strict=True):
            tally.keep([candidate])

    def candidates(
        self,
        found: BlockResult,
        pairs: Pairs,
        wanted: Ints,
        at: Ints,
        texts: Iterable[str | None],
        contained: Mapping[tuple[int, int], Contained],
    ) -> list[Candidate]:
        """Return pairs as they are quoted; a text is that of the record, None when too long."""
        candidates = []
        evidence = self.scanner.evidence
        shared = evidence.shared_ranges(found, pairs.record[wanted], pairs.task[wanted])
        for pair, (in_task, in_record), text in zip(wanted.tolist(), shared, texts, strict=True):
            task = int(pairs.task[pair])
            if not pairs.runs[pair]:
                score = contained[int(pairs.record[pair]), task].found
                in_task, in_record = merged(score.task_words, 1), merged(score.record_words, 1)
            candidates.append(
                Candidate(
                    at=int(at[pair]),
                    runs=int(pairs.runs[pair]),
                    longest_words=int(pairs.longest_words[pair]),
                    containment=float(pairs.containment[pair]),
                    left=quote(self.scanner.texts[task], in_task),
                    right=quote(text, in_record) if text is not None else None,
                )
            )
        return candidates


def _scan_lines(sink: _Sink, shard: Shard, unit: Unit, digest: PieceHash) -> None:
    scanner = sink.scanner
    with open_source(shard, unit, digest) as source:
        blocks = line_blocks(
            source, block_bytes=scanner.block_bytes, max_line_bytes=scanner.max_line_bytes
        )
        done = 0
        for block in blocks:
            if scanner.is_stopped():
                return
            if isinstance(block, LongLine):
                sink.result.records += 1
                limit = f"a line of more than {scanner.max_line_bytes:,} bytes"
                sink.fail(sink.result.places, limit)
                sink.result.places += 1
            else:
                _take_lines(sink, block)
            scanner.advance(len(digest) - done)
            done = len(digest)


def _take_lines(sink: _Sink, block: Block) -> None:
    scanner, before = sink.scanner, sink.result.places
    found = scanner.engine.scan_lines(block.data, block.size, scanner.fields)
    sink.count(found)

    def text_of(_: int, begin: int) -> str | None:
        end = block.raw.find(b"\n", begin, block.size)
        end = end if end >= 0 else block.size
        is_short = end - begin <= MAX_QUOTED_BYTES
        return record_text(bytes(block.raw[begin:end]), scanner.fields) if is_short else None

    contained = {}
    if scanner.recall is not None:
        contained = scanner.recall.contained(
            lambda engine: engine.scan_lines(block.data, block.size, scanner.fields), text_of
        )
    sink.result.places += found.records + found.blank_lines
    pairs = joined(scanner.evidence.pairs(found), contained)
    if found.blank_lines:
        met = [*(failed.begin for failed in found.failed), *pairs.begin.tolist()]
        lines = _line_numbers(block, {*np.unique(found.hit_begin).tolist(), *met})
        at = np.array([before + lines[begin] for begin in pairs.begin.tolist()], np.int64)
    else:
        lines, at = {}, before + pairs.record
    for failed in found.failed:
        sink.fail(before + lines.get(failed.begin, failed.record), failed.reason)
    sink.passages(found, lambda record, begin: before + lines.get(begin, record))

    def quoted(wanted: Ints) -> list[Candidate]:
        texts = map(text_of, pairs.record[wanted].tolist(), pairs.begin[wanted].tolist())
        return sink.candidates(found, pairs, wanted, at, texts, contained)

    sink.pairs(pairs, at, quoted)


def _line_numbers(block: Block, places: Iterable[int]) -> dict[int, int]:
    """Return how many line feeds stand before each of some places in a block."""
    numbers: dict[int, int] = {}
    number = last = 0
    for place in sorted(places):
        for begin in range(last, place, _COUNTED_AT_ONCE):
            part = block.data[begin : min(begin + _COUNTED_AT_ONCE, place)]
            number += int(np.count_nonzero(part == ord("\n")))
        numbers[place] = number
        last = place
    return numbers


def _scan_rows(sink: _Sink, shard: Shard, unit: Unit) -> None:
    scanner = sink.scanner
    with readable():
        for block in row_blocks(shard.path, unit.begin, unit.end, scanner.fields):
            if scanner.is_stopped():
                return
            if isinstance(block, RowsWithoutField):
                sink.result.records += block.count
                sink.result.without_field += block.count
                sink.result.places += block.count
                continue
            _take_rows(sink, block)


def _scan_block(engine: Engine, block: Rows | Block) -> BlockResult:
    if isinstance(block, Rows):
        return engine.scan_rows(block.data, block.offsets)
    return engine.scan_lines(block.data, block.size, None)


def _take_rows(sink: _Sink, block: Rows | Block) -> None:
    before, recall = sink.result.places, sink.scanner.recall
    found = _scan_block(sink.scanner.engine, block)
    contained = {}
    if recall is not None:
        contained = recall.contained(
            lambda engine: _scan_block(engine, block),
            lambda record, begin: _row_text(block, record, begin),
        )
    sink.count(found)
    sink.result.places += found.records
    for failed in found.failed:
        sink.fail(before + failed.record, failed.reason)
    sink.passages(found, lambda record, _: before + record)
    pairs = joined(sink.scanner.evidence.pairs(found), contained)
    at = before + pairs.record

    def quoted(wanted: Ints) -> list[Candidate]:
        places = zip(pairs.record[wanted].tolist(), pairs.begin[wanted].tolist(), strict=True)
        texts = (_row_text(block, record, begin) for record, begin in places)
        return sink.candidates(found, pairs, wanted, at, texts, contained)

    sink.pairs(pairs, at, quoted)


def _row_text(block: Rows | Block, record: int, begin: int) -> str:
    if isinstance(block, Rows):
        low, high = block.offsets[record : record + 2]
        return block.data[low:high].tobytes().decode(errors="replace")
    return record_text(bytes(block.raw[begin : block.size]).partition(b"\n")[0], None)


def _scan_text(sink: _Sink, shard: Shard, unit: Unit, digest: PieceHash) -> None:
    """Scan a text as one record, block by block, and quote it in a second pass if it was hit."""
    scanner = sink.scanner
    text = LongText(scanner.engine, scanner.evidence)
    done = 0
    with open_source(shard, unit, digest) as source:
        for block in text_blocks(
            source,
            overlap_tokens=scanner.evidence.index.run_words - 1,
            block_bytes=min(scanner.block_bytes, TEXT_BLOCK_BYTES),
        ):
            if scanner.is_stopped():
                return
            sink.result.records = sink.result.places = 1
            sink.result.tokens += text.take(block)
            scanner.advance(len(digest) - done)
            done = len(digest)
    found = text.result()
    sink.passages(found, lambda _, begin: begin)
    pairs, at = text.pairs(found)
    if not len(pairs):
        return
    with open_source(shard, unit, PieceHash()) as source:
        windows = text.windows(source, at)

    def quoted(wanted: Ints) -> list[Candidate]:
        whole = sink.candidates(found, pairs, wanted, at, [None] * len(wanted), {})
        rows = zip(whole, wanted.tolist(), pairs.task[wanted].tolist(), strict=True)
        return [replace(c, right=windows.quoted(pair, task)) for c, pair, task in rows]

    sink.pairs(pairs, at, quoted)
