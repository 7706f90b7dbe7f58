"""What a scan has finished, on disk, so that a killed one goes on and ends in the same report.

scan.json            what the index and the settings were; another scan is refused
shards/KEY.json      one finished shard; written last, so it is there whole or not at all
findings/KEY.jsonl   one line per (record, task) of that shard
cleaned/KEY.json     one shard whose cleaned copy is written
parts/               what running units write; emptied at every start
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from benchwright.canonical import sha256_hex
from benchwright.contamination.scan.reading import ShardError, file_digest
from benchwright.contamination.scan.shards import Shard
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import read_text, write_text
from benchwright.scans import RecordMatch, RecordPlace, ScannedShard, UnreadRecord
from benchwright.tasks import Record
from benchwright.verdicts import PlantTally

_FOLDERS = ("shards", "findings", "cleaned", "parts")


class Identity(Record):
    """What must be equal for a finished shard to count."""

    state_version: Literal[1] = 1
    tool: str
    normaliser: str
    run_words: int
    fields: tuple[str, ...] | None = None
    seed: int
    containment: bool
    engine: str
    tasks_sha256: str


class TaskRow(Record):
    """One task's records in a shard."""

    task: int
    records: int
    runs: int
    longest_words: int
    containment: float
    best: tuple[RecordMatch, ...]


class PassageRow(Record):
    """One run that many tasks hold, and the records of a shard that hold it."""

    slot: int
    records: int
    first: RecordPlace


class ShardRecord(Record):
    """A finished shard. `mtime_ns` is when the file was last written."""

    mtime_ns: int
    shard: ScannedShard
    first_failed: tuple[UnreadRecord, ...]
    tasks: tuple[TaskRow, ...]
    passages: tuple[PassageRow, ...]
    plants: tuple[PlantTally, ...]


class CleanedRecord(Record):
    """A cleaned copy: where it is, its size (None where no record is left of a text), and how many
    records it lacks.
    """

    target: str
    bytes: int | None = None
    removed: int


class ScanState:
    """The folder of one scan; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def findings(self, shard: Shard) -> Path:
        """Return where the findings of a shard stand."""
        return self.folder / "findings" / f"{_key(shard)}.jsonl"

    def part(self, shard: Shard, name: object) -> Path:
        """Return where a running unit may write."""
        return self.folder / "parts" / f"{_key(shard)}-{name}"

    def finish(self, shard: Shard, record: ShardRecord) -> None:
        """Write a finished shard down."""
        self._cleaned_file(shard).unlink(missing_ok=True)
        write_text(self._shard_file(shard), record.to_json() + "\n")

    def finish_cleaned(self, shard: Shard, record: CleanedRecord) -> None:
        """Write down that the cleaned copy of a shard is whole."""
        write_text(self._cleaned_file(shard), record.to_json() + "\n")

    def cleaned(self, shard: Shard) -> CleanedRecord | None:
        """Return what is known of the cleaned copy of a shard; None if it is not written."""
        path = self._cleaned_file(shard)
        return CleanedRecord.model_validate_json(read_text(path)) if path.is_file() else None

    def read(self, shard: Shard) -> ShardRecord:
        """Return what was written for a shard in this scan."""
        return ShardRecord.model_validate_json(read_text(self._shard_file(shard)))

    def is_finished(self, shard: Shard) -> bool:
        """Return whether a shard was read to its end and holds the same bytes as then.

        A file of the same size that was written since is hashed, which is cheaper than a scan.
        """
        if not (self._shard_file(shard).is_file() and self.findings(shard).is_file()):
            return False
        try:
            held = self.read(shard)
            status = shard.path.stat()
            if held.shard.failed is not None or held.shard.bytes != status.st_size:
                return False
            if held.mtime_ns == status.st_mtime_ns:
                return True
            return held.shard.digest == file_digest(shard.path)
        except (ValidationError, InputError, ShardError, OSError):
            return False

    def _cleaned_file(self, shard: Shard) -> Path:
        return self.folder / "cleaned" / f"{_key(shard)}.json"

    def _shard_file(self, shard: Shard) -> Path:
        return self.folder / "shards" / f"{_key(shard)}.json"


@contextmanager
def open_state(folder: Path, identity: Identity, *, resume: bool) -> Iterator[ScanState]:
    """Open a scan's folder for this process alone.

    Args:
        folder: Made when it is not there.
        identity: What this scan is.
        resume: Keep finished shards; without it they are deleted.

    Raises:
        ConfigError: If another scan is running in it, another scan's shards are finished in it, or
            it holds files of something else.
    """
    foreign = folder.exists() and any(folder.iterdir()) and not (folder / "lock").exists()
    if foreign:
        raise ConfigError(
            f"{folder} is no folder of a scan, and it is not empty",
            fix="name an empty or new folder with --state",
        )
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"another scan is running in {folder}", fix="wait for it, or use another --state"
            ) from error
        _clear(folder, ("parts",) if resume else _FOLDERS)
        identity_file = folder / "scan.json"
        if resume and identity_file.is_file():
            _check(_read_identity(identity_file), identity, folder)
        write_text(identity_file, identity.to_json() + "\n")
        yield ScanState(folder)


def _clear(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        shutil.rmtree(folder / name)
        (folder / name).mkdir()


def _read_identity(path: Path) -> Identity:
    try:
        return Identity.model_validate_json(read_text(path))
    except ValidationError as error:
        raise InputError(
            "not the record of a scan of this version",
            fix="start over with --no-resume, or use another --state",
            place=Place(file=str(path)),
        ) from error


def _check(held: Identity, wanted: Identity, folder: Path) -> None:
    for name in Identity.model_fields:
        before, now = getattr(held, name), getattr(wanted, name)
        if before != now:
            is_hash = name == "tasks_sha256"
            said = "other tasks" if is_hash else f"{name} {_shown(before)}"
            uses = "" if is_hash else f", this run uses {_shown(now)}"
            raise ConfigError(
                f"the state in {folder} was built with {said}{uses}",
                fix="start over with --no-resume, or use another --state",
            )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "all values" if value is None else str(value)


def _key(shard: Shard) -> str:
    return sha256_hex(shard.name)[:24]
