"""Which training record holds most of a test item somewhere in it, edited or rearranged?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchwright.contamination.containment import (
    MIN_CONTAINMENT,
    MIN_SEEDED,
    MIN_SHORT_CONTAINMENT,
    MIN_SHORT_SEEDED,
    SEED_WORDS,
    SHORT_SEED_WORDS,
    SHORT_TASK_WORDS,
    WINDOW_RATIO,
    ContainmentScore,
    build_index,
    score_record,
)
from benchwright.contamination.detector import Comparison, Pair, excerpt, word_spans
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.particulars import is_capital, name_places
from benchwright.contamination.views import View
from benchwright.errors import ConfigError
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainmentDetector:
    """Reports every record whose best window holds `min_containment` of a test item.

    Items of fewer than 12 words have their own, higher threshold: a few common words in order
    are soon found in a long record.
    """

    min_containment: float = MIN_CONTAINMENT
    min_short_containment: float = MIN_SHORT_CONTAINMENT
    name: str = "containment"
    finds: tuple[str, ...] = (
        "copy",
        "case_and_punctuation",
        "one_word_edited",
        "sentences_reordered",
        "embedded",
    )
    near_misses: tuple[str, ...] = ("words_shuffled", "unrelated")
    needs: str = f"an input of at least {MIN_COMPARABLE_WORDS} words"

    def __post_init__(self) -> None:
        for name in ("min_containment", "min_short_containment"):
            if not 0 < getattr(self, name) <= 1:
                raise ConfigError(
                    f"{name} is {getattr(self, name)}, not in (0, 1]", fix="use .5 to .9"
                )

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "min_containment": self.min_containment,
            "min_short_containment": self.min_short_containment,
            "short_task_words": SHORT_TASK_WORDS,
            "seed_words": SEED_WORDS,
            "short_seed_words": SHORT_SEED_WORDS,
            "min_seeded": MIN_SEEDED,
            "min_short_seeded": MIN_SHORT_SEEDED,
            "window_ratio": WINDOW_RATIO,
            "min_words": MIN_COMPARABLE_WORDS,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Index the test side and score every training view that shares a seed."""
        index = build_index(
            [view.words for view in test],
            [view.words for view in train],
            [name_places(view.text, view.tokens) for view in test],
        )
        pairs = []
        for other, view in enumerate(train):
            for place, seeds in index.candidates(view.words).items():
                task = index.tasks[place]
                if task is None or task.seeded(at for at, _ in seeds) < task.least_seeded:
                    continue
                least = self._least(test[place])
                found = score_record(
                    task, view.words, seeds, partial(_is_capital, view), least=least
                )
                if found and found.score >= least:
                    pairs.append(_pair(place, other, test[place], view, found))
        return Comparison(
            test_comparable=frozenset(i for i, task in enumerate(index.tasks) if task),
            train_comparable=frozenset(
                i for i, view in enumerate(train) if len(view.words) >= MIN_COMPARABLE_WORDS
            ),
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.test, pair.train))),
        )

    def _least(self, view: View) -> float:
        is_short = len(view.words) < SHORT_TASK_WORDS
        return self.min_short_containment if is_short else self.min_containment


def _is_capital(view: View, word: int) -> bool:
    return is_capital(view.text, view.tokens[word])


def _pair(place: int, other: int, left: View, right: View, found: ContainmentScore) -> Pair:
    start, end = found.span
    text = right.text[right.tokens[start].start : right.tokens[end - 1].end]
    return Pair(
        test=place,
        train=other,
        score=found.score,
        evidence=excerpt(text),
        left=Excerpt(text=left.text, spans=word_spans(left, found.task_words)),
        right=Excerpt(text=right.text, spans=word_spans(right, found.record_words)),
        details={
            "coverage": found.coverage,
            "order": found.order,
            "own_words": found.own,
            "numbers_agree": found.numbers,
            "first_word": start,
            "window_words": end - start,
        },
    )
