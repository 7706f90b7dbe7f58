"""Which tasks are labelled: a seeded draw over accepts and rejects, whatever their order.

A sample of accepts alone cannot say how often a judge refuses what is good, so each side gives
half, and the other side fills what one cannot.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError

Side = Literal["accepted", "rejected", "unknown"]
SIDES: tuple[Side, ...] = ("accepted", "rejected", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The ids that were drawn, sorted, with how many of each side there were and were taken."""

    ids: tuple[str, ...]
    taken: dict[Side, int]
    found: dict[Side, int]


def draw(sides: Iterable[tuple[str, Side]], *, count: int, seed: int) -> Drawn:
    """Return a sample of `count` tasks, or all where there are fewer.

    Args:
        sides: The id of each task, and what the gate decided; `unknown` where nobody says.
        count: Tasks wanted.
        seed: Another seed draws others; the order of `sides` changes nothing.

    Raises:
        ConfigError: If `count` is below 1.
    """
    if count < 1:
        raise ConfigError(f"count is {count}", fix="draw at least 1 task")
    ids: dict[Side, set[str]] = {side: set() for side in SIDES}
    for task_id, side in sides:
        ids[side].add(task_id)
    found: dict[Side, int] = {side: len(ids[side]) for side in SIDES if ids[side]}
    wanted = _shares(found, count)
    taken = {
        side: heapq.nsmallest(share, ids[side], key=lambda name: sha256_hex(f"{seed}\x1f{name}"))
        for side, share in wanted.items()
    }
    return Drawn(
        ids=tuple(sorted(name for names in taken.values() for name in names)),
        taken={side: len(names) for side, names in taken.items()},
        found=found,
    )


def _shares(found: dict[Side, int], count: int) -> dict[Side, int]:
    """Divide evenly; what a side lacks goes to those that have more, smallest side first."""
    shares: dict[Side, int] = {}
    left = count
    by_size = sorted(found, key=lambda side: (found[side], SIDES.index(side)))
    for index, side in enumerate(by_size):
        shares[side] = min(found[side], left // (len(by_size) - index))
        left -= shares[side]
    return {side: shares[side] for side in SIDES if side in shares}
