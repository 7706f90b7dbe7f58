"""Read a judge's reply; what is not exactly an answer is malformed, and never bent into one.

Prose and code fences around the JSON are let through. A score is one of the whole numbers 1 to 5
as a JSON integer: 9, "4", 4.0 and true are malformed. Every quote must stand in the task.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from benchwright.judges.panel.shown import Shown, printable
from benchwright.tasks import JsonObject
from benchwright.verdicts import Dimension15

MAX_REPLY_CHARACTERS = 20_000
MAX_QUOTES = 20
_MAX_BRACES_TRIED = 200
Preference = Literal["first", "second", "same"]

SCORE_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "evidence": {"type": "array", "items": {"type": "string"}},
        "reason": {"type": "string"},
        "score": {"type": "integer", "enum": [1, 2, 3, 4, 5]},
    },
    "required": ["evidence", "reason", "score"],
    "additionalProperties": False,
}
PREFERENCE_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "better": {"type": "string", "enum": ["first", "second", "same"]},
    },
    "required": ["reason", "better"],
    "additionalProperties": False,
}


class MalformedReplyError(ValueError):
    """A reply that is no answer; the message says why, for the repair round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a judge said of one dimension."""

    score: Dimension15
    evidence: tuple[str, ...]
    reason: str


def read_opinion(text: str, shown: Shown) -> Opinion:
    """Return the opinion in a reply.

    Raises:
        MalformedReplyError: If there is none, more than one, or one that breaks a rule.
    """
    value = _answer(text, "score", SCORE_SCHEMA["required"], echoed=shown.text)
    score, quotes = value["score"], value["evidence"]
    if type(score) is not int or not 1 <= score <= 5:
        raise MalformedReplyError(f"score is {_short(score)}, not one of 1, 2, 3, 4, 5")
    if not isinstance(quotes, list) or not 1 <= len(quotes) <= MAX_QUOTES:
        raise MalformedReplyError(f"evidence is not a list of 1 to {MAX_QUOTES} quotes")
    for quote in quotes:
        if not isinstance(quote, str) or not shown.quotes(quote):
            raise MalformedReplyError(f"the quote {_short(quote)} does not stand in the task")
    return Opinion(
        score=cast(Dimension15, score),
        evidence=tuple(printable(quote) for quote in quotes),
        reason=_reason(value),
    )


def read_preference(text: str) -> Preference:
    """Return which of two tasks a reply prefers.

    Raises:
        MalformedReplyError: If it does not say.
    """
    value = _answer(text, "better", PREFERENCE_SCHEMA["required"], echoed="")
    if value["better"] not in PREFERENCE_SCHEMA["properties"]["better"]["enum"]:
        raise MalformedReplyError(f"better is {_short(value['better'])}")
    return cast(Preference, value["better"])


def _answer(text: str, key: str, required: list[str], *, echoed: str) -> JsonObject:
    """Return the one JSON object with `key` that the reply holds and the task does not."""
    if len(text) > MAX_REPLY_CHARACTERS:
        raise MalformedReplyError(f"the reply has more than {MAX_REPLY_CHARACTERS:,} characters")
    found = [(value, raw) for value, raw in _objects(text) if key in value]
    if not found:
        raise MalformedReplyError(f"the reply holds no JSON object with {key!r}")
    if len(found) > 1:
        raise MalformedReplyError(f"the reply holds {len(found)} JSON objects with {key!r}")
    value, raw = found[0]
    if " ".join(raw.split()) in " ".join(echoed.split()):
        raise MalformedReplyError("the reply repeats an answer that stands in the task")
    if sorted(value) != sorted(required):
        raise MalformedReplyError(f"the fields are {_short(sorted(value))}, not {required}")
    return value


def _objects(text: str) -> Iterator[tuple[JsonObject, str]]:
    decoder = json.JSONDecoder(object_pairs_hook=_each_key_once)
    start = text.find("{")
    for _ in range(_MAX_BRACES_TRIED):
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        yield value, text[start:end]
        start = text.find("{", end)


def _each_key_once(pairs: list[tuple[str, Any]]) -> JsonObject:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a JSON object names a field twice")
    return dict(pairs)


def _reason(value: JsonObject) -> str:
    if not isinstance(value["reason"], str) or not value["reason"].strip():
        raise MalformedReplyError("reason is empty")
    return printable(value["reason"].strip())


def _short(value: object) -> str:
    shown = printable(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 120 else f"{shown[:120]}..."
