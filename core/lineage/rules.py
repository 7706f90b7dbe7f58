"""The rules L001 to L010, over what was really served: a log of calls and the gate's decisions.

The same function runs before a release is written and when anybody verifies one, so that the claim
never rests on what a config asked for. A waiver keeps a finding and takes its weight.

Source: Li et al. 2025 (arXiv:2502.01534) for L001 to L007.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from benchwright.calls.log import CallRow
from benchwright.lineage.kinship import Models, RuleId, shared_lineages
from benchwright.lineage.waivers import Waiver, valid_waivers, waived_because
from benchwright.tasks import Record

Severity = Literal["error", "warning"]
MIN_EFFECTIVE_JUDGES = 1.5
WRITING = frozenset({"author", "rewriter", "repairer", "rejected_author"})
JUDGING = frozenset({"judge", "pairwise_judge", "calibration_judge", "pair_judge"})
SEVERITIES: Mapping[RuleId, Severity] = {
    "L001": "error",
    "L002": "error",
    "L003": "error",
    "L004": "error",
    "L005": "error",
    "L006": "error",
    "L007": "warning",
    "L008": "error",
    "L009": "warning",
    "L010": "error",
}


class RuleFinding(Record):
    """One breach of a rule.

    Attributes:
        row: The task it is about; None where it is about the whole set.
        author: The model that wrote, where two share a lineage.
        judge: The model that judged, where two share a lineage.
        waived: The reason of the waiver that covers it; None without one.
    """

    rule: RuleId
    severity: Severity
    row: str | None
    message: str
    author: str | None = None
    judge: str | None = None
    waived: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRow:
    """An accepted task, as the rules see it.

    Attributes:
        row: Its id.
        cell: Its cell in the schedule; empty for tasks that no model wrote.
        call_ids: Calls that wrote it.
        verdict_call_ids: Calls that judged it.
        counted_as_judged: Whether the release counts it as accepted by a model.
    """

    row: str
    cell: str
    call_ids: tuple[str, ...]
    verdict_call_ids: tuple[str, ...]
    counted_as_judged: bool


def find_breaches(
    rows: Sequence[AcceptedRow],
    calls: Iterable[CallRow],
    *,
    models: Models,
    max_lineage_share: float | None,
    student: str | None,
    waivers: Sequence[Waiver],
    today: date | None,
) -> tuple[RuleFinding, ...]:
    """Return every breach, those of a waived rule with the waiver's reason.

    Args:
        rows: Accepted tasks.
        calls: The log; calls that no row names are looked at for names only.
        models: Resolves names, with the project's declarations.
        max_lineage_share: Most of a cell that one author lineage may write; None: an even share
            and a fifth more.
        student: Backbone of the model to be trained, if declared.
        waivers: From the config; one that expired covers nothing.
        today: The day that decides whether a waiver expired; without one none holds.
    """
    by_id = {call.call_id: call for call in calls}
    used = {
        name for row in rows for name in (*row.call_ids, *row.verdict_call_ids) if name in by_id
    }
    found = [
        *_names(by_id.values(), models),
        *_served(row_call for name, row_call in sorted(by_id.items()) if name in used),
        *(breach for row in rows for breach in _kin(row, by_id)),
        *(breach for row in rows for breach in _counted(row, by_id)),
        *_rotation(rows, by_id, max_lineage_share),
        *_panel([by_id[name] for name in sorted(used) if by_id[name].role in JUDGING]),
        *_student(student, [by_id[name] for name in sorted(used)], models),
    ]
    valid = valid_waivers(waivers, today)
    return tuple(
        item.model_copy(
            update={
                "waived": waived_because(valid, item.rule, author=item.author, judge=item.judge)
            }
        )
        for item in sorted(found, key=lambda item: (item.rule, item.row or "", item.message))
    )


def _breach(rule: RuleId, row: str | None, message: str, **pair: str) -> RuleFinding:
    return RuleFinding.model_validate(
        {"rule": rule, "severity": SEVERITIES[rule], "row": row, "message": message, **pair}
    )


def _names(calls: Iterable[CallRow], models: Models) -> Iterator[RuleFinding]:
    """L002 and L003, once per name."""
    for name in sorted({call.requested for call in calls if _is_model(call)}):
        for refusal in models.refusals_of(name):
            yield _breach(refusal.rule, None, refusal.message)


def _served(calls: Iterable[CallRow]) -> Iterator[RuleFinding]:
    """L004: what answered is not what was asked for, by lineage."""
    for call in calls:
        if not _is_model(call):
            continue
        if not call.served_lineage:
            what = (
                f"served {call.served!r}, of unknown lineage" if call.served else "names no model"
            )
            yield _breach("L004", call.row, f"{call.requested!r}: the reply {what}")
        elif not set(call.served_lineage) <= set(call.requested_lineage):
            yield _breach(
                "L004",
                call.row,
                f"{call.requested!r} was asked for, {call.served!r} answered: "
                f"{', '.join(call.served_lineage)} instead of {', '.join(call.requested_lineage)}",
            )


def _kin(row: AcceptedRow, by_id: Mapping[str, CallRow]) -> Iterator[RuleFinding]:
    """L001 and L006: a judge shares a lineage with somebody who touched the row."""
    writers = [by_id[name] for name in row.call_ids if name in by_id]
    judges = [by_id[name] for name in row.verdict_call_ids if name in by_id]
    for judge in judges:
        for writer in writers:
            shared = shared_lineages(_lineages(writer), _lineages(judge))
            if shared and _is_model(judge) and _is_model(writer):
                rule: RuleId = "L006" if judge.role == "pair_judge" else "L001"
                yield _breach(
                    rule,
                    row.row,
                    f"judge {judge.requested!r} and {writer.role} {writer.requested!r} are both "
                    f"{', '.join(shared)}",
                    author=writer.requested,
                    judge=judge.requested,
                )


def _counted(row: AcceptedRow, by_id: Mapping[str, CallRow]) -> Iterator[RuleFinding]:
    """L010: accepted as by a model, and no model judged."""
    if not row.counted_as_judged:
        return
    judges = [by_id[name] for name in row.verdict_call_ids if name in by_id]
    if len(judges) < len(row.verdict_call_ids):
        yield _breach("L010", row.row, "a verdict has no call in the log")
    if not any(_is_model(judge) for judge in judges):
        yield _breach("L010", row.row, "counted as judged by a model, and no model was called")


def _rotation(
    rows: Sequence[AcceptedRow], by_id: Mapping[str, CallRow], max_share: float | None
) -> Iterator[RuleFinding]:
    """L005: one author lineage wrote more than its share of a cell."""
    cells: dict[str, list[frozenset[str]]] = defaultdict(list)
    everybody: set[str] = set()
    for row in rows:
        authors = [by_id[name] for name in row.call_ids if name in by_id]
        lineages = frozenset(
            lineage
            for call in authors
            if call.role == "author" and _is_model(call)
            for lineage in _lineages(call)
        )
        if lineages:
            cells[row.cell].append(lineages)
            everybody |= lineages
    most_share = max_share if max_share is not None else even_share(len(everybody))
    for cell, written in sorted(cells.items()):
        counts = Counter(lineage for lineages in written for lineage in lineages)
        for lineage, count in sorted(counts.items()):
            if count > max(1, int(len(written) * most_share)):
                yield _breach(
                    "L005",
                    None,
                    f"{lineage} wrote {count} of the {len(written)} accepted rows of {cell!r}, "
                    f"more than {most_share:.0%}",
                )


def even_share(lineages: int) -> float:
    """Return the share that one of so many author lineages may have: even, and a fifth more."""
    return min(1.0, 1 / max(1, lineages) + 0.2)


def _panel(judges: Sequence[CallRow]) -> Iterator[RuleFinding]:
    """L009: the panel is one lineage, or as good as one judge."""
    found = [(frozenset(_lineages(call)), 1) for call in judges if _is_model(call)]
    message = thin_panel(found)
    if message:
        yield _breach("L009", None, message)


def thin_panel(judges: Iterable[tuple[frozenset[str], int]]) -> str | None:
    """Return what L009 says of a panel; None where it is wide enough, or nobody judged.

    Judges that share a lineage count as one; the effective number of judges is the inverse of the
    sum of the squared shares (Simpson 1949).

    Args:
        judges: The lineages of a judge, and how much it judged; a judge may come several times.
    """
    families: list[tuple[frozenset[str], int]] = []
    for lineages, judged in judges:
        kin = [family for family in families if family[0] & lineages]
        families = [family for family in families if family not in kin]
        joined = lineages.union(*(family[0] for family in kin))
        families.append((joined, judged + sum(family[1] for family in kin)))
    total = sum(judged for _, judged in families)
    if not total:
        return None
    effective = 1 / sum((judged / total) ** 2 for _, judged in families)
    if effective >= MIN_EFFECTIVE_JUDGES:
        return None
    return (
        f"the panel counts as {effective:.2f} judges of different lineage, "
        f"below {MIN_EFFECTIVE_JUDGES}"
    )


def _student(
    student: str | None, calls: Sequence[CallRow], models: Models
) -> Iterator[RuleFinding]:
    """L007: the model to be trained is kin to an author or a judge."""
    if student is None:
        return
    own = models.lineages(student)
    for name in sorted({call.requested for call in calls if _is_model(call)}):
        shared = shared_lineages(own, models.lineages(name))
        if shared:
            message = f"student {student!r} is kin to {name!r}: both are {', '.join(shared)}"
            yield _breach("L007", None, message)


def _lineages(call: CallRow) -> tuple[str, ...]:
    return tuple(sorted({*call.requested_lineage, *call.served_lineage}))


def _is_model(call: CallRow) -> bool:
    return call.provider in ("litellm", "http")
