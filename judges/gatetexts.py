"""What must not stand in the texts of a task: placeholders, personal data, the answer itself."""

import json
import re
from collections.abc import Iterable, Iterator

from benchwright.judges.checks.base import main_text
from benchwright.judges.checks.text import view
from benchwright.tasks import JsonObject

MIN_LEAK_WORDS = 8

_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,200}\}\}(?!\})|\{%[^{}]{0,200}%\}|\$\{\w|(?i:\blorem ipsum\b)|"
    r"\b(?:TODO|FIXME|TBD|XXX+)\b|"
    r"[\[<](?:(?i:insert|your|placeholder|the|first|last|full|recipient|sender|prospect|contact|"
    r"company)[ _-]?)(?i:name|company|date|amount|role|text|here|title|number|placeholder)?[\]>]|"
    r"[\[<](?i:name|company|date|amount|role|stack|number|title|signal|city)[\]>]|"
    r"\bRef=\w|\b[Pp]laceholder text\b|\b[Ss]ample text\b|\b[Ss]tub signal\b"
)
_MARKS = (
    *("{{", "{%", "${", "[", "<", "TODO", "FIXME", "TBD", "XXX", "orem", "OREM", "Ref="),
    *("laceholder", "ample text", "tub signal"),
)
_WHOLE = frozenset(("undefined", "null", "nan", "tbd", "todo", "placeholder", "stub"))
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})\b")
_RESERVED = re.compile(
    r"(?:\A|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|local)\Z", re.I
)
_MAY_BE_PERSONAL = re.compile(r"@|\d[\d ().+-]{5,30}\d")
_SSN = re.compile(r"(?<![\w-])(?!9|000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w+$€£.,:/-])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"
)
_INTERNATIONAL = re.compile(r"(?<![\w+])\+\d[\d ().-]{7,18}\d(?!\w)")
_FICTION = re.compile(r"555[ .-]?01\d\d")
_CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-]|\.\w)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}\b")


def find_placeholder(texts: Iterable[str]) -> str | None:
    """Return the first placeholder or stub in texts, or None."""
    given = tuple(texts)
    joined = "\n".join(given)
    marked = any(mark in joined for mark in _MARKS)
    for text in given:
        found = _PLACEHOLDER.search(text) if marked else None
        if found:
            return found[0]
        if len(text) < 12 and text.strip().lower() in _WHOLE:
            return text
    return None


def find_personal_data(texts: Iterable[str]) -> str | None:
    """Return the kind of the first personal datum in texts and the datum, or None.

    Domains and phone numbers reserved for examples are let through.

    Source: RFC 2606 and RFC 6761 (domains), NANP 555-0100 to 555-0199 (phones).
    """
    for text in texts:
        if _MAY_BE_PERSONAL.search(text) is None:
            continue
        for name, found in _personal(text):
            return f"{name} {found!r}"
    return None


def leaked_answer(texts: Iterable[str], reference: JsonObject) -> str | None:
    """Return the text of the input that holds the reference word for word, or None.

    The answer leaks if the main text of the reference, or a run of at least twenty of its words
    without the greeting and close, stands in one text of the input; or its actions, as JSON.
    """
    given = tuple(texts)
    leaked = _leaked_actions(given, reference) or _leaked_words(given, reference)
    return None if leaked is None else leaked if len(leaked) <= 80 else f"{leaked[:77]}..."


def _leaked_actions(texts: tuple[str, ...], reference: JsonObject) -> str | None:
    actions = reference.get("actions")
    if not isinstance(actions, list) or not actions:
        return None
    wanted = [_bare(json.dumps(action, ensure_ascii=False)) for action in actions]
    for text in texts:
        if '"arguments"' in text and all(action in _bare(text) for action in wanted):
            return text
    return None


def _bare(text: str) -> str:
    return "".join(text.split())


def _leaked_words(texts: tuple[str, ...], reference: JsonObject) -> str | None:
    answer = main_text(reference).view.words
    if len(answer) < MIN_LEAK_WORDS:
        return None
    runs = [f" {' '.join(answer)} "]
    if len(answer) > 40:
        middle = len(answer) // 2
        runs.append(f" {' '.join(answer[middle - 10 : middle + 10])} ")
    for text in texts:
        if len(text) < len(runs[-1]) - 20:
            continue
        folded = f" {' '.join(view(text).words)} "
        if any(run in folded for run in runs):
            return text
    return None


def _personal(text: str) -> Iterator[tuple[str, str]]:
    for found in _EMAIL.finditer(text):
        if not _RESERVED.search(found[1]):
            yield "an e-mail address", found[0]
    for found in _SSN.finditer(text):
        yield "a social security number", found[0]
    for pattern in (_PHONE, _INTERNATIONAL):
        for found in pattern.finditer(text):
            if not _FICTION.search(found[0]):
                yield "a phone number", found[0]
    for found in _CARD.finditer(text):
        if _luhn([int(c) for c in found[0] if c.isdigit()]):
            yield "a card number", found[0]
    for found in _IBAN.finditer(text):
        if _is_iban(found[0].replace(" ", "")):
            yield "an account number", found[0]


def _luhn(digits: list[int]) -> bool:
    """Source: ISO/IEC 7812-1, annex B."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    """Source: ISO 13616, checked by ISO 7064 MOD 97-10."""
    if not 15 <= len(text) <= 34:
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
