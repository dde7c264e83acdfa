"""``client.map``: each row comes once, with its own value or error, and what is left is cancelled."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

import gradlink
from gradlink import (
    AppError,
    ArgumentError,
    AsyncClient,
    Client,
    ClientClosedError,
    DoneEvent,
    EndpointError,
    FileData,
    JournalError,
    MapRow,
    handle_file,
)
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, gradlink_threads, in_thread, new_key, threads_left

TEXTS = [f"text {number}" for number in range(30)]


def test_rows_are_given_by_name_by_position_or_alone(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        rows = list(client.map("/add", [{"a": 1}, (2, 3), 4, {"a": 5, "op": "sub"}], ordered=True))
    assert [row.value for row in rows] == [11, 5, 14, -5]
    assert [row.row for row in rows] == [{"a": 1}, (2, 3), 4, {"a": 5, "op": "sub"}]
    assert [(row.index, row.ok, row.attempts, row.key, row.replayed) for row in rows] == [
        (index, True, 1, None, False) for index in range(4)
    ]


@pytest.mark.parametrize("concurrency", ["auto", 1, 40, (2, 5)])
def test_each_row_comes_once_with_its_own_value(server: Servers, connect: Shell, concurrency: Any) -> None:
    with connect(server().url) as client:
        rows = list(client.map("/echo", iter(TEXTS), concurrency=concurrency))
    assert sorted(row.index for row in rows) == list(range(len(TEXTS)))
    assert all(row.value == row.row == TEXTS[row.index] for row in rows)


def test_no_rows_are_no_calls(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert list(client.map("/echo", [])) == []


def test_a_batch_gets_its_rows(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        rows = list(client.map("/batch_double", range(20), ordered=True))
    assert [row.value for row in rows] == [2 * number for number in range(20)]


def test_errors_are_handed_out_left_out_or_raised(server: Servers, connect: Shell) -> None:
    given: list[Any] = [{"text": "a"}, {"text": "b"}, {"txt": "c"}]
    with connect(server().url) as client:
        rows = list(client.map("/err", given, errors="yield", ordered=True))
        assert [type(row.error) for row in rows] == [AppError, AppError, ArgumentError]
        assert [row.error.execution for row in rows] == ["failed", "failed", "not started"]
        assert [row.ok for row in rows] == [False] * 3
        assert list(client.map("/err", given, errors="skip")) == []
        with pytest.raises(ArgumentError, match="txt"):
            list(client.map("/err", [given[2]]))
        with pytest.raises(AppError):
            list(client.map("/err", given[:2]))
        left = client.map("/err", given[:2])
        with pytest.raises(AppError):
            next(left)
        with pytest.raises(StopIteration):
            next(left)


def test_a_row_with_a_name_of_the_call_itself_is_an_error_of_its_own(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        row, good = client.map("/echo", [{"api_name": "x"}, "y"], errors="yield", ordered=True)
    assert isinstance(row.error, ArgumentError)
    assert "/echo" in str(row.error)
    assert good.value == "y"


def test_what_is_wrong_for_all_rows_is_raised_at_once(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        for options, said in (
            ({"errors": "ignore"}, 'errors is "raise", "yield" or "skip"'),
            ({"concurrency": 0}, "concurrency is"),
            ({"journal": 7}, "journal is a path"),
            ({"key": str}, "are for a journal"),
            ({"retry_failed": True}, "are for a journal"),
        ):
            with pytest.raises(ArgumentError, match=said):
                client.map("/echo", TEXTS, **options)
        with pytest.raises(ArgumentError, match="keeps JSON, so its values have no frames"):
            client.with_options(frames="pandas").map("/echo", TEXTS, journal="x.db")
        with pytest.raises(EndpointError, match="no endpoint '/nothing'"):
            next(client.map("/nothing", TEXTS))


def test_rows_are_pulled_as_fast_as_they_are_worked_off(server: Servers, connect: Shell) -> None:
    pulled = 0

    def rows() -> Iterator[str]:
        nonlocal pulled
        for number in itertools.count():
            pulled += 1
            yield str(number)

    with connect(server().url) as client:
        endless = client.map("/echo", rows(), concurrency=4)
        for taken in range(1, 60):
            next(endless)
            assert pulled <= taken + 4 + 2 * 4 + 16
        endless.close()


def test_leaving_cancels_what_runs_on_the_server_too(server: Servers, connect: Shell) -> None:
    base = server()
    keys = [new_key() for _ in range(9)]
    with connect(base.url) as client:
        rows = client.map("/gate_parallel", iter(keys), concurrency=3)
        with ThreadPoolExecutor(1) as other:
            first = other.submit(next, rows)
            for key in keys[:3]:
                base.reach(key, "started")
            base.open_gate(keys[0])
            assert first.result(END_SECONDS).value == f"passed {keys[0]}"
        rows.close()
        for key in keys[1:3]:
            base.reach(key, "ended")
            assert "finished" not in base.counts(key)
        assert list(rows) == []
        assert all(base.counts(key) == {} for key in keys[4:])


def test_leaving_the_loop_is_enough(server: Servers) -> None:
    base = server()
    keys = [new_key() for _ in range(3)]
    with Client(base.url, verbose=False) as client:
        base.open_gate(keys[0])
        for row in client.map("/gate_parallel", keys, concurrency=3):
            assert row.row == keys[0]
            break
        for key in keys[1:]:
            counts = base.counts(key)
            assert counts.get("started", 0) == counts.get("ended", 0)
            assert "finished" not in counts


def test_an_error_of_the_rows_ends_the_map(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()

    def rows() -> Iterator[str]:
        yield key
        raise LookupError("no more")

    with connect(base.url) as client:
        taken = client.map("/gate_parallel", rows())
        with pytest.raises(LookupError, match="no more"):
            next(taken)
        assert list(taken) == []
        counts = base.counts(key)
        assert counts.get("started", 0) == counts.get("ended", 0)
        assert "finished" not in counts


def test_a_closed_client_ends_the_map(server: Servers) -> None:
    base, key = server(), new_key()
    with Client(base.url, verbose=False) as client, ThreadPoolExecutor(1) as other:
        taken = other.submit(list, client.map("/gate_parallel", [key], errors="yield"))
        base.reach(key, "started")
        client.close()
        with pytest.raises(ClientClosedError):
            taken.result(END_SECONDS)


def test_what_the_server_does_not_take_is_sent_again(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url, retries=0) as client:
        for status in (429, 503):
            base.answer("/gradio_api/queue/join", status, times=3)
            rows = list(client.map("/echo", TEXTS[:8], concurrency=(1, 4)))
            assert sorted(row.value for row in rows) == sorted(TEXTS[:8])
            assert 1 <= sum(row.attempts - 1 for row in rows) <= 3


def test_a_map_is_watched(server: Servers, connect: Shell) -> None:
    seen: list[str] = []
    watch = gradlink.progress(
        lambda job, event: seen.append(job.api_name) if type(event) is DoneEvent else None
    )
    with Client(server().url, verbose=False) as client, watch:
        list(client.map("/echo", TEXTS[:5]))
    assert seen == ["/echo"] * 5


def test_the_threads_of_a_map_end_with_it(server: Servers, tmp_path: Path) -> None:
    before = set(gradlink_threads())
    with Client(server().url, verbose=False) as client:
        rows = client.map("/echo", TEXTS, journal=tmp_path / "j.db")
        next(rows)
        rows.close()
    assert threads_left([thread for thread in gradlink_threads() if thread not in before]) == []


# -- the journal ---------------------------------------------------------------------------------------


def test_a_map_goes_on_where_it_was(server: Servers, connect: Shell, tmp_path: Path) -> None:
    base, journal = server(), tmp_path / "j.db"
    keys = [new_key() for _ in range(12)]
    with connect(base.url) as client:
        first = client.map("/no_output", keys, journal=journal, concurrency=2)
        done = {next(first).row for _ in range(4)}
        first.close()
        ran = {key for key in keys if base.counts(key)}
        again = list(client.map("/no_output", keys, journal=journal, errors="yield", ordered=True))
    assert [row.row for row in again] == keys
    assert all(row.ok and row.replayed for row in again if row.row in done)
    for row in again:
        # What was cancelled may have run; everything else has run once, now or before.
        if row.error is not None:
            assert (row.error.execution, row.replayed) == ("unknown", True)
            assert row.row not in done
        else:
            assert base.counts(row.row) == {"seen": 1}
            assert row.row in ran or not row.replayed
        assert base.counts(row.row).get("seen", 0) <= 1
    with connect(base.url) as client:
        last = list(client.map("/no_output", keys, journal=journal, resubmit=True, ordered=True))
    assert [row.row for row in last if not row.ok] == []
    assert len({row.key for row in last}) == len(keys)


def test_failures_are_in_the_journal_until_they_are_retried(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    options: dict[str, Any] = {"journal": tmp_path / "j.db", "errors": "yield", "ordered": True}
    with connect(server().url) as client:
        first = list(client.map("/err", ["a", "b"], **options))
        again = list(client.map("/err", ["a", "b"], **options))
        retried = list(client.map("/err", ["a", "b"], retry_failed=True, **options))
    assert [(str(row.error), row.attempts, row.replayed) for row in again] == [
        (str(row.error), 1, True) for row in first
    ]
    assert [(str(row.error), row.attempts, row.replayed) for row in retried] == [
        (str(row.error), 2, False) for row in first
    ]


def test_equal_rows_come_as_often_as_they_were_given(server: Servers, connect: Shell, tmp_path: Path) -> None:
    with connect(server().url) as client:
        for replayed in (False, True):
            rows = list(client.map("/echo", ["same"] * 5, journal=tmp_path / "j.db"))
            assert sorted(row.index for row in rows) == list(range(5))
            assert [row.replayed for row in rows] == [replayed] * 5


def test_rows_may_be_named(server: Servers, connect: Shell, tmp_path: Path) -> None:
    options: dict[str, Any] = {"journal": tmp_path / "j.db", "key": lambda row: row["text"][:1]}
    with connect(server().url) as client:
        assert [row.value for row in client.map("/echo", [{"text": "a1"}], **options)] == ["a1"]
        assert [row.value for row in client.map("/echo", [{"text": "a2"}], **options)] == ["a1"]


def test_files_of_results_are_beside_the_journal(server: Servers, connect: Shell, tmp_path: Path) -> None:
    given = [("a.txt", "one"), ("b.txt", "two"), ("c.txt", "one")]
    with connect(server().url, download_files=tmp_path / "downloads") as client:
        paths = [
            row.value for row in client.map("/make_file", given, journal=tmp_path / "j.db", ordered=True)
        ]
        again = [
            row.value for row in client.map("/make_file", given, journal=tmp_path / "j.db", ordered=True)
        ]
    assert paths == again
    assert all(Path(path).is_relative_to(tmp_path / "j.db.files") for path in paths)
    assert [Path(path).read_text() for path in paths] == ["one", "two", "one"]


def test_files_that_are_not_fetched_stay_where_they_are(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    with connect(server().url, files="url") as client:
        for _ in range(2):
            (row,) = client.map("/make_file", [("a.txt", "one")], journal=tmp_path / "j.db")
            assert type(row.value) is FileData


def test_files_that_are_sent_are_known_by_their_content(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    with connect(server().url) as client:
        for content, replayed in (("dear", False), ("dear", True), ("other", False)):
            letter.write_text(content)
            (row,) = client.map("/file_upper", [{"file": handle_file(letter)}], journal=tmp_path / "j.db")
            assert row.replayed == replayed
            assert Path(row.value).read_text() == content.upper()
        (row,) = client.map("/file_upper", [object()], journal=tmp_path / "j.db", errors="yield")
        assert "give key=" in str(row.error)
        assert row.attempts == 0


def test_a_journal_of_another_endpoint_is_refused(server: Servers, connect: Shell, tmp_path: Path) -> None:
    with connect(server().url) as client:
        list(client.map("/echo", ["a"], journal=tmp_path / "j.db"))
        with pytest.raises(JournalError, match=r"is of the endpoint /echo, not of /cached"):
            next(client.map("/cached", ["a"], journal=tmp_path / "j.db"))


def test_two_that_share_a_journal_do_each_row_once(server: Servers, connect: Shell, tmp_path: Path) -> None:
    base = server()
    keys = [new_key() for _ in range(40)]

    def work() -> list[MapRow]:
        with connect(base.url) as client:
            return list(client.map("/no_output", keys, journal=tmp_path / "j.db", concurrency=3))

    with ThreadPoolExecutor(2) as both:
        one, other = (made.result() for made in [both.submit(work), both.submit(work)])
    for rows in (one, other):
        assert sorted(row.row for row in rows) == sorted(keys)
        assert all(row.ok for row in rows)
    assert all(base.counts(key) == {"seen": 1} for key in keys)
    assert sum(not row.replayed for row in (*one, *other)) == len(keys)


# -- event loops ---------------------------------------------------------------------------------------


async def test_rows_may_come_from_an_asynchronous_iterator(server: Servers) -> None:
    async def rows() -> AsyncIterator[str]:
        for text in TEXTS:
            await anyio.lowlevel.checkpoint()
            yield text

    url = (await in_thread(server)).url
    async with AsyncClient(url, verbose=False) as client:
        values = [row.value async for row in client.map("/echo", rows(), ordered=True)]
    assert values == TEXTS


async def test_a_client_connects_when_the_rows_are_taken(server: Servers) -> None:
    client = AsyncClient((await in_thread(server)).url, verbose=False)
    try:
        assert [row.value async for row in client.map("/echo", ["a"])] == ["a"]
    finally:
        await client.close()


@pytest.mark.parametrize("how", ["cancelled", "left", "closed"])
async def test_a_task_that_is_cancelled_or_leaves_cancels_its_rows(
    server: Servers, tmp_path: Path, how: str
) -> None:
    base = await in_thread(server)
    keys = [new_key() for _ in range(3)]
    async with AsyncClient(base.url, verbose=False) as client:
        await in_thread(base.open_gate, keys[0])
        rows = client.map("/gate_parallel", keys, journal=tmp_path / "j.db")
        assert (await anext(rows)).row == keys[0]
        for key in keys[1:]:
            await in_thread(base.reach, key, "started")
        if how == "cancelled":
            with anyio.CancelScope() as scope:
                scope.cancel()
                await anext(rows)
        elif how == "closed":
            await rows.aclose()
        del rows
        for key in keys[1:]:
            await in_thread(base.reach, key, "ended")
            assert "finished" not in await in_thread(base.counts, key)
        again = client.map("/gate_parallel", keys, journal=tmp_path / "j.db", errors="yield", ordered=True)
        known = [await anext(again), await anext(again)]
        await again.aclose()
    assert [(row.ok, row.replayed) for row in known] == [(True, True), (False, True)]
    assert known[1].error is not None
    assert known[1].error.execution == "unknown"


def test_a_map_may_be_left_from_any_thread(server: Servers) -> None:
    base, keys = server(), [new_key() for _ in range(2)]
    with Client(base.url, verbose=False) as client:
        base.open_gate(keys[0])
        rows = [client.map("/gate_parallel", keys)]
        next(rows[0])
        base.reach(keys[1], "started")
        leaving = threading.Thread(target=partial(rows.clear))
        leaving.start()
        leaving.join()
        base.reach(keys[1], "ended")
        assert "finished" not in base.counts(keys[1])
