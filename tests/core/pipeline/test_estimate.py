"""What a dry run says is compared with what the run then does, over HTTP on loopback."""

import json
from collections import Counter
from contextlib import closing

import pytest

from benchwright.calls.provider import BudgetError
from benchwright.config import read_project
from benchwright.errors import ConfigError
from benchwright.pipeline.author_programmatic import author_programmatic
from benchwright.pipeline.author_synthetic import author_synthetic
from benchwright.pipeline.author_trace import author_trace
from benchwright.pipeline.calls import ledger_path, open_ledger
from benchwright.pipeline.estimate import estimate
from benchwright.pipeline.gate import gate_pool
from benchwright.pipeline.judge import judge_pool
from benchwright.pipeline.run import Silence, open_run
from tests.core.pipeline.judging import CLAUDE, MISTRAL, QWEN, four
from tests.core.pipeline.test_trace_seeds import trace
from tests.generators.test_from_traces import write_lines
from tests.loopback.actors import author, author_and_judge
from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer

AUTHORS = ("deepseek/deepseek-chat", "openai/gpt-4o-mini")
JUDGES = (MISTRAL, QWEN, CLAUDE)
COUNT = 8


def run_of(
    folder,
    url,
    *,
    output="out",
    cap=5.0,
    priced=(*AUTHORS, *JUDGES),
    others=None,
    modes=("synthetic",),
    **author_config,
):
    def models(names):
        return [
            {"model": name, "provider": "http", "api_base": url, "max_tokens": 600}
            for name in names
        ]

    config = {
        "benchmark": {"name": "syn", "version": "0.1.0"},
        "pack": "agent_tasks",
        "author": {
            "synthetic": {"models": models(AUTHORS), "count": COUNT, **author_config},
            **(others or {}),
        },
        "judges": {"models": models(JUDGES), "modes": list(modes)},
        "models": {"max_connections": 2},
        "budget": {
            "max_usd": cap,
            "prices": {
                name: {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0}
                for name in priced
            },
        },
    }
    path = folder / "bench.yaml"
    path.write_text(json.dumps(config))
    return open_run(read_project(path), output=folder / output, resume=True, progress=Silence())


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author")
    run = run_of(folder, "http://127.0.0.1:1/v1")
    return author_and_judge(author(run, per_family=12), scoring(four))


def calls(estimated, case):
    return {
        (row.role, row.model): amount.calls
        for row in estimated.rows
        if (amount := getattr(row, case)).calls
    }


def in_ledger(run):
    with closing(open_ledger(run)) as ledger:
        found = ledger._connection.execute("SELECT request, purpose FROM calls").fetchall()
    return Counter(
        (json.loads(purpose)["role"], json.loads(request)["model"]) for request, purpose in found
    )


def test_where_everything_is_good_at_once_the_run_makes_the_calls_of_the_low_estimate(
    tmp_path, answer
):
    with OpenAIServer(answer=answer) as server:
        run = run_of(tmp_path, server.url)
        said = estimate(run, "synthetic")
        assert server.log == []
        assert not ledger_path(run).exists()
        author_synthetic(run)
        made = in_ledger(run)
    writing = {key: n for key, n in calls(said, "low").items() if key[0] != "judge"}
    assert writing == {key: n for key, n in made.items() if key[0] != "judge"}
    judging = [
        sum(n for (role, _), n in one.items() if role == "judge")
        for one in (calls(said, "low"), made)
    ]
    assert judging == [COUNT * 6, COUNT * 6]
    sent = sum(len(turn["content"]) for item in server.log for turn in item.body["messages"])
    guessed = sum(row.low.input_tokens for row in said.rows)
    assert guessed == pytest.approx(sent / 4, rel=0.05)


def test_the_high_estimate_has_every_candidate_mended_and_judged_by_a_third(tmp_path):
    said = estimate(run_of(tmp_path, "http://127.0.0.1:1/v1", max_candidates=12), "synthetic")
    by_role = Counter()
    for (role, _), number in calls(said, "high").items():
        by_role[role] += number
    assert by_role["author"] == by_role["repairer"] == by_role["rewriter"] == 12
    assert by_role["judge"] == 12 * 9
    assert said.high_picodollars > said.low_picodollars > 0


def test_what_the_ledger_holds_is_free_and_a_finished_stage_asks_nothing(tmp_path, answer):
    with OpenAIServer(answer=answer) as server:
        whole = estimate(run_of(tmp_path, server.url), "synthetic")
        cap = 0.25 * whole.low_picodollars / 1e12
        run = run_of(tmp_path, server.url, cap=cap)
        with pytest.raises(BudgetError):
            author_synthetic(run)
        kept = in_ledger(run).total()
        run = run_of(tmp_path, server.url)
        half = estimate(run, "synthetic")
        assert sum(row.held for row in half.rows) == kept > 0
        assert sum(calls(half, "low").values()) == sum(calls(whole, "low").values()) - kept
        assert half.spent_picodollars > 0
        before = len(server.log)
        author_synthetic(run)
        assert len(server.log) - before == sum(calls(half, "low").values())
    assert estimate(run, "synthetic").rows == ()


def test_the_low_estimate_is_held_against_what_is_left_of_the_cap(tmp_path):
    url = "http://127.0.0.1:1/v1"
    low = estimate(run_of(tmp_path, url), "synthetic").low_picodollars
    assert estimate(run_of(tmp_path, url, cap=(low + 10**6) / 1e12), "synthetic").fits
    assert not estimate(run_of(tmp_path, url, cap=(low - 10**6) / 1e12), "synthetic").fits


def test_an_unknown_price_is_an_error_and_not_an_estimate(tmp_path):
    run = run_of(tmp_path, "http://127.0.0.1:1/v1", priced=(*AUTHORS, MISTRAL, CLAUDE))
    with pytest.raises(ConfigError, match="the price of 'qwen/qwen3-32b' is unknown"):
        estimate(run, "build")


OTHERS = {"programmatic": {"count": 20, "strength": 1}, "trace": {"sources": ["runs.jsonl"]}}


@pytest.mark.parametrize(
    ("modes", "rows"),
    [
        (("synthetic", "programmatic"), 20),
        (("synthetic", "trace"), 4),
        (("programmatic", "trace"), 24),
        (("synthetic",), 0),
    ],
)
def test_judging_the_rows_of_families_and_traces_is_counted_where_the_config_lists_them(
    modes, rows, tmp_path, answer
):
    write_lines(tmp_path / "runs.jsonl", *map(trace, range(4)))
    with OpenAIServer(answer=answer) as server:
        run = run_of(tmp_path, server.url, others=OTHERS, modes=modes)
        said = estimate(run, "build")
        assert server.log == []
        judged_pool(run)
        made = in_ledger(run)
    judging = Counter({model: n for (role, model), n in made.items() if role == "judge"})
    low = {model: n for (role, model), n in calls(said, "low").items() if role == "judge"}
    synthetic = COUNT * 6 if "synthetic" in modes else 0
    assert sum(low.values()) == judging.total() == rows * 6 + synthetic
    if "synthetic" not in modes:
        assert low == judging
    high = sum(n for (role, _), n in calls(said, "high").items() if role == "judge")
    assert high >= rows * 9


def judged_pool(run):
    """Author, gate and judge everything, without the release."""
    authored = [author_trace(run), *author_programmatic(run), author_synthetic(run)]
    return judge_pool(run, gate_pool(run, authored))
