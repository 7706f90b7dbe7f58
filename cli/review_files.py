"""`benchwright review export` and `benchwright review import`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.options import echo_json, json_option

if TYPE_CHECKING:
    from benchwright.pipeline.review_files import Imported

FILE = click.Path(dir_okay=False, path_type=Path)
RECORDS = ("labels", "decisions", "adversarial")
TOOLS = ("label-studio", "argilla")
MAX_NAMED = 20


@click.command()
@click.argument("answers", type=FILE)
@click.option(
    "--format",
    "what",
    type=click.Choice((*RECORDS, *TOOLS)),
    default="labels",
    show_default=True,
    help="What people said, or the sample for another tool.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A file for what people said, a folder for another tool.",
)
@json_option
def export(answers: Path, what: str, output: Path, as_json: bool) -> None:
    """Write what people said as JSON Lines, or the sample for another labelling tool.

    \b
      labels       raw labels, for `judge agreement` and `judge calibrate --labels`
      decisions    what was decided about held tasks, for `judges: {decisions: FILE}`
      adversarial  what reviewers said of hand-written tasks
      label-studio a labeling configuration and tasks to import
      argilla      a folder for `rg.Dataset.from_disk`

    Only finished items are written. ANSWERS may be in use.

    \b
    Examples:
      benchwright review export my-bench.review.sqlite -o labels.jsonl
      benchwright review export my-bench.review.sqlite --format label-studio -o for-label-studio
    """
    from benchwright.pipeline.review_files import (
        RECORD_FORMATS,
        TOOL_FORMATS,
        export_records,
        export_tasks,
    )

    record = next((one for one in RECORD_FORMATS if one == what), None)
    tool = next((one for one in TOOL_FORMATS if one == what), None)
    if record is not None:
        count = export_records(answers, record, output)
        files = [output]
        click.echo(f"{count} lines", err=True)
    else:
        assert tool is not None  # noqa: S101 - Click allows no other
        files = export_tasks(answers, tool, output)
    if as_json:
        echo_json({"format": what, "files": [str(path) for path in files]})
    else:
        for path in files:
            click.echo(f"wrote           {path}")


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--from", "tool", type=click.Choice(TOOLS), required=True, help="Which tool.")
@click.option(
    "--blind/--not-blind",
    default=None,
    help="Whether the people could not see each other's labels; required: no file says it.",
)
@click.option("-o", "--output", type=FILE, required=True, help="Where the raw labels go.")
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="ID=NAME",
    help="Name of a user of the tool; without it the id stands in the labels.",
)
@click.option(
    "--pass",
    "first_pass",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Which pass the file holds; a second label by one person is the next.",
)
@click.option(
    "--labelled-at",
    metavar="TIME",
    help="When, as 2026-11-27T09:00:00Z; for argilla, which does not export it.",
)
@json_option
@click.pass_context
def import_labels(
    ctx: click.Context,
    /,
    file: Path,
    tool: str,
    blind: bool | None,
    output: Path,
    people: tuple[str, ...],
    first_pass: int,
    labelled_at: str | None,
    as_json: bool,
) -> None:
    """Read the export of another labelling tool into raw labels.

    FILE is Label Studio's *JSON* export, or what `dataset.records.to_json` of Argilla's SDK writes.
    Predictions and suggestions are made by models and are no labels. What cannot be used is named,
    and left out; exit status 1 if there is any. A Label Studio annotation that was changed more
    than ten minutes after it was made is not used: the export does not hold what it said before.

    \b
    Examples:
      benchwright review import export.json --from label-studio --blind --person 1=ana -o l.jsonl
      benchwright review import records.json --from argilla --blind \\
        --labelled-at 2026-11-27T09:00:00Z -o labels.jsonl
    """
    from benchwright.files import file_sha256, write_lines
    from benchwright.judges.review.foreign import Foreign
    from benchwright.pipeline.review_files import TOOL_FORMATS
    from benchwright.pipeline.review_files import import_labels as read

    if blind is None:
        raise click.UsageError(
            "say --blind if the people could not see each other's labels, else --not-blind"
        )
    moment = _moment(labelled_at, tool)
    [named] = [one for one in TOOL_FORMATS if one == tool]
    imported = read(
        file,
        named,
        Foreign(
            blind=blind,
            session=f"{tool}:{file_sha256(file)[:12]}" if file.is_file() else tool,
            first_pass=first_pass,
            people=dict(_pair(entry) for entry in people),
            labelled_at=moment,
        ),
    )
    write_lines(output, (label.to_json() for label in imported.labels))
    _report(imported, output, as_json=as_json)
    ctx.exit(1 if imported.unusable or not imported.labels else 0)


def _report(imported: "Imported", output: Path, *, as_json: bool) -> None:
    if as_json:
        unusable = [{"where": one.where, "reason": one.reason} for one in imported.unusable]
        echo_json(
            {
                "labels": len(imported.labels),
                "skipped": imported.skipped,
                "unusable": unusable,
                "file": str(output),
            }
        )
        return
    click.echo(f"labels          {len(imported.labels)}")
    click.echo(f"skipped         {imported.skipped} by the people themselves")
    click.echo(f"not usable      {len(imported.unusable)}")
    click.echo(f"wrote           {output}")
    for one in imported.unusable[:MAX_NAMED]:
        click.echo(f"{one.where}: {one.reason}", err=True)
    if len(imported.unusable) > MAX_NAMED:
        click.echo(f"and {len(imported.unusable) - MAX_NAMED} more", err=True)


def _pair(entry: str) -> tuple[str, str]:
    from benchwright.errors import ConfigError

    person, _, name = entry.partition("=")
    if not person or not name.strip():
        raise ConfigError(f"--person {entry!r}", fix="write ID=NAME")
    return person, name.strip()


def _moment(text: str | None, tool: str) -> datetime | None:
    from benchwright.errors import ConfigError

    if (text is None) != (tool != "argilla"):
        said = "does not say when people answered" if text is None else "says when itself"
        fix = "give --labelled-at TIME" if text is None else "drop --labelled-at"
        raise ConfigError(f"the export of {tool} {said}", fix=fix)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"--labelled-at {text!r} is no time", fix="write 2026-11-27T09:00:00Z"
        ) from error
    if moment.tzinfo is None:
        raise ConfigError(f"--labelled-at {text!r} has no time zone", fix="end it in Z for UTC")
    return moment.astimezone(UTC)
