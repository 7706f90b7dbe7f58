from datetime import UTC, datetime

import pytest

from benchwright import ConfigError
from benchwright.config import find_sources, read_project

GOOD = """\
benchmark: {name: demo, version: 0.1.0, license: cc-by-4.0}
seed: 7
pack: tenacious_outbound
author:
  programmatic:
    families: all
    count: 90
split: {train: 0.5, dev: 0.3, held_out: 0.2}
"""


def _write(tmp_path, text):
    path = tmp_path / "bench.yaml"
    path.write_text(text)
    return path


def test_a_good_config_reads(tmp_path):
    project = read_project(_write(tmp_path, GOOD))
    assert project.config.author.programmatic.count == 90
    assert project.config.split.ratios() == {"train": 0.5, "dev": 0.3, "held_out": 0.2}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("    count: 90", "    cuont: 90", 7, "unknown key 'cuont'"),
        ("    count: 90", "    count: -1", 7, "greater than 0"),
        ("    count: 90", "    count: many", 7, "valid integer"),
        ("seed: 7", "seed: 7\nsede: 8", 3, "unknown key 'sede'"),
        ("held_out: 0.2", "held_out: 0.4", 8, "not 1"),
        ("version: 0.1.0", "version: one", 1, "pattern"),
        ("seed: 7", "seed: 7\nseed: 8", 3, "stands twice"),
        ("pack: tenacious_outbound", "pack: [unclosed", 4, "broken YAML"),
        ("  programmatic:\n    families: all\n    count: 90", "  {}", 4, "at least one"),
    ],
)
def test_a_bad_config_names_line_and_problem(tmp_path, old, new, line, message):
    path = _write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_project(path)
    assert message in str(caught.value)
    assert f"bench.yaml:{line}" in str(caught.value)
    assert "fix:" in str(caught.value)


def test_an_unknown_key_is_answered_with_the_nearest_known_one(tmp_path):
    with pytest.raises(ConfigError, match="cuont: did you mean 'count'"):
        read_project(_write(tmp_path, GOOD.replace("count: 90", "cuont: 90")))


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "? [a]\n: 1\n", "\ttabs: 1\n", ""])
def test_yaml_beyond_plain_values_is_refused(tmp_path, text):
    with pytest.raises(ConfigError):
        read_project(_write(tmp_path, text))


def test_a_config_that_is_not_utf8_names_the_byte(tmp_path):
    path = tmp_path / "bench.yaml"
    path.write_bytes(b"seed: 1\nname: \xff\n")
    with pytest.raises(ConfigError, match=r"bench\.yaml:2: not UTF-8: byte 0xff"):
        read_project(path)


def test_limit_and_seed_replace_what_the_file_says_and_change_the_hash(tmp_path):
    path = _write(tmp_path, GOOD)
    plain, other = read_project(path), read_project(path, seed=8, limit=5)
    assert other.config.seed == 8
    assert other.config.author.programmatic.count == 5
    assert plain.config_sha256 != other.config_sha256


def test_the_time_comes_from_the_config_then_from_source_date_epoch_then_from_nowhere(
    tmp_path, monkeypatch
):
    path = _write(tmp_path, GOOD)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_project(path).created_at is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert read_project(path).created_at == datetime(1970, 1, 2, tzinfo=UTC)
    stated = GOOD.replace("0.1.0,", "0.1.0, created_at: 2026-10-05T02:00:00+02:00,")
    assert read_project(_write(tmp_path, stated)).created_at == datetime(2026, 10, 5, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(ConfigError, match="'soon'"):
        _ = read_project(_write(tmp_path, GOOD)).created_at


def test_sources_that_match_nothing_are_an_error_and_globs_are_sorted(tmp_path):
    text = GOOD.replace("  programmatic:", "  trace: {sources: [t/*.jsonl]}\n  programmatic:")
    path = _write(tmp_path, text)
    with pytest.raises(ConfigError, match=r"no file matches 't/\*\.jsonl'"):
        find_sources(read_project(path))
    (tmp_path / "t").mkdir()
    for name in ("b.jsonl", "a.jsonl"):
        (tmp_path / "t" / name).write_text("{}\n")
    assert [p.name for p in find_sources(read_project(path))] == ["a.jsonl", "b.jsonl"]


def test_cap_and_connections_are_replaced_and_leave_the_hash_as_it_is(tmp_path):
    path = _write(tmp_path, GOOD)
    plain = read_project(path)
    other = read_project(path, max_usd=0.25, max_connections=3)
    assert plain.config.budget is None
    assert other.config.budget.max_picodollars == 25 * 10**10
    assert (plain.config.models.max_connections, other.config.models.max_connections) == (16, 3)
    assert other.config_sha256 == plain.config_sha256


def test_declared_prices_stay_when_the_cap_is_replaced(tmp_path):
    price = "{input_usd_per_million: 1, output_usd_per_million: 2}"
    path = _write(tmp_path, GOOD + f"budget: {{max_usd: 5, prices: {{a/b: {price}}}}}\n")
    config = read_project(path, max_usd=1).config
    assert (config.budget.max_usd, list(config.budget.prices)) == (1, ["a/b"])


@pytest.mark.parametrize("cap", [float("nan"), float("inf"), -1.0])
def test_a_cap_that_is_no_number_of_dollars_is_refused(tmp_path, cap):
    with pytest.raises(ConfigError, match="max_usd is"):
        read_project(_write(tmp_path, GOOD), max_usd=cap)
