"""`benchwright split`."""

from typing import Any

import click

from benchwright.cli.options import RunOptions, echo_json, run_options
from benchwright.cli.tables import print_table


@click.command()
@run_options
def command(**flags: Any) -> None:
    """Split the tasks of CONFIG; what is kin stays on one side of the line.

    Kin are tasks that share, directly or through others, a trace, a person, a company, a family
    cell, an equal or nearly equal text, or a run of words that is no house rule of the pack.
    Stages before the split are run when they are not there.

    \b
    Example:
      benchwright split bench.yaml
    """
    from benchwright.pipeline.build import split_only

    options = RunOptions(**flags)
    with options.progress() as progress:
        report = split_only(
            options.project(), output=options.output, resume=options.resume, progress=progress
        )
    if options.as_json:
        echo_json(report.to_values())
        return
    shares = report.report["shares"]
    print_table(
        "Splits",
        ["split", "target", "tasks", "share", "difference"],
        [[x["name"], x["target"], x["tasks"], x["share"], x["difference"]] for x in shares],
    )
    largest = report.report["largest_cluster"]
    click.echo(f"clusters        {report.report['clusters']:,} (largest {largest:,} tasks)")
    checks = ", ".join(f"{name} {status}" for name, status in report.checks.items())
    click.echo(f"across splits   {report.contamination} ({checks})")
    click.echo(f"assignments     {report.folder}")
