"""The judge stage over real HTTP: a loopback server plays three judges of different lineages."""

import asyncio
import json
import random
from functools import partial
from threading import Event

import pytest

from benchwright.calls.gateway import Clock, Gateway
from benchwright.calls.ledger import Ledger
from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.calls.spec import CallResult, CallSpec, Purpose, Reply, Turn
from benchwright.config import read_project
from benchwright.files import read_all_lines
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.pipeline.calls import ledger_path
from benchwright.pipeline.gate import GATED, TASKS
from benchwright.pipeline.judge import HELD, JUDGED, VERDICTS, in_order, judge_pool
from benchwright.pipeline.run import Silence, open_run
from benchwright.stages import StageResult, Tally, run_stage
from benchwright.tasks import Provenance, Task
from tests.loopback.judges import dimension_of, is_repair, reply, scoring, shown_of
from tests.loopback.openai_server import OpenAIServer

MISTRAL = "mistralai/mistral-small-2603"
QWEN = "qwen/qwen3-32b"
CLAUDE = "anthropic/claude-haiku-4-5"
ROSTER = (MISTRAL, QWEN, CLAUDE)
WORDS = tuple(
    start + end
    for start in ("am", "bir", "ced", "del", "em", "fjor")
    for end in ("an", "esh", "ig", "olt", "ub")
)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Waits between retries pass at once."""
    now = [1000.0]

    async def sleep(seconds):
        now[0] += seconds
        await asyncio.sleep(0)

    clock = Clock(monotonic=lambda: now[0], wall=lambda: now[0], sleep=sleep)
    monkeypatch.setattr("benchwright.pipeline.calls.Gateway", partial(Gateway, clock=clock))


@pytest.fixture
def open_project(tmp_path):
    """Return a run of a project whose judges answer at a URL."""

    def make(url, *, output="out", judges=ROSTER, modes="[synthetic]", cap=10.0, **models):
        config = {
            "benchmark": {"name": "bench", "version": "1.0.0"},
            "pack": "tenacious_outbound",
            "author": {"synthetic": {"models": ["deepseek/deepseek-chat"], "count": 5}},
            "judges": {
                "models": [{"model": m, "provider": "http", "api_base": url} for m in judges],
                "modes": json.loads(modes.replace("[", '["').replace("]", '"]')),
            },
            "models": {"timeout_seconds": 20, **models},
            "budget": {
                "max_usd": cap,
                "prices": {
                    name: {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0}
                    for name in judges
                },
            },
        }
        path = tmp_path / "bench.yaml"
        path.write_text(json.dumps(config))
        return open_run(
            read_project(path), output=tmp_path / output, resume=True, progress=Silence()
        )

    return make


def wrote(run, row, model, served=None):
    """Put a call of an author into the ledger of a run and return its id."""
    spec = CallSpec(
        provider="http",
        model=model,
        endpoint="http://127.0.0.1:1/v1",
        messages=(Turn(role="user", content=row),),
        max_tokens=10,
    )
    said = Reply(
        text="x",
        served_model=model if served is None else served,
        response_id="",
        finish_reason="stop",
        usage=None,
    )
    result = CallResult(
        call_id=spec.key[:16],
        spec=spec,
        purpose=Purpose(role="author", row=row),
        reply=said,
        cost_picodollars=0,
        cost_source="free",
        replayed=False,
    )
    ledger = Ledger(ledger_path(run), scope="bench 1.0.0")
    if ledger.find(spec, result.purpose) is None:
        ledger.claim(spec, picodollars=0, cap_picodollars=None)
        ledger.store(result, price_sha256="0" * 64, tries=1, seconds=0.0, made_at=0.0)
    ledger.close()
    return spec.key[:16]


def task(run, number, *, author="deepseek/deepseek-chat", served=None, body=None):
    words = random.Random(number).sample(WORDS, 9)
    return Task.create(
        dimension="signal_grounding",
        difficulty="easy",
        input={"request": f"Write to {' '.join(words)}.", "number": number},
        reference={"subject": "Roles", "body": body or " ".join(reversed(words))},
        rubric={"checks": [{"kind": "length", "params": {"max_words": 60}}]},
        provenance=Provenance(
            mode="synthetic", author="x", calls=(wrote(run, f"row-{number}", author, served),)
        ),
    )


def gated(run, tasks):
    """Write the tasks as the deterministic gate would."""

    def work(folder):
        (folder / TASKS).write_text("".join(item.to_json() + "\n" for item in tasks))
        modes = {}
        for item in tasks:
            row = modes.setdefault(item.provenance.mode, {"checked": 0, "kept": 0})
            row["checked"] += 1
            row["kept"] += 1
        counts = Tally(unit="tasks", entered=len(tasks), kept=len(tasks)).counts()
        return StageResult(counts=counts, details={"by_mode": modes})

    ids = [item.id for item in tasks]
    return run_stage(run.work_folder / GATED, name="gate", inputs={"ids": ids}, work=work)


def judge(run, tasks):
    return judge_pool(run, gated(run, tasks))


def rules(stage):
    """Return how each task ended, by its id."""
    return {
        line.value["task_id"]: line.value["rule"]
        for line in read_all_lines(stage.folder / "decisions.jsonl")
    }


def four(model, dimension, text):
    return 4


def test_every_request_that_the_server_answered_is_in_the_sums(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        stage = judge(run, [task(run, n) for n in range(12)])
        log = [entry for entry in server.log if entry.answered]
    report = stage.record.details["judging"]
    assert set(rules(stage).values()) == {"accepted"}
    assert len(log) == 12 * 2 * 3
    for use in report["judges"]:
        own = [e.body for e in log if e.body["model"] == use["model"]]
        asked = sum(len(t["content"].split()) for body in own for t in body["messages"])
        assert (use["calls"], use["input_tokens"]) == (len(own), asked)
        assert use["picodollars"] == use["input_tokens"] * 10**6 + use["output_tokens"] * 2 * 10**6
        assert use["served"] == [use["model"]]
    assert report["basis"] == {"models": 12}
    assert {body["response_format"]["type"] for body in (e.body for e in log)} == {"json_schema"}


def test_kin_of_the_author_is_never_asked_and_an_unknown_author_is_held(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        by_qwen = [task(run, n, author="qwen/qwen3-8b") for n in range(6)]
        distilled = task(run, 6, author="deepseek/deepseek-r1-distill-qwen-32b")
        swapped = task(run, 7, author="deepseek/deepseek-chat", served="mistral-large-2512")
        opaque = task(run, 8, served="prod-7")
        stage = judge(run, [*by_qwen, distilled, swapped, opaque])
        asked = {}
        for entry in server.log:
            number = shown_of(entry.body).split("number: ")[1].split()[0]
            asked.setdefault(int(number), set()).add(entry.body["model"])
    for n in range(7):
        assert asked[n] == {MISTRAL, CLAUDE}
    assert asked[7] == {QWEN, CLAUDE}
    assert 8 not in asked
    assert rules(stage)[opaque.id] == "J004"
    assert stage.record.counts.held == {"J004": 1}


def test_nothing_of_the_origin_reaches_the_server(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        item = task(run, 1)
        judge(run, [item])
        sent = json.dumps([entry.body["messages"] for entry in server.log])
    for hidden in ("deepseek", "synthetic", item.id, *item.provenance.calls):
        assert hidden not in sent


def test_rejected_and_held_rows_leave_with_their_reasons(open_project):
    def score(model, dimension, text):
        if "number: 1\n" in text + "\n" and dimension == "input_coherence":
            return 1
        if "number: 2\n" in text + "\n":
            return {MISTRAL: 1, QWEN: 3, CLAUDE: 5}[model]
        return 4

    with OpenAIServer(answer=scoring(score)) as server:
        run = open_project(server.url)
        tasks = [task(run, n) for n in range(3)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["accepted", "J001", "J002"]
    kept = [line.value["id"] for line in read_all_lines(stage.folder / TASKS)]
    [rejected] = read_all_lines(stage.folder / "rejected.jsonl")
    [held] = read_all_lines(stage.folder / HELD)
    assert kept == [tasks[0].id]
    assert rejected.value["reasons"] == ["input_coherence: 1, 1, minimum 3"]
    assert held.value["task"]["id"] == tasks[2].id
    assert len(held.value["verdicts"]) == 3
    assert stage.record.details["by_mode"]["synthetic"] == {
        "checked": 3,
        "kept": 1,
        "rejected:J001": 1,
        "held:J002": 1,
    }


def test_the_bytes_do_not_depend_on_how_many_calls_are_made_at_once(open_project, tree_bytes):
    def score(model, dimension, text):
        return 1 + sum(map(ord, text)) % 3 + sum(map(ord, model + dimension)) % 2

    with OpenAIServer(answer=scoring(score), delay_seconds=0.003) as server:
        found = []
        for connections in (1, 9):
            run = open_project(server.url, output=f"o{connections}", max_connections=connections)
            found.append(tree_bytes(judge(run, [task(run, n) for n in range(20)]).folder))
        assert len(requests_of(server)) == 2 * len(set(requests_of(server)))
    assert all(ending in found[0]["decisions.jsonl"] for ending in (b"accepted", b"J001"))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("500", "J003"),
        ("429", "J003"),
        ("429_without_retry_after", "J003"),
        ("empty_choices", "J003"),
        ("invalid_utf8", "J003"),
        ("not_json", "J003"),
        ("cut", "J003"),
        ("refusal", "J003"),
        ("huge", "J003"),
        ("wrong_model", "L004"),
        ("no_usage", "accepted"),
        ("slow_drip", "accepted"),
    ],
)
def test_a_judge_that_fails_on_one_row_holds_that_row_only(open_project, fault, rule):
    def faulty(number, body):
        struck = "number: 1\n" in shown_of(body) + "\n"
        return fault if struck and dimension_of(body) == "input_coherence" else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, max_connections=1)
        tasks = [task(run, n) for n in range(3)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["accepted", rule, "accepted"]


def test_a_judge_that_does_not_answer_in_time_holds_the_row(open_project):
    def faulty(number, body):
        struck = "number: 1\n" in shown_of(body) + "\n" and body["model"] == MISTRAL
        return "timeout" if struck and dimension_of(body) == "input_coherence" else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, judges=(MISTRAL, QWEN), timeout_seconds=0.2)
        tasks = [task(run, n) for n in (1, 2)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["J003", "accepted"]
    [held] = read_all_lines(stage.folder / HELD)
    assert "no reply: timeout" in held.value["decision"]["reasons"][0]


def test_with_faults_at_a_fifth_of_the_calls_every_row_ends_once_and_none_by_accident(
    open_project,
):
    chance = random.Random(7)
    kinds = ("429", "500", "cut", "empty_choices", "refusal", "wrong_model", "invalid_utf8")
    texts = ("", "no JSON", '{"score": 4, "evid', reply(9, "x"), reply(5, "not in the task"))

    def faulty(number, body):
        return chance.choice(kinds) if chance.random() < 0.15 else None

    def answer(body):
        if chance.random() < 0.05 and not is_repair(body):
            return chance.choice(texts)
        return scoring(four)(body)

    with OpenAIServer(answer=answer, fault=faulty) as server:
        run = open_project(server.url)
        tasks = [task(run, n) for n in range(60)]
        stage = judge(run, tasks)
    counts = stage.record.counts
    assert counts.entered == 60 == counts.kept + sum(counts.held.values())
    assert set(counts.held) <= {"J003", "L004"}
    assert counts.kept > 0
    assert sum(counts.held.values()) > 0
    scored = {}
    for line in read_all_lines(stage.folder / VERDICTS):
        scored.setdefault(line.value["task_id"], []).append(set(line.value["scores"]))
    for line in read_all_lines(stage.folder / TASKS):
        assert scored[line.value["id"]] == [set(DIMENSIONS)] * 2


def requests_of(server):
    return [json.dumps(entry.body, sort_keys=True) for entry in server.log if entry.answered]


def test_a_run_stopped_at_the_cap_goes_on_without_paying_twice(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, cap=0.02, max_connections=2)
        tasks = [task(run, n) for n in range(8)]
        with pytest.raises(BudgetError, match="stopped at the cap"):
            judge(run, tasks)
        assert 0 < len(server.log) < 48
        assert not (run.work_folder / JUDGED).exists()
        stage = judge(open_project(server.url, cap=10.0), tasks)
        assert len(requests_of(server)) == len(set(requests_of(server))) == 48
    assert set(rules(stage).values()) == {"accepted"}


def test_an_endpoint_that_is_down_stops_the_run_and_nothing_is_accepted(open_project):
    is_down = [True]

    def faulty(number, body):
        return "500" if is_down[0] and number >= 10 else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, max_connections=2)
        tasks = [task(run, n) for n in range(8)]
        with pytest.raises(ProviderFault, match="times in a row"):
            judge(run, tasks)
        assert not (run.work_folder / JUDGED).exists()
        is_down[0] = False
        judge(run, tasks)
        assert len(requests_of(server)) == len(set(requests_of(server))) == 48


def test_modes_that_are_not_listed_carry_a_counted_waiver(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, modes="[trace]")
        stage = judge(run, [task(run, n) for n in range(3)])
        assert server.log == []
    assert set(rules(stage).values()) == {"waived"}
    report = stage.record.details["judging"]
    assert (report["waived"], report["basis"]) == ({"synthetic": 3}, {})
    assert stage.record.counts.kept == 3


def test_of_near_duplicates_the_preferred_one_stays(open_project):
    body = "We can commit to three engineers within fourteen days and no more than that now."

    def answer(asked):
        if dimension_of(asked) is None:
            user = asked["messages"][1]["content"]
            first = user.index("number: 2") < user.index("number: 1")
            return json.dumps({"reason": "Clearer.", "better": "first" if first else "second"})
        return scoring(four)(asked)

    with OpenAIServer(answer=answer) as server:
        run = open_project(server.url)
        tasks = [task(run, n, body=f"{body}{'' if n == 1 else ' Now.'}") for n in (1, 2)]
        far = task(run, 3)
        stage = judge(run, [*tasks, far])
    assert [rules(stage)[item.id] for item in (*tasks, far)] == ["J005", "accepted", "accepted"]
    assert stage.record.details["judging"]["near_duplicates"] == 1
    [gone] = read_all_lines(stage.folder / "rejected.jsonl")
    assert "preferred by 2 to 0" in gone.value["reasons"][0]


def test_a_blunt_judge_raises_an_alarm(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, judges=(MISTRAL, QWEN))
        stage = judge(run, [task(run, n) for n in range(50)])
    for use in stage.record.details["judging"]["judges"]:
        assert "none of 50 tasks was rejected" in use["alarms"]
        assert len(use["alarms"]) == 4


def test_an_accepted_row_of_the_offline_judge_says_so(open_project, tmp_path):
    run = open_project("http://127.0.0.1:1/v1")
    config = run.project.config
    offline = config.judges.model_validate({"models": ["offline/rules"]})
    project = run.project.model_copy(
        update={"config": config.model_copy(update={"judges": offline})}
    )
    run = open_run(project, output=tmp_path / "offline", resume=True, progress=Silence())
    stage = judge(run, [task(run, 1)])
    [decision] = read_all_lines(stage.folder / "decisions.jsonl")
    [verdict] = read_all_lines(stage.folder / VERDICTS)
    assert decision.value["basis"] == "offline"
    assert verdict.value["judge"]["requested"] == "offline/rules"
    assert stage.record.details["judging"]["basis"] == {"offline": 1}


def test_results_come_in_the_order_of_the_items_and_an_error_stops_the_rest():
    stopping, begun = Event(), []

    def double(number):
        begun.append(number)
        if number == 30:
            raise ValueError("thirty")
        return 2 * number

    assert list(in_order(double, range(25), workers=3, stopping=stopping)) == list(range(0, 50, 2))
    assert not stopping.is_set()
    with pytest.raises(ValueError, match="thirty"):
        list(in_order(double, range(25, 200), workers=3, stopping=stopping))
    assert stopping.is_set()
    assert max(begun) < 60
