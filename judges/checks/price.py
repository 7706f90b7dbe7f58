"""Does the text name public price bands only, as they stand?

An amount is a price unless the text speaks of funding or of the reader's own figures. A price is
a bound of a band, in the band's currency, for what the band is for and the time it is for. A
range is one band's. No total is named and no share is taken off, for those are worked out in a
proposal.
"""

import re
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from benchwright.errors import InputError, Place
from benchwright.judges.checks.base import (
    NOTHING_WRITTEN,
    Case,
    CheckResult,
    Text,
    blank,
    failed,
    passed,
    texts,
    value_at,
    with_text,
)
from benchwright.judges.checks.facts import stems
from benchwright.judges.checks.mood import clause_at, denies, is_asked
from benchwright.judges.checks.numbers import Quantity, quantities
from benchwright.judges.checks.text import Sentence, TextView, view
from benchwright.tasks import JsonObject, Record

_FUNDING = re.compile(
    r"\b(?:rais(?:e|ed|es|ing)|funding|round|series|seed|invest\w{0,8}|valuation|closed a|revenue|"
    r"arr|turnover|grant)\b"
)
_READERS = re.compile(
    r"\b(?:you (?:\w{1,12} )?(?:asked|offered|proposed|mentioned|quoted|named|wrote|have|pay|paid|"
    r"spend|suggested|said)|your (?:\w{1,12} )?(?:budget|figure|number|offer|target|cap|limit|"
    r"current|spend|quote|own))\b"
)
_TOTAL = re.compile(
    r"\b(?:(?:in|a|the|our|sub)[ -]?total|totals?|total(?:s|ling|led)|in all|all in|altogether|"
    r"overall|adds? up|sums? up|comes? to|amounts? to|all told|(?:whole|full|entire) (?:team|"
    r"engagement|project|squad|contract|year)|lump sum|grand)\b"
)
_OFF = re.compile(
    r"\b(?:discount|discounts|discounted|rebate|off|reduction|reduced?|cheaper|less|lower|below)\b"
)
_NOT_OURS = re.compile(
    r"[^.;:,!?]{0,40}?\b(?:is|are|was|were|isn't|aren't) (?:not (?:on|in|within|one of|part of|"
    r"what|ours|mine|something)|nowhere (?:on|in)|no (?:price|rate|amount|number) of ours)\b"
    r"(?![^.!?]{0,80}\b(?:but|yet|still|though)\b)"
)
_PER = re.compile(
    r"(?:[^.;!?]{0,40}?)\b(?:per|a|an|each|every) (?:\w{1,12} (?:and|per|a) )?(hour|day|week|month|"
    r"quarter|year)\b|(?: ?/ ?)(hour|day|week|month|quarter|year|h|d|w|mo|yr)\b|"
    r"[^.;!?]{0,24}?\b(hourly|daily|weekly|monthly|quarterly|yearly|annually)\b"
)
_TIMES = {
    "h": "hour",
    "hourly": "hour",
    "d": "day",
    "daily": "day",
    "w": "week",
    "weekly": "week",
    "mo": "month",
    "monthly": "month",
    "quarterly": "quarter",
    "yr": "year",
    "yearly": "year",
    "annually": "year",
}
_PRICE_WORDS = re.compile(r"\b(?:price\w{0,2}|cost\w{0,2}|rates?|fees?|charge\w{0,2}|per|pay)\b")


class PriceScopeParams(Record):
    """Where the price sheet stands in the input."""

    sheet: Annotated[str, Field(pattern=r"^/")]


class Band(Record):
    """One public band of the sheet."""

    name: str
    low_usd: float
    high_usd: float
    unit: str = ""


class _Use(NamedTuple):
    """An amount that a text names as a price."""

    text: Text
    quantity: Quantity
    clause: str
    sentence: Sentence


class _PriceScopeCheck:
    kind = "price_scope"
    summary = "only bounds of the public price bands, no totals, no discounts"
    params_model = PriceScopeParams

    def run(self, case: Case, params: PriceScopeParams) -> CheckResult:
        if blank(case.output):
            return NOTHING_WRITTEN
        bands = _bands(case, params)
        spans = []
        for text in texts(case.output):
            previous: tuple[_Use, list[Band]] | None = None
            for use in _prices(text):
                span = text.span(use.quantity.start, use.quantity.end)
                held, problem = _judge(use, bands)
                if not problem and previous is not None:
                    problem = _mixed(text.view, *previous, use, held)
                if problem:
                    return failed(f"{span.text!r} {problem}", (span,))
                spans.append(span)
                previous = (use, held)
            for start, end in _discounts(text.view):
                span = text.span(start, end)
                return failed(f"{span.text!r} is a discount nobody has granted", (span,))
        return passed(f"{len(spans)} prices, all of the public bands", tuple(spans))

    def violate(self, case: Case, params: PriceScopeParams) -> JsonObject:
        highest = max((band.high_usd for band in _bands(case, params)), default=1_000.0)
        total = int(highest * 7 + 13)
        return with_text(case.output, f"The price for the whole team comes to ${total:,}.")


