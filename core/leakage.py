"""The passport of a release: who wrote and who judged each row, and which rules that breaks.

Written from the log of calls, and written again by whoever verifies the release.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field

from benchwright.calls.log import CallRow, served_lineage
from benchwright.calls.spec import CallRole
from benchwright.lineage.kinship import Declaration, Models, RuleId, read_declarations
from benchwright.lineage.rules import (
    JUDGING,
    WRITING,
    AcceptedRow,
    RuleFinding,
    find_breaches,
)
from benchwright.lineage.table import LineageFile, table_with
from benchwright.model_config import WaiverConfig
from benchwright.tasks import Mode, Record, Sha256, TaskId

LOG = "generation_log.jsonl"
Count = Annotated[int, Field(ge=0)]
JudgedBy = Literal["models", "offline", "person", "waived", "nobody"]


class RosterEntry(Record):
    """One model in one part: everything that it did for this release.

    Attributes:
        kind: `live` where a model's endpoint replied, in this build or in an earlier one whose
            ledger it took up; `offline` for our own rules.
    """

    role: CallRole
    requested: str
    served: tuple[str, ...]
    lineage: tuple[str, ...]
    kind: Literal["live", "offline"]
    calls: Count
    input_tokens: Count
    output_tokens: Count
    picodollars: Count


class DeclaredName(Record):
    """What the project says of an opaque name."""

    name: str
    lineages: tuple[str, ...]
    reason: str


class WaivedPair(Record):
    """Two models that share a lineage and worked on the same rows, because a waiver lets them.

    Attributes:
        rows: How many rows one wrote and the other judged.
    """

    rule: RuleId
    author: str
    judge: str
    reason: str
    rows: Count


class RowPassport(Record):
    """The lineages behind one row; both empty where rules alone wrote and judged it."""

    task_id: TaskId
    cell: str
    authors: tuple[str, ...]
    judges: tuple[str, ...]
    judged_by: JudgedBy


class JudgedRows(Record):
    """Who judged the tasks of one authoring mode; each of them is counted once.

    Attributes:
        person: The judges held them, and a person decided.
        waived: No judge saw them, since `judges.modes` of the config does not list the mode.
        nobody: No judge saw them, since the config names none.
    """

    mode: Mode
    tasks: Count
    models: Count
    offline: Count
    person: Count
    waived: Count
    nobody: Count


class LeakageReport(Record):
    """`manifests/leakage.json`.

    Attributes:
        lineage_sha256: Hash of the table that names were resolved with.
        added_models: What the project adds to the shipped table.
        day: Decides which waivers expired: the day in `created_at`; without one none holds.
        judged: Who judged the tasks, by authoring mode.
        rows: Every row that a model or our offline rules wrote or judged.
        findings: Breaches of L001 to L010, waived ones with their reason.
        waived_pairs: What waivers let pass of kin that judged kin, counted.
    """

    schema_version: Literal[1] = 1
    lineage_sha256: Sha256
    added_models: LineageFile | None = None
    declared: tuple[DeclaredName, ...] = ()
    max_lineage_share: float | None = None
    student: str | None = None
    waivers: tuple[WaiverConfig, ...] = ()
    day: date | None = None
    roster: tuple[RosterEntry, ...] = ()
    judged: tuple[JudgedRows, ...] = ()
    rows: tuple[RowPassport, ...] = ()
    findings: tuple[RuleFinding, ...] = ()
    waived_pairs: tuple[WaivedPair, ...] = ()

    @property
    def errors(self) -> tuple[RuleFinding, ...]:
        """The findings that nothing waives and that are no mere warning."""
        return tuple(
            item for item in self.findings if item.severity == "error" and item.waived is None
        )

    def models(self) -> Models:
        """Return what names are resolved with.

        Raises:
            ConfigError: If a declaration or an added model is not valid.
        """
        table = table_with(self.added_models)
        declared = [
            Declaration(name=item.name, lineages=item.lineages, reason=item.reason)
            for item in self.declared
        ]
        return Models(table=table, declarations=read_declarations(declared, table))


class Row(Record):
    """A row as the passport needs it: its id, cell, the calls that wrote it, who judged it."""

    task_id: TaskId
    mode: Mode
    cell: str
    calls: tuple[str, ...]
    judged_by: JudgedBy


def complete(
    settings: LeakageReport, rows: Iterable[Row], calls: Sequence[CallRow]
) -> LeakageReport:
    """Return the report with roster, passports and findings computed from the log.

    Args:
        settings: A report whose roster, rows and findings are not looked at.
        rows: The rows of the release, in the order of their ids.
        calls: The log.
    """
    models = settings.models()
    everything = list(rows)
    by_id = {call.call_id: call for call in calls}
    judged: dict[str, list[CallRow]] = defaultdict(list)
    for call in calls:
        if call.role in JUDGING and _was_used(call):
            judged[call.row].append(call)
    concerned = [
        row for row in everything if row.calls or row.judged_by in ("models", "offline", "person")
    ]
    accepted = [
        AcceptedRow(
            row=row.task_id,
            cell=row.cell,
            call_ids=row.calls,
            verdict_call_ids=tuple(call.call_id for call in judged[row.task_id]),
            counted_as_judged=row.judged_by == "models",
        )
        for row in concerned
    ]
    findings = find_breaches(
        accepted,
        calls,
        models=models,
        max_lineage_share=settings.max_lineage_share,
        student=settings.student,
        waivers=[item.waiver() for item in settings.waivers],
        today=settings.day,
    )
    return settings.model_copy(
        update={
            "lineage_sha256": models.table.sha256,
            "roster": _roster(calls),
            "judged": _judged(everything),
            "rows": tuple(_passport(row, by_id, judged) for row in concerned),
            "findings": findings,
            "waived_pairs": _waived_pairs(findings),
        }
    )


def _was_used(call: CallRow) -> bool:
    """Say whether a judge's reply counts: a comparison that another model answered abstains."""
    served = set(call.served_lineage)
    return call.role != "pairwise_judge" or (bool(served) and served <= set(call.requested_lineage))


