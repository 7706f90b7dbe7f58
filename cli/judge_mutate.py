"""`benchwright judge mutate`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.judge_models import config_option, echo_uses, output_option, source_of
from benchwright.cli.options import echo_json, json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchwright.judges.mutation.run import DefectResult, MutationReport, Survivor

MAX_SURVIVORS_SHOWN = 3


@click.command()
@click.argument("tasks", type=click.Path(path_type=Path))
@click.option(
    "--judge",
    default="gate",
    show_default=True,
    help="gate, offline/rules or a plug-in; with --config, panel or a model of it.",
)
@config_option
@output_option
@click.option(
    "--per-operator",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Most mutants of one kind, each from another task.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Chooses tasks and places.")
@click.option(
    "--min-catch",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.9,
    show_default=True,
    help="Least lower bound of the catch rate of every claimed defect.",
)
@click.option(
    "--max-false-alarms",
    type=click.FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="Most of the benign controls that may be refused.",
)
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(
    ctx: click.Context,
    tasks: Path,
    judge: str,
    config: Path | None,
    output: Path,
    per_operator: int,
    seed: int,
    min_catch: float,
    max_false_alarms: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plant defects in good tasks, and see which of them a judge lets through.

    TASKS is a release folder or JSON Lines of tasks. Each operator changes one thing: a number
    drifts, the answer leaks into the input, a date lies after today, the rubric contradicts
    itself. Benign controls (a name changed everywhere, keys reordered, the request reworded)
    must change nothing. A judge that accepts everything is exposed, and so is one that refuses
    everything.

    A catch rate counts as far as its exact 95 % lower bound: 29 mutants without a miss show .90.
    Exit status 1 when the bound of a claimed defect is below --min-catch, whether by misses or by
    too few mutants, or when too many controls are refused. Survivors are listed; all of them with
    --json.

    With --config models judge, through its ledger and budget: each mutant costs three calls a
    judge, so begin with a small --per-operator. What was paid for once is not paid for again.

    \b
    Example:
      benchwright judge mutate outputs/tenacious-bench/0.1.0
      benchwright judge mutate tasks.jsonl --per-operator 59 --min-catch 0.95
      benchwright judge mutate tasks.jsonl --judge panel --config bench.yaml --per-operator 29
    """
    from benchwright.judges.mutation.run import Plan
    from benchwright.pipeline.mutate import mutate_tasks

    plan = Plan(
        per_operator=per_operator,
        seed=seed,
        min_catch=min_catch,
        max_false_alarms=max_false_alarms,
    )
    with Progress(quiet=quiet or as_json) as progress:
        report = mutate_tasks(tasks, judge, plan, progress, source=source_of(config, output))
    if as_json:
        echo_json(report.model_dump(mode="json", exclude_none=True))
    else:
        print_report(report)
    ctx.exit(0 if report.verdict == "holds" else 1)


def print_report(report: "MutationReport") -> None:
    """Print defects, controls, survivors and the verdict."""
    for claimed in (True, False):
        rows = [_row(one) for one in report.defects if one.claimed is claimed]
        if rows:
            title = "Defects the judge claims to catch" if claimed else "Defects it does not claim"
            header = ["operator", "dimension", "mutants", "caught", "rate", "at least", "status"]
            print_table(title, header, rows)
    print_table(
        "Benign controls",
        ["control", "why it is benign", "shown", "refused"],
        [[one.operator, one.why_benign, one.controls, len(one.alarms)] for one in report.controls],
    )
    for defect in report.defects:
        _list(defect.survivors)
    for control in report.controls:
        _list(control.alarms)
    bound, alarms = report.claimed_lower_bound, report.false_alarm_rate
    click.echo(
        f"{report.judge}: {report.claimed_caught} of {report.claimed_mutants} claimed defects "
        f"caught (at least {'none' if bound is None else f'{bound:.3f}'}), "
        f"{'no controls' if alarms is None else f'{alarms:.1%} of the controls refused'}, "
        f"{len(report.refused_originals)} of {report.tasks} originals refused"
    )
    echo_uses(report.uses)
    click.echo(f"verdict: {report.verdict}")


def _list(mutants: "Sequence[Survivor]") -> None:
    for one in mutants[:MAX_SURVIVORS_SHOWN]:
        verb = "accepted" if one.reason is None else f"refused ({one.reason})"
        click.echo(f"{verb}: {one.task_id} {one.operator} {one.field}: {one.change}")
    if len(mutants) > MAX_SURVIVORS_SHOWN:
        rest = len(mutants) - MAX_SURVIVORS_SHOWN
        click.echo(f"  … and {rest} more of {mutants[0].operator}")


def _row(one: "DefectResult") -> list[object]:
    rate, bound = one.catch_rate, one.lower_bound
    return [
        one.operator,
        one.dimension,
        one.mutants,
        one.caught,
        "none" if rate is None else f"{rate:.3f}",
        "none" if bound is None else f"{bound:.3f}",
        one.status.replace("_", " "),
    ]
