"""Read an OpenAI-style chat completion, whoever sent it; what is broken in it is a fault."""

import json
from collections.abc import Mapping
from typing import Any

from benchwright.calls.prices import PICODOLLARS
from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallSpec, FinishReason, Reply, Usage
from benchwright.tasks import JsonObject

MAX_REPLY_BYTES = 4 * 2**20
_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "refusal",
    "refusal": "refusal",
}


def request_body(spec: CallSpec, *, model: str) -> JsonObject:
    """Return the body of a request; what the spec leaves open is not sent."""
    body: JsonObject = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in spec.messages],
        "max_tokens": spec.max_tokens,
    }
    if spec.temperature is not None:
        body["temperature"] = spec.temperature
    if spec.seed is not None:
        body["seed"] = spec.seed
    if spec.response_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": spec.response_schema, "strict": True},
        }
    return body


def read_reply(content: bytes) -> Reply:
    """Return the bytes of a completion as a reply.

    Raises:
        ProviderFault: If it is not JSON in UTF-8, too large, or has no choices.
    """
    if len(content) > MAX_REPLY_BYTES:
        raise _bad(f"the reply has more than {MAX_REPLY_BYTES:,} bytes")
    try:
        value = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _bad(f"the reply is not JSON in UTF-8: {error}") from error
    return reply_of(value)


def reply_of(value: Any) -> Reply:
    """Return a decoded completion as a reply.

    Raises:
        ProviderFault: If it has no choices.
    """
    choices = value.get("choices") if isinstance(value, Mapping) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise _bad("the reply has no choices")
    message = choices[0].get("message")
    message = message if isinstance(message, Mapping) else {}
    text, refusal = message.get("content"), message.get("refusal")
    finish = _FINISH.get(str(choices[0].get("finish_reason")), "other")
    return Reply(
        text=text if isinstance(text, str) else "",
        served_model=_text(value.get("model")),
        response_id=_text(value.get("id")),
        finish_reason="refusal" if refusal else finish,
        usage=_usage(value.get("usage")),
        cost_picodollars=_reported_cost(value.get("usage")),
    )


def _usage(value: Any) -> Usage | None:
    if not isinstance(value, Mapping):
        return None
    asked, answered = value.get("prompt_tokens"), value.get("completion_tokens")
    if not _is_count(asked) or not _is_count(answered):
        return None
    details = value.get("completion_tokens_details")
    reasoning = details.get("reasoning_tokens") if isinstance(details, Mapping) else None
    return Usage(
        input_tokens=asked,
        output_tokens=answered,
        reasoning_tokens=reasoning if _is_count(reasoning) else 0,
    )


def _reported_cost(usage: Any) -> int | None:
    """Return what the provider charged; 0 counts as not said, for paid calls report it too."""
    cost = usage.get("cost") if isinstance(usage, Mapping) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 < cost < 1e6:
        return None
    return round(cost * PICODOLLARS)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _bad(message: str) -> ProviderFault:
    return ProviderFault(
        "bad_reply", message, fix="look at the endpoint: it does not answer as OpenAI's API does"
    )
