"""What is a task? The record every authoring mode writes and every later stage reads.

A task's id is computed from its content (input, reference, rubric): equal content, equal id.
Records are frozen, refuse unknown keys and carry `schema_version`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from benchwright.canonical import canonical_json, content_id

Mode = Literal["trace", "programmatic", "adversarial", "synthetic"]
Difficulty = Literal["easy", "medium", "hard"]
JsonObject = dict[str, Any]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
TaskId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Record(BaseModel):
    """Base of everything written to disk: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> str:
        """Return the canonical JSON of the record, with unset optional fields left out."""
        return canonical_json(self.model_dump(mode="json", exclude_none=True))


class CheckSpec(Record):
    """One rubric item: which check runs, with which parameters, and how much it counts.

    `weight` counts towards the score; a failed `critical` check fails the output whatever the
    score.
    """

    kind: str
    params: JsonObject = {}
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    critical: bool = False


class Rubric(Record):
    """How an output is scored: weighted checks, and the share of weight that must pass."""

    checks: tuple[CheckSpec, ...] = Field(min_length=1)
    pass_score: float = Field(default=1.0, gt=0, le=1)


class Candidate(Record):
    """An output with a known label, such as the failing output of a real trace.

    `check` is the kind of the rubric's check that must refuse it, where an author states one.
    """

    output: JsonObject
    label: Literal["pass", "fail"]
    dimension: str | None = None
    check: str | None = None
    why: str


class Parent(Record):
    """Where a task came from: a record of a source file, or another task.

    `record_id` names the record inside the file; `pointers` are JSON pointers (RFC 6901) from
    the root of the source document to the turns and criteria that were used. For JSON Lines the
    root is the list of lines.
    """

    source: str | None = None
    source_sha256: Sha256 | None = None
    record_id: str | None = None
    pointers: tuple[str, ...] = ()
    task_id: TaskId | None = None

    @model_validator(mode="after")
    def _names_one_kind(self) -> Self:
        from_file = all((self.source, self.source_sha256, self.record_id, self.pointers))
        if from_file == (self.task_id is not None):
            raise ValueError(
                "a parent is either source + source_sha256 + record_id + pointers, or a task_id"
            )
        return self


class TemplateRef(Record):
    """The template a task was rendered from, and the sha256 of its bytes."""

    name: str
    sha256: Sha256


class Provenance(Record):
    """Who made the task, from what, and which other tasks are its kin.

    `lineage_keys` name what a task shares with others (`trace:…`, `company:…`, `cell:…`): tasks
    that share one never stand on two sides of a split.
    """

    mode: Mode
    parents: tuple[Parent, ...] = ()
    template: TemplateRef | None = None
    slots: JsonObject = {}
    seed: int | None = None
    calls: tuple[str, ...] = ()
    author: str
    created_at: datetime | None = None
    lineage_keys: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> Self:
        needs: dict[str, dict[str, object]] = {
            "trace": {"parents": self.parents, "lineage_keys": self.lineage_keys},
            "programmatic": {
                "template": self.template,
                "slots": self.slots,
                "seed": self.seed is not None,
                "lineage_keys": self.lineage_keys,
            },
            "adversarial": {"parents": self.parents},
            "synthetic": {"calls": self.calls},
        }
        missing = [name for name, value in needs[self.mode].items() if not value]
        if missing:
            raise ValueError(f"mode {self.mode!r} needs {', '.join(missing)}")
        return self


_ID_IS_VOUCHED_FOR: dict[str, bool] = {"id_is_vouched_for": True}


class Task(Record):
    """One row of a benchmark. Build it with `Task.create`, which computes the id.

    Attributes:
        input: What the model under test sees.
        reference: An output that must pass the rubric.
        expected: Ground-truth fields, computed or quoted, never inferred by an annotator.
    """

    schema_version: Literal[1] = 1
    id: TaskId
    dimension: str
    difficulty: Difficulty
    input: JsonObject
    reference: JsonObject
    candidates: tuple[Candidate, ...] = ()
    expected: JsonObject = {}
    rubric: Rubric
    provenance: Provenance
    tags: tuple[str, ...] = ()

    @classmethod
    def create(cls, **fields: Any) -> Self:
        """Return a task with its id computed from input, reference and rubric."""
        rubric = Rubric.model_validate(fields["rubric"])
        computed = compute_task_id(fields["input"], fields["reference"], rubric)
        values = {**fields, "rubric": rubric, "id": computed}
        return cls.model_validate(values, context=_ID_IS_VOUCHED_FOR)

    @classmethod
    def from_stage(cls, line: bytes) -> Self:
        """Return a task from a line of a stage file, whose hash vouches for the id."""
        return cls.model_validate_json(line, context=_ID_IS_VOUCHED_FOR)

    @model_validator(mode="after")
    def _id_is_of_this_content(self, info: ValidationInfo) -> Self:
        if info.context is _ID_IS_VOUCHED_FOR:
            return self
        computed = compute_task_id(self.input, self.reference, self.rubric)
        if self.id != computed:
            raise ValueError(f"id {self.id!r} is not the id of this content ({computed})")
        return self


def compute_task_id(input: JsonObject, reference: JsonObject, rubric: Rubric) -> str:
    """Return the id that this input, reference and rubric have."""
    rubric_values = rubric.model_dump(mode="json")
    return content_id(input=input, reference=reference, rubric=rubric_values)
