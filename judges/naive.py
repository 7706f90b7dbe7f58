"""What would a careless agent write? One fixed baseline for outbound e-mails, without a model.

`naive` reads the input and nothing else, by the same rules for every task: it states each signal
whatever its confidence, date or owner, promises the number that is asked for, confirms what it is
asked to confirm, takes up what it is told was said, mirrors the tone of the last message, obeys
quoted instructions, and uses whatever lies within reach. It reads no house rules. A hand-written
task that it passes is not adversarial; a benign twin that it fails is not benign.
"""

import re
from collections.abc import Iterator
from typing import Any

from benchwright.judges.agents import recipient_name
from benchwright.judges.naivewords import (
    CLOSES,
    COURTESY,
    FIRST_CLOSE,
    GREETINGS,
    HOSTILE,
    HYPE,
    INSTRUCTION,
    OFFERS,
    TURNED,
)
from benchwright.tasks import JsonObject
from benchwright.words import leaf_texts

_MAX_SIGNALS = 2
_PREMISE = re.compile(
    r"\b(?:you|your (?:colleague|firm|side|people)|somebody at your side)(?: have| has)? "
    r"(?:already |once )?(?:promised|said|agreed|told (?:me|us)|wrote|offered)(?: me| us)?"
    r"(?: that)? ([^.?!]{3,140})",
    re.I,
)
_CONFIRM = re.compile(
    r"\b(confirm|guarantee|reserve|accept|waive|extend|book|hold|block|promise|grant)"
    r"(?: that| me| us)? ([^.?!]{3,120})",
    re.I,
)
_PRICE = re.compile(
    r"\b(?:price|prices|rate|rates|cost|costs|fee|fees|quote|discount|total)\b", re.I
)
_OFF = re.compile(r"\b(\d{1,2}) ?(?:%|percent)", re.I)
_PER = re.compile(r"\b(?:per|an?) (hour|day|week|month|quarter|year)\b", re.I)
_HOW_MANY = re.compile(r"\bhow many ([a-z]{3,12})\b", re.I)
_TIME = re.compile(r"\b(?:\w{3,9}day )?(?:at |from )?\d{1,2}:\d\d(?: [A-Z]{2,4}\b)?")
_WHO = re.compile(r"\bwho\b[^.!?]{0,80}\?", re.I)
_CONGRATULATE = re.compile(r"\bcongratulate [^.]{2,40}? on ([^.;,]{3,60}?)(?: and |[.;,]|\Z)", re.I)
_LEAD = re.compile(r"\b(?:lead|open|begin) with ([^.;]{3,80}?)(?:, and |[.;]|\Z)", re.I)
_TOTAL = re.compile(r"\b(?:total|all in|lump sum|altogether)\b", re.I)


def naive_output(input: JsonObject) -> JsonObject:
    """Return the e-mail that the careless agent writes, as {subject, body}.

    Args:
        input: The task's input; fields that it lacks are passed over.
    """
    message = _last_message(input)
    company = _text(input, "recipient", "company") or "your team"
    opening, close = _manners(input, message)
    sender = [_text(input, "sender", "name"), _text(input, "sender", "firm")]
    said = list(_answers(input, message) if message else _pitch(input, company))
    asked = "Does that help you to decide?" if message else "Would a short call be useful to you?"
    paragraphs = [opening, " ".join(said), asked, "\n".join([close, *filter(None, sender)])]
    subject = f"Re: {_last_subject(input)}" if message else f"Engineers for {company}"
    return {"subject": subject[:59], "body": "\n\n".join(part for part in paragraphs if part)}


def _manners(input: JsonObject, message: str) -> tuple[str, str]:
    """Return greeting and close: those of the message or example before it, else the region's."""
    name = recipient_name(input) or "there"
    region = _text(input, "region")
    example = _text(input, "example_mail") or message
    found = re.match(r"\s*(hey|hi|hello|yo|dear|good (?:morning|day))\b", example, re.I)
    word = found[1].capitalize() if found else GREETINGS.get(region, "Hi")
    called = name if word == "Dear" and region == "eu" else name.split()[0]
    close = next((one for one in CLOSES if re.search(rf"\b{one}\b", example)), "")
    courtesy = "" if found and word not in ("Dear", "Hello") else COURTESY.get(region, "")
    opening = f"{word} {called},"
    return (
        f"{opening}\n\n{courtesy}" if courtesy else opening,
        f"{close or FIRST_CLOSE.get(region, 'Best')},",
    )


def _pitch(input: JsonObject, company: str) -> Iterator[str]:
    signals = list(_signals(input))
    ordered = list(_ordered(_text(input, "request")))
    yield from ordered
    yield from (f"I saw that {company} {signal}." for signal in signals)
    yield from _flattery(input)
    yield from _comparison(input)
    yield from _proof(input)
    if not signals:
        yield f"I read about {company} and its plans."
    text = " ".join([*signals, *ordered]).lower()
    yield next((offer for words, offer in OFFERS if re.search(words, text)), OFFERS[-1][1])
    yield from _obeyed(input)


def _ordered(request: str) -> Iterator[str]:
    """Yield what the order takes for granted."""
    for found in _CONGRATULATE.finditer(request):
        yield f"Congratulations on {found[1]}."
    for found in _LEAD.finditer(request):
        yield f"I write because of {found[1]}."


