"""Tasks and a corpus drawn from a vocabulary, and a scan of them in one call."""

import json
import random
from itertools import count

import pytest

from benchwright.contamination.scan.engines import choose_engine
from benchwright.contamination.scan.run import RunSettings, scan_corpus
from benchwright.contamination.scan.shards import find_shards
from benchwright.contamination.scan.tasks import to_tasks
from benchwright.contamination.sources import read_side

WORDS = [a + b for a in ("bar", "lor", "min", "tek", "vos", "sul") for b in "aeiouklmnprst"]


def prose(seed, words=40):
    """Return words drawn by a seed."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


@pytest.fixture
def corpus(tmp_path):
    """Write a file of records, strings as {"text": ...}, under a name; return its path as text."""

    def write(name, records):
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [json.dumps(r if isinstance(r, dict) else {"text": r}) + "\n" for r in records]
        path.write_text("".join(rows))
        return str(path)

    return write


@pytest.fixture
def scan(tmp_path):
    """Scan files for texts; settings by name, each scan with a state of its own."""
    number = count()

    def run(tasks, files, *, run_words=8, canaries=(), advance=lambda _: None, **changes):
        test = tmp_path / "test.jsonl"
        rows = [json.dumps({"id": f"t{i}", "input": text}) + "\n" for i, text in enumerate(tasks)]
        test.write_text("".join(rows))
        side = to_tasks(read_side([test], role="test", stated={}), canaries)
        choice = choose_engine("python", 0)
        index = choice.index_texts(side.texts, run_words)
        settings = {
            "fields": None,
            "containment": False,
            "seed": 3,
            "remove_to": None,
            "allow_inconclusive": None,
            "state": tmp_path / f"state{next(number)}",
            "resume": True,
            "workers": 2,
        }
        found = find_shards(files if isinstance(files, list) else [files])
        merged = RunSettings(**settings | changes)
        return scan_corpus(side, index, choice.engine, found, merged, advance=advance)

    return run
