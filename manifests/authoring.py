"""What a release says of itself: where its rows came from, how many, made by whom, with what.

Every number is counted from the stages or from the rows; nothing is typed by hand. Paths are
relative, and no host or user is named.
"""

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from benchwright.config import Slug
from benchwright.judging import JudgingReport
from benchwright.tasks import Mode, Record, Sha256

Count = Annotated[int, Field(ge=0)]
SplitName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _is_relative(name: str) -> str:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or re.match(r"~|[a-zA-Z]:|.*\\", name):
        raise ValueError(f"{name!r} is not a relative path inside its folder")
    return name


RelativeName = Annotated[str, AfterValidator(_is_relative)]


class BenchmarkRef(Record):
    """The benchmark version that a release holds."""

    name: Slug
    version: str
    license: Slug


class PackRef(Record):
    """The pack the tasks were made with: its hash covers every file."""

    name: str
    title: str
    sha256: Sha256
    files: dict[RelativeName, Sha256]
    dimensions: dict[str, str] = Field(description="Question that each dimension asks, by name.")


class SourceRef(Record):
    """A trace file or a hand-written task, and what was found in it.

    `groups` counts the tasks that its traces attempt.
    """

    name: RelativeName
    format: str
    sha256: Sha256
    records: Count
    bad_records: Count
    groups: Count


class Providers(Record):
    """Who did the work, by role: rules, or the names of models."""

    author: dict[Mode, str]
    judge: str


class ModeCounts(Record):
    """Where everything of one authoring mode went, stage by stage.

    `read` counts what entered: records of traces, candidates drawn from families, hand-written
    files. What was left out gave no task, or one that the author refused itself.
    """

    mode: Mode
    read: Count
    left_out: dict[str, Count] = {}
    authored: Count
    checked: Count
    rejected: dict[str, Count] = {}
    held: dict[str, Count] = {}
    kept: Count
    splits: dict[SplitName, Count]

    @model_validator(mode="after")
    def _every_task_left_once(self) -> Self:
        steps = (
            ("read", self.read, self.authored + sum(self.left_out.values())),
            ("authored", self.authored, self.checked),
            ("checked", self.checked, self.kept + _total(self.rejected) + _total(self.held)),
            ("kept", self.kept, sum(self.splits.values())),
        )
        for name, entered, left in steps:
            if entered != left:
                raise ValueError(f"{name} is {entered}, but {left} are accounted for after it")
        return self


class RowCount(Record):
    """Rows of one split, mode and dimension."""

    split: SplitName
    mode: Mode
    dimension: str
    tasks: Count


class SplitCount(Record):
    """Rows of one split, and how many of them can be read without a key."""

    name: SplitName
    tasks: Count
    in_clear: Count


class FileRef(Record):
    """Hash and size of one file of the release."""

    sha256: Sha256
    size_bytes: Count


class AuthoringManifest(Record):
    """`manifests/authoring.json`.

    `model_calls` counts the calls that the rows name; `merkle_root` is over the canonical rows in
    the order of their ids; `files` lists all files but this one, the card and the checksums.
    """

    schema_version: Literal[1] = 1
    benchmark: BenchmarkRef
    tool_version: str
    created_at: datetime | None = None
    config_sha256: Sha256
    pack: PackRef
    packages: dict[str, str]
    sources: tuple[SourceRef, ...]
    seeds: dict[str, int]
    providers: Providers
    model_calls: Count
    modes: tuple[ModeCounts, ...]
    tasks: Count
    splits: Annotated[tuple[SplitCount, ...], Field(max_length=100)]
    rows: tuple[RowCount, ...]
    merkle_root: Sha256
    canary: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    files: dict[RelativeName, FileRef]


class GateCounts(Record):
    """What the gate did with the tasks of one mode."""

    mode: Mode
    checked: Count
    kept: Count
    rejected: dict[str, Count]
    held: dict[str, Count]


class GateManifest(Record):
    """`manifests/gate.json`: totals by rule, what each rule and reason means, and who judged."""

    schema_version: Literal[1] = 1
    judge: str
    modes: tuple[GateCounts, ...]
    reasons: dict[str, str]
    judging: JudgingReport | None = None


def _total(counts: dict[str, int]) -> int:
    return sum(counts.values())
