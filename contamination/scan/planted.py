"""Copies of tasks hidden in records of this corpus: what share of them does the scan find?

Records are drawn from every shard and copied; the copies are changed, scanned by the same engine
and judged by the same evidence, and written nowhere. A compressed shard gives records of its
first 4 MiB, any other of its whole length.
"""

import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import PADDING
from benchwright.contamination.scan.evidence import Evidence
from benchwright.contamination.scan.parquet import Rows, row_blocks, row_groups
from benchwright.contamination.scan.reading import Block, PieceHash, line_blocks, open_source
from benchwright.contamination.scan.shards import Shard, Unit
from benchwright.contamination.scan.units import Scanner
from benchwright.scans import PlantRecall
from benchwright.seeds import seeded_random
from benchwright.verdicts import PlantTally

MIN_RECORDS, MAX_RECORDS = 8, 64
BYTES_PER_RECORD = 2**17
MAX_RECORD_BYTES = 64 * 2**10
MAX_TASK_CHARACTERS = 20_000
KINDS = ("copy", "case_and_punctuation", "embedded", "one_run", "short_task")
_WINDOWS, _WINDOW_BYTES, _HEAD_BYTES = 8, 2**18, 2**22
_TEXT_ROW_BYTES = 2_000
_Z_95 = 1.959964


