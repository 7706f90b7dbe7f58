"""Copies of tasks hidden in records of this corpus: what share of them does the scan find?

Records are drawn from every shard and copied; the copies are changed, scanned by the same engine
and judged by the same evidence, and written nowhere. A compressed shard gives records of its
first 4 MiB, any other of its whole length.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import PADDING, BlockResult, Engine
from benchwright.contamination.scan.evidence import Evidence
from benchwright.contamination.scan.parquet import Rows, row_blocks, row_groups
from benchwright.contamination.scan.reading import Block, readable
from benchwright.contamination.scan.recall import joined
from benchwright.contamination.scan.reference import record_text
from benchwright.contamination.scan.shards import Shard
from benchwright.contamination.scan.units import Scanner
from benchwright.files import open_bytes
from benchwright.rates import wilson
from benchwright.scans import PlantRecall
from benchwright.seeds import seeded_random
from benchwright.verdicts import PlantTally

MIN_RECORDS, MAX_RECORDS = 8, 64
BYTES_PER_RECORD = 2**17
MAX_RECORD_BYTES = 64 * 2**10
MAX_TASK_CHARACTERS = 20_000
KINDS = ("copy", "case_and_punctuation", "embedded", "one_run", "short_task")
CONTAINED_KINDS = ("tenth_edited", "halves_swapped")
MIN_CONTAINED_RUNS = 13
"""Edited copies are planted of tasks of so many runs: of 20 words, where a run has 8."""
_WINDOWS, _WINDOW_BYTES, _HEAD_BYTES = 8, 2**18, 2**22
_TEXT_ROW_BYTES = 2_000


def plant_tallies(scanner: Scanner, shard: Shard, seed: int) -> tuple[PlantTally, ...]:
    """Hide copies in records of a shard, and count how many of them are found.

    Raises:
        ShardError: If the shard cannot be read.
    """
    draw = seeded_random(seed, "scan plants", shard.path.name, shard.bytes)
    drawn = _sample(scanner, shard, draw)
    held = sorted(set(drawn.records))
    wanted = min(MAX_RECORDS, max(MIN_RECORDS, shard.bytes // BYTES_PER_RECORD))
    sample = replace(drawn, records=draw.sample(held, min(wanted, len(held))))
    plants = list(_plants(scanner, sample, draw))
    found = _found(scanner, sample, [record for _, _, record in plants])
    planted: Counter[str] = Counter(kind for kind, _, _ in plants)
    hits = Counter(kind for at, (kind, task, _) in enumerate(plants) if (at, task) in found)
    return tuple(
        PlantTally(kind=kind, planted=planted[kind], found=hits[kind])
        for kind in (*KINDS, *CONTAINED_KINDS)
        if planted[kind]
    )


def recall_of(tallies: Sequence[PlantTally]) -> tuple[PlantRecall, ...]:
    """Return the recall of every kind over all shards, with its 95 % Wilson interval."""
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for tally in tallies:
        planted[tally.kind] += tally.planted
        found[tally.kind] += tally.found
    recalls = []
    for kind in (*KINDS, *CONTAINED_KINDS):
        if planted[kind]:
            low, high = wilson(found[kind], planted[kind])
            recalls.append(
                PlantRecall(
                    kind=kind,
                    planted=planted[kind],
                    found=found[kind],
                    recall_low=round(low, 4),
                    recall_high=round(high, 4),
                )
            )
    return tuple(recalls)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """Records, JSON or plain text, and which fields of the JSON are scanned."""

    records: list[bytes]
    is_json: bool
    fields: tuple[str, ...] | None


def _sample(scanner: Scanner, shard: Shard, draw: Random) -> _Sample:
    is_json, fields = shard.format == "lines", scanner.fields
    records: list[bytes] = []
    if shard.format == "parquet":
        group = draw.randrange(row_groups(shard.path))
        block = next(iter(row_blocks(shard.path, group, group + 1, scanner.fields)), None)
        if isinstance(block, Rows):
            cuts = pairwise(block.offsets.tolist())
            records = [block.data[begin:end].tobytes() for begin, end in cuts]
        elif isinstance(block, Block):
            is_json, fields = True, None
            records = bytes(block.raw[: block.size]).split(b"\n")
    elif shard.format == "lines":
        records = [line for window in _windows(shard, draw) for line in window.split(b"\n")]
    else:
        records = [
            window[at : at + _TEXT_ROW_BYTES]
            for window in _windows(shard, draw)
            for at in range(0, len(window), _TEXT_ROW_BYTES)
        ]
    held = [record for record in records if len(record) <= MAX_RECORD_BYTES]
    return _Sample(records=held, is_json=is_json, fields=fields)


def _windows(shard: Shard, draw: Random) -> Iterator[bytes]:
    """Yield parts of a shard; one of JSON Lines begins and ends with a line."""
    starts, size = [0], _HEAD_BYTES
    if shard.packing == "plain" and shard.bytes > _WINDOWS * _WINDOW_BYTES:
        size = _WINDOW_BYTES
        starts += sorted(draw.randrange(shard.bytes - size) for _ in range(_WINDOWS - 1))
    with readable(), open_bytes(shard.path) as stream:
        for start in starts:
            if start:
                stream.seek(start)
            data = stream.read(size)
            is_torn = shard.format == "lines" and len(data) == size
            begin = data.find(b"\n") + 1 if start and shard.format == "lines" else 0
            yield data[begin : data.rfind(b"\n") + 1 if is_torn else len(data)]


def _plants(scanner: Scanner, sample: _Sample, draw: Random) -> Iterator[tuple[str, int, bytes]]:
    """Yield kind, task and changed record."""
    evidence = scanner.evidence
    able = np.flatnonzero(evidence.has_own_run).tolist()
    able = [t for t in able if len(scanner.texts[t]) <= MAX_TASK_CHARACTERS] or able
    short = [t for t in able if evidence.run_sizes[t] < evidence.index.run_words]
    long = [t for t in able if evidence.run_sizes[t] == evidence.index.run_words]
    edited = [t for t in long if evidence.task_runs[t] >= MIN_CONTAINED_RUNS]
    chosen = {"short_task": short, "one_run": long} | dict.fromkeys(CONTAINED_KINDS, edited)
    kinds = (*KINDS, *CONTAINED_KINDS) if scanner.recall is not None else KINDS
    for record in sample.records:
        for kind in kinds:
            tasks = chosen.get(kind, able)
            if not tasks:
                continue
            task = draw.choice(tasks)
            text = scanner.texts[task]
            if kind == "one_run":
                text = _one_run(text, task, evidence, draw)
            changed = _planted(record, sample, partial(_CHANGES[kind], text=text))
            if changed is not None:
                yield kind, task, changed


def _one_run(text: str, task: int, evidence: Evidence, draw: Random) -> str:
    """Return the words of one run of a task's own, as they stand in it."""
    first, end = evidence.index.task_starts[task : task + 2]
    at = draw.choice(np.flatnonzero(evidence.begins_own_run[first:end]).tolist())
    words = tokens(text)
    return text[words[at].start : words[at + int(evidence.run_sizes[task]) - 1].end]


