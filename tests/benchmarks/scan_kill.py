"""Is a scan that is killed at any moment and started again the scan that was never killed?

A scan of plain, gzip, zstandard, Parquet and text shards is killed with SIGKILL at 20 moments drawn
over its length, started again, and compared byte for byte: report, findings, cleaned corpus.
"""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

KILLS = 20
SHARDS = 20
RECORDS = 200
SEED = 20_261_126
SYLLABLES = ("bar", "lor", "min", "tek", "vos", "sul", "ran", "dep", "kil", "fen")
VOCABULARY = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "a", "o", "ed")]


def main() -> None:
    """Print how many of the killed scans ended like the whole one; exit with 1 unless all did."""
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_data(folder, draw)
        start = time.perf_counter()
        _start(folder, "whole").wait()
        seconds = time.perf_counter() - start
        expected = _bytes(folder, "whole")
        same = kept = unkilled = 0
        for number in range(KILLS):
            process = _start(folder, f"killed{number}")
            try:
                process.wait(draw.uniform(0, seconds))
                unkilled += 1
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            kept += len(list(folder.glob(f"killed{number}/scan.json.scan/shards/*.json")))
            _start(folder, f"killed{number}").wait()
            same += _bytes(folder, f"killed{number}") == expected
    print(
        f"{same} of {KILLS} scans killed over {seconds:.1f} s ended in the same {len(expected)} "
        f"files; {kept / KILLS:.1f} of {SHARDS} shards kept on average, {unkilled} ended first"
    )
    sys.exit(0 if same == KILLS else 1)


def _start(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """Start a scan that writes report, state and cleaned corpus below a folder of its own."""
    words = ["--test", "test.jsonl", "--corpus", "corpus", "-q"]
    words += ["--report", f"{name}/scan.json", "--remove-to", f"{name}/clean"]
    return subprocess.Popen(
        [sys.executable, "-m", "benchwright.cli.main", "contamination", "scan", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )


def _bytes(folder: Path, name: str) -> dict[str, bytes]:
    """Return every file that must be equal: the report, the findings, the cleaned corpus."""
    parts = ("scan.json", "scan.json.scan/findings/*", "clean/*")
    return {
        str(path.relative_to(folder / name)): path.read_bytes()
        for part in parts
        for path in sorted((folder / name).glob(part))
    }


def _write_data(folder: Path, draw: random.Random) -> None:
    tasks = [_prose(draw, 40) for _ in range(200)]
    rows = [json.dumps({"id": n, "input": task}) + "\n" for n, task in enumerate(tasks)]
    (folder / "test.jsonl").write_text("".join(rows))
    (folder / "corpus").mkdir()
    for shard in range(SHARDS):
        texts = [_prose(draw, 120) for _ in range(RECORDS)]
        for at in range(0, RECORDS, 50):
            texts[at] += f" {draw.choice(tasks)}"
        _write_shard(folder / "corpus" / f"{shard:02}", shard % 5, texts)


def _write_shard(path: Path, kind: int, texts: list[str]) -> None:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    if kind == 0:
        path.with_suffix(".jsonl").write_bytes(lines)
    elif kind == 1:
        path.with_suffix(".jsonl.gz").write_bytes(gzip.compress(lines))
    elif kind == 2:
        path.with_suffix(".jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(lines))
    elif kind == 3:
        pq.write_table(pa.table({"text": texts}), path.with_suffix(".parquet"), row_group_size=100)
    else:
        path.with_suffix(".txt").write_text("\n".join(texts))


def _prose(draw: random.Random, size: int) -> str:
    return " ".join(draw.choices(VOCABULARY, k=size))


if __name__ == "__main__":
    main()
