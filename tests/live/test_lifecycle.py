"""The life of a client: what it opens and ends, who may use it, and how its jobs fit other tools."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from pathlib import Path
from typing import Any

import anyio
import pytest

from gradlink import AppError, AsyncClient, AsyncJob, Client, ClientClosedError, DoneEvent, Status
from tests.live.asked import Asked
from tests.live.programs import ended, run, start
from tests.live.servers import Server, Servers
from tests.live.shells import Shell
from tests.live.waits import (
    END_SECONDS,
    follow,
    gradlink_threads,
    in_thread,
    new_key,
    output_is,
    status_is,
    threads_left,
)


def heartbeats(asked: Asked, server: Server) -> list[str]:
    """Return the sessions whose heartbeat was asked for, in order."""
    return [
        request.path.rpartition("/")[2]
        for request in server.requests()
        if "/heartbeat/" in request.path and asked.headers.items() <= request.headers.items()
    ]


def connections_to(server: Server) -> int:
    """Return how many sockets of this process are connected to the server."""
    port = f"{int(server.origin.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:]]
    inodes = {row[9] for row in rows if row[2].endswith(f":{port}")}
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(link.removeprefix("socket:[").rstrip("]") in inodes for link in links)


# Closing


def test_a_client_can_be_closed_twice(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", api_name="/echo") == "x"
        client.close()
        client.close()


def test_a_closed_client_says_so(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(server().url, headers=asked.headers) as client:
        assert client.predict("x", api_name="/echo") == "x"
        client.close()
        before = len(asked.requests())
        for call in (client.predict, client.submit):
            with pytest.raises(ClientClosedError, match="the client is closed"):
                call("x", api_name="/echo")
        assert len(asked.requests()) == before
        assert client.src == server().url


def test_an_unused_client_can_be_closed(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        client.close()


def test_a_client_that_cannot_connect_leaves_nothing_behind(server: Servers) -> None:
    before = set(gradlink_threads())
    base = server("auth")
    with pytest.raises(ValueError, match="401"):
        Client(base.url, verbose=False)
    gc.collect()
    # One that has helped to connect ends when its turn comes.
    assert threads_left([thread for thread in gradlink_threads() if thread not in before]) == []
    assert connections_to(base) == 0


def test_closing_ends_pending_jobs_with_an_error(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(4)]
    with connect(base.url, max_workers=3) as client:
        generates = client.submit(keys[0], 3, api_name="/gategen_one")
        base.open_gate(keys[0])
        follow(generates.events(), output_is(0))
        queued = client.submit(keys[1], 3, api_name="/gategen_one")
        follow(queued.events(), status_is(Status.IN_QUEUE))
        joins = client.submit(keys[2], api_name="/heldgate")
        base.reach(keys[2], "joining")
        unsent = client.submit(keys[3], api_name="/gate_parallel")
        client.close()

        jobs = (generates, queued, joins, unsent)
        for job in jobs:
            assert job.done()
            assert not job.cancelled()
            assert isinstance(job.exception(), ClientClosedError)
            with pytest.raises(ClientClosedError, match="the client was closed"):
                job.result()
            assert (job.status().code, job.status().success) == (Status.FINISHED, False)
        assert generates.exception().execution == "unknown"
        assert unsent.exception().execution == "not started"
        (*_, done) = generates.events()
        assert isinstance(done, DoneEvent)
        assert isinstance(done.error, ClientClosedError)
    # What waits at a gate does not notice that nobody listens any more.
    base.open_gate(f"{keys[2]} join")
    for key in keys:
        base.open_gate(key, 3)
    base.reach(keys[0], "ended")
    assert base.counts(keys[3]) == {}


def test_the_server_stops_when_the_client_closes(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(1_000_000, 0.001, key, api_name="/slowgen")
        assert next(job) == "tick 0"
    base.reach(key, "ended")
    assert "finished" not in base.counts(key)


@pytest.mark.parametrize("waits_in", ["result", "iteration", "deltas", "predict"])
def test_closing_wakes_who_waits(server: Servers, connect: Shell, waits_in: str) -> None:
    base, key = server(), new_key()
    caught: list[BaseException] = []
    seen: list[Any] = []

    def waiting() -> None:
        try:
            match waits_in:
                case "predict":
                    client.predict(key, 3, api_name="/gategen")
                case "result":
                    client.submit(key, 3, api_name="/gategen").result()
                case "iteration":
                    seen.extend(client.submit(key, 3, api_name="/gategen"))
                case _:
                    seen.extend(client.submit(key, 3, api_name="/gategen").deltas())
        except BaseException as exc:
            caught.append(exc)

    with connect(base.url) as client:
        thread = threading.Thread(target=waiting)
        thread.start()
        base.open_gate(key)
        base.reach(key, "ticked")
        client.close()
        thread.join(END_SECONDS)
    assert [type(exc) for exc in caught] == [ClientClosedError]
    assert seen in ([], ["tick 0"])


def test_closing_waits_for_no_function(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key(), new_key()]
    with connect(base.url, max_workers=1) as client:
        jobs = [client.submit(key, api_name="/fast_gate") for key in keys]
        base.reach(keys[0], "started")
        client.close()
        assert [type(job.exception()) for job in jobs] == [ClientClosedError] * 2
    assert [base.counts(key).get("finished") for key in keys] == [None, None]
    for key in keys:
        base.open_gate(key)


def test_a_result_that_is_there_outlives_the_client(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("w", 2, api_name="/count")
        assert job.result() == "w0 w1 "
        client.close()
        assert job.result() == "w0 w1 "
        assert job.done()


def test_no_thread_and_no_connection_is_left(server: Servers) -> None:
    base, key = server(), new_key()
    others = set(gradlink_threads())
    assert connections_to(base) == 0
    with Client(base.url, verbose=False) as client:
        jobs = [client.submit(str(index), api_name="/echo") for index in range(20)]
        assert [job.result() for job in jobs] == [str(index) for index in range(20)]
        running = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        base.reach(f"GET /gradio_api/heartbeat/{client.session_hash}", "asked")
        started = [thread for thread in gradlink_threads() if thread not in others]
        assert len(started) > 0
        assert connections_to(base) > 0
    assert threads_left(started) == []
    assert set(gradlink_threads()) <= others
    assert connections_to(base) == 0
    assert isinstance(running.exception(), ClientClosedError)


def test_no_task_and_no_connection_is_left_on_asyncio(server: Servers) -> None:
    base, key = server(), new_key()

    async def use() -> None:
        client = AsyncClient(base.url, verbose=False)
        jobs = [client.submit(str(index), api_name="/echo") for index in range(20)]
        assert [await job for job in jobs] == [str(index) for index in range(20)]
        running = client.submit(key, api_name="/gate_parallel")
        await in_thread(base.reach, key, "started")
        assert len(asyncio.all_tasks()) > 1
        assert connections_to(base) > 0
        await client.close()
        assert len(asyncio.all_tasks()) == 1
        assert connections_to(base) == 0
        assert isinstance(await running.exception(), ClientClosedError)

    assert connections_to(base) == 0
    asyncio.run(use())


async def test_an_async_client_starts_no_thread(server: Servers) -> None:
    before = set(gradlink_threads())
    async with AsyncClient(server().url, verbose=False) as client:
        assert await client.predict("x", api_name="/echo") == "x"
        assert [value async for value in client.submit("w", 2, api_name="/count")] == ["w0 ", "w0 w1 "]
        assert set(gradlink_threads()) <= before
    assert connections_to(server()) == 0


async def test_an_async_client_closes_after_an_error_in_its_block(server: Servers) -> None:
    base, key = server(), new_key()
    jobs: list[AsyncJob] = []

    async def use() -> None:
        async with AsyncClient(base.url, verbose=False) as client:
            jobs.append(client.submit(key, api_name="/gate_parallel"))
            await in_thread(base.reach, key, "started")
            raise LookupError

    with pytest.raises(LookupError):
        await use()
    assert isinstance(await jobs[0].exception(), ClientClosedError)
    assert connections_to(base) == 0
    base.open_gate(key)


async def test_an_async_client_closes_in_a_cancelled_task(server: Servers) -> None:
    base, key = server(), new_key()
    async with anyio.create_task_group() as tasks:

        async def use() -> None:
            async with AsyncClient(base.url, verbose=False) as client:
                await client.predict(key, api_name="/gate_parallel")

        tasks.start_soon(use)
        await in_thread(base.reach, key, "started")
        tasks.cancel_scope.cancel()
    await in_thread(base.reach, key, "ended")
    assert connections_to(base) == 0


# Forgetting


def test_a_forgotten_client_closes_by_itself(server: Servers) -> None:
    base = server()
    others = set(gradlink_threads())
    client = Client(base.url, verbose=False)
    assert client.predict("x", api_name="/echo") == "x"
    heartbeat = f"GET /gradio_api/heartbeat/{client.session_hash}"
    base.reach(heartbeat, "asked")
    started = [thread for thread in gradlink_threads() if thread not in others]
    assert len(started) > 0
    gone = weakref.ref(client)
    del client
    gc.collect()
    assert gone() is None
    assert threads_left(started) == []
    base.reach(heartbeat, "ended")
    assert connections_to(base) == 0


def test_a_job_keeps_its_client_until_it_ends(server: Servers) -> None:
    base, key = server(), new_key()
    others = set(gradlink_threads())
    job = Client(base.url, verbose=False).submit(key, api_name="/gate_parallel")
    base.reach(key, "started")
    gc.collect()
    started = [thread for thread in gradlink_threads() if thread not in others]
    base.open_gate(key)
    assert job.result() == f"passed {key}"
    del job
    gc.collect()
    assert threads_left(started) == []


def test_the_files_of_a_job_can_be_had_though_the_client_is_forgotten(
    server: Servers, tmp_path: Path
) -> None:
    job = Client(server().url, verbose=False, download_files=tmp_path).submit(
        "a.txt", "text", api_name="/make_file"
    )
    wait([job])
    gc.collect()
    assert Path(job.result()).read_text("utf-8") == "text"
    result = Client(server().url, verbose=False, download_files=tmp_path).submit(
        "b.txt", "other", api_name="/make_file"
    )
    assert Path(result.result()).read_text("utf-8") == "other"


def test_a_loop_over_a_job_of_a_forgotten_client_goes_to_its_end(server: Servers, tmp_path: Path) -> None:
    texts = [
        Path(path).read_text("utf-8")
        for path in Client(server().url, verbose=False, download_files=tmp_path).submit(
            3, api_name="/filegen"
        )
    ]
    assert texts == ["part 0", "part 1", "part 2"]


PENDING = """
import sys
from gradlink import Client

