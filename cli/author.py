"""`benchwright author trace|programmatic|adversarial|synthetic`."""

from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.estimate import dry_run
from benchwright.cli.options import RunOptions, call_options, echo_json, run_options
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.pipeline.results import AuthorResult


@click.group()
def group() -> None:
    """Run one authoring mode of a config and look at what it made.

    The tasks land in OUTPUT/NAME/VERSION.work/1-authored; a later `build` takes them up.
    """


@group.command("trace")
@run_options
def trace(**flags: Any) -> None:
    """Mine tasks from the failures of the traces that CONFIG names.

    Reads tau-bench trajectories, tau2-bench results and simulations, and OpenAI-messages JSON
    Lines (plain, gz, zst). What should have happened comes from the trace's own criteria;
    persons, e-mails and ids are replaced before anything is written.

    \b
    Example:
      benchwright author trace bench.yaml --limit 10
    """
    _author("trace", RunOptions(**flags))


@group.command("programmatic")
@run_options
def programmatic(**flags: Any) -> None:
    """Fill the families of the pack that CONFIG names: typed slots, computed references.

    Every family covers all feasible t-tuples of its slot values, proved by recounting the rows.

    \b
    Example:
      benchwright author programmatic bench.yaml --limit 50
    """
    _author("programmatic", RunOptions(**flags))


@group.command("adversarial")
@run_options
def adversarial(**flags: Any) -> None:
    """Take in the hand-written tasks that CONFIG names.

    A file enters when lint finds nothing in it: its reference passes, its bad outputs fail the
    checks that they name, no empty-headed agent passes, its benign twin holds, and it is no clone
    of another under masking. With `outputs:` every baseline agent in that file must fail the task
    and pass the twin. Twins are controls and no rows.

    \b
    In CONFIG:
      author: {adversarial: {files: [adversarial/*.md], outputs: naive_agent.jsonl}}
    \b
    Example:
      benchwright author adversarial bench.yaml
    """
    _author("adversarial", RunOptions(**flags))


@group.command("synthetic")
@run_options
@call_options
def synthetic(**flags: Any) -> None:
    """Have the models that CONFIG names word fresh cases: of the pack's families, and of traces.

    Facts, rubric and expectation are computed; a model words the texts and writes the reference.
    What it loses or invents is found by rule, named to it once, and refused after that. Lineages
    rotate by a fixed schedule, accepted rows are counted, and every reply is in the ledger
    (OUTPUT/NAME/ledger.sqlite): a killed run asks nothing twice. `offline/rules` needs no model.
    Failures of the traces under `traces:` are redacted, and are seeds in turn with the families.

    \b
    In CONFIG, under author:
      synthetic: {models: [deepseek/deepseek-chat], count: 75, traces: [traces/*.jsonl]}
    \b
    Example:
      benchwright author synthetic bench.yaml --limit 10
    """
    options = RunOptions(**flags)
    if options.is_dry_run:
        dry_run(options, "synthetic")
    _author("synthetic", options)


def _author(mode: str, options: RunOptions) -> None:
    from benchwright.pipeline.build import author_mode

    with options.progress() as progress:
        result = author_mode(
            mode,
            options.project(),
            output=options.output,
            resume=options.resume,
            progress=progress,
        )
    if options.as_json:
        echo_json(result.to_values())
    else:
        _print(result)


def _print(result: "AuthorResult") -> None:
    print_table(
        "Authored",
        ["part", "unit", "entered", "tasks", "accepted"],
        [[row.name, row.unit, row.entered, row.kept, row.accepted] for row in result.rows],
    )
    print_table(
        "Left out, by reason",
        ["stage", "mode", "reason", "count"],
        [[reason.stage, reason.mode, reason.text, reason.count] for reason in result.reasons],
    )
    click.echo(f"tasks           {result.folder}")
