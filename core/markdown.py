"""Any text as Markdown that is text: no markup, no mention, no unseen character."""

import re
from collections.abc import Iterable, Iterator, Sequence

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_MARKUP = re.compile(
    r"[\\`*_\[\]()<>{}#|~&@$^]|:(?=//)|^[ \t]*[-+=]|^[ \t]*\d+[.)]|(?<=www)\.",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_MENTION = re.compile(r"&#(?:35|64);")


def visible(text: str) -> str:
    """Return a text with control, direction and other unseen characters written as `\\uXXXX`."""
    plain = text.replace("\r\n", "\n")
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def references(text: str) -> str:
    """Return a text with whatever could be markup as character references."""
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), text)


def inert(text: object) -> str:
    """Return a text on one line as character references wherever it could be markup.

    A word joiner after `@` and `#` keeps a site from making a mention or a reference of them.
    """
    line = " ".join(visible(str(text)).split())
    return _MENTION.sub(r"\g<0>&#8288;", references(line)) or "(empty)"


def table_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table whose cells are inert; a cell that is a number stays as it is."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: object) -> str:
    text = str(value)
    return text if _NUMBER.fullmatch(text) else inert(text)
