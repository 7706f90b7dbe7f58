"""The DSPy signatures of the author, and one call of each through our seam.

A reply that is not the JSON asked for gets one `RepairJSON` call; what is still malformed fails the
candidate. DSPy's own second call through another adapter is off: it would be paid and unseen.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from benchwright.calls.dspy_engine import Caller, GatewayEngine, ModelSettings, language_model
from benchwright.calls.spec import CallResult, CallRole, Purpose
from benchwright.generators.synthetic.prompts import prompt
from benchwright.tasks import JsonObject

_FIELDS: dict[str, tuple[tuple[str, ...], CallRole]] = {
    "author_task": (("brief", "tests", "texts", "reference_shape"), "author"),
    "rewrite_task": (("brief", "texts", "reference", "findings"), "rewriter"),
    "write_rejected": (("task", "tests", "right_output"), "rejected_author"),
    "repair_json": (("given", "wrong", "form"), "repairer"),
}


class MalformedReplyError(Exception):
    """A reply that is not the JSON asked for, also after its repair."""


class RefusedError(Exception):
    """The model refused, or said nothing."""


@dataclass(slots=True)
class Writer:
    """One model that writes one candidate; `calls` lists what it cost, in order.

    Attributes:
        gateway: Makes the calls.
        settings: The model.
        row: What the ledger calls the candidate.
        cell: Its place in the schedule.
        seed: Sent with every request.
    """

    gateway: Caller
    settings: ModelSettings
    row: str
    cell: str
    seed: int
    calls: list[CallResult] = field(default_factory=list)

    def ask(self, name: str, form: JsonObject, **inputs: Any) -> JsonObject:
        """Ask one signature, and return its JSON object.

        Args:
            name: A prompt of `prompts.NAMES`.
            form: Field names and a description of each; all of them are required.
            inputs: The fields of the signature; values that are not texts are shown as JSON.

        Raises:
            MalformedReplyError: If the reply has not this form, also after one repair.
            RefusedError: If the model refuses or says nothing.
            ProviderFault: If there is no reply.
        """
        reply = self._predict(name, inputs)
        value, wrong = _read(reply, form)
        if value is None:
            mended = self._predict("repair_json", {"given": reply, "wrong": wrong, "form": form})
            value, wrong = _read(mended, form)
        if value is None:
            raise MalformedReplyError(wrong)
        return value

    def _predict(self, name: str, inputs: dict[str, Any]) -> str:
        import dspy

        fields, role = _FIELDS[name]
        engine = GatewayEngine(
            gateway=self.gateway,
            settings=self.settings,
            purpose=Purpose(role=role, row=self.row, cell=self.cell, step=name),
            seed=self.seed,
            attempt=0,
            made=self.calls,
        )
        shown = {key: _shown(inputs[key]) for key in fields}
        with dspy.context(lm=language_model(engine), adapter=_adapter()):
            try:
                predicted = dspy.Predict(_signature(name, fields))(**shown)
                said = str(predicted.reply)
            except dspy.utils.exceptions.AdapterParseError:
                said = self.calls[-1].reply.text
            except dspy.utils.exceptions.LMError as error:
                raise engine.fault or error from None
        if self.calls[-1].reply.finish_reason == "refusal" or not said.strip():
            raise RefusedError(said)
        return said


def _signature(name: str, fields: tuple[str, ...]) -> Any:
    import dspy

    return dspy.Signature(f"{', '.join(fields)} -> reply", prompt(name))


def _adapter() -> Any:
    import dspy

    return dspy.ChatAdapter(use_json_adapter_fallback=False)


def _read(reply: str, form: JsonObject) -> tuple[JsonObject | None, str]:
    """Return the JSON object in a reply, or None and what is wrong with it."""
    for text in _objects(reply):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if not isinstance(value, dict):
            continue
        lacking = sorted(set(form) - set(value))
        strange = sorted(set(value) - set(form))
        if not lacking and not strange:
            return value, ""
        return None, f"fields missing: {lacking}; fields not asked for: {strange}"
    return None, "there is no JSON object in the reply"


def _objects(reply: str) -> list[str]:
    """Return what may be the JSON object: the whole reply, and its outermost braces."""
    start, end = reply.find("{"), reply.rfind("}")
    return [reply.strip(), reply[start : end + 1]] if 0 <= start < end else [reply.strip()]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
