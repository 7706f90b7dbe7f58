"""What the commands that put models to the test share: their config, and what they cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.options import CONFIG

if TYPE_CHECKING:
    from benchwright.judging import JudgeUse
    from benchwright.pipeline.model_judge import Source

config_option = click.option(
    "--config", type=CONFIG, help="The benchmark's config: its judges, prices and budget."
)
output_option = click.option(
    "--outputs",
    "output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("outputs"),
    show_default=True,
    help="Output folder of the builds: who wrote a task stands in its ledger.",
)


def source_of(config: Path | None, output: Path) -> "Source | None":
    """Return where the models come from; None without a config."""
    from benchwright.pipeline.model_judge import Source

    return None if config is None else Source(config=config, output=output)


def echo_uses(uses: "Sequence[JudgeUse]") -> None:
    """Print what each model was asked and what that cost, with its alarms."""
    for use in uses:
        said = f"; {use.passed} pass, {use.failed} fail, {use.unjudged} unjudged"
        click.echo(
            f"{use.model}: {use.calls} calls, {use.input_tokens + use.output_tokens} tokens, "
            f"${use.picodollars / 1e12:.6f}{said if use.tasks else ''}"
        )
        for alarm in use.alarms:
            click.echo(f"alarm: {use.model}: {alarm}")
    if uses:
        spent = sum(use.picodollars for use in uses)
        click.echo(f"cost: ${spent / 1e12:.6f}, replies from the ledger included")
