"""One side's record as the detectors see it, whatever file it came from."""

from dataclasses import dataclass
from typing import Any

from benchwright.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task or training record.

    Attributes:
        id: As mapped; else `NAME:LINE`. Unique on its side: a repeated id gets `#2`, `#3`, ...
        place: File and 1-based line (row) it was read from.
        input: What the model sees: any JSON value.
        lineage: Names it may share with its kin (trace, probe, company, parent, seed).
    """

    id: str
    place: Place
    input: Any
    lineage: tuple[str, ...] = ()
