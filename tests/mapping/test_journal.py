"""What a journal knows of rows, whoever writes it and however that ends."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gradlink import AppError, FileError, JournalError, QueueError, StreamLostError
from gradlink.mapping import journal as journals
from gradlink.mapping.journal import Claim, Journal, Subject
from gradlink.mapping.results import kept
from gradlink.mapping.schedule import Item
from gradlink.mapping.standing import Again

SUBJECT = Subject("http://127.0.0.1:7860/", "/echo")
Open = Callable[..., Journal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open the journal once more: ``opened(resubmit=True)``."""
    made: list[Journal] = []

    def open_(subject: Subject = SUBJECT, **again: bool) -> Journal:
        made.append(Journal(tmp_path / "j.db", subject, Again(**again)))
        return made[-1]

    yield open_
    for one in made:
        one.close()


def claim(journal: Journal, key: str = "k") -> Claim:
    found = journal.claim(Item(0, "row", key=key))
    if found.step != "call":
        return found
    item = found.item
    return Claim("call", Item(0, "row", item.attempts + 1, item.earlier, key, item.number))


def finish(journal: Journal, found: Claim, value: Any = "v", error: Any = None) -> None:
    stored = None if error else kept(value, {}, journal.folder)
    journal.finish(found.item, stored, error)


def kill(journal: Journal) -> None:
    """Leave a journal as a process leaves it that is killed, and let its leases end."""
    with closing(sqlite3.connect(journal._path)) as database, database:
        database.execute("UPDATE rows SET leased_until = 0 WHERE state = 'running'")


def test_a_finished_row_is_replayed(opened: Open) -> None:
    first = opened()
    found = claim(first)
    assert found.step == "call"
    finish(first, found, ("a", 1))
    first.close()
    again = claim(opened())
    assert again.step == "replay"
    assert again.row is not None
    assert (again.row.value, again.row.attempts, again.row.replayed) == (("a", 1), 1, True)


def test_equal_rows_are_two_rows(opened: Open) -> None:
    first = opened()
    one, other = claim(first), claim(first)
    assert (one.step, other.step) == ("call", "call")
    assert one.item.number != other.item.number
    finish(first, one, "one")
    first.close()
    second = opened()
    assert claim(second).step == "replay"
    assert claim(second).step == "give up"  # it was claimed, and nobody has written its end


def test_a_failed_row_is_replayed_or_called_again(opened: Open) -> None:
    first = opened()
    finish(first, claim(first), error=AppError("no", execution="failed"))
    first.close()
    again = claim(opened())
    assert again.step == "replay"
    assert again.row is not None
    assert isinstance(again.row.error, AppError)
    retried = opened(failed=True)
    found = claim(retried)
    assert (found.step, found.item.earlier) == ("call", 1)
    finish(retried, found)
    assert claim(opened(failed=True)).row == claim(opened()).row


def test_a_row_that_has_not_run_is_called_again(opened: Open) -> None:
    first = opened()
    finish(first, claim(first), error=QueueError("full", execution="not started"))
    first.close()
    assert claim(opened()).step == "call"


@pytest.mark.parametrize("how", ["lost", "closed", "killed"])
def test_a_row_that_may_have_run_is_called_again_only_if_that_is_asked_for(opened: Open, how: str) -> None:
    first = opened()
    found = claim(first)
    if how == "lost":
        finish(first, found, error=StreamLostError("lost", execution="unknown"))
    elif how == "closed":
        first.close()
    else:
        kill(first)
    given_up = claim(opened())
    assert given_up.step == "give up"
    assert given_up.row is not None
    assert given_up.row.error is not None
    assert given_up.row.error.execution == "unknown"
    assert isinstance(given_up.row.error, StreamLostError) == (how == "lost")
    if how != "lost":
        assert "it may have run; resubmit=True calls it again" in str(given_up.row.error)
    assert claim(opened(resubmit=True)).step == "call"


def test_a_row_that_another_process_calls_is_waited_for(opened: Open) -> None:
    first, second = opened(), opened(resubmit=True)
    found = claim(first)
    waited = claim(second)
    assert waited.step == "wait"
    assert second.claim_again(waited.item).step == "wait"
    finish(first, found, "theirs")
    after = second.claim_again(waited.item)
    assert after.step == "replay"
    assert after.row is not None
    assert after.row.value == "theirs"


