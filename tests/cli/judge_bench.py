"""A config whose judges answer on loopback, and servers that judge bluntly or with care."""

import json

from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.judges.judge import Opinion
from benchwright.judges.mutation.controls import CONTROLS
from benchwright.judges.mutation.run import mutate
from benchwright.judges.panel.shown import show
from benchwright.pipeline.run import Silence
from tests.core.pipeline.judging import CLAUDE, MISTRAL
from tests.judges.mutation.conftest import AGENT, MAIL, _make
from tests.loopback.judges import scoring


def good_tasks(number):
    """Return good tasks of both kinds, all different."""
    return [
        _make({**kind, "input": {**kind["input"], "case": f"c{n}"}}, str(n))
        for n in range(number)
        for kind in (MAIL, AGENT)
    ]


def write_lines(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def write_config(folder, url, *, judges=(MISTRAL, CLAUDE), budget=5.0, per_task=None, **options):
    """Write a config whose judges answer at a URL, and return its path."""
    price = {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0}
    config = {
        "benchmark": {"name": "bench", "version": "1.0.0"},
        "pack": "tenacious_outbound",
        "author": {"programmatic": {"count": 5}},
        "judges": {
            "models": [{"model": m, "provider": "http", "api_base": url} for m in judges],
            "per_task": per_task or len(judges),
            **options,
        },
        "budget": {"max_usd": budget, "prices": dict.fromkeys(judges, price)},
    }
    path = folder / "bench.yaml"
    path.write_text(json.dumps(config))
    return path


def run_judge(*args, outputs):
    """Run `benchwright judge` with the ledger in a folder of the test."""
    return CliRunner().invoke(cli, ["judge", *map(str, args), "--outputs", str(outputs)])


class _Recorder:
    name, claims = "recorder", None

    def __init__(self):
        self.texts = set()

    def judge(self, task):
        self.texts.add(show(task).text)
        return Opinion(status="accepted")


def careful(tasks, plan):
    """Return a server's answer that knows the good tasks and controls, and refuses all else."""
    seen = _Recorder()
    mutate(seen, tasks, plan, Silence(), operators=CONTROLS)
    return scoring(lambda model, dimension, text: 5 if text in seen.texts else 1)


def blunt():
    """Return a server's answer that gives every task the highest score."""
    return scoring(lambda model, dimension, text: 5)
