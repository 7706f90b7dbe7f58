import json
import os
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError

LONG = "please write a short note to the harbour office about the late crates of lemons today"
NEAR = "please write a short note to the harbour office about the late boxes of lemons today"
OTHER = "describe how the museum should answer when a visitor asks for a refund in May"


def _run(*words):
    return CliRunner().invoke(cli, ["contamination", *map(str, words)], catch_exceptions=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Calibrate the detectors that need no model, once, and return where all was written."""
    folder = tmp_path_factory.mktemp("calibrated")
    done = _run(
        *("calibrate", "-q", "--write-policy", folder / "policy.yaml"),
        *("--svg", folder / "curves.svg", "--report", folder / "report.json"),
    )
    assert done.exit_code == 0
    (folder / "stdout.txt").write_text(done.output)
    return folder


@pytest.fixture
def check(tmp_path):
    """Check one test text against two training texts and return the report."""

    def run(*flags):
        (tmp_path / "test.jsonl").write_text(json.dumps({"id": "h", "input": LONG}) + "\n")
        rows = [{"id": "near", "input": NEAR}, {"id": "other", "input": OTHER}]
        (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        sides = ("--test", tmp_path / "test.jsonl", "--train", tmp_path / "train.jsonl")
        return _run("check", *sides, *flags)

    return run


def test_the_table_has_every_detector_with_its_interval(written):
    output = (written / "stdout.txt").read_text()
    assert "2,018 pairs of the shipped set" in output
    assert "1.000 (0.969–1.000)" in output
    assert "embedding: not run: not asked for (--embeddings)" in output
    assert "too few" in output


def test_the_same_pairs_write_the_same_bytes_in_another_process(written, tmp_path):
    subprocess.run(
        [
            *(sys.executable, "-m", "benchwright.cli.main", "contamination", "calibrate", "-q"),
            *("--write-policy", tmp_path / "policy.yaml", "--svg", tmp_path / "curves.svg"),
            *("--report", tmp_path / "report.json"),
        ],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    for name in ("policy.yaml", "curves.svg", "report.json"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_check_reads_the_policy_and_says_so(written, check):
    done = check("--methods", "minhash,masked", "--policy", written / "policy.yaml")
    assert "thresholds: minhash 0.8 (policy), masked 0.8 (policy); policy " in done.output


def test_a_threshold_of_the_policy_decides_what_is_found(written, check, tmp_path):
    policy = yaml.safe_load((written / "policy.yaml").read_text())
    for held in policy["thresholds"]:
        held["value"] = 0.99
    (tmp_path / "strict.yaml").write_text(yaml.safe_dump(policy))
    methods = ("--methods", "minhash", "--json")

    def found(*flags):
        (run,) = json.loads(check(*methods, *flags).stdout)["contamination"]["runs"]
        return [match["right_id"] for match in run["matches"]]

    assert found() == ["near"]
    assert found("--policy", tmp_path / "strict.yaml") == []
    assert found("--policy", tmp_path / "strict.yaml", "--min-jaccard", "0.8") == ["near"]
    report = json.loads(check(*methods, "--policy", tmp_path / "strict.yaml").stdout)
    assert report["thresholds"] == [
        {"check": "minhash", "parameter": "min_jaccard", "source": "policy", "value": 0.99}
    ]
    assert report["policy"]["pairs_sha256"] == policy["pairs"]["sha256"]


def test_the_reports_name_the_source_of_a_threshold(written, check, tmp_path):
    pages = ("--html", tmp_path / "r.html", "--markdown", tmp_path / "r.md")
    check("--methods", "masked", "--policy", written / "policy.yaml", *pages)
    assert "masked 0.8 (policy); policy " in (tmp_path / "r.html").read_text()
    assert "Thresholds: masked 0.8 " in (tmp_path / "r.md").read_text()


def test_few_pairs_of_ones_own_are_insufficient(tmp_path):
    row = {"id": "1", "kind": "copy", "label": "leak", "left": LONG, "right": LONG}
    (tmp_path / "pairs.jsonl").write_text(json.dumps(row) + "\n")
    done = _run("calibrate", "-q", "--pairs", tmp_path / "pairs.jsonl", "--methods", "minhash")
    assert done.exit_code == 1
    assert "minhash: insufficient: half" in done.output
    assert "1.000" not in done.output


def test_a_broken_policy_stops_the_check_before_anything_is_compared(check, tmp_path):
    (tmp_path / "policy.yaml").write_text("schema_version: 1\n")
    with pytest.raises(ConfigError, match=r"policy.yaml[\s\S]*record"):
        check("--policy", tmp_path / "policy.yaml")
