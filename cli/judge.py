"""`benchwright judge`."""

import click

from benchwright.cli.lazy import LazyGroup

COMMANDS = {
    "calibrate": (
        "benchwright.cli.judge_calibrate:command",
        "How far does a judge agree with people?",
    ),
    "agreement": (
        "benchwright.cli.judge_agreement:command",
        "Do people agree, with one another and with themselves?",
    ),
    "mutate": (
        "benchwright.cli.judge_mutate:command",
        "Which planted defects does a judge let through?",
    ),
    "optimise": (
        "benchwright.cli.judge_optimise:command",
        "Can a judge be asked better, by the labels of people?",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def group() -> None:
    """Can this judge be believed? Held against people, and against planted defects."""
