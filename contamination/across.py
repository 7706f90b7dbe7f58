"""Does a task of one split stand, in whole or in kind, in another? The checks of
`contamination check`, over every pair of splits, with the house rules left out.

`containment`, which takes minutes where the others take seconds, is left to `contamination check`;
`canary` has nothing to look for before the release is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from benchwright.accepted import AcceptedFindings
from benchwright.contamination.answers import AnswerInspector
from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.inspection import inspection_run
from benchwright.contamination.items import Item
from benchwright.contamination.pool import accept, task_item
from benchwright.contamination.sources import Loaded
from benchwright.errors import InputError
from benchwright.findings import Side
from benchwright.tasks import Task
from benchwright.verdicts import CheckRun, ContaminationReport

CHECKS = ("exact", "ngram", "minhash", "masked", "lineage")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcrossSettings:
    """How the splits are compared: words in a shared run, and the least Jaccard similarity."""

    run_words: int = 8
    min_jaccard: float = 0.8


def check_across_splits(
    rows: Iterable[tuple[str, Task]],
    *,
    splits: Sequence[str],
    seed: int,
    accepted: AcceptedFindings,
    settings: AcrossSettings,
) -> ContaminationReport:
    """Compare every pair of splits, and look for answers in the inputs of every split.

    Args:
        rows: (split, task) of every task; read once.
        splits: Names of all splits, those that models may learn from first.
        seed: Decides which tasks plants are made of.
        accepted: The house rules.
        settings: Parameters of the checks.

    Returns:
        One run per check and pair, the later split as the test side, and one `answer` run per
        split. A run with nothing to compare, or whose plants were missed, is inconclusive.

    Raises:
        InputError: If a task stands in a split that is not named.
    """
    items: dict[str, list[Item]] = {split: [] for split in splits}
    for split, task in rows:
        if split not in items:
            raise InputError(
                f"task {task.id} stands in split {split!r}, which is not one of the benchmark's",
                fix="split the tasks again",
            )
        items[split].append(task_item(task))
    sides = {split: _loaded(held) for split, held in items.items()}
    house_rules = accept(accepted)
    runs: list[CheckRun] = []
    for train, test in combinations(splits, 2):
        detectors, _ = choose_detectors(
            CHECKS, run_words=settings.run_words, min_jaccard=settings.min_jaccard
        )
        report = check_sides(
            sides[test],
            sides[train],
            detectors=detectors,
            required=CHECKS,
            seed=seed,
            accepted=house_rules,
        )
        scope = f"{test} x {train}"
        runs += [run.model_copy(update={"scope": scope}) for run in report.contamination.runs]
    runs += [
        inspection_run(
            AnswerInspector(), items[split], (), scope=split, seed=seed, is_required=False
        )
        for split in splits
    ]
    return ContaminationReport(runs=tuple(runs))


def _loaded(items: Sequence[Item]) -> Loaded:
    """Return a split as a side; its role changes from pair to pair, and only its items are read."""
    side = Side(role="test", files=(), rows=len(items), field_map={})
    return Loaded(items=tuple(sorted(items, key=lambda item: item.id)), side=side)
