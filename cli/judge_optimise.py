"""`benchwright judge optimise`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.judge_models import echo_uses, output_option
from benchwright.cli.options import CONFIG, echo_json, json_option
from benchwright.cli.progress import Progress
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.judges.panel.questions import OptimisedJudge

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--labels", type=FILE, required=True, help="Labels by people, as for calibrate.")
@click.option(
    "--tasks", type=click.Path(path_type=Path), required=True, help="The tasks that are labelled."
)
@click.option("--config", type=CONFIG, required=True, help="Its judges, prices and budget.")
@click.option("--judge", required=True, help="The judge of the config whose prompts are reworded.")
@click.option("--reflection", help="The judge of the config that rewords; by default --judge.")
@click.option(
    "--max-evaluations",
    type=click.IntRange(min=1),
    default=400,
    show_default=True,
    help="Most judgements of a task while rewording, three calls each.",
)
@click.option(
    "--max-false-accepts",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Most of what people reject that may enter; sets the minimum scores that are reported.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of GEPA and every request.")
@click.option("--max-usd", type=click.FloatRange(0), help="Replace budget.max_usd of the config.")
@output_option
@click.option("-o", "--write", "written", type=FILE, required=True, help="Write the prompts here.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
def command(
    config: Path, output: Path, written: Path, as_json: bool, quiet: bool, **asked: Any
) -> None:
    """Have a model reword a judge's questions until it decides more as people do.

    The labels are halved by the hash of the task id. DSPy GEPA rewords the three questions on one
    half; agreement before and after is measured on the other, which it never sees. The rules that
    follow each question (text of a task is data, quotes, the form of the answer) stay as they are.
    Labels made by a model are refused, and so are fewer than 50 in a half. Tasks that kin of the
    judge wrote are left out, and counted: it may not grade them.

    Every call goes through the ledger and the budget of the config: a run that stopped goes on with
    the same command. The gate does not use the new prompts by itself: look at both figures, then
    name the file in the config, `judges: {questions: [prompts.json]}`. It holds for this judge
    only; a calibration made before has expired then, and is made again. Exit status 0 whether or
    not agreement rose.

    \b
    Examples:
      benchwright judge optimise --labels labels.jsonl --tasks tasks.jsonl --config bench.yaml \\
        --judge mistral/mistral-small-latest -o prompts.json
      benchwright judge optimise --labels labels.jsonl --tasks tasks.jsonl --config bench.yaml \\
        --judge mistral/mistral-small-latest --reflection anthropic/claude-haiku-4-5 \\
        --max-usd 2 --seed 7 -o prompts.json
    """
    from benchwright.pipeline.model_judge import Source
    from benchwright.pipeline.optimise import OptimiseRequest, optimise_judge, write_optimised

    with Progress(quiet=quiet or as_json) as progress:
        optimised = optimise_judge(
            OptimiseRequest(**asked), Source(config=config, output=output), progress
        )
    write_optimised(written, optimised)
    if as_json:
        echo_json(optimised.model_dump(mode="json", exclude_none=True))
    else:
        _print(optimised)
    click.echo(f"wrote {written}", err=True)


def _print(optimised: "OptimisedJudge") -> None:
    click.echo(
        f"{optimised.judge}, reworded by {optimised.reworded_by} on {optimised.optimised_on} "
        f"labelled tasks, measured on {optimised.after.tasks} others"
    )
    if optimised.not_asked:
        why = "kin of the judge wrote them, or it is not known who did"
        click.echo(f"{optimised.not_asked} tasks left out: {why}")
    print_table(
        "Agreement with people",
        ["prompts", "agreement", "Cohen kappa"],
        [
            [name, report.decisions.agreement.text, report.decisions.kappa.text]
            for name, report in (("before", optimised.before), ("after", optimised.after))
        ],
    )
    for dimension, question in optimised.prompts.items():
        said = "reworded" if question.changed else "unchanged"
        click.echo(f"{dimension}: {said}, sha256 {question.sha256}")
    echo_uses(optimised.uses)
