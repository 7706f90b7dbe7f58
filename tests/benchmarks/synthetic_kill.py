"""Is a build that is killed at any moment and started again the build that was never killed?

Two authors and three judges of different lineages answer from a server on loopback, through
LiteLLM. Builds are killed with SIGKILL at random moments (half by the clock, half by the requests
that the server has seen) and started again until they end. The release must be the same bytes, and
no request whose reply stood in the ledger may reach the server again.

Run: .venv/bin/python tests/benchmarks/synthetic_kill.py [KILLS]
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.loopback.own_process import ServerProcess, config_text, request_of

TASKS = 30
CONNECTIONS = 4
DELAY_SECONDS = 0.02
SEED = 20_261_127


@dataclass
class Counts:
    """What was seen over all killed builds."""

    killed: int = 0
    builds: int = 0
    same: int = 0
    requests: int = 0
    repeated_although_held: int = 0
    answered_but_not_kept: int = 0
    in_ledger_at_kill: list[int] = field(default_factory=list)


def main() -> None:
    """Print what became of the killed builds; exit with 1 unless all ended as the whole one did."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "bench.yaml"
        config.write_text(config_text("http://127.0.0.1:1/v1", count=TASKS, max_connections=1))
        server = ServerProcess(
            config, folder / "log.jsonl", per_family=60, delay_seconds=DELAY_SECONDS
        )
        with server as url:
            config.write_text(config_text(url, count=TASKS, max_connections=CONNECTIONS))
            start = time.perf_counter()
            if _start(config, folder / "whole").wait() != 0:
                sys.exit("the build that was not killed failed")
            seconds = time.perf_counter() - start
            whole, asked = _release(folder / "whole"), len(server.lines())
            counts = Counts()
            while counts.killed < kills:
                output = folder / f"build{counts.builds}"
                _until_it_ends(config, output, server, draw, seconds, asked, kills, counts)
                counts.same += _release(output) == whole
    print(
        f"whole build: {TASKS} synthetic tasks wanted, {asked} requests, {seconds:.1f} s, "
        f"{len(whole)} files\n"
        f"{counts.killed} kills over {counts.builds} builds: {counts.same} of {counts.builds} "
        f"ended in the same bytes\n"
        f"calls in the ledger at a kill: {_spread(counts.in_ledger_at_kill)}\n"
        f"requests repeated although the ledger held the reply: {counts.repeated_although_held} of "
        f"{counts.requests}\n"
        f"answered by the server, killed before the ledger had it, asked again: "
        f"{counts.answered_but_not_kept}"
    )
    sys.exit(0 if counts.same == counts.builds and not counts.repeated_although_held else 1)


def _until_it_ends(config, output, server, draw, seconds, asked, kills, counts):
    """Start one build again and again, killing it, until a start of it ends by itself."""
    counts.builds += 1
    begun = len(server.lines())
    held: set[str] = set()
    ended = False
    while not ended:
        before = server.lines()
        process = _start(config, output)
        ended = (
            _ends_before_kill(process, server, draw, seconds, asked)
            if (counts.killed < kills)
            else process.wait() is not None
        )
        made = [line["request"] for line in server.lines()[len(before) :]]
        counts.repeated_although_held += sum(request in held for request in made)
        held = _in_ledger(output)
        if not ended:
            counts.killed += 1
            counts.in_ledger_at_kill.append(len(held))
        elif process.returncode != 0:
            sys.exit(f"a start ended with status {process.returncode}")
    lines = [line["request"] for line in server.lines()[begun:]]
    counts.requests += len(lines)
    counts.answered_but_not_kept += sum(n - 1 for n in Counter(lines).values())


def _ends_before_kill(process, server, draw, seconds, asked) -> bool:
    """Kill the process at a random moment; say whether it ended before that."""
    if draw.random() < 0.5:
        moment, requests = draw.uniform(0, seconds), None
    else:
        moment, requests = draw.uniform(0, 0.1), len(server.lines()) + draw.randint(1, asked // 2)
    while requests is not None and process.poll() is None and _seen(server) < requests:
        time.sleep(0.01)  # another process is watched
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode != -signal.SIGKILL


def _seen(server) -> int:
    return server.log.read_bytes().count(b"\n")


def _start(config: Path, output: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchwright.cli.main", "build", config, "-o", output, "-q"],
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )


def _release(output: Path) -> dict[str, bytes]:
    folder = output / "loop" / "0.1.0"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _in_ledger(output: Path) -> set[str]:
    """Return the requests whose replies are in the ledger, as the server names them."""
    path = output / "loop" / "ledger.sqlite"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(path)) as connection:
        try:
            rows = connection.execute("SELECT request FROM calls").fetchall()
        except sqlite3.OperationalError:
            return set()
    return {request_of(json.loads(row[0])) for row in rows}


def _spread(numbers: list[int]) -> str:
    ordered = sorted(numbers)
    return f"{ordered[0]} to {ordered[-1]}, median {ordered[len(ordered) // 2]}"


if __name__ == "__main__":
    main()
