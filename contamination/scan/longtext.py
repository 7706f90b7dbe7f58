"""One record that is longer than a block: its hits are gathered over blocks, then quoted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import PADDING, BlockResult, Engine, Ints
from benchwright.contamination.scan.evidence import Evidence, Pairs
from benchwright.contamination.scan.quoting import quote
from benchwright.contamination.scan.reading import Source, TextBlock
from benchwright.verdicts import Excerpt

_LEAD_BYTES = 320
_WINDOW_BYTES = 2_400
_READ_BYTES = 2**18
_PIECE_BYTES = 2**14
_SPACES = b" \n\t\r\v\f"


class LongText:
    """The distinct runs met in a text so far, with the first byte of the first place of each."""

    def __init__(self, engine: Engine, evidence: Evidence) -> None:
        self._engine = engine
        self._evidence = evidence
        self._first: dict[int, int] = {}

    def take(self, text_block: TextBlock) -> int:
        """Scan the next block; return how many tokens it adds."""
        block = text_block.block
        found = self._engine.scan_rows(block.data, np.array([0, block.size], np.int64))
        slots, at = np.unique(found.hit_slot, return_index=True)
        fresh: dict[int, list[int]] = {}
        for slot, place in zip(slots.tolist(), at.tolist(), strict=True):
            if slot not in self._first:
                fresh.setdefault(int(found.hit_token[place]), []).append(slot)
        data = bytes(block.raw[: block.size]) if fresh else b""
        wanted = sorted(fresh)
        for token, byte in zip(wanted, token_bytes(data, wanted), strict=True):
            for slot in fresh[token]:
                self._first[slot] = block.first_byte + byte
        return found.tokens - text_block.repeated_tokens

    def result(self) -> BlockResult:
        """Return the text as a block of one record; the first byte of a hit is that of its run."""
        slots = np.array(sorted(self._first), np.int64)
        nothing = np.zeros(len(slots), np.int64)
        return BlockResult(
            records=1,
            tokens=0,
            without_field=0,
            blank_lines=0,
            failed=(),
            hit_record=nothing,
            hit_begin=np.array([self._first[slot] for slot in slots.tolist()], np.int64),
            hit_token=nothing,
            hit_slot=slots,
        )

    def pairs(self, found: BlockResult) -> tuple[Pairs, Ints]:
        """Return the tasks that the text holds, and the first byte of the first run of each."""
        pairs = self._evidence.pairs(found)
        index = self._evidence.index
        is_own = ~self._evidence.is_passage[found.hit_slot]
        first = np.full(index.tasks, np.iinfo(np.int64).max)
        for slot, byte in zip(found.hit_slot[is_own], found.hit_begin[is_own], strict=True):
            held = index.holder_task[index.slot_starts[slot] : index.slot_starts[slot + 1]]
            first[held] = np.minimum(first[held], byte)
        return pairs, first[pairs.task]

    def windows(self, source: Source, at: Ints) -> "Windows":
        """Read what stands around some bytes of the text."""
        cut = [(max(0, byte - _LEAD_BYTES), byte, byte + _WINDOW_BYTES) for byte in at.tolist()]
        held = [bytearray() for _ in cut]
        buffer = bytearray(_READ_BYTES)
        offset = 0
        while count := source.readinto(memoryview(buffer)):
            for window, (begin, _, end) in zip(held, cut, strict=True):
                if begin < offset + count and end > offset:
                    window += buffer[max(0, begin - offset) : min(count, end - offset)]
            offset += count
        rows = [
            _trimmed(bytes(w), byte - begin) for w, (begin, byte, _) in zip(held, cut, strict=True)
        ]
        data = np.frombuffer(b"".join((*rows, bytes(PADDING))), np.uint8)
        found = self._engine.scan_rows(data, np.cumsum([0, *map(len, rows)]))
        return Windows(rows=rows, found=found, evidence=self._evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Cuts of a text, one for each pair."""

    rows: Sequence[bytes]
    found: BlockResult
    evidence: Evidence

    def quoted(self, row: int, task: int) -> Excerpt | None:
        """Return a cut with what it shares with a task; None when no run fits into it."""
        [(_, ranges)] = self.evidence.shared_ranges(self.found, np.array([row]), np.array([task]))
        return quote(self.rows[row].decode(errors="replace"), ranges) if ranges else None


def token_bytes(data: bytes, wanted: Sequence[int]) -> list[int]:
    """Return where the tokens of some numbers, in order, begin in UTF-8 text."""
    places: list[int] = []
    number = 0
    for begin, end in pairwise(_cuts(data)):
        if len(places) == len(wanted):
            break
        text = data[begin:end].decode(errors="surrogateescape")
        held = tokens(text)
        while len(places) < len(wanted) and wanted[len(places)] < number + len(held):
            start = held[wanted[len(places)] - number].start
            places.append(begin + len(text[:start].encode(errors="surrogateescape")))
        number += len(held)
    return places


def _cuts(data: bytes) -> list[int]:
    """Return where a text can be cut between words into pieces of about 16 KiB, both ends too."""
    cuts = [0]
    while cuts[-1] < len(data):
        end = cuts[-1] + _PIECE_BYTES
        while end < len(data) and data[end] not in _SPACES:
            end += 1
        cuts.append(min(end, len(data)))
    return cuts


def _trimmed(window: bytes, at: int) -> bytes:
    """Return a window without the half words at its ends; byte `at` stays."""
    begin = next((i for i in range(at) if window[i] in _SPACES), at)
    end = next((i for i in range(len(window) - 1, at, -1) if window[i] in _SPACES), len(window))
    is_whole = len(window) < at + _WINDOW_BYTES
    return window[begin : len(window) if is_whole else end]
