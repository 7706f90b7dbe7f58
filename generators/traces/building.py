"""Turn a mined failure into a task: redact what is shown, word what is ours, cite every part."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchwright.errors import Place
from benchwright.generators.redaction.redactor import Redactor
from benchwright.generators.traces.evidence import Evidence, scalars
from benchwright.generators.traces.groups import WorldRecord
from benchwright.generators.traces.mining import Failure, without_control
from benchwright.generators.traces.model import Action, Ref, Turn
from benchwright.generators.traces.settings import TraceSettings, pack_text
from benchwright.packs import Pack
from benchwright.tasks import Candidate, CheckSpec, JsonObject, Parent, Provenance, Rubric, Task

AUTHOR = "benchwright/traces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A failure with everything its input will show, still in clear.

    Attributes:
        records: What other trials looked up, where the input needs it.
        communicate: Texts that the message must contain; each stands in the input.
        unchecked: Texts that the criteria ask for and the input does not state.
    """

    failure: Failure
    records: tuple[WorldRecord, ...]
    communicate: tuple[str, ...]
    unchecked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every task of a run is built with."""

    pack: Pack
    settings: TraceSettings
    seed: int
    created_at: datetime | None


def draft(
    failure: Failure, records: Sequence[WorldRecord], settings: TraceSettings
) -> Draft | list[str]:
    """Return the draft, or the arguments that nothing in the input would give away.

    The scenario is shown wherever there is one: the criteria judge against it, and the recorded
    conversation may have strayed. Records of other trials are shown only where an argument is
    missing otherwise.
    """
    trace = failure.trace
    shown = [*_texts(failure, settings), trace.policy.text if trace.policy else ""]
    if trace.request:
        shown.append(trace.request.text)
    ignore = settings.free_text_arguments
    missing = Evidence(shown).missing(failure.remaining, ignore=ignore)
    used: tuple[WorldRecord, ...] = ()
    if missing and records:
        used = tuple(records)
        shown += [text for record in used for text in _record_texts(record)]
        missing = Evidence(shown).missing(failure.remaining, ignore=ignore)
    if missing:
        return missing
    evidence = Evidence(shown)
    texts = [quote.text for quote in failure.communicate]
    return Draft(
        failure=failure,
        records=used,
        communicate=tuple(text for text in texts if evidence.has(text)),
        unchecked=tuple(text for text in texts if not evidence.has(text)),
    )


def build(
    drafted: Draft,
    *,
    redactor: Redactor,
    context: Context,
    tools: list[JsonObject],
    origin: "Origin",
) -> Task | list[str]:
    """Return the task, or the arguments that can no longer be derived once it is redacted."""
    failure, settings = drafted.failure, context.settings
    shown = redactor.redact(_in_clear(drafted, settings))
    given = {key: shown[key] for key in ("policy", "request", "conversation", "records")}
    given["conversation"] = _as_chat(given["conversation"])
    given = {key: value for key, value in given.items() if value}
    actions = [
        Action(name=a["name"], arguments=a["arguments"], ref=expected.ref)
        for a, expected in zip(shown["remaining"], failure.remaining, strict=True)
    ]
    evidence = Evidence(leaf_texts(given))
    missing = evidence.missing(actions, ignore=settings.free_text_arguments)
    missing += ["communicate" for text in shown["communicate"] if not evidence.has(text)]
    if missing:
        return missing
    prompt = pack_text(context.pack, settings.task_prompt).render(
        {"request": bool(given.get("request")), "records": bool(given.get("records"))}
    )
    message = _message(shown["remaining"], shown["communicate"], context)
    values = sum(1 for action in actions for _ in scalars(action.arguments))
    return Task.create(
        dimension=settings.dimensions[failure.kind],
        difficulty=settings.difficulty_of(values),
        input={"prompt": prompt, **given, "tools": tools},
        reference={"actions": shown["remaining"], "message": message},
        candidates=(
            Candidate(
                output={"actions": shown["instead"], "message": shown["said"]},
                label="fail",
                dimension=settings.dimensions[failure.kind],
                why=f"the recorded output: {_names(failure.unmet)} is missing or differs",
            ),
        ),
        expected=_expected(shown, failure),
        rubric=_rubric(shown, settings),
        provenance=_provenance(drafted, origin, context),
        tags=_tags(failure),
    )


def _in_clear(drafted: Draft, settings: TraceSettings) -> JsonObject:
    """Return everything of a trace that goes into its task, before redaction."""
    failure = drafted.failure
    trace = failure.trace
    return {
        "policy": trace.policy.text if trace.policy else "",
        "request": trace.request.text if trace.request else "",
        "conversation": _conversation(failure, settings),
        "records": [
            {"tool": r.tool, "arguments": r.arguments, "result": r.answer} for r in drafted.records
        ],
        "remaining": [_plain(action) for action in failure.remaining],
        "unmet": [_plain(action) for action in failure.unmet],
        "instead": [_plain(action) for action in failure.did_instead],
        "said": failure.said,
        "communicate": list(drafted.communicate),
        "unchecked": list(drafted.unchecked),
        "assertions": [q.text for q in trace.criteria.failed_assertions] if trace.criteria else [],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the task's sources are named in what is written: clean of what must not leak."""

    sources: dict[Path, tuple[str, str]]
    record_ids: dict[int, str]
    lineage_keys: tuple[str, ...]
    person_keys: tuple[str, ...]


