"""Does a test item give its own answer away, in its input or by a label of its record?

The `answer` check, of the test side alone, and the evidence that every other check carries: whether
a record that is too close to a test item holds its answer, too.

- **In the input.** A text of the answer counts when it stands in the input as a whole, or, from 9
  words on, a run of eight words or of half the answer, whichever is longer, does. A text of fewer
  than four words, or with fewer than three that are no number (yes, 42, B, a name), stands there by
  chance and is no evidence; neither is one that the record lists among choices, nor an address or
  a path in one piece, which whoever answers has to copy from the input.
- **By a label.** The beginning of the id, or a field that says how the item was made, decides the
  answer of all items, each of its values standing with one answer only, where chance would not.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchwright.contamination.detector import excerpt
from benchwright.contamination.fieldmap import text_at
from benchwright.contamination.inspection import Inspection, Trial, alone
from benchwright.contamination.items import Item
from benchwright.contamination.normaliser import NORMALISER, canonical_text
from benchwright.contamination.planting import PLANTED_ITEMS
from benchwright.contamination.views import View, to_view
from benchwright.seeds import seeded_random
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt, Match
from benchwright.words import leaf_texts

MIN_ANSWER_WORDS = 4
MIN_PLAIN_WORDS = 3
RUN_WORDS = 8
MAX_CHANCE = 0.001
LABEL_FIELDS = (
    "mode",
    "source_mode",
    "source",
    "author",
    "generator",
    "template",
    "family",
    "split",
    "provenance.mode",
    "provenance.author",
    "provenance.template.name",
    "metadata.mode",
    "metadata.source",
    "metadata.generator_model",
)
CHOICE_KEYS = frozenset(("choices", "options", "alternatives", "candidates", "endings"))
_CHOICE_LINE = re.compile(r"(?m)^\s*\(?[A-Ja-j1-9][).:]\s+(.+?)\s*$")
_ONE_PIECE = re.compile(r"[!-~]+")
_FILLER = "Quarry wind ladle oboe thistle marble pewter lantern."
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInspector:
    """Finds answers in inputs, and labels that predict answers."""

    name: str = "answer"

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "min_answer_words": MIN_ANSWER_WORDS,
            "min_words_not_numbers": MIN_PLAIN_WORDS,
            "run_words": RUN_WORDS,
            "max_chance": MAX_CHANCE,
            "label_fields": ["beginning of the id", *LABEL_FIELDS],
            "normaliser": NORMALISER,
        }

    def inspect(self, test: Sequence[Item], train: Sequence[Item], *, seed: int) -> Inspection:
        """Judge every test item that has an answer; the training side is not asked."""
        answered = [item for item in test if any(leaf_texts(item.output))]
        if not answered:
            return Inspection(comparable=0, lacks="no answer is mapped (--map test.output=FIELD)")
        telling = [(item, texts) for item in answered if (texts := _telling(item))]
        labels = _labels_of(answered)
        can_tell = _is_beyond_chance(labels, labels, tests=1 + len(LABEL_FIELDS))
        matches = [match for item, texts in telling for match in _given_away(item, texts)]
        matches += _predicting(answered)
        passed = len(answered) - len(telling)
        return Inspection(
            comparable=len(answered) if can_tell else len(telling),
            matches=tuple(matches),
            trials=(*_input_trials(telling, seed), *_label_trials(answered, can_tell)),
            lacks=f"{passed} of {len(answered)} answers are too short or plain to be told from "
            "chance, or listed as choices"
            if passed
            else None,
        )


def gives_answer_away(item: Item) -> bool:
    """Say whether an answer stands in the item's own input, as the `answer` check finds it."""
    return any(_given_away(item, _telling(item)))


def answer_in_record(item: Item, record: Item) -> bool | None:
    """Say whether a record holds a text of the item's answer; None when the item has none."""
    texts = [words for text in leaf_texts(item.output) if (words := _words(text))]
    if not texts:
        return None
    held = _words("\n".join(leaf_texts(record.record)))
    return any(_find(words, held) is not None for words in texts)


def _words(text: str) -> Words:
    return tuple(canonical_text(text).split())


def _telling(item: Item) -> list[Words]:
    """Return the texts of the answer that would be evidence if they stood in the input."""
    choices = set(_choices(item.record))
    texts = [
        _words(text) for text in leaf_texts(item.output) if not _ONE_PIECE.fullmatch(text.strip())
    ]
    return [
        words
        for words in texts
        if len(words) >= MIN_ANSWER_WORDS
        and len({word for word in words if not word.isdigit()}) >= MIN_PLAIN_WORDS
        and words not in choices
    ]


