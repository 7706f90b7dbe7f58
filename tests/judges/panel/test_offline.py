import pytest

from benchwright.judges.panel.alarms import judge_uses
from benchwright.judges.panel.offline import judge_offline, offline_verdict
from benchwright.judges.panel.prompts import DIMENSIONS

MINIMUMS = dict.fromkeys(DIMENSIONS, 3)
WORDS = {"kind": "mentions", "params": {"all_of": ["Go"]}}
LENGTH = {"kind": "length", "params": {"max_words": 60}}
MARKER = {"kind": "model_marker", "params": {"question": "Is it kind?"}}
REQUEST = {"request": "Write to Anna about her ten open Go roles.", "asked": 10}


@pytest.fixture
def scores(make_task):
    def score(checks=(WORDS,), body="You have ten open Go roles.", input=REQUEST, **changes):
        reference = {"subject": "Open roles", "body": body}
        verdict = offline_verdict(make_task(checks, reference, input=input, **changes), MINIMUMS)
        return tuple(verdict.scores[dimension] for dimension in DIMENSIONS)

    return score


def test_a_sound_task_gets_full_marks_and_no_model_is_named(make_task):
    task = make_task([WORDS], {"subject": "Open roles", "body": "Ten Go roles."}, input=REQUEST)
    judged = judge_offline(task, MINIMUMS)
    [verdict] = judged.verdicts
    assert set(verdict.scores.values()) == {5}
    assert (verdict.judge.requested, verdict.judge.lineage) == ("offline/rules", ())
    assert (judged.decision.status, judged.decision.basis) == ("accepted", "offline")
    assert judge_offline(task, MINIMUMS) == judged


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"input": REQUEST | {"request": "Write to [Name] about her ten Go roles."}}, (1, 5, 5)),
        ({"input": REQUEST | {"note": ""}}, (4, 5, 5)),
        ({"input": {"request": "Write to Anna.", "asked": 10}}, (2, 5, 5)),
        ({"body": "You have ten Go roles and 47 engineers."}, (5, 1, 5)),
        ({"body": "You have ten open roles."}, (5, 1, 5)),
        ({"checks": (WORDS, WORDS)}, (5, 5, 1)),
        ({"checks": (WORDS, MARKER)}, (5, 3, 1)),
    ],
)
def test_a_defect_lowers_its_own_dimension(scores, changes, expected):
    assert scores() == (5, 5, 5)
    assert scores(**changes) == expected


def test_a_task_below_the_minimum_is_rejected_with_dimension_and_reason(make_task):
    task = make_task([WORDS], {"subject": "Roles", "body": "Ten open roles."}, input=REQUEST)
    decision = judge_offline(task, MINIMUMS).decision
    assert (decision.status, decision.rule, decision.basis) == ("rejected", "J001", "offline")
    assert decision.reasons[0].startswith("ground_truth_verifiability: 1, minimum 3 (G004")


def verdicts(make_task, count, bodies):
    return [
        offline_verdict(
            make_task(
                [WORDS],
                {"subject": "Roles", "body": bodies(number)},
                input=REQUEST | {"company": f"Company {number}"},
            ),
            MINIMUMS,
        )
        for number in range(count)
    ]


def test_a_judge_that_never_says_no_raises_an_alarm_after_fifty_tasks(make_task):
    [use] = judge_uses(verdicts(make_task, 50, lambda n: "Ten open Go roles."), [])
    assert use.alarms == (
        *(f"each of its 50 scores for {name} is 5" for name in sorted(DIMENSIONS)),
        "none of 50 tasks was rejected",
    )
    [early] = judge_uses(verdicts(make_task, 49, lambda n: "Ten open Go roles."), [])
    assert early.alarms == ()


def test_a_judge_that_tells_tasks_apart_raises_no_alarm_for_it(make_task):
    told = verdicts(make_task, 50, lambda n: "Ten open Go roles." if n else "Ten open roles.")
    [use] = judge_uses(told, [])
    assert (use.passed, use.failed) == (49, 1)
    assert not [alarm for alarm in use.alarms if "rejected" in alarm or "ground_truth" in alarm]