def test_a_lease_is_renewed_while_the_row_runs(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "LEASE_SECONDS", 0.06)
    first = opened()
    found = claim(first)
    monkeypatch.setattr(journals, "LEASE_SECONDS", 3600.0)
    with closing(sqlite3.connect(first._path)) as database:
        claimed = until = database.execute("SELECT leased_until FROM rows").fetchone()
        while until == claimed:
            until = database.execute("SELECT leased_until FROM rows").fetchone()
    assert claim(opened(resubmit=True)).step == "wait"
    finish(first, found)


def test_an_end_that_comes_when_another_has_the_row_changes_nothing(opened: Open) -> None:
    first = opened()
    late = claim(first)
    kill(first)
    second = opened(resubmit=True)
    found = claim(second)
    assert found.step == "call"
    finish(first, late, "late")
    finish(second, found, "second")
    again = claim(opened())
    assert again.row is not None
    assert (again.row.value, again.row.attempts) == ("second", 2)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (
            Subject("http://other/", "/echo"),
            "is of the app http://127.0.0.1:7860/, not of http://other/",
        ),
        (Subject(SUBJECT.app, "/other"), "is of the endpoint /echo, not of /other"),
    ],
)
def test_a_journal_of_something_else_says_so(opened: Open, subject: Subject, said: str) -> None:
    opened().close()
    with pytest.raises(JournalError, match="another journal") as raised:
        opened(subject)
    assert said in str(raised.value)


def test_a_journal_of_another_version_says_so(opened: Open, tmp_path: Path) -> None:
    opened().close()
    with closing(sqlite3.connect(tmp_path / "j.db")) as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(JournalError, match="has format 9, this version of gradlink writes format 1"):
        opened()


def test_what_is_no_journal_is_left_alone(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    path.write_bytes(b"a text that is no database at all\n" * 100)
    with pytest.raises(JournalError, match="file is not a database"):
        opened()
    assert path.read_bytes() == b"a text that is no database at all\n" * 100
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE people (name)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="is a database of something else"):
        opened()
    assert path.read_bytes() == before


def test_many_may_begin_the_same_journal_at_once(tmp_path: Path) -> None:
    opening, rounds = 6, 40
    together = threading.Barrier(opening, timeout=60)  # broken, it ends the others

    def open_each() -> list[str]:
        found = []
        for number in range(rounds):
            together.wait()
            path = tmp_path / f"{number}.db"
            with closing(Journal(path, SUBJECT, Again())), closing(sqlite3.connect(path)) as database:
                found += database.execute("PRAGMA journal_mode").fetchone()
        return found

    with ThreadPoolExecutor(opening) as pool:
        opened = [pool.submit(open_each) for _ in range(opening)]
    assert [one.result() for one in opened] == [["wal"] * rounds] * opening


def test_what_holds_a_journal_for_too_long_is_said(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / "j.db", isolation_level=None)) as another:
        another.execute("BEGIN")
        another.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # read, and not ended
        with pytest.raises(JournalError, match="database is locked"):
            opened()


def test_a_journal_needs_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="unable to open database file"):
        Journal(tmp_path / "no" / "j.db", SUBJECT, Again())


def test_a_closed_journal_takes_nothing(opened: Open) -> None:
    first = opened()
    first.close()
    first.close()
    with pytest.raises(JournalError, match="was closed"):
        claim(first)


def test_files_are_kept_beside_the_journal(opened: Open, tmp_path: Path) -> None:
    journal = opened()
    stored = tmp_path / "downloads" / "0a1b" / "a.txt"
    stored.parent.mkdir(parents=True)
    stored.write_text("content")
    assert journal.keep_file(str(stored)) == journal.keep_file(str(stored)) == "0a1b/a.txt"
    stored.unlink()
    assert (tmp_path / "j.db.files" / "0a1b" / "a.txt").read_text() == "content"
    with pytest.raises(FileError, match=r"the file 'a\.txt' cannot be kept in") as raised:
        journal.keep_file(str(tmp_path / "downloads" / "0a1c" / "a.txt"))
    assert raised.value.execution == "unknown"
    assert [path.name for path in (tmp_path / "j.db.files").rglob("*") if path.is_file()] == ["a.txt"]
