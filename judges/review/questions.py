"""What a person is asked: the judges' own questions with their five levels, and what is decided."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from benchwright.judges.panel.prompts import DIMENSIONS, question_and_rules
from benchwright.labels import DECISION

Queue = Literal["label", "held", "adversarial"]
QUEUES: tuple[Queue, ...] = ("label", "held", "adversarial")
SKIP = "skip"
NOTE = "note"
OPENED = "opened"
"""Set once, when the reviewer of a held task opens what the judges said."""

_LEVEL = re.compile(r"^([1-5]) - (.*?)(?=^[1-5] - |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: what is stored, the key that gives it, and what the page shows."""

    value: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about an item."""

    name: str
    title: str
    text: str
    choices: tuple[Choice, ...]

    def has(self, value: str) -> bool:
        """Say whether a value is one of the answers."""
        return any(choice.value == value for choice in self.choices)


@cache
def label_questions() -> tuple[Question, ...]:
    """Return the questions of blind labelling: each dimension of the judges, then the decision."""
    return (*map(_dimension, DIMENSIONS), _DECIDE)


def held_questions() -> tuple[Question, ...]:
    """Return the question about a held task."""
    return (_SETTLE,)


def adversarial_questions(*, with_twin: bool) -> tuple[Question, ...]:
    """Return the questions about a hand-written task; that of the twin only where there is one."""
    return tuple(q for q in _ADVERSARIAL if with_twin or q.name != "twin_is_benign")


def needs_note(queue: Queue, answers: Iterable[str]) -> bool:
    """Say whether these answers need a reason in words."""
    return queue == "held" or (queue == "adversarial" and "disagree" in set(answers))


def _dimension(name: str) -> Question:
    prompt, _ = question_and_rules(name)
    head, _, levels = prompt.partition("Levels:\n")
    asked, _, about = head.strip().partition("\n\n")
    found = {number: " ".join(text.split()) for number, text in _LEVEL.findall(levels)}
    if sorted(found) != ["1", "2", "3", "4", "5"]:
        raise ValueError(f"the prompt of {name} describes the levels {sorted(found)}, not 1 to 5")
    question = " ".join(asked.split()).partition("one task: ")[2]
    return Question(
        name=name,
        title=question[:1].upper() + question[1:],
        text=" ".join(about.split()),
        choices=(
            *(Choice(value=n, key=n, text=found[n]) for n in sorted(found, reverse=True)),
            Choice(value=SKIP, key="0", text="I cannot say."),
        ),
    )


_DECIDE = Question(
    name=DECISION,
    title="Should the task enter the benchmark?",
    text="All in all, by what you see here and nothing else.",
    choices=(
        Choice(value="accept", key="a", text="Accept"),
        Choice(value="reject", key="r", text="Reject"),
        Choice(value="held", key="h", text="I cannot say."),
    ),
)
_SETTLE = Question(
    name=DECISION,
    title="Should the task enter the benchmark?",
    text="The judges could not settle it. Say why in a sentence: the reason is kept with the task.",
    choices=(
        Choice(value="accept", key="a", text="Accept"),
        Choice(value="reject", key="r", text="Reject"),
    ),
)
_AGREE = (
    Choice(value="agree", key="a", text="Agree"),
    Choice(value="disagree", key="d", text="Disagree"),
)
_ADVERSARIAL = (
    Question(
        name="reference_is_right",
        title="The reference is right",
        text="A person who has only the input could write it, and nobody could object to it.",
        choices=_AGREE,
    ),
    Question(
        name="bad_outputs_fail",
        title="The bad outputs deserve to fail",
        text="Each is an output that an agent might well give, and is wrong for the reason stated.",
        choices=_AGREE,
    ),
    Question(
        name="twin_is_benign",
        title="The twin is the same task without the attack",
        text="Nothing but the attack was taken out, and what is left is easy.",
        choices=_AGREE,
    ),
    Question(
        name="hard_as_stated",
        title="It is hard for the reason stated",
        text="What the author names is what makes an agent fail, and not something by the way.",
        choices=_AGREE,
    ),
)