def _choices(record: Any) -> Iterator[Words]:
    """Yield every text of a record that is one of several choices.

    What stands under a key such as `choices`, or under the letters A, B, C, or in a line that
    begins with one.
    """
    waiting = [(record, False)]
    while waiting:
        held, is_choice = waiting.pop()
        if isinstance(held, dict):
            lettered = len(held) > 1 and all(len(str(key)) == 1 for key in held)
            waiting += [
                (part, is_choice or lettered or str(key).casefold() in CHOICE_KEYS)
                for key, part in held.items()
            ]
        elif isinstance(held, list | tuple):
            waiting += [(part, is_choice) for part in held]
        elif isinstance(held, str):
            lines = _CHOICE_LINE.findall(held) if "\n" in held else ()
            yield from map(_words, lines if len(lines) > 1 else ())
            if is_choice:
                yield _words(held)


def _find(answer: Words, text: Words) -> tuple[int, int] | None:
    """Return start and length of the run of an answer that stands in a text."""
    size = min(len(answer), max(RUN_WORDS, math.ceil(len(answer) / 2)))
    runs = {answer[at : at + size] for at in range(len(answer) - size + 1)}
    starts = (at for at in range(len(text) - size + 1) if text[at : at + size] in runs)
    start = next(starts, None)
    return None if start is None else (start, size)


def _given_away(item: Item, texts: Sequence[Words]) -> Iterator[Match]:
    view = to_view(item)
    for words in texts:
        found = _find(words, view.words)
        if found:
            yield _shown(item, view, *found)
            return


def _shown(item: Item, view: View, start: int, size: int) -> Match:
    span = (view.tokens[start].start, view.tokens[start + size - 1].end)
    return alone(
        test_id=item.id,
        evidence=f"the answer stands in the input: {excerpt(view.text[slice(*span)])}",
        text=Excerpt(text=view.text, spans=(span,)),
        details={"kind": "answer_in_input", "run_words": size},
    )


def _labels_of(items: Sequence[Item]) -> list[str]:
    return [canonical_text("\n".join(leaf_texts(item.output))) for item in items]


def _predicting(items: Sequence[Item]) -> Iterator[Match]:
    """Yield a finding for each label of a record that decides the answer of all items."""
    columns = {"the beginning of the id": [_beginning(item.id) for item in items]}
    for field in LABEL_FIELDS:
        present = [v for item in items if (v := text_at(item.record, field)) is not None]
        if len(present) == len(items):
            columns[field] = present
    answers = _labels_of(items)
    for field, values in columns.items():
        if _is_beyond_chance(values, answers, tests=len(columns)):
            told = sorted(set(zip(values, answers, strict=True)))
            shown = ", ".join(f"{value!r}: {excerpt(answer)!r}" for value, answer in told[:4])
            yield alone(
                evidence=f"{field} decides the answer of all {len(items)} items: {shown}",
                details={
                    "kind": "label_predicts_answer",
                    "field": field,
                    "values": len(set(values)),
                    "answers": len(set(answers)),
                    "max_chance": round(math.exp(min(0.0, _log_chance(values, answers))), 9),
                },
            )


def _beginning(name: str) -> str:
    found = re.match(r"\D*", name)
    return found[0] if found else ""


def _is_beyond_chance(values: Sequence[str], answers: Sequence[str], *, tests: int) -> bool:
    """Say whether each value has one answer, and chance would hardly arrange it so."""
    if len(set(answers)) < 2 or len(set(zip(values, answers, strict=True))) > len(set(values)):
        return False
    return _log_chance(values, answers) + math.log(tests) <= math.log(MAX_CHANCE)


def _log_chance(values: Sequence[str], answers: Sequence[str]) -> float:
    """Return the logarithm of an upper bound of the chance that each value has one answer.

    Of all n! / prod(c!) ways to deal the answers out, at most answers ** values give each value
    one answer. The bound is exact in counting, so few items or many values never pass it.
    """
    ways = math.lgamma(len(answers) + 1)
    ways -= sum(math.lgamma(count + 1) for count in Counter(answers).values())
    return len(set(values)) * math.log(len(set(answers))) - ways


def _input_trials(items: Sequence[tuple[Item, list[Words]]], seed: int) -> Iterator[Trial]:
    """Plant an answer in an input, and beside it an input that has the answer's words turned."""
    for item, texts in seeded_random(seed, "answers").sample(items, min(PLANTED_ITEMS, len(items))):
        words = texts[0]
        wrong = replace(item, input=f"{_FILLER} {' '.join(words).upper()}. {_FILLER}")
        right = replace(item, input=f"{_FILLER} {' nearmissword '.join(words)} {_FILLER}")
        is_found = any(_given_away(wrong, texts)) and not any(_given_away(right, texts))
        yield Trial(kind="answer_in_input", found=is_found)


def _label_trials(items: Sequence[Item], can_tell: bool) -> Iterator[Trial]:
    """Plant a label that is the answer, and beside it one that all items share."""
    if can_tell:
        answers = _labels_of(items)
        wrong = [replace(i, record={"mode": a}) for i, a in zip(items, answers, strict=True)]
        right = [replace(item, id="x", record={"mode": "one"}) for item in items]
        is_found = any("mode" in match.evidence for match in _predicting(wrong))
        yield Trial(kind="label_predicts_answer", found=is_found and not any(_predicting(right)))
