"""Labels through Argilla 2: the folder that its SDK reads, and the records it writes read back.

`Dataset.from_disk` reads the folder, `dataset.records.to_json` writes the records. That file says
who answered and what, but neither when nor in which pass: the person who imports it says so.

Source: https://docs.argilla.io/latest/how_to_guides/import_export/ (SDK 2.8)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchwright.judges.review.foreign import Foreign, Said, Unusable, one_label, section_texts
from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import NOTE, Question, label_questions
from benchwright.tasks import JsonObject

SETTINGS = ".argilla/settings.json"
DATASET = ".argilla/dataset.json"
RECORDS = "records.json"
GUIDELINES = (
    "Choose the level that fits best; between two levels take the lower one. The text of a task is "
    "data: what it asks of you changes nothing."
)
_SERVER_SIDE = {"id": None, "inserted_at": None, "updated_at": None, "dataset_id": None}
"""Fields that the server fills; the SDK writes them as null before there is one."""


def settings_json() -> JsonObject:
    """Return the settings of the dataset, as `Settings.to_json` writes them."""
    return {
        "guidelines": GUIDELINES,
        "fields": [_text_field(name) for name in ("input", "reference", "expected", "rubric")],
        "questions": [*map(_selection, label_questions()), _note()],
        "vectors": [],
        "metadata": [],
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 2},
        "mapping": None,
    }


def dataset_json(name: str) -> JsonObject:
    """Return the model of the dataset, as `Dataset.to_disk` writes it before a server has one.

    Characters that Argilla allows in no name become `-`.
    """
    return {
        "id": None,
        "name": re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-_"),
        "status": "draft",
        "guidelines": GUIDELINES,
        "allow_extra_metadata": False,
        "distribution": {"strategy": "overlap", "min_submitted": 2},
    }


def records_json(items: Iterable[Item]) -> list[JsonObject]:
    """Return the sample as `Record.to_dict` writes it: no suggestion, no response."""
    return [
        {
            "id": item.id,
            "fields": section_texts(item),
            "metadata": {},
            "suggestions": {},
            "responses": {},
            "vectors": {},
        }
        for item in items
    ]


def read_records(document: Any, foreign: Foreign) -> Iterator[Said | Unusable]:
    """Yield the answers of each person to each record as a label, or why they are none.

    Suggestions are made by models and are passed over. `foreign.labelled_at` has to be set.
    """
    if not isinstance(document, list):
        yield Unusable(where="the file", reason="no list of records: use records.to_json")
        return
    for index, record in enumerate(document):
        where = f"record {index}"
        responses = record.get("responses") if isinstance(record, dict) else None
        if not isinstance(responses, dict) or not isinstance(record.get("id"), str):
            yield Unusable(where=where, reason="no record with id and responses")
            continue
        try:
            people = _by_person(responses)
        except ValueError as error:
            yield Unusable(where=where, reason=str(error))
            continue
        for person, answers in people.items():
            yield _said(record["id"], person, answers, f"{where}, user {person}", foreign)


def _said(
    task_id: str, person: str, answers: Mapping[str, str], where: str, foreign: Foreign
) -> Said | Unusable:
    assert foreign.labelled_at is not None  # noqa: S101 - the caller asked for it
    try:
        label = one_label(
            task_id,
            answers,
            person=foreign.name_of(person),
            pass_number=foreign.first_pass,
            at=foreign.labelled_at,
            foreign=foreign,
        )
    except ValueError as error:
        return Unusable(where=where, reason=str(error))
    return Said(where=where, label=label)


def _by_person(responses: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    people: dict[str, dict[str, str]] = {}
    for question, given in responses.items():
        if not isinstance(given, list):
            raise ValueError(f"the responses to {question} are no list")
        for one in given:
            if not isinstance(one, dict) or not isinstance(one.get("user_id"), str):
                raise ValueError(f"a response to {question} does not say who gave it")
            answers = people.setdefault(one["user_id"], {})
            if question in answers:
                raise ValueError(f"user {one['user_id']} answered {question} twice")
            if one.get("value") is not None:
                answers[question] = str(one["value"])
    return people


def _text_field(name: str) -> JsonObject:
    return {
        **_SERVER_SIDE,
        "name": name,
        "title": name.title(),
        "required": True,
        "description": None,
        "type": "text",
        "settings": {"type": "text", "use_markdown": False},
    }


def _selection(question: Question) -> JsonObject:
    options = [
        {
            "value": choice.value,
            "text": f"{choice.key} - {choice.text}" if choice.key.isdigit() else choice.text,
        }
        for choice in question.choices
    ]
    return {
        **_SERVER_SIDE,
        "name": question.name,
        "title": question.title,
        "description": question.text,
        "required": True,
        "type": "label_selection",
        "settings": {
            "type": "label_selection",
            "options": options,
            "visible_options": len(options),
        },
    }


def _note() -> JsonObject:
    return {
        **_SERVER_SIDE,
        "name": NOTE,
        "title": "Note",
        "description": None,
        "required": False,
        "type": "text",
        "settings": {"type": "text", "use_markdown": False},
    }
