"""`benchwright gate`."""

from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.estimate import dry_run
from benchwright.cli.options import RunOptions, call_options, echo_json, run_options
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.judging import JudgingReport
    from benchwright.pipeline.results import GateResult


@click.command()
@run_options
@call_options
def command(**flags: Any) -> None:
    """Check every task of CONFIG, then ask the judges it names; say who leaves and why.

    First the deterministic gate, which is free. Then the models under `judges:` see the modes
    listed there: two judges a task, none of them kin to whoever wrote it, one call for each of
    three questions, a third judge where two disagree. What cannot be judged is held for a person
    in held.jsonl with all verdicts, never accepted: decide it with `benchwright review`.
    `offline/rules` judges without a model, and is never counted as one. Replies are kept in
    OUTPUT/NAME/ledger.sqlite: a run that was stopped goes on without paying twice, and --no-resume
    asks again only where no reply came.

    \b
    In CONFIG:
      judges: {models: [mistral/mistral-small, anthropic/claude-haiku-4-5], per_task: 2}
      budget: {max_usd: 5}
    \b
    Example:
      benchwright gate bench.yaml
      benchwright gate bench.yaml --limit 20 --json
    """
    from benchwright.pipeline.build import gate_only

    options = RunOptions(**flags)
    if options.is_dry_run:
        dry_run(options, "gate")
    with options.progress() as progress:
        result = gate_only(
            options.project(), output=options.output, resume=options.resume, progress=progress
        )
    if options.as_json:
        echo_json(result.to_values())
    else:
        _print(result)


def _print(result: "GateResult") -> None:
    print_table(
        "Gate",
        ["mode", "checked", "accepted", "of these waived", "rejected", "held"],
        [
            [row.mode, row.checked, row.accepted, row.waived, row.rejected, row.held]
            for row in result.rows
        ],
    )
    print_table(
        "Left out, by reason",
        ["mode", "reason", "count"],
        [[reason.mode, reason.text, reason.count] for reason in result.reasons],
    )
    if result.judging is None:
        click.echo("judges          none in the config: deterministic checks only")
    else:
        _print_judging(result.judging)
        click.echo(f"held for you    {result.held_queue}")
    click.echo(f"tasks           {result.folder}")


def _print_judging(judging: "JudgingReport") -> None:
    print_table(
        f"Judges ({judging.per_task} a task)",
        ["judge", "lineage", "tasks", "pass", "fail", "unjudged", "calls", "tokens", "dollars"],
        [
            [
                *(use.model, ", ".join(use.lineage) or "rules, no model", use.tasks),
                *(use.passed, use.failed, use.unjudged, use.calls),
                *(use.input_tokens + use.output_tokens, f"{use.picodollars / 1e12:.6f}"),
            ]
            for use in judging.judges
        ],
    )
    if (people := judging.people) is not None:
        click.echo(
            f"people          {people.accepted} accepted, {people.rejected} rejected, "
            f"{people.open} still held; {people.not_held} decisions about tasks that are not held"
        )
    for use in judging.judges:
        for alarm in use.alarms:
            click.echo(f"alarm           {use.model}: {alarm}")
    for alarm in judging.alarms:
        click.echo(f"alarm           {alarm}")
    spent = sum(use.picodollars for use in judging.judges)
    click.echo(f"spent           ${spent / 1e12:.6f} on judging")
