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
        output: Its reference, answer or label: any JSON value; None where none is mapped.
        event_dates: When what it tells happened, as written.
        as_of: The date it claims to be written at, as written.
        canaries: Canary texts of its benchmark.
        names: Company, person and place names that a template would fill in.
        record: The whole record it was read from.
    """

    id: str
    place: Place
    input: Any
    lineage: tuple[str, ...] = ()
    output: Any = None
    event_dates: tuple[str, ...] = ()
    as_of: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    record: Any = None
