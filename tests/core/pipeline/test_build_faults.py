"""A whole build while a fifth of all calls fail: it ends, and nothing is accepted on failure."""

import json
import random
from collections import Counter

import pytest

from benchwright.config import read_project
from benchwright.files import read_all_lines
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.manifests.release import read_release_rows
from benchwright.pipeline.build import build
from benchwright.pipeline.run import Silence
from benchwright.pipeline.verify import verify_whole_release
from tests.core.pipeline.budget_runs import AUTHORS, JUDGES, PRICE, URL, actors, write_config
from tests.loopback.judges import reply
from tests.loopback.openai_server import OpenAIServer

KINDS = (
    *("429", "429_without_retry_after", "500", "cut", "empty_choices", "refusal", "wrong_model"),
    *("no_usage", "invalid_utf8", "not_json", "slow_drip"),
)
BROKEN = ("", "no JSON", '{"score": 4, "evid', reply(9, "x"), reply(5, "not in the task"))


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    return actors(tmp_path_factory.mktemp("actors"))


class Luck:
    """Chance that depends on a request and on how often it came, not on what came between."""

    def __init__(self, seed):
        self.seed = seed
        self.seen = Counter()

    def of(self, what, body):
        key = what, json.dumps(body, sort_keys=True)
        self.seen[key] += 1
        return random.Random(repr((self.seed, key, self.seen[key])))


def values(path):
    return [line.value for line in read_all_lines(path)]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_candidate_ends_once_and_none_is_accepted_on_failure(
    seed, tmp_path, plays, no_waiting
):
    luck = Luck(seed)

    def faulty(number, body):
        draw = luck.of("fault", body)
        return draw.choice(KINDS) if draw.random() < 0.2 else None

    def answer(body):
        draw = luck.of("answer", body)
        return draw.choice(BROKEN) if draw.random() < 0.05 else plays(body)

    path = write_config(
        tmp_path,
        max_usd=50,
        prices=dict.fromkeys((*AUTHORS, *JUDGES), PRICE),
        connections=8,
        count=12,
    )
    with OpenAIServer(answer=answer, fault=faulty) as server:
        config = json.loads(path.read_text().replace(URL, server.url))
        config["author"]["synthetic"]["max_lineage_share"] = 1.0  # faults hit as they come
        path.write_text(json.dumps(config))
        result = build(read_project(path), output=tmp_path, resume=True, progress=Silence())
    struck = sum(entry.fault is not None for entry in server.log)
    assert struck > 0.1 * len(server.log)

    work = result.work_folder
    written, judged = work / "1-authored" / "synthetic", work / "2-judged"
    tried = [row["id"] for row in values(written / "candidates.jsonl")]
    left = values(written / "skipped.jsonl")
    assert len(tried) + len(left) == result.funnel[0].read
    assert len(set(tried)) == len(tried)

    ends = {row["task_id"]: row["status"] for row in values(judged / "decisions.jsonl")}
    assert len(ends) == len(values(judged / "decisions.jsonl"))
    kept = {row["id"] for row in values(judged / "tasks.jsonl")}
    out = {row["id"] for row in values(judged / "rejected.jsonl")}
    held = {row["task"]["id"] for row in values(judged / "held.jsonl")}
    assert (
        Counter(ends.values())
        == Counter(accepted=len(kept), rejected=len(out), held=len(held)) - Counter()
    )
    assert kept | out | held == set(ends)

    released = {task.id for _, task in read_release_rows(result.release_folder)}
    assert released == kept
    assert kept
    assert held or left
    scores = {}
    for row in values(judged / "verdicts.jsonl"):
        if row["task_id"] in kept:
            assert not row.get("unjudged")
            scores.setdefault(row["task_id"], []).append(set(row["scores"]))
    assert set(scores) == kept
    assert all(given[:2] == [set(DIMENSIONS)] * 2 for given in scores.values())
    served = {row["call_id"]: row for row in values(written / "calls.jsonl")}
    for _, task in read_release_rows(result.release_folder):
        assert task.provenance.calls
        for call_id in task.provenance.calls:
            call = served[call_id]
            assert call["requested"] in AUTHORS
            assert set(call["served_lineage"]) <= set(call["requested_lineage"])
    assert verify_whole_release(result.release_folder).findings == ()
