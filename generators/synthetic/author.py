"""One candidate: a model words what a family computed, and the facts have to stay.

The seed is a finished task of a family, which the pool does not hold, or of a redacted trace, which
the new task names as its parent. Its rubric and expectation stay; the model writes the texts of the
input and the reference. What it loses or invents is found by rule, named to it once, and refused
after that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchwright.calls.provider import ProviderFault
from benchwright.generators.synthetic.prompts import prompts_ref
from benchwright.generators.synthetic.seeds import Seed
from benchwright.generators.synthetic.signatures import (
    MalformedReplyError,
    RefusedError,
    Writer,
)
from benchwright.generators.synthetic.texts import (
    added_facts,
    known_facts,
    lost_facts,
    shape,
    with_texts,
)
from benchwright.tasks import Candidate, JsonObject, Provenance, Task
from benchwright.verdicts import GateDecision
from benchwright.words import fold

RULES = {
    "S001": "the reply is not the JSON asked for, also after one repair",
    "S002": "a text was not worded anew, or a place is missing or unknown",
    "S003": "a text lost or gained a number, date, address, name or an argument of a call",
    "S004": "the provider gave no reply",
    "S005": "the model refused or said nothing",
    "S006": "another model answered than the one that was asked for",
}
TASK_FORM = {"texts": "object: place -> new text", "reference": "object of the given shape"}
REJECTED_FORM = {"output": "object of the given shape", "why": "one sentence"}
_STOPS_THE_RUN = frozenset({"circuit_open", "auth"})

Accept = Callable[[Task], GateDecision]
Fails = Callable[[Task, JsonObject], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How a candidate ended: a task with its decision, or a rule of `RULES` and what it found."""

    task: Task | None
    decision: GateDecision | None
    rule: str
    reasons: tuple[str, ...] = ()


def write_candidate(
    seed: Seed,
    writer: Writer,
    *,
    accept: Accept,
    fails: Fails | None,
    created_at: datetime | None,
) -> Written:
    """Have one candidate written, checked, mended once, and checked again.

    Args:
        seed: The facts.
        writer: The model; its `calls` fill up.
        accept: The deterministic gate.
        fails: Says whether an output fails a task's rubric; None when no wrong output is wanted.
        created_at: Written into the task.

    Raises:
        ProviderFault: If the endpoint is closed to us, so that no further call makes sense.
        BudgetError: If the next call could cross the cap.
    """
    try:
        written = _written(seed, writer, accept=accept, created_at=created_at)
        if written.rule == "accepted" and fails is not None:
            return _with_rejected(seed, written, writer, fails=fails, accept=accept)
        return written
    except MalformedReplyError as error:
        return Written(task=None, decision=None, rule="S001", reasons=(str(error),))
    except RefusedError as error:
        return Written(task=None, decision=None, rule="S005", reasons=(str(error)[:200],))
    except ProviderFault as fault:
        if fault.kind in _STOPS_THE_RUN:
            raise
        return Written(
            task=None, decision=None, rule="S004", reasons=(f"{fault.kind}: {fault.message}",)
        )


def _written(seed: Seed, writer: Writer, *, accept: Accept, created_at: datetime | None) -> Written:
    draft = writer.ask(
        "author_task",
        TASK_FORM,
        brief=seed.brief(),
        tests=seed.dimension.question,
        texts=seed.texts,
        reference_shape=shape(seed.task.reference),
    )
    first = _checked(seed, draft, writer, accept=accept, created_at=created_at)
    if first.rule == "accepted":
        return first
    mended = writer.ask(
        "rewrite_task",
        TASK_FORM,
        brief=seed.brief(),
        texts=draft["texts"],
        reference=draft["reference"],
        findings=list(first.reasons),
    )
    return _checked(seed, mended, writer, accept=accept, created_at=created_at)


