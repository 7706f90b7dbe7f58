"""The one file a user edits: what to build, from what, and how it is split.

Unknown keys are refused with their line and the nearest known key. Paths are relative to the
folder of the file.
"""

import math
import os
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, Place
from benchwright.model_config import BudgetConfig, JudgesConfig, ModelsConfig, SyntheticConfig
from benchwright.tasks import Record
from benchwright.yamlfile import read_yaml

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]


class BenchmarkConfig(Record):
    """Name, version and licence of what is built.

    `created_at` is written into every row; without it, `SOURCE_DATE_EPOCH` is used, and without
    that the rows carry no time: the clock is never read. `as_of` replaces the pack's date.
    """

    name: Slug
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$")]
    license: Slug = "cc-by-4.0"
    created_at: AwareDatetime | None = None
    as_of: date | None = None


class TraceConfig(Record):
    """Trace-derived tasks: files or globs, and how many tasks to keep at most."""

    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    count: Annotated[int, Field(gt=0)] | None = None


class ProgrammaticConfig(Record):
    """Programmatic tasks: which families, the strength t of the covering arrays, how many."""

    families: Literal["all"] | tuple[str, ...] = "all"
    strength: Literal[1, 2, 3] = 2
    count: Annotated[int, Field(gt=0, le=1_000_000)]
    max_candidates: Annotated[int, Field(gt=0)] | None = None


