"""`--dry-run`: print what a run would ask of models and cost."""

from typing import TYPE_CHECKING, NoReturn

import click

from benchwright.cli.options import RunOptions, echo_json
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.estimate import Estimate, Part


def dry_run(options: RunOptions, part: "Part") -> NoReturn:
    """Print the estimate of a run and end: with 1 when even the low one exceeds the cap."""
    from benchwright.pipeline.estimate import estimate
    from benchwright.pipeline.run import open_run

    with options.progress() as progress:
        run = open_run(
            options.project(), output=options.output, resume=options.resume, progress=progress
        )
        found = estimate(run, part)
    if options.as_json:
        echo_json(found.to_values())
    else:
        _print(found)
    click.get_current_context().exit(0 if found.fits else 1)


def _print(found: "Estimate") -> None:
    print_table(
        "Estimate, low to high",
        ["role", "model", "held", "calls", "input tokens", "output tokens", "dollars"],
        [
            [
                *(row.role, row.model, row.held),
                _range(row.low.calls, row.high.calls),
                _range(row.low.input_tokens, row.high.input_tokens),
                _range(row.low.output_tokens, row.high.output_tokens),
                f"{row.low.usd:.4f}–{row.high.usd:.4f}",
            ]
            for row in found.rows
        ],
    )
    if found.cap_picodollars is None:
        click.echo("no model is paid: nothing to estimate")
        return
    low, high = found.low_picodollars, found.high_picodollars
    click.echo(f"this run        ${low / 1e12:.4f} to ${high / 1e12:.4f}")
    click.echo(f"spent so far    ${found.spent_picodollars / 1e12:.4f} on this version")
    verdict = "the low estimate fits" if found.fits else "even the low estimate exceeds it"
    click.echo(f"cap             ${found.cap_picodollars / 1e12:.4f}: {verdict}")


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
