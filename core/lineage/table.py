"""What is known of models: `lineage.yaml`, read once, with what a user's own file adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from benchwright.canonical import canonical_json, sha256_hex
from benchwright.errors import ConfigError, Place, nearest
from benchwright.tasks import Record
from benchwright.yamlfile import read_yaml

InheritanceKind = Literal[
    "distilled_from", "finetuned_from", "merged_from", "trained_on_outputs_of"
]
ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
NamePattern = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9 .]*$")]
Token = Annotated[str, Field(pattern=r"^[a-z0-9]+$")]


class Parent(Record):
    """One line that a model inherits from, how, and who says so."""

    to: ModelId
    kind: InheritanceKind
    source: Annotated[str, Field(min_length=3)]


class ModelEntry(Record):
    """How the models of one line are recognised; the head of `lineage.yaml` explains the fields."""

    lineage: ModelId | None = None
    vendors: tuple[Token, ...] = ()
    names: tuple[NamePattern, ...] = ()
    unless: tuple[Token, ...] = ()
    makers: tuple[Token, ...] = ()
    names_with_maker: tuple[NamePattern, ...] = ()
    parents: tuple[Parent, ...] = ()


class LineageFile(Record):
    """What `lineage.yaml`, or a user's addition to it, says."""

    version: Literal[1]
    transports: tuple[str, ...] = ()
    models: dict[ModelId, ModelEntry] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageTable:
    """Every entry that names are resolved against.

    Attributes:
        models: Entries by id.
        transports: Front parts of a name that say who hosts, not who made.
        sha256: Hash over the content of every file that was read.
    """

    models: Mapping[str, ModelEntry]
    transports: frozenset[str]
    sha256: str

    def lineage_of(self, model_id: str) -> str:
        """Return the lineage that an entry stands for."""
        return self.models[model_id].lineage or model_id

    def lineages(self) -> list[str]:
        """Return every lineage, sorted."""
        return sorted({self.lineage_of(model_id) for model_id in self.models})


@cache
def shipped_table() -> LineageTable:
    """Return the table that comes with benchwright."""
    with as_file(files("benchwright.lineage") / "lineage.yaml") as path:
        return _table([(path, read_yaml(path, LineageFile))])


def read_addition(path: Path | None) -> LineageFile | None:
    """Return a user's own file; it has the form of `lineage.yaml`.

    Raises:
        ConfigError: If it is malformed.
    """
    return None if path is None else read_yaml(path, LineageFile)


def table_with(addition: LineageFile | None, *, path: Path | None = None) -> LineageTable:
    """Return the shipped table with a user's models added.

    The addition may add models and transports; it cannot take away or replace a shipped entry, for
    that would hide a kinship.

    Args:
        addition: From `read_addition`.
        path: Where it was read from, for messages.

    Raises:
        ConfigError: If it repeats a shipped id, or names an unknown parent.
    """
    if addition is None:
        return shipped_table()
    with as_file(files("benchwright.lineage") / "lineage.yaml") as shipped:
        return _table(
            [(shipped, read_yaml(shipped, LineageFile)), (path or Path("added models"), addition)]
        )


def read_table(path: Path | None) -> LineageTable:
    """Return the shipped table with a user's file added; see `table_with`."""
    return table_with(read_addition(path), path=path)


def _table(read: list[tuple[Path, LineageFile]]) -> LineageTable:
    models: dict[str, ModelEntry] = {}
    for path, content in read:
        for model_id, entry in content.models.items():
            if model_id in models:
                raise ConfigError(
                    f"model {model_id!r} stands in the shipped table already",
                    fix="give your entry an id of its own; a shipped one cannot be replaced",
                    place=Place(file=str(path), field=f"models.{model_id}"),
                )
            models[model_id] = entry
    for path, content in read:
        _check_parents(path, content, models)
    return LineageTable(
        models=models,
        transports=frozenset(name for _, content in read for name in content.transports),
        sha256=sha256_hex(canonical_json([content.model_dump(mode="json") for _, content in read])),
    )


def _check_parents(path: Path, content: LineageFile, models: Mapping[str, ModelEntry]) -> None:
    for model_id, entry in content.models.items():
        for index, parent in enumerate(entry.parents):
            if parent.to not in models:
                raise ConfigError(
                    f"unknown parent {parent.to!r}",
                    fix=nearest(parent.to, models),
                    place=Place(file=str(path), field=f"models.{model_id}.parents[{index}].to"),
                )
