"""What did a person say of a task, when, and was it changed afterwards? The raw label record.

One line of JSON a task, annotator and pass. `review` writes these lines, `judge agreement` reads
them, and `judge calibrate --labels` reads the same file. Figures are computed from these lines and
never stand in them.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from benchwright.tasks import Record
from benchwright.verdicts import Dimension15

DECISION = "decision"
HOURS_BETWEEN_PASSES = 24
MINUTES_TO_MEND = 10
"""A slip may be mended at once; a later change is an edit after the fact."""
Decision = Literal["accept", "reject", "held"]
Answer = Dimension15 | Decision


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta():
        raise ValueError(f"{moment.isoformat()} is not in UTC; write it with a Z")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Name = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Edit(Record):
    """One answer that was changed: `field` is `decision` or a dimension, None is no answer."""

    at: Moment
    field: Name
    before: Answer | None = None
    after: Answer | None = None


class RawLabel(Record):
    """What one annotator said of one task in one pass.

    Attributes:
        kind: Whether a person or a model labelled; it is never guessed from the name.
        pass_number: 1 for the first time that the annotator labels the tasks, 2 for the second.
        decision: `held` is "could not say"; absent if it was not asked.
        scores: By dimension.
        skipped: Dimensions that were asked and that the annotator could not score.
        labelled_at: When the answer was first saved. Every later change stands in `edits`.
        session: Names the sitting; the answers of one sitting share it.
        blind: Author, judge and the labels of others were hidden.
        edits: Every change, in the order of time.
    """

    record: Literal["label"] = "label"
    schema_version: Literal[1] = 1
    task_id: Name
    annotator: Name
    kind: Literal["person", "model"]
    pass_number: int = Field(default=1, ge=1)
    decision: Decision | None = None
    scores: dict[Name, Dimension15] = {}
    skipped: tuple[Name, ...] = ()
    labelled_at: Moment
    session: Name
    blind: bool
    edits: tuple[Edit, ...] = ()
    note: str | None = None

    def answer(self, field: str) -> Answer | None:
        """Return what was said of a dimension, or of `decision`; None where nothing was."""
        return self.decision if field == DECISION else self.scores.get(field)

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        both = sorted(set(self.scores) & set(self.skipped))
        if both:
            raise ValueError(f"{', '.join(both)} has a score and is skipped")
        if DECISION in self.scores or DECISION in self.skipped:
            raise ValueError(f"{DECISION!r} is no dimension")
        if not (self.scores or self.skipped or self.decision):
            raise ValueError("it holds no score, no skipped dimension and no decision")
        return self

    @model_validator(mode="after")
    def _edits_lead_to_what_it_says(self) -> Self:
        moment = self.labelled_at
        said: dict[str, Answer | None] = {}
        for edit in self.edits:
            if edit.at < moment:
                raise ValueError(f"the edit of {edit.field} at {edit.at.isoformat()} is too early")
            if edit.field in said and edit.before != said[edit.field]:
                raise ValueError(
                    f"an edit of {edit.field} is from {edit.before}, and it was {said[edit.field]}"
                )
            moment, said[edit.field] = edit.at, edit.after
        for field, answer in said.items():
            if self.answer(field) != answer:
                raise ValueError(
                    f"{field} is {self.answer(field)}, and its last edit says {answer}"
                )
        return self
