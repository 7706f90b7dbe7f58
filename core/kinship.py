"""Which tasks are kin? What a task shares with others, as keys that are compared.

Two tasks with one key in common never stand on two sides of a split. Keys are hashes, so that a
hundred thousand tasks fit in little memory and no text of a held-out task travels with them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchwright.tasks import JsonObject, Task
from benchwright.words import fold, leaf_texts, words

_NAME_FIELDS = ("name", "short", "slug", "domain", "first", "last")


@dataclass(frozen=True, slots=True, kw_only=True)
class KinKeys:
    """The keys of one task.

    `exact` is None when the input holds no word, so that nothing can be compared.
    `lineage_names` are the lineage keys in clear; the first is the task's own id.
    """

    exact: bytes | None
    lineage: tuple[bytes, ...]
    lineage_names: tuple[str, ...]

    def named(self) -> Iterator[tuple[bytes, str]]:
        """Yield every key and what it stands for; keys of different checks never meet."""
        if self.exact is not None:
            yield self.exact, "the same input words"
        yield from zip(self.lineage, self.lineage_names, strict=True)


def kin_keys(task: Task) -> KinKeys:
    """Return what the task shares with its kin: input words, lineage."""
    names = lineage_names(task)
    return KinKeys(
        exact=text_key("exact", " ".join(words(input_text(task.input)))),
        lineage=tuple(key_digest("lineage", name) for name in names),
        lineage_names=names,
    )


def lineage_names(task: Task) -> tuple[str, ...]:
    """Return the lineage keys in clear: the task's own, its parent records and its parent tasks."""
    names = [f"task:{task.id}", *task.provenance.lineage_keys]
    for parent in task.provenance.parents:
        if parent.task_id is not None:
            names.append(f"task:{parent.task_id}")
        else:
            names.append(f"record:{parent.source_sha256}:{parent.record_id}")
    return tuple(dict.fromkeys(names))


def input_text(input: JsonObject) -> str:
    """Return the leaves of an input, one a line; numbers count, keys do not."""
    return "\n".join(leaf_texts(input))


def slot_names(slots: JsonObject) -> tuple[str, ...]:
    """Return every company and person name in a task's slots, with the forms texts use.

    A slot value is a company or a person when it is an object with a `name` and a `domain` or a
    `first` name.
    """
    return tuple(dict.fromkeys(_names_in(slots)))


def text_key(check: str, text: str) -> bytes | None:
    """Return the key of a text under a check; None for an empty text."""
    return key_digest(check, text) if text else None


def key_digest(check: str, text: str) -> bytes:
    """Return the first 128 bits of the sha256 of a check's name and a text."""
    return hashlib.sha256(f"{check}\x1f{text}".encode(errors="surrogatepass")).digest()[:16]


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "name" in value and ("domain" in value or "first" in value):
            for field in _NAME_FIELDS:
                if isinstance(text := value.get(field), str) and fold(text).strip():
                    yield text
        else:
            for key in sorted(value):
                yield from _names_in(value[key])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names_in(item)
