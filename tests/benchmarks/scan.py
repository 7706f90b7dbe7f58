"""How fast is the n-gram scan, from a file to verified findings, and beside its peers?

A corpus of prose in JSON Lines is made by seed: a vocabulary of Zipf frequencies with the word
lengths of English, a twelfth of the documents with accents or escapes, and copies of tasks in one
of 120. Every figure comes from this run. Give the size of the corpus in MB (default 400).

Peers, on a part of the same corpus: a plain Python set of 8-grams, and datatrove's n-gram
decontamination where it is installed, or lies in the folder that DATATROVE names
(pip install --target DIR datatrove spacy 'xxhash<4').
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from benchwright.contamination.scan import compiled
from benchwright.contamination.scan.reading import (
    BLOCK_BYTES,
    Block,
    PieceHash,
    line_blocks,
    open_source,
)
from benchwright.contamination.scan.shards import Unit, find_shards

TASKS = (2_000, 20_000, 100_000)
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
LENGTHS = {1: 3, 2: 17, 3: 21, 4: 17, 5: 11, 6: 9, 7: 8, 8: 6, 9: 4, 10: 3, 12: 1}
WINDOW_WORDS = 200_000
PEER_BYTES = 4_000_000
DATATROVE_BYTES = 1_500_000

DATATROVE = """
import json, sys, tempfile, time
from importlib.util import find_spec
if find_spec("datatrove") is None:
    sys.exit(print("not installed"))
import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
from datatrove.utils.text import ngrams, simplify_text
tasks, corpus, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
folder = tempfile.mkdtemp()
config = NGramsDecontConfig(n_grams=8, find_query_ngrams=True)
step = NGramsDecontFilter(folder, config=config)
hashes = set()
for line in open(tasks):
    text = simplify_text(json.loads(line)["input"], config.norm_config)
    words = step.tokenizer.word_tokenize(text)
    hashes.update(map(step.hash_func, map(" ".join, ngrams(words, 8))))
np.array(list(hashes), dtype=config.hash_config.np_descr).tofile(f"{folder}/t.index.hashes")
size, start = 0, None
for line in open(corpus):
    step.filter(Document(text=json.loads(line)["text"], id="x"))
    size, start = (size + len(line), start) if start else (0, time.process_time())
    if size > limit:
        break
print(size / (time.process_time() - start) / 1e6)
"""

COMMAND = """
import json, time
import benchwright.pipeline.contamination_scan as pipeline
from benchwright.cli.main import main

now = lambda: (time.perf_counter(), time.process_time())
marks, scan_files = {}, pipeline.scan_files

def marking(name, then):
    def mark(*arguments):
        marks[name] = now()
        then(*arguments)
    return mark

def marked(test, corpus, settings, *, stage, begin, advance):
    report = scan_files(test, corpus, settings, stage=marking("tasks", stage),
                        begin=marking("scan", begin), advance=advance)
    marks["end"] = now()
    return report

pipeline.scan_files = marked
try:
    main()
except SystemExit as ended:
    assert ended.code in (0, 1)
[peak] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps([*marks["tasks"], *marks["scan"], *marks["end"], now()[0], int(peak)]))
"""


def main() -> None:
    """Print every figure."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = Prose(20_261_127)
        texts = [source.text(random.Random(i).randrange(30, 180)) for i in range(TASKS[0])]
        corpus = folder / "corpus.jsonl"
        source.write(corpus, megabytes * 1_000_000, texts)
        _compile()
        speed = _engine(corpus, texts)
        more = [*texts, *(source.text(100) for _ in range(TASKS[-1] - len(texts)))]
        tasks = {count: folder / f"tasks{count}.jsonl" for count in TASKS}
        for count, path in tasks.items():
            rows = ({"id": at, "input": text} for at, text in enumerate(more[:count]))
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        _more_tasks(corpus, more)
        _commands(tasks, corpus, folder)
        _peers(tasks[TASKS[0]], corpus, texts, speed)


