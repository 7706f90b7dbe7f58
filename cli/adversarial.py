"""`benchwright adversarial`."""

import click

from benchwright.cli.lazy import LazyGroup

COMMANDS = {
    "new": ("benchwright.cli.adversarial_new:command", "Start a task: a file to fill in."),
    "lint": (
        "benchwright.cli.adversarial_lint:command",
        "What is wrong, on which line, and how to mend it.",
    ),
    "try": ("benchwright.cli.adversarial_try:command", "Score a task, and see what it is near to."),
    "twin": (
        "benchwright.cli.adversarial_twin:command",
        "Draft the benign twin; prove the attack by what agents wrote.",
    ),
    "import": ("benchwright.cli.adversarial_import:command", "Turn a probe library into drafts."),
    "export": (
        "benchwright.cli.adversarial_export:command",
        "Write tasks and twins for an agent to answer.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def group() -> None:
    """Write adversarial tasks by hand: one Markdown file a task.

    A task enters the benchmark with `author: {adversarial: {files: [adversarial/*.md]}}`.
    """
