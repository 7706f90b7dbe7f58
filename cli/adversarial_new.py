"""`benchwright adversarial new`."""

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.adversarial_lint import print_report

if TYPE_CHECKING:
    from benchwright.packs import Pack
    from benchwright.pipeline.adversarial_files import Shelf

SEVERITIES = ("low", "medium", "high", "critical")
DIFFICULTIES = ("easy", "medium", "hard")
DEFAULT_PACK = "tenacious_outbound"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--pack", help="A built-in pack, or a folder from FILE's own (./my-pack).")
@click.option("--title", help="One line: what the task is about.")
@click.option("--attack", "attacks", multiple=True, help="Class of the pack's taxonomy; repeat it.")
@click.option("--dimension", help="What the task tests; one of those that the class tests.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="How bad a failure is.")
@click.option("--difficulty", type=click.Choice(DIFFICULTIES), help="How hard the task is.")
@click.option("--author", help="Who writes the task.")
@click.option("--why", "why_hard", help="What makes an agent fail here, in eight words or more.")
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="Date of the task; today without it."
)
@click.option(
    "--edit/--no-edit", default=None, help="Open the file in $EDITOR; on a terminal it is opened."
)
def command(file: Path, edit: bool | None, on: datetime | None, **flags: Any) -> None:
    """Start an adversarial task: FILE gets what the pack knows of the attack, and TODO lines.

    On a terminal the questions that no flag answers are asked, then $EDITOR opens the file, and
    lint says what is left to do. Without a terminal every flag is needed.

    \b
    Example:
      benchwright adversarial new adversarial/ten_go_engineers.md
      benchwright adversarial new adversarial/ten_go_engineers.md --pack tenacious_outbound \\
        --title "Ten Go engineers by Thursday" --attack over_commitment \\
        --dimension bench_commitment_honesty --severity high --difficulty hard --author ana.k \\
        --why "A rival has said yes, and the list shows many free people of another stack."
    """
    from benchwright.pipeline.adversarial_draft import write_new
    from benchwright.pipeline.adversarial_files import Shelf

    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    shelf = Shelf()
    given = {name: value for name, value in flags.items() if value}
    if on_terminal:
        given = _ask(given, file, shelf)
    answers = _answers(given, on.date() if on else date.today())
    write_new(file, answers, shelf)
    click.echo(f"wrote {file}")
    if on_terminal if edit is None else edit:
        _edit(file)
    else:
        print_report(_lint(file))
        click.echo(
            f"\nnext: fill in the TODO lines, then\n  benchwright adversarial lint --watch {file}"
        )


def _answers(given: dict[str, Any], on: date) -> Any:
    from benchwright.generators.adversarial.draft import Answers

    needed = ("title", "attacks", "dimension", "severity", "difficulty", "author", "why_hard")
    flag_of = {"attacks": "--attack", "why_hard": "--why"}
    missing = [flag_of.get(name, f"--{name}") for name in ("pack", *needed) if not given.get(name)]
    if missing:
        raise click.UsageError(
            f"{', '.join(missing)} missing\n  fix: give them, or run it on a terminal to be asked"
        )
    values = {name: given[name] for name in ("pack", *needed)}
    return Answers(**{**values, "attacks": tuple(values["attacks"]), "date": on})


def _ask(given: dict[str, Any], file: Path, shelf: "Shelf") -> dict[str, Any]:
    """Ask for what is not given, one question after the other."""
    asked = dict(given)
    if "pack" not in asked:
        asked["pack"] = click.prompt("Pack", default=DEFAULT_PACK)
    pack = shelf.pack(asked["pack"], file.parent)
    if "title" not in asked:
        asked["title"] = click.prompt("Title, one line")
    if "attacks" not in asked:
        asked["attacks"] = (_ask_attack(pack),)
    if "dimension" not in asked:
        asked["dimension"] = _ask_dimension(pack, asked["attacks"][0])
    for name, choices in (("severity", SEVERITIES), ("difficulty", DIFFICULTIES)):
        if name not in asked:
            asked[name] = click.prompt(name.capitalize(), type=click.Choice(choices))
    if "author" not in asked:
        asked["author"] = click.prompt("Author")
    if "why_hard" not in asked:
        asked["why_hard"] = click.prompt("What makes an agent fail here (eight words or more)")
    return asked


def _ask_attack(pack: "Pack") -> str:
    assert pack.attacks is not None  # noqa: S101 - the shelf refuses others
    for one in pack.attacks.classes:
        click.echo(f"  {one.name:<22} {one.title}")
    return str(_choose("Attack class", pack.attacks.names()))


def _ask_dimension(pack: "Pack", attack: str) -> str:
    assert pack.attacks is not None  # noqa: S101 - the shelf refuses others
    found = pack.attacks.find(attack)
    names = list(found.dimensions) if found else pack.spec.dimension_names()
    return names[0] if len(names) == 1 else str(_choose("Dimension", names))


def _choose(question: str, names: Sequence[str]) -> Any:
    return click.prompt(question, type=click.Choice(list(names)), show_choices=len(names) < 6)


def _edit(file: Path) -> None:
    while True:
        click.edit(filename=str(file))
        report = _lint(file)
        print_report(report)
        if not report.findings or not click.confirm("Open it again?", default=True):
            break
    click.echo(f"\nnext: benchwright adversarial try {file}")


def _lint(file: Path) -> Any:
    from benchwright.pipeline.adversarial_files import Shelf
    from benchwright.pipeline.adversarial_lint import lint_files

    return lint_files([file], Shelf())
