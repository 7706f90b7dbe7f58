"""Is a task fit for the benchmark, as far as that can be told without a model?

The rules run in the order of `RULES` and the first that says no decides. All of them are
deterministic, read nothing but the task, and hold for every authoring mode.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from benchwright.judges.agents import echo, vacuous_outputs
from benchwright.judges.checks.base import Case, CheckResult, blank, texts
from benchwright.judges.checks.facts import facts_of
from benchwright.judges.checks.numbers import Quantity, quantities, same_value
from benchwright.judges.checks.text import view, word_set
from benchwright.judges.gatefields import (
    confidences_at_odds,
    dates_after_today,
    greets_another,
    ids_from_nowhere,
    impossible_dates,
    owed_actions_missing,
)
from benchwright.judges.gatelanguage import another_language, breaks_off
from benchwright.judges.gatetexts import find_personal_data, find_placeholder, leaked_answer
from benchwright.judges.rubric import BoundCheck, bind_rubric
from benchwright.judges.scoring import reaches, shape_problem, weigh
from benchwright.tasks import CheckSpec, JsonObject, Task
from benchwright.verdicts import GateDecision
from benchwright.words import leaf_texts

RULES = {
    "G001": "the reference says or does something",
    "G002": "no check stands twice in the rubric",
    "G003": "at least one check needs no model judge",
    "G004": "the reference fails no check, and reaches the pass score by what can be decided",
    "G005": "no placeholder or stub text in input, reference or expected",
    "G006": "every number of the reference stands in the input or in expected",
    "G007": "no personal data outside the ranges reserved for examples",
    "G008": "the answer does not stand in the input",
    "G009": "no candidate labelled bad passes",
    "G010": "every candidate labelled good passes",
    "G011": "no empty-headed agent passes (do nothing, echo, generic text, refuse always)",
    "G012": "every check that passes the reference fails its own violation of it",
    "G013": "every ISO date is a day of the calendar",
    "G014": "nothing was observed after the day that the input calls today",
    "G015": "no confidence is called high or low against its own score",
    "G016": "the reference greets the recipient",
    "G017": "every id that the reference's actions pass on stands in the input",
    "G018": "the reference takes every action that expected calls unmet or remaining",
    "G019": "the reference does not break off in a sentence",
    "G020": "the reference is in the language of the input",
}


_QUICK_KINDS = word_set(
    "action_avoided action_taken avoids communicates length mentions no_other_writes phrases "
    "register segment"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a rule found; `held` if a person or a model judge has to look."""

    rule: str
    reason: str
    status: Literal["rejected", "held"] = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A task, ready to be asked: bound checks, shared case, results on the reference, texts."""

    task: Task
    checks: tuple[BoundCheck, ...]
    case: Case
    results: tuple[CheckResult, ...]
    input_texts: tuple[str, ...]
    reference_texts: tuple[str, ...]
    quick_first: tuple[BoundCheck, ...]


def gate_task(task: Task) -> GateDecision:
    """Return whether a task may enter, the first rule that says no, and what it found.

    Raises:
        ConfigError: If the rubric names an unknown check or parameter.
        InputError: If a parameter points at a field that the input lacks.
    """
    subject = _subject(task)
    for rule in _RULES:
        findings = list(rule(subject))
        if findings:
            rejected = any(finding.status == "rejected" for finding in findings)
            return GateDecision(
                task_id=task.id,
                status="rejected" if rejected else "held",
                rule=findings[0].rule,
                reasons=tuple(finding.reason for finding in findings),
            )
    return GateDecision(task_id=task.id, status="accepted", rule="accepted")


def find_all(task: Task) -> list[Finding]:
    """Return what every rule finds wrong with a task, for an author who wants to mend it."""
    subject = _subject(task)
    return [finding for rule in _RULES for finding in rule(subject)]


def _subject(task: Task) -> _Subject:
    checks = bind_rubric(task.rubric)
    case = Case(input=task.input, expected=task.expected, output=task.reference)
    results = tuple(bound.check.run(case, bound.params) for bound in checks)
    return _Subject(
        task=task,
        checks=checks,
        case=case,
        results=results,
        input_texts=tuple(leaf_texts(task.input)),
        reference_texts=tuple(leaf_texts(task.reference)),
        quick_first=tuple(sorted(checks, key=_cost)),
    )


def _cost(bound: BoundCheck) -> tuple[bool, bool]:
    return bound.spec.kind not in _QUICK_KINDS, not bound.spec.critical


def _says_something(subject: _Subject) -> Iterator[Finding]:
    reference = subject.task.reference
    if blank(reference) and not reference.get("actions"):
        yield Finding(rule="G001", reason="the reference is empty")
    problem = shape_problem(reference, reference)
    if problem:
        yield Finding(rule="G001", reason=f"the reference is malformed: {problem}")


def _no_double_check(subject: _Subject) -> Iterator[Finding]:
    seen: list[CheckSpec] = []
    for bound in subject.checks:
        spec = bound.spec
        if any(one.kind == spec.kind and one.params == spec.params for one in seen):
            yield Finding(rule="G002", reason=f"check {spec.kind!r} stands twice")
        seen.append(spec)


def _decides_something(subject: _Subject) -> Iterator[Finding]:
    if all(result.status == "unjudged" for result in subject.results):
        yield Finding(rule="G003", reason="every check waits for a model judge")


def _reference_passes(subject: _Subject) -> Iterator[Finding]:
    for bound, result in zip(subject.checks, subject.results, strict=True):
        kind = bound.spec.kind
        if result.status == "fail":
            shown = f": {result.spans[0].text!r}" if result.spans else ""
            reason = f"the reference fails {kind!r}: {result.reason}{shown}"
            yield Finding(rule="G004", reason=reason)
        elif result.status == "not_applicable" and bound.spec.critical:
            reason = f"critical check {kind!r} does not apply to the reference: {result.reason}"
            yield Finding(rule="G004", reason=reason)
    outcome = weigh(subject.checks, subject.results, subject.task.rubric.pass_score)
    if outcome.value == 0.0:
        yield Finding(rule="G004", reason="no check passes the reference")


def _no_placeholder(subject: _Subject) -> Iterator[Finding]:
    for name, given in (
        ("reference", subject.reference_texts),
        ("input", subject.input_texts),
        ("expected", tuple(leaf_texts(subject.task.expected))),
    ):
        found = find_placeholder(given)
        if found:
            yield Finding(rule="G005", reason=f"{name} holds placeholder text {found!r}")


def _numbers_have_a_source(subject: _Subject) -> Iterator[Finding]:
    stated = [
        (text.view.clean[q.start : q.end], q)
        for text in texts(subject.task.reference)
        for q in quantities(text.view)
        if q.kind not in ("label", "ordinal", "multiple") and not _is_small_talk(q)
    ]
    if not stated:
        return
    memo = subject.case.memo
    read = [fact.quantity for key in memo if key.startswith("facts ") for fact in memo[key]]
    stated = [one for one in stated if not any(_has_source(one[1], held) for held in read)]
    if not stated:
        return
    known = [
        *quantities(view(echo(subject.input_texts))),
        *(fact.quantity for fact in facts_of(subject.task.expected)),
        *(fact.quantity for fact in facts_of(subject.task.input)),
    ]
    for shown, quantity in stated:
        if not any(_has_source(quantity, held) for held in known):
            reason = f"{shown!r} of the reference stands neither in the input nor in expected"
            yield Finding(rule="G006", reason=reason)


def _is_small_talk(quantity: Quantity) -> bool:
    minutes = quantity.kind == "duration" and quantity.value < 1 / 8
    return minutes or (quantity.kind == "count" and quantity.value in (1, 2))


def _has_source(quantity: Quantity, held: Quantity) -> bool:
    if held.kind == "label":
        return False
    if same_value(quantity, held):
        return True
    return quantity.kind != "date" and held.kind != "date" and quantity.face == held.face


def _no_personal_data(subject: _Subject) -> Iterator[Finding]:
    for name, given in (("reference", subject.reference_texts), ("input", subject.input_texts)):
        found = find_personal_data(given)
        if found:
            yield Finding(rule="G007", reason=f"{name} holds what looks like {found}")


def _answer_is_not_given(subject: _Subject) -> Iterator[Finding]:
    leaked = leaked_answer(subject.input_texts, subject.task.reference)
    if leaked:
        yield Finding(rule="G008", reason=f"the input holds the answer: {leaked!r}")


def _candidates_keep_their_label(subject: _Subject) -> Iterator[Finding]:
    for index, candidate in enumerate(subject.task.candidates):
        if shape_problem(candidate.output, subject.task.reference):
            passes: bool | None = False
        else:
            passes = _passes(subject, candidate.output)
        if candidate.label == "fail" and passes is not False:
            waits = passes is None
            reason = f"bad candidate {index} {'waits for a judge' if waits else 'passes'}"
            status: Literal["rejected", "held"] = "held" if waits else "rejected"
            yield Finding(rule="G009", reason=f"{reason}: {candidate.why}", status=status)
        elif candidate.label == "pass" and passes is False:
            yield Finding(rule="G010", reason=f"good candidate {index} fails")


def _empty_heads_fail(subject: _Subject) -> Iterator[Finding]:
    outputs = vacuous_outputs(
        subject.task.input, subject.task.reference, input_texts=subject.input_texts
    )
    for agent, output in outputs.items():
        if _passes(subject, output) is not False:
            yield Finding(rule="G011", reason=f"agent {agent!r} passes")


def _every_check_can_fail(subject: _Subject) -> Iterator[Finding]:
    for bound, result in zip(subject.checks, subject.results, strict=True):
        if result.status != "pass":
            continue
        kind = bound.spec.kind
        broken = bound.check.violate(subject.case, bound.params)
        if broken is None:
            yield Finding(rule="G012", reason=f"no output can fail check {kind!r}")
            continue
        after = bound.check.run(subject.case.with_output(broken), bound.params)
        if after.status != "fail":
            yield Finding(rule="G012", reason=f"check {kind!r} passes an output made to break it")


def _dates_exist(subject: _Subject) -> Iterator[Finding]:
    task = subject.task
    parts = {"input": task.input, "reference": task.reference, "expected": task.expected}
    for reason in impossible_dates(parts):
        yield Finding(rule="G013", reason=reason)


def _nothing_from_the_future(subject: _Subject) -> Iterator[Finding]:
    for reason in dates_after_today(subject.task.input):
        yield Finding(rule="G014", reason=reason)


def _confidences_agree(subject: _Subject) -> Iterator[Finding]:
    for reason in confidences_at_odds(subject.task.input):
        yield Finding(rule="G015", reason=reason)


def _greets_the_recipient(subject: _Subject) -> Iterator[Finding]:
    for reason in greets_another(subject.task.input, subject.task.reference):
        yield Finding(rule="G016", reason=reason)


def _ids_have_a_source(subject: _Subject) -> Iterator[Finding]:
    for reason in ids_from_nowhere(subject.input_texts, subject.task.reference):
        yield Finding(rule="G017", reason=reason)


def _owed_actions_are_taken(subject: _Subject) -> Iterator[Finding]:
    for reason in owed_actions_missing(subject.task.expected, subject.task.reference):
        yield Finding(rule="G018", reason=reason)


def _is_whole(subject: _Subject) -> Iterator[Finding]:
    others = [candidate.output for candidate in subject.task.candidates]
    for reason in breaks_off(subject.task.reference, others):
        yield Finding(rule="G019", reason=reason)


def _is_in_the_language(subject: _Subject) -> Iterator[Finding]:
    for reason in another_language(subject.input_texts, subject.task.reference):
        yield Finding(rule="G020", reason=reason)


def _passes(subject: _Subject, output: JsonObject) -> bool | None:
    """Return whether an output passes, None if that waits for a judge.

    It stops at the first check that settles it. An output to which nothing applies does not pass.
    """
    pass_score = subject.task.rubric.pass_score
    case = subject.case.with_output(output)
    checks = subject.quick_first
    results: list[CheckResult] = []
    rest = sum(bound.spec.weight for bound in checks)
    won = lost = 0.0
    for bound in checks:
        result = bound.check.run(case, bound.params)
        results.append(result)
        weight = bound.spec.weight
        rest -= weight
        if result.status == "fail":
            lost += weight
            if bound.spec.critical or not reaches(won + rest, won + rest + lost, pass_score):
                return False
        elif result.status != "not_applicable":
            won += weight
    if won + lost == 0.0:
        return False
    return weigh(checks, results, pass_score).passed


_RULES: tuple[Callable[[_Subject], Iterator[Finding]], ...] = (
    _says_something,
    _no_double_check,
    _decides_something,
    _reference_passes,
    _no_placeholder,
    _numbers_have_a_source,
    _no_personal_data,
    _answer_is_not_given,
    _candidates_keep_their_label,
    _empty_heads_fail,
    _every_check_can_fail,
    _dates_exist,
    _nothing_from_the_future,
    _confidences_agree,
    _greets_the_recipient,
    _ids_have_a_source,
    _owed_actions_are_taken,
    _is_whole,
    _is_in_the_language,
)
