"""Does a pair share anything with a task that no model may have seen? Against held-out and dev.

The whole text of a pair (prompt, chosen, rejected) is held against the inputs of the other splits
by the checks that the build uses; chosen and rejected, each alone, against their references. House
rules of the pack, which all tasks share, are accepted as in the release.
"""

from collections.abc import Callable, Mapping, Sequence

from benchwright.accepted import AcceptedFindings
from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.items import Item
from benchwright.contamination.pool import accept, task_item
from benchwright.contamination.sources import Loaded
from benchwright.errors import CheckFailedError, Place
from benchwright.findings import Side
from benchwright.kinship import lineage_names, slot_names
from benchwright.pipeline.pair_filters import Pair
from benchwright.tasks import Task
from benchwright.verdicts import CheckRun, ContaminationReport

INPUT_CHECKS = ("exact", "ngram", "minhash", "masked", "lineage")
OUTPUT_CHECKS = ("exact", "minhash")
"""References of one template share whole sentences, so that runs of words say nothing."""


def find_overlaps(
    pairs: Sequence[Pair],
    unseen: Mapping[str, Sequence[Task]],
    *,
    house_rules: AcceptedFindings,
    parameters: ContaminationReport,
    seed: int,
    advance: Callable[[], None] = lambda: None,
) -> tuple[ContaminationReport, dict[str, str]]:
    """Return the checks, and the split that each overlapping pair shares something with.

    Args:
        pairs: Kept so far.
        unseen: The tasks of each split that no model may have seen.
        house_rules: Passages that all tasks may share.
        parameters: The checks of the release, whose parameters are used.
        seed: Decides which tasks plants are made of.
        advance: Called after each of the checks' rounds.

    Raises:
        CheckFailedError: If a check is inconclusive.
    """
    words = _parameter(parameters, "ngram", "run_words", 8)
    jaccard = _parameter(parameters, "minhash", "min_jaccard", 0.8)
    runs: list[CheckRun] = []
    found: dict[str, str] = {}
    for split, tasks in unseen.items():
        rounds = (
            (INPUT_CHECKS, [task_item(task) for task in tasks], [_whole(pair) for pair in pairs]),
            (OUTPUT_CHECKS, [_reference(task) for task in tasks], _answers(pairs)),
        )
        for checks, test, train in rounds:
            detectors, _ = choose_detectors(
                checks, run_words=int(words), min_jaccard=float(jaccard)
            )
            report = check_sides(
                _side(test, "test"),
                _side(train, "train"),
                detectors=detectors,
                required=checks,
                seed=seed,
                accepted=accept(house_rules),
            )
            what = "inputs" if checks is INPUT_CHECKS else "references"
            for run in report.contamination.runs:
                runs.append(run.model_copy(update={"scope": f"{split} {what} x pairs"}))
                for match in run.matches:
                    found.setdefault(str(match.right_id).partition(":")[0], split)
            advance()
    unsure = [run for run in runs if run.status not in ("clean", "flagged")]
    if unsure:
        raise CheckFailedError(
            f"the check {unsure[0].check} of {unsure[0].scope} is {unsure[0].status}: "
            f"{unsure[0].reason}",
            fix="pairs that nobody could compare are not written; author longer tasks",
        )
    return ContaminationReport(runs=tuple(runs)), found


def _parameter(report: ContaminationReport, check: str, name: str, default: float) -> float:
    stated = (run.params[name] for run in report.runs if run.check == check and name in run.params)
    return float(next(stated, default))


def _whole(pair: Pair) -> Item:
    task = pair.task
    return Item(
        id=pair.id,
        place=Place(),
        input={"prompt": task.input, "chosen": task.reference, "rejected": pair.rejected},
        lineage=lineage_names(task),
        output=task.reference,
        names=slot_names(task.provenance.slots),
    )


def _answers(pairs: Sequence[Pair]) -> list[Item]:
    return [
        Item(id=f"{pair.id}:{name}", place=Place(), input=output)
        for pair in pairs
        for name, output in (("chosen", pair.task.reference), ("rejected", pair.rejected))
    ]


def _reference(task: Task) -> Item:
    return Item(id=task.id, place=Place(), input=task.reference)


def _side(items: Sequence[Item], role: str) -> Loaded:
    ordered = tuple(sorted(items, key=lambda item: item.id))
    side = Side.model_validate({"role": role, "files": (), "rows": len(items), "field_map": {}})
    return Loaded(items=ordered, side=side)
