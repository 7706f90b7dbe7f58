"""Do a build's sums equal what the server counted?

A build of at least 300 synthetic tasks, by two authors and three judges of different lineages, goes
through LiteLLM over HTTP to a server on loopback in a process of its own. Calls, tokens and dollars
per model are summed from the calls of both stages, each call once, and compared with the server's
own log.

Run: .venv/bin/python tests/benchmarks/synthetic_recount.py [TASKS]
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.loopback.own_process import ROUTE, ServerProcess, config_text, sums_of

STAGES = ("1-authored/synthetic", "2-judged")


def main() -> None:
    """Print the sums of the build beside the server's; exit with 1 unless they are equal."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "bench.yaml"
        config.write_text(config_text("http://127.0.0.1:1/v1", count=tasks, max_connections=1))
        server = ServerProcess(config, folder / "log.jsonl", per_family=tasks // 3)
        with server as url:
            config.write_text(config_text(url, count=tasks, max_connections=16))
            start = time.perf_counter()
            words = ["build", config, "-o", folder / "out", "-q", "--json"]
            done = subprocess.run(
                [sys.executable, "-m", "benchwright.cli.main", *words], capture_output=True
            )
            seconds = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"the build failed:\n{done.stderr.decode()}")
        work = folder / "out" / "loop" / "0.1.0.work"
        ours, theirs = _sums_of_build(work), sums_of(server.lines())
        authored = json.loads((work / STAGES[0] / "stage.json").read_text())["details"]
        kept = json.loads((work / STAGES[1] / "stage.json").read_text())["counts"]["kept"]
    print(
        f"{tasks} synthetic tasks wanted, {authored['accepted']} accepted, {kept} kept by the "
        f"judges, in {seconds:.1f} s"
    )
    for model in sorted({*ours, *theirs}):
        own, other = ours.get(model, Counter()), theirs.get(model, Counter())
        print(f"{model:42} {_text(own)} | server {_text(other)}")
    print("equal" if ours == theirs else "NOT EQUAL")
    sys.exit(0 if ours == theirs and authored["accepted"] >= tasks else 1)


def _sums_of_build(work: Path) -> dict[str, Counter[str]]:
    """Sum the calls of both stages; judging while authoring stands in the second one alone."""
    rows = {}
    for stage in STAGES:
        for line in (work / stage / "calls.jsonl").read_text().splitlines():
            row = json.loads(line)
            rows[row["call_id"]] = row
    sums: dict[str, Counter[str]] = {}
    for row in rows.values():
        sums.setdefault(row["requested"].removeprefix(ROUTE), Counter()).update(
            calls=1,
            input=row["usage"]["input_tokens"],
            output=row["usage"]["output_tokens"],
            picodollars=row["cost_picodollars"],
        )
    return sums


def _text(sums: Counter[str]) -> str:
    return (
        f"{sums['calls']:,} calls, {sums['input']:,} + {sums['output']:,} tokens, "
        f"${sums['picodollars'] / 1e12:.6f}"
    )


if __name__ == "__main__":
    main()
