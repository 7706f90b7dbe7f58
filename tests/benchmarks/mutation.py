"""Which planted defects does the deterministic gate let through, and what does it refuse in vain?

Builds two sets, the demo project and the agent families, plants every kind of defect in them and
prints the tables of `benchwright judge mutate`; then the same for a judge that accepts everything.
Run: PYTHONPATH=.typing python tests/benchmarks/mutation.py [MUTANTS_OF_ONE_KIND]
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchwright.cli.judge_mutate import print_report
from benchwright.cli.progress import Progress
from benchwright.judges.judge import GateJudge, Judge, Opinion
from benchwright.judges.mutation.run import Plan, mutate
from benchwright.pipeline.score import read_any_tasks
from benchwright.tasks import Task

DEMO = Path(__file__).resolve().parents[2] / "templates" / "projects" / "tenacious"
AGENT = """\
benchmark: {name: agent-families, version: 0.1.0, license: cc-by-4.0}
pack: agent_tasks
author: {programmatic: {count: 120}}
"""


class AcceptsAll:
    """The judge that mutation testing is there to expose."""

    name = "accepts everything"
    claims = None

    def judge(self, task: Task) -> Opinion:
        """Accept."""
        return Opinion(status="accepted")


def build(config: Path) -> list[Task]:
    """Build a project of at most 100 tasks a mode and return its tasks."""
    command = [sys.executable, "-m", "benchwright.cli.main", "build", config.name, "--quiet"]
    done = [*command, "--output", "out", "--limit", "100"]
    subprocess.run(done, cwd=config.parent, stdout=subprocess.DEVNULL, check=True)
    [release] = config.parent.glob("out/*/0.1.0")
    return list(read_any_tasks(release))


def report(title: str, judge: Judge, tasks: list[Task], per_operator: int) -> None:
    """Print one report."""
    began = time.process_time()
    plan = Plan(per_operator=per_operator)
    found = mutate(judge, tasks, plan, Progress(quiet=True))
    print(f"\n== {title}: {len(tasks)} tasks, {time.process_time() - began:.1f} s of CPU")
    print_report(found)


def main() -> None:
    """Print the tables of the gate on both sets, and of the blunt judge on the demo."""
    per_operator = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as name:
        demo = Path(shutil.copytree(DEMO, Path(name) / "demo"))
        families = Path(name) / "agent"
        families.mkdir()
        (families / "bench.yaml").write_text(AGENT)
        tasks = build(demo / "bench.yaml")
        report("gate, demo project", GateJudge(), tasks, per_operator)
        report("gate, agent families", GateJudge(), build(families / "bench.yaml"), per_operator)
        report("a judge that accepts everything", AcceptsAll(), tasks, 10)


if __name__ == "__main__":
    main()