class AdversarialConfig(Record):
    """Tasks written by hand: files or globs of Markdown, and how many to take at most.

    `outputs` is a file of what baseline agents answered to tasks and twins: where it is given, a
    task enters only if every agent fails it and passes its twin.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    outputs: str | None = None
    count: Annotated[int, Field(gt=0)] | None = None

    @field_validator("files", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class AuthorConfig(Record):
    """The authoring modes of this benchmark; at least one."""

    trace: TraceConfig | None = None
    programmatic: ProgrammaticConfig | None = None
    adversarial: AdversarialConfig | None = None
    synthetic: SyntheticConfig | None = None

    @model_validator(mode="after")
    def _has_a_mode(self) -> Self:
        if not (self.trace or self.programmatic or self.adversarial or self.synthetic):
            known = "trace, programmatic, adversarial or synthetic"
            raise ValueError(f"name at least one authoring mode: {known}")
        return self


class SplitConfig(Record):
    """Shares of the splits (they sum to 1) and how far a split may end from its share."""

    train: Annotated[float, Field(ge=0, lt=1)] = 0.5
    dev: Annotated[float, Field(ge=0, lt=1)] = 0.3
    held_out: Annotated[float, Field(gt=0, le=1)] = 0.2
    max_deviation: Annotated[float, Field(gt=0, le=1)] = 0.05

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Self:
        total = self.train + self.dev + self.held_out
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train + dev + held_out is {total:g}, not 1")
        return self

    def ratios(self) -> dict[str, float]:
        """Return the share of each split that has one."""
        shares = {"train": self.train, "dev": self.dev, "held_out": self.held_out}
        return {name: share for name, share in shares.items() if share > 0}


class ContaminationConfig(Record):
    """How tasks are compared with one another, and with what models may have seen.

    Tasks that share a run of `ngram_words` words, or whose Jaccard similarity over runs of five
    characters is `min_jaccard` or more, stay on one side of the split; house rules of the pack,
    which all tasks share, do not count. `references` are corpora that models may have seen: paths,
    folders or globs of JSON Lines, Parquet or text; a task that stands in one is left out.
    """

    ngram_words: Annotated[int, Field(ge=5, le=50)] = 8
    min_jaccard: Annotated[float, Field(ge=0.1, le=1)] = 0.8
    references: tuple[str, ...] = ()


class Config(Record):
    """One benchmark version."""

    benchmark: BenchmarkConfig
    seed: int = 0
    pack: str
    author: AuthorConfig
    judges: JudgesConfig | None = None
    models: ModelsConfig = ModelsConfig()
    budget: BudgetConfig | None = None
    contamination: ContaminationConfig = ContaminationConfig()
    split: SplitConfig = SplitConfig()

    @field_validator("pack")
    @classmethod
    def _pack_is_named(cls, value: str) -> str:
        if not re.fullmatch(r"[\w./-]+", value):
            raise ValueError("a pack is a built-in name or a relative path")
        return value


class Project(Record):
    """A config, the folder its paths start from, and its content hash."""

    config: Config
    base: Path
    config_sha256: str

    @property
    def created_at(self) -> datetime | None:
        """The time written into rows: from the config, else `SOURCE_DATE_EPOCH`, else none."""
        stated = self.config.benchmark.created_at
        if stated is not None:
            return stated.astimezone(UTC)
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if epoch is None:
            return None
        if not epoch.isdigit():
            raise ConfigError(
                f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds",
                fix="unset it or give seconds since 1970",
            )
        return datetime.fromtimestamp(int(epoch), tz=UTC)


def read_project(
    path: Path,
    *,
    seed: int | None = None,
    limit: int | None = None,
    max_usd: float | None = None,
    max_connections: int | None = None,
) -> Project:
    """Read a config file; what is given beside it replaces what the file says.

    The cap and the connections decide when calls are made, not what is built, so that replacing
    them leaves the config's hash as it is.

    Args:
        path: The YAML file.
        seed: Replaces `seed`.
        limit: Caps the number of tasks of each authoring mode.
        max_usd: Replaces `budget.max_usd`.
        max_connections: Replaces `models.max_connections`.

    Raises:
        ConfigError: If the file is not a valid config, every bad field with its line; if the cap is
            not a number of dollars.
    """
    config = read_yaml(path, Config)
    if seed is not None:
        config = config.model_copy(update={"seed": seed})
    if limit is not None:
        config = _limited(config, limit)
    config_sha256 = sha256_hex(config.to_json())
    if max_usd is not None:
        if not 0 <= max_usd < math.inf:
            raise ConfigError(f"max_usd is {max_usd:g}", fix="give dollars, such as 5 or 0.25")
        budget = config.budget or BudgetConfig(max_usd=max_usd)
        budget = budget.model_copy(update={"max_usd": max_usd})
        config = config.model_copy(update={"budget": budget})
    if max_connections is not None:
        models = config.models.model_copy(update={"max_connections": max_connections})
        config = config.model_copy(update={"models": models})
    return Project(config=config, base=path.resolve().parent, config_sha256=config_sha256)


def find_sources(project: Project) -> list[Path]:
    """Return the trace files of the config, sorted, each once.

    Raises:
        ConfigError: If a path or glob matches no file.
    """
    assert project.config.author.trace is not None  # noqa: S101 - the caller checked
    return _find(project.base, project.config.author.trace.sources, "author.trace.sources")


def find_adversarial(project: Project) -> list[Path]:
    """Return the hand-written files of the config, sorted, each once.

    Raises:
        ConfigError: If a path or glob matches no file.
    """
    assert project.config.author.adversarial is not None  # noqa: S101 - the caller checked
    files = project.config.author.adversarial.files
    return _find(project.base, files, "author.adversarial.files")


def find_seed_traces(project: Project) -> list[Path]:
    """Return the trace files that seed synthetic tasks, sorted, each once; often none.

    Raises:
        ConfigError: If a path or glob matches no file.
    """
    assert project.config.author.synthetic is not None  # noqa: S101 - the caller checked
    return _find(project.base, project.config.author.synthetic.traces, "author.synthetic.traces")


def _find(base: Path, patterns: Sequence[str], field: str) -> list[Path]:
    found: dict[Path, None] = {}
    for index, pattern in enumerate(patterns):
        matches = sorted(_expand(base, pattern))
        if not matches:
            raise ConfigError(
                f"no file matches {pattern!r} in {base}",
                fix="correct the path; it starts from the folder of the config",
                place=Place(field=f"{field}[{index}]"),
            )
        found.update(dict.fromkeys(matches))
    return list(found)


def find_references(project: Project) -> list[Path]:
    """Return the files and folders of `contamination.references`, sorted, each once.

    Raises:
        ConfigError: If a path or glob matches nothing.
    """
    found: dict[Path, None] = {}
    for index, pattern in enumerate(project.config.contamination.references):
        folder = (project.base / pattern).resolve()
        matches = [folder] if folder.is_dir() else sorted(_expand(project.base, pattern))
        if not matches:
            raise ConfigError(
                f"no file matches {pattern!r} in {project.base}",
                fix="correct the path; it starts from the folder of the config",
                place=Place(field=f"contamination.references[{index}]"),
            )
        found.update(dict.fromkeys(matches))
    return list(found)


def _expand(base: Path, pattern: str) -> list[Path]:
    absolute = Path(pattern)
    if absolute.is_absolute():
        base, pattern = Path(absolute.anchor), str(absolute.relative_to(absolute.anchor))
    return [path for path in base.glob(pattern) if path.is_file()]


def _limited(config: Config, limit: int) -> Config:
    author = config.author
    modes = {name: getattr(author, name) for name in type(author).model_fields}
    limited = {
        name: mode.model_copy(update={"count": min(limit, mode.count or limit)})
        for name, mode in modes.items()
        if mode is not None
    }
    return config.model_copy(update={"author": author.model_copy(update=limited)})
