"""Do both scan engines see the same runs in hostile input? Give a number of documents and a seed.

Records are written in every way JSON allows, a quarter of them then broken; words mix scripts,
ligatures, zero-width characters, surrogates and digits of many kinds. A difference is printed with
the seed that makes it, and the exit status is 1.
"""

import random
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.contamination.scan import compiled
from benchwright.contamination.scan.engine import PADDING, BlockResult, Engine
from benchwright.contamination.scan.index import RunIndex, index_texts
from benchwright.contamination.scan.reference import ReferenceEngine

WORDS = (
    *("a", "bb", "The", "fox", "jumps", "x1", "2024", "3.5", "straße", "é", "e\u0301", "½"),
    *(
        "你好",
        "世",
        "한국어",
        "пример",
        "сообщение",
        "\u200b",
        "\u00ad",
        "ไทย",
        "😀",
        "İ",
        "ǅ",
        "ﷺ",
    ),
    *("a" * 9, "b" * 8, "c" * 17, "d" * 70, "don't", "_", "\ud83d", "㎏", "𝒜b", "𠀀", "\U000e0001"),
    *("ﷺ", "\u2028", "Ωm", "ß", "ﬀ", "longword" * 6, "٣٤", "שלום", "مرحبا", "ﬁne"),
)
SEPARATORS = (
    *(" ", " ", " ", "\n", "\t", ", ", "-", "\u00a0", "", "\u200b", '"', "\\", "/", "\r\n"),
    *("\x00", "\u2003"),
)
KEYS = ("text", "a", "k é", "id", 'q"\n', "t\ud800")
NUMBERS = (
    "1",
    "-0",
    "12.50",
    "1e9",
    "-3.25E-7",
    "0.1",
    "true",
    "false",
    "null",
    "NaN",
    "-Infinity",
)
BREAKS = b'"\\{}[],:0u\x80\xff\xed\xa0 '
RUN_WORDS = (5, 6, 8, 8, 13)
TASK_WORDS = (2, 5, 6, 7, 8, 9, 12, 30)
RECORDS = 60
FIELDS = (None, ("text",), ("a", "k é", 'q"\n'))


