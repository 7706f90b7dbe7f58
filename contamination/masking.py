"""Which pairs differ only in what a template fills in? Ids, numbers, dates, amounts, and names.

A text is compared masked, once with its names kept and once with them masked, too, and the closer
of the two counts. Names are those that the record states (`--map names=FIELD`) or else those found
in the text as written: a run of capitalised words, or a single one inside a sentence. Where more
than one word in four begins a run (German), or six in ten are capitalised (a headline), a capital
says nothing and none is found.

Near-equal pairs are found exactly, without comparing all with all: two sets of the same Jaccard
similarity or more share one of their rarest members.

Source: Chaudhuri, Ganti and Kaushik 2006 (doi:10.1109/ICDE.2006.9), prefix filter.
"""

import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from benchwright.contamination.detector import Comparison, Pair, excerpt, whole
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER, folded_text
from benchwright.contamination.views import View
from benchwright.errors import ConfigError
from benchwright.tasks import JsonObject
from benchwright.words import mask

MIN_MASKED_JACCARD = 0.8
RUN_WORDS = 3
MAX_CAPITALISED_SHARE = 0.6
MAX_RUN_SHARE = 0.25
JOINTS = ("-", "_", "")
"""What joins the words of a name in a domain, a path or an id."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.!?:\n]+")
_JOINED = re.compile(r"[ \t]+(?:& )?")

Shingles = frozenset[str]
"""Runs of three masked words, each joined by spaces and interned: equal ones are one object."""
_KNOWN: WeakKeyDictionary[View, tuple[Shingles, Shingles]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """A form in which a name may stand: its text, what joins its words, and how many these are."""

    text: str
    joint: str
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedDetector:
    """Reports pairs whose masked texts are equal or nearly: template clones.

    Attributes:
        min_jaccard: Smallest Jaccard similarity of the runs of three masked words.
        left_out: Runs that say nothing, since they are house rules: a pair must be close without
            them, too.
    """

    min_jaccard: float = MIN_MASKED_JACCARD
    left_out: Shingles = frozenset()
    name: str = "masked"
    finds: tuple[str, ...] = ("copy", "case_and_punctuation", "numbers_swapped", "names_swapped")
    near_misses: tuple[str, ...] = ("words_shuffled", "unrelated")
    needs: str = f"an input of at least {MIN_COMPARABLE_WORDS} words that are not masked"

    def __post_init__(self) -> None:
        if not 0 < self.min_jaccard <= 1:
            raise ConfigError(f"min_jaccard is {self.min_jaccard}, not in (0, 1]", fix="use .8")

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "min_jaccard": self.min_jaccard,
            "shingle_words": RUN_WORDS,
            "max_capitalised_share": MAX_CAPITALISED_SHARE,
            "max_run_share": MAX_RUN_SHARE,
            "min_words": MIN_COMPARABLE_WORDS,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Join both sides twice, with names and without, and keep the closer of the two."""
        left = [masked_forms(view, self.left_out) for view in test]
        right = [masked_forms(view, self.left_out) for view in train]
        best: dict[tuple[int, int], tuple[float, bool]] = {}
        has_names = any(forms[0] is not forms[1] for forms in (*left, *right))
        for form in (0, 1) if has_names else (0,):
            found = _join([f[form] for f in left], [f[form] for f in right], self.min_jaccard)
            for place, other, jaccard in found:
                if jaccard > best.get((place, other), (0.0, False))[0]:
                    best[place, other] = (jaccard, bool(form))
        return Comparison(
            test_comparable=frozenset(i for i, forms in enumerate(left) if any(forms)),
            train_comparable=frozenset(i for i, forms in enumerate(right) if any(forms)),
            pairs=tuple(
                _pair(place, other, test[place], train[other], *best[place, other])
                for place, other in sorted(best)
            ),
        )


def found_names(text: str) -> tuple[str, ...]:
    """Return what looks like names in a text as written; none when capitals say nothing in it."""
    words = capitalised = inside = 0
    names: dict[str, None] = {}
    for sentence in _SENTENCE.finditer(text):
        held = list(_WORD.finditer(sentence[0]))
        words += len(held)
        for place, run in _capitalised_runs(held, sentence[0]):
            capitalised += len(run)
            inside += place > 0
            if len(run) > 1 or place > 0:
                names[sentence[0][run[0].start() : run[-1].end()]] = None
    is_plain = capitalised <= MAX_CAPITALISED_SHARE * words and inside <= MAX_RUN_SHARE * words
    return tuple(names) if is_plain else ()


