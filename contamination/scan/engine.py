"""What a scan engine is given and what it returns; two engines keep this contract.

`reference` is plain Python, `compiled` is numba over raw bytes; a test holds their results equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

MAX_DEPTH = 512
"""JSON nested deeper than this is not read: the record counts as failed."""

PADDING = 64
"""Bytes that must follow the data in a block's array; their values do not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecord:
    """A record that could not be read: its number and first byte in the block, and why."""

    record: int
    begin: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockResult:
    """What stands in one block.

    The four arrays have one entry per shared run, in order of the run's last token; every run was
    compared word by word. A failed record has no entry.

    Attributes:
        records: Records met, failed ones too; blank lines are none.
        tokens: Folded tokens of the records that were read.
        without_field: Records that were read and hold none of the selected fields.
        blank_lines: Lines that hold no record; without any, record n stands in line n.
        failed: Records that could not be read.
        hit_record: Number of the record in the block, from 0.
        hit_begin: First byte of that record in the block (its number again, for rows).
        hit_token: Number of the run's first token in the record, from 0.
        hit_slot: Which run of the index it is.
    """

    records: int
    tokens: int
    without_field: int
    blank_lines: int
    failed: tuple[FailedRecord, ...]
    hit_record: Ints
    hit_begin: Ints
    hit_token: Ints
    hit_slot: Ints


class Engine(Protocol):
    """Finds the runs of one index in blocks; safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """Return the name that reports carry."""
        ...

    def scan_lines(self, block: Bytes, size: int, fields: Sequence[str] | None) -> BlockResult:
        """Scan JSON Lines.

        A record's text is every string and number in it, keys left out, in document order, one
        stream of tokens; with `fields`, only what stands under these keys of the outermost object.

        Args:
            block: At least `size + PADDING` bytes; the first `size` are whole lines.
            size: Bytes of lines; the last line may lack its line feed.
            fields: Keys of the outermost object; None for all.
        """
        ...

    def scan_rows(self, data: Bytes, offsets: Ints) -> BlockResult:
        """Scan texts in UTF-8; row i is data[offsets[i]:offsets[i + 1]], one record each.

        Bytes that are not UTF-8 separate words. `data` must have PADDING bytes after the last row.
        """
        ...
