"""`benchwright adversarial lint`."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchwright.cli.options import echo_json, json_option

if TYPE_CHECKING:
    from benchwright.generators.adversarial.rules import LintFinding
    from benchwright.pipeline.adversarial_lint import LintReport

SECONDS_BETWEEN_LOOKS = 0.4

Stamps = dict[Path, int]


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--watch", is_flag=True, help="Look again whenever a file changes, until Ctrl-C.")
@json_option
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], watch: bool, as_json: bool) -> None:
    """Name every fault of hand-written tasks: rule, line and fix.

    FILES are Markdown files or folders of them. Each file is read by itself (front matter,
    blocks, the pack's classes and checks, the gate's rules), then with its benign twin, then
    against the other files under masking. Exit status 1 if there is a finding.

    \b
    Example:
      benchwright adversarial lint adversarial/
      benchwright adversarial lint --watch adversarial/my_task.md
    """
    if watch and as_json:
        raise click.UsageError("--watch prints for a person; leave --json out")
    report = _lint(files)
    if as_json:
        echo_json(report.to_values())
    else:
        print_report(report)
    if watch:
        click.echo("watching; Ctrl-C ends it", err=True)
        for _ in changes(files, wait=lambda: time.sleep(SECONDS_BETWEEN_LOOKS)):
            click.echo("")
            _print_again(files)
    ctx.exit(1 if report.findings else 0)


def _print_again(files: tuple[Path, ...]) -> None:
    """Lint once more; what cannot be read at all is said and waits for the next change."""
    from benchwright.errors import BenchwrightError

    try:
        print_report(_lint(files))
    except BenchwrightError as error:
        click.echo(f"error: {error}")


def changes(files: tuple[Path, ...], *, wait: Callable[[], object]) -> Iterator[None]:
    """Yield once after every change of one of the files; `wait` passes time between two looks."""
    before = _stamps(files)
    while True:
        wait()
        after = _stamps(files)
        if after != before:
            yield
        before = after


def _stamps(files: tuple[Path, ...]) -> Stamps:
    found = [
        one
        for path in files
        for one in (sorted(path.glob("*.md")) if path.is_dir() else path.parent.glob("*.md"))
    ]
    stamps: Stamps = {}
    for path in found:
        try:
            stamps[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
    return stamps


def _lint(files: tuple[Path, ...]) -> "LintReport":
    from benchwright.pipeline.adversarial_files import Shelf, find_files
    from benchwright.pipeline.adversarial_lint import lint_files

    return lint_files(find_files(files), Shelf())


def print_report(report: "LintReport") -> None:
    """Print one finding after the other, and how many there are."""
    print_findings(report.findings)
    number = len(report.findings)
    counts = f"{many(report.tasks, 'task')}, {many(report.twins, 'twin')}"
    colour = "red" if number else "green"
    click.echo(click.style(f"{counts}: {many(number, 'finding')}", fg=colour))


def print_findings(findings: "Iterable[LintFinding]") -> None:
    """Print where, which rule, what and how to mend it."""
    for finding in findings:
        where = click.style(f"{finding.file}:{finding.line}", bold=True)
        rule = click.style(finding.rule, fg="red")
        click.echo(f"{where}: {rule} {visible(finding.message)}")
        click.echo(f"  fix: {visible(finding.fix)}")


def many(number: int, name: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """Return a text on one line, in which nothing can move the cursor or change colours."""
    one_line = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in one_line)
