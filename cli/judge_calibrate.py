"""`benchwright judge calibrate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.judge_models import config_option, echo_uses, output_option, source_of
from benchwright.cli.models import declare_option, lineage_option, parse_declaration
from benchwright.cli.options import echo_json, json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.judges.calibration import Agreement, CalibrationReport

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--labels", type=FILE, required=True, help="JSON Lines of {task_id, annotator, kind, decision}."
)
@click.option("--log", type=FILE, help="The judge's verdicts: JSON Lines, ours or foreign.")
@click.option(
    "--tasks",
    type=click.Path(path_type=Path),
    help="Instead of a log: judge the labelled ones of these tasks now.",
)
@click.option("--judge", help="Which judge of the log, or which to run on --tasks.")
@config_option
@output_option
@click.option(
    "--map",
    "fields",
    multiple=True,
    metavar="SIDE.ROLE=FIELD",
    help="Where a foreign file keeps task_id, judge, kind, decision or scores.",
)
@click.option(
    "--max-false-accepts",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Most of what people reject that may enter; sets the minimum score.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap intervals.")
@click.option("-o", "--write-calibration", "written", type=FILE, help="Write the calibration file.")
@click.option(
    "--prompt", "prompts", type=FILE, multiple=True, help="A prompt of a foreign judge, for -o."
)
@click.option("--rubric", type=FILE, help="What a foreign judge's scores mean, for -o.")
@lineage_option
@declare_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    config: Path | None,
    output: Path,
    written: Path | None,
    prompts: tuple[Path, ...],
    rubric: Path | None,
    addition: Path | None,
    declared: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **asked: Any,
) -> None:
    """Hold a judge's verdicts against labels by people, and choose its minimum score.

    Every figure has a 95 % interval, and the base rates stand beside it: with nearly all tasks
    accepted, two judges who never look agree too. Where chance leaves no denominator kappa is
    *undefined*. Below 50 labelled tasks the word is *insufficient*; 50 are a smoke test, 100 may
    gate, 200 may carry a claim. Draw them over accepts and rejects; labels made by a model cannot
    calibrate a model.

    With --tasks the judge runs now: gate (the default), offline/rules or a plug-in; with --config
    panel (the default) or one of its models, through its ledger and budget.

    The calibration file (-o) is bound to the judge's lineage, prompts and rubric, and expires when
    one of them changes. `judges: {calibration: FILE}` in the config has the gate ask for its
    minimum scores. Exit status 1 when the judge may not gate on these labels.

    \b
    Examples:
      benchwright judge calibrate --labels labels.jsonl --log judge_log.jsonl
      benchwright judge calibrate --labels labels.jsonl --tasks outputs/my-bench/0.1.0
      benchwright judge calibrate --labels labels.jsonl --tasks tasks.jsonl --config bench.yaml \\
        --write-calibration calibration.yaml
      benchwright judge calibrate --labels labels.jsonl --log log.jsonl --map log.judge=model \\
        -o calibration.json --prompt judge.j2 --rubric rubric.md
    """
    from benchwright.pipeline.calibrate import Files, Request, calibrate_judge, write_calibration

    files = Files(
        prompts=prompts,
        rubric=rubric,
        lineage=addition,
        declarations=tuple(parse_declaration(text) for text in declared),
    )
    is_written = written is not None
    source = source_of(config, output)
    request = Request(**asked, source=source, files=files, is_written=is_written)
    with Progress(quiet=quiet or as_json) as progress:
        report = calibrate_judge(request, progress)
    if as_json:
        echo_json(report.model_dump(mode="json", exclude_none=True))
    else:
        _print(report)
    if written is not None:
        write_calibration(written, report, request)
        click.echo(f"wrote {written}", err=True)
    ctx.exit(0 if report.usable_for in ("gate", "claim") else 1)


def _print(report: "CalibrationReport") -> None:
    click.echo(
        f"{report.judge} against labels by {', '.join(report.annotators)} ({report.labels_by}): "
        f"{report.tasks} tasks, {report.undecided} undecided, {report.not_judged} not judged, "
        f"{report.ties} labels tied"
    )
    rows = [["decision", *row] for row in _rows(report)]
    for name, of in report.dimensions.items():
        quadratic = of.quadratic_kappa or of.kappa
        rows += [
            [name, "agreement", of.agreement.text],
            [name, "Cohen kappa", f"{of.kappa.text}; {_base_rates(of)}"],
            [name, "quadratic kappa", f"{quadratic.text}; {_base_rates(of)}"],
            [name, "Gwet AC1", of.ac1.text],
            [name, "alpha (ordinal)", of.alpha.text],
        ]
    print_table("Agreement", ["of", "figure", "value"], rows)
    if report.accepted_then_rejected:
        named = ", ".join(report.accepted_then_rejected)
        click.echo(f"accepted by the judge, rejected by the labels: {named}")
    if report.rejected_then_accepted:
        named = ", ".join(report.rejected_then_accepted)
        click.echo(f"rejected by the judge, accepted by the labels: {named}")
    minimum = report.minimum
    if minimum.min_score is not None and minimum.false_accepts and minimum.true_accepts:
        click.echo(
            f"minimum score {minimum.min_score}: false accepts {minimum.false_accepts.text}, "
            f"true accepts {minimum.true_accepts.text}"
        )
    else:
        click.echo(f"minimum score {minimum.status}: {minimum.reason}")
    echo_uses(report.uses)
    for problem in report.problems:
        click.echo(f"problem: {problem}")
    click.echo(f"usable for: {report.usable_for}")


def _rows(report: "CalibrationReport") -> list[list[str]]:
    of = report.decisions
    return [
        ["agreement", of.agreement.text],
        ["Cohen kappa", f"{of.kappa.text}; {_base_rates(of)}"],
        ["Gwet AC1", of.ac1.text],
        ["alpha (nominal)", of.alpha.text],
        ["flip rate", report.flip_rate.text],
        ["retest rate", report.retest_rate.text],
    ]


def _base_rates(of: "Agreement") -> str:
    sides = (("judge", of.judge_base_rates), ("labels", of.label_base_rates))
    said = [
        f"{side} {label} {rate:.2f}"
        for side, rates in sides
        if rates
        for rate, label in [max((rate, label) for label, rate in rates.items())]
    ]
    return f"most given: {', '.join(said)}"
