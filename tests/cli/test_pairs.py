import json

import pytest
from click.testing import CliRunner

from benchwright import ConfigError, InputError
from benchwright.cli.main import cli
from benchwright.config import read_project
from benchwright.pipeline.build import build
from benchwright.pipeline.run import Silence
from benchwright.preferences import PairsReport

CONFIG = """\
benchmark: {name: tiny, version: 0.1.0}
pack: tenacious_outbound
author: {programmatic: {families: [hostile_reply, kept_word], strength: 1, count: 24}}
split: {max_deviation: 0.4}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    (folder / "bench.yaml").write_text(CONFIG)
    project = read_project(folder / "bench.yaml")
    build(project, output=folder / "outputs", resume=True, progress=Silence())
    return folder


def _run(*args):
    return CliRunner().invoke(cli, ["pairs", *map(str, args)])


def test_pairs_of_a_release_are_written_beside_it_and_the_counts_are_printed(folder):
    done = _run(folder / "outputs/tiny/0.1.0", "-q")
    assert done.exit_code == 0, done.output
    assert "held-out and dev: clean" in done.stdout
    assert "chosen and rejected are too alike (TF-IDF cosine)" in done.stdout
    assert f"wrote {folder / 'outputs/tiny/0.1.0.pairs'}" in done.stdout.replace("\n", "")
    again = _run(folder / "outputs/tiny/0.1.0", "--json")
    values = json.loads(again.stdout)
    assert values["is_new"] is False
    report = PairsReport.model_validate(values["report"])
    assert report.candidates == report.kept + sum(report.skipped.values())


def test_a_config_finds_its_release(folder, tmp_path):
    arguments = ("--output", folder / "outputs", "-o", tmp_path / "pairs", "--per-task", "1")
    done = _run(folder / "bench.yaml", *arguments, "-q")
    assert done.exit_code == 0, done.output
    card = (tmp_path / "pairs" / "README.md").read_text()
    assert "config_name: preference_pairs_conversational" in card
    assert "at most 1 pairs a task" in card


def test_models_need_a_config_and_a_config_needs_its_release(folder, tmp_path):
    error = _run(folder / "outputs/tiny/0.1.0", "--models").exception
    assert isinstance(error, ConfigError)
    assert "give the config for --models" in error.fix
    error = _run(folder / "bench.yaml", "--output", tmp_path / "none").exception
    assert isinstance(error, InputError)
    assert "no release" in error.message
