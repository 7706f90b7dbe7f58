"""What peers find of the same planted leaks: a plain Python set of 8-grams, and datatrove."""

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planted.leaks import Task

Pairs = set[tuple[int, str]]
RUN_WORDS = 8
MAX_HOLDERS = 8
"""An 8-gram that more tasks hold is taken for boilerplate: the best that a plain set can do."""

_DATATROVE = """
import json, sys, tempfile
import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
from datatrove.utils.text import ngrams, simplify_text
tasks, records = sys.argv[1:]
folder = tempfile.mkdtemp()
config = NGramsDecontConfig(n_grams=8, find_query_ngrams=True)
step = NGramsDecontFilter(folder, config=config)
hashes = set()
for line in open(tasks):
    text = simplify_text(json.loads(line)["input"], config.norm_config)
    words = step.tokenizer.word_tokenize(text)
    hashes.update(map(step.hash_func, map(" ".join, ngrams(words, 8))))
np.array(list(hashes), dtype=config.hash_config.np_descr).tofile(f"{folder}/t.index.hashes")
for line in open(records):
    row = json.loads(line)
    if step.filter(Document(text=row["text"], id="x")) is not True:
        print("flagged", row["line"])
"""


def plain_set_pairs(tasks: Sequence[Task], corpus: Path) -> Pairs:
    """Return every (line, task) that share an 8-gram of lower-cased words between white space."""
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for task in tasks:
        for run in _runs(task.text):
            holders[run].add(task.id)
    own = {run: ids for run, ids in holders.items() if len(ids) <= MAX_HOLDERS}
    found: Pairs = set()
    with corpus.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            for run in _runs(_text(json.loads(line))):
                if run in own:
                    found.update((number, task) for task in own[run])
    return found


def datatrove_lines(
    python: str, tasks: Path, corpus: Path, wanted: Sequence[int]
) -> frozenset[int]:
    """Return which of some lines of a corpus datatrove's n-gram filter flags, for any task."""
    chosen = frozenset(wanted)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as records:
        with corpus.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if number in chosen:
                    row = {"line": number, "text": _text(json.loads(line))}
                    records.write(json.dumps(row) + "\n")
        records.flush()
        done = subprocess.run(
            [python, "-c", _DATATROVE, str(tasks), records.name],
            capture_output=True,
            text=True,
            check=True,
        )
    found = (line.split() for line in done.stdout.splitlines())
    return frozenset(int(words[1]) for words in found if words[:1] == ["flagged"])


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = text.lower().split()
    return (tuple(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1))


def _text(value: Any) -> str:
    """Return all strings of a record, one line each."""
    if isinstance(value, dict):
        return "\n".join(_text(held) for held in value.values())
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    return value if isinstance(value, str) else ""