def plant_tallies(scanner: Scanner, shard: Shard, seed: int) -> tuple[PlantTally, ...]:
    """Hide copies in records of a shard, and count how many of them are found.

    Raises:
        ShardError: If the shard cannot be read.
    """
    draw = seeded_random(seed, "scan plants", shard.path.name, shard.bytes)
    held = sorted(set(_sample(scanner, shard, draw)))
    wanted = min(MAX_RECORDS, max(MIN_RECORDS, shard.bytes // BYTES_PER_RECORD))
    records = draw.sample(held, min(wanted, len(held)))
    plants = list(_plants(scanner, shard, records, draw))
    found = _found(scanner, shard, [record for _, _, record in plants])
    planted: Counter[str] = Counter(kind for kind, _, _ in plants)
    hits = Counter(kind for at, (kind, task, _) in enumerate(plants) if (at, task) in found)
    return tuple(
        PlantTally(kind=kind, planted=planted[kind], found=hits[kind])
        for kind in KINDS
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
    for kind in KINDS:
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


def wilson(found: int, tried: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    share, square = found / tried, _Z_95**2
    middle = share + square / (2 * tried)
    spread = _Z_95 * math.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    scale = 1 + square / tried
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _sample(scanner: Scanner, shard: Shard, draw: Random) -> Iterator[bytes]:
    if shard.format == "parquet":
        group = draw.randrange(row_groups(shard.path))
        block = next(iter(row_blocks(shard.path, group, group + 1, scanner.fields)), None)
        if isinstance(block, Rows):
            cuts = block.offsets.tolist()
            yield from (block.data[a:b].tobytes() for a, b in pairwise(cuts) if b - a <= 2**16)
        elif isinstance(block, Block):
            yield from bytes(block.raw[: block.size]).split(b"\n")
        return
    for window in _windows(shard, draw):
        if shard.format == "lines":
            yield from (w for w in window.split(b"\n") if 0 < len(w) <= MAX_RECORD_BYTES)
        else:
            yield from (
                window[at : at + _TEXT_ROW_BYTES] for at in range(0, len(window), _TEXT_ROW_BYTES)
            )


def _windows(shard: Shard, draw: Random) -> Iterator[bytes]:
    """Yield parts of a shard; of a part that begins inside it, the first line is left out."""
    if shard.packing != "plain":
        unit = Unit(shard=0, number=0, begin=0, end=1)
        with open_source(shard, unit, PieceHash()) as source:
            blocks = line_blocks(source, block_bytes=_HEAD_BYTES, max_line_bytes=_HEAD_BYTES)
            block = next(blocks, None)
            if isinstance(block, Block):
                yield bytes(block.raw[: block.size])
        return
    starts = [0]
    if shard.bytes > _WINDOWS * _WINDOW_BYTES:
        starts = sorted(draw.randrange(shard.bytes - _WINDOW_BYTES) for _ in range(_WINDOWS))
    with shard.path.open("rb", buffering=0) as raw:
        size = shard.bytes if len(starts) == 1 else _WINDOW_BYTES
        for start in starts:
            data = os.pread(raw.fileno(), size, start)
            end = data.rfind(b"\n") if start + size < shard.bytes else len(data)
            yield data[data.find(b"\n") + 1 if start else 0 : max(0, end)]


def _plants(
    scanner: Scanner, shard: Shard, records: Sequence[bytes], draw: Random
) -> Iterator[tuple[str, int, bytes]]:
    """Yield kind, task and changed record."""
    evidence = scanner.evidence
    able = np.flatnonzero(evidence.has_own_run).tolist()
    able = [t for t in able if len(scanner.texts[t]) <= MAX_TASK_CHARACTERS] or able
    short = [t for t in able if evidence.run_sizes[t] < evidence.index.run_words]
    long = [t for t in able if evidence.run_sizes[t] == evidence.index.run_words]
    for record in records:
        for kind in KINDS:
            tasks = {"short_task": short, "one_run": long}.get(kind, able)
            if not tasks:
                continue
            task = draw.choice(tasks)
            text = scanner.texts[task]
            if kind == "one_run":
                text = _one_run(text, task, evidence, draw)
            changed = _planted(record, shard, scanner.fields, lambda old: _CHANGES[kind](old, text))  # noqa: B023
            if changed is not None:
                yield kind, task, changed


def _one_run(text: str, task: int, evidence: Evidence, draw: Random) -> str:
    """Return the words of one run of a task's own, as they stand in it."""
    own = evidence.own_tokens
    first, end = evidence.index.task_starts[task : task + 2]
    low, high = np.searchsorted(own, [first, end])
    at = int(own[draw.randrange(int(low), int(high))] - first)
    words = tokens(text)
    return text[words[at].start : words[at + int(evidence.run_sizes[task]) - 1].end]


def _planted(
    record: bytes, shard: Shard, fields: Sequence[str] | None, change: Callable[[str], str]
) -> bytes | None:
    """Return a record with its longest text changed; None when it is not JSON."""
    if shard.format == "text" or (shard.format == "parquet" and not record.startswith(b"{")):
        return change(record.decode(errors="replace")).encode(errors="replace")
    try:
        value = json.loads(record)
    except (ValueError, RecursionError):
        return None
    named = fields if shard.format == "lines" else None
    if named is not None and isinstance(value, dict):
        selected: Any = {key: value[key] for key in value if key in named}
    else:
        selected = value if named is None else {}
    holder, key = _longest(selected)
    if holder is None:
        value = {(named or ("text",))[0]: change("")}
    else:
        holder[key] = change(holder[key])
        if named is not None:
            value |= selected
    return json.dumps(value, ensure_ascii=len(record) % 2 == 0).encode(errors="replace")


def _longest(value: Any) -> tuple[Any, Any]:
    """Return the container and the key of the longest string below a value; None when none is."""
    best: tuple[Any, Any] = (None, None)
    waiting = [value]
    while waiting:
        item = waiting.pop()
        members = item.items() if isinstance(item, dict) else enumerate(item)
        for key, held in members:
            if isinstance(held, str) and (best[0] is None or len(held) > len(best[0][best[1]])):
                best = item, key
            elif isinstance(held, dict | list):
                waiting.append(held)
    return best


def _found(scanner: Scanner, shard: Shard, records: Sequence[bytes]) -> set[tuple[int, int]]:
    """Return (number of the record, task) of every pair that is found."""
    if shard.format == "lines" or (
        records and shard.format == "parquet" and records[0][:1] == b"{"
    ):
        data = b"\n".join(records)
        block = np.frombuffer(data + bytes(PADDING), np.uint8)
        fields = scanner.fields if shard.format == "lines" else None
        found = scanner.engine.scan_lines(block, len(data), fields)
    else:
        block = np.frombuffer(b"".join((*records, bytes(PADDING))), np.uint8)
        found = scanner.engine.scan_rows(block, np.cumsum([0, *map(len, records)]))
    pairs = scanner.evidence.pairs(found)
    return set(zip(pairs.record.tolist(), pairs.task.tolist(), strict=True))


def _inside(old: str, text: str) -> str:
    middle = old.find(" ", len(old) // 2)
    middle = middle if middle >= 0 else len(old)
    return f"{old[:middle]} {text} {old[middle:]}"


_CHANGES: dict[str, Callable[[str, str], str]] = {
    "copy": lambda _, text: text,
    "case_and_punctuation": lambda _, text: f"... {text.upper()} !".replace(" ", " , "),
    "embedded": _inside,
    "one_run": _inside,
    "short_task": _inside,
}
