"""The ledger: one SQLite file per project that is the cache and the provenance of every call.

A reply is on disk, fully synced, before anybody sees it; a killed run finds it again. A call in
flight is an *intent* with the most it can cost, so that a cap holds over every process that uses
the file. The intents of a process that died count as spent: their calls may have been charged.
API keys never come here: a request holds none.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, Literal, TypeVar

from benchwright.calls.spec import CallResult, CallRole, CallSpec, Purpose, Reply, Usage
from benchwright.errors import InputError, Place, SetupError

T = TypeVar("T")
SCHEMA_VERSION = 1
CALL_ID_DIGITS = 16
_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  key TEXT PRIMARY KEY, scope TEXT NOT NULL, request TEXT NOT NULL, purpose TEXT NOT NULL,
  text TEXT NOT NULL, served_model TEXT NOT NULL, response_id TEXT NOT NULL,
  finish_reason TEXT NOT NULL, usage TEXT, reported_picodollars INTEGER,
  cost_picodollars INTEGER NOT NULL, cost_source TEXT NOT NULL, price_sha256 TEXT NOT NULL,
  tries INTEGER NOT NULL, seconds REAL NOT NULL, made_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS intents (
  key TEXT PRIMARY KEY, scope TEXT NOT NULL, owner TEXT NOT NULL, picodollars INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lost (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, scope TEXT NOT NULL, picodollars INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS money (
  scope TEXT PRIMARY KEY, settled INTEGER NOT NULL, lost INTEGER NOT NULL
) STRICT;
"""
Claim = Literal["claimed", "answered", "busy", "over_budget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Money of one scope, in picodollars.

    Attributes:
        settled: Charged for replies that arrived.
        lost: Most that calls without a reply may have been charged.
        reserved: Most that the calls in flight can still be charged.
    """

    settled: int
    lost: int
    reserved: int

    @property
    def total(self) -> int:
        """What counts against a cap."""
        return self.settled + self.lost + self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParty:
    """Who answered a call, and in which part."""

    role: CallRole
    requested: str
    served: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[T]):
    """Something to write.

    Attributes:
        synced: Whether it has to survive a power cut: money was spent.
    """

    take: Callable[[sqlite3.Connection], T]
    synced: bool


class Ledger:
    """Every call of a project.

    Args:
        path: The SQLite file; made when absent. Its folder also holds the locks of its users.
        scope: What the money is counted for: a benchmark version.

    Raises:
        InputError: If the file is not a ledger of this version.
        SetupError: If it cannot be written.
    """

    def __init__(self, path: Path, *, scope: str) -> None:
        self.path = path
        self.scope = scope
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._connection = self._open()
        self._reader = self._open()
        self._locks = path.with_name(f"{path.name}.users")
        self._owner, self._owner_file = self._become_owner()
        self._bury_the_dead()

    def close(self) -> None:
        """Close the file; what is still in flight counts as lost from now on."""
        with self._lock, self._reading:
            self._connection.close()
            self._reader.close()
        self._owner_file.close()
        (self._locks / self._owner).unlink(missing_ok=True)

    def find(self, spec: CallSpec, purpose: Purpose) -> CallResult | None:
        """Return the reply that was paid for once, or None."""
        key = spec.key
        with self._reading:
            row = self._reader.execute(
                "SELECT text, served_model, response_id, finish_reason, usage,"
                " reported_picodollars, cost_picodollars, cost_source FROM calls WHERE key = ?",
                (key,),
            ).fetchone()
        if row is None:
            return None
        reply = Reply(
            text=row[0],
            served_model=row[1],
            response_id=row[2],
            finish_reason=row[3],
            usage=None if row[4] is None else Usage.model_validate_json(row[4]),
            cost_picodollars=row[5],
        )
        return CallResult(
            call_id=key[:16],
            spec=spec,
            purpose=purpose,
            reply=reply,
            cost_picodollars=row[6],
            cost_source=row[7],
            replayed=True,
        )

    def claim(
        self, spec: CallSpec, *, picodollars: int, cap_picodollars: int | None
    ) -> Step[Claim]:
        """Reserve a call, so that nobody else makes it and the cap holds.

        Returns:
            A step that returns `claimed`; `answered` when another process has the reply by now;
            `busy` while another living process makes the call; `over_budget` when it could cross
            the cap.
        """
        key = spec.key

        def step(connection: sqlite3.Connection) -> Claim:
            if connection.execute("SELECT 1 FROM calls WHERE key = ?", (key,)).fetchone():
                return "answered"
            held = connection.execute("SELECT owner FROM intents WHERE key = ?", (key,)).fetchone()
            if held is not None and self._is_alive(held[0]):
                return "busy"
            if held is not None:
                self._lose(connection, f"owner {held[0]} died", key=key)
            if cap_picodollars is not None:
                spent = self._spent(connection).total
                if spent + picodollars > cap_picodollars:
                    return "over_budget"
            connection.execute(
                "INSERT INTO intents VALUES (?, ?, ?, ?)",
                (key, self.scope, self._owner, picodollars),
            )
            return "claimed"

        return Step(take=step, synced=False)

    def store(
        self,
        result: CallResult,
        *,
        price_sha256: str,
        tries: int,
        seconds: float,
        made_at: float,
    ) -> Step[None]:
        """Write a reply and settle its reservation."""
        reply, key = result.reply, result.spec.key
        usage = None if reply.usage is None else reply.usage.model_dump_json()

        def step(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM intents WHERE key = ?", (key,))
            connection.execute(
                "INSERT INTO calls VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    *(key, self.scope, result.spec.to_json(), result.purpose.to_json()),
                    *map(_storable, (reply.text, reply.served_model, reply.response_id)),
                    *(reply.finish_reason, usage, reply.cost_picodollars),
                    *(result.cost_picodollars, result.cost_source, price_sha256),
                    *(tries, seconds, made_at),
                ),
            )
            _count(connection, self.scope, settled=result.cost_picodollars)

        return Step(take=step, synced=True)

    def give_up(self, spec: CallSpec, *, may_be_billed: bool, reason: str) -> Step[None]:
        """End a reservation without a reply; what may have been charged counts as lost."""
        key = spec.key

        def step(connection: sqlite3.Connection) -> None:
            if may_be_billed:
                self._lose(connection, reason, key=key)
            else:
                connection.execute("DELETE FROM intents WHERE key = ?", (key,))

        return Step(take=step, synced=may_be_billed)

    def write(self, step: Step[T]) -> T:
        """Take one step in a transaction of its own.

        Raises:
            SetupError: If the file cannot be written.
        """
        [outcome] = self.write_all([step])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def write_all(self, steps: Sequence[Step[T]]) -> list[T | Exception]:
        """Take steps in one transaction; it is on disk before this returns if one has to be.

        Returns:
            What each step returned, or what it raised: a step that fails leaves nothing behind, and
            the others stand.

        Raises:
            SetupError: If the file cannot be written; no step has been taken then.
        """
        outcomes: list[T | Exception] = []
        with self._transaction(synced=any(step.synced for step in steps)) as connection:
            for step in steps:
                connection.execute("SAVEPOINT step")
                try:
                    outcomes.append(step.take(connection))
                except sqlite3.OperationalError:
                    raise
                except Exception as error:
                    connection.execute("ROLLBACK TO step")
                    outcomes.append(error)
                connection.execute("RELEASE step")
        return outcomes

    def spent(self) -> Spent:
        """Return the money of this scope."""
        with self._reading:
            return self._spent(self._reader)

    def party(self, call_id: str) -> CallParty | None:
        """Return who answered a call that a row names in its provenance; None if it is not here."""
        with self._reading:
            rows = self._reader.execute(
                "SELECT request, purpose, served_model FROM calls WHERE key >= ? AND key < ?",
                (call_id, f"{call_id}g"),
            ).fetchall()
        if len(call_id) < CALL_ID_DIGITS or len(rows) != 1:
            return None
        return CallParty(
            role=Purpose.model_validate_json(rows[0]["purpose"]).role,
            requested=CallSpec.model_validate_json(rows[0]["request"]).model,
            served=rows[0]["served_model"],
        )

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False, timeout=60
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, SCHEMA_VERSION):
                raise InputError(
                    f"the ledger has version {found}, this benchwright reads {SCHEMA_VERSION}",
                    fix="use the benchwright that wrote it, or begin a new project folder",
                    place=Place(file=str(self.path)),
                )
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.DatabaseError as error:
            raise self._failed(error) from error
        return connection

    @contextmanager
    def _transaction(self, *, synced: bool) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._connection
            try:
                connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise self._failed(error) from error

    def _failed(self, error: sqlite3.DatabaseError) -> SetupError | InputError:
        place = Place(file=str(self.path))
        if "not a database" in str(error) or "malformed" in str(error):
            return InputError(
                f"not a ledger: {error}", fix="move the file away or restore it", place=place
            )
        return SetupError(
            f"the ledger cannot be written: {error}",
            fix="free disk space or change permissions, then run the same command again",
            place=place,
        )

    def _spent(self, connection: sqlite3.Connection) -> Spent:
        money = connection.execute(
            "SELECT settled, lost FROM money WHERE scope = ?", (self.scope,)
        ).fetchone()
        reserved = connection.execute(
            "SELECT COALESCE(SUM(picodollars), 0) FROM intents WHERE scope = ?", (self.scope,)
        ).fetchone()
        settled, lost = money or (0, 0)
        return Spent(settled=settled, lost=lost, reserved=reserved[0])

    def _lose(self, connection: sqlite3.Connection, reason: str, *, key: str) -> None:
        connection.execute(
            "INSERT INTO lost (key, scope, picodollars, reason)"
            " SELECT key, scope, picodollars, ? FROM intents WHERE key = ?",
            (reason, key),
        )
        row = connection.execute(
            "SELECT scope, picodollars FROM intents WHERE key = ?", (key,)
        ).fetchone()
        if row is not None:
            _count(connection, row[0], lost=row[1])
        connection.execute("DELETE FROM intents WHERE key = ?", (key,))

    def _become_owner(self) -> tuple[str, IO[str]]:
        """Hold a lock that ends with this process, whatever ends it."""
        self._locks.mkdir(exist_ok=True)
        owner = f"{os.getpid()}-{os.urandom(6).hex()}"
        unseen = self._locks / f".{owner}"
        file = unseen.open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        unseen.rename(self._locks / owner)
        return owner, file

    def _is_alive(self, owner: str) -> bool:
        if owner == self._owner:
            return True
        try:
            with (self._locks / owner).open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _bury_the_dead(self) -> None:
        with self._transaction(synced=True) as connection:
            for key, owner in connection.execute("SELECT key, owner FROM intents").fetchall():
                if not self._is_alive(owner):
                    self._lose(connection, f"owner {owner} died", key=key)
        for path in sorted(self._locks.iterdir()):
            if not path.name.startswith(".") and not self._is_alive(path.name):
                path.unlink(missing_ok=True)


def _count(connection: sqlite3.Connection, scope: str, *, settled: int = 0, lost: int = 0) -> None:
    connection.execute(
        "INSERT INTO money VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
        " settled = settled + excluded.settled, lost = lost + excluded.lost",
        (scope, settled, lost),
    )


def _storable(text: str) -> str:
    """Return text that SQLite can hold: a lone surrogate of a broken reply is replaced."""
    return text.encode("utf-8", errors="replace").decode()
