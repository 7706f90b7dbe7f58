"""How different are the tasks of each mode and family from one another?

Counts stream: a task leaves hashes behind, not texts. What needs texts (self-BLEU, the Vendi
score) is measured on a fixed sample: the tasks whose hashed ids come first under the seed, so
that the order of the tasks does not matter.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from benchwright.canonical import canonical_json
from benchwright.kinship import input_text, slot_names
from benchwright.tasks import Record, Task
from benchwright.words import mask, words

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Floats = NDArray[numpy.float64]
    Integers = NDArray[numpy.int64]

SAMPLE_TASKS = 100
BLEU_ORDER = 4


class GroupDiversity(Record):
    """One mode, or one family or dimension of it.

    Attributes:
        distinct_outputs: Labelled outputs (`candidates`) that differ; references not among them.
        template_clusters: Inputs that differ after names, amounts, dates, numbers and ids are
            masked: what is left when a template's blanks are taken away.
        effective_tasks: Inverse Simpson index over the clusters: as many clusters of equal size
            would be as diverse.
        distinct_2: Distinct word pairs of the inputs over all their word pairs.
        sample: How many tasks the next two were measured on.
        self_bleu: Mean BLEU-4 of an input against the others: 1 is copies. None below two tasks.
        vendi_score: Effective number of different inputs under TF-IDF cosine, between 1 and
            `sample`. None below two tasks.
    """

    tasks: int = Field(ge=0)
    distinct_inputs: int = Field(ge=0)
    distinct_references: int = Field(ge=0)
    distinct_outputs: int = Field(ge=0)
    template_clusters: int = Field(ge=0)
    effective_tasks: float = Field(ge=0)
    distinct_2: float = Field(ge=0, le=1)
    sample: int = Field(ge=0)
    self_bleu: float | None = None
    vendi_score: float | None = None


class DiversityReport(Record):
    """Diversity by mode, and by `mode/family` (`mode/dimension` where there is no family)."""

    schema_version: Literal[1] = 1
    seed: int
    modes: dict[str, GroupDiversity]
    groups: dict[str, GroupDiversity]


def measure_diversity(
    tasks: Iterable[Task], *, seed: int, sample_tasks: int = SAMPLE_TASKS
) -> DiversityReport:
    """Measure the diversity of tasks, read once and in any order.

    Args:
        tasks: The tasks.
        seed: Picks the sample.
        sample_tasks: Most tasks of a mode or group that self-BLEU and Vendi are measured on.
    """
    meter = DiversityMeter(seed=seed, sample_tasks=sample_tasks)
    for task in tasks:
        meter.add(task)
    return meter.report()


class DiversityMeter:
    """Takes tasks one by one; memory grows by a few hashes a task.

    Args:
        seed: Picks the sample.
        sample_tasks: As in `measure_diversity`.
    """

    def __init__(self, *, seed: int, sample_tasks: int = SAMPLE_TASKS) -> None:
        self._seed = seed
        self._sample_tasks = sample_tasks
        self._modes: dict[str, _Group] = {}
        self._groups: dict[str, _Group] = {}

    def add(self, task: Task) -> None:
        """Count one task."""
        text = input_text(task.input)
        seen = _Seen(
            rank=_hash(f"{self._seed}\x1f{task.id}"),
            text=text,
            input=_hash(canonical_json(task.input)),
            reference=_hash(canonical_json(task.reference)),
            outputs=[_hash(canonical_json(candidate.output)) for candidate in task.candidates],
            cluster=_hash(mask(text, slot_names(task.provenance.slots))),
            pairs=[hash(pair) for pair in pairwise(words(text))],
        )
        mode = task.provenance.mode
        for groups, name in ((self._modes, mode), (self._groups, f"{mode}/{group_name(task)}")):
            groups.setdefault(name, _Group(self._sample_tasks)).add(seen)

    def report(self) -> DiversityReport:
        """Return the measures of everything added so far."""
        return DiversityReport(
            seed=self._seed,
            modes={name: self._modes[name].measure() for name in sorted(self._modes)},
            groups={name: self._groups[name].measure() for name in sorted(self._groups)},
        )


def group_name(task: Task) -> str:
    """Return the family a task was rendered from, or its dimension where it has none."""
    template = task.provenance.template
    if template is None:
        return task.dimension
    return template.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def self_bleu(texts: list[list[str]]) -> float | None:
    """Return the mean BLEU-4 of each text against all others; None below two texts.

    Precisions above order 1 are smoothed by one, so that one missing 4-gram is not a zero.

    Args:
        texts: Each text as its words.

    Source: Zhu et al. 2018 (arXiv:1802.01886); smoothing of Lin and Och 2004 (P04-1077).
    """
    if len(texts) < 2:
        return None
    import numpy as np

    lengths = sorted(map(len, texts))
    shares = np.stack([_shared_ngrams(texts, order) for order in range(1, BLEU_ORDER + 1)])
    with np.errstate(divide="ignore"):
        means: list[float] = np.exp(np.log(shares).mean(axis=0)).tolist()
    scores = [_brevity(len(text), lengths) * mean for text, mean in zip(texts, means, strict=True)]
    return sum(scores) / len(scores)


def vendi_score(texts: list[list[str]]) -> float | None:
    """Return the exponential of the entropy of the TF-IDF similarity matrix; None below two.

    Args:
        texts: Each text as its words; one without words is like no other.

    Source: Friedman and Dieng 2023 (arXiv:2210.02410), with cosine of TF-IDF as the kernel.
    """
    if len(texts) < 2:
        return None
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    if any(texts):
        vectors = TfidfVectorizer(analyzer=_as_they_are).fit_transform(texts)
        similarity = (vectors @ vectors.T).toarray()
    else:
        similarity = np.zeros((len(texts), len(texts)))
    np.fill_diagonal(similarity, 1.0)
    shares = np.linalg.eigvalsh(similarity / len(texts))
    shares = shares[shares > 1e-12]
    return float(np.exp(-np.sum(shares * np.log(shares))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one task leaves behind."""

    rank: int
    text: str
    input: int
    reference: int
    outputs: list[int]
    cluster: int
    pairs: list[int]


