"""One side's record as the detectors see it, whatever file it came from."""

from dataclasses import dataclass, field
from typing import Any

from benchwright.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task or training record.

    Attributes:
        id: As mapped; else `NAME:LINE`. Unique on its side: a repeated id gets `#2`, `#3`, ...
        place: File and 1-based line (row) it was read from.
        input: What the model sees: any JSON value.
        output: What it should answer: any JSON value; None when there is none.
        lineage: Names it may share with its kin (trace, probe, company, parent, seed).
        names: Company and person names known from provenance, masked by the masked view.
        dates: Mapped dates by role (`event`, `as_of`, `release`, `created`), as written.
        record: The whole record, for the canary and the label checks.
    """

    id: str
    place: Place
    input: Any
    output: Any = None
    lineage: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    dates: dict[str, str] = field(default_factory=dict)
    record: Any = None