def _conversation(failure: Failure, settings: TraceSettings) -> list[JsonObject]:
    """Return the turns before the decision point; a reply names its call by number."""
    messages: list[JsonObject] = []
    numbers: dict[str, int] = {}
    count = 0
    for turn in failure.trace.turns[: failure.cut]:
        if turn.role == "system" or turn.to_user:
            continue
        text = without_control(turn.content, settings)
        message: JsonObject = {"role": turn.role, "content": text}
        calls = []
        for call in turn.calls:
            if not call.by_user:
                count += 1
                numbers[call.call_id or ""] = count
                calls.append({"number": count, **_plain(call)})
        if turn.role == "tool":
            message["answers"] = numbers.get(turn.call_id or "", count)
        if calls or text or turn.role == "tool":
            messages.append({**message, "calls": calls} if calls else message)
    return messages


def _as_chat(messages: list[JsonObject]) -> list[JsonObject]:
    """Return the conversation in the form that chat interfaces take."""
    chat: list[JsonObject] = []
    for message in messages:
        shown: JsonObject = {"role": message["role"], "content": message["content"]}
        if "answers" in message:
            shown["tool_call_id"] = f"call_{message['answers']}"
        if "calls" in message:
            shown["tool_calls"] = [
                {
                    "id": f"call_{call['number']}",
                    "type": "function",
                    "function": {
                        "name": call["name"],
                        "arguments": json.dumps(call["arguments"], ensure_ascii=False),
                    },
                }
                for call in message["calls"]
            ]
        chat.append(shown)
    return chat


def _texts(failure: Failure, settings: TraceSettings) -> list[str]:
    return leaf_texts(_conversation(failure, settings))


def _record_texts(record: WorldRecord) -> list[str]:
    return [*leaf_texts(record.arguments), record.answer]


def leaf_texts(value: Any) -> list[str]:
    """Return every key and scalar of a JSON value as text."""
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *leaf_texts(item))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in leaf_texts(item)]
    return [] if value is None else [str(value)]


def _plain(action: Action) -> JsonObject:
    return {"name": action.name, "arguments": action.arguments}


def _names(actions: Sequence[Action]) -> str:
    return ", ".join(dict.fromkeys(action.name for action in actions))


def _message(actions: list[JsonObject], communicate: list[str], context: Context) -> str:
    sentences: dict[str, None] = {}
    for action in actions:
        source = context.settings.sentences.get(action["name"])
        if source is None:
            sentence = f"I have completed this step: {action['name'].replace('_', ' ')}."
        else:
            place = Place(
                file=str(context.pack.root / "pack.yaml"),
                field=f"trace.sentences.{action['name']}",
            )
            sentence = context.pack.renderer.text(source, place).render(action["arguments"])
        sentences[sentence] = None
    template = pack_text(context.pack, context.settings.reference_message)
    return template.render({"sentences": list(sentences), "communicate": communicate})


def _rubric(shown: JsonObject, settings: TraceSettings) -> Rubric:
    checks = []
    free = list(settings.read_only_tools)
    for action in shown["remaining"]:
        params = {"name": action["name"], "arguments": action["arguments"]}
        ignored = [name for name in settings.free_text_arguments if name in action["arguments"]]
        if ignored:
            params["ignore"] = ignored
            free.append(action["name"])
        checks.append(CheckSpec(kind="action_taken", params=params, critical=True))
    checks.append(
        CheckSpec(
            kind="no_other_writes",
            params={"read_only": free, "allowed": shown["remaining"]},
            critical=True,
        )
    )
    if shown["communicate"]:
        checks.append(CheckSpec(kind="communicates", params={"texts": shown["communicate"]}))
    return Rubric(checks=tuple(checks), pass_score=1.0)


def _expected(shown: JsonObject, failure: Failure) -> JsonObject:
    expected = {
        "unmet_actions": shown["unmet"],
        "remaining_actions": shown["remaining"],
        "failure": failure.kind,
        "communicate": shown["communicate"],
        "communicate_not_checked": shown["unchecked"],
        "failed_assertions": shown["assertions"],
    }
    return {key: value for key, value in expected.items() if value}


def _provenance(drafted: Draft, origin: Origin, context: Context) -> Provenance:
    failure = drafted.failure
    trace = failure.trace
    refs: list[tuple[int, Ref]] = [(id(trace), turn.ref) for turn in _cited(failure)]
    refs += [(id(trace), action.ref) for action in failure.remaining]
    if trace.policy:
        refs.append((id(trace), trace.policy.ref))
    if trace.request:
        refs.append((id(trace), trace.request.ref))
    refs += [(id(trace), quote.ref) for quote in failure.communicate]
    refs += [(id(record.trace), ref) for record in drafted.records for ref in record.refs]
    parents: dict[tuple[Path, int], list[str]] = {}
    for owner, ref in refs:
        pointers = parents.setdefault((ref.file, owner), [])
        if ref.pointer not in pointers:
            pointers.append(ref.pointer)
    return Provenance(
        mode="trace",
        parents=tuple(
            Parent(
                source=origin.sources[file][0],
                source_sha256=origin.sources[file][1],
                record_id=origin.record_ids[owner],
                pointers=tuple(pointers),
            )
            for (file, owner), pointers in parents.items()
        ),
        seed=context.seed,
        author=AUTHOR,
        created_at=context.created_at,
        lineage_keys=(*origin.lineage_keys, *origin.person_keys),
    )


def _cited(failure: Failure) -> list[Turn]:
    return [turn for turn in failure.trace.turns[: failure.cut] if not turn.to_user]


def _tags(failure: Failure) -> tuple[str, ...]:
    tags = ["trace", f"format:{failure.trace.format}", f"failure:{failure.kind}"]
    tags += dict.fromkeys(f"unmet:{action.name}" for action in failure.unmet)
    return tuple(tags)
