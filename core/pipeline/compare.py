"""What a release states beside what is recomputed: one finding for each difference."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchwright.errors import InputError
from benchwright.files import read_document
from benchwright.manifests.reconcile import Finding


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """Return a manifest as a JSON object; empty where it cannot be read."""
    try:
        value = read_document(folder / name)
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}


def differences(file: str, stated: Any, found: Any, field: str = "") -> Iterable[Finding]:
    """Yield one finding for each leaf that differs, by its dotted field."""
    if isinstance(stated, dict) and isinstance(found, dict):
        for name in sorted({*stated, *found}):
            at = f"{field}.{name}" if field else name
            yield from differences(file, stated.get(name), found.get(name), at)
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for index, (left, right) in enumerate(zip(stated, found, strict=True)):
            yield from differences(file, left, right, f"{field}[{index}]")
    elif stated != found:
        shown = f"{str(stated)[:80]} is stated, {str(found)[:80]} is recomputed"
        yield Finding(file=file, field=field or None, problem=shown)
