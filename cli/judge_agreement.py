"""`benchwright judge agreement`."""

from pathlib import Path

import click

from benchwright.cli.options import echo_json, json_option
from benchwright.cli.tables import print_table

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("labels", nargs=-1, required=True, type=FILE)
@click.option(
    "--tasks",
    type=click.Path(path_type=Path),
    help="The labelled tasks: a release or JSON Lines. Intervals then rest on clusters of kin.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap intervals.")
@click.option("--markdown", type=FILE, help="Write it as Markdown, for a pull request.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    labels: tuple[Path, ...],
    tasks: Path | None,
    seed: int,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Measure how far people agree, with one another and with themselves, from raw LABELS.

    LABELS are JSON Lines as `benchwright review` exports them, one answer a line:
    task_id, annotator, pass_number, scores, decision, labelled_at, session, blind, edits.
    Two annotators, or two passes of one, are compared dimension by dimension.

    Refused: passes less than 24 h apart, answers changed after the fact, passes that are copies of
    one another or say the same of every task, labels that were not blind or made by a model.

    An agreement below .80 on any dimension blocks a release until the rubric is revised. 27 of 30
    has an interval of .74 to .97: insufficient to show .80. 50 labelled tasks are a smoke test,
    100 may gate, 200 may carry a claim. Where chance leaves no denominator a coefficient is
    *undefined*. Exit status 1 unless every dimension shows .80 on at least 100 tasks.

    \b
    Examples:
      benchwright judge agreement labels.jsonl
      benchwright judge agreement ana.jsonl ben.jsonl --tasks outputs/my-bench/0.1.0 \\
        --markdown agreement.md
    """
    from benchwright.files import write_text
    from benchwright.judges.raters import words
    from benchwright.pipeline.agreement import agreement_of_files

    report = agreement_of_files(labels, tasks=tasks, seed=seed)
    if markdown is not None:
        write_text(markdown, words.to_markdown(report))
    if as_json:
        echo_json(report.model_dump(mode="json", exclude_none=True))
    else:
        click.echo(words.summary(report))
        for refusal in report.refusals:
            click.echo(f"{refusal.kind}: {refusal.message}\n  fix: {refusal.fix}")
        for comparison in report.comparisons:
            print_table(words.title(comparison), words.FIGURES, words.figure_rows(comparison))
        for line in words.alpha_lines(report):
            click.echo(line)
        click.echo(words.headline(report))
    ctx.exit(0 if report.verdict == "shown" else 1)