def resolved_again(call: CallRow, models: Models) -> CallRow:
    """Return a line of the log with its lineages resolved anew."""
    return call.model_copy(
        update={
            "requested_lineage": models.lineages(call.requested),
            "served_lineage": served_lineage(call.requested, call.served, models),
        }
    )


def _waived_pairs(findings: Iterable[RuleFinding]) -> tuple[WaivedPair, ...]:
    rows: dict[tuple[RuleId, str, str, str], set[str | None]] = defaultdict(set)
    for item in findings:
        if item.waived is not None and item.author is not None and item.judge is not None:
            rows[item.rule, item.author, item.judge, item.waived].add(item.row)
    return tuple(
        WaivedPair(rule=rule, author=author, judge=judge, reason=reason, rows=len(found))
        for (rule, author, judge, reason), found in sorted(rows.items())
    )


def _passport(
    row: Row, by_id: Mapping[str, CallRow], judged: Mapping[str, Sequence[CallRow]]
) -> RowPassport:
    writers = [by_id[name] for name in row.calls if name in by_id]
    return RowPassport(
        task_id=row.task_id,
        cell=row.cell,
        authors=_lineages(call for call in writers if call.role in WRITING),
        judges=_lineages(judged[row.task_id]),
        judged_by=row.judged_by,
    )


def _lineages(calls: Iterable[CallRow]) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                lineage
                for call in calls
                for lineage in (*call.requested_lineage, *call.served_lineage)
            }
        )
    )


def _judged(rows: Iterable[Row]) -> tuple[JudgedRows, ...]:
    counts: dict[Mode, Counter[JudgedBy]] = defaultdict(Counter)
    for row in rows:
        counts[row.mode][row.judged_by] += 1
    return tuple(
        JudgedRows(mode=mode, tasks=by.total(), **{name: by[name] for name in get_args(JudgedBy)})
        for mode, by in sorted(counts.items())
    )


def _roster(calls: Iterable[CallRow]) -> tuple[RosterEntry, ...]:
    grouped: dict[tuple[CallRole, str], list[CallRow]] = defaultdict(list)
    for call in calls:
        grouped[call.role, call.requested].append(call)
    return tuple(_entry(*key, group) for key, group in sorted(grouped.items()))


def _entry(role: CallRole, requested: str, calls: Sequence[CallRow]) -> RosterEntry:
    tokens: Counter[str] = Counter()
    for call in calls:
        if call.usage is not None:
            tokens["in"] += call.usage.input_tokens
            tokens["out"] += call.usage.output_tokens
    is_live = any(call.provider in ("litellm", "http") for call in calls)
    return RosterEntry(
        role=role,
        requested=requested,
        served=tuple(sorted({call.served for call in calls if call.served})),
        lineage=_lineages(calls),
        kind="live" if is_live else "offline",
        calls=len(calls),
        input_tokens=tokens["in"],
        output_tokens=tokens["out"],
        picodollars=sum(call.cost_picodollars for call in calls),
    )
