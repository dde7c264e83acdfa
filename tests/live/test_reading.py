"""Who reads a stream: a thread that waits for a job of it, or the one for all streams where nobody waits."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gradlink import Client, ClientClosedError, JobCancelledError
from gradlink._sync.reader import StreamReader
from tests.live.programs import ended, start
from tests.live.servers import Server, Servers
from tests.live.waits import END_SECONDS, gradlink_threads, new_key, threads_left


@pytest.fixture
def app(server: Servers) -> Server:
    return server("nostate")


def grown(text: str) -> list[str]:
    """Return the values of /count with three steps."""
    return [f"{text}0 ", f"{text}0 {text}1 ", f"{text}0 {text}1 {text}2 "]


def test_a_caller_reads_the_answer_to_its_own_call(app: Server) -> None:
    with Client(app.url, verbose=False) as client:
        client.predict("x", api_name="/echo")
        read_by: list[str] = []
        connection: Any = client._connection
        deliver = connection.deliver

        def noted(session: Any, messages: Any) -> Any:
            read_by.append(threading.current_thread().name)
            return deliver(session, messages)

        connection.deliver = noted
        for _ in range(20):
            assert client.predict("y", api_name="/echo") == "y"
        # On a busy machine a thread for readers may be faster now and then.
        assert threading.current_thread().name in read_by


def test_values_are_read_by_the_thread_that_iterates(app: Server) -> None:
    with Client(app.url, verbose=False) as client:
        job = client.submit(30, 0.02, new_key(), api_name="/slowgen")
        connection: Any = client._connection
        deliver, read_by = connection.deliver, []

        def noted(session: Any, messages: Any) -> Any:
            read_by.append(threading.current_thread().name)
            return deliver(session, messages)

        connection.deliver = noted
        assert list(job) == [f"tick {number}" for number in range(30)]
        assert threading.current_thread().name in read_by


def test_a_job_that_nobody_waits_for_goes_on(app: Server) -> None:
    with Client(app.url, verbose=False) as client:
        done = threading.Event()
        job = client.submit("abc", 3, api_name="/count")
        job.add_done_callback(lambda _: done.set())
        assert done.wait(END_SECONDS)
        assert job.outputs() == grown("abc")


def test_one_thread_reads_all_streams_that_nobody_waits_for(app: Server) -> None:
    keys = [new_key() for _ in range(20)]
    with Client(app.url, verbose=False) as client:
        since = len(app.requests())
        jobs = [client.submit(key, api_name="/gate_parallel") for key in keys]
        for key in keys:
            app.reach(key, "started")
        streams = [asked for asked in app.requests(since) if asked.path.endswith("/queue/data")]
        assert len([stream for stream in streams if not stream.ended]) > 1
        reading = [thread.name for thread in gradlink_threads() if "reader" in thread.name]
        assert reading == ["gradlink-reader-1"]
        ended = threading.Semaphore(0)
        for job in jobs:
            job.add_done_callback(lambda _: ended.release())
        for key in keys:
            app.open_gate(key)
        for _ in jobs:
            assert ended.acquire(timeout=END_SECONDS)
        assert [job.result() for job in jobs] == [f"passed {key}" for key in keys]


def test_what_breaks_the_thread_that_watches_ends_no_job_silently(
    app: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keys = [new_key() for _ in range(10)]
    with Client(app.url, verbose=False) as client:
        jobs = [client.submit(key, api_name="/gate_parallel") for key in keys]
        for key in keys:
            app.reach(key, "started")

        def broken(*_: object) -> None:
            monkeypatch.undo()
            raise OSError("no more of that")

        monkeypatch.setattr("gradlink._sync.watch._Sockets.wait", broken)
        # The first wakes the thread. A stream that it was not watching just then goes on.
        for key in keys:
            app.open_gate(key)
        errors = [job.exception(END_SECONDS) for job in jobs]
        lost = [error for error in errors if error is not None]
        assert lost
        assert {getattr(error, "execution", None) for error in lost} == {"unknown"}
        assert "no more of that" in caplog.text
        assert client.submit("x", api_name="/echo").result(END_SECONDS) == "x"


def test_a_stream_that_is_left_while_the_client_closes_is_closed(
    app: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The end of its job wakes the thread that reads, which leaves a stream whose end it has not seen.
    leads, closed = threading.Event(), threading.Event()
    read_for, leave_lead = StreamReader.read_for, StreamReader.leave_lead

    def reading(reader: StreamReader, *args: Any) -> None:
        leads.set()
        read_for(reader, *args)

    def left_later(reader: StreamReader, patience: float = 0.0) -> None:
        if threading.current_thread().name == "waits":
            assert closed.wait(END_SECONDS)
        leave_lead(reader, patience)

    monkeypatch.setattr(StreamReader, "read_for", reading)
    monkeypatch.setattr(StreamReader, "leave_lead", left_later)
    for place in ("sockets", "wire"):
        monkeypatch.setattr(f"gradlink._sync.{place}.shut_socket", lambda _: None)
    client = Client(app.url, verbose=False)
    connection: Any = client._connection
    opened = connection.driver._sockets._open
    key = new_key()
    job = client.submit(key, api_name="/gate_parallel")
    app.reach(key, "started")
    waiting = threading.Thread(target=job.exception, name="waits")
    waiting.start()
    assert leads.wait(END_SECONDS)
    client.close()
    app.open_gate(key)
    closed.set()
    assert threads_left([waiting]) == []
    assert [one for one in opened if one.fileno() >= 0] == []


def test_a_job_goes_on_while_its_reader_does_something_else(app: Server) -> None:
    with Client(app.url, verbose=False) as client:
        key, seen = new_key(), threading.Event()
        job = client.submit(key, 3, api_name="/gategen")
        app.open_gate(key)
        assert next(job) == "tick 0"
        # The thread that has read until now is here, and waits for something else.
        job.add_done_callback(lambda _: seen.set())
        app.open_gate(key, 2)
        assert seen.wait(END_SECONDS)
        assert list(job) == ["tick 1", "tick 2"]


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_who_reads_hears_what_other_threads_do_to_the_job(app: Server, end: str) -> None:
    key = new_key()
    with Client(app.url, verbose=False) as client, ThreadPoolExecutor() as threads:
        client.predict("x", api_name="/echo")
        job = client.submit(key, api_name="/gate_parallel")
        waiting = threads.submit(job.exception)
        app.reach(key, "started")
        if end == "cancel":
            assert job.cancel()
            with pytest.raises(JobCancelledError):
                waiting.result(END_SECONDS)
            app.reach(key, "ended")
        else:
            client.close()
            assert isinstance(waiting.result(END_SECONDS), ClientClosedError)
            app.open_gate(key)


def test_waiting_has_its_limit_and_another_thread_reads_on(app: Server) -> None:
    key, other = new_key(), new_key()
    with Client(app.url, verbose=False, one_session=True) as client, ThreadPoolExecutor() as threads:
        first = client.submit(key, api_name="/gate_parallel")
        second = client.submit(other, api_name="/gate_parallel")
        waiting = threads.submit(second.result)
        with pytest.raises(TimeoutError):
            first.result(timeout=0.2)
        app.reach(other, "started")
        app.open_gate(other)
        assert waiting.result(END_SECONDS) == f"passed {other}"
        app.open_gate(key)
        assert first.result(END_SECONDS) == f"passed {key}"


@pytest.mark.parametrize("one_session", [False, True])
def test_many_threads_that_read_for_each_other_get_what_is_theirs(app: Server, one_session: bool) -> None:
    with Client(app.url, verbose=False, one_session=one_session) as client:

        def work(number: int) -> list[Any]:
            if number % 3 == 0:
                return [client.predict(f"{number}", api_name="/echo")]
            job = client.submit(f"{number}", 3, api_name="/count")
            if number % 3 == 1:
                return list(job)
            return [job.result(END_SECONDS)]

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(work, range(48), timeout=4 * END_SECONDS))
    for number, values in enumerate(found):
        if number % 3 == 0:
            assert values == [f"{number}"]
        else:
            assert values == (grown(f"{number}") if number % 3 == 1 else grown(f"{number}")[-1:])


INTERRUPTED = """
import signal, sys
from gradlink import Client

