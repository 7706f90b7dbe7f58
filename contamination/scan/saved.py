"""Keep the index of a test side in a file, and refuse it where anything of it differs.

The file is a NumPy archive of plain arrays, never pickled objects; it holds the texts of the
tasks, so keep it where the tasks may be kept.
"""

import json
import struct
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchwright.canonical import canonical_json
from benchwright.contamination.normaliser import NORMALISER
from benchwright.contamination.scan.index import RunIndex
from benchwright.contamination.scan.tasks import TestTasks
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import atomic_writer
from benchwright.findings import Side

INDEX_VERSION = 1
_ARRAYS = tuple(field.name for field in fields(RunIndex) if field.name != "run_words")

_DAMAGED = (
    *(ValueError, TypeError, KeyError, EOFError, OSError, MemoryError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError),
)
"""What NumPy, zipfile and json raise for archives with any byte changed."""


def save_index(path: Path, index: RunIndex, tasks: TestTasks) -> None:
    """Write an index and the test side it was made of."""
    account = {
        "index_version": INDEX_VERSION,
        "normaliser": NORMALISER,
        "run_words": index.run_words,
        "ids": tasks.ids,
        "texts": [text.encode("utf-8", "replace").decode() for text in tasks.texts],
        "canaries": tasks.canaries,
        "side": tasks.side.model_dump(mode="json"),
    }
    said = np.frombuffer(canonical_json(account).encode(), np.uint8)
    with atomic_writer(path) as stream:
        np.savez(stream, account=said, **{name: getattr(index, name) for name in _ARRAYS})


def load_index(path: Path, run_words: int) -> tuple[RunIndex, TestTasks]:
    """Return a saved index and its test side.

    Raises:
        InputError: If the file is no index, or is damaged.
        ConfigError: If it was built with another normaliser or run length.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            account = json.loads(held["account"].tobytes())
            arrays = {name: held[name] for name in _ARRAYS}
        if account["index_version"] != INDEX_VERSION:
            raise ValueError(f"version {account['index_version']} of the index")
        tasks = TestTasks(
            ids=tuple(account["ids"]),
            texts=tuple(account["texts"]),
            canaries=tuple(account["canaries"]),
            side=Side.model_validate(account["side"]),
        )
        for name, now in (("normaliser", NORMALISER), ("run_words", run_words)):
            _check(path, name, account[name], now)
        index = RunIndex(run_words=run_words, **arrays)
        _check_arrays(index, len(tasks.ids), len(tasks.texts))
    except _DAMAGED as error:
        raise InputError(
            f"not a whole index: {str(error).splitlines()[0] if str(error) else error!r}",
            fix="delete the file, and it is built again",
            place=Place(file=str(path)),
        ) from error
    return index, tasks


def check_tasks(path: Path, held: TestTasks, given: TestTasks) -> None:
    """Refuse an index of another test side.

    Raises:
        ConfigError: If files, field map, canaries or tasks differ.
    """
    for name in ("files", "field_map"):
        _check(path, name, _shown(getattr(held.side, name)), _shown(getattr(given.side, name)))
    _check(path, "canaries", list(held.canaries), list(given.canaries))
    if held.digest() != given.digest():
        _check(path, "tasks", f"{len(held.ids)} tasks", f"other tasks ({len(given.ids)})")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{role}={'+'.join(paths)}" for role, paths in sorted(value.items()))
    return ", ".join(f"{file.name} (sha256 {file.sha256[:12]})" for file in value)


def _check(path: Path, name: str, before: object, now: object) -> None:
    if before != now:
        raise ConfigError(
            f"the index {path} was built with {name} {before}, this run uses {now}",
            fix="give another --index, or delete this one so that it is built again",
        )


def _check_arrays(index: RunIndex, ids: int, texts: int) -> None:
    """Refuse arrays that do not fit together, so that no engine reads outside them."""
    if index.text.dtype != np.uint8 or index.text.ndim != 1:
        raise ValueError("text is no array of bytes")
    for name in _ARRAYS:
        array = getattr(index, name)
        if array.ndim != 1 or (name != "text" and array.dtype != np.int64):
            raise ValueError(f"{name} is no array of whole numbers")
    tokens = len(index.token_starts) - 1
    entries = len(index.holder_task)
    for name, cuts, end in (
        ("token_starts", index.token_starts, len(index.text)),
        ("task_starts", index.task_starts, tokens),
        ("slot_starts", index.slot_starts, entries),
    ):
        is_sound = len(cuts) and cuts[0] == 0 and cuts[-1] == end and (np.diff(cuts) >= 0).all()
        if not is_sound:
            raise ValueError(f"{name} does not cover what it cuts")
    sizes = np.repeat(index.slot_words, np.diff(index.slot_starts))
    is_sound = (
        ids == texts == index.tasks
        and len(index.slot_starts) == index.slots + 1
        and len(index.holder_token) == entries
        and (np.diff(index.slot_starts) > 0).all()
        and ((index.slot_words > 0) & (index.slot_words <= index.run_words)).all()
        and ((index.holder_task >= 0) & (index.holder_task < index.tasks)).all()
    )
    if is_sound:
        is_new_slot = np.zeros(entries, bool)
        is_new_slot[index.slot_starts[:-1]] = True
        is_sound = bool(
            (is_new_slot[1:] | (np.diff(index.holder_task) >= 0)).all()
            and (index.holder_token >= index.task_starts[index.holder_task]).all()
            and (index.holder_token + sizes <= index.task_starts[index.holder_task + 1]).all()
        )
    if not is_sound:
        raise ValueError("its slots do not fit its tasks")
