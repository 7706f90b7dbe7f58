"""What a run tells its caller: the funnel, the reasons, and where things lie."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchwright.costs import CostReport
from benchwright.generators.programmatic.author import RULES as AUTHOR_RULES
from benchwright.generators.synthetic.author import RULES as SYNTHETIC_RULES
from benchwright.judges.gate import RULES as GATE_RULES
from benchwright.judges.panel.deciding import RULES as JUDGE_RULES
from benchwright.judging import JudgingReport
from benchwright.pipeline.author_adversarial import REASONS as BY_HAND_REASONS
from benchwright.pipeline.author_trace import REASONS as TRACE_REASONS
from benchwright.pipeline.gate import RULES as POOL_RULES
from benchwright.stages import FinishedStage
from benchwright.tasks import JsonObject
from benchwright.verdicts import RunStatus

MODES = ("trace", "programmatic", "adversarial", "synthetic")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """One authoring mode from what was read to where it stands.

    `read` counts trace records, programmatic candidates or hand-written files, the rest counts
    tasks; `checked` is what came before the gate.
    """

    mode: str
    read: int
    authored: int
    checked: int
    kept: int
    splits: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why items of a mode left at a stage, and how many."""

    stage: str
    mode: str
    rule: str
    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """A finished build.

    Attributes:
        checks: The strictest status of each check across the splits.
        cost: As `manifests/cost.json` has it.
        lost_picodollars: The most that calls without a reply may have been charged beside it, in
            every run of this version so far; they are in no log.
    """

    release_folder: Path
    work_folder: Path
    split_names: tuple[str, ...]
    funnel: tuple[FunnelRow, ...]
    reasons: tuple[Reason, ...]
    coverage: JsonObject
    contamination: str
    checks: dict[str, RunStatus]
    cost: CostReport
    lost_picodollars: int
    stages: int
    resumed: int

    def to_values(self) -> JsonObject:
        """Return the result as JSON values."""
        values = asdict(self)
        values["release_folder"] = str(self.release_folder)
        values["work_folder"] = str(self.work_folder)
        values["cost"] = self.cost.model_dump(mode="json", exclude_none=True)
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRow:
    """One authoring stage: what entered, how many tasks came out, how many the gate accepts."""

    name: str
    unit: str
    entered: int
    kept: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorResult:
    """One authoring mode, run alone."""

    folder: Path
    rows: tuple[AuthorRow, ...]
    reasons: tuple[Reason, ...]

    def to_values(self) -> JsonObject:
        """Return the result as JSON values."""
        return {**asdict(self), "folder": str(self.folder)}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """One authoring mode at the gate; what is waived was accepted without a judge."""

    mode: str
    checked: int
    accepted: int
    waived: int
    rejected: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What the deterministic gate and the judges did; `judging` is None without judges."""

    folder: Path
    held_queue: Path | None
    rows: tuple[GateRow, ...]
    reasons: tuple[Reason, ...]
    judging: JudgingReport | None

    def to_values(self) -> JsonObject:
        """Return the result as JSON values."""
        return {
            "folder": str(self.folder),
            "held_queue": None if self.held_queue is None else str(self.held_queue),
            "rows": [asdict(row) for row in self.rows],
            "reasons": [asdict(reason) for reason in self.reasons],
            "judging": None
            if self.judging is None
            else self.judging.model_dump(mode="json", exclude_none=True),
        }


def gate_rows(by_mode: JsonObject, judging: JudgingReport | None) -> tuple[GateRow, ...]:
    """Return one row for each mode, from the details of the last stage of the gate."""
    waived: dict[str, int] = {} if judging is None else dict(judging.waived.items())
    return tuple(
        GateRow(
            mode=mode,
            checked=counts["checked"],
            accepted=counts.get("kept", 0),
            waived=waived.get(mode, 0),
            rejected=_sum_of(counts, "rejected"),
            held=_sum_of(counts, "held"),
        )
        for mode, counts in sorted(by_mode.items())
    )


def _sum_of(counts: JsonObject, outcome: str) -> int:
    return sum(count for name, count in counts.items() if name.startswith(f"{outcome}:"))


def judging_of(stage: FinishedStage) -> JudgingReport | None:
    """Return what the judges did, from the last stage of the gate; None without judges."""
    found = stage.record.details.get("judging")
    return None if found is None else JudgingReport.model_validate(found)


def mode_of(stage: FinishedStage) -> str:
    """Return the authoring mode of a stage of `1-authored`."""
    return stage.record.stage.split("-")[1]


def authored_reasons(stages: Iterable[FinishedStage]) -> list[Reason]:
    """Return why records and candidates never became tasks."""
    counts: Counter[tuple[str, str]] = Counter()
    for stage in stages:
        for rule, count in stage.record.counts.rejected.items():
            counts[mode_of(stage), rule] += count
    return [_reason("author", mode, rule, count) for (mode, rule), count in sorted(counts.items())]


def gated_reasons(by_mode: JsonObject) -> list[Reason]:
    """Return why tasks did not pass the gate, from the details of the gate stage."""
    return [
        _reason("gate", mode, rule.partition(":")[2], count)
        for mode, counts in sorted(by_mode.items())
        for rule, count in sorted(counts.items())
        if ":" in rule
    ]


def funnel_rows(
    authored: Sequence[FinishedStage],
    by_mode: JsonObject,
    splits_by_mode: dict[str, dict[str, int]],
) -> tuple[FunnelRow, ...]:
    """Return one row for each mode that ran."""
    rows = []
    for mode in MODES:
        stages = [stage for stage in authored if mode_of(stage) == mode]
        if stages:
            rows.append(
                FunnelRow(
                    mode=mode,
                    read=sum(stage.record.counts.entered for stage in stages),
                    authored=sum(stage.record.counts.kept for stage in stages),
                    checked=by_mode.get(mode, {}).get("checked", 0),
                    kept=by_mode.get(mode, {}).get("kept", 0),
                    splits=splits_by_mode.get(mode, {}),
                )
            )
    return tuple(rows)


def reason_text(rule: str) -> str:
    """Return what a rule or a reason slug means, in words."""
    found = {**AUTHOR_RULES, **POOL_RULES, **SYNTHETIC_RULES, **TRACE_REASONS, **BY_HAND_REASONS}
    checked = {**GATE_RULES, **JUDGE_RULES}
    if rule in checked:
        return f"not so that {checked[rule]}"
    return found.get(rule, rule.replace("_", " "))


def _reason(stage: str, mode: str, rule: str, count: int) -> Reason:
    text = reason_text(rule)
    return Reason(stage=stage, mode=mode, rule=rule, text=f"{rule}: {text}", count=count)
