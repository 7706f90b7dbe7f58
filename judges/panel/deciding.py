"""What the verdicts on one task come to: accepted, rejected or held, never accepted on failure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.judges.panel.roster import Writers, allowed_judges
from benchwright.judges.panel.shown import show
from benchwright.model_config import ModelConfig
from benchwright.tasks import Task
from benchwright.verdicts import GateDecision, Verdict

RULES = {
    "J001": "every dimension reaches its minimum score",
    "J002": "the judges agree, with a third where two do not",
    "J003": "every judge gave a score that can be used",
    "J004": "enough judges share no lineage with whoever wrote the row",
    "J005": "no near-duplicate was preferred to it",
    "J006": "a person to whom the judges left it accepts it",
    "L004": "the model that answered as a judge is the one that was asked",
}
Settled = Literal["pass", "fail", "split"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision with the verdicts behind it."""

    decision: GateDecision
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Judges and what they have to agree on.

    Attributes:
        asker: Asks them.
        judges: All of them.
        per_task: How many see a task.
        minimums: Least score by dimension.
    """

    asker: Asker
    judges: tuple[ModelConfig, ...]
    per_task: int
    minimums: Mapping[str, int]

    def judge(self, task: Task, writers: Writers) -> Judged:
        """Return what the panel decides about a task.

        Raises:
            ProviderFault: If the circuit of an endpoint is open.
            BudgetError: If a call could cross the cap.
        """
        allowed = allowed_judges(task.id, [writers], self.judges, self.asker.models)
        if len(allowed.judges) < self.per_task:
            few = f"{len(allowed.judges)} of {len(self.judges)} judges are allowed"
            reasons = (f"{few}, {self.per_task} are needed", *allowed.refused)
            return Judged(decision=_decision(task, "held", "J004", reasons, ()), verdicts=())
        shown = show(task)
        asked = [
            self.asker.verdict(judge, shown, self.minimums, DIMENSIONS)
            for judge in allowed.judges[: self.per_task]
        ]
        open_dimensions = [
            dimension
            for dimension in DIMENSIONS
            if not _missing(asked, dimension)
            and settle(_scores(asked, dimension), self.minimums[dimension]) == "split"
        ]
        if open_dimensions and len(allowed.judges) > self.per_task:
            third = allowed.judges[self.per_task]
            asked.append(self.asker.verdict(third, shown, self.minimums, open_dimensions))
        return self._decide(task, asked)

    def _decide(self, task: Task, verdicts: Sequence[Verdict]) -> Judged:
        below: list[str] = []
        elsewhere: list[str] = []
        unusable: list[str] = []
        split: list[str] = []
        for dimension in DIMENSIONS:
            missing = _missing(verdicts, dimension)
            scores = _scores(verdicts, dimension)
            if missing:
                said = f"{dimension}: {'; '.join(missing)}"
                served = any(v.unjudged.get(dimension) == "served_elsewhere" for v in verdicts)
                (elsewhere if served else unusable).append(said)
                continue
            minimum = self.minimums[dimension]
            outcome = settle(scores, minimum, is_last_word=len(scores) > self.per_task)
            said = f"{dimension}: {', '.join(map(str, scores))}, minimum {minimum}"
            if outcome != "pass":
                (below if outcome == "fail" else split).append(said)
        for status, rule, reasons in (
            ("rejected", "J001", below),
            ("held", "L004", elsewhere),
            ("held", "J003", unusable),
            ("held", "J002", split),
        ):
            if reasons:
                decision = _decision(task, status, rule, tuple(reasons), verdicts)
                break
        else:
            decision = _decision(task, "accepted", "accepted", (), verdicts)
        return Judged(decision=decision, verdicts=tuple(verdicts))


def settle(scores: Sequence[int], minimum: int, *, is_last_word: bool = False) -> Settled:
    """Return what scores of one dimension come to.

    They agree when they lie within one point of each other on one side of the minimum. With the
    last word, that of one judge more than is needed, more than half of them have to.
    """
    needed = len(scores) // 2 + 1 if is_last_word else len(scores)
    for low in (1, 2, 3, 4):
        near = [score for score in scores if low <= score <= low + 1]
        passing = [score for score in near if score >= minimum]
        if len(passing) >= needed:
            return "pass"
        if len(near) - len(passing) >= needed:
            return "fail"
    return "split"


def _scores(verdicts: Sequence[Verdict], dimension: str) -> list[int]:
    return [verdict.scores[dimension] for verdict in verdicts if dimension in verdict.scores]


def _missing(verdicts: Sequence[Verdict], dimension: str) -> list[str]:
    return [
        f"{verdict.judge.requested} {verdict.unjudged[dimension]} ({verdict.reasons[dimension]})"
        for verdict in verdicts
        if dimension in verdict.unjudged
    ]


def _decision(
    task: Task, status: str, rule: str, reasons: tuple[str, ...], verdicts: Sequence[Verdict]
) -> GateDecision:
    return GateDecision.model_validate(
        {
            "task_id": task.id,
            "status": status,
            "rule": rule,
            "reasons": reasons,
            "verdict_ids": tuple(verdict.id for verdict in verdicts),
            "basis": "models" if verdicts else None,
        }
    )
