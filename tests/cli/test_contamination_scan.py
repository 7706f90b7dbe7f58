import json
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError, InputError
from tests.contamination.scan.conftest import prose

TASKS = [prose(seed) for seed in range(12)]
CLEAN = [prose(seed, 60) for seed in range(100, 130)]


def _write(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture
def scan(tmp_path, monkeypatch):
    """Run `contamination scan` in a folder of its own; a leak may be added to the corpus."""
    monkeypatch.chdir(tmp_path)
    _write(Path("test.jsonl"), [{"id": f"t{n}", "input": text} for n, text in enumerate(TASKS)])

    def run(*flags, leak=None, test=("--test", "test.jsonl")):
        _write(Path("corpus/a.jsonl"), [{"text": text} for text in CLEAN])
        _write(Path("corpus/b.jsonl"), [{"text": text} for text in [CLEAN[0], leak] if text])
        words = ["contamination", "scan", *test, "--corpus", "corpus/*.jsonl", *flags]
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    return run


@pytest.mark.parametrize(
    ("leak", "status", "verdict"), [(None, 0, "clean"), (f"so: {TASKS[3].title()}!", 1, "flagged")]
)
def test_exit_status_and_verdict_agree(scan, leak, status, verdict):
    done = scan(leak=leak)
    assert (done.exit_code, f"verdict: {verdict}" in done.output) == (status, True)
    report = json.loads(scan("--json", leak=leak).stdout)
    assert (report["verdict"], report["engine"]) == (verdict, "python")


def test_the_report_keeps_its_schema(scan, root):
    report = json.loads(scan("--json", leak=TASKS[3]).stdout)
    schema = json.loads((root / "core" / "schemas" / "scan_report.json").read_text())
    jsonschema.validate(report, schema)


def test_a_finding_names_task_place_and_words(scan):
    output = scan(leak=TASKS[3], test=("--test", "test.jsonl", "--map", "input=input")).output
    assert "t3: 1 records, best corpus/b.jsonl:2" in output
    assert TASKS[3][:150] in output
    assert "input=input;" not in output.replace("id=id (guessed)", "")
    assert "all 1 findings: contamination.scan/findings" in output


def test_every_format_names_the_pair_and_the_verdict(scan):
    names = ("report", "html", "markdown", "sarif", "junit")
    flags = [word for name in names for word in (f"--{name}", name)]
    scan(*flags, leak=TASKS[3])
    for name in names:
        text = Path(name).read_text()
        assert "t3" in text, name
        assert "b.jsonl" in text, name
        assert "flagged" in text.lower(), name
    assert Path("report.scan/scan.json").is_file()


def test_a_torn_shard_is_exit_2_and_its_neighbours_are_reported(scan):
    Path("corpus").mkdir()
    Path("corpus/c.jsonl.gz").write_bytes(b"\x1f\x8b\x08torn")
    done = scan("--corpus", "corpus/c.jsonl.gz", "--report", "r.json", leak=TASKS[3])
    assert done.exit_code == 2
    report = json.loads(Path("r.json").read_text())
    assert (report["verdict"], report["findings"]) == ("flagged", 1)
    assert "broken gzip" in report["shards"][2]["failed"]


def test_a_waiver_passes_what_is_inconclusive_and_nothing_else(scan):
    assert scan("--field", "body").exit_code == 1
    done = scan("--field", "body", "--allow-inconclusive", "titles only")
    assert (done.exit_code, "waived: inconclusive: titles only" in done.output) == (0, True)
    with pytest.raises(ConfigError, match="has no reason"):
        scan("--allow-inconclusive", " ")
    assert scan("--allow-inconclusive", "x", "--no-resume", leak=TASKS[3]).exit_code == 1


def test_an_index_is_kept_and_used_without_the_test_files(scan):
    first = scan("--index", "i.npz", "--json", leak=TASKS[3])
    assert first.exit_code == 1
    assert scan("--index", "i.npz", "--json", leak=TASKS[3], test=()).stdout == first.stdout
    with pytest.raises(ConfigError, match="built with run_words 8, this run uses 13"):
        scan("--index", "i.npz", "--run-words", "13")
    with Path("test.jsonl").open("a") as out:
        out.write(json.dumps({"input": prose(50)}) + "\n")
    with pytest.raises(ConfigError, match="built with files"):
        scan("--index", "i.npz")
    with pytest.raises(ConfigError, match=r"no test side: the index no\.npz is not there"):
        scan("--index", "no.npz", test=())


def test_a_canary_is_looked_for(scan):
    guid = "2f1c0a52-9d0e-4d7e-8a55-0c4f7a1be913"
    done = scan("--canary", guid, leak=f"BENCHMARK DATA {guid}")
    assert (done.exit_code, f"canary {guid}: 1 records" in done.output) == (1, True)


def test_canaries_can_be_looked_for_without_a_test_side(scan):
    guid = "2f1c0a52-9d0e-4d7e-8a55-0c4f7a1be913"
    assert scan("--canary", guid, test=()).exit_code == 0
    assert scan("--canary", guid, test=(), leak=f"GUID {guid}").exit_code == 1
    with pytest.raises(ConfigError, match="no test side"):
        scan(test=())


def test_show_prints_the_best_records_with_the_shared_words_marked(scan):
    scan("--report", "r.json", leak=f"so: {TASKS[3]}")
    shown = CliRunner().invoke(cli, ["contamination", "show", "r.json", "t3"])
    assert "t3 ~ corpus/b.jsonl:2" in shown.output
    assert f"so: [[{TASKS[3]}]]" in shown.output


def test_cleaned_shards_and_their_counts(scan):
    done = scan("--remove-to", "clean", leak=TASKS[3])
    assert "cleaned: 32 records = 31 kept + 1 removed + 0" in done.output
    assert Path("clean/b.jsonl").read_text() == json.dumps({"text": CLEAN[0]}) + "\n"
    assert Path("clean/a.jsonl").read_bytes() == Path("corpus/a.jsonl").read_bytes()


def test_a_text_shard_has_no_field(scan):
    Path("x.txt").write_text("hello")
    with pytest.raises(ConfigError, match=r"x\.txt is text and has no fields"):
        scan("--corpus", "x.txt", "--field", "text")
    with pytest.raises(InputError, match="matches none"):
        scan("--corpus", "nowhere/*.jsonl")


KILL = """
import os, signal, sys
from benchwright.cli.main import main
from benchwright.contamination.scan import {module}
seen, calls = {module}.{name}, []
def killing(*args, **kwargs):
    calls.append(1)
    if len(calls) == {call}:
        {half}
        os.kill(os.getpid(), signal.SIGKILL)
    return seen(*args, **kwargs)
{module}.{name} = killing
main()
"""


@pytest.mark.parametrize(
    ("module", "name", "call", "half"),
    [
        ("run", "scan_unit", 5, "pass"),
        ("run", "scan_unit", 4, "args[3].write_bytes(b'half')"),
        ("state", "write_text", 1, "args[0].with_name('.scan.json.partial').write_text('{')"),
        ("state", "write_text", 4, "args[0].with_name('.x.partial').write_text('{')"),
        ("run", "plant_tallies", 2, "pass"),
        ("cleaned", "_write_lines", 2, "args[1].write(b'half')"),
    ],
)
def test_a_killed_scan_goes_on_and_ends_in_the_same_report(scan, module, name, call, half):
    for shard in range(6):
        texts = [prose(5000 + 100 * shard + n, 60) for n in range(20)]
        texts[shard] += f" {TASKS[shard]}"
        _write(Path(f"big/{shard}.jsonl"), [{"text": text} for text in texts])
    scan()
    words = ["contamination", "scan", "--test", "test.jsonl", "--corpus", "big", "-q"]
    words += ["--workers", "2"]
    whole = [*words, "--report", "whole.json", "--remove-to", "clean"]
    assert CliRunner().invoke(cli, whole).exit_code == 1
    again = [*words, "--report", "killed.json", "--remove-to", "again"]
    code = KILL.format(module=module, name=name, call=call, half=half)
    killed = subprocess.run([sys.executable, "-c", code, *again], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not Path("killed.json").exists()
    assert CliRunner().invoke(cli, again).exit_code == 1
    assert Path("killed.json").read_bytes() == Path("whole.json").read_bytes()
    findings = "whole.json.scan/findings", "killed.json.scan/findings"
    for first, second in (findings, ("clean", "again")):
        held = [{p.name: p.read_bytes() for p in Path(f).iterdir()} for f in (first, second)]
        assert held[0] == held[1]
        assert len(held[0]) == 6


@pytest.mark.parametrize("flag", ["--state", "--remove-to"])
def test_a_folder_to_write_to_that_holds_the_corpus_is_refused(scan, flag):
    scan("--state", "elsewhere")
    words = ["contamination", "scan", "--test", "test.jsonl", "--corpus", "corpus"]
    with pytest.raises(ConfigError, match=f"{flag} corpus holds the corpus corpus"):
        CliRunner().invoke(cli, [*words, flag, "corpus"], catch_exceptions=False)
    beside = CliRunner().invoke(cli, [*words, flag, "corpus/clean"], catch_exceptions=False)
    assert beside.exit_code == 0
