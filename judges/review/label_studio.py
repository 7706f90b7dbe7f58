"""Labels through Label Studio: its configuration, tasks to import, and its JSON export read back.

Labels are classifications: `Choices` whose alias is the level. Nothing else is read: a `Rating` of
the same name is, since people like to exchange one for the other.

Source: https://labelstud.io/guide/tasks.html, /guide/export.html, /tags/choices.html
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from benchwright.judges.review.foreign import Foreign, Said, Unusable, one_label, section_texts
from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import NOTE, label_questions
from benchwright.labels import MINUTES_TO_MEND
from benchwright.tasks import JsonObject

CONFIG = "label_studio.xml"
TASKS = "label_studio.json"


def config_xml() -> str:
    """Return the labeling configuration: the task's parts, each question, and a note."""
    view = ET.Element("View")
    for name in ("input", "reference", "expected", "rubric"):
        ET.SubElement(view, "Header", value=name.title())
        ET.SubElement(view, "Text", name=name, value=f"${name}")
    for question in label_questions():
        ET.SubElement(view, "Header", value=question.title)
        choices = ET.SubElement(
            view, "Choices", name=question.name, toName="input", choice="single", required="true"
        )
        for choice in question.choices:
            shown = f"{choice.key} - {choice.text}" if choice.key.isdigit() else choice.text
            ET.SubElement(choices, "Choice", value=shown, alias=choice.value)
    ET.SubElement(view, "Header", value="Note (optional)")
    ET.SubElement(view, "TextArea", name=NOTE, toName="input", rows="3", maxSubmissions="1")
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def tasks_json(items: Iterable[Item]) -> list[JsonObject]:
    """Return the sample as tasks that Label Studio imports; no predictions are among them."""
    return [{"data": {"benchwright_task": item.id, **section_texts(item)}} for item in items]


def read_export(document: Any, foreign: Foreign) -> Iterator[Said | Unusable]:
    """Yield each annotation of a JSON export as a label, or why it is none.

    Predictions and drafts are no labels and are passed over. Several annotations of one person on
    one task are passes, in the order in which they were made.

    Args:
        document: What `Export > JSON` wrote.
        foreign: Who the people are, and what is claimed of how they worked.
    """
    if not isinstance(document, list):
        yield Unusable(where="the file", reason="no list of tasks: export it as JSON")
        return
    for index, task in enumerate(document):
        where = f"task {index}"
        if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
            small = isinstance(task, dict) and "annotation_id" in task
            kind = "JSON_MIN leaves out what is needed: export it as JSON" if small else "no task"
            yield Unusable(where=where, reason=kind)
            continue
        data = task.get("data")
        task_id = data.get("benchwright_task") if isinstance(data, dict) else None
        if not isinstance(task_id, str):
            yield Unusable(where=where, reason="its data has no benchwright_task")
            continue
        yield from _annotations(task_id, task["annotations"], where, foreign)


def _annotations(
    task_id: str, annotations: Sequence[Any], where: str, foreign: Foreign
) -> Iterator[Said | Unusable]:
    passes: Counter[str] = Counter()
    objects = [one for one in annotations if isinstance(one, dict)]
    if len(objects) < len(annotations):
        yield Unusable(where=where, reason="an annotation is no object")
    for annotation in sorted(objects, key=lambda one: str(one.get("created_at", ""))):
        at = f"{where}, annotation {annotation.get('id')}"
        try:
            person = _person(annotation.get("completed_by"))
            if annotation.get("was_cancelled"):
                yield Unusable(where=at, reason="it was skipped", is_skip=True)
                continue
            made = _moment(annotation, "created_at")
            changed = _moment(annotation, "updated_at") if annotation.get("updated_at") else made
            if changed - made > timedelta(minutes=MINUTES_TO_MEND):
                raise ValueError(
                    f"it was changed {changed - made} after it was made, and the export does not "
                    "hold what it said before"
                )
            answers = _answers(annotation.get("result"))
            passes[person] += 1
            label = one_label(
                task_id,
                answers,
                person=foreign.name_of(person),
                pass_number=passes[person] + foreign.first_pass - 1,
                at=made,
                foreign=foreign,
            )
        except ValueError as error:
            yield Unusable(where=at, reason=str(error))
        else:
            yield Said(where=at, label=label)


def _answers(result: Any) -> dict[str, str]:
    if not isinstance(result, list):
        raise ValueError("it has no result")
    answers: dict[str, str] = {}
    for one in result:
        if not isinstance(one, dict) or not isinstance(one.get("value"), dict):
            raise ValueError("a result has no value")
        name, kind, value = str(one.get("from_name")), one.get("type"), one["value"]
        if kind not in ("choices", "rating", "textarea"):
            continue
        given = value.get("text" if kind == "textarea" else kind)
        if kind == "rating":
            given = [given]
        if isinstance(given, str):
            given = [given]
        if not isinstance(given, list) or len(given) != 1 or isinstance(given[0], dict | list):
            if kind == "textarea" and isinstance(given, list):
                given = ["\n".join(map(str, given))]
            else:
                raise ValueError(f"{name} has {given!r} for an answer")
        if name in answers:
            raise ValueError(f"{name} is answered twice")
        answers[name] = str(given[0])
    return answers


def _person(completed_by: Any) -> str:
    """Return who annotated: an id, or the object with e-mail that a snapshot has."""
    if isinstance(completed_by, Mapping):
        completed_by = completed_by.get("email") or completed_by.get("id")
    if isinstance(completed_by, bool) or not isinstance(completed_by, int | str):
        raise ValueError("it does not say who completed it")
    return str(completed_by)


def _moment(annotation: Mapping[str, Any], field: str) -> datetime:
    text = annotation.get(field)
    if not isinstance(text, str):
        raise ValueError(f"it has no {field}")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{field} {text!r} has no time zone")
    return moment.astimezone(UTC)
