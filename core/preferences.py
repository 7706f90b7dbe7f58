"""What is a preference pair, and why did a candidate not become one?

A pair is two outputs for one task: one that its rubric passes, one that it fails. Every candidate
leaves one audit row, as kept or as skipped for one reason.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from benchwright.tasks import Record, Sha256, TaskId
from benchwright.verdicts import ContaminationReport

Count = Annotated[int, Field(ge=0)]
Source = Literal["candidate", "rules", "model"]
SkipReason = Literal[
    "chosen_fails",
    "over_per_task",
    "no_writer_allowed",
    "no_reply",
    "malformed",
    "rejected_passes",
    "rejected_undecided",
    "placeholder",
    "duplicate",
    "too_similar",
    "unknown_writer",
    "kin_to_judge",
    "overlaps_held_out",
    "overlaps_dev",
]
REASONS: dict[SkipReason, str] = {
    "chosen_fails": "the reference does not pass the rubric of its task",
    "over_per_task": "the task has as many pairs as were asked for",
    "no_writer_allowed": "every model that could write it is kin to a judge",
    "no_reply": "the model gave no reply, refused, or did not give the JSON asked for",
    "malformed": "the rejected output has not the shape of the reference",
    "rejected_passes": "the rejected output passes the rubric",
    "rejected_undecided": "an item that only a model can score leaves the rejected output open",
    "placeholder": "a placeholder or stub stands in prompt, chosen or rejected",
    "duplicate": "the same rejected output stands in another pair of the task",
    "too_similar": "chosen and rejected are too alike (TF-IDF cosine)",
    "unknown_writer": "models judge, and nothing is known of who wrote one of the outputs",
    "kin_to_judge": "who wrote one of the outputs is kin to a judge",
    "overlaps_held_out": "it shares text or origin with a held-out task",
    "overlaps_dev": "it shares text or origin with a dev task",
}


class PairAudit(Record):
    """What became of one candidate.

    Attributes:
        candidate: Its number among the candidates of the task, from 1.
        writer: Who wrote the rejected output: `rules`, `unknown`, or the name of a model.
        violates: Checks of the rubric that the rejected output fails.
        cosine_similarity: Of chosen and rejected; None where an earlier filter ended it.
    """

    schema_version: Literal[1] = 1
    task_id: TaskId
    candidate: int = Field(ge=1)
    source: Source
    writer: str
    status: Literal["kept", "skipped"]
    reason: SkipReason | None = None
    detail: str | None = None
    pair_id: str | None = None
    violates: tuple[str, ...] = ()
    chosen_score: float | None = None
    rejected_score: float | None = None
    cosine_similarity: float | None = None

    @model_validator(mode="after")
    def _a_skip_has_a_reason(self) -> Self:
        if (self.status == "skipped") != (self.reason is not None):
            raise ValueError("a skipped candidate has a reason, and a kept one has none")
        return self


class PairSettings(Record):
    """What was asked of the pairs."""

    per_task: int = Field(ge=1)
    max_cosine_similarity: float
    seed: int


class PairsReport(Record):
    """What the train tasks of a release gave.

    Attributes:
        merkle_root: Of the release's rows.
        sources: Kept pairs by where the rejected output comes from.
        writers: Kept pairs by who wrote the rejected output.
        overlap: The checks of the kept pairs against held-out and dev.
    """

    schema_version: Literal[1] = 1
    tool_version: str
    benchmark: str
    version: str
    merkle_root: Sha256
    settings: PairSettings
    tasks: Count
    tasks_with_pairs: Count
    candidates: Count
    kept: Count
    skipped: dict[SkipReason, Count]
    sources: dict[Source, Count]
    writers: dict[str, Count]
    overlap: ContaminationReport

    @model_validator(mode="after")
    def _counts_reconcile(self) -> Self:
        left = self.kept + sum(self.skipped.values())
        if self.candidates != left:
            raise ValueError(f"{self.candidates} candidates, and {left} kept or skipped")
        if not self.kept == sum(self.sources.values()) == sum(self.writers.values()):
            raise ValueError(f"{self.kept} pairs, and other numbers by source or writer")
        return self
