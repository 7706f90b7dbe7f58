"""`benchwright build`."""

from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.estimate import dry_run
from benchwright.cli.options import RunOptions, call_options, echo_json, run_options
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.results import BuildResult


@click.command()
@run_options
@call_options
@click.option("--replace", is_flag=True, help="Replace a different release of the same version.")
def command(replace: bool, **flags: Any) -> None:
    """Build the benchmark version that CONFIG describes.

    Authors tasks in each mode, checks them, has them judged, splits them with no kin across the
    line, and writes the release to OUTPUT/NAME/VERSION. Finished stages are kept in
    OUTPUT/NAME/VERSION.work: a run that was killed goes on where it stopped and ends in the same
    bytes. It runs offline unless CONFIG names models as authors or judges; then --dry-run says
    what they would cost, budget.max_usd is never crossed, and every reply is in
    OUTPUT/NAME/ledger.sqlite, so that none is paid for twice.

    \b
    Example:
      benchwright build bench.yaml
      benchwright build bench.yaml --dry-run
      benchwright build bench.yaml --limit 20 --output try --json
    """
    from benchwright.pipeline.build import build

    options = RunOptions(**flags)
    if options.is_dry_run:
        dry_run(options, "build")
    with options.progress() as progress:
        result = build(
            options.project(),
            output=options.output,
            resume=options.resume,
            progress=progress,
            replace=replace,
        )
    if options.as_json:
        echo_json(result.to_values())
    else:
        print_result(result)


def print_result(result: "BuildResult") -> None:
    """Print the funnel, the reasons, the split and where the release lies."""
    splits = result.split_names
    print_table(
        "Funnel",
        ["mode", "read", "authored", "checked", "kept", *splits],
        [
            [row.mode, row.read, row.authored, row.checked, row.kept]
            + [row.splits.get(name, 0) for name in splits]
            for row in result.funnel
        ],
    )
    print_table(
        "Left out, by reason",
        ["stage", "mode", "reason", "count"],
        [[reason.stage, reason.mode, reason.text, reason.count] for reason in result.reasons],
    )
    _print_cost(result)
    coverage = result.coverage
    click.echo(
        f"coverage        {coverage['covered']:,} of {coverage['feasible']:,} feasible tuples "
        f"({coverage['infeasible']:,} proved infeasible) in {coverage['families']} families"
        if coverage["families"]
        else "coverage        no programmatic families"
    )
    checks = ", ".join(f"{name} {status}" for name, status in result.checks.items())
    click.echo(f"across splits   {result.contamination} ({checks})")
    click.echo(f"kept stages     {result.resumed} of {result.stages} were there already")
    click.echo(f"release         {result.release_folder}")
    click.echo(f"\nnext: benchwright manifest verify {result.release_folder}")


def _print_cost(result: "BuildResult") -> None:
    from benchwright.costs import dollars

    cost = result.cost
    if cost.rows:
        print_table(
            "Cost, of kept and left out alike",
            ["mode", "role", "model", "calls", "tokens", "dollars", "price from"],
            [
                [
                    *(row.mode, row.role, row.model, row.calls),
                    *(row.input_tokens + row.output_tokens, dollars(row.picodollars)),
                    ", ".join(priced.source.replace("_", " ") for priced in row.priced),
                ]
                for row in cost.rows
            ],
        )
    each = ", ".join(
        f"{dollars(mode.picodollars_per_accepted_task)} a {mode.mode} task"
        for mode in cost.modes
        if mode.picodollars_per_accepted_task is not None
    )
    click.echo(f"cost            {dollars(cost.picodollars)}{f' ({each})' if each else ''}")
    if result.lost_picodollars:
        lost = dollars(result.lost_picodollars)
        click.echo(f"                up to {lost} more for calls that brought no reply")
