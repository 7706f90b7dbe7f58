"""Read the scores of two conditions, find who is kin to whom, and compare them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from benchwright.errors import InputError, Place
from benchwright.pipeline.kin import read_clusters
from benchwright.statistics.compare import ConditionComparison, compare_conditions
from benchwright.statistics.conditions import Condition, read_condition


def compare_files(
    a: Path, b: Path, *, tasks: Path | None, pass_score: float | None, seed: int
) -> ConditionComparison:
    """Compare the scores of two files.

    Args:
        a: Scores of the base.
        b: Scores of what is compared with it.
        tasks: The tasks that were scored, which say who is kin to whom.
        pass_score: The score from which an output passes; None takes what the files say.
        seed: Of the bootstrap.

    Raises:
        InputError: If a file cannot be read, or the two disagree on a task's cluster.
    """
    first, second = (_with_passes(read_condition(path), pass_score) for path in (a, b))
    if first.name == second.name:
        first = replace(first, name=f"{first.name} (A)")
        second = replace(second, name=f"{second.name} (B)")
    clusters, clusters_from = _clusters(first, second, tasks, b)
    return compare_conditions(
        first, second, clusters=clusters, clusters_from=clusters_from, seed=seed
    )


def _with_passes(condition: Condition, pass_score: float | None) -> Condition:
    if pass_score is None:
        return condition
    rows = {
        task_id: replace(row, passed=row.score >= pass_score) if row.score is not None else row
        for task_id, row in condition.rows.items()
    }
    return replace(condition, rows=rows)


def _clusters(
    first: Condition, second: Condition, tasks: Path | None, place: Path
) -> tuple[Mapping[str, str], Literal["tasks", "files", "nobody"]]:
    ids = sorted(first.rows.keys() | second.rows.keys())
    if tasks is not None:
        known = read_clusters(tasks)
        strange = [task_id for task_id in ids if task_id not in known]
        if strange:
            raise InputError(
                f"{len(strange)} scored tasks are not among these tasks, such as {strange[0]!r}",
                fix="give the tasks that were scored with --tasks",
                place=Place(file=str(tasks)),
            )
        return known, "tasks"
    stated: dict[str, str] = {}
    for row in (*first.rows.values(), *second.rows.values()):
        if row.cluster is None:
            continue
        if stated.setdefault(row.task_id, row.cluster) != row.cluster:
            raise InputError(
                f"task {row.task_id} is in cluster {stated[row.task_id]!r} and {row.cluster!r}",
                fix="write the same cluster for a task in both files",
                place=Place(file=str(place), field="cluster"),
            )
    missing = [task_id for task_id in ids if task_id not in stated]
    if stated and missing:
        raise InputError(
            f"{len(missing)} of {len(ids)} tasks have no cluster, such as {missing[0]!r}",
            fix="write a cluster for every task, or for none",
            place=Place(file=str(place), field="cluster"),
        )
    return (stated, "files") if stated else ({task_id: task_id for task_id in ids}, "nobody")
