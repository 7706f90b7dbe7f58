"""`benchwright stats compare`."""

from pathlib import Path

import click

from benchwright.cli.options import echo_json, json_option
from benchwright.cli.tables import print_table

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def group() -> None:
    """Is one condition better than another, and how sure is it?"""


@group.command("compare")
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option(
    "--tasks",
    type=click.Path(path_type=Path),
    help="The scored tasks: a release or JSON Lines. They say which tasks are kin.",
)
@click.option("--pass-score", type=float, help="The score from which an output passes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap.")
@click.option("--markdown", type=FILE, help="Write it as Markdown, for a pull request.")
@json_option
@click.pass_context
def compare(
    ctx: click.Context,
    a: Path,
    b: Path,
    tasks: Path | None,
    pass_score: float | None,
    seed: int,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Compare the scores of condition B with those of condition A on the same tasks.

    A and B are score files (`benchwright score TASKS --outputs FILE -o SCORES`), or JSON Lines or
    CSV with one row a task: task_id, score, and perhaps passed, status, cluster, cost_usd and
    latency_seconds. A row without a score counts as failed, never as 0.

    What was sampled is a cluster of kin tasks, not a row: 47 rows in 11 clusters are n = 11. The
    95 % interval comes from a bootstrap over clusters; fewer than 10 of them are insufficient.
    McNemar's exact test counts rows, the sign test clusters. The last table says what each
    condition costs, how long it takes, and which one the other dominates.

    Exit status 1 when a condition is refused (all its scores are the same, or most of its tasks
    failed), or when there are too few clusters to tell.

    \b
    Examples:
      benchwright score outputs/my-bench/0.1.0 --outputs base.jsonl -o base_scores.jsonl
      benchwright stats compare base_scores.jsonl tuned_scores.jsonl --tasks outputs/my-bench/0.1.0
      benchwright stats compare base.csv tuned.csv --pass-score 0.8 --markdown delta.md
    """
    from benchwright.files import write_text
    from benchwright.pipeline.conditions import compare_files
    from benchwright.statistics import words

    report = compare_files(a, b, tasks=tasks, pass_score=pass_score, seed=seed)
    if markdown is not None:
        write_text(markdown, words.to_markdown(report))
    if as_json:
        echo_json(report.model_dump(mode="json", exclude_none=True))
    else:
        click.echo(words.summary(report))
        for refusal in report.refusals:
            click.echo(f"{refusal.kind}: {refusal.message}\n  fix: {refusal.fix}")
        if not report.refusals:
            print_table("Difference", words.EFFECTS, words.effect_rows(report))
        print_table("Score, cost and latency", words.PARETO, words.pareto_rows(report))
        click.echo(words.headline(report))
    ctx.exit(1 if report.verdict in ("refused", "could_not_tell") else 0)
