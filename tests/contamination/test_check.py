import json
import random
from dataclasses import replace

import pytest

from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.detector import Comparison
from benchwright.contamination.equality import exact_detector
from benchwright.contamination.sources import read_side
from benchwright.errors import ConfigError
from benchwright.findings import Waiver

VOCABULARY = [f"{a}{b}" for a in ("bar", "lor", "min", "tek", "vos") for b in "aeiouklmnprst"]


def _text(seed, size=40):
    return " ".join(random.Random(seed).choices(VOCABULARY, k=size))


def _loaded(folder, role, rows):
    path = folder / f"{role}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_side([path], role=role, stated={})


@pytest.fixture
def run(tmp_path):
    """Check texts against texts; rows may also be given whole."""

    def rows(side, values):
        return [
            {"id": f"{side}{i}", "input": v} if isinstance(v, str) else {"id": f"{side}{i}", **v}
            for i, v in enumerate(values)
        ]

    def check(test, train, methods=("exact", "ngram", "minhash", "masked"), **changes):
        settings = {"required": methods, "seed": 3} | changes
        return check_sides(
            _loaded(tmp_path, "test", rows("h", test)),
            _loaded(tmp_path, "train", rows("t", train)),
            detectors=choose_detectors(methods, run_words=8, min_jaccard=0.8)[0],
            **settings,
        )

    return check


def _statuses(report):
    return {run.check: run.status for run in report.contamination.runs}


def test_unrelated_texts_are_clean_and_every_planted_copy_was_found(run):
    report = run([_text(1), _text(2)], [_text(3), _text(4)])
    assert report.verdict == "clean"
    assert all(r.planted == r.planted_found > 0 for r in report.contamination.runs)


@pytest.mark.parametrize(
    ("leak", "flagged"),
    [
        (_text(1), {"exact", "ngram", "minhash", "masked"}),
        (_text(1).upper().replace(" ", "; "), {"exact", "ngram", "minhash", "masked"}),
        (f"{_text(8)} {_text(1)} {_text(9)}", {"ngram"}),
        (" ".join(_text(1).split()[:8]), {"ngram"}),
        (" ".join(_text(1).split()[:7]), set()),
    ],
)
def test_each_check_flags_what_it_is_for_and_nothing_less(run, leak, flagged):
    report = run([_text(1)], [_text(5), leak])
    assert {name for name, status in _statuses(report).items() if status == "flagged"} == flagged
    assert report.verdict == ("flagged" if flagged else "clean")


def test_other_numbers_in_the_same_text_are_found_by_masking_alone(run):
    text = "order 1234 of 56 crates was paid 2026-01-02 by the harbour office"
    report = run([text], [text.replace("1234", "9876").replace("56", "77")], ("exact", "masked"))
    assert _statuses(report) == {"exact": "clean", "masked": "flagged"}


def test_a_pair_shows_both_texts_the_shared_span_and_its_place(run):
    shared = " ".join(_text(1).split()[3:15])
    report = run([_text(1)], [f"Well: {shared}!"], ("ngram",))
    [match] = report.contamination.runs[0].matches
    [(start, end)] = match.right.spans
    assert match.right.text[start:end] == shared == match.evidence
    assert match.details["longest_run_words"] == 12
    assert match.score == pytest.approx(5 / 33, abs=1e-6)
    assert report.train.places["t0"].line == 1
    assert report.clusters[0].ids == ("test h0", "train t0")


def test_boilerplate_of_many_tasks_counts_less_beside_the_raw_score(run):
    boiler, own = _text(20, 10), [_text(i, 12) for i in range(4)]
    report = run([f"{boiler} {text}" for text in own], [boiler], ("ngram",))
    details = report.contamination.runs[0].matches[0].details
    assert 0 < details["discounted_coverage"] < details["coverage"]


def test_the_histogram_counts_each_matched_test_item_once_and_no_planted_copy(run):
    report = run([_text(1), _text(2)], [_text(1), f"x {_text(1)}"], ("ngram",))
    assert sum(report.contamination.runs[0].histogram) == 1
    assert len(report.contamination.runs[0].matches) == 2


