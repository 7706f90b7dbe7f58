"""How `contamination check` reads, drafts and prints accepted findings and shared passages."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from benchwright.findings import CheckReport
    from benchwright.verdicts import CheckRun

DRAFT_DAYS = 90
SHOWN_ENTRIES = 10
SHOWN_CHARACTERS = 160


def check_flags(flags: Mapping[str, Any]) -> tuple[date, date | Literal["never"]]:
    """Return today and the last day of drafted entries.

    Raises:
        ConfigError: If a flag lacks the one it goes with, the day is none, or the draft would
            replace a file.
    """
    from benchwright.errors import ConfigError, Place

    target = flags["write_accepted"]
    if (target is None) != (flags["reason"] is None):
        raise ConfigError("--write-accepted and --reason go together", fix="give both or neither")
    if flags["expires"] and target is None:
        raise ConfigError("--expires is given without --write-accepted", fix="leave it out")
    if target is not None and target.exists():
        raise ConfigError(
            "the file is there already", fix="name another", place=Place(file=str(target))
        )
    today = flags["today"].date() if flags["today"] else date.today()
    if flags["expires"] == "never":
        return today, "never"
    try:
        last = date.fromisoformat(flags["expires"]) if flags["expires"] else None
    except ValueError as error:
        raise ConfigError(
            f"--expires {flags['expires']!r} is no day", fix="write 2027-01-31, or never"
        ) from error
    return today, last or today + timedelta(days=DRAFT_DAYS)


def write_draft(
    path: Path, report: "CheckReport", *, reason: str, expires: date | Literal["never"]
) -> None:
    """Write a file that accepts what a report found, and say so on stderr."""
    from benchwright.files import write_text
    from benchwright.pipeline.contamination import draft_file

    write_text(path, draft_file(report, reason=reason, expires=expires))
    click.echo(f"drafted {path}; read each entry before you keep it", err=True)


def print_passages(run: "CheckRun") -> None:
    """Print the passages that many test items share, and how many pairs share nothing else."""
    from benchwright.contamination.reports.facts import passage_only

    if not run.passages:
        return
    click.echo(
        f"{run.check}: {len(run.passages):,} passages of many test items; "
        f"{passage_only(run):,} of {len(run.matches):,} pairs share nothing else"
    )
    for passage in run.passages[:SHOWN_ENTRIES]:
        text = " ".join(passage.text.split())[:SHOWN_CHARACTERS]
        click.echo(
            f"  {passage.test_items:,} test items, {passage.train_records:,} training records: "
            f"{text}"
        )
    if len(run.passages) > SHOWN_ENTRIES:
        click.echo(f"  {len(run.passages) - SHOWN_ENTRIES:,} more; --report FILE")


def print_accepted(report: "CheckReport") -> None:
    """Print what was accepted, and every entry that accepted nothing."""
    from benchwright.contamination.reports.facts import (
        accepted_count,
        accepted_entries,
        accepted_text,
        accepted_total,
        counted,
        lapsed,
    )

    if report.accepted is None:
        return
    entries = accepted_entries(report)
    used = [entry for entry in entries if entry.state == "used"]
    total = counted(accepted_total(report), "finding")
    click.echo(
        f"accepted: {total} by {len(used):,} of {len(entries):,} entries of {report.accepted.file}"
    )
    for entry in used[:SHOWN_ENTRIES]:
        click.echo(
            f"  {accepted_count(entry)}, until {entry.expires}: {accepted_text(entry)} "
            f"({entry.reason})"
        )
    if len(used) > SHOWN_ENTRIES:
        click.echo(f"  {len(used) - SHOWN_ENTRIES:,} more; --report FILE")
    for line in lapsed(report)[:SHOWN_ENTRIES]:
        click.echo(f"  {line}")
    if len(lapsed(report)) > SHOWN_ENTRIES:
        click.echo(f"  {len(lapsed(report)) - SHOWN_ENTRIES:,} more accepted nothing")
