"""What is asked of a model, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from benchwright.canonical import canonical_json, sha256_hex
from benchwright.tasks import JsonObject, Record

CallRole = Literal[
    "author",
    "rewriter",
    "repairer",
    "rejected_author",
    "judge",
    "pairwise_judge",
    "calibration_judge",
    "pair_judge",
]
FinishReason = Literal["stop", "length", "refusal", "other"]
ProviderKind = Literal["offline", "scripted", "litellm", "http"]
CostSource = Literal["provider", "price_table", "free"]


class Turn(Record):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class CallSpec(Record):
    """One request, without keys: everything that decides the reply.

    Attributes:
        provider: Which provider makes the call.
        model: The requested name, as a config writes it.
        endpoint: Base URL where it is not the provider's own; an answer of one endpoint is never
            served as another's.
        attempt: Tells equal requests apart that are meant to be made again.
    """

    provider: ProviderKind
    model: str
    endpoint: str = ""
    messages: Annotated[tuple[Turn, ...], Field(min_length=1)]
    max_tokens: Annotated[int, Field(gt=0)]
    temperature: float | None = None
    seed: int | None = None
    response_schema: JsonObject | None = None
    attempt: Annotated[int, Field(ge=0)] = 0

    @cached_property
    def key(self) -> str:
        """The sha256 of the canonical request: equal requests have one entry in the ledger."""
        return sha256_hex(canonical_json(self.model_dump(mode="json")))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, whose key is its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("key", None)
        return copied

    @property
    def prompt_sha256(self) -> str:
        """The sha256 of the messages alone."""
        return sha256_hex(canonical_json([turn.model_dump() for turn in self.messages]))


class Purpose(Record):
    """Why a call is made: which part it plays, for which row, in which cell of the schedule."""

    role: CallRole
    row: str
    cell: str = ""
    step: str = ""


class Usage(Record):
    """Tokens as the provider counted them."""

    input_tokens: Annotated[int, Field(ge=0)]
    output_tokens: Annotated[int, Field(ge=0)]
    reasoning_tokens: Annotated[int, Field(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a provider returned.

    Attributes:
        text: The answer; empty where the provider sent no choice or an empty one.
        served_model: The reply's `model` field; empty where it has none.
        usage: None where the provider did not count.
        cost_picodollars: What the provider says it charged; None where it does not say. One
            picodollar is 1e-12 US dollars: prices per token are whole numbers of it.
    """

    text: str
    served_model: str
    response_id: str
    finish_reason: FinishReason
    usage: Usage | None
    cost_picodollars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """A reply with its place in the ledger.

    Attributes:
        call_id: First 16 hex digits of the request's key; rows name it in their provenance.
        cost_picodollars: What the call cost when it was made; 0 for providers without a price.
        replayed: Whether the reply came from the ledger.
    """

    call_id: str
    spec: CallSpec
    purpose: Purpose
    reply: Reply
    cost_picodollars: int
    cost_source: CostSource
    replayed: bool
