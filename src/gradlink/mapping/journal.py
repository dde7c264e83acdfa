"""A file that knows what became of each row of a map, in SQLite.

A row is claimed before it is called, with a lease that is renewed while it runs, and its end is written when it has ended:
whatever ends the process, the file says which rows are finished, which may have run, and which have not.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from gradlink._dataclass import dataclass
from gradlink.errors import FileError, GradlinkError, JournalError
from gradlink.mapping.results import Kept, read_error, read_value, write_error
from gradlink.mapping.rows import MapRow
from gradlink.mapping.schedule import Item
from gradlink.mapping.standing import Again, State, Step, next_step, state_of

FORMAT: Final = 1
# A process that was killed has its rows for this long; those that run are renewed three times meanwhile.
LEASE_SECONDS: Final = 30.0
# How long another process may hold the file for a single row: far longer than it takes.
BUSY_SECONDS: Final = 60.0
_AGAIN_SECONDS: Final = 0.01
# "gmap", so that a file of something else is not taken for one.
_APPLICATION: Final = 0x676D6170

_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    owner TEXT,
    leased_until REAL NOT NULL,
    began REAL NOT NULL,
    ended REAL,
    result TEXT,
    error TEXT,
    UNIQUE (key, occurrence)
);
CREATE INDEX running ON rows (owner) WHERE owner IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rows of a journal are calls of.

    Attributes:
        app: its address, or the name of its Space.
    """

    app: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be done with a row, and how it is handed out if it is not called."""

    step: Step
    item: Item
    row: MapRow | None = None


class Journal:
    """The journal of one map; it may be used from any thread, and other processes may use the same file.

    Attributes:
        folder: where the files of results are.
    """

    def __init__(self, path: str | os.PathLike[str], subject: Subject, again: Again) -> None:
        """Open it, or begin one. Raises JournalError if it is another's, or no journal."""
        self._path = Path(path)
        self.folder = self._path.with_name(f"{self._path.name}.files")
        self._again = again
        self._owner = uuid4().hex
        # Guards the connection; sqlite3 would only serialise single statements.
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._database = self._open(subject)
        threading.Thread(target=self._renew, name="gradlink-journal", daemon=True).start()

    # -- rows -------------------------------------------------------------------------------------

    def claim(self, item: Item) -> Claim:
        """Note that ``item`` is about to be called, if it is to be. The item that is returned knows its number."""
        with self._writing() as database:
            occurrence = self._count(database, item.key)
            now = time.time()
            fresh = database.execute(
                "INSERT INTO rows (key, occurrence, state, attempts, owner, leased_until, began) "
                "VALUES (?, ?, 'running', 1, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING number",
                (item.key, occurrence, self._owner, now + LEASE_SECONDS, now),
            ).fetchone()
            if fresh is not None:
                return Claim("call", replace(item, number=fresh[0]))
            (number,) = database.execute(
                "SELECT number FROM rows WHERE key = ? AND occurrence = ?", (item.key, occurrence)
            ).fetchone()
            return self._look(database, replace(item, number=number))

    def claim_again(self, item: Item) -> Claim:
        """Do the same for a row that another process had."""
        with self._writing() as database:
            return self._look(database, item)

    def finish(self, item: Item, kept: Kept | None, error: GradlinkError | None) -> None:
        """Write what became of a row that was claimed."""
        state = state_of(error)
        with self._writing() as database:
            database.execute(
                "UPDATE rows SET state = ?, result = ?, error = ?, attempts = ?, owner = NULL, ended = ? "
                "WHERE number = ? AND owner = ?",
                (
                    state,
                    None if kept is None else kept.text,
                    None if error is None else write_error(error),
                    item.earlier + item.attempts,
                    time.time(),
                    item.number,
                    self._owner,
                ),
            )

    def keep_file(self, path: str) -> str:
        """Keep a file that was downloaded; return its path in :attr:`folder`. Raises FileError if that cannot be done."""
        source = Path(path)
        # The store of downloads names folders by the content of their files; equal files are kept once.
        relative = Path(source.parent.name, source.name)
        target = self.folder / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                partial = target.with_name(f".{uuid4().hex}")
                try:
                    partial.hardlink_to(source)
                except OSError:  # another disk, or one that has no links
                    shutil.copyfile(source, partial)
                partial.replace(target)
        except OSError as exc:
            text = f"the file {source.name!r} cannot be kept in {str(self.folder)!r}: {exc}"
            raise FileError(text, execution="unknown") from exc
        return relative.as_posix()

    def close(self) -> None:
        """End it; rows that this map has claimed and not finished may have run."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._lock, suppress(sqlite3.Error):
            # What cannot be written now is found out when the lease has ended.
            self._database.execute(
                "UPDATE rows SET state = 'unknown', owner = NULL WHERE owner = ? AND state = 'running'",
                (self._owner,),
            )
        with self._lock:
            self._database.close()

    # -- inside -----------------------------------------------------------------------------------

    def _count(self, database: sqlite3.Connection, key: str | None) -> int:
        """Return how many rows of this key this map has had before: equal rows are told apart by that."""
        (count,) = database.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
            (key,),
        ).fetchone()
        return int(count) - 1

    def _look(self, database: sqlite3.Connection, item: Item) -> Claim:
        state: State
        owner, state, attempts, until, result, error = database.execute(
            "SELECT owner, state, attempts, leased_until, result, error FROM rows WHERE number = ?",
            (item.number,),
        ).fetchone()
        now = time.time()
        item = replace(item, earlier=attempts)
        step = next_step(state, self._again, leased=owner is not None and until > now)
        match step:
            case "call":
                database.execute(
                    "UPDATE rows SET state = 'running', attempts = attempts + 1, owner = ?, leased_until = ?, began = ?, "
                    "result = NULL, error = NULL WHERE number = ?",
                    (self._owner, now + LEASE_SECONDS, now, item.number),
                )
                return Claim(step, item)
            case "replay":
                value = None if result is None else read_value(result, self.folder)
                failed = None if error is None else read_error(error)
                return Claim(step, item, replace(item.ended(value, failed), replayed=True))
            case "give up":
                failed = _may_have_run(self._path) if error is None else read_error(error)
                return Claim(step, item, replace(item.ended(None, failed), replayed=True))
            case "wait":
                return Claim(step, item)

    def _renew(self) -> None:
        while not self._closed.wait(LEASE_SECONDS / 3):
            with suppress(JournalError), self._writing() as database:  # the next time, or never
                database.execute(
                    "UPDATE rows SET leased_until = ? WHERE owner = ?",
                    (time.time() + LEASE_SECONDS, self._owner),
                )

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """Give the connection, in a transaction. Raises JournalError if the file cannot be written."""
        with self._lock, self._told():
            if self._closed.is_set():
                raise JournalError(f"the journal {str(self._path)!r} was closed")
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise JournalError(f"the journal {str(self._path)!r} cannot be used: {exc}") from exc

    def _open(self, subject: Subject) -> sqlite3.Connection:
        with self._told():
            database = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            with self._told():
                self._check_kind(database)
                self._write_ahead(database)
                # Written when the system likes: the end of the process loses nothing, that of the machine may lose the last rows.
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute("BEGIN IMMEDIATE")
                self._begin(database, subject)
                database.execute("COMMIT")
                # On disk if they are many, so that memory does not grow with the rows.
                database.execute("PRAGMA temp_store = FILE")
                database.execute(
                    "CREATE TEMP TABLE seen (key TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID"
                )
        except BaseException:
            database.close()
            raise
        return database

    def _check_kind(self, database: sqlite3.Connection) -> None:
        # In one transaction, so that both are of one moment: another process may begin this journal between them.
        database.execute("BEGIN")
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        database.execute("COMMIT")
        if tables and application != _APPLICATION:
            raise JournalError(
                f"{str(self._path)!r} is a database of something else, not a journal of gradlink"
            )

    def _write_ahead(self, database: sqlite3.Connection) -> None:
        """Let others read while one writes. SQLite does not wait for another that changes this too; so this does."""
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                database.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            else:
                return
            time.sleep(_AGAIN_SECONDS)

    def _begin(self, database: sqlite3.Connection, subject: Subject) -> None:
        path = str(self._path)
        (format_,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not tables:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {FORMAT}")
            said = [("app", subject.app), ("endpoint", subject.endpoint)]
            database.executemany("INSERT INTO about VALUES (?, ?)", said)
            return
        if format_ != FORMAT:
            raise JournalError(
                f"the journal {path!r} has format {format_}, this version of gradlink writes format {FORMAT}: "
                "use the version that wrote it, or another journal"
            )
        about: dict[str, Any] = dict(database.execute("SELECT name, said FROM about").fetchall())
        for what, wanted in (("app", subject.app), ("endpoint", subject.endpoint)):
            if about.get(what) != wanted:
                raise JournalError(
                    f"the journal {path!r} is of the {what} {about.get(what)}, not of {wanted}: give another journal"
                )


def _may_have_run(path: Path) -> GradlinkError:
    return GradlinkError(
        f"the process that called this row ended before the journal {str(path)!r} had its result: it may have run; "
        "resubmit=True calls it again",
        execution="unknown",
    )