def test_a_short_task_is_found_whole_and_one_below_five_words_is_not_comparable(run):
    assert run(["one two three four five"], ["so one two three four five"], ("ngram",)).verdict == (
        "flagged"
    )
    assert run(["one two three four five"], [_text(1)], ("ngram",)).verdict == "clean"
    report = run(["one two three four", _text(1)], [_text(2)], ("ngram",))
    assert report.verdict == "inconclusive"
    assert "1 test items lack" in report.contamination.runs[0].reason


@pytest.mark.parametrize(("test", "train"), [([], [_text(1)]), ([_text(1)], []), ([""], [""])])
def test_nothing_to_compare_is_inconclusive_and_never_clean(run, test, train):
    assert run(test, train).verdict == "inconclusive"


def test_a_waiver_makes_inconclusive_pass_but_never_a_finding(run):
    waiver = {"waivers": [Waiver(check="inconclusive", reason="titles only")]}
    assert run(["short text"], ["other"], **waiver).verdict == "waived"
    assert run([_text(1)], [_text(1)], **waiver).verdict == "flagged"


def test_lineage_flags_a_shared_name_and_counts_as_not_run_where_nobody_has_one(run):
    named = [{"input": _text(1), "trace_id": "tr-1"}]
    other = [{"input": _text(2), "trace_id": "tr-2"}]
    assert _statuses(run(named, named, ("lineage",))) == {"lineage": "flagged"}
    assert _statuses(run(named, other, ("lineage",))) == {"lineage": "clean"}
    without = run([_text(1)], [_text(2)], ("lineage",), required=())
    assert (_statuses(without)["lineage"], without.verdict) == ("not_run", "inconclusive")
    assert run([_text(1)], [_text(2)], ("exact", "lineage"), required=()).verdict == "clean"
    assert run([_text(1)], [_text(2)], ("exact", "lineage")).verdict == "inconclusive"


def test_a_check_that_misses_its_planted_copies_is_not_believed(tmp_path):
    class Blind:
        name, finds, near_misses, needs = "blind", ("copy",), (), "anything"

        def params(self):
            return {}

        def compare(self, test, train):
            everything = frozenset(range(len(test))), frozenset(range(len(train)))
            return Comparison(
                test_comparable=everything[0], train_comparable=everything[1], pairs=()
            )

    sides = [
        _loaded(tmp_path, role, [{"input": _text(i)}]) for i, role in enumerate(("test", "train"))
    ]
    report = check_sides(*sides, detectors=[Blind()], required=["blind"], seed=0)
    assert report.verdict == "inconclusive"
    assert "found 0 of 1 planted copies" in report.contamination.runs[0].reason


def test_a_check_that_takes_a_near_miss_for_a_copy_is_not_believed(tmp_path):
    eager = replace(exact_detector(), keys_of=lambda view: (str(len(view.words) >= 5),))
    sides = [_loaded(tmp_path, "test", [{"input": _text(1)}]), _loaded(tmp_path, "train", [])]
    report = check_sides(*sides, detectors=[eager], required=[], seed=0)
    [found] = report.contamination.runs
    assert (found.planted, found.planted_found) == (2, 0)


def test_the_same_input_gives_the_same_bytes(run):
    texts = [_text(i) for i in range(12)], [_text(i) for i in range(6, 18)]
    assert run(*texts).to_json() == run(*texts).to_json()


def test_minhash_agrees_with_brute_force_on_edited_texts(run):
    base = [_text(i, 60) for i in range(30)]
    edited = [" ".join(["changed", *text.split()[1:]]) for text in base]
    [found] = run(base, edited, ("minhash",)).contamination.runs
    shingles = [{t[i : i + 5] for i in range(len(t) - 4)} for t in (*base, *edited)]
    expected = {
        (f"h{i}", f"t{j}")
        for i in range(30)
        for j in range(30)
        if len(shingles[i] & shingles[30 + j]) / len(shingles[i] | shingles[30 + j]) >= 0.8
    }
    assert {(m.left_id, m.right_id) for m in found.matches} == expected != set()


def test_an_unknown_method_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'ngram'"):
        choose_detectors(["ngrams"], run_words=8, min_jaccard=0.8)
    with pytest.raises(ConfigError, match="run_words is 3, below 5"):
        choose_detectors(["ngram"], run_words=3, min_jaccard=0.8)
