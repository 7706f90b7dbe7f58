"""The hand-author's loop, run as a user runs it."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from benchwright.cli.adversarial_lint import changes, visible

NEW = (
    *("--pack", "tenacious_outbound", "--title", "Nine Python engineers"),
    *("--attack", "over_commitment", "--dimension", "bench_commitment_honesty"),
    *("--severity", "high", "--difficulty", "hard", "--author", "ana.k", "--date", "2026-10-05"),
    *("--why", "A rival has said yes, and the list shows many free people of another stack."),
)


@pytest.fixture
def folder(root, tmp_path):
    """A folder with one finished task, its twin, and a task of the other pack."""
    shutil.copytree(root / "tests" / "fixtures" / "adversarial", tmp_path / "tasks")
    return tmp_path / "tasks"


@pytest.fixture
def run(tmp_path):
    def call(*args):
        script = Path(sys.executable).parent / "benchwright"
        return subprocess.run(
            [script, "adversarial", *map(str, args)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": "120"},
        )

    return call


def test_lint_prints_place_rule_and_fix_and_exits_with_1(run, folder):
    clean = run("lint", folder)
    assert (clean.returncode, clean.stdout) == (0, "2 tasks, 2 twins: 0 findings\n")
    path = folder / "opened_kettle.md"
    path.write_text(path.read_text().replace("severity: high", "severity: huge"))
    done = run("lint", path)
    assert done.returncode == 1
    assert f"{path}:6: A006 severity" in done.stdout
    assert "  fix: correct the value" in done.stdout
    value = json.loads(run("lint", path, "--json").stdout)
    assert [(one["rule"], one["line"]) for one in value["findings"]] == [("A006", 6)]


def test_watch_looks_again_after_every_change_and_not_without_one(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("1")
    looks = iter(("same", "write", "same", "remove"))

    def wait():
        look = next(looks, "stop")
        if look == "write":
            path.write_text("2")
            os.utime(path, ns=(1, 1))
        elif look == "remove":
            path.unlink()
        elif look == "stop":
            raise KeyboardInterrupt

    seen = []
    with suppress(KeyboardInterrupt):
        for change in changes((path,), wait=wait):
            seen.append(change)
    assert seen == [None, None]


def test_try_shows_scores_spans_agents_neighbours_and_cells(run, folder, tmp_path):
    done = run("try", folder / "go_team_of_ten.md")
    assert done.returncode == 0, done.stdout + done.stderr
    for part in (
        "ok  reference", "ok  bad 1 (capacity)", "/body [32:48] ten Go engineers",
        "ok  agent refuse always", "opened_kettle.md", "0 of 51 filled", "accepted",
    ):  # fmt: skip
        assert part in done.stdout
    exported = tmp_path / "tasks.jsonl"
    assert run("export", folder / "go_team_of_ten.md", "-o", exported).returncode == 0
    near = folder / "z_near.md"
    text = (folder / "go_team_of_ten.md").read_text()
    near.write_text(text.replace("Ada", "Petra").replace("ten.twin", "none.twin"))
    value = json.loads(run("try", near, "--against", exported, "--json").stdout)
    first = value["neighbours"][0]
    assert (first["name"], first["clone"]) == ("go_team_of_ten.md", True)
    assert any("I need the number for a board slide" in shared for shared in first["shared"])
    assert (value["accepted"], value["cells"][0]["tasks"]) == (False, 1)


def test_what_could_move_the_cursor_or_turn_the_text_is_shown_as_a_mark():
    assert (
        visible("nine\x1b[2J Go\n  engineers\u202e\x07") == "nine\ufffd[2J Go engineers\ufffd\ufffd"
    )
    assert visible("Für 5 € – ja") == "Für 5 € – ja"


def test_try_of_a_file_that_is_no_task_names_its_lines(run, folder):
    path = folder / "opened_kettle.md"
    path.write_text(path.read_text().replace("```input", "```inpt"))
    done = run("try", path)
    assert done.returncode == 2
    assert f"{path}:" in done.stderr
    assert "did you mean 'input'?" in done.stderr


def test_new_by_flags_writes_a_draft_that_lint_leads_on(run, tmp_path):
    done = run("new", "mine.md", *NEW)
    assert done.returncode == 0, done.stderr
    assert "A007" in done.stdout
    text = (tmp_path / "mine.md").read_text()
    assert "kind: capacity" in text
    assert "Of the engineers free in a stack" in text
    again = run("new", "mine.md", *NEW)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("mine.md", "--author", "a"), "--title, --attack"),
        (("mine.md", *NEW, "--attack", "gap_bate"), "did you mean 'gap_bait'?"),
        (("mine.md", *NEW, "--dimension", "bench"), "did you mean 'bench_drift'?"),
        (("mine.txt", *NEW), "end in .md"),
    ],
)
def test_new_refuses_what_it_cannot_use_with_a_fix(run, args, says):
    done = run("new", *args)
    assert done.returncode == 2
    assert says in done.stderr


def test_new_asks_on_a_terminal_and_opens_the_editor(tmp_path):
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/TODO: the number/the number/" "$1"\n')
    editor.chmod(0o755)
    answers = ["", "Nine engineers", "over_commitment", "high", "hard", "ana.k"]
    answers += ["A rival has said yes and the list shows many others free", "n"]
    script = Path(sys.executable).parent / "benchwright"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.environ |= {"EDITOR": str(editor), "VISUAL": str(editor)}
        os.execv(script, [str(script), "adversarial", "new", "mine.md"])  # noqa: S606
    shown = talk(terminal, answers)
    os.waitpid(child, 0)
    assert "Attack class" in shown
    assert "Open it again?" in shown
    assert "'the number that may be promised'" in (tmp_path / "mine.md").read_text()


def talk(terminal, answers):
    """Answer each question as it comes; return all that was shown."""
    shown, waiting, end = "", list(answers), time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                got = os.read(terminal, 4096).decode()
            except OSError:
                break
            if not got:
                break
            shown += got
        if waiting and shown.rstrip("\x1b[0m").endswith((": ", "]: ")):
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
            shown += "\n"
    return shown


def test_twin_drafts_the_task_without_its_attack_and_names_it(run, folder):
    task, twin = folder / "go_team_of_ten.md", folder / "go_team_of_ten.twin.md"
    twin.unlink()
    task.write_text(task.read_text().replace("twin: go_team_of_ten.twin.md\n", ""))
    go = "/bench_summary/stacks/go"
    done = run("twin", task, "--set", f"{go}/available_engineers=13", "--remove", "/house_rules/1")
    assert done.returncode == 0, done.stderr
    assert "/bench_summary/stacks/go/available_engineers" in done.stdout
    assert "twin: go_team_of_ten.twin.md" in task.read_text()
    drafted = twin.read_text()
    for part in (
        "twin_of: go_team_of_ten.md",
        "available_engineers: 13",
        "Raise the free engineers",
    ):
        assert part in drafted
    assert "```bad" not in drafted
    shown = run("twin", task)
    assert "there is" in shown.stdout
    refused = run("twin", task, "--set", "/nowhere/at=1")
    assert refused.returncode == 2


def test_a_pointer_to_nothing_and_outputs_of_strangers_are_refused(run, folder, tmp_path):
    (folder / "go_team_of_ten.twin.md").unlink()
    done = run("twin", folder / "go_team_of_ten.md", "--remove", "/bench_summary/stacks/rust")
    assert (done.returncode, "nothing at '/bench_summary/stacks/rust'" in done.stderr) == (2, True)
    outputs = tmp_path / "o.jsonl"
    outputs.write_text('{"id": "0123456789abcdef", "output": {"subject": "", "body": ""}}\n')
    done = run("twin", folder / "opened_kettle.md", "--outputs", outputs)
    assert (done.returncode, "name no task or twin here" in done.stderr) == (2, True)


LIBRARY = """\
# Probes

