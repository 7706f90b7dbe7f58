"""`benchwright models explain|check`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.options import echo_json, json_option
from benchwright.cli.tables import print_table

if TYPE_CHECKING:
    from benchwright.lineage.kinship import Declaration, Models, Refusal

lineage_option = click.option(
    "--lineage",
    "addition",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of your own that adds models to the shipped table.",
)
declare_option = click.option(
    "--declare",
    "declared",
    multiple=True,
    metavar="NAME=LINEAGE[,LINEAGE]:REASON",
    help="Say what an opaque name is, and how you know.",
)


@click.group()
def group() -> None:
    """Whose model is it, and may this judge grade that author's work?"""


@group.command("explain")
@click.argument("names", nargs=-1, required=True)
@lineage_option
@declare_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context,
    names: tuple[str, ...],
    addition: Path | None,
    declared: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show how each NAME resolves to its lineages, and what says so.

    Who hosts a model is peeled off; what it inherits from counts. Exit status 1 when a name is
    unknown, or declared as something that its name contradicts.

    \b
    Examples:
      benchwright models explain openrouter/deepseek/deepseek-r1-distill-qwen-32b
      benchwright models explain azure/prod-7 --declare 'azure/prod-7=openai:runs gpt-4.1'
    """
    models = _models(addition, declared)
    refusals = {name: list(models.refusals_of(name)) for name in names}
    if as_json:
        echo_json({"models": [_explained(models, name, refusals[name]) for name in names]})
    else:
        for name in names:
            _print_explained(models, name, refusals[name])
    ctx.exit(1 if any(refusals.values()) else 0)


@group.command("check")
@click.option("--author", "authors", multiple=True, required=True, help="Who writes; repeatable.")
@click.option("--judge", "judges", multiple=True, required=True, help="Who grades; repeatable.")
@lineage_option
@declare_option
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    authors: tuple[str, ...],
    judges: tuple[str, ...],
    addition: Path | None,
    declared: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say whether each judge may grade each author's work; exit status 1 when one may not.

    A judge that shares any lineage with the author is refused (L001), and so is a name that nothing
    is known of (L002).

    \b
    Examples:
      benchwright models check --author deepseek/deepseek-chat --judge mistral/mistral-small
      benchwright models check --author openai/gpt-5 --judge azure/gpt-4o
    """
    models = _models(addition, declared)
    pairs = [
        (author, judge, list(models.refusals_between(author, judge)))
        for author in authors
        for judge in judges
    ]
    if as_json:
        echo_json({"pairs": [_pair(*pair) for pair in pairs]})
    else:
        print_table(
            "May the judge grade the author's work?",
            ["author", "judge", "answer", "why"],
            [
                [author, judge, "no" if why else "yes", _reasons(why)]
                for author, judge, why in pairs
            ],
        )
        for fix in dict.fromkeys(refusal.fix for _, _, why in pairs for refusal in why):
            click.echo(f"fix: {fix}", err=True)
    ctx.exit(1 if any(why for _, _, why in pairs) else 0)


def _models(addition: Path | None, declared: tuple[str, ...]) -> "Models":
    from benchwright.lineage.kinship import Models, read_declarations
    from benchwright.lineage.table import read_table

    table = read_table(addition)
    parsed = [parse_declaration(text) for text in declared]
    return Models(table=table, declarations=read_declarations(parsed, table))


def parse_declaration(text: str) -> "Declaration":
    """Return `NAME=LINEAGE[,LINEAGE]:REASON` as a declaration.

    Raises:
        ConfigError: If a part is missing.
    """
    from benchwright.errors import ConfigError
    from benchwright.lineage.kinship import Declaration

    name, _, rest = text.partition("=")
    lineages, _, reason = rest.partition(":")
    named = tuple(sorted({part.strip() for part in lineages.split(",") if part.strip()}))
    if not (name.strip() and named and reason.strip()):
        raise ConfigError(
            f"--declare {text!r} lacks a name, a lineage or a reason",
            fix="write NAME=LINEAGE[,LINEAGE]:REASON",
        )
    return Declaration(name=name.strip(), lineages=named, reason=reason.strip())


def _explained(models: "Models", name: str, refusals: list["Refusal"]) -> dict[str, object]:
    derived, declared = models.derived(name), models.declarations.get(name)
    return {
        "name": name,
        "hosts": list(derived.hosts),
        "lineages": list(models.lineages(name)),
        "unknown_because": derived.unknown_because,
        "evidence": [
            {"lineage": item.lineage, "because": item.because, "source": item.source}
            for item in derived.evidence
        ],
        "declared": {"lineages": list(declared.lineages), "reason": declared.reason}
        if declared
        else None,
        "refused": [_refusal(item) for item in refusals],
    }


def _print_explained(models: "Models", name: str, refusals: list["Refusal"]) -> None:
    derived, declared = models.derived(name), models.declarations.get(name)
    rows = [[item.lineage, item.because, item.source or "the name"] for item in derived.evidence]
    if declared:
        rows += [[item, "declared", declared.reason] for item in declared.lineages]
    hosted = f", hosted by {' / '.join(derived.hosts)}" if derived.hosts else ""
    answer = ", ".join(models.lineages(name)) or "unknown"
    if rows:
        print_table(f"{name}: {answer}{hosted}", ["lineage", "because", "source"], rows)
    else:
        click.echo(f"{name}: {answer}{hosted}")
    for item in refusals:
        click.echo(f"{item.rule}: {item.message}\n  fix: {item.fix}", err=True)


def _pair(author: str, judge: str, refusals: list["Refusal"]) -> dict[str, object]:
    return {
        "author": author,
        "judge": judge,
        "allowed": not refusals,
        "refused": [_refusal(item) for item in refusals],
    }


def _refusal(refusal: "Refusal") -> dict[str, str]:
    return {"rule": refusal.rule, "message": refusal.message, "fix": refusal.fix}


def _reasons(refusals: list["Refusal"]) -> str:
    return "; ".join(f"{item.rule}: {item.message}" for item in refusals)
