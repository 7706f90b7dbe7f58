"""A team starts with what stands there today, and hears of everything that comes after."""

import json

import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError

LONG = "please write a short note to the harbour office about the late crates of lemons"
OTHER = "describe how the museum should answer when a visitor asks for a refund in May"


@pytest.fixture
def check(tmp_path):
    """Run `contamination check` on one test text and some training texts."""

    def run(train, *flags):
        for name, texts in (("test", [LONG, OTHER]), ("train", train)):
            rows = [json.dumps({"id": f"{name}{i}", "input": t}) for i, t in enumerate(texts)]
            (tmp_path / f"{name}.jsonl").write_text("\n".join(rows) + "\n")
        words = ["contamination", "check", "--test", str(tmp_path / "test.jsonl")]
        words += ["--train", str(tmp_path / "train.jsonl"), "--today", "2026-10-05", *flags]
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    return run


def test_a_drafted_file_accepts_what_it_was_drafted_from_and_nothing_more(check, tmp_path):
    path = str(tmp_path / "accepted.yaml")
    drafted = check([LONG], "--write-accepted", path, "--reason", "an old copy")
    assert drafted.exit_code == 1
    assert "expires: '2027-01-03'" in (tmp_path / "accepted.yaml").read_text()
    done = check([LONG], "--accepted", path)
    assert done.exit_code == 0
    assert "verdict: clean" in done.output
    assert "accepted: 5 findings by 5 of 5 entries" in done.output
    assert "an old copy" in done.output
    assert check([LONG, OTHER], "--accepted", path).exit_code == 1
    late = check([LONG], "--accepted", path, "--today", "2027-01-04")
    assert late.exit_code == 1
    assert "expired on 2027-01-03" in late.output
    changed = check([f"{LONG} now"], "--accepted", path)
    assert changed.exit_code == 1
    assert "the text of an item has changed" in changed.output


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--write-accepted", "a.yaml"], "--write-accepted and --reason go together"),
        (["--reason", "x"], "go together"),
        (["--expires", "never"], "--expires is given without"),
        (["--write-accepted", "a.yaml", "--reason", "x", "--expires", "soon"], "'soon' is no day"),
        (["--write-accepted", "{train}", "--reason", "x"], "the file is there already"),
        (["--write-accepted", "{new}", "--reason", " "], "--reason is empty"),
    ],
)
def test_flags_that_say_nothing_together_are_refused(check, tmp_path, flags, said):
    check([OTHER])
    given = [
        flag.format(train=tmp_path / "train.jsonl", new=tmp_path / "new.yaml") for flag in flags
    ]
    with pytest.raises(ConfigError, match=said):
        check([OTHER], *given)
