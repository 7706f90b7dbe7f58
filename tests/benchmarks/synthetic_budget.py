"""Does a whole build keep its cap, stop cleanly, and go on with a higher one to the same bytes?

Two authors and three judges of random prices, under a random cap between nothing and twice what the
build needs, with 1, 3 or 16 calls at once, half of the builds with a fault at every tenth call. The
endpoint keeps a book of its own, so that "spent" is checked against what was really charged.

Run: .venv/bin/python tests/benchmarks/synthetic_budget.py [BUILDS] [FIRST SEED]
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.core.pipeline.budget_runs import actors, one_outcome


def main() -> None:
    """Print the sums over all builds; exit with 1 unless every one kept its cap and went on."""
    builds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    bad: Counter[str] = Counter()
    stopped = 0
    used: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        answer = actors(Path(name) / "actors")
        for number in range(first, first + builds):
            found = one_outcome(number, Path(name) / str(number), answer)
            stopped += found.stopped is not None
            if found.stopped is not None and found.cap:
                used.append(found.spent / found.cap)
            bad["spent above the cap"] += found.spent > found.cap
            bad["billed more than the ledger says"] += found.billed > found.spent
            bad["left something reserved"] += found.reserved != 0
            bad["stopped without a hint"] += found.stopped is not None and (
                "raise budget.max_usd" not in found.stopped.fix
            )
            bad["neither stopped nor released"] += found.released == (found.stopped is not None)
            bad["paid for a reply twice"] += found.repeated > 0
            bad["ended in other bytes"] += not found.same_bytes
    used.sort()
    print(
        f"{builds} builds: {stopped} stopped at the cap and went on, "
        f"{builds - stopped} ended under it"
    )
    if used:
        print(f"of the cap was spent at the stop: median {used[len(used) // 2]:.0%}")
    for text, count in bad.items():
        print(f"{text}: {count}")
    sys.exit(1 if any(bad.values()) else 0)


if __name__ == "__main__":
    main()
