"""`benchwright adversarial import`."""

from datetime import date, datetime
from pathlib import Path

import click

from benchwright.cli.options import echo_json, json_option


@click.command()
@click.argument("library", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder that the drafts go to.",
)
@click.option("--pack", required=True, help="A built-in pack, or a folder from --to (./my-pack).")
@click.option("--author", required=True, help="Who is responsible for the drafts.")
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="Date of the drafts; today without it."
)
@json_option
def command(
    library: Path, folder: Path, pack: str, author: str, on: datetime | None, as_json: bool
) -> None:
    """Turn a library of probes into drafts of tasks.

    LIBRARY is Markdown with one heading for each probe (`### P-009 — Title`) below headings
    `## Category: …`, and bold field names (`**Hypothesis:** …`). What a probe says becomes the
    draft's reason and notes; what it does not say stays TODO, and `lint` names it. Drafts that
    are there already are left alone.

    \b
    Example:
      benchwright adversarial import probe_library.md --to drafts \\
        --pack tenacious_outbound --author ana.k
      benchwright adversarial lint drafts
    """
    from benchwright.pipeline.adversarial_draft import import_probes
    from benchwright.pipeline.adversarial_files import Shelf

    day = on.date() if on else date.today()
    report = import_probes(library, folder, pack=pack, author=author, on=day, shelf=Shelf())
    if as_json:
        echo_json(report.to_values())
        return
    click.echo(f"probes   {report.probes}")
    click.echo(f"drafts   {len(report.written)} written to {folder}")
    if report.kept:
        click.echo(f"kept     {len(report.kept)} were there already")
    click.echo(f"\nnext: benchwright adversarial lint {folder}")
