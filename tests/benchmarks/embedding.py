"""How long does the embedding check take, with vectors at hand and from nothing?

First 1,000 x 100,000 texts whose vectors stand in a cache (drawn at random, with planted near
copies): reading and comparing the vectors, then the whole detector, which also cuts every text
into windows and counts their tokens. Then 300 x 300 texts from the shell, model load included;
they are sentences of this project's templates and README, shuffled.
"""

import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

from benchwright.canonical import canonical_json
from benchwright.contamination.embedding import EmbeddingDetector, _cache_file, resolve_model
from benchwright.contamination.items import Item
from benchwright.contamination.vectors import closest, read_vectors, write_vectors
from benchwright.contamination.views import to_view
from benchwright.errors import Place

ROOT = Path(__file__).parents[2]
SEED = 20_261_127
TEST, TRAIN, PLANTED = 1_000, 100_000, 500
DIMENSIONS = 384
MIN_COSINE_SIMILARITY = 0.85
TASKS = 300


def main() -> None:
    """Print all figures."""
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    draw = random.Random(SEED)
    sentences = _sentences()
    with tempfile.TemporaryDirectory() as folder:
        _from_cache(draw, sentences, Path(folder))
        _from_the_shell(draw, sentences, Path(folder))
    print(f"load average {os.getloadavg()[0]:.2f}")


def _from_cache(draw: random.Random, sentences: list[str], folder: Path) -> None:
    model = resolve_model(None)
    if isinstance(model, str):
        sys.exit(model)
    texts = [f"{i} {' '.join(draw.sample(sentences, 2))}"[:400] for i in range(TEST + TRAIN)]
    views = [to_view(Item(id=t, place=Place(), input=t)) for t in texts]
    test, train = views[:TEST], views[TEST:]
    detector = EmbeddingDetector(model=model, cache=folder)
    windows = [view.text[view.tokens[0].start : view.tokens[-1].end] for view in views]
    file = _cache_file(folder, model)
    keys = [hashlib.sha256(window.encode()).digest() for window in windows]
    write_vectors(file, keys, _vectors())
    start = time.perf_counter()
    found = read_vectors(file)
    assert found is not None
    rows = {key: row for row, key in enumerate(found[0])}
    places = numpy.array([rows[key] for key in keys])
    read = time.perf_counter() - start
    start = time.perf_counter()
    pairs = closest(
        (found[1][places[:TEST]], range(TEST)),
        (found[1], places[TEST:], range(TRAIN)),
        MIN_COSINE_SIMILARITY,
    )
    compared = time.perf_counter() - start
    hit = sum(at == to for at, to, _ in pairs)
    print(
        f"{TEST:,} x {TRAIN:,} cached vectors: read {read:.2f} s, compared {compared:.2f} s, "
        f"{hit} of {PLANTED} planted pairs, {len(pairs) - hit} others"
    )
    start = time.perf_counter()
    close = 0
    for begin in range(TEST, TEST + TRAIN, 4_000):
        products = found[1][places[begin : begin + 4_000]] @ found[1][places[:TEST]].T
        close += numpy.count_nonzero(products >= MIN_COSINE_SIMILARITY)
    seconds = time.perf_counter() - start
    print(f"numpy's products of the same vectors: {seconds:.2f} s, {close:,} reach the threshold")
    start = time.perf_counter()
    whole = detector.compare(test, train)
    seconds = time.perf_counter() - start
    print(f"the whole detector on these texts: {seconds:.2f} s, {len(whole.pairs)} pairs")


def _vectors() -> numpy.ndarray:
    """Return unit vectors; the first training ones are near copies of the first test ones."""
    draw = numpy.random.default_rng(SEED)
    vectors = draw.standard_normal((TEST + TRAIN, DIMENSIONS), dtype=numpy.float32)
    vectors[TEST : TEST + PLANTED] = vectors[:PLANTED] + 0.3 * vectors[TEST : TEST + PLANTED]
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def _from_the_shell(draw: random.Random, sentences: list[str], folder: Path) -> None:
    words = [str(Path(sys.executable).parent / "benchwright"), "contamination", "check", "-q"]
    sizes = []
    for side in ("test", "train"):
        texts = [" ".join(draw.sample(sentences, draw.randint(3, 6))) for _ in range(TASKS)]
        sizes += [len(text.split()) for text in texts]
        path = folder / f"{side}.jsonl"
        path.write_text("".join(canonical_json({"input": text}) + "\n" for text in texts))
        words += [f"--{side}", str(path)]
    for extra in ([], ["--embeddings"]):
        start = time.perf_counter()
        done = subprocess.run([*words, *extra], check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        name = " ".join(["check", *extra])
        print(
            f"{name} of {TASKS} x {TASKS} texts of {sum(sizes) / len(sizes):.0f} words from the "
            f"shell: {seconds:.2f} s, exit status {done.returncode}"
        )
        if done.returncode not in (0, 1):
            sys.exit(done.stderr)


def _sentences() -> list[str]:
    files = [ROOT / "README.md"]
    for pattern in ("*.md", "*.yaml"):
        files += sorted((ROOT / "templates").rglob(pattern))
    text = "\n".join(file.read_text("utf-8") for file in files)
    cut = re.split(r"(?<=[.!?])\s+|\n", text)
    plain = {re.sub(r"[^\w\s.,;:!?'-]", " ", part).strip() for part in cut}
    return sorted(part for part in plain if 8 <= len(part.split()) <= 40)


if __name__ == "__main__":
    main()
