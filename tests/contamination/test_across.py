import pytest

from benchwright import InputError
from benchwright.accepted import AcceptedFindings, AcceptedPassage
from benchwright.contamination.across import AcrossSettings, check_across_splits

SPLITS = ("train", "dev", "held_out")
WORDS = [
    "river",
    "stone",
    "window",
    "garden",
    "letter",
    "harbour",
    "signal",
    "market",
    "ladder",
    "mirror",
]
HOUSE = "Ask for one thing only and promise nothing that another person decides."


def _text(number):
    """Return twenty words of its own."""
    ending = chr(97 + number % 26) + chr(97 + number // 26)
    return " ".join(f"{WORDS[at % 10]}{ending}{chr(97 + at)}" for at in range(20))


def _pool(build_task, count=30):
    for number in range(count):
        text = f"{_text(number)}. {HOUSE}"
        task = build_task(text, lineage=[f"cell:{number}"], reference={"body": f"answer {number}"})
        yield SPLITS[number % 3], task


def _report(rows, splits=SPLITS, passages=(HOUSE,), **settings):
    accepted = AcceptedFindings(
        passages=tuple(AcceptedPassage(text=t, reason="house", expires="never") for t in passages)
    )
    return check_across_splits(
        rows, splits=splits, seed=5, accepted=accepted, settings=AcrossSettings(**settings)
    )


def _run(report, check, scope="held_out x train"):
    [run] = [run for run in report.runs if (run.check, run.scope) == (check, scope)]
    return run


def test_a_clean_pool_is_clean_by_every_check_over_every_pair(build_task):
    report = _report(_pool(build_task))
    assert report.status == "clean"
    assert {run.scope for run in report.runs if run.check == "ngram"} == {
        "dev x train",
        "held_out x train",
        "held_out x dev",
    }
    assert report.by_check() == {
        "exact": "clean",
        "ngram": "clean",
        "minhash": "clean",
        "masked": "clean",
        "lineage": "clean",
        "answer": "not_run",
    }
    assert _run(report, "ngram").accepted == 100


def test_house_rules_that_are_not_accepted_are_flagged(build_task):
    report = _report(_pool(build_task), passages=())
    assert _run(report, "ngram").status == "flagged"


def test_one_sentence_of_a_task_that_stands_in_another_split_is_flagged(build_task):
    sentence = " ".join(_text(0).split()[:8])
    rows = [*_pool(build_task), ("held_out", build_task(f"{_text(77)}. {sentence}", lineage=["x"]))]
    [match] = _run(_report(rows), "ngram").matches
    assert match.evidence == sentence
    near = " ".join(_text(0).split()[:7])
    rows[-1] = ("held_out", build_task(f"{_text(77)}. {near} other", lineage=["x"]))
    assert _report(rows).status == "clean"
    assert _run(_report(rows, run_words=7), "ngram").status == "flagged"


def test_a_shared_company_is_flagged_by_lineage_with_the_shared_name(build_task):
    rows = [*_pool(build_task), ("held_out", build_task(_text(77), lineage=["cell:0"]))]
    [match] = _run(_report(rows), "lineage").matches
    assert match.evidence == "both: cell:0"
    rows[-1] = ("held_out", build_task(_text(77), lineage=["cell:00"]))
    assert _report(rows).status == "clean"


def test_a_task_and_the_task_it_was_made_from_may_not_stand_apart(build_task):
    parent = build_task(_text(77), lineage=["a"])
    child = build_task(_text(78), lineage=["b"], parents=[{"task_id": parent.id}])
    rows = [*_pool(build_task), ("train", parent), ("held_out", child)]
    [match] = _run(_report(rows), "lineage").matches
    assert match.evidence == f"both: task:{parent.id}"


def test_a_split_with_nothing_to_compare_is_inconclusive_not_clean(build_task):
    report = _report([row for row in _pool(build_task) if row[0] != "dev"])
    assert report.status == "inconclusive"
    assert _run(report, "exact").status == "clean"
    assert _run(report, "exact", "dev x train").status == "inconclusive"


def test_inputs_without_words_are_inconclusive(build_task):
    rows = [*_pool(build_task), ("held_out", build_task("?", lineage=["b"]))]
    assert _run(_report(rows), "exact").status == "inconclusive"


def test_one_split_alone_was_not_compared_with_anything(build_task):
    assert _report([("train", build_task())], ("train",)).status == "not_run"


def test_a_task_in_an_unknown_split_is_refused(build_task):
    with pytest.raises(InputError, match="stands in split 'test', which is not one"):
        _report([("test", build_task())])


def test_the_report_does_not_depend_on_the_order_of_tasks(build_task):
    rows = [*_pool(build_task), ("held_out", build_task(_text(0), lineage=["x"]))]
    assert _report(rows) == _report(rows[::-1])
