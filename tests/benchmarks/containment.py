"""Where does the threshold of `containment` stand, and what does it find and mistake there?

Four families of tasks: prose of its own, prose behind shared boilerplate, word problems of shared
templates (other names, things and numbers), and short ones of 5 to 11 words. Each is leaked in
twelve ways into documents of 100 to 800 words. Negatives: other instances of the same templates,
templates no test item has twice, the boilerplate with other prose, the same words in another
order, texts of the same topic, and unrelated documents.

The thresholds were chosen in planted_suite.py, on texts of other making; names are not told here,
for the words are given folded. Seed 1 prints what every threshold would do.
Run: PYTHONPATH=.typing python tests/benchmarks/containment.py
"""

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate

from benchwright.contamination.containment import (
    MIN_CONTAINMENT,
    MIN_SHORT_CONTAINMENT,
    build_index,
    score_record,
)
from benchwright.contamination.normaliser import canonical_text

_SYLLABLES = "ba lor min tek vos sul ran dep kil fen tro gam hes pol dri net cas wul bex ona"
SYLLABLES = _SYLLABLES.split()
_COMMON = (
    "the of and to in a is that for it as was with be by on not he this are or his from at which "
    "but have an had they you were their one all we can her has there been if more when will would "
    "who so no she other its may these what them than some him time into only do such my new about"
)
COMMON = _COMMON.split()
NAMES = [first.title() + last for first in SYLLABLES for last in ("na", "rik", "lia", "to", "vin")]
VOCABULARY = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "a", "o", "ed", "ing")]
TEMPLATES = (
    "{n} buys {d} boxes of {w} for {d} dollars each and sells {d} of them at the market. How many "
    "dollars does {n} have left after paying {d} dollars for the stall?",
    "{n} and {n} share {d} {w} equally, but {n} eats {d} of them on the way home. If each of the "
    "others gets {d}, how many {w} were there before they were counted?",
    "A train with {d} {w} leaves {n} at {d} kilometres an hour while another leaves {n} at {d}. "
    "They are {d} kilometres apart; after how many hours do they meet?",
    "Write an email to {n} of {n} about the delay of {d} {w} and offer a discount of {d} percent. "
    "Keep it under {d} words, do not mention the {w}, and close with your own name.",
    "The customer {n} ordered {d} {w} on day {d} and wants to return {d} of them because of {w}. "
    "Look up order {d}, check the policy, and refund {d} dollars when it is allowed.",
    "Summarise the meeting between {n} and {n} on the {w} project in {d} sentences. Name the {w}, "
    "the cost of {d} thousand and the next date, which is in {d} days.",
)
ONCE = (
    "{n} paints {d} {w} a week, but rests each {d} days. How many {w} are painted in {d} weeks?",
    "Book a table for {d} at {n} on day {d}, ask for {w} without {w}, and pay no more than {d}.",
    "{n} reads {d} pages of {w} before noon and {d} after. How many days do {d} pages take {n}?",
)
LENGTHS = ("12 words or more", "short")


