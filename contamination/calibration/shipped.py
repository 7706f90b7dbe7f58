"""The labelled pairs that ship with the package, made from written texts by fixed rules.

Base texts, their paraphrases and the fillings of frames are written by hand
(`templates/calibration/`), in two halves that share none. Rules make the rest: copies, changed
case and punctuation, one edited word, other names and numbers, and pairs that are no leak.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files
from itertools import combinations
from typing import Any, Literal

import yaml

from benchwright.calibration import Half, Kind, LabelledPair
from benchwright.contamination.normaliser import canonical_text
from benchwright.contamination.planting import EDITED_WORDS
from benchwright.seeds import seeded_random
from benchwright.tasks import Record

HALVES: tuple[Half, ...] = ("a", "b")
SWAPS_PER_TEXT = 2
UNRELATED_PER_TEXT = 2
_NUMBER = re.compile(r"(?<![\w.])\d+(?!\w)")
_SLOT = re.compile(r"\{(\w+)\}")
_MAX_DAY = 28
_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Professor")
_CYCLES = (
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_PUNCTUATION = re.compile(r"(?<!\w)[.,;:!?'\"()]|[.,;:!?'\"()](?!\w)")

Names = Mapping[str, tuple[str, ...]]


def _value(values: Mapping[str, str], slot: re.Match[str]) -> str:
    return values[slot[1]]


class _Text(Record):
    id: str
    text: str
    names: dict[str, Literal["person", "company", "place"]] = {}
    paraphrases: tuple[str, str]


class _Texts(Record):
    half: Half
    topics: dict[str, tuple[_Text, ...]]


class _Frame(Record):
    id: str
    frame: str
    fillings: tuple[dict[str, str], ...]

    def filled(self) -> tuple[str, ...]:
        """Return the text of every filling."""
        return tuple(_SLOT.sub(partial(_value, values), self.frame) for values in self.fillings)


class _Frames(Record):
    half: Half
    frames: tuple[_Frame, ...]


def shipped_pairs() -> tuple[LabelledPair, ...]:
    """Return all labelled pairs of both halves; the same ones every time."""
    names = _read("names")
    return tuple(pair for half in HALVES for pair in _half(half, names))


def _half(half: Half, names: Names) -> Iterator[LabelledPair]:
    topics = _Texts.model_validate(_read(f"texts_{half}")).topics
    frames = _Frames.model_validate(_read(f"frames_{half}")).frames
    filled = {
        f"{frame.id}-{place}": text
        for frame in frames
        for place, text in enumerate(frame.filled(), start=1)
    }
    written = {text.id: text.text for texts in topics.values() for text in texts}
    words = sorted({word for text in written.values() for word in _LONG_WORD.findall(text)})
    for source, whole in (written | filled).items():
        yield from _copies(half, source, whole, words)
    for texts in topics.values():
        for text in texts:
            yield from _swaps(half, text, names)
            forms = {text.id: text.text} | {
                f"{text.id}-p{place}": said for place, said in enumerate(text.paraphrases, start=1)
            }
            for one, other in combinations(forms, 2):
                yield _pair(half, "paraphrase", (one, other), forms[one], forms[other], "hand")
        for first, second in combinations(texts, 2):
            sides = (first.id, second.id)
            yield _pair(half, "same_topic", sides, first.text, second.text)
    for frame in frames:
        ids = [f"{frame.id}-{place}" for place in range(1, len(frame.fillings) + 1)]
        for one, other in combinations(ids, 2):
            kind: Kind = "same_template_different_task"
            yield _pair(half, kind, (one, other), filled[one], filled[other], "hand")
    yield from _unrelated(half, topics)


def _copies(half: Half, source: str, text: str, words: list[str]) -> Iterator[LabelledPair]:
    yield _pair(half, "copy", (source,), text, text)
    shouted = _PUNCTUATION.sub("", text).upper().replace(" ", "  ")
    yield _pair(half, "case_and_punctuation", (source,), text, f"{shouted} !")
    is_short = len(canonical_text(text).split()) < EDITED_WORDS
    kind: Kind = "one_of_few_words_edit" if is_short else "one_word_edit"
    yield _pair(half, kind, (source,), text, _edited(source, text, words))


def _edited(source: str, text: str, words: list[str]) -> str:
    """Return the text with one word of four letters or more replaced by another of its half."""
    draw = seeded_random("calibration edit", source)
    found = draw.choice(list(_LONG_WORD.finditer(text)))
    other = draw.choice([word for word in words if word.lower() != found[0].lower()])
    return f"{text[: found.start()]}{other}{text[found.end() :]}"


def _swaps(half: Half, text: _Text, names: Names) -> Iterator[LabelledPair]:
    for variant in range(1, SWAPS_PER_TEXT + 1):
        swapped = _swapped(text, names, variant)
        if swapped != text.text:
            yield _pair(half, "entity_swap", (text.id,), text.text, swapped, number=variant)


def _swapped(text: _Text, names: Names, variant: int) -> str:
    """Return the text with other names, numbers, weekdays and months; its number words stay."""
    draw = seeded_random("calibration swap", text.id, variant)
    changes: dict[str, str] = {}
    for name, sort in text.names.items():
        fresh = [other for other in names[sort] if other not in changes.values()]
        changes[name] = _like(name, draw.choice(fresh)) if sort == "person" else draw.choice(fresh)
    for cycle in _CYCLES:
        changes |= {day: cycle[(at + variant) % len(cycle)] for at, day in enumerate(cycle)}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, changes))})\b")
    renamed = pattern.sub(lambda found: changes[found[0]], text.text)
    return _NUMBER.sub(lambda found: _other_number(found[0], variant), renamed)


def _like(name: str, other: str) -> str:
    """Return the part of a full name that stands for the same part of another."""
    first, last = other.split()
    parts = name.split()
    if parts[0] in _TITLES:
        return f"{parts[0]} {last}"
    return first if len(parts) == 1 else other


def _other_number(digits: str, variant: int) -> str:
    value = int(digits)
    if value <= _MAX_DAY:
        return str((value + 2 * variant - 1) % _MAX_DAY + 1)
    return str(value + variant * 10 ** (len(digits) - 2))


def _unrelated(half: Half, topics: Mapping[str, tuple[_Text, ...]]) -> Iterator[LabelledPair]:
    for topic, texts in topics.items():
        elsewhere = [text for name, held in topics.items() if name != topic for text in held]
        for text in texts:
            drawn = seeded_random("calibration unrelated", text.id).sample(
                elsewhere, UNRELATED_PER_TEXT
            )
            for other in drawn:
                yield _pair(half, "unrelated", (text.id, other.id), text.text, other.text)


def _pair(
    half: Half,
    kind: Kind,
    sources: tuple[str, ...],
    left: str,
    right: str,
    made: Literal["rule", "hand"] = "rule",
    *,
    number: int = 1,
) -> LabelledPair:
    is_leak = kind not in ("same_template_different_task", "same_topic", "unrelated")
    return LabelledPair(
        id=":".join((kind, *sources, str(number))),
        half=half,
        kind=kind,
        label="leak" if is_leak else "no_leak",
        made=made,
        sources=sources,
        left=left,
        right=right,
    )


def _read(name: str) -> Any:
    """Return a file of the package; the C loader reads it ten times as fast."""
    text = files("benchwright.templates").joinpath(f"calibration/{name}.yaml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - either loader is a safe one
