"""The offline judge, `offline/rules`: what the three dimensions come to without a model.

It is our own rules and never counts as a model (L010). A rule of the deterministic gate that finds
something fails the dimension it belongs to (1; 2 where the gate only holds the task). Otherwise:

- *input coherence* is 5, less one for empty fields, and 2 for an input of fewer than five words;
- *ground-truth verifiability* goes by the share of the rubric's weight that the reference is seen
  to pass: all of it 5, three quarters 4, half 3, any 2, none 1;
- *rubric-application clarity* goes by the share of weight that only a model could decide: none 5,
  up to a quarter 4, up to a half 3, more 2.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from benchwright.judges.checks.base import Case, CheckResult
from benchwright.judges.gate import Finding, find_all
from benchwright.judges.panel.asking import identified
from benchwright.judges.panel.deciding import Judged
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.judges.rubric import bind_rubric
from benchwright.model_config import OFFLINE_MODEL
from benchwright.tasks import Task
from benchwright.verdicts import Dimension15, GateDecision, ModelRef, Verdict
from benchwright.words import leaf_texts, words

MIN_INPUT_WORDS = 5
_COHERENCE, _VERIFIABILITY, _CLARITY = DIMENSIONS
_BELONGS_TO = {
    **dict.fromkeys(("G001", "G004", "G006", "G016", "G017", "G018"), _VERIFIABILITY),
    **dict.fromkeys(("G019", "G020"), _VERIFIABILITY),
    **dict.fromkeys(("G002", "G003", "G009", "G010", "G011", "G012"), _CLARITY),
    "G008": _COHERENCE,
}
Scored = tuple[Dimension15, str]


def judge_offline(task: Task, minimums: Mapping[str, int]) -> Judged:
    """Return the decision and the verdict of the offline judge, both marked as its own.

    Raises:
        ConfigError: If the rubric names an unknown check or parameter.
        InputError: If a parameter points at a field that the input lacks.
    """
    verdict = offline_verdict(task, minimums)
    below = [
        f"{dimension}: {score}, minimum {minimums[dimension]} ({verdict.reasons[dimension]})"
        for dimension, score in verdict.scores.items()
        if score < minimums[dimension]
    ]
    decision = GateDecision(
        task_id=task.id,
        status="rejected" if below else "accepted",
        rule="J001" if below else "accepted",
        reasons=tuple(below),
        verdict_ids=(verdict.id,),
        basis="offline",
    )
    return Judged(decision=decision, verdicts=(verdict,))


def offline_verdict(task: Task, minimums: Mapping[str, int]) -> Verdict:
    """Return what the offline judge thinks of a task."""
    findings = find_all(task)
    checks = bind_rubric(task.rubric)
    case = Case(input=task.input, expected=task.expected, output=task.reference)
    results = [bound.check.run(case, bound.params) for bound in checks]
    weights = [bound.spec.weight for bound in checks]
    computed = {
        _COHERENCE: _coherence(task),
        _VERIFIABILITY: _verifiability(results, weights),
        _CLARITY: _clarity(results, weights),
    }
    scored = {name: _lowered(name, value, findings) for name, value in computed.items()}
    return identified(
        task_id=task.id,
        judge=ModelRef(requested=OFFLINE_MODEL, served=(OFFLINE_MODEL,)),
        scores={name: score for name, (score, _) in scored.items()},
        reasons={name: reason for name, (_, reason) in scored.items()},
        minimums=minimums,
    )


def _lowered(dimension: str, computed: Scored, findings: list[Finding]) -> Scored:
    own = [finding for finding in findings if _dimension_of(finding) == dimension]
    if not own:
        return computed
    is_rejected = any(finding.status == "rejected" for finding in own)
    reason = "; ".join(f"{finding.rule}: {finding.reason}" for finding in own)
    return min((1 if is_rejected else 2, reason), computed)


def _dimension_of(finding: Finding) -> str:
    where = finding.reason.partition(" ")[0]
    if finding.rule in _BELONGS_TO:
        return _BELONGS_TO[finding.rule]
    return _VERIFIABILITY if where in ("reference", "expected") else _COHERENCE


def _coherence(task: Task) -> Scored:
    number = sum(len(words(text)) for text in leaf_texts(task.input))
    if number < MIN_INPUT_WORDS:
        return 2, f"the input has {number} words"
    empty = list(_empty_fields(task.input, ""))
    return (4, f"empty in the input: {', '.join(empty)}") if empty else (5, "no rule objects")


def _empty_fields(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _empty_fields(value[key], f"{path}/{key}")
    elif isinstance(value, str) and not value.strip():
        yield path


def _verifiability(results: list[CheckResult], weights: list[float]) -> Scored:
    share = _share(results, weights, "pass")
    score = 5 if share > 0.999 else 4 if share >= 0.75 else 3 if share >= 0.5 else 2 if share else 1
    return cast(Dimension15, score), f"{share:.0%} of the rubric's weight is seen to pass"


def _clarity(results: list[CheckResult], weights: list[float]) -> Scored:
    share = _share(results, weights, "unjudged")
    score = 5 if not share else 4 if share <= 0.25 else 3 if share <= 0.5 else 2
    return cast(Dimension15, score), f"{share:.0%} of the rubric's weight waits for a model"


def _share(results: list[CheckResult], weights: list[float], status: str) -> float:
    having = sum(w for result, w in zip(results, weights, strict=True) if result.status == status)
    return having / sum(weights)