def main() -> int:
    """Compare until so many documents were seen."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    compared = 0
    while compared < wanted:
        documents, difference = compare(seed)
        if difference:
            print(f"seed {seed}: {difference}")
            return 1
        compared, seed = compared + documents, seed + 1
    print(f"{compared:,} fuzzed documents, no difference between the engines; next seed {seed}")
    return 0


def compare(seed: int) -> tuple[int, str | None]:
    """Return how many documents were compared, and the first difference."""
    draw = random.Random(seed)
    run_words = draw.choice(RUN_WORDS)
    tasks = [_text(draw, draw.choice(TASK_WORDS)) for _ in range(12)]
    index, other = index_texts(tasks, run_words), compiled.index_texts(tasks, run_words)
    if not _same(index, other, RunIndex.__slots__):
        return 0, f"the indices of {tasks!r} differ"
    engines = (ReferenceEngine(index), compiled.CompiledEngine(other))
    lines = b"\n".join(_lines(draw, tasks))
    block = _block(draw, lines)
    documents = 0
    for fields in FIELDS:
        left, right = (engine.scan_lines(block, len(lines), fields) for engine in engines)
        documents += left.records
        if not _same_result(left, right):
            return documents, f"fields {fields}: {_first_line(engines, lines, fields)}"
    rows = [_row(draw, tasks) for _ in range(RECORDS)]
    data, offsets = _block(draw, b"".join(rows)), np.cumsum([0, *map(len, rows)])
    left, right = (engine.scan_rows(data, offsets) for engine in engines)
    if not _same_result(left, right):
        return documents, f"rows {rows!r}"
    return documents + len(rows), None


def _first_line(engines: Sequence[Engine], lines: bytes, fields: Sequence[str] | None) -> str:
    for line in lines.split(b"\n"):
        block = np.frombuffer(line + bytes(PADDING), np.uint8)
        left, right = (engine.scan_lines(block, len(line), fields) for engine in engines)
        if not _same_result(left, right):
            return f"{line!r}: {left} and {right}"
    return f"only the whole block shows it: {lines!r}"


def _same_result(left: BlockResult, right: BlockResult) -> bool:
    """Compare all but the reasons: a record may be broken in two ways at once."""
    places = [[(f.record, f.begin) for f in result.failed] for result in (left, right)]
    counted = ("records", "tokens", "without_field", "blank_lines", "hit_record", "hit_begin")
    return places[0] == places[1] and _same(left, right, (*counted, "hit_token", "hit_slot"))


def _same(left: object, right: object, names: Sequence[str]) -> bool:
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in names)


def _block(draw: random.Random, data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data + draw.randbytes(PADDING), np.uint8)


def _text(draw: random.Random, size: int) -> str:
    return "".join(draw.choice(WORDS) + draw.choice(SEPARATORS) for _ in range(size))


def _row(draw: random.Random, tasks: Sequence[str]) -> bytes:
    text = draw.choice(tasks) if draw.random() < 0.3 else _text(draw, draw.randrange(20))
    row = text.encode(errors="surrogatepass")
    return _broken(draw, row) if draw.random() < 0.3 else row


def _lines(draw: random.Random, tasks: Sequence[str]) -> Iterator[bytes]:
    for _ in range(RECORDS):
        record = _value(draw, 0, tasks) if draw.random() < 0.3 else _object(draw, 0, tasks)
        line = record.encode(errors="surrogatepass")
        if draw.random() < 0.25:
            line = _broken(draw, line)
        yield line + draw.choice([b"", b"\r", b" "])
        if draw.random() < 0.05:
            yield draw.choice([b"", b" ", b"\t\r"])


def _value(draw: random.Random, depth: int, tasks: Sequence[str]) -> str:
    kind = draw.random()
    if depth > 3 or kind < 0.55:
        text = draw.choice(tasks) if draw.random() < 0.5 else _text(draw, draw.randrange(12))
        return _string(draw, text[draw.randrange(len(text) + 1) :] if draw.random() < 0.2 else text)
    if kind < 0.65:
        return draw.choice(NUMBERS)
    if kind < 0.8:
        items = (_value(draw, depth + 1, tasks) for _ in range(draw.randrange(4)))
        return f"[{_blank(draw)}{','.join(_blank(draw) + item for item in items)}]"
    return _object(draw, depth, tasks)


def _object(draw: random.Random, depth: int, tasks: Sequence[str]) -> str:
    members = [
        f"{_blank(draw)}{_string(draw, draw.choice(KEYS))}{_blank(draw)}:"
        f"{_blank(draw)}{_value(draw, depth + 1, tasks)}"
        for _ in range(draw.randrange(4))
    ]
    return f"{{{_blank(draw)}{','.join(members)}}}"


def _blank(draw: random.Random) -> str:
    return draw.choice(("", "", "", " ", "\t"))


def _string(draw: random.Random, text: str) -> str:
    return f'"{"".join(_written(draw, character) for character in text)}"'


def _written(draw: random.Random, character: str) -> str:
    code = ord(character)
    is_plain = character not in '"\\' and code >= 32 and not 0xD800 <= code < 0xE000
    if is_plain and draw.random() < 0.9:
        return character
    if character in '"\\/' and draw.random() < 0.7:
        return f"\\{character}"
    if character in "\n\t\r" and draw.random() < 0.8:
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[character]
    if code > 0xFFFF:
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04X}"
    return f"\\u{code:04x}"


def _broken(draw: random.Random, line: bytes) -> bytes:
    held = bytearray(line)
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(held) + 1)
        kind = draw.random()
        if kind < 0.4 and place < len(held):
            held[place] = draw.randrange(256)
        elif kind < 0.7 and place < len(held):
            del held[place]
        elif kind < 0.9:
            held.insert(place, draw.choice(BREAKS))
        else:
            del held[place:]
    return bytes(held)


if __name__ == "__main__":
    sys.exit(main())
