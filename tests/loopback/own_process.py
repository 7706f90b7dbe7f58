"""The loopback server in a process of its own: two authors and three judges, and a log on disk."""

import json
import multiprocessing
from collections import Counter
from pathlib import Path

from benchwright.config import read_project
from benchwright.pipeline.run import Silence, open_run
from tests.loopback.actors import author, author_and_judge
from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer

ROUTE = "hosted_vllm/"
AUTHORS = ("deepseek-ai/DeepSeek-V3", "mistralai/Mistral-Small-3.2-24B-Instruct")
JUDGES = ("Qwen/Qwen3-32B", "meta-llama/Llama-3.3-70B-Instruct", "google/gemma-3-27b-it")
PRICES = {
    name: {"input_usd_per_million": 0.1 * number, "output_usd_per_million": 0.3 * number}
    for number, name in enumerate((*AUTHORS, *JUDGES), start=1)
}


def config_text(url, *, count, max_connections):
    """Return the config of a build whose models all answer at a URL, through LiteLLM."""

    def models(names):
        return [{"model": ROUTE + name, "api_base": url, "max_tokens": 900} for name in names]

    config = {
        "benchmark": {"name": "loop", "version": "0.1.0", "created_at": "2026-10-05T00:00:00Z"},
        "seed": 7,
        "pack": "tenacious_outbound",
        "author": {"synthetic": {"count": count, "models": models(AUTHORS)}},
        "judges": {"models": models(JUDGES), "per_task": 2},
        "models": {"max_connections": max_connections},
        "budget": {
            "max_usd": 50,
            "prices": {ROUTE + name: price for name, price in PRICES.items()},
        },
        "split": {"max_deviation": 0.5},
    }
    return json.dumps(config, indent=1)


def score(model, dimension, text):
    """Return a score that differs by judge, question and task; about one in twenty is low."""
    drawn = sum(map(ord, f"{model}{dimension}{text}"))
    return 1 if drawn % 20 == 0 else 4 + drawn % 2


class ServerProcess:
    """Start with `with`; gives the API base, writes one line per request into `log`.

    Args:
        config: The project whose cases the author knows.
        log: A JSON Lines file: model, request and usage of each request that was answered.
        per_family: Cases of each family that the author knows.
        delay_seconds: Waits before each answer.
    """

    def __init__(self, config, log, *, per_family, delay_seconds=0.0):
        self.log = log
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(
            target=_serve, args=(config, log, per_family, delay_seconds, theirs), daemon=True
        )

    def __enter__(self):
        self._process.start()
        return self._pipe.recv()

    def __exit__(self, *_):
        self._pipe.send("stop")
        self._process.join()

    def lines(self):
        """Return what the server answered so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


class _LoggingServer(OpenAIServer):
    """Writes each answer into a file, before it is sent."""

    def completion(self, body, **changes):
        whole = super().completion(body, **changes)
        line = {
            "model": body["model"],
            "request": request_of(body),
            "input": whole["usage"]["prompt_tokens"],
            "output": whole["usage"]["completion_tokens"],
        }
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        return whole


def request_of(body):
    """Return what makes two requests the same: model, messages and seed."""
    model = body["model"].removeprefix(ROUTE)
    return json.dumps([model, body["messages"], body.get("seed")], sort_keys=True)


def sums_of(lines):
    """Return calls, input tokens, output tokens and picodollars by model."""
    sums = {}
    for line in lines:
        price = PRICES[line["model"]]
        dollars = 1e6 * (
            line["input"] * price["input_usd_per_million"]
            + line["output"] * price["output_usd_per_million"]
        )
        own = sums.setdefault(line["model"], Counter())
        own.update(calls=1, input=line["input"], output=line["output"], picodollars=round(dollars))
    return sums


def _serve(config, log, per_family, delay_seconds, pipe):
    run = open_run(read_project(config), output=Path(log).parent, resume=True, progress=Silence())
    answer = author_and_judge(author(run, per_family), scoring(score))
    server = _LoggingServer(answer=answer, delay_seconds=delay_seconds)
    with log.open("a", encoding="utf-8") as server.file, server:
        pipe.send(server.url)
        pipe.recv()
