"""`benchwright review`: the labelling page, and the files that come from it."""

from typing import Any

import click

from benchwright.cli.lazy import LazyGroup

SERVE = "serve"
COMMANDS = {
    SERVE: (
        "benchwright.cli.review_serve:serve",
        "Label, decide and review at a page on this machine.",
    ),
    "draw": ("benchwright.cli.review_serve:draw", "Draw the sample, and ask nobody yet."),
    "export": (
        "benchwright.cli.review_files:export",
        "Write what people said, or tasks for another labelling tool.",
    ),
    "import": (
        "benchwright.cli.review_files:import_labels",
        "Read labels that were given in another labelling tool.",
    ),
}


class ReviewGroup(LazyGroup):
    """A group that serves when it is given something else than one of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `serve` in front of a folder or of flags that are not the group's own."""
        if args and args[0] not in self.table and args[0] not in ctx.help_option_names:
            args = [SERVE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=ReviewGroup, table=COMMANDS)
def group(**_: Any) -> None:
    """What do people say of the tasks? `benchwright review DIR` opens a page on this machine.

    Three queues: blind labels of a sample over accepted and rejected tasks, the tasks that the
    judges held, and hand-written tasks. Every answer is on disk before the page says so.

    \b
    Example:
      benchwright review outputs/my-bench/0.1.0.work --rater ana
      benchwright review export outputs/my-bench/0.1.0.review.sqlite -o labels.jsonl
    """
