"""Models that write rejected outputs: through the seam, and never kin to a judge."""

import json
from itertools import islice

import pytest

from benchwright.config import read_project
from benchwright.errors import ConfigError
from benchwright.pipeline.pair_candidates import written_by_models
from benchwright.pipeline.pair_filters import Offered, sift
from benchwright.pipeline.run import Silence, open_run
from benchwright.pipeline.seeds import family_seeds
from benchwright.preferences import PairSettings
from tests.loopback.openai_server import OpenAIServer

WRITERS = ("deepseek/deepseek-chat", "mistralai/mistral-small")
WRONG = {"subject": "Yes", "body": "Everything you ask for is booked, promised and paid for."}


def _run(folder, url, *, writers=WRITERS, budget="{max_usd: 5, prices: {PRICES}}"):
    models = ", ".join(f"{{model: {name}, provider: http, api_base: '{url}'}}" for name in writers)
    price = "{input_usd_per_million: 1.0, output_usd_per_million: 1.0}"
    prices = ", ".join(f"{name}: {price}" for name in writers)
    path = folder / "bench.yaml"
    path.write_text(
        "benchmark: {name: pairs, version: 0.1.0}\npack: tenacious_outbound\n"
        f"author: {{synthetic: {{count: 4, models: [{models}]}}}}\n"
        f"budget: {budget.replace('PRICES', prices)}\n"
    )
    return open_run(read_project(path), output=folder, resume=True, progress=Silence())


def _tasks(run, count=6):
    family = run.family(next(path for path in run.pack.families if "decision" in path.stem))
    return list(islice(family_seeds(run, family), count))


def _says(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return lambda body: f"[[ ## reply ## ]]\n{text}\n\n[[ ## completed ## ]]"


def _written(tmp_path, answer, judges=(), **how):
    with OpenAIServer(answer=answer) as server:
        run = _run(tmp_path, server.url, **how)
        tasks = _tasks(run)
        written = written_by_models(run, tasks, {task.id: judges for task in tasks})
        return tasks, written, server.log


def test_a_model_writes_one_output_a_task_and_it_becomes_a_pair(tmp_path):
    said = {"output": WRONG, "why": "It promises what another person decides."}
    tasks, written, log = _written(tmp_path, _says(said))
    assert len(log) == len(tasks) == len(written.calls)
    assert {call.role for call in written.calls} == {"rejected_author"}
    assert {call.requested for call in written.calls} == set(WRITERS)
    offered = [
        Offered(task=task, candidates=(written.by_task[task.id],), judges=(), authors=())
        for task in tasks
    ]
    pairs, _ = sift(offered, PairSettings(per_task=1, max_cosine_similarity=0.92, seed=0))
    assert len(pairs) == len(tasks)
    assert {pair.audit.source for pair in pairs} == {"model"}


def test_no_writer_is_kin_to_a_judge(tmp_path):
    said = {"output": WRONG, "why": "It promises too much."}
    _, written, log = _written(tmp_path, _says(said), judges=("deepseek",))
    assert {item.body["model"] for item in log} == {"mistralai/mistral-small"}
    assert all("deepseek" not in one.lineages for one in written.by_task.values())


def test_where_every_writer_is_kin_nobody_is_asked(tmp_path):
    _, written, log = _written(tmp_path, _says({}), judges=("deepseek", "mistral"))
    assert log == []
    assert {one.skip for one in written.by_task.values()} == {"no_writer_allowed"}


@pytest.mark.parametrize(
    ("said", "skip"),
    [("no JSON at all", "no_reply"), ({"output": "a text", "why": "x"}, "malformed")],
)
def test_a_reply_that_cannot_be_used_leaves_its_reason(tmp_path, said, skip):
    _, written, _ = _written(tmp_path, _says(said))
    assert {one.skip for one in written.by_task.values()} == {skip}


def test_what_was_paid_for_is_not_asked_again(tmp_path):
    said = {"output": WRONG, "why": "It promises too much."}
    with OpenAIServer(answer=_says(said)) as server:
        run = _run(tmp_path, server.url)
        tasks = _tasks(run)
        judges = {task.id: () for task in tasks}
        first = written_by_models(run, tasks, judges)
        asked = len(server.log)
        second = written_by_models(run, tasks, judges)
        assert len(server.log) == asked
    assert first == second


def test_a_paid_model_without_a_budget_is_refused_before_the_first_call(tmp_path):
    with pytest.raises(ConfigError, match="is paid, and the config has no budget"):
        _written(tmp_path, _says({}), budget="null")
