"""`benchwright contamination scan`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.scans import RecordMatch, ScanReport

DATA = click.Path(exists=True, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
SHOWN_TASKS = 10
SHOWN_PASSAGES = 5
SHOWN_SHARDS = 20


@click.command()
@click.option("--test", type=DATA, multiple=True, help="Held-out file or folder.")
@click.option(
    "--corpus",
    multiple=True,
    required=True,
    metavar="PATH",
    help="File, folder or quoted pattern: .jsonl, .ndjson, .txt, .md (also .gz, .zst), .parquet.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ROLE=FIELD",
    help="Field of the test side: input, id or lineage. Dotted paths.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="Compare only this top-level field or column of the corpus. Default: every value.",
)
@click.option(
    "--containment",
    is_flag=True,
    help="Find edited and rearranged copies inside records, too: three passes instead of one.",
)
@click.option(
    "--canary",
    "canaries",
    multiple=True,
    metavar="GUID",
    help="Look for this canary string, too.",
)
@click.option("--run-words", default=8, show_default=True, help="Words in a shared run, 5 to 31.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads. Default: one a processor.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "python", "compiled"]),
    default="auto",
    show_default=True,
    help="auto: compiled from 50 MB on, where numba is installed (extra fast).",
)
@click.option(
    "--state",
    type=FOLDER,
    help="Folder of finished shards and of all findings. Default: REPORT.scan/, or "
    "contamination.scan/ without --report.",
)
@click.option(
    "--resume/--no-resume",
    default=True,
    show_default=True,
    help="Keep finished shards whose bytes have not changed.",
)
@click.option("--index", type=FILE, help="Keep the test side's runs here; later without --test.")
@click.option("--remove-to", type=FOLDER, help="Write the corpus here without flagged records.")
@click.option("--seed", default=0, show_default=True, help="Which records get planted copies.")
@click.option(
    "--allow-inconclusive",
    metavar="REASON",
    help="Exit with 0 when nothing was found but not all could be compared; printed in the report.",
)
@click.option("--report", type=FILE, help="Write the whole report as JSON.")
@click.option("--html", type=FILE, help="Write it as one page: pairs side by side, filter, keys.")
@click.option("--markdown", type=FILE, help="Write it as Markdown, for a pull request.")
@click.option("--sarif", type=FILE, help="Write it as SARIF 2.1.0, for code scanning.")
@click.option("--junit", type=FILE, help="Write it as JUnit XML.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(ctx: click.Context, /, **flags: Any) -> None:
    """Look for test tasks in a corpus of any size; exit with 1 unless it is clean.

    Reports every record that shares a run of 8 words with a task, word by word, whatever the case,
    punctuation or accents; a task of 5 to 7 words where all of it stands together. Words that many
    tasks share are reported as passages and name no task. Reads once, in little memory, and hides
    planted copies in records of this corpus to measure what it finds. A killed scan goes on where
    it was when the same command runs again. A file that cannot be read makes the exit status 2.

    \b
    Example:
      benchwright contamination scan --test held_out.jsonl --corpus 'corpus/*.jsonl.zst'
      benchwright contamination scan --test t.jsonl --corpus web/ --field text \\
        --report scan.json --html scan.html
      benchwright contamination scan --test t.jsonl --corpus web/ --remove-to clean/
      benchwright contamination scan --index t.npz --test t.jsonl --corpus small.parquet
    """
    from benchwright.files import write_text
    from benchwright.pipeline.contamination_scan import (
        FORMATS,
        ScanSettings,
        render_scan,
        scan_files,
    )

    state = flags["state"] or _default_state(flags["report"])
    settings = ScanSettings(
        state=state,
        maps=flags["maps"],
        fields=flags["fields"],
        containment=flags["containment"],
        canaries=flags["canaries"],
        run_words=flags["run_words"],
        seed=flags["seed"],
        workers=flags["workers"],
        engine=flags["engine"],
        resume=flags["resume"],
        index=flags["index"],
        remove_to=flags["remove_to"],
        allow_inconclusive=flags["allow_inconclusive"],
    )
    with Progress(quiet=flags["quiet"] or flags["as_json"]) as progress:
        report = scan_files(
            flags["test"],
            flags["corpus"],
            settings,
            stage=progress.stage,
            begin=lambda size: progress.bytes_stage("scanning", size),
            advance=progress.advance,
        )
    for name in FORMATS:
        if flags[name]:
            write_text(flags[name], render_scan(report, name))
    if flags["as_json"]:
        click.echo(report.to_json())
    else:
        _print(report, state)
    if report.failed_shards:
        ctx.exit(2)
    ctx.exit(0 if report.verdict in ("clean", "waived") else 1)


def _default_state(report: Path | None) -> Path:
    return report.with_name(f"{report.name}.scan") if report else Path("contamination.scan")


def _print(report: "ScanReport", state: Path) -> None:
    fields = ", ".join(
        f"{role}={'+'.join(paths)}{' (guessed)' if role in report.test.guessed else ''}"
        for role, paths in report.test.field_map.items()
    )
    click.echo(
        f"test    {report.tasks:,} tasks, {report.tasks_compared:,} compared; {fields}\n"
        f"corpus  {report.records:,} records, {report.bytes:,} bytes in {len(report.shards):,} "
        f"files; {', '.join(report.fields) if report.fields else 'all values'}\n"
        f"engine  {report.engine}, runs of {report.run_words} words"
        f"{', containment' if report.containment else ''}"
    )
    if report.not_scanned:
        click.echo(
            f"not read, for their endings: {len(report.not_scanned):,} files, "
            f"first {report.not_scanned[0]}"
        )
    _print_shards(report)
    _print_findings(report, state)
    print_table(
        "Copies hidden in records of this corpus",
        ["kind", "found", "planted", "recall, 95 % interval"],
        [
            [p.kind, p.found, p.planted, f"{p.recall_low:.3f} to {p.recall_high:.3f}"]
            for p in report.plants
        ],
    )
    if report.cleaning is not None:
        done = report.cleaning
        click.echo(
            f"cleaned: {done.records:,} records = {done.kept:,} kept + {done.removed:,} removed + "
            f"{done.failed_kept:,} that could not be read and stay"
        )
    for reason in report.reasons:
        click.echo(f"not clean: {reason}")
    for waiver in report.waivers:
        click.echo(f"waived: {waiver.check}: {waiver.reason}")
    click.echo(f"verdict: {report.verdict}")


def _print_shards(report: "ScanReport") -> None:
    shown = sorted(
        report.shards, key=lambda s: (s.failed is None, -s.flagged_records, -s.failed_records)
    )[:SHOWN_SHARDS]
    print_table(
        f"Files ({len(shown):,} of {len(report.shards):,})",
        ["file", "records", "flagged", "not read", "state"],
        [
            [s.name, s.records, s.flagged_records, s.failed_records, s.failed or "whole"]
            for s in shown
        ],
    )


def _measures(best: "RecordMatch") -> str:
    contained = f", containment {best.containment:.3f}" if best.containment is not None else ""
    return f"coverage {best.coverage:.3f}, {best.longest_run_words} words{contained}"


def _print_findings(report: "ScanReport", state: Path) -> None:
    for finding in report.found[:SHOWN_TASKS]:
        best = finding.best[0]
        spans = best.left.spans
        words = best.left.text[spans[0][0] : spans[0][1]] if spans else ""
        click.echo(
            f"{finding.id}: {finding.records:,} records, best {best.place} "
            f"({_measures(best)})\n"
            f"  {' '.join(words.split())[:200]}"
        )
    if len(report.found) > SHOWN_TASKS:
        click.echo(f"{len(report.found) - SHOWN_TASKS:,} more tasks; --report FILE")
    if report.findings:
        click.echo(f"all {report.findings:,} findings: {state / 'findings'}")
    for passage in report.passages[:SHOWN_PASSAGES]:
        click.echo(
            f"passage of {passage.tasks:,} tasks in {passage.records:,} records, first "
            f"{passage.first}\n  {' '.join(passage.text.split())[:200]}"
        )
    if len(report.passages) > SHOWN_PASSAGES:
        click.echo(f"{len(report.passages) - SHOWN_PASSAGES:,} more passages; --report FILE")
