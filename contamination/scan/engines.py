"""Which engine scans? The compiled one where it is installed and worth its start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from benchwright.contamination.scan.engine import Engine
from benchwright.contamination.scan.index import RunIndex, index_texts
from benchwright.contamination.scan.reference import ReferenceEngine
from benchwright.errors import SetupError

EngineName = Literal["auto", "python", "compiled"]
ENGINES: tuple[EngineName, ...] = ("auto", "python", "compiled")

MIN_COMPILED_BYTES = 50 * 10**6
"""A smaller corpus is scanned in plain Python before the compiled engine has started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """How texts are indexed, and the engine that is made of an index.

    `prepare` makes both ready; it calls what it is given when that will take many seconds.
    """

    prepare: Callable[[Callable[[], None]], None]
    index_texts: Callable[[Sequence[str], int], RunIndex]
    engine: Callable[[RunIndex], Engine]


def choose_engine(name: EngineName, corpus_bytes: int) -> EngineChoice:
    """Return the engine of a name; `auto` decides by the size of the corpus.

    Raises:
        SetupError: If the compiled engine is asked for and numba is not installed.
    """
    has_numba = find_spec("numba") is not None
    if name == "compiled" and not has_numba:
        raise SetupError("the compiled engine needs numba", fix="pip install 'benchwright[fast]'")
    if name == "python" or not has_numba or (name == "auto" and corpus_bytes < MIN_COMPILED_BYTES):
        return EngineChoice(prepare=lambda _: None, index_texts=index_texts, engine=ReferenceEngine)
    compiled = import_module("benchwright.contamination.scan.compiled")
    return EngineChoice(
        prepare=compiled.compile_all,
        index_texts=compiled.index_texts,
        engine=compiled.CompiledEngine,
    )