url, key = sys.argv[1:]
client = Client(url, verbose=False)
job = client.submit(key, api_name="/gate_parallel")
direct = client.submit(key, api_name="/fast_gate")
unsent = [client.submit(key, api_name="/gate_parallel") for _ in range(60)]
sys.stdin.readline()
print("end of the program")
"""

PENDING_ASYNC = """
import asyncio, sys
from gradlink import AsyncClient

url, key = sys.argv[1:]

async def main():
    client = AsyncClient(url, verbose=False)
    jobs = [client.submit(key, api_name="/gate_parallel") for _ in range(3)]
    await asyncio.to_thread(sys.stdin.readline)
    print("end of the program")

asyncio.run(main())
"""

PENDING_TRIO = """
import sys
import trio
from gradlink import AsyncClient

url, key = sys.argv[1:]

async def main():
    client = AsyncClient(url, verbose=False)
    jobs = [client.submit(key, api_name="/gate_parallel") for _ in range(3)]
    await trio.to_thread.run_sync(sys.stdin.readline)
    print("end of the program")

trio.run(main)
"""


@pytest.mark.parametrize("program", [PENDING, PENDING_ASYNC, PENDING_TRIO], ids=["sync", "asyncio", "trio"])
def test_a_pending_job_does_not_keep_the_interpreter_from_ending(server: Servers, program: str) -> None:
    base, key = server(), new_key()
    with start(program, base.url, key) as process:
        base.reach(key, "started", 2)
        assert ended(process, "end\n") == ["end of the program"]
    assert "finished" not in base.counts(key)
    base.open_gate(key, 100)


# Heartbeats


def test_the_heartbeat_is_there_from_the_first_call_until_the_end(server: Servers, connect: Shell) -> None:
    base = server()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        assert heartbeats(asked, base) == []
        session = client.session_hash
        assert client.predict("x", api_name="/echo") == "x"
        base.reach(f"GET /gradio_api/heartbeat/{session}", "asked")
        assert client.predict("y", api_name="/echo") == "y"
        assert heartbeats(asked, base) == [session]
        assert "ended" not in base.counts(f"GET /gradio_api/heartbeat/{session}")
    base.reach(f"GET /gradio_api/heartbeat/{session}", "ended")
    assert heartbeats(asked, base) == [session]


def test_the_heartbeat_follows_the_session(server: Servers, connect: Shell) -> None:
    base = server()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        assert client.predict(1, api_name="/counter") == 1
        first = client.session_hash
        base.reach(f"GET /gradio_api/heartbeat/{first}", "asked")
        client.reset_session()
        second = client.session_hash
        assert second != first
        assert client.predict(1, api_name="/counter") == 1
        base.reach(f"GET /gradio_api/heartbeat/{first}", "ended")
        base.reach(f"GET /gradio_api/heartbeat/{second}", "asked")
        assert heartbeats(asked, base) == [first, second]
        client.session_hash = first
        assert client.predict(1, api_name="/counter") == 2
        base.reach(f"GET /gradio_api/heartbeat/{first}", "asked", 2)
    base.reach(f"GET /gradio_api/heartbeat/{first}", "ended", 2)


@pytest.mark.parametrize("variant", ["nostate", "single"])
def test_an_app_that_keeps_nothing_gets_no_heartbeat(server: Servers, connect: Shell, variant: str) -> None:
    base = server(variant)
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        for text in ("a", "b"):
            assert client.predict(text, api_name="/echo" if variant == "nostate" else "/only") == text
        client.reset_session()
    assert len(asked.requests("/queue/join")) == 2
    assert heartbeats(asked, base) == []


def test_the_heartbeat_begins_when_the_app_makes_its_state(server: Servers, connect: Shell) -> None:
    base = server("latestate")
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert heartbeats(asked, base) == []
        client.predict(1, api_name="/apply")
        base.reach(f"GET /gradio_api/heartbeat/{client.session_hash}", "asked")
        assert client.predict(2, api_name="/late_counter") == 2
        assert client.predict(3, api_name="/late_counter") == 5
        assert heartbeats(asked, base) == [client.session_hash]
        session = client.session_hash
    base.reach(f"GET /gradio_api/heartbeat/{session}", "ended")


def test_the_unload_event_runs_when_the_client_closes(server: Servers, connect: Shell) -> None:
    base = server("unload")
    with connect(base.url) as client:
        assert client.predict("x", api_name="/echo") == "x"
        session = client.session_hash
        base.reach(f"GET /gradio_api/heartbeat/{session}", "asked")
        assert session not in base.counts("unload")
    base.reach("unload", session)
    assert base.counts("unload")[session] == 1


def test_the_unload_event_runs_when_the_session_is_left(server: Servers, connect: Shell) -> None:
    base = server("unload")
    with connect(base.url) as client:
        assert client.predict("x", api_name="/echo") == "x"
        session = client.session_hash
        base.reach(f"GET /gradio_api/heartbeat/{session}", "asked")
        client.reset_session()
        base.reach("unload", session)
        assert client.predict("y", api_name="/echo") == "y"


def test_a_heartbeat_that_breaks_is_no_reason_to_fail(server: Servers, connect: Shell) -> None:
    base, key = server("unload"), new_key()
    with connect(base.url) as client:
        assert client.predict(key, api_name="/echo") == key
        heartbeat = f"/gradio_api/heartbeat/{client.session_hash}"
        base.reach(f"GET {heartbeat}", "asked")
        base.cut(heartbeat)
        base.reach(f"GET {heartbeat}", "ended")
        assert client.predict(key, api_name="/echo") == key
        base.reach(f"GET {heartbeat}", "asked", 2)


# Threads and processes


def test_one_client_serves_many_threads(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client, ThreadPoolExecutor(16) as threads:

        def call(thread: int) -> list[Any]:
            return [client.predict(f"{thread} {turn}", api_name="/echo") for turn in range(20)]

        results = list(threads.map(call, range(16)))
    assert results == [[f"{thread} {turn}" for turn in range(20)] for thread in range(16)]


def test_threads_stream_from_one_client_at_once(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client, ThreadPoolExecutor(8) as threads:

        def stream(thread: int) -> list[list[str]]:
            return [list(client.submit(f"{thread}.", 3, api_name="/count")) for _ in range(3)]

        results = list(threads.map(stream, range(8)))
    for thread, streams in enumerate(results):
        assert (
            streams == [[f"{thread}.0 ", f"{thread}.0 {thread}.1 ", f"{thread}.0 {thread}.1 {thread}.2 "]] * 3
        )


FORKED = """
import os, sys
from gradlink import Client

