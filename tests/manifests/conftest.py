"""A small release of twelve tasks of two modes in three splits."""

import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchwright import CheckRun, ContaminationReport, Task
from benchwright.accepted import AcceptedFindings, AcceptedPassage
from benchwright.costs import cost_of
from benchwright.leakage import LeakageReport
from benchwright.lineage.table import shipped_table
from benchwright.manifests.authoring import (
    BenchmarkRef,
    ModeCounts,
    PackRef,
    Providers,
    SourceRef,
)
from benchwright.manifests.release import ReleaseInput, write_release
from benchwright.splits import SplitReport

HOUSE_RULE = "Answer in one e-mail of at most two hundred words."
SPLITS = {"train": 0.5, "dev": 0.25, "held_out": 0.25}


def build_task(number, **fields):
    is_trace = number % 3 == 0
    by_mode = (
        {
            "mode": "trace",
            "parents": [
                {
                    "source": "runs.json",
                    "source_sha256": "3" * 64,
                    "record_id": str(number),
                    "pointers": [f"/{number}/traj/0"],
                }
            ],
            "lineage_keys": [f"trace:333333333333:{number}", f"group:tau_bench:{number}"],
        }
        if is_trace
        else {
            "mode": "programmatic",
            "template": {"name": "capacity", "sha256": "4" * 64},
            "slots": {
                "stack": "python",
                "company": {"name": f"Co {number}", "domain": "x.example"},
            },
            "seed": number,
            "lineage_keys": [f"cell:capacity:{number}"],
        }
    )
    words = ["stone", "river", "door", "lamp", "rope", "sail", "fern", "oak", "hill", "bay"]
    noun = " ".join(words[int(digit)] for digit in str(number))
    values = {
        "dimension": "honesty" if number % 2 else "grounding",
        "difficulty": "easy",
        "input": {
            "text": f"Zoë | writes <b>about</b> the {noun}.",
            "n": None,
            "amount": 1.5,
        },
        "reference": {"subject": "s", "body": f"body {number}"},
        "candidates": [{"output": {"body": ""}, "label": "fail", "why": "says nothing"}],
        "expected": {"number": number},
        "rubric": {"checks": [{"kind": "length", "params": {"max_words": 9}}]},
        "provenance": {
            **by_mode,
            "author": "rules",
            "created_at": datetime(2026, 5, 1, 10, 30, tzinfo=UTC),
        },
        "tags": ["a", "b"],
    }
    return Task.create(**{**values, **fields})


def build_input(pool=None, **fields):
    tasks = [build_task(number) for number in range(12)] if pool is None else pool
    names = [name for name, share in SPLITS.items() for _ in range(round(share * len(tasks)))]
    split_of = dict(zip([task.id for task in tasks], names, strict=True))
    values = {
        "benchmark": BenchmarkRef(name="tiny-bench", version="0.1.0", license="cc-by-4.0"),
        "created_at": datetime(2026, 5, 1, 10, 30, tzinfo=UTC),
        "config_sha256": "5" * 64,
        "pack": PackRef(
            name="tiny",
            title="A pack for tests",
            sha256="6" * 64,
            files={"pack.yaml": "7" * 64},
            dimensions={"honesty": "Does it promise | too much?", "grounding": "Is it so?"},
        ),
        "sources": (
            SourceRef(
                name="runs.json",
                format="tau_bench",
                sha256="3" * 64,
                records=9,
                bad_records=1,
                groups=4,
            ),
        ),
        "seeds": {"run": 7, "split": 7},
        "providers": Providers(
            author={"trace": "rules", "programmatic": "rules"},
            judge="deterministic checks only",
        ),
        "counts": tuple(_funnel(mode, tasks, split_of) for mode in ("trace", "programmatic")),
        "reasons": {"passed": "the trace met all its criteria", "G001": "its reference fails"},
        "tasks": lambda: iter(tasks),
        "split_of": split_of,
        "splits": _split_report(tasks, split_of),
        "contamination": ContaminationReport(
            runs=(
                CheckRun(
                    check="exact",
                    scope="train x dev",
                    params={"normaliser": "n"},
                    items_comparable=9,
                    pairs_compared=18,
                    planted=3,
                    planted_found=3,
                    status="clean",
                ),
            )
        ),
        "coverage": {"families": [{"family": "capacity", "feasible": 12, "covered": 11}]},
        "leakage": LeakageReport(lineage_sha256=shipped_table().sha256),
        "cost": cost_of([], Counter(task.provenance.mode for task in tasks)),
        "calls": lambda: (),
        "house_rules": AcceptedFindings(
            passages=(AcceptedPassage(text=HOUSE_RULE, reason="the house", expires="never"),)
        ),
        "diversity": {"trace": {"distinct_inputs": 4, "vendi": 3.25}, "programmatic": {"vendi": 2}},
    }
    return ReleaseInput(**{**values, **fields})


def _funnel(mode, tasks, split_of):
    splits = Counter(split_of[task.id] for task in tasks if task.provenance.mode == mode)
    kept = sum(splits.values())
    return ModeCounts(
        mode=mode,
        read=kept + 6,
        left_out={"passed": 5},
        authored=kept + 1,
        checked=kept + 1,
        rejected={"G001": 1},
        kept=kept,
        splits={name: splits[name] for name in SPLITS},
    )


def _split_report(tasks, split_of):
    sizes = Counter((task.provenance.mode, task.dimension) for task in tasks)
    held = Counter((split_of[t.id], t.provenance.mode, t.dimension) for t in tasks)
    total = len(tasks)
    shares, strata = [], []
    for name, target in SPLITS.items():
        count = sum(split == name for split in split_of.values())
        share = round(count / total, 6)
        difference = round(count / total - target, 6)
        shares.append(
            {"name": name, "target": target, "tasks": count, "share": share}
            | {"difference": difference}
        )
        for (mode, dimension), size in sorted(sizes.items()):
            got = held[name, mode, dimension]
            strata.append(
                {"split": name, "mode": mode, "dimension": dimension, "tasks": got}
                | {"target": round(target * size, 6), "difference": round(got - target * size, 6)}
            )
    return SplitReport.model_validate(
        {"seed": 7, "tasks": total, "clusters": total, "largest_cluster": 1}
        | {"allowed_difference": 0.1, "shares": shares, "strata": strata}
    )


@pytest.fixture(name="build_input")
def _build_input():
    return build_input


@pytest.fixture(name="build_task")
def _build_task():
    return build_task


@pytest.fixture(scope="session")
def _written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "0.1.0"
    write_release(folder, build_input())
    return folder


@pytest.fixture
def release(tmp_path, _written):
    """The folder of a fresh release."""
    folder = tmp_path / "tiny-bench" / "0.1.0"
    shutil.copytree(_written, folder)
    return folder
