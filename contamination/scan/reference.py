"""The scan in plain Python: for small corpora, for machines without numba, and as the truth."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import (
    MAX_DEPTH,
    BlockResult,
    Bytes,
    FailedRecord,
    Ints,
)
from benchwright.contamination.scan.index import RunIndex

NOT_JSON = "not JSON"
NOT_UTF8 = "not UTF-8"
TOO_DEEP = f"nested deeper than {MAX_DEPTH}"

_DECODER = json.JSONDecoder(
    object_pairs_hook=lambda members: tuple(map(tuple, members)),
    parse_int=str,
    parse_float=str,
    parse_constant=lambda _: None,
)

Members = tuple[tuple[str, Any], ...]


class ReferenceEngine:
    """Looks every run of every record up in a dictionary."""

    name = "python"

    def __init__(self, index: RunIndex) -> None:
        self._slots = {index.slot_run(slot): slot for slot in range(index.slots)}
        self._sizes = sorted({len(run) for run in self._slots})

    def scan_lines(self, block: Bytes, size: int, fields: Sequence[str] | None) -> BlockResult:
        """Scan JSON Lines; see `Engine`."""
        tally = _Tally()
        begin = 0
        for line in block[:size].tobytes().split(b"\n"):
            if line.strip(b" \t\r"):
                self._scan_line(tally, line, begin, fields)
            elif begin < size:
                tally.blank_lines += 1
            begin += len(line) + 1
        return tally.result()

    def scan_rows(self, data: Bytes, offsets: Ints) -> BlockResult:
        """Scan texts; see `Engine`."""
        tally = _Tally()
        for row in range(len(offsets) - 1):
            text = data[offsets[row] : offsets[row + 1]].tobytes().decode(errors="replace")
            self._scan_text(tally, text, row)
        return tally.result()

    def _scan_line(
        self, tally: "_Tally", line: bytes, begin: int, fields: Sequence[str] | None
    ) -> None:
        try:
            value = _parsed(line)
        except _UnreadableError as error:
            tally.failed.append(FailedRecord(record=tally.records, begin=begin, reason=str(error)))
            tally.records += 1
            return
        selected = _selected(value, fields)
        if fields is not None and selected is None:
            tally.without_field += 1
        self._scan_text(tally, "\n".join(_leaves(selected)), begin)

    def _scan_text(self, tally: "_Tally", text: str, begin: int) -> None:
        words = tuple(token.text for token in tokens(text))
        for end in range(1, len(words) + 1):
            for size in self._sizes:
                slot = self._slots.get(words[end - size : end]) if end >= size else None
                if slot is not None:
                    tally.hits.append((tally.records, begin, end - size, slot))
        tally.records += 1
        tally.tokens += len(words)


def record_text(line: bytes, fields: Sequence[str] | None) -> str:
    """Return the text of a line that `scan_lines` reads: every string and number, one on a line."""
    return "\n".join(_leaves(_selected(_parsed(line), fields)))


class _Tally:
    """What was met so far in one block."""

    def __init__(self) -> None:
        self.records = self.tokens = self.without_field = self.blank_lines = 0
        self.failed: list[FailedRecord] = []
        self.hits: list[tuple[int, int, int, int]] = []

    def result(self) -> BlockResult:
        """Return it as an engine does."""
        hits = np.array(self.hits, np.int64).reshape(-1, 4)
        return BlockResult(
            records=self.records,
            tokens=self.tokens,
            without_field=self.without_field,
            blank_lines=self.blank_lines,
            failed=tuple(self.failed),
            hit_record=hits[:, 0],
            hit_begin=hits[:, 1],
            hit_token=hits[:, 2],
            hit_slot=hits[:, 3],
        )


class _UnreadableError(Exception):
    """A line that is no record."""


def _parsed(line: bytes) -> Any:
    """Return the value of a line: objects as tuples of members, numbers as they are written."""
    try:
        value = _DECODER.decode(line.decode())
    except UnicodeDecodeError as error:
        raise _UnreadableError(NOT_UTF8) from error
    except RecursionError as error:
        raise _UnreadableError(TOO_DEEP) from error
    except ValueError as error:
        raise _UnreadableError(NOT_JSON) from error
    if _depth(value) > MAX_DEPTH:
        raise _UnreadableError(TOO_DEEP)
    return value


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level := [item for item in level if isinstance(item, list | tuple)]:
        deepest += 1
        level = [
            child
            for item in level
            for child in (item if isinstance(item, list) else [held for _, held in item])
        ]
    return deepest


def _selected(value: Any, fields: Sequence[str] | None) -> Any:
    """Return what stands under the selected keys, in document order; None when nothing does."""
    if fields is None:
        return value
    members: Members = value if isinstance(value, tuple) else ()
    held = [item for key, item in members if key in fields]
    return held or None


def _leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, tuple):
            waiting.extend(held for _, held in reversed(item))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