def _bands(case: Case, params: PriceScopeParams) -> list[Band]:
    key = f"price_scope {params.sheet}"
    known: list[Band] | None = case.memo.get(key)
    if known is None:
        sheet = value_at(case.input, params.sheet)
        try:
            known = [Band.model_validate(band) for band in sheet["bands"]]
        except (ValidationError, KeyError, TypeError) as error:
            raise InputError(
                f"no price sheet at {params.sheet!r}",
                fix="give {bands: [{name, low_usd, high_usd, unit}]}",
                place=Place(field=params.sheet),
            ) from error
        case.memo[key] = known
    return known


def _prices(text: Text) -> Iterator[_Use]:
    for quantity in quantities(text.view):
        if quantity.kind not in ("money", "count"):
            continue
        sentence = text.view.sentence_at(quantity.start)
        start, end = clause_at(text.view, sentence, quantity.start)
        clause = text.view.low[start:end]
        if quantity.kind == "count":
            priced = quantity.value >= 500 and _PRICE_WORDS.search(clause)
            if not priced or text.view.words[quantity.first_word].isalpha():
                continue
        before = text.view.low[start : quantity.start]
        if _FUNDING.search(clause) or _READERS.search(before):
            continue
        if denies(before) and not _TOTAL.search(clause):
            continue
        if _NOT_OURS.match(text.view.low, quantity.end):
            continue
        yield _Use(text, quantity, clause, sentence)


def _judge(use: _Use, bands: list[Band]) -> tuple[list[Band], str]:
    """Return the bands an amount is a bound of, and what is wrong with it."""
    if use.quantity.unit not in ("", "usd"):
        return [], "is in a currency that the sheet has not"
    held = [b for b in bands if use.quantity.value in (b.low_usd, b.high_usd)]
    if _TOTAL.search(use.clause):
        return held, "is a total"
    if not held:
        return held, "is no bound of a public band"
    time = _time_after(use)
    if time and not any(time in band.unit.lower() or not band.unit for band in held):
        return held, f"is not a price per {time}"
    named = _named_bands(use, bands)
    if named and not any(band in named for band in held):
        return held, f"is not the price of a {named[0].name}"
    return held, ""


def _time_after(use: _Use) -> str:
    found = _PER.match(use.text.view.low, use.quantity.end)
    if found is None:
        return ""
    word = next(group for group in found.groups() if group)
    return _TIMES.get(word, word)


def _named_bands(use: _Use, bands: list[Band]) -> list[Band]:
    """Return the bands whose own word stands last before an amount in its sentence."""
    names = {band.name: stems(view(band.name).words) for band in bands}
    words = use.text.view.words[use.sentence.first_word : use.quantity.first_word]
    meant: list[Band] = []
    for word in reversed(words):
        stem = stems([word])
        named = [band for band in meant or bands if stem & names[band.name]]
        if named:
            meant = named
        elif meant and any(stem & names[band.name] for band in bands):
            break
        if len(meant) == 1:
            break
    return meant if len(meant) < len(bands) else []


def _mixed(
    text: TextView, first: _Use, first_bands: list[Band], second: _Use, second_bands: list[Band]
) -> str:
    between = text.low[first.quantity.end : second.quantity.start].strip(" $")
    if between not in ("-", "to", "and", "--") or set(_ids(first_bands)) & set(_ids(second_bands)):
        return ""
    before = text.low[max(0, first.quantity.start - 12) : first.quantity.start]
    if between == "and" and not re.search(r"\bbetween \$?\Z", before):
        return ""
    return "ends a range that is no band"


def _ids(bands: list[Band]) -> list[str]:
    return [band.name for band in bands]


def _discounts(text: TextView) -> Iterator[tuple[int, int]]:
    for quantity in quantities(text):
        if quantity.kind != "percent":
            continue
        sentence = text.sentence_at(quantity.start)
        start, end = clause_at(text, sentence, quantity.start)
        before = text.low[start : quantity.start]
        if not _OFF.search(text.low, start, end) or denies(before) or _READERS.search(before):
            continue
        if not is_asked(text, sentence, quantity.start):
            yield quantity.start, quantity.end


PRICE_SCOPE = _PriceScopeCheck()
