"""`benchwright`: the group, its commands and what every exit status means."""

import gc
import sys
from typing import Any, NoReturn

import click

from benchwright.cli.environment import set_defaults
from benchwright.cli.lazy import LazyGroup
from benchwright.errors import BenchwrightError
from benchwright.version import __version__

COMMANDS = {
    "init": ("benchwright.cli.init:command", "Make a benchmark project that builds at once."),
    "build": ("benchwright.cli.build:command", "Build a benchmark version: every stage, resumed."),
    "author": ("benchwright.cli.author:group", "Run one authoring mode and look at its tasks."),
    "adversarial": (
        "benchwright.cli.adversarial:group",
        "Write a task by hand: start, lint, try, prove.",
    ),
    "contamination": (
        "benchwright.cli.contamination:group",
        "Does a test task stand in the training data?",
    ),
    "gate": ("benchwright.cli.gate:command", "Check every task, then ask judges who are not kin."),
    "split": ("benchwright.cli.split:command", "Split what was authored; no kin across the line."),
    "score": (
        "benchwright.cli.score:command",
        "Score outputs by the tasks' own rubrics.",
    ),
    "pairs": (
        "benchwright.cli.pairs:command",
        "Make preference pairs for TRL from the train tasks.",
    ),
    "stats": (
        "benchwright.cli.stats:group",
        "Is one condition better than another, and how sure is it?",
    ),
    "judge": (
        "benchwright.cli.judge:group",
        "Can this judge be believed?",
    ),
    "review": (
        "benchwright.cli.review:group",
        "What do people say of the tasks? A labelling page on this machine.",
    ),
    "models": (
        "benchwright.cli.models:group",
        "Whose model is it; may this judge grade that author?",
    ),
    "manifest": ("benchwright.cli.manifest:group", "Show a release's proof, or recompute it."),
    "doctor": ("benchwright.cli.doctor:command", "Say what is installed and what will run."),
}

OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Records and tuples make no cycles; looking for some after every 700 takes a tenth of a check."""

EPILOG = """\
\b
Start here:
  benchwright init my-bench
  benchwright build my-bench/bench.yaml

\b
Exit status: 0 done and clean · 1 a check said no · 2 wrong flag or file
             3 environment · 130 interrupted
"""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="benchwright")
def cli() -> None:
    """Author evaluation benchmarks for LLM agents and prove that they are clean."""


def main() -> NoReturn:
    """Run the command line and leave with the status of the contract."""
    set_defaults()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BenchwrightError as error:
        report_error(error)
        status = error.exit_status
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; run the same command again to resume", err=True)
        status = 130
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    except OSError as error:
        click.echo(f"error: {error.strerror or error}: {error.filename or ''}", err=True)
        click.echo("  fix: free space or change permissions, then run it again", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)


def report_error(error: BenchwrightError) -> None:
    """Print an error to stderr; with `--json` also as an object on stdout."""
    click.echo(f"error: {error}", err=True)
    if "--json" in sys.argv:
        click.echo(json_error(error))


def json_error(error: BenchwrightError) -> str:
    """Return the error as one JSON object."""
    import json

    place = error.place
    value: dict[str, Any] = {
        "error": error.message,
        "fix": error.fix,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "field": place.field if place else None,
        "exit_status": error.exit_status,
    }
    return json.dumps(value, indent=2)


if __name__ == "__main__":
    main()
