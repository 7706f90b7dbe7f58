"""Does a test item stand in the training data? Every detector, its planted copies, one verdict."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from benchwright.contamination.accepted import (
    Accepted,
    Hashes,
    accepted_pairs,
    text_sha256,
    without_planted,
)
from benchwright.contamination.answers import AnswerInspector, answer_in_record
from benchwright.contamination.canary import CanaryInspector
from benchwright.contamination.chains import chains
from benchwright.contamination.containment import MIN_CONTAINMENT
from benchwright.contamination.containment_detector import ContainmentDetector
from benchwright.contamination.dates import TimeInspector
from benchwright.contamination.detector import Comparison, Detector, Pair
from benchwright.contamination.equality import exact_detector, lineage_detector
from benchwright.contamination.inspection import Inspector, inspection_run
from benchwright.contamination.masking import MIN_MASKED_JACCARD, MaskedDetector
from benchwright.contamination.minhash import MinHashDetector
from benchwright.contamination.ngrams import NgramDetector
from benchwright.contamination.normaliser import NORMALISER
from benchwright.contamination.planting import PlantedCopy, plant_copies
from benchwright.contamination.sources import Loaded
from benchwright.contamination.views import View
from benchwright.errors import ConfigError, nearest
from benchwright.findings import (
    AcceptedSummary,
    CheckReport,
    ItemPlace,
    Side,
    Status,
    Verdict,
    Waiver,
)
from benchwright.verdicts import CheckRun, ContaminationReport, Match, Passage, PlantTally
from benchwright.version import __version__

Check = Detector | Inspector
METHODS = (
    "exact",
    "ngram",
    "containment",
    "minhash",
    "masked",
    "lineage",
    "time",
    "canary",
    "answer",
    "embedding",
)
SCOPE = "test x train"
HISTOGRAM_BINS = 20


def choose_detectors(
    methods: Sequence[str],
    *,
    run_words: int,
    min_jaccard: float,
    min_containment: float = MIN_CONTAINMENT,
    min_masked_jaccard: float = MIN_MASKED_JACCARD,
    time: TimeInspector | None = None,
    canary: CanaryInspector | None = None,
    embedding: Detector | str = "not asked for (--embeddings)",
) -> tuple[tuple[Check, ...], dict[str, str]]:
    """Return the detectors of the named methods, and why the others of them cannot run.

    Args:
        methods: Names; none for all.
        run_words: Words in a shared run.
        min_jaccard: Smallest Jaccard similarity of a near-duplicate.
        min_containment: Smallest share of a test item that a record holds.
        min_masked_jaccard: Smallest Jaccard similarity of masked texts.
        time: The check of dates; None for one without a release date and a training cut-off.
        canary: The check for canaries; None for those that the test items carry.
        embedding: The embedding detector, or the reason why there is none.

    Raises:
        ConfigError: If a method is not known or a parameter is out of range.
    """
    makers: dict[str, Callable[[], Check]] = {
        "exact": exact_detector,
        "ngram": lambda: NgramDetector(run_words=run_words),
        "containment": lambda: ContainmentDetector(min_containment=min_containment),
        "minhash": lambda: MinHashDetector(min_jaccard=min_jaccard),
        "masked": lambda: MaskedDetector(min_jaccard=min_masked_jaccard),
        "lineage": lineage_detector,
        "time": lambda: time or TimeInspector(),
        "canary": lambda: canary or CanaryInspector(),
        "answer": AnswerInspector,
        "embedding": lambda: _present(embedding),
    }
    for method in methods:
        if method not in makers:
            raise ConfigError(f"unknown method {method!r}", fix=nearest(method, METHODS))
    chosen = [name for name in METHODS if not methods or name in methods]
    absent = {"embedding": embedding} if isinstance(embedding, str) else {}
    return (
        tuple(makers[name]() for name in chosen if name not in absent),
        {name: reason for name, reason in absent.items() if name in chosen},
    )


def check_sides(
    test: Loaded,
    train: Loaded,
    *,
    detectors: Sequence[Check],
    required: Sequence[str],
    seed: int,
    absent: Mapping[str, str] | None = None,
    waivers: Sequence[Waiver] = (),
    accepted: Accepted | None = None,
    advance: Callable[[str], None] = lambda _: None,
) -> CheckReport:
    """Compare both sides with every detector.

    Args:
        test: The side no model may have seen.
        train: The side a model may learn from.
        detectors: What to compare by.
        required: Names of the checks that were asked for; one that cannot run makes the verdict
            inconclusive.
        seed: Decides which items the planted copies are made of.
        absent: Checks that cannot run, and why.
        waivers: A waiver of a check's name turns its inconclusive status into a stated one.
        accepted: Findings that a person accepted; the verdict follows from what is left.
        advance: Told the name of each detector as it begins.

    Returns:
        The report. Its verdict is clean only when every check that ran compared something, left
        no test item out, found its planted copies and nothing else.
    """
    left, right = test.views, train.views
    plants = plant_copies(left, seed=seed)
    runs, sifted, lone = list[CheckRun](), list[Comparison](), Counter[int]()
    hashes = _hashes(left), _hashes(right)
    inspect = partial(inspection_run, test=test.items, train=train.items, scope=SCOPE, seed=seed)
    for detector in detectors:
        advance(detector.name)
        is_required = detector.name in required
        if isinstance(detector, Inspector):
            keep = partial(_unaccepted, accepted, detector.name, hashes, lone)
            runs.append(inspect(detector, is_required=is_required, keep=keep))
            continue
        if accepted:
            detector = accepted.informed(detector)
        hidden = _hidden_from(detector, plants)
        planted = [*right, *(plant.view for plant in hidden)]
        comparison = detector.compare(left, planted)
        if accepted:
            comparison = accepted.sift(detector, comparison, left, planted)
            sifted.append(without_planted(comparison, len(right)))
        runs.append(_run(detector, comparison, test, train, hidden, is_required))
    runs += [_absent(name, reason) for name, reason in (absent or {}).items()]
    entries = accepted.summary(sifted, lone, hashes) if accepted else None
    matches = [match for run in runs for match in run.matches]
    sides = [
        _with_places(test, [match.left_id for match in matches], hashes[0]),
        _with_places(train, [match.right_id for match in matches], hashes[1]),
    ]
    return _report(runs, sides, required=required, seed=seed, waivers=waivers, accepted=entries)


def _report(
    runs: Sequence[CheckRun],
    sides: Sequence[Side],
    *,
    required: Sequence[str],
    seed: int,
    waivers: Sequence[Waiver],
    accepted: AcceptedSummary | None,
) -> CheckReport:
    contamination = ContaminationReport(runs=tuple(runs))
    unread = any(side.bad_rows for side in sides)
    return CheckReport(
        tool=f"benchwright {__version__}",
        normaliser=NORMALISER,
        seed=seed,
        test=sides[0],
        train=sides[1],
        contamination=contamination,
        clusters=chains(runs),
        waivers=tuple(waivers),
        required=tuple(required),
        accepted=accepted,
        verdict=_verdict(runs, required, unread=unread, waived=bool(waivers)),
    )


def _hidden_from(detector: Detector, plants: Sequence[PlantedCopy]) -> list[PlantedCopy]:
    """Return the planted copies that a detector must find or pass over."""
    return [plant for plant in plants if plant.kind in (*detector.finds, *detector.near_misses)]


def _hashes(views: Sequence[View]) -> dict[str, str]:
    return {view.item.id: text_sha256(view) for view in views}


def _unaccepted(
    accepted: Accepted | None,
    check: str,
    hashes: Hashes,
    lone: Counter[int],
    matches: Sequence[Match],
) -> tuple[Match, ...]:
    """Return the findings of one side that no entry accepts; count the others by entry."""
    kept = []
    for match in matches:
        entry = accepted.lone_entry(check, match, hashes) if accepted else None
        if entry is None:
            kept.append(match)
        else:
            lone[entry] += 1
    return tuple(kept)


def _present(detector: Detector | str) -> Detector:
    if isinstance(detector, str):
        raise ConfigError(f"no embedding detector: {detector}", fix="leave embedding out")
    return detector


def _absent(name: str, reason: str) -> CheckRun:
    return CheckRun(
        check=name,
        scope=SCOPE,
        params={},
        items_comparable=0,
        pairs_compared=0,
        planted=0,
        planted_found=0,
        reason=reason,
        status="not_run",
    )


def _run(
    detector: Detector,
    comparison: Comparison,
    test: Loaded,
    train: Loaded,
    plants: Sequence[PlantedCopy],
    is_required: bool,
) -> CheckRun:
    real = len(train.items)
    matches = tuple(_match(pair, test, train) for pair in comparison.pairs if pair.train < real)
    tallies = _tally(detector, comparison, test, plants, real)
    able_train = sum(place < real for place in comparison.train_comparable)
    able_test = len(comparison.test_comparable)
    left_out = len(test.items) - able_test
    planted, found = sum(t.planted for t in tallies), sum(t.found for t in tallies)
    status, reason = _status(
        detector,
        matched=len(matches),
        able=(able_test, able_train),
        left_out=left_out,
        plants=(planted, found),
        is_required=is_required,
    )
    return CheckRun(
        check=detector.name,
        scope=SCOPE,
        params=detector.params(),
        items_comparable=able_test + able_train,
        items_not_comparable=left_out,
        pairs_compared=able_test * able_train,
        matches=matches,
        accepted=accepted_pairs(without_planted(comparison, real)) or None,
        passages=_passages(comparison, real),
        planted=planted,
        planted_found=found,
        plants=tallies,
        histogram=_histogram(matches) if matches else None,
        reason=reason,
        status=status,
    )


def _status(
    detector: Detector,
    *,
    matched: int,
    able: tuple[int, int],
    left_out: int,
    plants: tuple[int, int],
    is_required: bool,
) -> tuple[Status, str | None]:
    """Return the status that follows from what was compared, and why it is not clean."""
    if matched:
        return "flagged", None
    if not all(able):
        side = "test" if not able[0] else "training"
        reason = f"no {side} item has {detector.needs}"
        optional = detector.name == "lineage" and not is_required
        return ("not_run" if optional else "inconclusive"), reason
    if left_out:
        return "inconclusive", f"{left_out} test items lack {detector.needs}"
    if plants[1] < plants[0] or not plants[0]:
        return "inconclusive", f"found {plants[1]} of {plants[0]} planted copies"
    return "clean", None


def _tally(
    detector: Detector,
    comparison: Comparison,
    test: Loaded,
    plants: Sequence[PlantedCopy],
    real: int,
) -> tuple[PlantTally, ...]:
    """Count the planted copies that were found, and a matched near miss as one that was not."""
    ids = [item.id for item in test.items]
    met = {(ids[pair.test], pair.train - real) for pair in comparison.pairs if pair.train >= real}
    able = {ids[place] for place in comparison.test_comparable}
    fooled = {
        plant.original_id
        for place, plant in enumerate(plants)
        if plant.kind in detector.near_misses and (plant.original_id, place) in met
    }
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for place, plant in enumerate(plants):
        if plant.kind in detector.finds and plant.original_id in able:
            tried[plant.kind] += 1
            is_found = (plant.original_id, place) in met and plant.original_id not in fooled
            found[plant.kind] += is_found
    return tuple(
        PlantTally(kind=kind, planted=tried[kind], found=found[kind]) for kind in sorted(tried)
    )


def _match(pair: Pair, test: Loaded, train: Loaded) -> Match:
    details = dict(pair.details or {})
    holds_answer = answer_in_record(test.items[pair.test], train.items[pair.train])
    if holds_answer is not None:
        details["answer_in_record"] = holds_answer
    return Match(
        left_id=test.items[pair.test].id,
        right_id=train.items[pair.train].id,
        score=pair.score,
        evidence=pair.evidence,
        left=pair.left,
        right=pair.right,
        details=details or None,
    )


def _passages(comparison: Comparison, real: int) -> tuple[Passage, ...] | None:
    passages = [
        Passage(text=held.text, words=len(held.words), test_items=len(held.test), train_records=n)
        for held in comparison.passages
        if (n := sum(place < real for place in held.train))
    ]
    return tuple(passages) or None


def _with_places(loaded: Loaded, matched: Sequence[str | None], hashes: Mapping[str, str]) -> Side:
    ids = set(matched)
    places = {
        item.id: ItemPlace(file=item.place.file or "", line=item.place.line, sha256=hashes[item.id])
        for item in loaded.items
        if item.id in ids
    }
    return loaded.side.model_copy(update={"places": places})


def _histogram(matches: Sequence[Match]) -> tuple[int, ...]:
    best: dict[str, float] = {}
    for match in matches:
        name = str(match.left_id)
        best[name] = max(best.get(name, 0.0), match.score)
    counts = Counter(min(int(s * HISTOGRAM_BINS), HISTOGRAM_BINS - 1) for s in best.values())
    return tuple(counts[place] for place in range(HISTOGRAM_BINS))


def _verdict(
    runs: Sequence[CheckRun], required: Sequence[str], *, unread: bool, waived: bool
) -> Verdict:
    statuses = {run.status for run in runs if run.status != "not_run"}
    if "flagged" in statuses:
        return "flagged"
    missing = {run.check for run in runs if run.status == "not_run"} & set(required)
    if "inconclusive" in statuses or missing or unread or not statuses:
        return "waived" if waived else "inconclusive"
    return "clean"