class _Group:
    """The running counts of one mode or family, and its sample."""

    def __init__(self, sample_tasks: int) -> None:
        self._sample_tasks = sample_tasks
        self._tasks = 0
        self._inputs: set[int] = set()
        self._references: set[int] = set()
        self._outputs: set[int] = set()
        self._clusters: Counter[int] = Counter()
        self._pairs: set[int] = set()
        self._pair_count = 0
        self._sample: list[tuple[int, str]] = []

    def add(self, seen: _Seen) -> None:
        self._tasks += 1
        self._inputs.add(seen.input)
        self._references.add(seen.reference)
        self._outputs.update(seen.outputs)
        self._clusters[seen.cluster] += 1
        self._pairs.update(seen.pairs)
        self._pair_count += len(seen.pairs)
        entry = (-seen.rank, seen.text)
        if len(self._sample) < self._sample_tasks:
            heapq.heappush(self._sample, entry)
        else:
            heapq.heappushpop(self._sample, entry)

    def measure(self) -> GroupDiversity:
        sample = [words(text) for _, text in sorted(self._sample, reverse=True)]
        sizes = self._clusters.values()
        bleu, vendi = self_bleu(sample), vendi_score(sample)
        return GroupDiversity(
            tasks=self._tasks,
            distinct_inputs=len(self._inputs),
            distinct_references=len(self._references),
            distinct_outputs=len(self._outputs),
            template_clusters=len(self._clusters),
            effective_tasks=round(self._tasks**2 / sum(n * n for n in sizes), 3),
            distinct_2=round(len(self._pairs) / max(self._pair_count, 1), 6),
            sample=len(sample),
            self_bleu=None if bleu is None else round(bleu, 4),
            vendi_score=None if vendi is None else round(vendi, 3),
        )


def _as_they_are(text: list[str]) -> list[str]:
    return text


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _shared_ngrams(texts: list[list[str]], order: int) -> "Floats":
    """Return the precision of each text's n-grams against all other texts, smoothed above order 1.

    An n-gram counts as often as it stands in the text, and at most as often as it stands in that
    one of the others that holds it most.
    """
    import numpy as np

    owner, grams = _numbered_ngrams(texts, order)
    held, counts = np.unique(grams * len(texts) + owner, return_counts=True)
    gram, text = np.divmod(held, len(texts))
    ordered = np.lexsort((-counts, gram))
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = gram[ordered][1:] != gram[ordered][:-1]
    first = ordered[is_first]
    is_second = np.zeros(len(ordered), bool)
    is_second[1:] = is_first[:-1] & ~is_first[1:]
    most, second = np.zeros((2, len(first)), np.int64)
    most[gram[first]] = counts[first]
    second[gram[ordered[is_second]]] = counts[ordered[is_second]]
    elsewhere = most[gram]
    elsewhere[first] = second[gram[first]]
    matched = np.bincount(text, np.minimum(counts, elsewhere), len(texts))
    smooth = int(order > 1)
    totals = np.bincount(owner, minlength=len(texts)) + smooth
    return (matched + smooth) / np.maximum(totals, 1)


def _numbered_ngrams(texts: list[list[str]], order: int) -> "tuple[Integers, Integers]":
    """Return the text and the number of every n-gram; equal n-grams have equal numbers."""
    import numpy as np

    known: dict[tuple[str, ...], int] = {}
    numbers = [
        known.setdefault(gram, len(known))
        for text in texts
        for gram in zip(*(text[start:] for start in range(order)), strict=False)
    ]
    lengths = [max(0, len(text) - order + 1) for text in texts]
    return np.repeat(np.arange(len(texts)), lengths), np.array(numbers, np.int64)


def _brevity(length: int, lengths: list[int]) -> float:
    """Return the brevity penalty against the closest other length, the shorter of two."""
    others = list(lengths)
    others.remove(length)
    closest = min(others, key=lambda other: (abs(other - length), other))
    if length >= closest:
        return 1.0
    return math.exp(1 - closest / length) if length else 0.0
