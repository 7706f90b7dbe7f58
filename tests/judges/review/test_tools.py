import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from benchwright.judges.review import argilla, label_studio
from benchwright.judges.review.foreign import Foreign, Said, Unusable
from benchwright.judges.review.items import label_item
from tests.judges.review.builders import PAYLOADS, make_task

TASK = "0123456789abcdef"
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ANSWERS = {
    "input_coherence": "4",
    "ground_truth_verifiability": "skip",
    "rubric_application_clarity": "1",
    "decision": "reject",
}
BLIND = Foreign(blind=True, session="s", people={"7": "ana"})


def _result(answers, note=None):
    result = [
        {
            "id": f"r{name}",
            "from_name": name,
            "to_name": "input",
            "type": "choices",
            "origin": "manual",
            "value": {"choices": [value]},
        }
        for name, value in answers.items()
    ]
    if note is not None:
        value = {"text": note}
        result.append({"from_name": "note", "to_name": "input", "type": "textarea", "value": value})
    return result


def _annotation(answers=ANSWERS, *, by=7, at="2026-11-27T09:00:00.123456Z", **other):
    return {
        "id": 11,
        "completed_by": by,
        "result": _result(answers),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": at,
        "updated_at": at,
        "lead_time": 31.2,
        "result_count": 4,
        **other,
    }


def _export(*annotations, **data):
    return [
        {
            "id": 1,
            "data": {"benchwright_task": TASK, **data},
            "annotations": list(annotations),
            "drafts": [{"result": _result(ANSWERS)}],
            "predictions": [{"model_version": "m", "result": _result(ANSWERS)}],
            "project": 83,
        }
    ]


def _read(document, foreign=BLIND):
    return list(label_studio.read_export(document, foreign))


def test_the_label_studio_configuration_names_every_question_and_level():
    view = ET.fromstring(label_studio.config_xml())  # noqa: S314 - our own
    texts = {text.get("name"): text.get("value") for text in view.iter("Text")}
    names = ("input", "reference", "expected", "rubric")
    assert texts == {name: f"${name}" for name in names}
    choices = {one.get("name"): one for one in view.iter("Choices")}
    assert set(choices) == set(ANSWERS)
    assert all(one.get("toName") in texts for one in choices.values())
    aliases = [choice.get("alias") for choice in choices["input_coherence"]]
    assert aliases == ["5", "4", "3", "2", "1", "skip"]
    assert [choice.get("alias") for choice in choices["decision"]] == ["accept", "reject", "held"]


@pytest.mark.parametrize("payload", PAYLOADS[:3])
def test_tasks_for_other_tools_hold_the_blind_texts_and_nothing_of_their_origin(payload):
    task = make_task(3, mode="trace", text=payload)
    item = label_item(task)
    [for_studio] = label_studio.tasks_json([item])
    [for_argilla] = argilla.records_json([item])
    assert set(for_studio) == {"data"}
    assert for_studio["data"]["benchwright_task"] == for_argilla["id"] == task.id
    for text in (json.dumps(for_studio), json.dumps(for_argilla)):
        assert "secret" not in text
    assert "You posted 3 roles." in for_argilla["fields"]["reference"]
    assert payload in for_studio["data"]["reference"]
    assert "max_words: 60" in for_studio["data"]["rubric"]


def test_a_label_studio_annotation_becomes_a_label():
    [said] = _read(_export(_annotation(result=_result(ANSWERS, note=["Odd.", "Very."]))))
    label = said.label
    assert (label.task_id, label.annotator, label.pass_number) == (TASK, "ana", 1)
    assert label.scores == {"input_coherence": 4, "rubric_application_clarity": 1}
    assert label.skipped == ("ground_truth_verifiability",)
    assert (label.decision, label.note, label.blind) == ("reject", "Odd.\nVery.", True)
    assert label.labelled_at == datetime(2026, 11, 27, 9, 0, 0, 123456, tzinfo=UTC)


def test_a_rating_counts_as_a_level_and_an_email_names_the_person():
    result = _result({**ANSWERS, "input_coherence": "4"})
    result[0] |= {"type": "rating", "value": {"rating": 2}}
    by = {"id": 7, "email": "ana@example.org", "first_name": "", "last_name": ""}
    [said] = _read(_export(_annotation(result=result, by=by, completed_by=by)))
    assert said.label.scores["input_coherence"] == 2
    assert said.label.annotator == "ana@example.org"


def test_two_annotations_of_one_person_are_two_passes_in_the_order_of_time():
    late = _annotation({**ANSWERS, "decision": "accept"}, at="2026-11-29T09:00:00Z")
    found = _read(_export(late, _annotation(), _annotation(by=8)))
    labels = [(one.label.annotator, one.label.pass_number, one.label.decision) for one in found]
    assert sorted(labels) == [("8", 1, "reject"), ("ana", 1, "reject"), ("ana", 2, "accept")]


