"""Ask one judge for its opinion of one task: one call a dimension, one repair, no guessing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchwright.calls.log import served_lineage
from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallResult, CallRole, CallSpec, Purpose, Turn
from benchwright.canonical import canonical_json, sha256_hex
from benchwright.judges.panel.prompts import (
    MAX_SHOWN_CHARACTERS,
    comparison,
    opening,
    prompt_sha256s,
    repair,
)
from benchwright.judges.panel.questions import Questions
from benchwright.judges.panel.replies import (
    PREFERENCE_SCHEMA,
    SCORE_SCHEMA,
    MalformedReplyError,
    Opinion,
    Preference,
    read_opinion,
    read_preference,
)
from benchwright.judges.panel.roster import serves_what_was_asked
from benchwright.judges.panel.shown import Shown, printable
from benchwright.lineage.kinship import Models
from benchwright.model_config import ModelConfig
from benchwright.tasks import JsonObject
from benchwright.verdicts import ModelRef, UnjudgedReason, Verdict


class Caller(Protocol):
    """Makes calls; a `Gateway` does."""

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Return the reply to a request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one judge said of one dimension, and the calls that it took.

    Attributes:
        opinion: None where there is no score.
        unjudged: Why there is none.
        reason: What the judge said, or what went wrong.
    """

    dimension: str
    opinion: Opinion | None
    unjudged: UnjudgedReason | None
    reason: str
    calls: tuple[CallResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks judges through the gateway.

    Attributes:
        caller: Makes the calls.
        models: Resolves what was served.
        role: `judge` behind the gate, `calibration_judge` when labels are compared.
        questions: What judges are asked in place of our questions.
    """

    caller: Caller
    models: Models
    role: CallRole = "judge"
    questions: Questions = field(default_factory=Questions)

    def verdict(
        self,
        judge: ModelConfig,
        shown: Shown,
        minimums: Mapping[str, int],
        dimensions: Iterable[str],
    ) -> Verdict:
        """Return a judge's verdict on these dimensions of a task.

        Raises:
            ProviderFault: If the circuit of the endpoint is open.
            BudgetError: If a call could cross the cap.
        """
        answers = [self.answer(judge, shown, dimension) for dimension in dimensions]
        return self._verdict(judge, shown, minimums, answers)

    def answer(self, judge: ModelConfig, shown: Shown, dimension: str) -> Answer:
        """Return what a judge says of one dimension."""
        made: list[CallResult] = []

        def ends(unjudged: UnjudgedReason, reason: str) -> Answer:
            return Answer(
                dimension=dimension,
                opinion=None,
                unjudged=unjudged,
                reason=printable(reason),
                calls=tuple(made),
            )

        if len(shown.text) > MAX_SHOWN_CHARACTERS:
            return ends("too_long", f"the task has more than {MAX_SHOWN_CHARACTERS:,} characters")
        own = self.questions.of(judge.model, dimension)
        turns = opening(shown, dimension, own.text if own else None)
        step, problem = dimension, ""
        for attempt in ("first", "repair"):
            purpose = Purpose(role=self.role, row=shown.task_id, cell=shown.cell, step=step)
            try:
                result = self.caller.call(_spec(judge, turns, SCORE_SCHEMA), purpose)
            except ProviderFault as fault:
                if fault.kind == "circuit_open":
                    raise
                return ends("error", f"no reply: {fault.kind}")
            made.append(result)
            reply = result.reply
            if not serves_what_was_asked(self.models, judge.model, reply.served_model):
                return ends("served_elsewhere", _elsewhere(judge.model, reply.served_model))
            text = printable(reply.text)
            if attempt == "first" and reply.finish_reason == "refusal":
                return ends("refused", "the judge refused to answer")
            if attempt == "first" and not text.strip():
                return ends("empty", "the reply is empty")
            try:
                opinion = read_opinion(text, shown)
            except MalformedReplyError as error:
                problem = str(error)
                turns, step = repair(turns, text, problem), f"{dimension}/repair"
                continue
            return Answer(
                dimension=dimension,
                opinion=opinion,
                unjudged=None,
                reason=opinion.reason,
                calls=tuple(made),
            )
        return ends("malformed", f"also after one repair: {problem}")

    def prefers(self, judge: ModelConfig, first: Shown, second: Shown) -> Preference | None:
        """Return which of two tasks a judge finds better in this order; None without an answer."""
        if len(first.text) + len(second.text) > MAX_SHOWN_CHARACTERS:
            return None
        purpose = Purpose(
            role="pairwise_judge", row=first.task_id, cell=first.cell, step=second.task_id
        )
        spec = _spec(judge, comparison(first, second), PREFERENCE_SCHEMA)
        try:
            reply = self.caller.call(spec, purpose).reply
        except ProviderFault as fault:
            if fault.kind == "circuit_open":
                raise
            return None
        if not serves_what_was_asked(self.models, judge.model, reply.served_model):
            return None
        try:
            return read_preference(printable(reply.text))
        except MalformedReplyError:
            return None

    def _verdict(
        self,
        judge: ModelConfig,
        shown: Shown,
        minimums: Mapping[str, int],
        answers: Sequence[Answer],
    ) -> Verdict:
        calls = [call for answer in answers for call in answer.calls]
        served = tuple(sorted({call.reply.served_model for call in calls}))
        lineage = set(self.models.lineages(judge.model))
        for name in served:
            lineage.update(served_lineage(judge.model, name, self.models))
        asked = [answer.dimension for answer in answers]
        own = {
            name: found.sha256 for name in asked if (found := self.questions.of(judge.model, name))
        }
        used = [*(name for name in asked if name not in own), "rules", "task"]
        if any(len(answer.calls) > 1 for answer in answers):
            used.append("repair")
        return identified(
            task_id=shown.task_id,
            judge=ModelRef(requested=judge.model, served=served, lineage=tuple(sorted(lineage))),
            scores={a.dimension: a.opinion.score for a in answers if a.opinion},
            unjudged={a.dimension: a.unjudged for a in answers if a.unjudged},
            evidence={a.dimension: a.opinion.evidence for a in answers if a.opinion},
            reasons={a.dimension: a.reason for a in answers},
            call_ids=tuple(call.call_id for call in calls),
            prompts={
                **prompt_sha256s(*used),
                **{f"optimised/{name}": sha256 for name, sha256 in own.items()},
            },
            minimums=minimums,
        )


def identified(*, minimums: Mapping[str, int], **fields: object) -> Verdict:
    """Return a verdict with its status from the scores, and an id from its content."""
    scores = fields["scores"]
    assert isinstance(scores, dict)  # noqa: S101 - the callers give one
    below = any(score < minimums[dimension] for dimension, score in scores.items())
    status = "fail" if below else "unjudged" if fields.get("unjudged") else "pass"
    draft = Verdict.model_validate({**fields, "id": "", "status": status})
    verdict_id = sha256_hex(canonical_json(draft.model_dump(mode="json")))[:16]
    return draft.model_copy(update={"id": verdict_id})


def _spec(judge: ModelConfig, turns: tuple[Turn, ...], schema: JsonObject) -> CallSpec:
    return CallSpec(
        provider=judge.provider,
        model=judge.model,
        endpoint=judge.api_base or "",
        messages=turns,
        max_tokens=judge.max_tokens,
        temperature=judge.temperature,
        response_schema=schema,
    )


def _elsewhere(requested: str, served: str) -> str:
    return f"L004: {requested!r} was asked, {served or 'a model without a name'!r} answered"
