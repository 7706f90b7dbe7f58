"""The answers file: one SQLite file that holds what is asked and every answer, as it was given.

An answer is on disk, fully synced, before the page says that it is saved. Events are only ever
added: what stands is found by reading them in order, so that a change never hides what was before.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from benchwright.errors import InputError, Place, SetupError
from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import Queue

Kind = Literal["answer", "undo", "leave"]
_APPLICATION_ID = 0x62777276
_VERSION = 1
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE items (
  queue TEXT NOT NULL, id TEXT NOT NULL, is_asked INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (queue, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
  number INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, item TEXT NOT NULL,
  rater TEXT NOT NULL, pass INTEGER NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL, value TEXT,
  at TEXT NOT NULL, session TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events stay'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events stay'); END;
"""
_EVENT = "nonce, queue, item, rater, pass, kind, field, value, at, session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that a person did.

    Attributes:
        nonce: Made by the page for each act, so that one that is sent twice counts once.
        field: A question, `note` or `opened`; empty for `leave`.
        value: The answer; None for none.
        session: Names the sitting.
    """

    nonce: str
    queue: Queue
    item: str
    rater: str
    pass_number: int
    kind: Kind
    field: str
    value: str | None
    at: datetime
    session: str


class Answers:
    """An open answers file.

    Args:
        path: The file; made when absent and `may_create`.
        may_create: Whether an absent file is made.

    Raises:
        InputError: If the file is absent, or is no answers file of this version.
        SetupError: If it cannot be written.
    """

    def __init__(self, path: Path, *, may_create: bool = False) -> None:
        self.path = path
        if not may_create and not path.is_file():
            raise InputError(
                f"no such file: {path.name}",
                fix="give the answers file that `benchwright review` names when it starts",
                place=Place(file=str(path)),
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = self._open()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def facts(self) -> dict[str, str]:
        """Return what is said of the whole file: where the sample came from, and its seed."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT name, value FROM facts").fetchall())

    def set_facts(self, facts: dict[str, str]) -> None:
        """Say something of the whole file; what is said twice is replaced."""
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def new_session(self) -> str:
        """Return the name of a new sitting: `s-1`, `s-2`, …"""
        with self._transaction() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = 'sittings'").fetchone()
            number = int(row[0]) + 1 if row else 1
            connection.execute(
                "INSERT OR REPLACE INTO facts VALUES ('sittings', ?)", (str(number),)
            )
        return f"s-{number}"

    def set_items(self, queue: Queue, items: Iterable[Item]) -> None:
        """Ask these items of a queue; earlier ones that are absent now are asked no more."""
        with self._transaction() as connection:
            connection.execute("UPDATE items SET is_asked = 0 WHERE queue = ?", (queue,))
            connection.executemany(
                "INSERT INTO items VALUES (?, ?, 1, ?) ON CONFLICT (queue, id)"
                " DO UPDATE SET is_asked = 1, content = excluded.content",
                [(queue, item.id, item.to_json()) for item in items],
            )

    def items(self, queue: Queue, *, only_asked: bool = True) -> tuple[Item, ...]:
        """Return the items of a queue in the order of their ids."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT content FROM items WHERE queue = ? AND is_asked >= ? ORDER BY id",
                (queue, int(only_asked)),
            ).fetchall()
        return tuple(Item.model_validate_json(row[0]) for row in rows)

    def events(self, queue: Queue, rater: str | None = None) -> tuple[Event, ...]:
        """Return what was done in a queue, in order; of one rater, or of all."""
        with self._transaction() as connection:
            return _events(connection, queue, rater)

    def add(self, event: Event, check: Callable[[Sequence[Event]], None]) -> None:
        """Write an event and sync it; one that is there already is left as it is.

        Args:
            event: What was done.
            check: Is given the rater's events of the queue so far and raises to refuse this one.
        """
        with self._transaction() as connection:
            if connection.execute(
                "SELECT 1 FROM events WHERE (nonce, rater, item, kind, field) = (?, ?, ?, ?, ?)"
                " AND value IS ?",
                (event.nonce, event.rater, event.item, event.kind, event.field, event.value),
            ).fetchone():
                return
            check(_events(connection, event.queue, event.rater))
            connection.execute(
                f"INSERT INTO events ({_EVENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    *(event.nonce, event.queue, event.item, event.rater, event.pass_number),
                    *(event.kind, event.field, event.value, event.at.isoformat(), event.session),
                ),
            )

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            self._make_or_check(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._fault(error) from error
        return connection

    def _make_or_check(self, connection: sqlite3.Connection) -> None:
        found = [connection.execute(f"PRAGMA {n}").fetchone()[0] for n in ("application_id",)]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if tables == 0:
            for statement in _statements(_SCHEMA):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        elif found != [_APPLICATION_ID] or version != _VERSION:
            raise InputError(
                "not an answers file of this version of benchwright",
                fix="name another file with --answers",
                place=Place(file=str(self.path)),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._fault(error) from error

    def _fault(self, error: sqlite3.Error) -> InputError | SetupError:
        place = Place(file=str(self.path))
        if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
            return InputError(
                f"not an answers file: {error}", fix="name another with --answers", place=place
            )
        return SetupError(
            f"the answers cannot be written: {error}",
            fix="free disk space or change permissions, then run the same command again",
            place=place,
        )


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _events(connection: sqlite3.Connection, queue: Queue, rater: str | None) -> tuple[Event, ...]:
    rows = connection.execute(
        f"SELECT {_EVENT} FROM events"  # noqa: S608 - a constant
        " WHERE queue = ? AND (? IS NULL OR rater = ?) ORDER BY number",
        (queue, rater, rater),
    )
    return tuple(
        Event(
            nonce=row[0],
            queue=row[1],
            item=row[2],
            rater=row[3],
            pass_number=row[4],
            kind=row[5],
            field=row[6],
            value=row[7],
            at=datetime.fromisoformat(row[8]),
            session=row[9],
        )
        for row in rows
    )
