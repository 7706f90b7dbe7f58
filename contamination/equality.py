"""Detectors that compare keys: equal text, a shared name of lineage.

Each gives a view a set of keys; a test and a training view with one key in common are a pair.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchwright.contamination.detector import Comparison, Pair, excerpt, whole
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.views import View
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDetector:
    """Compares views by keys.

    Attributes:
        keys_of: The keys of a view; none means that it cannot be compared.
        is_text: Whether an equal key stands for the whole text, and not for a name.
    """

    name: str
    finds: tuple[str, ...]
    near_misses: tuple[str, ...]
    needs: str
    keys_of: Callable[[View], Iterable[str]]
    is_text: bool
    stated: tuple[tuple[str, str | int], ...]

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return dict(self.stated)

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Pair every test view with every training view that shares a key."""
        holders: dict[str, list[int]] = {}
        train_comparable = set()
        for index, view in enumerate(train):
            for key in self.keys_of(view):
                holders.setdefault(key, []).append(index)
                train_comparable.add(index)
        pairs: dict[tuple[int, int], Pair] = {}
        test_comparable = set()
        for index, view in enumerate(test):
            for key in self.keys_of(view):
                test_comparable.add(index)
                for other in holders.get(key, ()):
                    pairs.setdefault(
                        (index, other), self._pair((index, other), view, train[other], key)
                    )
        return Comparison(
            test_comparable=frozenset(test_comparable),
            train_comparable=frozenset(train_comparable),
            pairs=tuple(pair for _, pair in sorted(pairs.items())),
        )

    def _pair(self, places: tuple[int, int], left: View, right: View, key: str) -> Pair:
        if self.is_text:
            evidence = f"{excerpt(left.text)} | {excerpt(right.text)}"
        else:
            evidence = f"both: {key}"
        return Pair(
            test=places[0],
            train=places[1],
            score=1.0,
            evidence=evidence,
            left=whole(left) if self.is_text else Excerpt(text=left.text),
            right=whole(right) if self.is_text else Excerpt(text=right.text),
        )


def exact_detector() -> KeyDetector:
    """Equal canonical texts: case, punctuation, accents and look-alike letters do not count."""
    return KeyDetector(
        name="exact",
        finds=("copy", "case_and_punctuation"),
        near_misses=("one_word_edited", "one_of_few_words_edited", "unrelated"),
        needs=f"an input of at least {MIN_COMPARABLE_WORDS} words",
        keys_of=_exact_keys,
        is_text=True,
        stated=(("normaliser", NORMALISER), ("min_words", MIN_COMPARABLE_WORDS)),
    )


def lineage_detector() -> KeyDetector:
    """A trace, parent, company or seed that both sides name."""
    return KeyDetector(
        name="lineage",
        finds=("lineage",),
        near_misses=("copy",),
        needs="a mapped lineage field (--map lineage=FIELD)",
        keys_of=lambda view: view.item.lineage,
        is_text=False,
        stated=(),
    )


def _exact_keys(view: View) -> tuple[str, ...]:
    return (view.canonical,) if view.number_of_words >= MIN_COMPARABLE_WORDS else ()
