"""Copies hidden in the training side on purpose, and the near misses beside them.

A check that does not find the copies it claims to find, or that takes a near miss for one, is not
believed, whatever else it says.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchwright.contamination.masking import NameForm, name_forms, names_of
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.views import View, to_view
from benchwright.seeds import seeded_random

PLANTED_ITEMS = 8
EDITED_WORDS = 12
MOVED_WORDS = 8
SHUFFLED_WORDS = 20
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMBER = re.compile(r"(?<!\w)\d[\d.,]*(?!\w)")
_NEXT_DIGIT = str.maketrans("0123456789", "1234567890")
_FILLER = "Quarry wind ladle oboe thistle marble pewter lantern. " * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCopy:
    """One planted view: the id of the item it was made from and how it was changed."""

    kind: str
    original_id: str
    view: View


def plant_copies(views: Sequence[View], *, seed: int) -> tuple[PlantedCopy, ...]:
    """Return planted copies of up to eight comparable views, every kind that can be made of each.

    Kinds: `copy`, `case_and_punctuation`, `one_word_edited` (of 12 words or more, else
    `one_of_few_words_edited`), `sentences_reordered` (in pieces of at least eight words),
    `numbers_swapped`, `names_swapped`, `embedded`, `words_shuffled` (of 20 words or more),
    `lineage` (another text of the same origin) and `unrelated` (another text altogether).
    """
    able = [view for view in views if len(view.words) >= MIN_COMPARABLE_WORDS]
    drawn = seeded_random(seed, "plants").sample(able, min(PLANTED_ITEMS, len(able)))
    return tuple(plant for view in drawn for plant in _plants_of(view))


def _plants_of(view: View) -> Iterator[PlantedCopy]:
    for kind, change in _CHANGES.items():
        changed = change(view.text)
        if changed != view.text or kind == "copy":
            if kind == "one_word_edited" and len(view.words) < EDITED_WORDS:
                kind = "one_of_few_words_edited"
            yield _planted(kind, view, changed, lineage=())
    yield from _names_swapped(view)
    if view.item.lineage:
        yield _planted("lineage", view, _FILLER, lineage=view.item.lineage)


def _planted(kind: str, view: View, text: str, *, lineage: tuple[str, ...]) -> PlantedCopy:
    item = replace(view.item, id=f"planted {kind} of {view.item.id}", input=text, lineage=lineage)
    return PlantedCopy(kind=kind, original_id=view.item.id, view=to_view(item))


def _names_swapped(view: View) -> Iterator[PlantedCopy]:
    """Yield the text with an invented name for each of its names, in every form that is masked."""
    forms = sorted(
        (form for name in names_of(view) for form in name_forms(name)),
        key=lambda form: len(form.text),
        reverse=True,
    )
    if forms:
        either = "|".join(f"({re.escape(form.text)})" for form in forms)
        swapped = re.sub(
            rf"(?<!\w)(?:{either})(?!\w)",
            lambda found: _invented(found[0], forms[(found.lastindex or 1) - 1]),
            view.text,
            flags=re.IGNORECASE,
        )
        stated = tuple(
            _invented(name, form) for name in view.item.names for form in name_forms(name)[:1]
        )
        other = replace(view, item=replace(view.item, names=stated))
        yield _planted("names_swapped", other, swapped, lineage=())


def edit_one_word(text: str) -> str:
    """Return the text with its first word of four letters or more replaced; unchanged if none."""
    return _LONG_WORD.sub("nearmissword", text, count=1)


def _invented(name: str, form: NameForm) -> str:
    """Return a name of as many words, joined alike, with a capital where the name has one."""
    return form.joint.join(["Vexmoor" if name[:1].isupper() else "vexmoor"] * form.words)


def _reordered(text: str) -> str:
    """Return the sentences in reverse, short ones kept with those before them."""
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        if parts and len(parts[-1].split()) < MOVED_WORDS:
            parts[-1] += f" {sentence}"
        elif sentence.strip():
            parts.append(sentence)
    return " ".join(reversed(parts)) if len(parts) > 1 else text


def _shuffled(text: str) -> str:
    words = text.split()
    if len(words) < SHUFFLED_WORDS:
        return text
    return " ".join(seeded_random(0, "shuffled", text).sample(words, len(words)))


def _numbers_swapped(text: str) -> str:
    return _NUMBER.sub(lambda found: found[0].translate(_NEXT_DIGIT), text)


_CHANGES: dict[str, Callable[[str], str]] = {
    "copy": lambda text: text,
    "case_and_punctuation": lambda text: f"... {text.upper()} !".replace(" ", "  "),
    "one_word_edited": edit_one_word,
    "sentences_reordered": _reordered,
    "numbers_swapped": _numbers_swapped,
    "words_shuffled": _shuffled,
    "embedded": lambda text: f"{_FILLER}{text} {_FILLER}",
    "unrelated": lambda text: " ".join(["nearmissword"] * max(len(text.split()), 20)),
}
