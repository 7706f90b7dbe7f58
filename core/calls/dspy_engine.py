"""DSPy on our seam: its modules see our ledger, budget, rate and retries, and no cache of its own.

Source: the engine contract of dspy 3.4 (`dspy.LM(engine=...)`: `complete(Request) -> Response`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from benchwright.calls.spec import CallResult, CallSpec, ProviderKind, Purpose, Turn
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.tasks import Record

if TYPE_CHECKING:
    import dspy
    from dspy import lm15

_FINISH = {"stop": "stop", "length": "length", "refusal": "content_filter", "other": "stop"}


class Caller(Protocol):
    """What makes calls: the gateway, or a rehearsal that makes none."""

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Return the reply to a request."""
        ...


class ModelSettings(Record):
    """How one model is called."""

    provider: ProviderKind
    model: str
    endpoint: str = ""
    max_tokens: int = 2_000
    temperature: float | None = None

    def spec(self, turns: tuple[Turn, ...], *, seed: int | None, attempt: int = 0) -> CallSpec:
        """Return the request for these messages."""
        return CallSpec(
            provider=self.provider,
            model=self.model,
            endpoint=self.endpoint,
            messages=turns,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            seed=seed,
            attempt=attempt,
        )


@dataclass(slots=True)
class GatewayEngine:
    """One model in one part for one row; `made` lists the calls in their order.

    Attributes:
        gateway: Makes the calls.
        settings: The model.
        purpose: What the ledger says the calls are for.
        seed: Sent with every request.
        attempt: Tells one drawing of the same request from the next.
        fault: Why the last call failed; DSPy wraps it in an error of its own.
    """

    gateway: Caller
    settings: ModelSettings
    purpose: Purpose
    seed: int | None
    attempt: int
    made: list[CallResult]
    fault: BenchwrightError | None = None

    def complete(self, request: "lm15.Request") -> "lm15.Response":
        """Make the call that a DSPy module asks for."""
        from dspy import lm15

        spec = self.settings.spec(tuple(_turns(request)), seed=self.seed, attempt=self.attempt)
        try:
            result = self.gateway.call(spec, self.purpose)
        except BenchwrightError as error:
            self.fault = error
            raise
        self.made.append(result)
        usage = result.reply.usage
        return lm15.Response(
            id=result.reply.response_id or result.call_id,
            model=result.reply.served_model or spec.model,
            message=lm15.Message.assistant(result.reply.text),
            finish_reason=_FINISH[result.reply.finish_reason],
            usage=lm15.Usage(
                input_tokens=usage.input_tokens if usage else None,
                output_tokens=usage.output_tokens if usage else None,
            ),
        )

    def close(self) -> None:
        """Do nothing: the gateway outlives the module."""


def language_model(engine: GatewayEngine) -> "dspy.LM":
    """Return a DSPy language model that calls through the engine, uncached."""
    import dspy

    return dspy.LM(f"benchwright/{engine.settings.model}", engine=engine, cache=False)


def _turns(request: "lm15.Request") -> list[Turn]:
    turns = []
    if request.system:
        turns.append(Turn(role="system", content=_text(request.system)))
    for message in request.messages:
        if message.role not in ("user", "assistant"):
            raise ConfigError(
                f"a DSPy module sent a {message.role!r} message",
                fix="use signatures of text fields; tools are not called while authoring",
            )
        turns.append(Turn(role=message.role, content=_text(message.parts)))
    return turns


def _text(parts: Any) -> str:
    if isinstance(parts, str):
        return parts
    texts = []
    for part in parts:
        if getattr(part, "type", "") != "text":
            raise ConfigError(
                f"a DSPy module sent a {getattr(part, 'type', '?')!r} part",
                fix="use signatures of text fields",
            )
        texts.append(part.text)
    return "".join(texts)