class Prose:
    """Draws prose by seed."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        sizes = self._draw.choices(list(LENGTHS), list(LENGTHS.values()), k=30_000)
        words = ["".join(self._draw.choices(LETTERS, k=size)) for size in sizes]
        weights = 1 / np.arange(1, len(words) + 1)
        drawn = np.random.default_rng(seed).choice(
            len(words), WINDOW_WORDS, p=weights / weights.sum()
        )
        self._window = [
            words[w].capitalize() if at % 12 == 0 else words[w] + ("," if at % 7 == 6 else "")
            for at, w in enumerate(drawn.tolist())
        ]
        self._window = [w + "." if at % 12 == 11 else w for at, w in enumerate(self._window)]
        self._words = words

    def text(self, size: int) -> str:
        """Return prose that stands nowhere in the window that documents are cut from."""
        return " ".join(self._draw.choices(self._words[:5_000], k=size))

    def write(self, path: Path, size: int, tasks: list[str]) -> None:
        """Write documents of 80 to 900 words."""
        with path.open("w", encoding="utf-8") as out:
            for number, document in enumerate(self._documents(tasks)):
                record = {"id": number, "text": document, "meta": {"url": f"a.example/{number}"}}
                size -= out.write(json.dumps(record, ensure_ascii=number % 2 == 0) + "\n")
                if size <= 0:
                    return

    def _documents(self, tasks: list[str]) -> Iterator[str]:
        draw, number = self._draw, 0
        while True:
            words, start = draw.randrange(80, 900), draw.randrange(WINDOW_WORDS - 900)
            document = " ".join(self._window[start : start + words])
            if number % 12 == 0:
                document = document.replace(". ", ".\n").replace("e ", "\u00e9 ", 3)
            if number % 120 == 0:
                document = f"{document} {draw.choice(tasks)} {document[:200]}"
            yield document
            number += 1


def _compile() -> None:
    start = time.perf_counter()
    was_kept = compiled.is_compiled()
    compiled.compile_all(lambda: None)
    print(
        f"compiled engine {'loaded' if was_kept else 'compiled'} in "
        f"{time.perf_counter() - start:.1f} s"
    )


def _scan(path: Path, engine: compiled.CompiledEngine) -> tuple[float, int]:
    """Return MB a second of processor time, and runs found: read, hashed and scanned block-wise."""
    [shard] = find_shards([str(path)]).shards
    whole = Unit(shard=0, number=0, begin=0, end=shard.bytes)
    found, spent = 0, time.thread_time()
    with open_source(shard, whole, PieceHash()) as source:
        for block in line_blocks(source, block_bytes=BLOCK_BYTES):
            if isinstance(block, Block):
                found += len(engine.scan_lines(block.data, block.size, ("text",)).hit_slot)
    return shard.bytes / (time.thread_time() - spent) / 1e6, found


def _engine(corpus: Path, texts: list[str]) -> float:
    start = time.perf_counter()
    index = compiled.index_texts(texts, 8)
    indexed = time.perf_counter() - start
    engine = compiled.CompiledEngine(index)
    speed, found = max(_scan(corpus, engine) for _ in range(3))
    print(f"index of {len(texts):,} tasks: {indexed:.3f} s, {index.slots:,} runs (target .1 s)")
    print(
        f"engine, one core, {len(texts):,} tasks: {speed:.0f} MB/s ({found:,} runs, each verified)"
    )
    return speed


def _more_tasks(corpus: Path, texts: list[str]) -> None:
    first = 0.0
    for count, share in zip(TASKS, (1.0, 0.7, 0.5), strict=True):
        engine = compiled.CompiledEngine(compiled.index_texts(texts[:count], 8))
        speed = max(_scan(corpus, engine)[0] for _ in range(3))
        first = speed if share == 1 else first
        print(
            f"engine, one core, {count:,} tasks: {speed:.0f} MB/s, {speed / first:.0%} of "
            f"{TASKS[0]:,} tasks (target {share:.0%})"
        )
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        compiled.index_texts(texts[:86_000], 8)
        seconds.append(time.perf_counter() - start)
    print(f"index of 86,000 tasks of 100 words: {min(seconds):.2f} s (target 2.5 s)")


def _commands(tasks: dict[int, Path], corpus: Path, folder: Path) -> None:
    """Time whole commands, their parts apart.

    The start is Python and the machine code. Tasks are read, indexed and put into tables. The scan
    goes from the first byte of the corpus to the report, with evidence and planted copies; what
    comes after prints it.
    """
    packed, columns = folder / "corpus.jsonl.zst", folder / "corpus.parquet"
    with corpus.open("rb") as source, packed.open("wb") as out:
        zstandard.ZstdCompressor(3).copy_stream(source, out)
    _write_parquet(corpus, columns)
    size = corpus.stat().st_size / 1e6
    print("whole command: scan in MB/s of wall (processor) time; parts; resident (target)")
    spent: dict[tuple[str, int, int], Spent] = {}
    for name, path, count, workers, target in (
        ("jsonl", corpus, TASKS[0], 1, "400 MB/s, 300 MiB"),
        ("jsonl", corpus, TASKS[0], 2, "1.8 x one thread"),
        ("zstd", packed, TASKS[0], 1, "250 MB/s, 300 MiB"),
        ("parquet", columns, TASKS[0], 1, "300 MiB"),
        ("parquet", columns, TASKS[0], 2, "300 MiB"),
        ("jsonl", corpus, TASKS[1], 1, "70 %"),
        ("jsonl", corpus, TASKS[2], 1, "50 %"),
    ):
        took = spent[name, count, workers] = _command(tasks[count], path, folder / "state", workers)
        print(
            f"{name:7} {count:7,} tasks, {workers}: {size / took.scan:4.0f} "
            f"({size / took.scan_processor:4.0f}); start {took.start:.2f} s, tasks {took.tasks:.2f}"
            f" s, scan {took.scan:.2f} s, print {took.printing:.2f} s; "
            f"{took.mib:4.0f} MiB ({target})"
        )
    base = spent["jsonl", TASKS[0], 1]
    print(f"two threads: {base.scan / spent['jsonl', TASKS[0], 2].scan:.2f} x one (target 1.8)")
    for count, target in ((TASKS[1], "70 %"), (TASKS[2], "50 %")):
        share = base.scan_processor / spent["jsonl", count, 1].scan_processor
        print(f"{count:,} tasks: {share:.0%} of the speed with {TASKS[0]:,} (target {target})")
    print(f"load average {os.getloadavg()[0]:.2f}")


def _write_parquet(corpus: Path, path: Path) -> None:
    schema = pa.schema([("text", pa.string())])
    with corpus.open("rb") as lines, pq.ParquetWriter(path, schema, compression="zstd") as out:
        while rows := [json.loads(line)["text"] for line in islice(lines, 20_000)]:
            out.write_table(pa.table({"text": rows}, schema))


class Spent(NamedTuple):
    """What the parts of a command took: seconds, and the most MiB resident."""

    start: float
    tasks: float
    scan: float
    scan_processor: float
    printing: float
    mib: float


def _command(tasks: Path, corpus: Path, state: Path, workers: int) -> Spent:
    """Scan in a fresh process, with nothing of an earlier scan; of three runs, the least."""
    words = ["contamination", "scan", "--test", tasks, "--corpus", corpus, "--state", state, "-q"]
    options = ["--field", "text", "--engine", "compiled", "--workers", workers, "--no-resume"]
    runs = [_timed([*map(str, [*words, *options])]) for _ in range(3)]
    *times, mib = zip(*runs, strict=True)
    return Spent(*map(min, times), max(mib))


def _timed(words: list[str]) -> Spent:
    began = time.perf_counter()
    command = [sys.executable, "-c", COMMAND, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tasks, _, scan, before, end, after, ended, peak = json.loads(done.stdout.splitlines()[-1])
    spent = tasks - began, scan - tasks, end - scan, after - before, ended - end
    return Spent(*spent, peak / 1024)


def _peers(tasks: Path, corpus: Path, texts: list[str], speed: float) -> None:
    plain = _plain_set(corpus, texts)
    print(
        f"plain Python set of 8-grams: {plain:.1f} MB/s of processor time; the engine is "
        f"{speed / plain:.0f} x as fast (target 15)"
    )
    folder = os.environ.get("DATATROVE")
    paths = {"PYTHONPATH": folder} if folder else {}
    done = subprocess.run(
        [sys.executable, "-c", DATATROVE, str(tasks), str(corpus), str(DATATROVE_BYTES)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | paths,
    )
    said = done.stdout.splitlines()[-1]
    if said == "not installed":
        print("datatrove: not installed")
        return
    print(
        f"datatrove n-gram filter: {float(said):.2f} MB/s of processor time; the engine is "
        f"{speed / float(said):.0f} x as fast (target 200)"
    )


def _plain_set(corpus: Path, texts: list[str]) -> float:
    def words_of(text: str) -> list[str]:
        return text.lower().split()

    held = {
        tuple(words[at : at + 8]) for words in map(words_of, texts) for at in range(len(words) - 7)
    }
    size = found = 0
    spent = time.thread_time()
    with corpus.open("rb") as lines:
        for line in lines:
            words = words_of(json.loads(line)["text"])
            found += any(tuple(words[at : at + 8]) in held for at in range(len(words) - 7))
            size += len(line)
            if size > PEER_BYTES:
                break
    return size / (time.thread_time() - spent) / 1e6


if __name__ == "__main__":
    main()