class Source:
    """Draws tasks, leaks and negatives, all from one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        words = [*COMMON, *self.draw.sample(VOCABULARY, len(VOCABULARY))]
        self._words = words
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
        self.boilerplate = [self.prose(40) for _ in range(4)]

    def prose(self, size: int) -> str:
        words = self.draw.choices(self._words, cum_weights=self._weights, k=size)
        cut = 0
        while cut < size:
            cut += self.draw.randint(6, 18)
            words[min(cut, size) - 1] += "."
        return " ".join(words)

    def fill(self, template: str) -> str:
        changes = {
            "{n}": lambda: self.draw.choice(NAMES),
            "{d}": lambda: str(self.draw.randint(2, 400)),
            "{w}": lambda: self.draw.choice(VOCABULARY),
        }
        parts = template
        for slot, make in changes.items():
            while slot in parts:
                parts = parts.replace(slot, make(), 1)
        return parts

    def tasks(self) -> list[tuple[str, str]]:
        draw = self.draw
        return [
            *(("prose", self.prose(draw.randint(20, 120))) for _ in range(150)),
            *(
                (
                    "boilerplate",
                    f"{draw.choice(self.boilerplate)} {self.prose(draw.randint(20, 60))}",
                )
                for _ in range(150)
            ),
            *(("template", self.fill(draw.choice(TEMPLATES))) for _ in range(150)),
            *(("template once", self.fill(template)) for template in ONCE),
            *(("short", self.prose(draw.randint(5, 11))) for _ in range(100)),
        ]

    def negatives(self, tasks: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        draw = self.draw
        for _ in range(1500):
            yield "same template", self.hidden(self.fill(draw.choice(TEMPLATES)))
        for _ in range(300):
            yield "template once", self.hidden(self.fill(draw.choice(ONCE)))
        for _ in range(500):
            text = f"{draw.choice(self.boilerplate)} {self.prose(draw.randint(20, 60))}"
            yield "boilerplate", self.hidden(text)
        for _ in range(500):
            words = draw.choice(tasks)[1].split()
            if len(words) >= 20:
                yield "shuffled words", self.hidden(" ".join(draw.sample(words, len(words))))
        for _ in range(500):
            words = [*draw.choice(tasks)[1].split(), *self.prose(60).split()]
            yield "same topic", self.hidden(" ".join(draw.choices(words, k=len(words))))
        for _ in range(2500):
            yield "unrelated", self.prose(draw.randint(100, 800))

    def hidden(self, text: str) -> str:
        draw = self.draw
        return f"{self.prose(draw.randint(50, 400))} {text} {self.prose(draw.randint(50, 400))}"

    def edited(self, text: str, share: float) -> str:
        words = text.split()
        for place in self.draw.sample(range(len(words)), max(1, round(share * len(words)))):
            kind = self.draw.random()
            other = self.draw.choice(self._words)
            words[place] = other if kind < 0.6 else "" if kind < 0.8 else f"{words[place]} {other}"
        return " ".join(words)

    def reordered(self, text: str) -> str:
        parts = _chunks(text)
        self.draw.shuffle(parts)
        return " ".join(parts)

    def cut(self, text: str) -> str:
        words = text.split()
        gone = int(0.3 * len(words))
        start = self.draw.randint(0, len(words) - gone)
        return " ".join([*words[:start], *words[start + gone :]])


def _length(family: str) -> str:
    return LENGTHS[family == "short"]


def _chunks(text: str) -> list[str]:
    words = text.split()
    size = max(5, len(words) // 4)
    return [" ".join(words[at : at + size]) for at in range(0, len(words), size)]


def _leaks(source: Source) -> dict[str, Callable[[str], str]]:
    hidden, edited = source.hidden, source.edited
    return {
        "verbatim alone": lambda text: text,
        "verbatim": hidden,
        "case": lambda text: hidden(text.upper()),
        "punctuation": lambda text: hidden(text.replace(" ", " - ")),
        "lines": lambda text: hidden("\n\n".join(_chunks(text))),
        "chat": lambda text: hidden(" user asks ".join(_chunks(text))),
        "1 % edited": lambda text: hidden(edited(text, 0.01)),
        "10 % edited": lambda text: hidden(edited(text, 0.1)),
        "20 % edited": lambda text: hidden(edited(text, 0.2)),
        "reordered": lambda text: hidden(source.reordered(text)),
        "30 % missing": lambda text: hidden(source.cut(text)),
        "10 % edited, reordered": lambda text: hidden(source.reordered(edited(text, 0.1))),
    }


def measure(seed: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the best score of every leak (for its own task) and of every negative, by kind."""
    source = Source(seed)
    tasks = source.tasks()
    index = build_index([canonical_text(text).split() for _, text in tasks])
    positives, negatives = defaultdict(list), defaultdict(list)
    scored, seconds = 0, 0.0
    for kind, leak in _leaks(source).items():
        for place, (family, text) in enumerate(tasks):
            words = canonical_text(leak(text)).split()
            found = index.candidates(words).get(place)
            score = score_record(index.tasks[place], words, found).score if found else 0.0
            positives[f"{kind}, {_length(family)}"].append(score)
    for kind, text in source.negatives(tasks):
        words = canonical_text(text).split()
        start = time.perf_counter()
        found = index.candidates(words)
        scores = {p: score_record(index.tasks[p], words, seeds).score for p, seeds in found.items()}
        seconds += time.perf_counter() - start
        scored += len(scores)
        for length in LENGTHS:
            own = [score for p, score in scores.items() if _length(tasks[p][0]) == length]
            negatives[f"{kind}, {length}"].append(max(own, default=0.0))
    print(f"seed {seed}: {scored:,} candidates of negatives scored, {seconds:.1f} s with seeding")
    return positives, negatives


def _print(seed: int, positives: dict[str, list[float]], negatives: dict[str, list[float]]) -> None:
    hits = wrong = 0
    for kind, scores in positives.items():
        found = sum(score >= _least(kind) for score in scores)
        print(f"  {kind:42} recall {_interval(found, len(scores))}")
        hits += found
    for kind, scores in negatives.items():
        flagged = sum(score >= _least(kind) for score in scores)
        print(f"  {kind:42} wrong  {_interval(flagged, len(scores))}, highest {max(scores):.3f}")
        wrong += flagged
    total = sum(map(len, positives.values()))
    print(f"  seed {seed}: F1 {2 * hits / (total + hits + wrong):.3f}")


def _least(kind: str) -> float:
    return MIN_SHORT_CONTAINMENT if kind.endswith("short") else MIN_CONTAINMENT


def _interval(found: int, total: int) -> str:
    """Return the share and its 95 % Wilson interval."""
    z, share = 1.959964, found / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total)
    half *= math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return f"{share:.3f} ({max(0, middle - half):.3f} to {min(1, middle + half):.3f})"


def main() -> None:
    """Print what every threshold does on one seed, and what the built-in ones do on others."""
    positives, negatives = measure(1)
    for length in LENGTHS:
        leaks = [s for kind, held in positives.items() if kind.endswith(length) for s in held]
        others = [s for kind, held in negatives.items() if kind.endswith(length) for s in held]
        for least in (step / 100 for step in range(30, 91, 5)):
            missed = sum(score < least for score in leaks)
            wrong = sum(score >= least for score in others)
            print(
                f"  {length}, {least:.2f}: missed {missed / len(leaks):.4f} of {len(leaks)} leaks, "
                f"flagged {wrong / len(others):.4f} of {len(others)} negatives"
            )
    for seed in (2, 3, 4):
        _print(seed, *measure(seed))


if __name__ == "__main__":
    main()
