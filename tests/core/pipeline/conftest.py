"""A small project of the starter kind, and how to run the command line on it."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from benchwright.calls.gateway import Clock, Gateway
from benchwright.config import read_project
from benchwright.pipeline.run import Silence, open_run
from tests.core.pipeline.judging import ROSTER


@pytest.fixture(scope="session")
def benchwright():
    """Path of the installed command."""
    return Path(sys.executable).parent / "benchwright"


@pytest.fixture(scope="session")
def run_cli(benchwright):
    """Run `benchwright` in its own process."""

    def run(*args, cwd, **environment):
        return subprocess.run(
            [benchwright, *map(str, args)],
            cwd=cwd,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
        )

    return run


@pytest.fixture
def project(root, tmp_path):
    """The starter project in a folder of its own."""
    shutil.copytree(root / "templates" / "projects" / "tenacious", tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(scope="session")
def tree_bytes():
    """Return the bytes of every file of a folder by relative path.

    The ledger is left out: it knows when each call was made, and no release holds it.
    """

    def read(folder):
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith("ledger.sqlite")
        }

    return read


@pytest.fixture
def no_waiting(monkeypatch):
    """Waits between retries pass at once."""
    now = [1000.0]

    async def sleep(seconds):
        now[0] += seconds
        await asyncio.sleep(0)

    clock = Clock(monotonic=lambda: now[0], wall=lambda: now[0], sleep=sleep)
    monkeypatch.setattr("benchwright.pipeline.calls.Gateway", partial(Gateway, clock=clock))


@pytest.fixture
def open_project(tmp_path, no_waiting):
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
