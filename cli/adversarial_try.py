"""`benchwright adversarial try`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.adversarial_lint import many, print_findings, visible
from benchwright.cli.options import echo_json, json_option
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.adversarial_try import Cell, Near, Tried, TryReport

CONTEXT_CHARACTERS = 40
MAX_SHARED_SHOWN = 3


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Also compare with this file, folder of files, release or JSON Lines of tasks; repeat it.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, file: Path, against: tuple[Path, ...], as_json: bool) -> None:
    """Score a hand-written task, and show what it is near to.

    The reference and the good outputs must pass, the bad ones and four empty-headed agents (do
    nothing, echo the input, generic text, always refuse) must fail; each check is shown with the
    words that decided it. Then the nearest known tasks, the words they share with this one
    marked, and the cell of the attack taxonomy that it fills beside the emptiest ones. The other
    files of its folder are always compared. Exit status 1 if lint finds anything.

    \b
    Example:
      benchwright adversarial try adversarial/my_task.md
      benchwright adversarial try my_task.md --against outputs/tenacious-bench/0.1.0
    """
    from benchwright.pipeline.adversarial_files import Shelf
    from benchwright.pipeline.adversarial_try import try_file

    report = try_file(file, against, Shelf())
    if as_json:
        echo_json(report.to_values())
    else:
        _print(report)
    ctx.exit(0 if report.is_accepted else 1)


def _print(report: "TryReport") -> None:
    for one in report.tried:
        _print_tried(one)
    click.echo("")
    click.echo(click.style(f"Nearest of {report.known:,} known tasks", bold=True))
    for near in report.near:
        _print_near(near)
    _print_cells(report)
    print_findings(report.findings)
    verdict = f"not accepted: {many(len(report.findings), 'finding')}"
    verdict = "accepted" if report.is_accepted else verdict
    click.echo(click.style(verdict, fg="green" if report.is_accepted else "red", bold=True))


def _print_tried(one: "Tried") -> None:
    score = one.score
    said = {True: "passes", False: "fails", None: "waits for a judge"}[score.passed]
    mark = click.style("ok ", fg="green") if one.is_right else click.style("NO ", fg="red")
    click.echo(f"{mark} {one.name:<28} {said:<7} {score.value:.2f}")
    if score.problem:
        click.echo(f"       {visible(score.problem)}")
    if one.name.startswith("agent") and one.is_right:
        return
    for item in score.items:
        sign = {"pass": "+", "fail": "-", "not_applicable": "·", "unjudged": "?"}[item.status]
        critical = "!" if item.critical else " "
        click.echo(f"     {sign}{critical} {item.kind:<18} {visible(item.reason)}")
        for span in item.spans[:MAX_SHARED_SHOWN] if item.status == "fail" else ():
            shown = click.style(visible(span.text), fg="yellow")
            click.echo(f"        {span.pointer} [{span.start}:{span.end}] {shown}")


def _print_near(near: "Near") -> None:
    one = near.neighbour
    clone = click.style("  CLONE", fg="red") if one.is_clone else ""
    run = (
        f"longest shared run {one.longest_run_words} words"
        if one.longest_run_words
        else "no shared run"
    )
    click.echo(f"  {one.masked_jaccard:.2f}  {visible(near.name)}  ({run}){clone}")
    longest = sorted(one.spans, key=lambda span: span[0] - span[1])[:MAX_SHARED_SHOWN]
    for start, end in sorted(longest):
        before = visible(near.text[max(0, start - CONTEXT_CHARACTERS) : start])
        after = visible(near.text[end : end + CONTEXT_CHARACTERS])
        shared = visible(near.text[start:end])
        click.echo(f"        … {before} [[{click.style(shared, fg='yellow')}]] {after} …")


def _print_cells(report: "TryReport") -> None:
    def rows(cells: "tuple[Cell, ...]", note: str) -> list[list[object]]:
        return [[cell.attack, cell.dimension, cell.tasks, note] for cell in cells]

    print_table(
        f"Cells of the taxonomy: {report.filled_cells} of {report.all_cells} filled by known tasks",
        ["attack", "dimension", "known tasks", ""],
        [*rows(report.cells, "this task"), *rows(report.emptiest, "among the emptiest")],
    )
