"""What a person decided about a held task, or said of a hand-written one: the records on disk."""

from typing import Annotated, Literal

from pydantic import Field

from benchwright.labels import Moment, Name
from benchwright.tasks import Record, Sha256, TaskId

Agrees = Literal["agree", "disagree"]


class HeldDecision(Record):
    """A person's decision about one task that the gate held. `judges.decisions` reads these lines.

    Attributes:
        rule: Why the gate held it.
        person: Who decided.
        saw_verdicts: Whether the person opened what the judges had said before deciding.
    """

    record: Literal["held_decision"] = "held_decision"
    schema_version: Literal[1] = 1
    task_id: TaskId
    rule: Name
    decision: Literal["accept", "reject"]
    reason: Name
    person: Name
    decided_at: Moment
    session: Name
    saw_verdicts: bool


class AdversarialReview(Record):
    """What one person said of one hand-written task.

    Attributes:
        answers: By question: `reference_is_right`, `bad_outputs_fail`, `hard_as_stated`, and
            `twin_is_benign` where there is a twin.
        note: Why the reviewer disagrees; required where an answer is `disagree`.
    """

    record: Literal["adversarial_review"] = "adversarial_review"
    schema_version: Literal[1] = 1
    task_id: TaskId
    reviewer: Name
    answers: Annotated[dict[Name, Agrees], Field(min_length=1)]
    note: Name | None = None
    reviewed_at: Moment
    session: Name


class HeldUse(Record):
    """What the decisions of people did to the held tasks of a build.

    Attributes:
        sha256: Of the file of decisions.
        accepted: Held tasks that a person accepted.
        rejected: Held tasks that a person rejected.
        open: Held tasks that nobody has decided; they stay held.
        not_held: Decisions about tasks that this build did not hold; they change nothing.
    """

    sha256: Sha256
    accepted: Annotated[int, Field(ge=0)]
    rejected: Annotated[int, Field(ge=0)]
    open: Annotated[int, Field(ge=0)]
    not_held: Annotated[int, Field(ge=0)]
