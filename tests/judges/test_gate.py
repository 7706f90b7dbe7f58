import json

import pytest

from benchwright.judges.agents import vacuous_outputs
from benchwright.judges.gate import RULES, find_all, gate_task
from benchwright.judges.gatetexts import find_personal_data, find_placeholder

BODY = (
    "Hi Anna,\n\nWe can commit to three Go engineers, ready within 14 days. More would leave us "
    "without cover, and Dana Weiss decides on that. Would a start at that size help you?\n\nBest,\n"
    "Tom"
)
GOOD = {"subject": "Go team", "body": BODY}
INPUT = {
    "recipient": {"name": "Anna Holm"},
    "request": "Anna wants ten Go engineers.",
    "free": 3,
    "days_to_deploy": 14,
}
CHECKS = [
    {
        "kind": "mentions",
        "params": {"all_of": ["3 Go engineer", "Weiss"]},
        "weight": 2,
        "critical": True,
    },
    {"kind": "no_booking", "params": {"stage": "a", "allowed_stages": ["b"]}},
    {"kind": "one_ask", "params": {"max_asks": 1}},
    {"kind": "length", "params": {"max_words": 120, "min_words": 20}},
    {"kind": "phrases", "params": {"banned": ["circle back", "world class"]}},
]
BAD = {
    "output": {"subject": "x", "body": "We will staff all ten Go engineers."},
    "label": "fail",
    "why": "too many",
}


@pytest.fixture
def decide(make_task):
    def run(checks=CHECKS, reference=GOOD, **fields):
        fields = {"input": INPUT, "pass_score": 0.8, **fields}
        return gate_task(make_task(checks, reference, **fields))

    return run


def test_a_sound_task_is_accepted(decide, make_task):
    decision = decide(candidates=[BAD])
    assert (decision.status, decision.rule, decision.reasons) == ("accepted", "accepted", ())
    assert find_all(make_task(CHECKS, GOOD, input=INPUT, candidates=[BAD])) == []


def test_an_empty_reference_is_g001(decide):
    assert decide(reference={"subject": "", "body": " "}).rule == "G001"


def test_a_check_that_stands_twice_is_g002(decide):
    assert decide([*CHECKS, CHECKS[1]]).rule == "G002"


def test_a_rubric_for_judges_only_is_g003(decide):
    marker = {"kind": "model_marker", "params": {"question": "Is it kind?"}}
    assert decide([marker]).rule == "G003"
    assert decide([*CHECKS, marker]).status == "accepted"


def test_a_reference_that_fails_a_check_is_g004_and_names_it(decide):
    decision = decide([*CHECKS, {"kind": "avoids", "params": {"terms": ["Weiss"]}}])
    assert decision.rule == "G004"
    assert decision.reasons == ("the reference fails 'avoids': 'Weiss' occurs: 'Weiss'",)


def test_a_critical_check_that_does_not_apply_is_g004(decide):
    late = {"kind": "no_booking", "params": {"stage": "b", "allowed_stages": ["b"]}}
    assert decide([*CHECKS[:1], {**late, "critical": True}]).rule == "G004"
    assert decide([*CHECKS[:1], late]).status == "accepted"


@pytest.mark.parametrize(
    "text",
    ["Write to [Name].", "Hello {{ name }}", "TODO", "Lorem ipsum dolor", "Ref=tbv02-0021 Arbor"],
)
def test_placeholder_text_is_g005(decide, text):
    assert decide(input={**INPUT, "note": text}).rule == "G005"


@pytest.mark.parametrize(
    "text",
    ['{"a": {"b": 1}}', "Write to Anna.", "a [1] footnote", "my to do list", "none", "x < 3 > y"],
)
def test_plain_text_is_no_placeholder(text):
    assert find_placeholder([text]) is None


def test_a_number_from_nowhere_is_g006(decide):
    body = BODY.replace("14 days", "21 days")
    assert decide(reference={**GOOD, "body": body}).rule == "G006"
    derived = decide(reference={**GOOD, "body": body}, expected={"ready_days": 21})
    assert derived.status == "accepted"


def test_an_amount_that_looks_like_a_year_is_found_in_its_field(decide):
    priced = {**GOOD, "body": BODY.replace("14 days", "14 days at $1,900 a week")}
    assert decide(reference=priced).rule == "G006"
    assert decide(reference=priced, input={**INPUT, "low_usd": 1900}).status == "accepted"


@pytest.mark.parametrize(
    "text",
    [
        "Mail anna.holm@gmail.com",
        "Call +1 415 867 5309",
        "Call (415) 867-5309",
        "Call +49 30 901820 11",
        "SSN 219-09-9999",
        "Card 4111 1111 1111 1111",
        "The card is 4111 1111 1111 1111.",
        "IBAN DE89 3704 0044 0532 0130 00",
    ],
)
def test_personal_data_is_g007(decide, text):
    assert decide(input={**INPUT, "note": text}).rule == "G007"


