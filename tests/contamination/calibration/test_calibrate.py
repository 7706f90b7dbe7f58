from dataclasses import replace

import pytest

from benchwright.contamination.calibration.calibrate import calibrate, to_policy
from benchwright.contamination.calibration.detectors import score_pairs, subjects
from benchwright.contamination.calibration.pairs import pair_set
from benchwright.contamination.calibration.shipped import shipped_pairs
from benchwright.contamination.embedding import EmbeddingDetector, resolve_model
from benchwright.contamination.items import Item
from benchwright.contamination.views import to_view
from benchwright.errors import CheckFailedError, ConfigError, Place
from benchwright.pipeline.calibration import CalibrationSettings, calibrate_detectors

PAIRS = shipped_pairs()
SAME = "the same five words here"
SUBJECTS = {subject.check: subject for subject in subjects(run_words=8, embedding=None)}


def _flagged(measure, kind):
    (found,) = (one.flagged for one in measure.kinds if one.kind == kind)
    return found.found, found.of


@pytest.mark.parametrize("check", ["containment", "minhash", "masked"])
def test_the_shipped_pairs_support_the_default_thresholds(by_check, check):
    found = by_check[check]
    default = SUBJECTS[check].default
    assert found.proposal.lowest < default <= found.proposal.highest
    assert found.proposal.threshold == default
    assert found.proposal.half_b == found.at_default


def test_half_b_reaches_the_targets_of_the_detectors_without_a_model(by_check):
    for check in ("exact", "ngram", "containment", "minhash", "masked"):
        for kind in ("copy", "case_and_punctuation"):
            assert _flagged(by_check[check].at_default, kind) == (120, 120), check
    edits = _flagged(by_check["containment"].at_default, "one_word_edit")
    assert edits[0] >= 0.99 * edits[1]
    swaps = _flagged(by_check["masked"].at_default, "entity_swap")
    assert swaps[0] >= 0.98 * swaps[1]
    for check in ("exact", "containment", "minhash", "masked"):
        assert by_check[check].at_default.false_positives.rate == 0


def test_what_a_detector_is_not_for_is_not_found_by_it(by_check):
    assert _flagged(by_check["exact"].at_default, "one_word_edit") == (0, 119)
    assert _flagged(by_check["masked"].at_default, "paraphrase") == (0, 180)
    frames = _flagged(by_check["ngram"].at_default, "same_template_different_task")
    assert frames[0] > 0.4 * frames[1]


def _flagged_twice(subject, some, threshold):
    """Ids of the pairs that their score flags, and of those that the detector flags itself."""
    by_score = {one.pair.id for one in score_pairs(subject, some) if one.score >= threshold}
    left, right = (
        {text: place for place, text in enumerate(dict.fromkeys(texts))}
        for texts in ([pair.left for pair in some], [pair.right for pair in some])
    )
    views = [
        [to_view(Item(id=text, place=Place(), input=text)) for text in side]
        for side in (left, right)
    ]
    met = {(pair.test, pair.train) for pair in subject.make(threshold).compare(*views).pairs}
    flagged = {pair.id for pair in some if (left[pair.left], right[pair.right]) in met}
    return by_score, flagged


@pytest.mark.parametrize("check", ["containment", "minhash", "masked"])
@pytest.mark.parametrize("threshold", [0.4, 0.75, 0.95])
def test_a_pair_scores_as_the_check_would_judge_it(check, threshold):
    some = [pair for pair in PAIRS if pair.half == "a"][::7]
    by_score, flagged = _flagged_twice(SUBJECTS[check], some, threshold)
    assert by_score == flagged
    assert 0 < len(flagged) < len(some)


def test_too_few_pairs_are_insufficient_and_make_no_policy():
    few = PAIRS[::20]
    report = calibrate(
        few,
        [SUBJECTS["minhash"]],
        pair_set=pair_set(few, file=None),
        max_false_positives=0.05,
    )
    (found,) = report.detectors
    assert (found.status, found.at_default, found.proposal) == ("insufficient", None, None)
    assert "fewer than 50" in found.reason
    with pytest.raises(CheckFailedError, match="no threshold could be proposed"):
        to_policy(report)


def test_a_detector_that_confuses_everything_gets_no_threshold():
    report = calibrate(
        [
            pair.model_copy(
                update={"left": "the same five words here", "right": "the same five words here"}
            )
            for pair in PAIRS
        ],
        [SUBJECTS["minhash"]],
        pair_set=pair_set(PAIRS, file=None),
        max_false_positives=0.05,
    )
    (found,) = report.detectors
    assert (found.status, found.proposal) == ("measured", None)
    assert "no threshold finds a leak at 0.05" in found.reason


def test_another_default_moves_the_proposal_only_where_it_is_worse():
    def proposed(default):
        report = calibrate(
            PAIRS,
            [replace(SUBJECTS["minhash"], default=default)],
            pair_set=pair_set(PAIRS, file=None),
            max_false_positives=0.05,
        )
        return report.detectors[0].proposal.threshold

    assert proposed(0.6) == 0.6
    assert proposed(0.4) == pytest.approx(0.73, abs=0.01)


def test_embeddings_that_were_not_asked_for_are_not_run(by_check):
    assert by_check["embedding"].status == "not_run"
    assert "--embeddings" in by_check["embedding"].reason


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"methods": ("lineage",)}, "cannot calibrate 'lineage'"),
        ({"model": "x"}, "no embeddings are asked for"),
    ],
)
def test_a_setting_that_cannot_be_met_is_refused(settings, said):
    with pytest.raises(ConfigError, match=said):
        calibrate_detectors(CalibrationSettings(**settings))


@pytest.mark.slow
def test_half_b_reaches_the_target_of_paraphrases(tmp_path):
    report = calibrate_detectors(CalibrationSettings(methods=("embedding",), vector_cache=tmp_path))
    (found,) = report.detectors
    assert found.model_sha256 == resolve_model(None).sha256
    measured = found.proposal.half_b
    assert measured.recall.of == 180
    assert measured.recall.rate >= 0.85
    assert measured.false_positives.rate <= 0.05
    assert found.at_default.recall.rate < 0.2 < measured.recall.rate
    detector = EmbeddingDetector(model=resolve_model(None), cache=tmp_path)
    subject = subjects(run_words=8, embedding=detector)[-1]
    some = [pair for pair in PAIRS if pair.half == "a"][::5]
    by_score, flagged = _flagged_twice(subject, some, found.proposal.threshold)
    assert by_score == flagged
    assert 0 < len(flagged) < len(some)
