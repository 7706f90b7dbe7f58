"""Which candidates become pairs? Each goes through every filter and leaves one audit row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchwright.canonical import canonical_json, sha256_hex
from benchwright.judges.gatetexts import find_placeholder
from benchwright.judges.scoring import Score, score_output
from benchwright.lineage.kinship import shared_lineages
from benchwright.pipeline.pair_candidates import Candidate
from benchwright.pipeline.pair_texts import output_text
from benchwright.preferences import PairAudit, PairSettings, SkipReason
from benchwright.tasks import JsonObject, Task
from benchwright.words import leaf_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A task, and the output that its rubric fails beside the reference that it passes."""

    id: str
    task: Task
    rejected: JsonObject
    audit: PairAudit


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A train task with everything that could be the rejected side of its pairs.

    Attributes:
        judges: Lineages of every judge of the task.
        authors: Lineages of the models that wrote the reference.
    """

    task: Task
    candidates: tuple[Candidate, ...]
    judges: tuple[str, ...]
    authors: tuple[str, ...]

    @cached_property
    def chosen(self) -> Score:
        """How the reference scores."""
        return score_output(self.task, self.task.reference)


class Similarity:
    """TF-IDF cosine of two texts, over the words of every text that is given.

    Source: `sklearn.feature_extraction.text.TfidfVectorizer` with its defaults.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer().fit(texts)

    def cosine(self, left: str, right: str) -> float:
        """Return the cosine of two texts, 1 for equal ones, 0 without a word in common."""
        first, second = self._vectorizer.transform([left, right])
        return round(float((first @ second.T).sum()), 6)


def sift(offered: Sequence[Offered], settings: PairSettings) -> tuple[list[Pair], list[PairAudit]]:
    """Return the pairs, and one audit row for every candidate, in the order of tasks."""
    similarity = Similarity(
        [
            output_text(output)
            for one in offered
            for output in (
                one.task.reference,
                *(candidate.output for candidate in one.candidates if candidate.output is not None),
            )
        ]
    )
    pairs: list[Pair] = []
    audits: list[PairAudit] = []
    for one in offered:
        for pair, audit in _of_task(one, settings, similarity):
            audits.append(audit)
            if pair is not None:
                pairs.append(pair)
    return pairs, audits


def _of_task(
    offered: Offered, settings: PairSettings, similarity: Similarity
) -> Iterator[tuple[Pair | None, PairAudit]]:
    task = offered.task
    taken: dict[str, None] = {}
    for number, candidate in enumerate(offered.candidates, start=1):
        audit = PairAudit(
            task_id=task.id,
            candidate=number,
            source=candidate.source,
            writer=candidate.writer,
            status="kept",
            detail=candidate.how,
            chosen_score=offered.chosen.value,
        )
        known: dict[str, object] = {}
        reason = (
            "over_per_task"
            if len(taken) == settings.per_task
            else _fault(offered, candidate, taken, settings, similarity, known)
        )
        if reason is not None or candidate.output is None:
            skipped = {**known, "status": "skipped", "reason": reason}
            yield None, PairAudit.model_validate({**audit.model_dump(), **skipped})
            continue
        taken[canonical_json(candidate.output)] = None
        pair_id = pair_id_of(task, candidate.output)
        kept = PairAudit.model_validate({**audit.model_dump(), **known, "pair_id": pair_id})
        yield Pair(id=pair_id, task=task, rejected=candidate.output, audit=kept), kept


def pair_id_of(task: Task, rejected: JsonObject) -> str:
    """Return the id of a pair: equal content, equal id."""
    return sha256_hex(canonical_json({"task": task.id, "rejected": rejected}))[:16]


def _fault(
    offered: Offered,
    candidate: Candidate,
    taken: Mapping[str, None],
    settings: PairSettings,
    similarity: Similarity,
    known: dict[str, object],
) -> SkipReason | None:
    """Return why a candidate is no pair; `known` gets what was measured on the way."""
    task, output = offered.task, candidate.output
    if offered.chosen.passed is not True:
        return "chosen_fails"
    if candidate.skip is not None or output is None:
        return candidate.skip or "no_reply"
    score = score_output(task, output)
    known["rejected_score"] = score.value
    known["violates"] = tuple(
        dict.fromkeys(item.kind for item in score.items if item.status == "fail")
    )
    if score.status == "malformed":
        return "malformed"
    if score.passed is not False:
        return "rejected_undecided" if score.passed is None else "rejected_passes"
    if find_placeholder(leaf_texts([task.input, task.reference, output])):
        return "placeholder"
    if canonical_json(output) in taken:
        return "duplicate"
    cosine = similarity.cosine(output_text(task.reference), output_text(output))
    known["cosine_similarity"] = cosine
    if cosine >= settings.max_cosine_similarity:
        return "too_similar"
    return _kinship(offered, candidate)


def _kinship(offered: Offered, candidate: Candidate) -> SkipReason | None:
    if not offered.judges:
        return None
    if candidate.lineages is None:
        return "unknown_writer"
    writers = (*offered.authors, *candidate.lineages)
    return "kin_to_judge" if shared_lineages(writers, offered.judges) else None
