"""What does a hand-written task say? One Markdown file as a record, before the pack is asked.

A file is either an adversarial task, which names its attack classes and its twin, or such a twin:
the same task with the attack taken out, which names the task by `twin_of` and has no attacks.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from benchwright.attacks import ClassName, Severity
from benchwright.tasks import Candidate, CheckSpec, Difficulty, JsonObject, Record

FileName = Annotated[str, Field(pattern=r"^[\w][\w.-]*\.md$")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(?:[^\n]*\S)?$")]

BLOCKS = ("input", "reference", "bad", "good")


class FrontMatter(Record):
    """What stands between the two `---` lines.

    Attributes:
        pack: A built-in pack, or a folder that starts with `./` or `../`, from the file's own.
        attacks: Classes of the pack's taxonomy; a twin has none.
        why_hard: What makes an agent fail here, in a sentence or two; a twin may leave it out.
        twin: File name of the benign twin, in the same folder.
        twin_of: In a twin: file name of the task.
        base: Whether the checks of the pack's taxonomy are added in front of `checks`.
        pass_score: Absent: the pack's.
    """

    schema_version: Literal[1] = 1
    pack: Line
    title: Line
    dimension: str
    attacks: tuple[ClassName, ...] = ()
    severity: Severity
    difficulty: Difficulty
    author: Line
    date: date
    why_hard: str = ""
    twin: FileName | None = None
    twin_of: FileName | None = None
    tags: tuple[str, ...] = ()
    expected: JsonObject = {}
    base: bool = True
    pass_score: Annotated[float, Field(gt=0, le=1)] | None = None
    checks: tuple[CheckSpec, ...] = ()

    @model_validator(mode="after")
    def _is_task_or_twin(self) -> Self:
        if self.twin and self.twin_of:
            raise ValueError("a file names its twin or the task that it is the twin of, not both")
        return self


class Document(Record):
    """One file: front matter, blocks, and the prose around the blocks.

    `outputs` are the `bad` (label fail) and `good` (label pass) blocks, in the order of the file.
    """

    head: FrontMatter
    notes: str = ""
    input: JsonObject
    reference: JsonObject
    outputs: tuple[Candidate, ...] = ()

    @property
    def is_twin(self) -> bool:
        """Whether the file is the benign twin of another."""
        return self.head.twin_of is not None
