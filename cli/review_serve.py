"""`benchwright review serve` and `benchwright review draw`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from benchwright.cli.options import echo_json, json_option

if TYPE_CHECKING:
    from benchwright.pipeline.review import Asked, Prepared

F = TypeVar("F", bound=Callable[..., Any])
_SOURCE = (
    click.argument("folder", required=False, type=click.Path(path_type=Path)),
    click.option(
        "--tasks", type=click.Path(path_type=Path), help="JSON Lines of tasks, instead of a folder."
    ),
    click.option(
        "--answers",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The answers file; by default NAME.review.sqlite beside the source.",
    ),
    click.option(
        "--count",
        type=click.IntRange(min=1),
        help="Tasks to draw for blind labels, half of them rejected ones.  [default: 100]",
    ),
    click.option("--seed", type=int, help="Of the draw and of the order.  [default: 0]"),
)


def clock() -> datetime:
    """Return the time in UTC, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _source_options(function: F) -> F:
    for parameter in reversed(_SOURCE):
        function = parameter(function)
    return function


@click.command()
@_source_options
@click.option("--rater", required=True, help="Who you are; stands in every label.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="0 (the default): any free port."
)
def serve(rater: str, port: int, **source: Any) -> None:
    """Label, decide and review at a page on this machine; Ctrl-C stops it.

    FOLDER is the work folder of a build (OUTPUT/NAME/VERSION.work) or a release. A release holds
    accepted tasks only, and labels over accepts alone cannot calibrate a judge.

    The page hides author, mode, model, judges and scores. Keys: 1 to 5, arrows, Enter, u to take an
    answer back before you leave an item, ? for all of them. The same command goes on where you
    were. A second pass opens 24 hours after the first, in another order.

    The address carries a token, made anew each time; only this machine can open it.

    \b
    Examples:
      benchwright review outputs/my-bench/0.1.0.work --rater ana
      benchwright review --tasks tasks.jsonl --rater ana --count 50
    """
    import secrets

    from benchwright.judges.review.app import Desk, create_app
    from benchwright.judges.review.guard import Guard
    from benchwright.judges.review.server import HOST, listen, make_server
    from benchwright.pipeline.review import prepared

    with prepared(_asked(**source)) as ready, listen(port) as opened:
        token, bound = secrets.token_urlsafe(32), opened.getsockname()[1]
        desk = Desk(
            answers=ready.answers,
            rater=_checked(rater),
            seed=ready.seed,
            session=ready.answers.new_session(),
            clock=clock,
        )
        server = make_server(create_app(desk, Guard(token, bound)), opened)
        _print_ready(ready)
        click.echo(f"open            http://{HOST}:{bound}/?token={token}")
        click.echo("stop            Ctrl-C; the same command goes on where you were", err=True)
        server.serve_forever()  # returns on Ctrl-C
        click.echo("\nstopped; to write down what was said:", err=True)
        click.echo(f"  benchwright review export {ready.answers.path} -o labels.jsonl", err=True)


@click.command()
@_source_options
@json_option
def draw(as_json: bool, **source: Any) -> None:
    """Draw the sample into an answers file, and ask nobody yet.

    `review export --format label-studio` and `--format argilla` then write it for another tool.

    \b
    Example:
      benchwright review draw outputs/my-bench/0.1.0.work --count 100 --seed 7
    """
    from benchwright.pipeline.review import prepared

    with prepared(_asked(**source)) as ready:
        if as_json:
            echo_json(
                {
                    "answers": str(ready.answers.path),
                    "seed": ready.seed,
                    "queues": dict(ready.waiting),
                    "notes": list(ready.notes),
                }
            )
        else:
            _print_ready(ready)


def _asked(**source: Any) -> "Asked":
    from benchwright.pipeline.review import Asked

    return Asked(**source)


def _print_ready(ready: "Prepared") -> None:
    for note in ready.notes:
        click.echo(f"note            {note}")
    waiting = ready.waiting
    click.echo(f"blind labels    {waiting['label']} tasks")
    click.echo(f"held tasks      {waiting['held']}")
    click.echo(f"hand-written    {waiting['adversarial']}")
    click.echo(f"answers         {ready.answers.path}")


def _checked(rater: str) -> str:
    from benchwright.errors import ConfigError

    name = " ".join(rater.split())
    if not name or len(name) > 80 or not name.isprintable():
        raise ConfigError(f"rater is {rater!r}", fix="give a name of 1 to 80 characters")
    return name
