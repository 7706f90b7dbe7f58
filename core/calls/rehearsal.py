"""Rehearse a run: the same requests, answered by rule and counted, none of them made.

Tokens are estimated from characters, for the tokenizers differ by model; the bound is certain,
since a token is at least one byte.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from benchwright.calls.prices import PriceTable
from benchwright.calls.spec import CallResult, CallSpec, Purpose, Reply, Usage

CHARACTERS_PER_TOKEN = 4


@dataclass(slots=True)
class Rehearsal:
    """Stands in for the gateway; `asked` fills up with what would have been sent.

    Attributes:
        answer: Returns the text for a request.
    """

    answer: Callable[[CallSpec], str]
    asked: list[tuple[CallSpec, Purpose, str]] = field(default_factory=list)

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Return what the rule says, as if the model had said it."""
        text = self.answer(spec)
        self.asked.append((spec, purpose, text))
        return CallResult(
            call_id=spec.key[:16],
            spec=spec,
            purpose=purpose,
            reply=Reply(
                text=text,
                served_model=spec.model,
                response_id="",
                finish_reason="stop",
                usage=likely_usage(spec, text),
            ),
            cost_picodollars=0,
            cost_source="free",
            replayed=False,
        )


def likely_usage(spec: CallSpec, text: str) -> Usage:
    """Return the tokens that a request and its reply probably have."""
    asked = sum(len(turn.content) for turn in spec.messages)
    return Usage(
        input_tokens=asked // CHARACTERS_PER_TOKEN,
        output_tokens=min(spec.max_tokens, len(text) // CHARACTERS_PER_TOKEN + 1),
    )


def likely_cost(spec: CallSpec, text: str, prices: PriceTable) -> int:
    """Return what a call probably costs, in picodollars; 0 for a provider without a price."""
    if spec.provider in ("offline", "scripted"):
        return 0
    return prices.price_of(spec.model).cost(likely_usage(spec, text))