def test_a_skipped_annotation_is_counted_and_a_prediction_is_no_label():
    [skip] = _read(_export(_annotation(was_cancelled=True, result=[])))
    assert isinstance(skip, Unusable)
    assert skip.is_skip
    assert _read(_export()) == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"tasks": []}, "no list of tasks"),
        ([{"annotation_id": 3, "decision": "accept"}], "JSON_MIN"),
        ([3], "no task"),
        (_export(_annotation(), benchwright_task=None), "no benchwright_task"),
        (_export(_annotation(updated_at="2026-11-27T09:10:01.2Z")), "was changed 0:10:01"),
        (_export(_annotation({"decision": "accept"})), "input_coherence is not answered"),
        (_export(_annotation({**ANSWERS, "decision": "maybe"})), "'maybe' is no answer"),
        (_export(_annotation({**ANSWERS, "input_coherence": "9"})), "'9' is no answer"),
        (_export(_annotation(by=None)), "who completed it"),
        (_export(_annotation(by=True)), "who completed it"),
        (_export(_annotation(at="2026-11-27T09:00:00")), "no time zone"),
        (_export(_annotation(at="yesterday")), "Invalid isoformat"),
        (_export(_annotation(created_at=None)), "no created_at"),
        (_export(_annotation(result=None)), "no result"),
        (_export(_annotation(result=[{"from_name": "decision"}])), "no value"),
        (_export(_annotation(result=_result(ANSWERS) * 2)), "answered twice"),
        (_export("x"), "no object"),
    ],
)
def test_what_label_studio_leaves_unclear_is_named_and_left_out(document, reason):
    [unusable] = _read(document)
    assert isinstance(unusable, Unusable)
    assert reason in unusable.reason


def test_an_annotation_that_was_mended_at_once_is_a_label():
    [said] = _read(_export(_annotation(updated_at="2026-11-27T09:10:00Z")))
    assert isinstance(said, Said)


def _records(responses, **other):
    return [
        {
            "id": TASK,
            "fields": {"input": "x"},
            "metadata": {},
            "suggestions": {"decision": {"value": "accept", "score": None, "agent": "m"}},
            "responses": responses,
            "vectors": {},
            "_server_id": "5b0c",
            **other,
        }
    ]


def _responses(user="u-1", **answers):
    return {name: [{"value": value, "user_id": user}] for name, value in answers.items()}


AT = Foreign(blind=True, session="s", people={"u-1": "ana"}, labelled_at=NOON, first_pass=2)


def test_an_argilla_record_gives_one_label_for_each_person():
    responses = _responses(**ANSWERS)
    for name, value in {**ANSWERS, "decision": "accept", "note": "Fine."}.items():
        responses.setdefault(name, []).append({"value": value, "user_id": "u-2"})
    first, second = argilla.read_records(_records(responses), AT)
    assert (first.label.annotator, first.label.decision, first.label.note) == (
        "ana",
        "reject",
        None,
    )
    assert (second.label.annotator, second.label.note) == ("u-2", "Fine.")
    assert first.label.skipped == ("ground_truth_verifiability",)
    assert (first.label.labelled_at, first.label.pass_number) == (NOON, 2)


def test_a_suggestion_is_no_label():
    assert list(argilla.read_records(_records({}), AT)) == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"records": []}, "no list of records"),
        ([3], "no record"),
        (_records(_responses(**ANSWERS), id=None), "no record"),
        (_records(_responses(decision="accept")), "input_coherence is not answered"),
        (_records(_responses(**{**ANSWERS, "input_coherence": None})), "is not answered"),
        (_records({"decision": "accept"}), "are no list"),
        (_records({"decision": [{"value": "accept"}]}), "who gave it"),
        (_records({"decision": [{"value": "accept", "user_id": "u"}] * 2}), "twice"),
    ],
)
def test_what_argilla_leaves_unclear_is_named_and_left_out(document, reason):
    [unusable] = argilla.read_records(document, AT)
    assert reason in unusable.reason


def test_the_argilla_settings_have_the_shape_that_the_sdk_writes():
    settings = argilla.settings_json()
    questions = {question["name"]: question for question in settings["questions"]}
    assert set(questions) == {*ANSWERS, "note"}
    decision = questions["decision"]
    assert decision["type"] == decision["settings"]["type"] == "label_selection"
    assert [one["value"] for one in decision["settings"]["options"]] == ["accept", "reject", "held"]
    assert {field["name"] for field in settings["fields"]} == {
        *("input", "reference", "expected", "rubric"),
    }
