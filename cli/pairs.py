"""`benchwright pairs`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.options import echo_json, json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.pairs import PairsResult
    from benchwright.preferences import PairSettings

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("release_or_config", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=FOLDER, help="Folder of the pairs; by default VERSION.pairs.")
@click.option(
    "--output",
    type=FOLDER,
    default=Path("outputs"),
    show_default=True,
    help="For a config: the folder of built versions.",
)
@click.option(
    "--models",
    "with_models",
    is_flag=True,
    help="For a config: have the models of author.synthetic write rejected outputs, too.",
)
@click.option(
    "--per-task",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Most pairs a task.",
)
@click.option(
    "--max-cosine-similarity",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.92,
    show_default=True,
    help="Chosen and rejected stay below it (TF-IDF).",
)
@click.option("--max-usd", type=click.FloatRange(min=0), help="Replaces budget.max_usd.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the planted copies.")
@click.option("--replace", is_flag=True, help="Put the pairs in the place of others.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def command(
    release_or_config: Path,
    out: Path | None,
    output: Path,
    with_models: bool,
    per_task: int,
    max_cosine_similarity: float,
    max_usd: float | None,
    seed: int,
    replace: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Make preference pairs (chosen, rejected) for TRL from the train tasks of a release.

    RELEASE_OR_CONFIG is a release folder, or a config whose release is built. Chosen is the
    reference of a task and passes its rubric. Rejected fails it: the task's own failing outputs,
    then the reference with rules of the rubric broken, and with --models what a model that is kin
    to no judge writes (through the ledger and the budget of the config).

    A pair has no placeholder, is not too alike, and shares nothing with a held-out or dev task.
    audit.jsonl says of every candidate why it was kept or left out. Two configs are written:
    preference_pairs (texts) and preference_pairs_conversational (messages).

    \b
    Examples:
      benchwright pairs outputs/my-bench/0.1.0
      benchwright pairs bench.yaml --models --max-usd 2 --per-task 3
    """
    from benchwright.preferences import PairSettings

    settings = PairSettings(
        per_task=per_task, max_cosine_similarity=max_cosine_similarity, seed=seed
    )
    with Progress(quiet=quiet or as_json) as progress:
        if release_or_config.is_dir():
            result = _of_release(
                release_or_config, out, settings, progress, replace, with_models, max_usd
            )
        else:
            from benchwright.config import read_project
            from benchwright.pipeline.pairs import pairs_of_project

            result = pairs_of_project(
                read_project(release_or_config, max_usd=max_usd),
                out,
                settings,
                progress,
                output=output,
                with_models=with_models,
                replace=replace,
            )
    if as_json:
        values = {"folder": str(result.folder), "is_new": result.is_new}
        echo_json({**values, "report": result.report.model_dump(mode="json", exclude_none=True)})
    else:
        _print(result)


def _of_release(
    release: Path,
    out: Path | None,
    settings: "PairSettings",
    progress: Progress,
    replace: bool,
    with_models: bool,
    max_usd: float | None,
) -> "PairsResult":
    from benchwright.errors import ConfigError
    from benchwright.pipeline.pairs import pairs_of_release

    if with_models or max_usd is not None:
        raise ConfigError(
            "a release names no models to call", fix="give the config for --models and --max-usd"
        )
    folder = out or release.with_name(release.name + ".pairs")
    return pairs_of_release(release, folder, settings, progress, replace=replace)


def _print(result: "PairsResult") -> None:
    from benchwright.preferences import REASONS

    report = result.report
    click.echo(
        f"{report.kept} pairs from {report.tasks_with_pairs} of {report.tasks} train tasks; "
        f"{report.candidates} candidates"
    )
    rows = [("kept", f"rejected: {name}", count) for name, count in sorted(report.sources.items())]
    rows += [
        ("left out", REASONS[reason], count) for reason, count in sorted(report.skipped.items())
    ]
    print_table("Candidates", ["what", "why", "candidates"], rows)
    click.echo(f"held-out and dev: {report.overlap.status}")
    click.echo(f"{'wrote' if result.is_new else 'unchanged:'} {result.folder}")