signal.signal(signal.SIGINT, signal.default_int_handler)
url, key, other = sys.argv[1:]
with Client(url, verbose=False, one_session=True) as client:
    client.predict("x", api_name="/echo")
    walked_away = client.submit(other, 1, api_name="/gategen")
    try:
        client.predict(key, api_name="/gate_parallel")
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    print(walked_away.result(60))
"""


def test_ctrl_c_loses_nothing_of_the_stream_for_others(app: Server) -> None:
    key, other = new_key(), new_key()
    with start(INTERRUPTED, app.url, key, other) as process:
        app.reach(key, "started")
        app.reach(other, "started")
        process.send_signal(signal.SIGINT)
        app.reach(key, "ended")
        app.open_gate(other)
        assert ended(process) == ["interrupted", "tick 0"]


CANCELLED_BY_A_SIGNAL = """
import signal, sys
from gradlink import Client, JobCancelledError

url, key = sys.argv[1:]
with Client(url, verbose=False) as client:
    job = client.submit(key, 2, api_name="/gategen")
    signal.signal(signal.SIGUSR1, lambda *_: job.cancel())
    print(next(job), flush=True)
    try:
        job.result()
    except JobCancelledError:
        print("cancelled")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="Windows has no such signal")
def test_a_signal_handler_cancels_what_its_own_thread_waits_for(app: Server) -> None:
    key = new_key()
    with start(CANCELLED_BY_A_SIGNAL, app.url, key) as process:
        app.open_gate(key)
        assert process.stdout is not None
        assert process.stdout.readline() == "tick 0\n"
        process.send_signal(signal.SIGUSR1)
        assert ended(process) == ["cancelled"]
    app.reach(key, "ended")