url, used = sys.argv[1:]
client = Client(url, verbose=False)
if used == "used":
    print("parent", client.predict(1, api_name="/counter"), flush=True)
    pending = client.submit("w", 3, api_name="/count")
session = client.session_hash
child = os.fork()
if child == 0:
    print("child", client.predict(5, api_name="/counter"), flush=True)
    print("child", client.submit("w", 2, api_name="/count").outputs() is not None, flush=True)
    print("child", list(client.submit("w", 2, api_name="/count")), flush=True)
    print("child", client.session_hash != session, flush=True)
    client.close()
    os._exit(0)
os.waitpid(child, 0)
print("parent", client.predict(1, api_name="/counter"))
print("parent", client.session_hash == session)
if used == "used":
    print("parent", list(pending))
client.close()
"""


@pytest.mark.parametrize("used", ["used", "unused"])
def test_a_forked_child_has_a_session_of_its_own(server: Servers, used: str) -> None:
    lines = run(FORKED, server().url, used)
    assert [line for line in lines if line.startswith("child")] == [
        "child 5",
        "child True",
        "child ['w0 ', 'w0 w1 ']",
        "child True",
    ]
    assert [line for line in lines if line.startswith("parent")] == (
        ["parent 1", "parent 2", "parent True", "parent ['w0 ', 'w0 w1 ', 'w0 w1 w2 ']"]
        if used == "used"
        else ["parent 1", "parent True"]
    )


FORKED_POOL = """
import multiprocessing, sys
from gradlink import Client

