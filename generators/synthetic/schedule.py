"""Who writes which candidate: lineages rotate over the cells, and the schedule is fixed in advance.

The order depends on names alone, never on which reply came first, so that a resumed run asks the
same models the same things.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from benchwright.canonical import sha256_hex


class Named(Protocol):
    """Anything with a model's name."""

    @property
    def model(self) -> str:
        """The requested name."""
        ...


M = TypeVar("M", bound=Named)


def author_order(cell: str, models: Sequence[M]) -> list[M]:
    """Return the models in the order in which they write for a cell: by sha256(cell, model)."""
    return sorted(models, key=lambda item: sha256_hex(f"{cell}\x1f{item.model}"))


def author_of(
    cell: str, index: int, models: Sequence[M], *, barred: frozenset[str] = frozenset()
) -> M | None:
    """Return who writes candidate `index` of a cell; None where everybody is barred."""
    order = [item for item in author_order(cell, models) if item.model not in barred]
    return order[index % len(order)] if order else None


def over_share(
    accepted: Mapping[str, Sequence[str]], *, wanted: int, max_share: float
) -> frozenset[str]:
    """Return the lineages that have as many of a cell's accepted rows as their share allows.

    Args:
        accepted: The lineages of each accepted row of the cell, by row.
        wanted: Accepted rows that the cell is to have.
        max_share: Most of them that one lineage may write.
    """
    counts = Counter(lineage for lineages in accepted.values() for lineage in set(lineages))
    most = max(1, int(wanted * max_share))
    return frozenset(lineage for lineage, count in counts.items() if count >= most)
