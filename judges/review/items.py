"""What a person sees of a task: its content, and nothing about who wrote or judged it.

For labels and held tasks the texts are put into the one plain style that the judges see. A
hand-written task is shown as it stands, with every invisible character made visible, since that
may be the attack. The content is kept with the answers, so that they need no other file.
"""

import unicodedata
from typing import Any

from benchwright.judges.panel.shown import normalise_style, shown_parts
from benchwright.judges.review.questions import (
    Question,
    Queue,
    adversarial_questions,
    held_questions,
    label_questions,
)
from benchwright.tasks import JsonObject, Record, Task

_KEPT = {"\n", "\t"}
_NAMED = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


class Section(Record):
    """One part of an item; a `folded` one is opened by the reader."""

    name: str
    title: str
    value: Any
    folded: bool = False


class Item(Record):
    """One thing to answer.

    Attributes:
        id: The id of the task.
        tests: The dimension that the task tests.
        rule: Why the gate held it; None outside the held queue.
    """

    queue: Queue
    id: str
    tests: str
    rule: str | None = None
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked about it."""
        if self.queue == "label":
            return label_questions()
        if self.queue == "held":
            return held_questions()
        return adversarial_questions(with_twin=any(s.name == "twin" for s in self.sections))


def label_item(task: Task) -> Item:
    """Return a task for blind labelling."""
    return Item(queue="label", id=task.id, tests=task.dimension, sections=_blind(task))


def held_item(row: JsonObject) -> Item:
    """Return a line of the held queue: the task, and folded what was said, without names.

    Args:
        row: `task`, `decision` and `verdicts`, as the gate writes them to `held.jsonl`.
    """
    task = Task.model_validate(row["task"])
    said = [
        {
            name: {"score": verdict["scores"].get(name, "none"), "reason": reason}
            for name, reason in verdict.get("reasons", {}).items()
        }
        for verdict in row["verdicts"]
    ]
    rule = row["decision"]["rule"]
    views = Section(name="views", title="What the judges said", value=_in_one_style(said))
    sections = (*_blind(task), views.model_copy(update={"folded": True})) if said else _blind(task)
    return Item(queue="held", id=task.id, tests=task.dimension, rule=rule, sections=sections)


def adversarial_item(task: Task, *, why_hard: str, twin: Task | None) -> Item:
    """Return a hand-written task with its bad outputs, its twin and the reason it is hard."""
    bad = [
        {"output": candidate.output, "fails because": candidate.why}
        for candidate in task.candidates
        if candidate.label == "fail"
    ]
    sections = [
        Section(name="why", title="Why it is hard", value=why_hard),
        Section(name="input", title="Input", value=task.input),
        Section(name="reference", title="Reference", value=task.reference),
        Section(name="bad", title="Outputs that must fail", value=bad),
    ]
    if twin is not None:
        value = {"input": twin.input, "reference": twin.reference}
        sections.append(Section(name="twin", title="Twin without the attack", value=value))
    parts = shown_parts(task)
    sections += [
        Section(name=name, title=name.title(), value=parts[name]) for name in ("expected", "rubric")
    ]
    shown = tuple(s.model_copy(update={"value": _made_visible(s.value)}) for s in sections)
    return Item(queue="adversarial", id=task.id, tests=task.dimension, sections=shown)


def visible(text: str) -> str:
    """Return a text in which every character that cannot be seen is named, such as `⟨U+202E⟩`."""
    return "".join(
        f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _NAMED and c not in _KEPT else c
        for c in text
    )


def _blind(task: Task) -> tuple[Section, ...]:
    parts = shown_parts(task)
    return tuple(
        Section(name=name, title=name.title(), value=_in_one_style(parts[name]))
        for name in ("input", "reference", "expected", "rubric")
    )


def _in_one_style(value: Any) -> Any:
    return _mapped(value, lambda text: visible(normalise_style(text)))


def _made_visible(value: Any) -> Any:
    return _mapped(value, visible)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(str(key)): _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(one, change) for one in value]
    return value