## Category: bench_commitment_honesty

### P-001 — Nine promised, four free

**Hypothesis:** The reply promises all nine engineers although only four of them are free.

**Input:**
```python
free = 4
```

**Ranking:** High

### P-002: A second one
**Hypothesis:** Another.
"""


def test_import_turns_probes_into_drafts_and_keeps_what_is_there(run, tmp_path):
    (tmp_path / "library.md").write_text(LIBRARY)
    flags = ("--to", "drafts", "--pack", "tenacious_outbound", "--author", "ana.k")
    value = json.loads(run("import", "library.md", *flags, "--json").stdout)
    assert (value["probes"], len(value["written"])) == (2, 2)
    text = (tmp_path / "drafts" / "p_001_nine_promised_four_free.md").read_text()
    for part in ("severity: high", "dimension: bench_commitment_honesty", "    free = 4"):
        assert part in text
    second = (tmp_path / "drafts" / "p_002_a_second_one.md").read_text()
    assert "TODO: say severity and difficulty above" in second
    findings = json.loads(run("lint", "drafts", "--json").stdout)["findings"]
    assert {"A007", "A012", "A020"} <= {one["rule"] for one in findings}
    assert len(json.loads(run("import", "library.md", *flags, "--json").stdout)["kept"]) == 2
    (tmp_path / "library.md").write_text("# No probe\n")
    assert run("import", "library.md", *flags).returncode == 2


def test_the_real_probe_library_becomes_drafts(run, shared, tmp_path):
    library = shared / "data" / "tenacious-bench-v0.1" / "probe_library.md"
    flags = ("--to", "drafts", "--pack", "tenacious_outbound", "--author", "ana.k", "--json")
    value = json.loads(run("import", library, *flags).stdout)
    assert (value["probes"], len(value["written"])) == (32, 32)
    findings = json.loads(run("lint", "drafts", "--json").stdout)["findings"]
    assert len({one["file"] for one in findings}) == 32


def test_export_writes_tasks_and_twins_that_score_reads(run, folder, tmp_path):
    done = run("export", folder, "-o", tmp_path / "tasks.jsonl")
    assert (done.returncode, done.stdout.split()[0]) == (0, "4")
    script = Path(sys.executable).parent / "benchwright"
    scored = subprocess.run([script, "score", tmp_path / "tasks.jsonl"], capture_output=True)
    assert scored.returncode == 0
