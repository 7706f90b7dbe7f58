"""`benchwright contamination`."""

import click

from benchwright.cli.lazy import LazyGroup

COMMANDS = {
    "check": (
        "benchwright.cli.contamination_check:command",
        "Does a test task stand in the training data?",
    ),
    "scan": (
        "benchwright.cli.contamination_scan:command",
        "Does a corpus of any size hold a test task?",
    ),
    "calibrate": (
        "benchwright.cli.contamination_calibrate:command",
        "How good are the detectors, and where should their thresholds stand?",
    ),
    "show": (
        "benchwright.cli.contamination_show:command",
        "Show one task's findings side by side.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def group() -> None:
    """Has anybody who trained on A seen B? Clean, flagged, inconclusive or not run."""
