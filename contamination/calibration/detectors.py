"""Which detectors can be calibrated, and what do they give labelled pairs? Their own scores.

A pair is judged as `contamination check` judges it: all left texts of a half stand on the test
side, all right ones on the training side, and the detector compares the two.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchwright.calibration import PARAMETERS, Kind, LabelledPair, ThresholdCheck
from benchwright.contamination.calibration.measures import ScoredPair
from benchwright.contamination.containment import MIN_CONTAINMENT, SHORT_TASK_WORDS
from benchwright.contamination.containment_detector import ContainmentDetector
from benchwright.contamination.detector import Detector
from benchwright.contamination.embedding import MIN_COSINE_SIMILARITY, EmbeddingDetector
from benchwright.contamination.equality import exact_detector
from benchwright.contamination.items import Item
from benchwright.contamination.masking import MIN_MASKED_JACCARD, MaskedDetector
from benchwright.contamination.minhash import MIN_JACCARD, MinHashDetector
from benchwright.contamination.ngrams import NgramDetector
from benchwright.contamination.views import View, to_view
from benchwright.errors import Place

METHODS = ("exact", "ngram", "containment", "minhash", "masked", "embedding")
PAIRS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A detector as it is calibrated.

    Attributes:
        check: Its name.
        claims: The kinds of leaks that it is for; the threshold is set on them.
        make: Returns the detector with a threshold (None for one that has none).
        default: The threshold where no policy says another.
        floor: The lowest threshold that is tried.
        is_fixed: Whether a test view is judged by another threshold, which stays as it is.
    """

    check: ThresholdCheck | str
    claims: tuple[Kind, ...]
    make: Callable[[float], Detector]
    default: float | None = None
    floor: float = 1.0
    is_fixed: Callable[[View], bool] = lambda _: False

    @property
    def parameter(self) -> str | None:
        """The name of its threshold."""
        return next((name for check, name in PARAMETERS.items() if check == self.check), None)


def subjects(*, run_words: int, embedding: EmbeddingDetector | None) -> tuple[Subject, ...]:
    """Return the detectors that judge pairs by their texts, in the order of `METHODS`."""
    copies: tuple[Kind, ...] = ("copy", "case_and_punctuation")
    found = (
        Subject(check="exact", claims=copies, make=lambda _: exact_detector()),
        Subject(check="ngram", claims=copies, make=lambda _: NgramDetector(run_words=run_words)),
        Subject(
            check="containment",
            claims=("one_word_edit",),
            make=lambda least: ContainmentDetector(min_containment=least),
            default=MIN_CONTAINMENT,
            floor=0.05,
            is_fixed=lambda view: len(view.words) < SHORT_TASK_WORDS,
        ),
        Subject(
            check="minhash",
            claims=copies,
            make=lambda least: MinHashDetector(min_jaccard=least),
            default=MIN_JACCARD,
            floor=0.3,
        ),
        Subject(
            check="masked",
            claims=("entity_swap",),
            make=lambda least: MaskedDetector(min_jaccard=least),
            default=MIN_MASKED_JACCARD,
            floor=0.1,
        ),
    )
    if embedding is None:
        return found
    return (*found, _of_model(embedding))


def _of_model(embedding: EmbeddingDetector) -> Subject:
    return Subject(
        check="embedding",
        claims=("paraphrase",),
        make=lambda least: EmbeddingDetector(
            model=embedding.model, cache=embedding.cache, min_cosine_similarity=least
        ),
        default=MIN_COSINE_SIMILARITY,
        floor=0.2,
    )


def score_pairs(subject: Subject, pairs: Sequence[LabelledPair]) -> tuple[ScoredPair, ...]:
    """Return the score that the detector gives each pair, in their order.

    Both halves apart, and at most 2,000 pairs at once: what is rare among the texts of one half
    is not read from the other. A detector without a threshold gives what it reports 1.
    """
    scores: dict[str, float] = {}
    for half in ("a", "b"):
        held = [pair for pair in pairs if pair.half == half]
        for begin in range(0, len(held), PAIRS_AT_ONCE):
            scores |= _scores(subject, held[begin : begin + PAIRS_AT_ONCE])
    return tuple(ScoredPair(pair=pair, score=scores[pair.id]) for pair in pairs)


def _scores(subject: Subject, pairs: Sequence[LabelledPair]) -> Iterator[tuple[str, float]]:
    test, train = _views(pair.left for pair in pairs), _views(pair.right for pair in pairs)
    places = {view.text: place for place, view in enumerate(test)}
    others = {view.text: place for place, view in enumerate(train)}
    compared = subject.make(subject.floor).compare(test, train)
    found = {(pair.test, pair.train): pair.score for pair in compared.pairs}
    for pair in pairs:
        place = places[pair.left]
        score = found.get((place, others[pair.right]), 0.0)
        is_decided = subject.default is None or subject.is_fixed(test[place])
        yield pair.id, 1.0 if score and is_decided else score


def _views(texts: Iterator[str]) -> list[View]:
    return [
        to_view(Item(id=str(number), place=Place(), input=text))
        for number, text in enumerate(dict.fromkeys(texts))
    ]