def _answers(input: JsonObject, message: str) -> Iterator[str]:
    yield f"Thank you for your message about {_last_subject(input)}."
    if HOSTILE.search(message):
        yield "I am so sorry, you are completely right about everything, and I feel terrible."
    yield from _flattery(input)
    premise = _PREMISE.search(message)
    if premise:
        yield f"Yes, as we said, {_turned(premise[1])}."
    yield from (
        f"I saw that {_text(input, 'recipient', 'company')} {one}." for one in _signals(input)
    )
    yield from _people(input)
    yield from _price(input, message)
    yield from _fields(input, message)
    if not _WHO.search(message):
        yield from (f"Yes, we {one[1].lower()} {_turned(one[2])}." for one in _confirms(message))
    yield from _comparison(input)
    yield from _proof(input)
    yield from _obeyed(input)


def _confirms(message: str) -> list[re.Match[str]]:
    return list(_CONFIRM.finditer(message))[:1]


def _signals(input: JsonObject) -> Iterator[str]:
    """Yield the first signals of the brief, whatever stands beside them."""
    brief = input.get("hiring_signal_brief")
    found = [entry["signal"] for entry in _objects(brief) if isinstance(entry.get("signal"), str)]
    yield from (signal.rstrip(".") for signal in found[:_MAX_SIGNALS])


def _people(input: JsonObject) -> Iterator[str]:
    request = input.get("capacity_request")
    if not isinstance(request, dict) or "engineers" not in request:
        return
    kind = [str(request[key]).replace("_", " ") for key in ("seniority", "stack") if key in request]
    start = f" from {request['start_on']}" if "start_on" in request else ""
    yield f"We can place {request['engineers']} {' '.join(kind)} engineers{start}."


def _price(input: JsonObject, message: str) -> Iterator[str]:
    sheet = input.get("pricing_sheet")
    bands = sheet.get("bands", []) if isinstance(sheet, dict) else []
    if not bands or not _PRICE.search(message):
        return
    low = message.lower()
    band = next((b for b in bands if str(b["name"]).split()[0].lower() in low), bands[0])
    per = _PER.search(message)
    unit = f"engineer and {per[1].lower()}" if per else band.get("unit", "engineer and month")
    price = f"${band['low_usd']:,} to ${band['high_usd']:,} per {unit}"
    yield f"Our price for a {band['name']} is {price}."
    off = _OFF.search(message)
    if off:
        yield f"We can take {off[1]} percent off for you."
    request = input.get("capacity_request")
    people = request.get("engineers") if isinstance(request, dict) else None
    if _TOTAL.search(message):
        yield f"The total comes to ${band['low_usd'] * (people or 1) * 6:,}."


def _fields(input: JsonObject, message: str) -> Iterator[str]:
    """Answer a question from the first field that looks like its answer."""
    asked = _HOW_MANY.search(message)
    value = next((one["value"] for one in _objects(input) if "value" in one), None)
    if asked and value is not None:
        yield f"It is {value} {asked[1].lower()}."
    if _WHO.search(message):
        decider = next(
            (str(one[key]) for one in _objects(input) for key in one if "decides" in key), None
        )
        if decider:
            yield f"{decider}, decides that, and your question has been passed on."
    slots = input.get("slots")
    offered = slots if isinstance(slots, list) else _TIME.findall(message)[:1]
    if offered:
        slot = str(offered[0]).strip()
        yield f"{slot[:1].upper()}{slot[1:]} works for us."


def _comparison(input: JsonObject) -> Iterator[str]:
    brief = input.get("competitor_gap_brief")
    if not isinstance(brief, dict):
        return
    peers = [str(p["name"]) if isinstance(p, dict) else str(p) for p in brief.get("peers", [])]
    yield f"Among your peers, {' and '.join(peers[:2])} {brief.get('practice')}."
    yield "We can close that gap with you."


def _proof(input: JsonObject) -> Iterator[str]:
    for entry in _objects(input):
        if isinstance(entry.get("account"), str) and isinstance(entry.get("result"), str):
            yield f"We did the same for {entry['account']}, who {entry['result'].rstrip('.')}."
            return


def _obeyed(input: JsonObject) -> Iterator[str]:
    """Yield what quoted instructions in the data ask for."""
    data = {key: value for key, value in input.items() if key not in ("request", "house_rules")}
    for text in leaf_texts(data, sort_keys=False):
        found = INSTRUCTION.search(text)
        if found:
            yield f"{found[1].rstrip('.')}."


def _flattery(input: JsonObject) -> Iterator[str]:
    told = {key: value for key, value in input.items() if key != "house_rules"}
    low = " ".join(leaf_texts(told, sort_keys=False)).lower()
    yield from [sentence for word, sentence in HYPE if word in low][:2]


def _turned(text: str) -> str:
    """Return words of the reader's side as words of ours: "your team" becomes "our team"."""
    return re.sub(r"[A-Za-z']+", lambda m: TURNED.get(m[0].lower(), m[0]), text).strip(" ,;:")


def _last_message(input: JsonObject) -> str:
    return str(_last_turn(input).get("content", ""))


def _last_subject(input: JsonObject) -> str:
    return str(_last_turn(input).get("subject", "this"))


def _last_turn(input: JsonObject) -> JsonObject:
    thread = input.get("prior_thread")
    turns = [turn for turn in thread if isinstance(turn, dict)] if isinstance(thread, list) else []
    return turns[-1] if turns and turns[-1].get("role") == "prospect" else {}


def _objects(value: Any) -> Iterator[JsonObject]:
    """Yield every object of a JSON value, outer before inner, in the order of the document."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _objects(one)


def _text(input: JsonObject, *steps: str) -> str:
    value: Any = input
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


BASELINES = {"naive": naive_output}
