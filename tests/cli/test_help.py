"""`--help` teaches, agrees with the commands, and imports nothing heavy."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchwright.cli.lazy import LazyGroup
from benchwright.cli.main import cli

HEAVY = "pydantic rich datasets pyarrow torch litellm dspy faiss sentence_transformers faker jinja2"


def _commands(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command, group
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


ALL = list(_commands(cli))


@pytest.mark.parametrize("case", ALL, ids=[" ".join(path) for path, _, _ in ALL])
def test_every_command_has_help_with_an_example_and_agrees_with_the_table(case):
    path, command, group = case
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    if isinstance(group, LazyGroup):
        assert group.table[path[-1]][1]
    if not isinstance(command, click.Group):
        assert command.help
        assert "Example" in command.help
        assert all(p.help for p in command.params if isinstance(p, click.Option))


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["build", "--help"]])
def test_help_imports_nothing_heavy(args):
    code = (
        "import sys; from benchwright.cli.main import main\n"
        f"sys.argv = ['benchwright', *{args!r}]\n"
        "try: main()\nexcept SystemExit as e: assert e.code == 0, e.code\n"
        f"print([m for m in {HEAVY!r}.split() if m in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def _run(*args):
    script = Path(sys.executable).parent / "benchwright"
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run([script, *args], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (["buidl"], 2, "did you mean 'build'"),
        (["build", "nowhere.yaml"], 2, "no such file"),
        (["build", "--nope"], 2, "No such option"),
        (["build"], 2, "Missing argument"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_why(args, status, says):
    done = _run(*args)
    assert done.returncode == status
    assert says in done.stderr
    assert done.stdout == ""


def test_json_errors_are_one_object_on_stdout():
    import json

    done = _run("build", "nowhere.yaml", "--json")
    assert done.returncode == 2
    value = json.loads(done.stdout)
    assert value["exit_status"] == 2
    assert value["fix"]