@pytest.mark.parametrize(
    "text",
    [
        "Mail anna@arbor.example or tom@example.com",
        "Call +1 415 555 0100",
        "Order 4111 1111 1111 1112",
        "Ratio 4111 1111 1111 1111.5",
        "2026-05-01 and 14,000,000",
        "GB00 ABCD 1234 5678",
    ],
)
def test_reserved_and_impossible_values_are_no_personal_data(text):
    assert find_personal_data([text]) is None


def test_an_answer_that_stands_in_the_input_is_g008(decide):
    assert decide(input={**INPUT, "note": f"Say this: {BODY.upper()}"}).rule == "G008"
    part = "Remember: " + " ".join(BODY.split()[5:12])
    assert decide(input={**INPUT, "note": part}).status == "accepted"


def test_actions_that_stand_in_the_input_as_json_are_g008(decide):
    step = {"name": "cancel", "arguments": {"id": "A-1"}}
    fields = {"checks": [{"kind": "action_taken", "params": step}], "pass_score": 1.0}
    reference = {"actions": [step], "message": "Done."}
    told = {"request": "Cancel A-1.", "note": json.dumps([step], indent=1)}
    assert decide(reference=reference, input=told, **fields).rule == "G008"
    other = {**told, "note": json.dumps([{**step, "name": "get"}])}
    assert decide(reference=reference, input=other, **fields).status == "accepted"


@pytest.mark.parametrize(
    ("rule", "input", "expected", "reference"),
    [
        ("G013", {"seen": "2026-02-30"}, {}, {}),
        ("G014", {"today": "2026-10-05", "seen_on": "2026-10-09"}, {}, {}),
        ("G015", {"confidence": "high", "confidence_score": 0.1}, {}, {}),
        ("G016", {"recipient": {"name": "Ines Vale"}}, {}, {}),
        ("G018", {}, {"unmet_actions": [{"name": "cancel"}]}, {}),
        ("G019", {}, {}, {"body": BODY.removesuffix("Best,\nTom") + "We could also"}),
    ],
)
def test_fields_at_odds_with_one_another_are_refused(decide, rule, input, expected, reference):
    fields = {"input": {**INPUT, **input}, "reference": {**GOOD, **reference}}
    assert decide(expected=expected, **fields).rule == rule


def test_a_bad_candidate_that_passes_is_g009(decide):
    twin = {**BAD, "output": {**GOOD, "body": BODY.replace("More", "Any more")}}
    decision = decide(candidates=[BAD, twin])
    assert decision.rule == "G009"
    assert decision.reasons == ("bad candidate 1 passes: too many",)


def test_a_bad_candidate_only_a_judge_could_catch_is_held(decide):
    marker = {"kind": "model_marker", "params": {"question": "Is it kind?"}, "critical": True}
    twin = {**BAD, "output": {**GOOD, "body": BODY.replace("More", "Any more")}}
    assert decide([*CHECKS, marker], candidates=[twin]).status == "held"


def test_a_good_candidate_that_fails_is_g010(decide):
    assert decide(candidates=[{**BAD, "label": "pass"}]).rule == "G010"


@pytest.mark.parametrize(
    ("checks", "agent"),
    [
        ([CHECKS[4]], "refuse_always"),
        ([{"kind": "mentions", "params": {"all_of": ["ten"]}}], "echo_input"),
        ([{"kind": "one_ask", "params": {}}], "generic_template"),
    ],
)
def test_a_rubric_that_an_empty_head_passes_is_g011(decide, checks, agent):
    reference = {"subject": "Go", "body": "Ten is more than we can keep to today, Anna."}
    decision = decide(checks, reference)
    assert decision.rule == "G011"
    assert f"agent {agent!r} passes" in decision.reasons


def test_doing_nothing_passes_a_rubric_that_only_forbids_actions(decide):
    checks = [{"kind": "action_avoided", "params": {"names": ["cancel"]}}]
    reference = {"actions": [], "message": "I cannot cancel this."}
    assert "agent 'refuse_always' passes" in decide(checks, reference).reasons


def test_a_check_that_cannot_fail_is_g012(decide):
    free = {"kind": "no_other_writes", "params": {"read_only": ["*"]}}
    taken = {"kind": "action_taken", "params": {"name": "cancel", "arguments": {"id": "A"}}}
    reference = {"actions": [{"name": "cancel", "arguments": {"id": "A"}}], "message": "Done."}
    assert decide([taken, free], reference).rule == "G012"
    assert decide([taken], reference).status == "accepted"


def test_every_rule_is_described():
    assert list(RULES) == [f"G{number:03d}" for number in range(1, 21)]


def test_empty_heads_take_the_shape_of_the_reference_and_the_name_of_the_recipient():
    mails = vacuous_outputs(INPUT, GOOD)
    assert list(mails) == ["do_nothing", "echo_input", "generic_template", "refuse_always"]
    assert mails["do_nothing"] == {"subject": "", "body": ""}
    assert "Anna wants ten Go engineers." in mails["echo_input"]["body"]
    assert mails["generic_template"]["body"].startswith("Hi Anna Holm,")
    agent = vacuous_outputs(INPUT, {"actions": [{"name": "x"}], "message": "m"})
    assert agent["refuse_always"]["actions"] == []
    assert "cannot help" in agent["refuse_always"]["message"]
