import pytest

from benchwright.judges.panel.alarms import judge_uses
from benchwright.judges.panel.offline import judge_offline, offline_verdict
from benchwright.judges.panel.prompts import DIMENSIONS

MINIMUMS = dict.fromkeys(DIMENSIONS, 3)
TEAM = {"kind": "mentions", "params": {"all_of": ["3 Go engineer", "Weiss"]}}
LENGTH = {"kind": "length", "params": {"max_words": 120, "min_words": 20}}
MARKER = {"kind": "model_marker", "params": {"question": "Is it kind?"}}
REQUEST = {"request": "Anna wants ten Go engineers.", "free": 3, "days_to_deploy": 14}
BODY = (
    "Hi Anna,\n\nWe can commit to three Go engineers, ready within 14 days. More would leave us "
    "without cover, and Dana Weiss decides on that. Would a start at that size help you?\n\nTom"
)


@pytest.fixture
def build(make_task):
    def task(checks=(TEAM, LENGTH), body=BODY, input=REQUEST):
        return make_task(checks, {"subject": "Go team", "body": body}, input=input)

    return task


def scores(task):
    verdict = offline_verdict(task, MINIMUMS)
    return tuple(verdict.scores[dimension] for dimension in DIMENSIONS)


def test_a_sound_task_gets_full_marks_and_no_model_is_named(build):
    judged = judge_offline(build(), MINIMUMS)
    [verdict] = judged.verdicts
    assert scores(build()) == (5, 5, 5)
    assert (verdict.judge.requested, verdict.judge.lineage) == ("offline/rules", ())
    assert (judged.decision.status, judged.decision.basis) == ("accepted", "offline")
    assert judge_offline(build(), MINIMUMS) == judged


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"input": REQUEST | {"request": "[Name] wants ten Go engineers."}}, (1, 5, 5)),
        ({"input": REQUEST | {"note": ""}}, (4, 5, 5)),
        ({"input": {"request": "Ask Anna", "free": 3, "days": 14}}, (2, 5, 5)),
        ({"body": BODY.replace("14 days", "47 days")}, (5, 1, 5)),
        ({"body": BODY.replace("Weiss", "Wood")}, (5, 1, 5)),
        ({"checks": (TEAM, LENGTH, LENGTH)}, (5, 5, 1)),
        ({"checks": (TEAM, LENGTH, MARKER)}, (5, 3, 3)),
    ],
)
def test_a_defect_lowers_its_own_dimension(build, changes, expected):
    assert scores(build(**changes)) == expected


def test_a_task_below_the_minimum_is_rejected_with_dimension_and_reason(build):
    decision = judge_offline(build(body=BODY.replace("Weiss", "Wood")), MINIMUMS).decision
    assert (decision.status, decision.rule, decision.basis) == ("rejected", "J001", "offline")
    assert decision.reasons[0].startswith("ground_truth_verifiability: 1, minimum 3 (G004")


def verdicts(build, count, body_of):
    return [
        offline_verdict(
            build(body=body_of(number), input=REQUEST | {"company": f"Company {number}"}), MINIMUMS
        )
        for number in range(count)
    ]


def test_a_judge_that_never_says_no_raises_an_alarm_after_fifty_tasks(build):
    [use] = judge_uses(verdicts(build, 50, lambda n: BODY), [])
    assert use.alarms == (
        *(f"each of its 50 scores for {name} is 5" for name in sorted(DIMENSIONS)),
        "none of 50 tasks was rejected",
    )
    [early] = judge_uses(verdicts(build, 49, lambda n: BODY), [])
    assert early.alarms == ()


def test_a_judge_that_tells_tasks_apart_raises_no_alarm_for_it(build):
    told = verdicts(build, 50, lambda n: BODY if n else BODY.replace("Weiss", "Wood"))
    [use] = judge_uses(told, [])
    assert (use.passed, use.failed) == (49, 1)
    assert not [alarm for alarm in use.alarms if "rejected" in alarm or "ground_truth" in alarm]
