"""Flags that several commands share, and how they print."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from benchwright.cli.progress import Progress

if TYPE_CHECKING:
    from benchwright.config import Project

F = TypeVar("F", bound=Callable[..., Any])

CONFIG = click.Path(dir_okay=False, path_type=Path)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")

_RUN_PARAMETERS = (
    click.argument("config", type=CONFIG),
    click.option(
        "-o",
        "--output",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("outputs"),
        show_default=True,
        help="Folder of built versions: OUTPUT/NAME/VERSION.",
    ),
    click.option("--seed", type=int, help="Replace the seed of the config."),
    click.option(
        "--limit", type=click.IntRange(min=1), help="At most this many tasks per authoring mode."
    ),
    click.option(
        "--resume/--no-resume",
        default=True,
        show_default=True,
        help="Keep finished stages whose inputs have not changed.",
    ),
    json_option,
    click.option("-q", "--quiet", is_flag=True, help="No progress on stderr."),
)

_CALL_PARAMETERS = (
    click.option(
        "--max-usd",
        type=click.FloatRange(min=0),
        help="Most that this version may cost; replaces budget.max_usd.",
    ),
    click.option(
        "--max-connections",
        type=click.IntRange(min=1, max=256),
        help="Most calls at once to one endpoint; replaces models.max_connections.",
    ),
    click.option(
        "--dry-run",
        "is_dry_run",
        is_flag=True,
        help="Call no model; say how many calls, tokens and dollars it would take.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What every command that runs stages is told; the last three, if it may call models."""

    config: Path
    output: Path
    seed: int | None
    limit: int | None
    resume: bool
    as_json: bool
    quiet: bool
    max_usd: float | None = None
    max_connections: int | None = None
    is_dry_run: bool = False

    def project(self) -> "Project":
        """Read the config with what the command line replaces in it."""
        from benchwright.config import read_project

        return read_project(
            self.config,
            seed=self.seed,
            limit=self.limit,
            max_usd=self.max_usd,
            max_connections=self.max_connections,
        )

    def progress(self) -> Progress:
        """Return the progress that the flags ask for."""
        return Progress(quiet=self.quiet or self.as_json)


def run_options(function: F) -> F:
    """Add the flags of `RunOptions`; the command gets them as keyword arguments."""
    for parameter in reversed(_RUN_PARAMETERS):
        function = parameter(function)
    return function


def call_options(function: F) -> F:
    """Add the flags of commands that may call models to those of `run_options`."""
    for parameter in reversed(_CALL_PARAMETERS):
        function = parameter(function)
    return function


def echo_json(value: object) -> None:
    """Print one JSON object on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))
