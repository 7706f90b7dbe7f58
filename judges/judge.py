"""What is a judge of tasks? Whatever says accept, reject or hold, and may score three dimensions.

The deterministic gate is one. Model judges and the panel enter through the registry `JUDGES`, or
from another package through the entry-point group `benchwright.judges`; a plug-in is an instance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from benchwright.errors import BenchwrightError
from benchwright.judges.gate import gate_task
from benchwright.judges.panel.offline import judge_offline
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.model_config import OFFLINE_MODEL
from benchwright.registry import Registry
from benchwright.tasks import Task

Dimension = Literal["input_coherence", "ground_truth_verifiability", "rubric_application_clarity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a judge says of one task.

    Attributes:
        status: `unjudged` when nobody could say, which is neither a yes nor a no.
        reason: The rule or the sentence that decided; empty for an acceptance.
        scores: 1 to 5 by dimension; empty for a judge that gives none.
    """

    status: Literal["accepted", "rejected", "held", "unjudged"]
    reason: str = ""
    scores: Mapping[str, int] = field(default_factory=dict)


class Judge(Protocol):
    """Says whether a task is fit for the benchmark.

    Attributes:
        name: As reports show it.
        claims: Names of the planted defects (`judges/mutation`) that it undertakes to catch; None
            for all of them.
    """

    @property
    def name(self) -> str: ...

    @property
    def claims(self) -> frozenset[str] | None: ...

    def judge(self, task: Task) -> Opinion:
        """Return the opinion; the same task gives the same one."""
        ...


GATE_CLAIMS = frozenset(
    (
        *("answer_leaked", "actions_leaked", "missing_signal", "confidence_flipped"),
        *("impossible_date", "date_after_snapshot", "stub_specifics", "personal_data"),
        *("reference_swapped", "reference_emptied", "reference_truncated", "number_drift"),
        *("wrong_language", "stub_reference", "persona_mismatch", "wrong_action"),
        *("wrong_argument", "action_missing", "dangling_reference", "expected_action_drift"),
        *("unscorable_rubric", "contradictory_rubric", "duplicated_check", "dangling_pointer"),
        *("toothless_rubric", "lenient_pass_score", "two_correct_answers"),
        *("mislabelled_candidate", "criterion_drift"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateJudge:
    """The deterministic gate."""

    name: str = "gate"
    claims: frozenset[str] | None = GATE_CLAIMS

    def judge(self, task: Task) -> Opinion:
        """Return what the gate decides; a rubric that cannot be run is a rejection."""
        try:
            decision = gate_task(task)
        except BenchwrightError as error:
            return Opinion(status="rejected", reason=f"cannot be run: {error.message}")
        return Opinion(
            status=decision.status,
            reason=""
            if decision.status == "accepted"
            else f"{decision.rule}: {decision.reasons[0]}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineJudge:
    """The offline judge of the panel, with one minimum for every dimension."""

    name: str = OFFLINE_MODEL
    claims: frozenset[str] | None = GATE_CLAIMS
    min_score: int = 3

    def judge(self, task: Task) -> Opinion:
        """Return its decision and scores; a rubric that cannot be run is a rejection."""
        try:
            judged = judge_offline(task, dict.fromkeys(DIMENSIONS, self.min_score))
        except BenchwrightError as error:
            return Opinion(status="rejected", reason=f"cannot be run: {error.message}")
        decision = judged.decision
        return Opinion(
            status=decision.status,
            reason=f"{decision.rule}: {decision.reasons[0]}" if decision.reasons else "",
            scores=judged.verdicts[0].scores,
        )


JUDGES: Registry[Judge] = Registry("judge", "benchwright.judges")
JUDGES.register("gate", GateJudge())
JUDGES.register(OFFLINE_MODEL, OfflineJudge())
