"""Rows whose authors stand in a ledger, and the judge stage run on them."""

import json
import random

from benchwright.calls.ledger import Ledger
from benchwright.calls.spec import CallResult, CallSpec, Purpose, Reply, Turn
from benchwright.files import read_all_lines
from benchwright.pipeline.calls import ledger_path
from benchwright.pipeline.gate import GATED, TASKS
from benchwright.pipeline.judge import judge_pool
from benchwright.stages import StageResult, Tally, run_stage
from benchwright.tasks import Provenance, Task

MISTRAL = "mistralai/mistral-small-2603"
QWEN = "qwen/qwen3-32b"
CLAUDE = "anthropic/claude-haiku-4-5"
ROSTER = (MISTRAL, QWEN, CLAUDE)
WORDS = tuple(
    start + end
    for start in ("am", "bir", "ced", "del", "em", "fjor")
    for end in ("an", "esh", "ig", "olt", "ub")
)


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
        ledger.write(ledger.claim(spec, picodollars=0, cap_picodollars=None))
        ledger.write(ledger.store(result, price_sha256="0" * 64, tries=1, seconds=0.0, made_at=0.0))
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


def requests_of(server):
    return [json.dumps(entry.body, sort_keys=True) for entry in server.log if entry.answered]
