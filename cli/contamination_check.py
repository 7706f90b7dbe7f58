"""`benchwright contamination check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.findings import CheckReport, Side

DATA = click.Path(exists=True, path_type=Path)
REPORT = click.Path(dir_okay=False, path_type=Path)
SHOWN_PAIRS = 10


@click.command()
@click.option("--test", type=DATA, multiple=True, required=True, help="Held-out file or folder.")
@click.option("--train", type=DATA, multiple=True, required=True, help="Training file or folder.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="ROLE=FIELD",
    help="input, id, lineage, output, event_date, as_of, canary or names; one side only: "
    "test.input=prompt. Dotted paths.",
)
@click.option(
    "--methods",
    default="",
    help="Comma-separated: exact, ngram, containment, minhash, masked, lineage, time, "
    "canary, answer, embedding.",
)
@click.option("--run-words", default=8, show_default=True, help="Words in a shared run (ngram).")
@click.option(
    "--min-jaccard",
    type=click.FloatRange(0.1, 1),
    show_default="0.8",
    help="Smallest Jaccard similarity of a near-duplicate (minhash).",
)
@click.option(
    "--min-containment",
    type=click.FloatRange(0, 1, min_open=True),
    show_default="0.5",
    help="Smallest share of a test item in one stretch of a record (containment).",
)
@click.option("--release-date", metavar="DAY", help="No test item may be later (time).")
@click.option("--training-cutoff", metavar="DAY", help="No training record may be later (time).")
@click.option(
    "--canary",
    "canaries",
    multiple=True,
    metavar="GUID",
    help="The benchmark's canary, looked for in every training record (canary).",
)
@click.option(
    "--embeddings", is_flag=True, help="Compare sentence embeddings, too (extra offline)."
)
@click.option("--model", help="Folder or cached hub name of a sentence-transformers model.")
@click.option(
    "--min-cosine-similarity",
    type=click.FloatRange(0, 1, min_open=True),
    show_default="0.85",
    help="Smallest cosine similarity of a paraphrase (embedding); calibrate it for your tasks.",
)
@click.option(
    "--vector-cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep vectors by the hash of their text in this folder.",
)
@click.option(
    "--policy",
    type=REPORT,
    help="Thresholds from the YAML file that `contamination calibrate --write-policy` wrote.",
)
@click.option("--seed", default=0, show_default=True, help="Which items planted copies are of.")
@click.option(
    "--allow-inconclusive",
    metavar="REASON",
    help="Exit with 0 when nothing was found but not all could be compared; printed in the report.",
)
@click.option(
    "--accepted",
    type=REPORT,
    help="YAML file of findings that are accepted, each with reason and expiry; all are shown.",
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day that decides which accepted findings have expired.  [default: today]",
)
@click.option(
    "--write-accepted",
    type=REPORT,
    help="Draft such a file from what is found now; needs --reason.",
)
@click.option("--reason", help="Why the findings of --write-accepted are acceptable.")
@click.option(
    "--expires",
    metavar="DAY|never",
    help="Last day of --write-accepted's entries.  [default: 90 days from today]",
)
@click.option("--report", type=REPORT, help="Write the whole report as JSON.")
@click.option("--html", type=REPORT, help="Write it as one page: pairs side by side, filter, keys.")
@click.option("--markdown", type=REPORT, help="Write it as Markdown, for a pull request.")
@click.option("--sarif", type=REPORT, help="Write it as SARIF 2.1.0, for code scanning.")
@click.option("--junit", type=REPORT, help="Write it as JUnit XML, one case per check.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(ctx: click.Context, /, **flags: Any) -> None:
    """Compare a held-out set with training data; exit with 1 unless it is clean.

    Reads JSON Lines (plain, .gz, .zst), Parquet, CSV, or a folder of them. Fields are guessed and
    shown; --map replaces a guess. Before a check is believed it must find copies that are planted
    in the training side. A check with nothing to compare is inconclusive, never clean.

    \b
    Example:
      benchwright contamination check --test held_out.jsonl --train train.jsonl
      benchwright contamination check --test t.jsonl --train corpus/ --map train.input=text
    """
    from benchwright.cli.accepted import check_flags, write_draft
    from benchwright.files import write_text
    from benchwright.pipeline.contamination import FORMATS, CheckSettings, check_files, render

    today, expires = check_flags(flags)
    settings = CheckSettings(
        methods=tuple(name.strip() for name in flags["methods"].split(",") if name.strip()),
        maps=flags["maps"],
        run_words=flags["run_words"],
        min_jaccard=flags["min_jaccard"],
        min_containment=flags["min_containment"],
        release_date=flags["release_date"],
        training_cutoff=flags["training_cutoff"],
        canaries=flags["canaries"],
        seed=flags["seed"],
        embeddings=flags["embeddings"],
        model=flags["model"],
        min_cosine_similarity=flags["min_cosine_similarity"],
        vector_cache=flags["vector_cache"],
        policy=flags["policy"],
        allow_inconclusive=flags["allow_inconclusive"],
        accepted=flags["accepted"],
        today=today,
    )
    with Progress(quiet=flags["quiet"] or flags["as_json"]) as progress:
        report = check_files(flags["test"], flags["train"], settings, advance=progress.stage)
    for name in FORMATS:
        if flags[name]:
            write_text(flags[name], render(report, name))
    if flags["write_accepted"]:
        write_draft(flags["write_accepted"], report, reason=flags["reason"], expires=expires)
    if flags["as_json"]:
        click.echo(report.to_json())
    else:
        _print(report)
    ctx.exit(0 if report.verdict in ("clean", "waived") else 1)


def _print(report: "CheckReport") -> None:
    from benchwright.cli.accepted import print_accepted, print_passages
    from benchwright.contamination.reports.facts import listed, threshold_sources

    for side in (report.test, report.train):
        click.echo(f"{side.role:<6} {_side(side)}")
    print_table(
        "Checks",
        [
            "check",
            "status",
            "comparable",
            "left out",
            "pairs",
            "matches",
            "accepted",
            "plants found",
            "why",
        ],
        [
            [
                run.check,
                run.status,
                run.items_comparable,
                run.items_not_comparable or 0,
                run.pairs_compared,
                len(run.matches),
                run.accepted or 0,
                f"{run.planted_found} of {run.planted}",
                run.reason or "",
            ]
            for run in report.contamination.runs
        ],
    )
    for run in report.contamination.runs:
        print_passages(run)
        for match in listed(run)[:SHOWN_PAIRS]:
            click.echo(f"{run.check}: {match.title} ({match.score:.3f})\n  {match.evidence[:200]}")
        if len(listed(run)) > SHOWN_PAIRS:
            click.echo(f"{run.check}: {len(listed(run)) - SHOWN_PAIRS:,} more; --report FILE")
    print_accepted(report)
    click.echo(f"thresholds: {threshold_sources(report) or 'none'}")
    for waiver in report.waivers:
        click.echo(f"waived: {waiver.check}: {waiver.reason}")
    click.echo(f"verdict: {report.verdict}")


def _side(side: "Side") -> str:
    fields = ", ".join(
        f"{role}={'+'.join(paths)}{' (guessed)' if role in side.guessed else ''}"
        for role, paths in side.field_map.items()
    )
    bad = f", {len(side.bad_rows):,} rows could not be read" if side.bad_rows else ""
    first = side.bad_rows[0] if side.bad_rows else None
    where = f" (first: {first.file}:{first.line}: {first.reason})" if first else ""
    return f"{side.rows:,} rows of {len(side.files):,} files{bad}{where}; {fields}"