client = Client(sys.argv[1], verbose=False)

def call(number):
    return client.predict(number, 1, api_name="/add"), client.session_hash

if __name__ == "__main__":
    print(client.predict(0, 1, api_name="/add"))
    with multiprocessing.get_context("fork").Pool(3) as pool:
        results = pool.map(call, range(12), chunksize=1)
    print([result for result, _ in results])
    print(client.session_hash in {session for _, session in results})
    print(client.predict(99, 1, api_name="/add"))
"""


def test_forked_workers_share_a_client_of_their_parent(server: Servers) -> None:
    assert run(FORKED_POOL, server().url) == ["1", str(list(range(1, 13))), "False", "100"]


FORKED_WHILE_RUNNING = """
import os, sys
from gradlink import Client

url, key = sys.argv[1:]
client = Client(url, verbose=False)
job = client.submit(key, 2, api_name="/gategen")
print(next(job), flush=True)
child = os.fork()
if child == 0:
    print("child", client.predict("x", api_name="/echo"), flush=True)
    os._exit(0)
os.waitpid(child, 0)
sys.stdin.readline()
print(next(job))
client.close()
"""


def test_a_job_of_the_parent_survives_the_child(server: Servers) -> None:
    base, key = server(), new_key()
    base.open_gate(key)
    with start(FORKED_WHILE_RUNNING, base.url, key) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["tick 0\n", "child x\n"]
        base.open_gate(key)
        assert ended(process, "go on\n") == ["tick 1"]
    assert base.counts(key) == {"started": 1, "ticked": 2, "finished": 1, "ended": 1}


# Jobs among futures


def test_a_job_is_a_future(server: Servers) -> None:
    base, keys = server(), [new_key(), new_key()]
    with Client(base.url, verbose=False) as client:
        jobs = [client.submit(key, api_name="/gate_parallel") for key in keys]
        assert all(isinstance(job, Future) for job in jobs)
        base.open_gate(keys[1])
        done, pending = wait(jobs, return_when=FIRST_COMPLETED)
        assert (done, pending) == ({jobs[1]}, {jobs[0]})
        completed = as_completed(jobs)
        assert next(completed) is jobs[1]
        base.open_gate(keys[0])
        assert next(completed) is jobs[0]
        assert wait(jobs) == (set(jobs), set())
        assert [job.result(0) for job in jobs] == [f"passed {key}" for key in keys]


def test_wait_is_woken_by_errors_and_cancels(server: Servers) -> None:
    base, key = server(), new_key()
    with Client(base.url, verbose=False) as client:
        fails = client.submit("x", api_name="/err")
        cancelled = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        waiting = threading.Thread(target=wait, args=([fails, cancelled],))
        waiting.start()
        cancelled.cancel()
        waiting.join(END_SECONDS)
        assert not waiting.is_alive()
        assert {job: job.cancelled() for job in as_completed([fails, cancelled])} == {
            fails: False,
            cancelled: True,
        }


def test_a_timeout_leaves_the_job_running(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        for ask in (job.result, job.exception):
            with pytest.raises(TimeoutError):
                ask(0.01)
            with pytest.raises(TimeoutError):
                ask(timeout=0)
        assert job.running()
        assert base.counts(key) == {"started": 1}
        base.open_gate(key)
        assert job.result(END_SECONDS) == f"passed {key}"
        assert job.result(timeout=0) == f"passed {key}"
        assert job.exception(0) is None


class Calls:
    """Callbacks that a test waits for."""

    def __init__(self) -> None:
        self.arguments: list[tuple[Any, ...]] = []
        self._changed = threading.Condition()

    def __call__(self, *arguments: Any) -> None:
        with self._changed:
            self.arguments.append(arguments)
            self._changed.notify_all()

    def wait(self, count: int) -> list[tuple[Any, ...]]:
        with self._changed:
            self._changed.wait_for(lambda: len(self.arguments) >= count, END_SECONDS)
            return list(self.arguments)


def test_callbacks_are_called_once_with_the_job(server: Servers, connect: Shell) -> None:
    base, key, calls = server(), new_key(), Calls()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        job.add_done_callback(calls)
        job.add_done_callback(calls)
        assert calls.arguments == []
        base.open_gate(key)
        assert calls.wait(2) == [(job,), (job,)]
        job.add_done_callback(calls)
        assert calls.wait(3) == [(job,)] * 3
        assert client.predict("x", api_name="/echo") == "x"
        assert calls.arguments == [(job,)] * 3


def test_a_callback_may_use_the_client(server: Servers) -> None:
    calls = Calls()
    with Client(server().url, verbose=False) as client:
        jobs = [client.submit(str(index), api_name="/echo") for index in range(20)]
        for job in jobs:
            job.add_done_callback(
                lambda job: calls(job.result(), client.predict(job.result() + "!", api_name="/echo"))
            )
        assert sorted(calls.wait(20)) == sorted((str(index), f"{index}!") for index in range(20))


def test_a_callback_that_fails_harms_nobody(
    server: Servers, connect: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    base, key, calls = server(), new_key(), Calls()

    def fail(job: Any) -> None:
        calls("failing")
        raise ArithmeticError("of the callback")

    with connect(base.url) as client, caplog.at_level(logging.CRITICAL):
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        job.add_done_callback(fail)
        job.add_done_callback(calls)
        base.open_gate(key)
        assert job.result() == f"passed {key}"
        assert sorted(map(str, calls.wait(2))) == sorted(map(str, [("failing",), (job,)]))
        assert client.predict("x", api_name="/echo") == "x"


@pytest.mark.parametrize(
    ("api_name", "args", "expected"),
    [
        ("/echo", ("x",), ("x",)),
        ("/count", ("w", 2), ("w0 w1 ",)),
        ("/twogen", (), ("abc", "xyz")),
        ("/fast", ("x",), ("x",)),
    ],
)
def test_result_callbacks_get_the_outputs(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...], expected: tuple[Any, ...]
) -> None:
    first, second = Calls(), Calls()
    with connect(server().url) as client:
        client.submit(*args, api_name=api_name, result_callbacks=first)
        client.submit(*args, api_name=api_name, result_callbacks=[first, second])
        assert first.wait(2) == [expected] * 2
        assert second.wait(1) == [expected]


def test_result_callbacks_hear_nothing_of_errors(server: Servers, connect: Shell) -> None:
    calls, ends = Calls(), Calls()
    with connect(server().url) as client:
        job = client.submit("x", api_name="/err", result_callbacks=[calls])
        job.add_done_callback(ends)
        assert isinstance(job.exception(), AppError)
        assert ends.wait(1) == [(job,)]
        assert client.predict("x", api_name="/echo") == "x"
    assert calls.arguments == []


async def test_result_callbacks_may_be_coroutine_functions(server: Servers) -> None:
    heard: list[Any] = []
    both = anyio.Event()

    async def hear(*values: Any) -> None:
        await anyio.lowlevel.checkpoint()
        heard.append(values)
        if len(heard) == 2:
            both.set()

    async with AsyncClient(server().url, verbose=False) as client:
        await client.submit("x", api_name="/echo", result_callbacks=hear)
        await client.submit(api_name="/twogen", result_callbacks=[hear])
        with anyio.fail_after(END_SECONDS):
            await both.wait()
    assert heard == [("x",), ("abc", "xyz")]


@pytest.mark.parametrize("order", ["before", "after"])
def test_callbacks_of_an_event_loop_run_on_it(server: Servers, order: str) -> None:
    base, key = server(), new_key()

    async def use(add: Callable[[Any, list[Any]], None]) -> list[Any]:
        heard: list[Any] = []
        async with AsyncClient(base.url, verbose=False) as client:
            job = client.submit(key, api_name="/gate_parallel")
            if order == "before":
                add(job, heard)
            base.open_gate(key)
            await job
            if order == "after":
                add(job, heard)
            await client.predict("x", api_name="/echo")
        return heard

    def add(job: Any, heard: list[Any]) -> None:
        job.add_done_callback(lambda job: heard.append((job.done(), threading.current_thread())))

    assert asyncio.run(use(add)) == [(True, threading.main_thread())]
    assert sys.exc_info() == (None, None, None)
