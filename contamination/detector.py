"""The shape of every detector: two sides of views in, pairs with evidence out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchwright.contamination.passages import SharedPassage
from benchwright.contamination.views import View
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt

EVIDENCE_CHARACTERS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two views that a detector found too close, by their places in the two sequences.

    `evidence` is the shared text or name in one line; the spans are code points of the texts.
    """

    test: int
    train: int
    score: float
    evidence: str
    left: Excerpt
    right: Excerpt
    details: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a detector compared: which views were comparable, and the pairs it found.

    `accepted` holds what was found and is accepted: by training view and number of the accepted
    entry, the test views as bits of an integer. `passages` are held by many test views.
    """

    test_comparable: frozenset[int]
    train_comparable: frozenset[int]
    pairs: tuple[Pair, ...]
    accepted: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    passages: tuple[SharedPassage, ...] = ()


class Detector(Protocol):
    """One contamination check.

    `finds` are the kinds of planted copies it claims to find, `near_misses` those it must pass
    over, and `needs` says what an item must have to be comparable.
    """

    @property
    def name(self) -> str:
        """Return the name of the check."""
        ...

    @property
    def finds(self) -> tuple[str, ...]:
        """Return the kinds of planted copies that must be found."""
        ...

    @property
    def near_misses(self) -> tuple[str, ...]:
        """Return the kinds of planted copies that must not be found."""
        ...

    @property
    def needs(self) -> str:
        """Return what an item must have to be comparable."""
        ...

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        ...

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Compare every test view with every training view."""
        ...


def whole(view: View) -> Excerpt:
    """Return the text of a view, all of it shared."""
    return Excerpt(text=view.text, spans=((0, len(view.text)),))


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line."""
    return " ".join(text.split())[:EVIDENCE_CHARACTERS]


def word_spans(
    view: View, starts: Iterable[int], run_words: int = 1
) -> tuple[tuple[int, int], ...]:
    """Return the code points that runs of words from `starts` cover, neighbours merged."""
    spans: list[tuple[int, int]] = []
    for start in sorted(starts):
        begin, end = view.tokens[start].start, view.tokens[start + run_words - 1].end
        if spans and begin <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return tuple(spans)