def _planted(record: bytes, sample: _Sample, change: Callable[[str], str]) -> bytes | None:
    """Return a record with its longest text changed; None when it is not JSON."""
    if not sample.is_json:
        return change(record.decode(errors="replace")).encode(errors="replace")
    try:
        value = json.loads(record)
    except (ValueError, RecursionError):
        return None
    selected = value
    if sample.fields is not None:
        members = value if isinstance(value, dict) else {}
        selected = {name: members[name] for name in members if name in sample.fields}
    holder, key = _longest(selected)
    if holder is None:
        value = {(sample.fields or ("text",))[0]: change("")}
    else:
        holder[key] = change(holder[key])
        if selected is not value:
            value |= selected
    return json.dumps(value, ensure_ascii=len(record) % 2 == 0).encode(errors="replace")


def _longest(value: Any) -> tuple[Any, Any]:
    """Return the container and the key of the longest string below a value; None when none is."""
    best: tuple[Any, Any] = (None, None)
    waiting = [value] if isinstance(value, dict | list) else []
    while waiting:
        item = waiting.pop()
        members = item.items() if isinstance(item, dict) else enumerate(item)
        for key, held in members:
            if isinstance(held, str) and (best[0] is None or len(held) > len(best[0][best[1]])):
                best = item, key
            elif isinstance(held, dict | list):
                waiting.append(held)
    return best


def _found(scanner: Scanner, sample: _Sample, records: Sequence[bytes]) -> set[tuple[int, int]]:
    """Return (number of the record, task) of every pair that is found."""
    if sample.is_json:
        data = b"\n".join(records)
        block = np.frombuffer(data + bytes(PADDING), np.uint8)

        def scan(engine: Engine) -> BlockResult:
            return engine.scan_lines(block, len(data), sample.fields)

        def text_of(record: int, _: int) -> str:
            return record_text(records[record], sample.fields)
    else:
        block = np.frombuffer(b"".join((*records, bytes(PADDING))), np.uint8)
        offsets = np.cumsum([0, *map(len, records)])

        def scan(engine: Engine) -> BlockResult:
            return engine.scan_rows(block, offsets)

        def text_of(record: int, _: int) -> str:
            return records[record].decode(errors="replace")

    pairs = scanner.evidence.pairs(scan(scanner.engine))
    if scanner.recall is not None:
        pairs = joined(pairs, scanner.recall.contained(scan, text_of))
    return set(zip(pairs.record.tolist(), pairs.task.tolist(), strict=True))


def _inside(old: str, text: str) -> str:
    middle = old.find(" ", len(old) // 2)
    middle = middle if middle >= 0 else len(old)
    return f"{old[:middle]} {text} {old[middle:]}"


def _tenth_edited(text: str) -> str:
    return " ".join("edited" if at % 10 == 5 else word for at, word in enumerate(text.split()))


def _halves_swapped(text: str) -> str:
    words = text.split()
    return " ".join([*words[len(words) // 2 :], *words[: len(words) // 2]])


_CHANGES: dict[str, Callable[..., str]] = {
    "copy": lambda old, text: text,
    "case_and_punctuation": lambda old, text: f"... {text.upper()} !".replace(" ", " , "),
    "embedded": _inside,
    "one_run": _inside,
    "short_task": _inside,
    "tenth_edited": lambda old, text: _inside(old, _tenth_edited(text)),
    "halves_swapped": lambda old, text: _inside(old, _halves_swapped(text)),
}