def _checked(
    seed: Seed, draft: JsonObject, writer: Writer, *, accept: Accept, created_at: datetime | None
) -> Written:
    for rule, reasons in (
        ("S002", _misplaced(seed, draft)),
        ("S003", [] if _misplaced(seed, draft) else _unfaithful(seed, draft["texts"])),
    ):
        if reasons:
            return Written(task=None, decision=None, rule=rule, reasons=tuple(reasons))
    task = _task(seed, draft, writer, created_at)
    decision = accept(task)
    return Written(task=task, decision=decision, rule=decision.rule, reasons=decision.reasons)


def _misplaced(seed: Seed, draft: JsonObject) -> list[str]:
    texts, reference = draft["texts"], draft["reference"]
    if not isinstance(texts, dict) or not isinstance(reference, dict):
        return ["`texts` and `reference` have to be objects"]
    reasons = [f"no text for {place}" for place in seed.texts if place not in texts]
    reasons += [f"{place!r} is not one of the places" for place in texts if place not in seed.texts]
    for place, before in seed.texts.items():
        after = texts.get(place)
        if after is not None and not isinstance(after, str):
            reasons.append(f"the text for {place} is not a text")
        elif after is not None and fold(after).split() == fold(before).split():
            reasons.append(f"the text for {place} is the given one, unchanged")
    return reasons


def _unfaithful(seed: Seed, texts: dict[str, str]) -> list[str]:
    known = known_facts([seed.task.input, seed.task.expected])
    reasons = []
    for place, before in seed.texts.items():
        if lost := lost_facts(before, texts[place]):
            reasons.append(f"the text for {place} lost {', '.join(lost)}")
        if added := added_facts(texts[place], known=known):
            reasons.append(f"the text for {place} adds {', '.join(added)}, which no fact supports")
    if not reasons and (hidden := seed.lost_arguments(texts)):
        reasons.append(f"the texts no longer say what these need: {', '.join(hidden)}")
    return reasons


def _task(
    seed: Seed,
    draft: JsonObject,
    writer: Writer,
    created_at: datetime | None,
    more: tuple[Candidate, ...] = (),
) -> Task:
    task, provenance = seed.task, seed.task.provenance
    family = provenance.template
    values: JsonObject = {"values": provenance.slots} if provenance.slots else {}
    if family is not None:
        values |= {"family": family.name, "family_sha256": family.sha256}
    return Task.create(
        dimension=task.dimension,
        difficulty=task.difficulty,
        input=with_texts(task.input, draft["texts"]),
        reference=draft["reference"],
        candidates=(*task.candidates, *more),
        expected=task.expected,
        rubric=task.rubric,
        tags=task.tags,
        provenance=Provenance(
            mode="synthetic",
            parents=provenance.parents,
            template=prompts_ref(),
            slots=values,
            seed=provenance.seed,
            calls=tuple(dict.fromkeys(call.call_id for call in writer.calls)),
            author=writer.settings.model,
            created_at=created_at,
            lineage_keys=provenance.lineage_keys,
        ),
    )


def _with_rejected(
    seed: Seed, written: Written, writer: Writer, *, fails: Fails, accept: Accept
) -> Written:
    """Add a plausible wrong output; one that does not fail the rubric is left out."""
    task = written.task
    assert task is not None  # noqa: S101 - the caller checked
    try:
        said: dict[str, Any] = writer.ask(
            "write_rejected",
            REJECTED_FORM,
            task={"case": seed.task.id, "input": task.input},
            tests=seed.dimension.question,
            right_output=task.reference,
        )
    except (MalformedReplyError, RefusedError):
        return written
    output, why = said["output"], said["why"]
    if not isinstance(output, dict) or not isinstance(why, str) or not fails(task, output):
        return written
    more = Candidate(output=output, label="fail", dimension=task.dimension, why=why)
    draft = {
        "texts": {place: _at(task.input, place) for place in seed.texts},
        "reference": task.reference,
    }
    extended = _task(seed, draft, writer, task.provenance.created_at, more=(more,))
    decision = accept(extended)
    if decision.status != "accepted":
        return written
    return Written(task=extended, decision=decision, rule=decision.rule)


def _at(value: Any, pointer: str) -> str:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return str(value)
