"""The tasks of a benchmark as the checks see them, before they are written as a release.

A task gives the item that `contamination check` reads from its row, so that a build and a stranger
compare the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from benchwright.accepted import AcceptedFindings
from benchwright.canonical import canonical_json, sha256_hex
from benchwright.contamination.accepted import Accepted
from benchwright.contamination.clusters import ClusterRow, cluster_rows, to_row
from benchwright.contamination.house_rules import PoolView, house_rules, shared_texts
from benchwright.contamination.items import Item
from benchwright.contamination.near_kin import near_kin
from benchwright.contamination.views import to_view
from benchwright.errors import Place
from benchwright.kinship import lineage_names, slot_names
from benchwright.tasks import Task

ACCEPTED_FILE = "accepted_passages.yaml"


def task_item(task: Task) -> Item:
    """Return a task as an item: its input, its reference, and what it shares with its kin."""
    return Item(
        id=task.id,
        place=Place(),
        input=task.input,
        lineage=lineage_names(task),
        output=task.reference,
        names=slot_names(task.provenance.slots),
        record=task.model_dump(mode="json", exclude_none=True),
    )


def accept(findings: AcceptedFindings) -> Accepted:
    """Return house rules as the checks read them; they never expire."""
    values = findings.model_dump(mode="json")
    return Accepted(
        file=ACCEPTED_FILE,
        sha256=sha256_hex(canonical_json(values)),
        findings=findings,
        today=date.max,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolKin:
    """What the split needs of a pool: its rows with all their keys, and the house rules."""

    rows: tuple[ClusterRow, ...]
    accepted: AcceptedFindings


def pool_kin(
    tasks: Iterable[Task],
    *,
    run_words: int,
    min_jaccard: float,
    wording: Mapping[str, str] | None = None,
    pack: str = "",
    accepted: AcceptedFindings | None = None,
) -> PoolKin:
    """Return the tasks of a pool with what each shares with its kin.

    Args:
        tasks: The pool, in any order.
        run_words: Words in a shared run.
        min_jaccard: Smallest Jaccard similarity of a near-duplicate.
        wording: Texts of the pack and where each stands; what the house rules are found from.
        pack: The name of the pack.
        accepted: The house rules, where they are known already.
    """
    ordered = sorted(tasks, key=lambda task: task.id)
    rows = [to_row(task) for task in ordered]
    pool = _pool(ordered, rows)
    if accepted is None:
        accepted = house_rules(pool, wording or {}, pack=pack, run_words=run_words)
    views = [entry.view for entry in pool]
    keys = near_kin(views, accept(accepted), run_words=run_words, min_jaccard=min_jaccard)
    return PoolKin(
        rows=tuple(
            replace(row, keys=(*row.keys, *more)) for row, more in zip(rows, keys, strict=True)
        ),
        accepted=accepted,
    )


def shared_by_kin(
    tasks: Iterable[Task], accepted: AcceptedFindings, *, run_words: int
) -> frozenset[str]:
    """Return the passages that stand in tasks of at least two groups of kin."""
    ordered = sorted(tasks, key=lambda task: task.id)
    pool = _pool(ordered, [to_row(task) for task in ordered])
    texts = tuple(passage.text for passage in accepted.passages)
    return frozenset(shared_texts(pool, texts, run_words=run_words))


def _pool(tasks: Sequence[Task], rows: Sequence[ClusterRow]) -> list[PoolView]:
    group_of = {
        task_id: number
        for number, cluster in enumerate(cluster_rows(rows))
        for task_id in cluster.ids
    }
    return [
        PoolView(
            view=to_view(task_item(task)),
            group=group_of[task.id],
            from_template=task.provenance.template is not None,
        )
        for task in tasks
    ]
