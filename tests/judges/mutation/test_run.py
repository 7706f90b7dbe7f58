from dataclasses import dataclass

import pytest

from benchwright import InputError
from benchwright.judges.judge import GateJudge, OfflineJudge, Opinion
from benchwright.judges.mutation.run import Plan, mutate


class Silent:
    def stage(self, title, total=None):
        """Begin."""

    def advance(self, items=1):
        """Count."""


@dataclass
class Scripted:
    """A judge whose opinion of anything but the originals is fixed."""

    status: str
    originals: frozenset = frozenset()
    claims: frozenset | None = None
    name: str = "scripted"

    def judge(self, task):
        same = task.to_json() in self.originals
        return Opinion(status="accepted" if same else self.status, reason="R1: said so")


@pytest.fixture(scope="module")
def tasks(make):
    """Forty good tasks of each kind, all different."""
    found = []
    for number in range(40):
        for kind in ("mail", "agent"):
            base = make(kind)
            found.append(make(kind, key=str(number), input={**base.input, "case": f"c{number}"}))
    return found


def _run(judge, tasks, **options):
    return mutate(judge, tasks, Plan(**{"per_operator": 29, **options}), Silent())


def _by_name(report):
    return {one.operator: one for one in report.defects}


@pytest.mark.parametrize("judge", [GateJudge(), OfflineJudge()], ids=lambda one: one.name)
def test_a_judge_by_rules_catches_what_it_claims_and_cries_wolf_at_nothing(tasks, judge):
    report = _run(judge, tasks)
    claimed = [one for one in report.defects if one.claimed and one.mutants]
    assert {one.status for one in claimed} <= {"caught", "not_applicable"}
    assert report.claimed_caught == report.claimed_mutants > 25 * 29
    assert report.claimed_lower_bound > 0.99
    assert (report.false_alarm_rate, report.refused_originals) == (0.0, ())
    assert report.verdict == "holds"
    assert report.unclaimed_survivors > 0


def test_a_blunt_judge_is_exposed_and_every_survivor_named(tasks):
    report = _run(Scripted(status="accepted"), tasks)
    assert report.verdict == "exposed"
    assert (report.claimed_caught, report.claimed_lower_bound) == (0, 0.0)
    assert report.false_alarm_rate == 0.0
    ids = {task.id for task in tasks}
    for one in report.defects:
        assert one.claimed
        assert len(one.survivors) == one.mutants
        assert all(item.task_id in ids and item.field and item.change for item in one.survivors)


def test_a_judge_that_refuses_every_change_is_exposed_by_the_controls(tasks):
    known = frozenset(task.to_json() for task in tasks)
    report = _run(Scripted(status="rejected", originals=known), tasks)
    assert {one.status for one in report.defects} <= {"caught", "not_applicable"}
    assert report.false_alarm_rate > 0.5
    assert report.verdict == "exposed"
    assert report.controls[0].alarms[0].reason == "R1: said so"


def test_what_nobody_could_judge_is_neither_caught_nor_a_survivor(tasks):
    known = frozenset(task.to_json() for task in tasks)
    report = _run(Scripted(status="unjudged", originals=known), tasks)
    leaked = _by_name(report)["answer_leaked"]
    assert (leaked.caught, leaked.unjudged, leaked.survivors) == (0, leaked.mutants, ())
    assert leaked.status == "missed"
    retagged = report.controls[-1]
    assert (retagged.unjudged, retagged.alarms) == (29, ())


def test_held_counts_as_caught(tasks):
    known = frozenset(task.to_json() for task in tasks)
    report = _run(Scripted(status="held", originals=known), tasks)
    assert _by_name(report)["answer_leaked"].caught_by == {"R1": 29}


def test_28_mutants_without_a_miss_are_too_few_to_show_90_percent(tasks):
    report = _run(GateJudge(), tasks, per_operator=28)
    assert _by_name(report)["answer_leaked"].status == "too_few"
    assert report.verdict == "inconclusive"


def test_a_defect_that_is_not_claimed_may_get_through(tasks):
    known = frozenset(task.to_json() for task in tasks)
    blunt = Scripted(status="accepted", originals=known, claims=frozenset())
    report = _run(blunt, tasks)
    assert report.verdict == "inconclusive"
    assert report.unclaimed_survivors == sum(one.mutants for one in report.defects)


def test_equal_seeds_give_equal_reports_and_others_do_not(tasks):
    assert _run(GateJudge(), tasks) == _run(GateJudge(), list(tasks))
    assert _run(GateJudge(), tasks).defects != _run(GateJudge(), tasks, seed=1).defects


def test_no_mutant_is_made_of_a_task_that_the_judge_refuses(tasks, make):
    bad = make(reference={"subject": "", "body": ""})
    report = _run(GateJudge(), [*tasks, bad], per_operator=5)
    assert report.refused_originals == (bad.id,)
    with pytest.raises(InputError, match="accepts none of the 1 tasks"):
        _run(GateJudge(), [bad])
