"""How many planted leaks does the check find, how often is it wrong, how long does it take?

Test items are the demo's own programmatic tasks in miniature: texts drawn from a vocabulary with
shared boilerplate, so that negatives share templates with the test side. Recall is printed for
each kind of leak with its Wilson interval, beside a plain Python set of 8-grams in the same run.
"""

import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchwright.canonical import canonical_json
from benchwright.contamination.check import choose_detectors
from benchwright.contamination.items import Item
from benchwright.contamination.views import View, to_view
from benchwright.errors import Place

SYLLABLES = ("bar", "lor", "min", "tek", "vos", "sul", "ran", "dep", "kil", "fen")
VOCABULARY = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "a", "o", "ed")]
TASKS = 300
NEGATIVES = 3_000
WORDS = 60


def main() -> None:
    """Print recall by kind, false positives and times."""
    draw = random.Random(20_261_126)
    boiler = [_prose(draw, 20) for _ in range(3)]
    texts = [f"{draw.choice(boiler)}. {_prose(draw, WORDS)}" for _ in range(TASKS)]
    negatives = [_prose(draw, WORDS + 20) for _ in range(NEGATIVES)]
    leaks = {kind: [change(draw, text) for text in texts] for kind, change in LEAKS.items()}
    tests = _views(texts)
    detectors, _ = choose_detectors(
        ("exact", "ngram", "containment", "minhash", "masked"), run_words=8, min_jaccard=0.8
    )
    for detector in detectors:
        for kind, changed in leaks.items():
            pairs = {(p.test, p.train) for p in detector.compare(tests, _views(changed)).pairs}
            found = sum((place, place) in pairs for place in range(TASKS))
            print(f"{detector.name:11} {kind:22} recall {_interval(found, TASKS)}")
        start = time.perf_counter()
        wrong = {p.train for p in detector.compare(tests, _views(negatives)).pairs}
        seconds = time.perf_counter() - start
        print(f"{detector.name:11} {'unrelated':22} wrong  {_interval(len(wrong), NEGATIVES)}")
        print(f"{detector.name:11} {TASKS} x {NEGATIVES}: {seconds:.2f} s")
    _plain_set(texts, negatives)
    _from_the_shell(texts, negatives[:TASKS])


def _prose(draw: random.Random, size: int) -> str:
    return " ".join(draw.choices(VOCABULARY, k=size))


def _edited(draw: random.Random, text: str, share: float) -> str:
    words = text.split()
    for place in draw.sample(range(len(words)), max(1, round(share * len(words)))):
        words[place] = draw.choice(VOCABULARY)
    return " ".join(words)


def _reordered(draw: random.Random, text: str) -> str:
    words = text.split()
    parts = [" ".join(words[i : i + 15]) for i in range(0, len(words), 15)]
    draw.shuffle(parts)
    return ". ".join(parts)


LEAKS = {
    "copy": lambda draw, text: text,
    "case and punctuation": lambda draw, text: text.upper().replace(" ", " - "),
    "look-alike letters": lambda draw, text: text.replace("a", "\u0430").replace("o", "o\u200b"),
    "embedded": lambda draw, text: f"{_prose(draw, 300)} {text} {_prose(draw, 300)}",
    "one word edited": lambda draw, text: _edited(draw, text, 0),
    "10 % edited": lambda draw, text: _edited(draw, text, 0.1),
    "20 % edited": lambda draw, text: _edited(draw, text, 0.2),
    "reordered": _reordered,
}


def _views(texts: list[str]) -> list[View]:
    return [
        to_view(Item(id=str(place), place=Place(line=place + 1), input=text))
        for place, text in enumerate(texts)
    ]


def _interval(found: int, total: int) -> str:
    """Return the share and its 95 % Wilson interval."""
    z, share = 1.959964, found / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total)
    half *= math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return f"{share:.3f} ({max(0, middle - half):.3f} to {min(1, middle + half):.3f})"


def _plain_set(texts: list[str], others: list[str]) -> None:
    start = time.perf_counter()
    runs = {tuple(w[i : i + 8]) for w in map(str.split, texts) for i in range(len(w) - 7)}
    hits = sum(
        any(tuple(w[i : i + 8]) in runs for i in range(len(w) - 7)) for w in map(str.split, others)
    )
    print(f"a plain Python set of 8-grams, {hits} hits: {time.perf_counter() - start:.2f} s")


def _from_the_shell(texts: list[str], others: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = [str(Path(sys.executable).parent / "benchwright"), "contamination", "check", "-q"]
        for side, values in (("test", texts), ("train", others)):
            path = Path(folder, f"{side}.jsonl")
            path.write_text("".join(canonical_json({"input": v}) + "\n" for v in values))
            words += [f"--{side}", str(path)]
        start = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        print(f"check of {TASKS} x {TASKS} from the shell: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
