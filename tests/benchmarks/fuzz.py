"""Does any file crash or hang what reads and scans it? Give `--minutes` (default 0.5) and a seed.

Hypothesis draws a file of some format (JSON Lines, CSV, text, Parquet, a saved index; plain, gzip
or zstd), breaks it before or after it is packed, and draws a field map. It is then read as the
test side, scanned as a corpus with either engine, or loaded as an index. Errors of our own are an
answer; any other exception is printed, shrunk, and the exit status is 1. A case of more than 60 s
ends the process with the place where it stood.
"""

import argparse
import faulthandler
import gzip
import io
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchwright.contamination.fieldmap import parse_map
from benchwright.contamination.sources import read_side
from benchwright.errors import BenchwrightError
from benchwright.pipeline.contamination_scan import ScanSettings, scan_files

CASES_A_ROUND = 100
HANG_SECONDS = 60
TASKS = [
    "A fox jumps over the lazy dogs of Amsterdam on day 17 and asks for 3 boxes of nails.",
    "Count the blue boats near Oslo.",
    "Ünïcode tasks with straße and ﬁne ligatures stand here for 你好世界 to be compared at last.",
]
RECORDS = [
    *({"id": at, "input": text, "answer": f"#### {at}"} for at, text in enumerate(TASKS)),
    {"messages": [{"role": "user", "content": TASKS[0]}, {"role": "assistant", "content": "No."}]},
    {"text": f"before\u2028 {TASKS[1].upper()} after\x00", "meta": {"n": [1, 2.5, None, True]}},
    {"input": '{"question": "' + TASKS[2] + '"}', "id": "dup", "k é": ["a", {"b": "c"}]},
]
ENDINGS = ("jsonl", "ndjson", "csv", "txt", "md", "parquet", "npz")
PACKINGS = ("", ".gz", ".zst")
MAPS = ("input=text", "input=messages", "id=id", "input=meta.n", "lineage=k é", "bogus", "x=y")
FIELDS = ((), ("text",), ("input", "id"), ("messages",), ("k é",))
TOKENS = (
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u", b"\\ud83d", b":", b",", b"\n", b"\r\n", b"\x00"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"1e999", b"-", b"NaN", b"null", b"PAR1"),
    *(b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b'""', b"PK\x03\x04", b"\x28\xb5\x2f\xfd"),
    b"\x1f\x8b\x08",
)
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(("set", "cut", "put", "token", "end", "repeat")),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=8),
        st.integers(0, len(TOKENS) - 1),
    ),
    max_size=6,
)
seen: Counter[str] = Counter()


def main() -> int:
    """Run rounds of cases until the time is over."""
    parser = argparse.ArgumentParser(description="Fuzz what reads and scans files.")
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    end = time.monotonic() + 60 * chosen.minutes
    number = chosen.seed
    while time.monotonic() < end:
        seed(number)(_round)()
        number += 1
    faulthandler.cancel_dump_traceback_later()
    total = sum(seen.values())
    answers = ", ".join(f"{count:,} {name}" for name, count in sorted(seen.items()))
    print(f"{total:,} fuzzed files, no crash and no hang; next seed {number}: {answers}")
    return 0


@settings(
    max_examples=CASES_A_ROUND,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(
    ending=st.sampled_from(ENDINGS),
    packing=st.sampled_from(PACKINGS),
    inside=MUTATIONS,
    outside=MUTATIONS,
    is_raw=st.booleans(),
    raw=st.binary(max_size=300),
    maps=st.lists(st.sampled_from(MAPS), max_size=2),
    fields=st.sampled_from(FIELDS),
    containment=st.booleans(),
    as_corpus=st.booleans(),
    engine=st.sampled_from(("python", "compiled")),
)
def _round(ending, packing, inside, outside, is_raw, raw, maps, fields, **how) -> None:
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = (
            raw if is_raw and ending not in ("parquet", "npz") else _mutated(_base(ending), inside)
        )
        path = folder / f"file.{ending}{packing}"
        path.write_bytes(_mutated(_packed(data, packing), outside if packing else []))
        try:
            seen[_answer(folder, path, maps, fields, **how)] += 1
        except BenchwrightError as error:
            seen[type(error).__name__] += 1


def _answer(folder, path, maps, fields, *, containment, as_corpus, engine) -> str:
    """Read, scan or load the file; return what came of it in one word."""
    tasks = folder / "tasks.jsonl"
    tasks.write_text("".join(json.dumps({"id": t, "input": t}) + "\n" for t in TASKS))
    common = {"state": folder / "state", "engine": engine, "workers": 1}
    if path.suffix == ".npz":
        scan_files([], [str(tasks)], ScanSettings(index=path, **common))
        return "loaded"
    if as_corpus:
        wanted = ScanSettings(fields=fields, containment=containment, **common)
        return scan_files([tasks], [str(path)], wanted).verdict
    read_side([path], role="test", stated=parse_map(maps, "test"))
    return "read"


def _base(ending: str) -> bytes:
    if ending in ("jsonl", "ndjson"):
        return b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS)
    if ending == "csv":
        rows = "".join(f'{at},"{text}",x\n' for at, text in enumerate(TASKS))
        return f"id,input,answer\n{rows}".encode()
    stream = io.BytesIO()
    if ending == "parquet":
        columns = {"id": [0, 1, 2], "input": TASKS, "n": [[1], [], None]}
        pq.write_table(pa.table(columns), stream, row_group_size=2)
    elif ending == "npz":
        return _index()
    else:
        stream.write("\n".join(TASKS).encode())
    return stream.getvalue()


def _index() -> bytes:
    if not _kept:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            tasks, index = folder / "tasks.jsonl", folder / "index.npz"
            tasks.write_text("".join(json.dumps({"input": text}) + "\n" for text in TASKS))
            scan_files([tasks], [str(tasks)], ScanSettings(state=folder / "state", index=index))
            _kept.append(index.read_bytes())
    return _kept[0]


_kept: list[bytes] = []


def _packed(data: bytes, packing: str) -> bytes:
    if packing == ".gz":
        return gzip.compress(data, mtime=0)
    return zstandard.compress(data) if packing == ".zst" else data


def _mutated(data: bytes, mutations) -> bytes:
    held = bytearray(data)
    for kind, share, some, token in mutations:
        place = int(share * len(held))
        if kind == "set":
            held[place : place + len(some)] = some
        elif kind == "cut":
            del held[place : place + len(some)]
        elif kind == "put":
            held[place:place] = some
        elif kind == "token":
            held[place:place] = TOKENS[token]
        elif kind == "end":
            del held[place:]
        else:
            held += held[place:]
    return bytes(held)


if __name__ == "__main__":
    sys.exit(main())
