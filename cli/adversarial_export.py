"""`benchwright adversarial export`."""

from pathlib import Path

import click


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="JSON Lines of tasks, twins among them.",
)
def command(files: tuple[Path, ...], output: Path) -> None:
    """Write hand-written tasks and their twins as JSON Lines, for an agent to answer.

    FILES are Markdown files or folders of them. Show an agent the `input` of each line; its
    answers, as lines of {"id", "agent", "output"}, go to `adversarial twin --outputs`. The same
    file goes to `benchwright score`.

    \b
    Example:
      benchwright adversarial export adversarial/ -o tasks.jsonl
      benchwright score tasks.jsonl
    """
    from benchwright.files import write_lines
    from benchwright.pipeline.adversarial_files import Shelf
    from benchwright.pipeline.adversarial_twin import export_tasks

    tasks = export_tasks(files, Shelf())
    write_lines(output, (task.to_json() for task in tasks))
    click.echo(f"{len(tasks)} tasks and twins in {output}")
