"""`benchwright contamination calibrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.calibration import CalibrationReport, DetectorCalibration, Measure, Rate

OUTPUT = click.Path(dir_okay=False, path_type=Path)
PAIRS = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--pairs",
    type=PAIRS,
    help="Your own labelled pairs, JSON Lines: id, kind, label (leak or no_leak), left, right; "
    "half (a or b), made and sources if you like.  [default: the shipped set]",
)
@click.option(
    "--max-false-positives",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Largest share of any kind of pairs without a leak that a proposed threshold may flag.",
)
@click.option(
    "--methods",
    default="",
    help="Comma-separated: exact, ngram, containment, minhash, masked, embedding.",
)
@click.option("--run-words", default=8, show_default=True, help="Words in a shared run (ngram).")
@click.option("--embeddings", is_flag=True, help="Calibrate sentence embeddings, too.")
@click.option("--model", help="Folder or cached hub name of a sentence-transformers model.")
@click.option(
    "--vector-cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep vectors by the hash of their text in this folder.",
)
@click.option(
    "--write-policy", type=OUTPUT, help="Write the proposed thresholds for `check --policy`."
)
@click.option("--report", type=OUTPUT, help="Write the whole report as JSON.")
@click.option("--svg", type=OUTPUT, help="Draw precision and recall over the threshold.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(ctx: click.Context, /, **flags: Any) -> None:
    """Measure each detector on labelled pairs and propose thresholds for it.

    Half a of the pairs sets the thresholds, half b says how good they are; no text stands in both.
    Every share comes with its 95 % interval, and with fewer than 50 pairs of a kind there is no
    number but "insufficient". The shipped pairs are not your tasks: give pairs of your own, most
    of all where tasks share a template. Exits with 1 when no detector could be measured.

    \b
    Example:
      benchwright contamination calibrate --embeddings --write-policy policy.yaml
      benchwright contamination check --test t.jsonl --train r.jsonl --embeddings \\
        --policy policy.yaml
    """
    from benchwright.contamination.calibration.picture import to_svg
    from benchwright.files import write_text
    from benchwright.pipeline.calibration import (
        CalibrationSettings,
        calibrate_detectors,
        policy_text,
    )

    settings = CalibrationSettings(
        pairs=flags["pairs"],
        methods=tuple(name.strip() for name in flags["methods"].split(",") if name.strip()),
        run_words=flags["run_words"],
        max_false_positives=flags["max_false_positives"],
        embeddings=flags["embeddings"],
        model=flags["model"],
        vector_cache=flags["vector_cache"],
    )
    with Progress(quiet=flags["quiet"] or flags["as_json"]) as progress:
        report = calibrate_detectors(settings, advance=progress.stage)
    if flags["as_json"]:
        click.echo(report.to_json())
    else:
        _print(report)
    if flags["report"]:
        write_text(flags["report"], report.to_json() + "\n")
    if flags["svg"]:
        write_text(flags["svg"], to_svg(report))
    if flags["write_policy"]:
        write_text(flags["write_policy"], policy_text(report))
    ctx.exit(0 if any(found.status == "measured" for found in report.detectors) else 1)


def _print(report: "CalibrationReport") -> None:
    pairs = report.pairs
    click.echo(
        f"{pairs.pairs:,} pairs of {pairs.file or 'the shipped set'} (half a {pairs.half_a:,}, "
        f"half b {pairs.half_b:,}); at most {report.max_false_positives:.1%} of any kind without "
        "a leak flagged"
    )
    measured = [found for found in report.detectors if found.status == "measured"]
    if measured:
        print_table(
            "Half b, with 95 % intervals",
            ["check", "threshold", "set by", "recall", "precision", "false positives"],
            [_row(found, *row) for found in measured for row in _rows(found)],
        )
        print_table(
            "Pairs of half b that are flagged, by kind (* what the check is for, its recall above)",
            ["kind", "label", *(found.check for found in measured)],
            _kinds(measured),
        )
        click.echo("False positives are those of the kind without a leak that is flagged most.")
    for found in report.detectors:
        if found.status != "measured" or found.reason:
            click.echo(f"{found.check}: {found.status.replace('_', ' ')}: {found.reason}")


def _rows(found: "DetectorCalibration") -> "list[tuple[str, Measure]]":
    """Return the measures of half b that are shown, each with who set its threshold."""
    rows: list[tuple[str, Measure]] = []
    proposed = found.proposal.half_b if found.proposal else None
    if found.at_default and found.at_default != proposed:
        rows.append(("default" if found.parameter else "", found.at_default))
    if proposed:
        rows.append(("half a" if rows else "default, a", proposed))
    return rows


def _row(found: "DetectorCalibration", name: str, measure: "Measure") -> list[str]:
    return [
        found.check,
        "none" if measure.threshold is None else f"{measure.threshold:g}",
        name,
        _text(measure.recall),
        _text(measure.precision) if measure.precision else "nothing flagged",
        _text(measure.false_positives),
    ]


def _kinds(measured: "list[DetectorCalibration]") -> list[list[str]]:
    rows: dict[tuple[str, str], list[str]] = {}
    for found in measured:
        for kind in _rows(found)[-1][1].kinds:
            share = f"{kind.flagged.found}/{kind.flagged.of}" if kind.flagged else "too few"
            mark = " *" if kind.kind in found.claims and kind.label == "leak" else ""
            rows.setdefault((kind.kind, kind.label), []).append(share + mark)
    return [[kind, label.replace("_", " "), *cells] for (kind, label), cells in rows.items()]


def _text(rate: "Rate") -> str:
    return f"{rate.rate:.3f} ({rate.low:.3f}–{rate.high:.3f})"
