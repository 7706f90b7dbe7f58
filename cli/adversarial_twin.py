"""`benchwright adversarial twin`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.adversarial_lint import visible
from benchwright.cli.options import echo_json, json_option
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.adversarial_files import Shelf
    from benchwright.pipeline.adversarial_twin import EffectReport


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="POINTER=VALUE",
    help="Draft: give a field of the input another value (JSON, or text); repeat it.",
)
@click.option(
    "--remove",
    "removed",
    multiple=True,
    metavar="POINTER",
    help="Draft: take a field out of the input; repeat it.",
)
@click.option(
    "--outputs",
    type=click.Path(dir_okay=False, path_type=Path),
    help='Prove instead: JSON Lines of {"id", "agent", "output"} for tasks and twins.',
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[Path, ...],
    changes: tuple[str, ...],
    removed: tuple[str, ...],
    outputs: Path | None,
    as_json: bool,
) -> None:
    """Draft the benign twin of a task, or prove that the attack is what defeats an agent.

    The twin is the same task with the attack taken out: NAME.twin.md beside NAME.md. The draft
    has the attack classes, the bad outputs and what --set and --remove name changed; its notes
    say how the classes are taken out, and the rest is for the editor. Where the twin is there
    already, what differs is shown.

    With --outputs nothing is written: an agent must fail the task and pass the twin. Shares are
    given with their lower 95 % Wilson bounds; exit status 1 unless every task shows the effect
    for every agent that answered. `benchwright adversarial export` writes what agents answer.

    \b
    Example:
      benchwright adversarial twin adversarial/my_task.md \\
        --set /bench_summary/stacks/go/available_engineers=13
      benchwright adversarial twin adversarial/ --outputs naive_agent.jsonl
    """
    from benchwright.pipeline.adversarial_files import Shelf

    if outputs is not None:
        if changes or removed:
            raise click.UsageError("--outputs proves a finished twin; leave --set and --remove out")
        _prove(ctx, files, outputs, as_json=as_json)
        return
    if len(files) != 1 or files[0].is_dir():
        raise click.UsageError("name one file to draft its twin; several go with --outputs")
    _draft(files[0], Shelf(), changes, removed, as_json=as_json)
    ctx.exit(0)


def _draft(
    path: Path, shelf: "Shelf", changes: tuple[str, ...], removed: tuple[str, ...], *, as_json: bool
) -> None:
    from benchwright.pipeline.adversarial_draft import write_twin
    from benchwright.pipeline.adversarial_lint import changed_places
    from benchwright.pipeline.adversarial_twin import twin_of

    file = shelf.open(path)
    twin = twin_of(file, shelf)
    drafted = twin is None or bool(changes or removed)
    if drafted:
        twin = shelf.open(write_twin(file, changes=changes, removed=removed))
    task, other = file.reading.document, twin.reading.document if twin else None
    places = changed_places(task.input, other.input) if task and other else []
    written = str(twin.path) if twin else None
    if as_json:
        differs = [dict(zip(("pointer", "task", "twin"), place, strict=True)) for place in places]
        echo_json({"twin": written, "drafted": drafted, "differs": differs})
        return
    click.echo(f"{'drafted' if drafted else 'there is'}  {written}")
    rows = [list(map(visible, place)) for place in places]
    print_table("Where the inputs differ", ["field", "task", "twin"], rows)
    click.echo(f"next: benchwright adversarial lint {path} {written}")


def _prove(ctx: click.Context, files: tuple[Path, ...], outputs: Path, *, as_json: bool) -> None:
    from benchwright.pipeline.adversarial_files import Shelf
    from benchwright.pipeline.adversarial_twin import prove

    report = prove(files, outputs, Shelf())
    if as_json:
        echo_json(report.to_values())
    else:
        _print_effects(report)
    ctx.exit(0 if report.holds else 1)


def _print_effects(report: "EffectReport") -> None:
    words = {True: "shown", False: "NOT shown", None: "not answered"}
    print_table(
        "The attack's effect, task by task",
        ["task", "agent", "task failed", "twin passed", "effect"],
        [
            [
                *(one.name, one.agent),
                f"{one.task_failed} of {one.task_answers}",
                f"{one.twin_passed} of {one.twin_answers}",
                words[one.shown],
            ]
            for one in report.effects
        ],
    )
    print_table(
        "Agents, over the tasks that they answered with their twins",
        ["agent", "tasks", "failed", "at least", "twins passed", "both", "at least"],
        [
            [
                *(one.agent, one.pairs, one.failed),
                f"{bounds[0]:.3f}" if (bounds := one.bounds()) else "nothing to tell",
                *(one.passed, one.shown),
                f"{bounds[1]:.3f}" if bounds else "nothing to tell",
            ]
            for one in report.agents
        ],
    )
    click.echo("at least: lower 95 % Wilson bound of the share")
    for problem in report.problems:
        click.echo(problem, err=True)
