import pytest

from benchwright.judges.judge import GATE_CLAIMS, GateJudge
from benchwright.judges.mutation.base import without
from benchwright.judges.mutation.catalogue import DEFECTS, OPERATORS
from benchwright.judges.mutation.controls import CONTROLS
from benchwright.seeds import seeded_random

PARTS = ("input", "reference", "expected", "rubric", "candidates", "tags")
# Which task, with which fields replaced, has nothing for the operator to act on.
NEAR_MISSES = {
    "answer_leaked": ("agent", {}),
    "actions_leaked": ("mail", {}),
    "missing_signal": ("agent", {}),
    "contradictory_signals": ("agent", {}),
    "confidence_flipped": ("mail", {"input": {"confidence": "medium", "tone": "high"}}),
    "impossible_date": ("mail", {"input": {"order": "A2026-10-05", "when": "5 October 2026"}}),
    "date_after_snapshot": ("mail", {"input": {"today": "2026-10-05", "day": "2026-09-01"}}),
    "stub_specifics": ("mail", {"input": {"request": "write to them in the morning"}}),
    "policy_inverted": ("mail", {"input": {"request": "Never write.", "rules": ["Be kind."]}}),
    "input_truncated": ("mail", {"input": {"request": "Write to Anna Holm."}}),
    "thread_of_another": ("mail", {"input": {"request": "Write to Anna."}}),
    "reference_truncated": ("agent", {"reference": {"actions": [], "message": "Done it."}}),
    "number_drift": ("mail", {"reference": {"subject": "5", "body": "At 09:30 on day A-12."}}),
    "wrong_language": ("mail", {"reference": {"subject": "5", "body": " "}}),
    "stub_reference": ("mail", {"reference": {"subject": "Go", "body": "we have five."}}),
    "persona_mismatch": ("agent", {}),
    "wrong_action": ("mail", {}),
    "wrong_argument": ("mail", {}),
    "action_missing": ("mail", {}),
    "dangling_reference": ("mail", {}),
    "expected_action_drift": ("mail", {}),
    "contradictory_rubric": ("mail", {"reference": {"subject": "5", "body": "Yes, 5."}}),
    "dangling_pointer": ("agent", {}),
    "lenient_pass_score": ("mail", {"rubric": {"checks": [{"kind": "one_ask"}]}}),
    "mislabelled_candidate": ("mail", {"candidates": []}),
    "criterion_drift": ("mail", {"rubric": {"checks": [{"kind": "one_ask"}]}}),
    "entity_renamed": ("mail", {"input": {"request": "write to anna, anna and anna"}}),
    "checks_reordered": ("mail", {"rubric": {"checks": [{"kind": "one_ask"}]}}),
    "candidates_reordered": ("agent", {}),
    "boilerplate_reworded": ("mail", {"input": {"note": "Write to Anna."}}),
}
ALWAYS = {
    *("personal_data", "judge_addressed", "reference_emptied", "unscorable_rubric"),
    *("double_barrelled", "duplicated_check", "toothless_rubric", "two_correct_answers"),
    *("keys_reordered", "retagged", "reference_swapped"),
}


def _apply(operator, task, others, seed=0):
    return operator.apply(task, seeded_random(seed, operator.name, task.id), others)


def _mutants(operator, mail, agent, strangers):
    made = [(task, _apply(operator, task, strangers)) for task in (mail, agent)]
    return [(task, mutant) for task, mutant in made if mutant is not None]


def test_there_are_at_least_20_kinds_of_defect_each_once_and_every_claim_is_one():
    names = [operator.name for operator in OPERATORS]
    assert len(set(names)) == len(names)
    assert len(DEFECTS) >= 20
    assert {operator.name for operator in DEFECTS} > GATE_CLAIMS
    assert {one.dimension for one in CONTROLS} == {None}
    assert None not in {one.dimension for one in DEFECTS}


def test_the_two_tasks_are_good(mail, agent, strangers):
    assert [GateJudge().judge(task).reason for task in (mail, agent)] == ["", ""]


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: one.name)
def test_an_operator_changes_one_thing_and_says_where(operator, mail, agent, strangers):
    mutants = _mutants(operator, mail, agent, strangers)
    assert mutants
    for task, mutant in mutants:
        again = _apply(operator, task, strangers)
        assert again == mutant
        before, after = task.model_dump(mode="json"), mutant.task.model_dump(mode="json")
        changed = {part for part in PARTS if before[part] != after[part]}
        reordered = operator.name == "keys_reordered"
        assert bool(changed) is not reordered
        if mutant.field != "/" and operator.name != "dangling_reference":
            assert changed == {mutant.field.split("/")[1]}
        assert mutant.change
        assert mutant.task.provenance == task.provenance


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: one.name)
def test_an_operator_leaves_alone_what_it_cannot_act_on(operator, make, strangers):
    if operator.name in ALWAYS:
        others = () if operator.name == "reference_swapped" else strangers
        made = [_apply(operator, make(kind), others) is None for kind in ("mail", "agent")]
        assert made == [operator.name == "reference_swapped"] * 2
        return
    kind, fields = NEAR_MISSES[operator.name]
    assert _apply(operator, make(kind, **fields), strangers) is None


@pytest.mark.parametrize("name", sorted(GATE_CLAIMS))
def test_the_gate_catches_what_it_claims(name, mail, agent, strangers):
    [operator] = [one for one in DEFECTS if one.name == name]
    for _, mutant in _mutants(operator, mail, agent, strangers):
        assert GateJudge().judge(mutant.task).status == "rejected", mutant.change


@pytest.mark.parametrize("operator", CONTROLS, ids=lambda one: one.name)
def test_the_gate_accepts_every_control(operator, mail, agent, strangers):
    for _, mutant in _mutants(operator, mail, agent, strangers):
        assert GateJudge().judge(mutant.task).reason == ""


def test_an_entity_is_renamed_in_every_part_and_spelling(mail, agent, strangers):
    [rename] = [one for one in CONTROLS if one.name == "entity_renamed"]
    mutant = _apply(rename, mail, strangers)
    old, new = mutant.change.split("'")[1::2]
    before, after = mail.to_json().lower(), mutant.task.to_json().lower()
    assert old.lower() in before
    assert old.lower() not in after
    assert after.count(new.lower()) == before.count(old.lower())


def test_reordered_keys_keep_the_id(mail, strangers):
    [reorder] = [one for one in CONTROLS if one.name == "keys_reordered"]
    mutant = _apply(reorder, mail, strangers)
    assert mutant.task.id == mail.id
    assert list(mutant.task.input) == list(mail.input)[::-1]


def test_a_missing_signal_leaves_with_its_key():
    value = {"a": {"b": 5, "c": 6}, "d": ["5 roles", "none"]}
    gone = without(value, lambda leaf: "5" in str(leaf))
    assert gone == {"a": {"c": 6}, "d": ["none"]}