def _capitalised_runs(
    words: Sequence[re.Match[str]], sentence: str
) -> Iterator[tuple[int, list[re.Match[str]]]]:
    """Yield the place of the first word, and the words, of every run of capitalised words."""
    run: list[re.Match[str]] = []
    begin = 0
    for place, word in enumerate(words):
        is_next = run and _JOINED.fullmatch(sentence[run[-1].end() : word.start()])
        if run and not (is_next and _is_capitalised(word[0])):
            yield begin, run
            run = []
        if _is_capitalised(word[0]):
            begin, run = (begin, [*run, word]) if run else (place, [word])
    if run:
        yield begin, run


def name_forms(name: str) -> tuple[NameForm, ...]:
    """Return what is masked of a name: as written, then its words joined as addresses join them."""
    words = name.split()
    if not words:
        return ()
    joined = (
        NameForm(text=joint.join(words), joint=joint, words=len(words))
        for joint in JOINTS
        if len(words) > 1
    )
    return (NameForm(text=name, joint=" ", words=len(words)), *joined)


def names_of(view: View) -> tuple[str, ...]:
    """Return the names that the record states, or else those found in its text."""
    return view.item.names or found_names(view.text)


def masked_forms(view: View, left_out: Shingles = frozenset()) -> tuple[Shingles, Shingles]:
    """Return the masked runs of a view with names and without.

    Runs of `left_out` do not count, unless the text consists of little else.
    """
    if view not in _KNOWN:
        _KNOWN[view] = _forms(view)
    return _without(_KNOWN[view], left_out)


def masked_jaccard(left: tuple[Shingles, Shingles], right: tuple[Shingles, Shingles]) -> float:
    """Return the Jaccard similarity of two masked texts, with names or without: the higher."""
    return max(map(_jaccard, left, right))


def masked_runs(text: str) -> Shingles:
    """Return the runs of three masked words of a passage."""
    return _shingles(mask(folded_text(text)))


def _without(forms: tuple[Shingles, Shingles], left_out: Shingles) -> tuple[Shingles, Shingles]:
    """Return the forms without some runs; as they are where fewer than five runs would be left."""
    kept, named = forms
    if not left_out:
        return forms
    shorter = kept - left_out, named - left_out
    if min(map(len, shorter)) < MIN_COMPARABLE_WORDS:
        return forms
    return shorter if kept is not named else (shorter[0], shorter[0])


def _jaccard(left: Shingles, right: Shingles) -> float:
    shared = len(left & right)
    return round(shared / max(1, len(left) + len(right) - shared), 6)


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and any(character.islower() for character in word)


def _forms(view: View) -> tuple[Shingles, Shingles]:
    """Return the runs of the masked text with names and without; empty for too few words."""
    folded = folded_text(view.text)
    kept = _shingles(mask(folded))
    names = {folded_text(name) for name in names_of(view)}
    if not names:
        return kept, kept
    forms = {form.text for name in names for form in name_forms(name)}
    return kept, _shingles(mask(folded, forms))


def _shingles(masked: str) -> Shingles:
    words = masked.split()
    if sum(not word.startswith("<") for word in words) < MIN_COMPARABLE_WORDS:
        return frozenset()
    runs = (" ".join(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1))
    return frozenset(map(sys.intern, runs))


def _join(
    left: Sequence[Shingles], right: Sequence[Shingles], least: float
) -> Iterator[tuple[int, int, float]]:
    """Yield every pair of sets whose Jaccard similarity is at least `least`."""
    holders = Counter(run for side in (left, right) for runs in side for run in runs)

    def prefix(runs: Shingles) -> list[str]:
        kept = len(runs) - math.ceil(least * len(runs) - 1e-9) + 1
        return sorted(runs, key=lambda run: (holders[run], run))[: kept if runs else 0]

    index: dict[str, list[int]] = {}
    for place, runs in enumerate(left):
        for run in prefix(runs):
            index.setdefault(run, []).append(place)
    for other, runs in enumerate(right):
        for place in sorted({place for run in prefix(runs) for place in index.get(run, ())}):
            jaccard = _jaccard(left[place], runs)
            if jaccard >= least:
                yield place, other, jaccard


def _pair(
    place: int, other: int, left: View, right: View, jaccard: float, names_masked: bool
) -> Pair:
    return Pair(
        test=place,
        train=other,
        score=jaccard,
        evidence=f"{excerpt(left.text)} | {excerpt(right.text)}",
        left=whole(left),
        right=whole(right),
        details={"masked_jaccard": jaccard, "names_masked": names_masked},
    )
