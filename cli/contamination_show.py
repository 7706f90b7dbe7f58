"""`benchwright contamination show`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from benchwright.verdicts import Excerpt


@click.command()
@click.argument("report", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("task_id")
def command(report: Path, task_id: str) -> None:
    """Print every finding of TASK_ID in REPORT, both texts, shared spans in [[brackets]].

    \b
    Example:
      benchwright contamination check --test t.jsonl --train c.jsonl --report report.json
      benchwright contamination show report.json task-17

    \b
    Of a scan it prints the best records of the task.
    """
    from benchwright.errors import InputError, nearest
    from benchwright.pipeline.contamination import read_report

    read = read_report(report)
    found = [
        (run.check, match)
        for run in read.contamination.runs
        for match in run.matches
        if task_id in (match.left_id, match.right_id)
    ]
    if not found:
        matches = [match for run in read.contamination.runs for match in run.matches]
        known = {name for m in matches if (name := m.left_id or m.right_id)}
        fix = nearest(task_id, known) if known else "nothing was found in this report"
        raise InputError(f"no finding of {task_id!r} in {report.name}", fix=fix)
    for check, match in found:
        click.echo(f"{check}  {match.title}  score {match.score:.3f}")
        for side, text in (("test", match.left), ("train", match.right)):
            if text is not None:
                click.echo(f"--- {side}\n{_marked(text)}")
        click.echo("")


def _marked(excerpt: "Excerpt") -> str:
    parts, end = [], 0
    for start, stop in excerpt.spans:
        parts += [excerpt.text[end:start], "[[", excerpt.text[start:stop], "]]"]
        end = stop
    return "".join((*parts, excerpt.text[end:]))
