"""What breaks between a client and a server: every call ends once, with its value or with an error that tells."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import (
    Client,
    ConnectError,
    DownloadInterruptedError,
    EndpointError,
    GradlinkError,
    JobTimeoutError,
    ProtocolError,
    RedirectError,
    ResponseError,
    Retries,
    SessionLostError,
    StreamLostError,
    Timeout,
    TooManyRequestsError,
    TransportError,
)
from gradlink._io import pause
from tests.live.hosts import relay
from tests.live.processes import free_port, process
from tests.live.programs import run
from tests.live.proxy import (
    HELD,
    Fault,
    Faults,
    cut,
    edited,
    faults,
    holding,
    page,
    replica,
    says,
    slow,
    unread,
)
from tests.live.radius import lost_of
from tests.live.servers import Server, Servers
from tests.live.shells import SHELLS, Shell
from tests.live.waits import END_SECONDS, gradlink_threads, new_key, threads_left

JOIN = "/gradio_api/queue/join"
STREAM = "/gradio_api/queue/data"
UPLOAD = "/gradio_api/upload"
FILE = "/gradio_api/file="
RUN = "/gradio_api/run/"
CANCEL = "/gradio_api/cancel"
HEARTBEAT = "/gradio_api/heartbeat/"
APP = "tests.apps.everything"
QUICK = Retries(base_seconds=0.01)
HOWS = ("close", "reset", "half", "garbage")


@pytest.fixture(params=SHELLS[:2], ids=lambda shell: shell.name)
def both(request: pytest.FixtureRequest) -> Shell:
    """Make a client of one of the two kinds; trio is left to the tests that ask for ``connect``."""
    shell: Shell = request.param
    return shell


@pytest.fixture
def base(server: Servers) -> Server:
    return server()


@pytest.fixture
def proxy(base: Server) -> Iterator[Faults]:
    with faults(base.url) as running:
        yield running


def outcome(client: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the value of a call or its error; it must be gradlink's, and the job must end once."""
    try:
        job = client.submit(*args, **kwargs)
    except GradlinkError as exc:
        return exc
    ends: list[Any] = []
    called = threading.Event()

    def ended(done: Any) -> None:
        ends.append(done)
        called.set()

    job.add_done_callback(ended)
    try:
        value = job.result(timeout=END_SECONDS)
    except GradlinkError as exc:
        value = exc
    assert called.wait(END_SECONDS)
    assert len(ends) == 1
    assert job.done()
    return value


def called(base: Server, client: Any, **options: Any) -> tuple[Any, int]:
    """Return the outcome of a call of a function that returns at once, and how often it ran."""
    key = new_key()
    base.open_gate(key, 9)
    said = outcome(client, key, api_name="/gate_parallel", **options)
    if isinstance(said, str):
        assert said == f"passed {key}"
    return said, base.counts(key).get("started", 0)


def facts(error: Any) -> tuple[type[BaseException], Any, Any, Any]:
    """Return the class of an error, and its status, execution and attempts."""
    assert isinstance(error, GradlinkError), error
    return type(error), error.status, error.execution, error.attempts


# The join


@pytest.mark.parametrize(
    "fault",
    [
        page(502),
        page(503),
        page(504),
        says(429),
        says(429, retry_after="0"),
        says(503, b'{"detail":"Queue is full."}'),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_join_that_was_refused_is_sent_again(
    base: Server, proxy: Faults, both: Shell, fault: Fault
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, fault, times=2)
        assert called(base, client)[1] == 1
    assert [request.fault.kind for request in proxy.paths(JOIN)] == [fault.kind, fault.kind, "none"]


def test_a_join_that_is_refused_for_ever_says_how_often(base: Server, proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, page(503), times=4)
        error, ran = called(base, client)
        assert facts(error) == (ResponseError, 503, "not started", 4)
        assert ran == 0
        assert "The gateway is unwell" in error.server_text
        assert called(base, client)[1] == 1


@pytest.mark.parametrize("where", ["client", "call"])
def test_without_retries_a_refusal_is_final(base: Server, proxy: Faults, both: Shell, where: str) -> None:
    with both(proxy.url, retries=0 if where == "client" else QUICK) as client:
        proxy.inject(JOIN, says(429, b"slowly", retry_after="7"))
        options = {"retries": 0} if where == "call" else {}
        error, ran = called(base, client, **options)
        assert facts(error) == (TooManyRequestsError, 429, "not started", 1)
        assert (error.retry_after, ran) == (7.0, 0)
    assert len(proxy.paths(JOIN)) == 1


class Noted(Retries):
    """Retries that note the bounds of each pause, and do not wait."""

    noted: list[tuple[float, float] | None] = []  # noqa: RUF012

    def pause(self, attempt: int, error: GradlinkError) -> tuple[float, float] | None:
        bounds = Retries.pause(self, attempt, error)
        self.noted.append(bounds)
        return None if bounds is None else (0.0, 0.0)


def test_pauses_grow_and_the_server_may_ask_for_longer_ones(base: Server, proxy: Faults, both: Shell) -> None:
    noted = Noted(count=3, base_seconds=0.5)
    noted.noted.clear()
    with both(proxy.url) as client:
        proxy.inject(JOIN, page(503))
        proxy.inject(JOIN, says(429, retry_after="9"), nth=1)
        proxy.inject(JOIN, page(502), nth=1)
        assert called(base, client, retries=noted)[1] == 1
    assert noted.noted == [(0.0, 0.5), (9.0, 9.0), (0.0, 2.0)]


def test_pauses_are_drawn_anew_between_their_bounds(base: Server, both: Shell) -> None:
    # Clients that were refused together must not come back together.
    with both(base.url) as client:
        driver = client._shared.live.driver
        run_flow = driver.run if both.name == "sync" else partial(client._call, driver.run)
        slept = [run_flow(pause(0.001, 0.01)) for _ in range(20)]
    assert all(0.001 <= seconds <= 0.01 for seconds in slept)
    assert len(set(slept)) > 10


def test_a_pause_beyond_the_budget_is_not_made(base: Server, proxy: Faults, both: Shell) -> None:
    with both(proxy.url) as client:
        proxy.inject(JOIN, says(429, retry_after="3600"))
        error, ran = called(base, client)
        assert facts(error) == (TooManyRequestsError, 429, "not started", 1)
        assert (error.retry_after, ran) == (3600.0, 0)


@pytest.mark.parametrize("how", HOWS)
def test_a_join_that_nobody_answered_is_not_repeated(
    base: Server, proxy: Faults, both: Shell, how: Any
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, cut(-1, how))
        error, ran = called(base, client)
        assert facts(error)[1:] == (None, "unknown", 1)
        assert isinstance(error, TransportError)
        assert ran <= 1
        assert called(base, client)[1] == 1
    assert [request.fault.kind for request in proxy.paths(JOIN)] == [f"answer {how}", "none"]


def test_a_join_that_was_not_sent_whole_is_sent_again(base: Server, proxy: Faults, connect: Shell) -> None:
    text = "x" * 8_000_000
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, unread("reset", 1000))
        assert outcome(client, text, api_name="/multi")[1] == 8_000_000
    assert [request.fault.kind for request in proxy.paths(JOIN)] == ["request reset", "none"]


def test_a_join_to_another_host_is_not_made(base: Server, proxy: Faults, both: Shell) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, says(307, location=f"http://localhost:1{JOIN}"))
        error, ran = called(base, client)
        assert (facts(error)[0], error.execution, ran) == (RedirectError, "not started", 0)


@pytest.mark.parametrize("body", [b"[]", b'{"event_id":7}', b"<p>hello", b"\xff\x00"])
def test_an_answer_that_is_none_is_a_protocol_error(
    base: Server, proxy: Faults, both: Shell, body: bytes
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, says(200, body))
        error, ran = called(base, client)
        assert (type(error), ran) == (ProtocolError, 0)
        assert called(base, client)[1] == 1


def test_nobody_there_is_a_connect_error(base: Server, connect: Shell) -> None:
    with faults(base.url) as proxy, connect(proxy.url, retries=QUICK) as client:
        client.predict("x", api_name="/echo")
        proxy.stop()
        error, ran = called(base, client)
        assert (type(error), error.execution, error.attempts, ran) == (ConnectError, "not started", 4, 0)
        assert error.url.startswith(proxy.url)


# The stream of messages


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("after", [-1, 0, 1, 40, 300])
def test_a_stream_that_breaks_ends_its_jobs(
    base: Server, proxy: Faults, both: Shell, how: Any, after: int
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, cut(after, how))
        said, ran = called(base, client)
        assert ran <= 1
        assert isinstance(said, (StreamLostError, TransportError))
        assert (said.execution, said.endpoint) == ("unknown", "/gate_parallel")
        assert said.event_id
        assert called(base, client)[1] == 1
    assert proxy.injected == {f"answer {how}": 1}


def test_a_stream_that_is_silent_is_given_up(base: Server, proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url, timeout=Timeout(idle=0.5), retries=QUICK) as client:
        proxy.inject(STREAM, cut(40, "stall"))
        error, ran = called(base, client)
        assert isinstance(error, StreamLostError)
        assert isinstance(error, JobTimeoutError)
        assert (error.phase, error.seconds, error.execution) == ("idle", 0.5, "unknown")
        assert ran <= 1
        assert called(base, client)[1] == 1


def test_a_heartbeat_whose_answer_has_not_begun_ends_with_its_client(base: Server, proxy: Faults) -> None:
    # There is no response yet that could be shut down when the client is closed.
    proxy.inject("/gradio_api/heartbeat/", cut(-1, "stall"))
    with Client(proxy.url, verbose=False) as client:
        assert client.predict("x", api_name="/echo") == "x"
        base.reach(f"GET /gradio_api/heartbeat/{client.session_hash}", "asked")
        beating = [thread for thread in gradlink_threads() if thread.name == "gradlink-reader-1"]
    assert len(beating) == 1
    assert threads_left(beating) == []


@pytest.mark.parametrize("how", HOWS)
def test_a_lost_call_is_sent_again_if_that_was_asked_for(
    base: Server, proxy: Faults, both: Shell, how: Any
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, cut(40, how), times=2)
        said, ran = called(base, client, resubmit=True)
        assert isinstance(said, str)
        assert 1 <= ran <= 3
    assert len(proxy.paths(JOIN)) == 3


def test_a_lost_call_is_not_sent_again_for_ever(base: Server, proxy: Faults, both: Shell) -> None:
    with both(proxy.url, retries=Retries(count=2, base_seconds=0.01)) as client:
        proxy.inject(STREAM, cut(40), times=99)
        error, _ = called(base, client, resubmit=True)
        assert (type(error), error.execution) == (StreamLostError, "unknown")
    assert len(proxy.paths(JOIN)) == 3


def test_a_lost_call_with_state_is_never_sent_again(base: Server, proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url, retries=QUICK) as client:
        assert outcome(client, 5, api_name="/counter") == 5
        proxy.inject(STREAM, cut(40))
        lost = client.session_hash
        error = outcome(client, 5, api_name="/counter", resubmit=True)
        assert facts(error) == (StreamLostError, None, "unknown", error.attempts)
        error = outcome(client, 5, api_name="/counter")
        assert (type(error), error.execution) == (SessionLostError, "not started")
        assert "reset_session()" in str(error)
        assert lost in str(error)
        assert called(base, client)[1] == 1  # what has no State goes on
        client.reset_session()
        assert outcome(client, 5, api_name="/counter") == 5
    assert len(proxy.paths(JOIN)) == 4


@pytest.mark.parametrize(
    "fault", [page(503), says(429), says(429, retry_after="0")], ids=lambda fault: fault.kind
)
def test_a_stream_that_was_refused_is_asked_for_again(
    base: Server, proxy: Faults, both: Shell, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gradlink.connection")
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, fault, times=2)
        said, ran = called(base, client)
        assert isinstance(said, str), said
        assert ran == 1
    assert len(proxy.paths(STREAM)) == 3
    told = [record.getMessage() for record in caplog.records if "trying again" in record.getMessage()]
    assert [re.sub(r" \d+\.\d s", " T", text)[:52] for text in told] == [
        "trying again within T, for the time number 1: the st",
        "trying again within T, for the time number 2: the st",
    ]


def test_a_stream_that_is_refused_for_ever_says_how_often(base: Server, proxy: Faults, both: Shell) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, page(503), times=4)
        error, ran = called(base, client)
        assert facts(error) == (ResponseError, 503, "unknown", 4)
        assert ran <= 1


@pytest.mark.parametrize("status", [500, 502, 504, 404])
def test_a_stream_that_somebody_may_have_begun_is_lost(
    base: Server, proxy: Faults, both: Shell, status: int
) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, page(status))
        error, ran = called(base, client)
        assert isinstance(error, ResponseError)
        assert (error.status, error.execution) == (status, "unknown")
        assert ran <= 1
        assert called(base, client)[1] == 1


def message(**fields: Any) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


OTHERS_EVENT = message(
    msg="process_completed",
    event_id="0" * 32,
    success=True,
    output={"data": ["somebody else's"], "duration": 1.0},
)
HARMLESS = {
    "crlf": lambda piece: piece.replace(b"\n", b"\r\n"),
    "comments": lambda piece: b": a comment\n\n:\n" + piece,
    "cr": lambda piece: piece.replace(b"\n", b"\r"),
    "no messages": lambda piece: (
        b"retry: 3000\n\nid: 7\n\nevent: ping\ndata: {}\n\nevent: ping\n\ndata:\n\n" + piece
    ),
    "unknown message": lambda piece: message(msg="novelty", event_id=None, more=[1]) + piece,
    "another's event": lambda piece: OTHERS_EVENT + piece,
    "empty event": lambda piece: b"\n\n\n" + piece,
    "other fields": lambda piece: b"id: 7\nevent: message\nretry: 1\nnonsense\n" + piece,
    "heartbeats": lambda piece: message(msg="heartbeat") * 50 + piece,
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_means_nothing_changes_nothing(proxy: Faults, connect: Shell, kind: str) -> None:
    with connect(proxy.url, retries=0) as client:
        proxy.inject(STREAM, edited(kind, HARMLESS[kind]))
        job = client.submit("wörld € 🎈", 3, api_name="/count")
        assert list(job) == [
            "wörld € 🎈0 ",
            "wörld € 🎈0 wörld € 🎈1 ",
            "wörld € 🎈0 wörld € 🎈1 wörld € 🎈2 ",
        ]
        client.predict("next", api_name="/echo")
    assert proxy.injected == {kind: 1}


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_characters_may_be_split_anywhere(proxy: Faults, both: Shell, piece: int) -> None:
    text = "aä€🎈" * 20
    with both(proxy.url, retries=0) as client:
        proxy.inject(STREAM, slow(piece))
        proxy.inject(JOIN, slow(piece))
        assert outcome(client, text, api_name="/echo") == text
    assert proxy.injected == {"slow": 2}


HUGE = 100_000_000
SYNC_READER = """
import sys, tracemalloc
from gradlink import Client

with Client(sys.argv[1], verbose=False) as client:
    client.predict(1, api_name="/big")
    tracemalloc.start()
    text = client.predict(int(sys.argv[2]), api_name="/big")
    print(text.count("x"), len(text), tracemalloc.get_traced_memory()[1])
"""
ASYNC_READER = """
import sys, tracemalloc
import anyio
from gradlink import AsyncClient

async def main():
    async with AsyncClient(sys.argv[1], verbose=False) as client:
        await client.predict(1, api_name="/big")
        tracemalloc.start()
        text = await client.predict(int(sys.argv[2]), api_name="/big")
        print(text.count("x"), len(text), tracemalloc.get_traced_memory()[1])

anyio.run(main, backend="BACKEND")
"""
READERS = {
    "sync": SYNC_READER,
    "asyncio": ASYNC_READER.replace("BACKEND", "asyncio"),
    "trio": ASYNC_READER.replace("BACKEND", "trio"),
}


@pytest.mark.parametrize("shell", READERS)
def test_a_message_of_100_megabytes_is_held_three_times_at_most(proxy: Faults, shell: str) -> None:
    # As it came, as text, and as the value in it: any further copy would be a fourth.
    proxy.inject(STREAM, slow(100_000), nth=2)
    ((counted, length, peak),) = [line.split() for line in run(READERS[shell], proxy.url, str(HUGE))]
    assert (int(counted), int(length)) == (HUGE, HUGE)
    assert HUGE < int(peak) < 3.5 * HUGE
    assert proxy.injected == {"slow": 1}


NONSENSE = {
    "no json": b"data: {nonsense\n\n",
    "no object": b"data: 7\n\n",
    "no text": b"data: \xff\xfe{\n\n",
    "no output": message(msg="process_completed", success=True, output=7),
    "deep": b"data: " + b"[" * 100_000 + b"\n\n",
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_on_the_stream_is_an_error(base: Server, proxy: Faults, both: Shell, kind: str) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, edited(kind, lambda _: NONSENSE[kind]))
        error, ran = called(base, client)
        assert isinstance(error, (ProtocolError, StreamLostError)), error
        assert error.execution == "unknown"
        assert ran <= 1
        assert called(base, client)[1] == 1


UNKNOWN_SESSION = says(
    200,
    message(msg="unexpected_error", message="Session not found.", success=False, session_not_found=True),
    content_type="text/event-stream",
)


def test_an_unknown_session_is_tried_again_once(base: Server, proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, UNKNOWN_SESSION)
        said, _ = called(base, client)
        assert isinstance(said, str), said
        assert len(proxy.paths(JOIN)) == 2
        proxy.inject(STREAM, UNKNOWN_SESSION, times=99)
        error, _ = called(base, client)
        assert (type(error), error.execution) == (SessionLostError, "unknown")
        assert "replicas" in str(error)
        assert len(proxy.paths(JOIN)) == 4


def test_a_replica_that_does_not_know_the_session_is_no_end(
    base: Server, server: Servers, proxy: Faults, connect: Shell
) -> None:
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, replica(server("nostate").url))
        assert outcome(client, "x", api_name="/echo") == "x"
        assert len(proxy.paths(JOIN)) == 2
        proxy.inject(STREAM, replica(server("nostate").url), times=99)
        error = outcome(client, "x", api_name="/echo")
        assert (type(error), error.execution) == (SessionLostError, "unknown")
        assert "several replicas run behind this URL without sticky sessions" in str(error)


@pytest.mark.parametrize("options", [{"retries": 0}, {}], ids=["no retries", "state"])
def test_an_unknown_session_is_explained(proxy: Faults, both: Shell, options: dict[str, Any]) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, UNKNOWN_SESSION)
        args, name = (("x",), "/echo") if options else ((5,), "/counter")
        error = outcome(client, *args, api_name=name, **options)
        assert (type(error), error.execution) == (SessionLostError, "unknown")
        assert "sticky sessions" in str(error)
    assert len(proxy.paths(JOIN)) == 1


class StreamEnds(logging.Handler):
    """Notes that the client has seen the end of a stream, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Event()
        self.changed = threading.Condition()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if "a stream of messages ended" in record.getMessage():
            with self.changed:
                self.count += 1
                self.changed.notify_all()
            self.ended.set()

    def reaches(self, count: int) -> bool:
        """Wait until the ends of so many streams have been seen."""
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, END_SECONDS)


@pytest.fixture
def stream_ends() -> Iterator[StreamEnds]:
    handler, logger = StreamEnds(), logging.getLogger("gradlink.connection")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.mark.parametrize("name", ["/gate_parallel", "/stategategen"])
def test_a_job_whose_stream_breaks_before_its_join_is_answered_ends(
    base: Server, proxy: Faults, connect: Shell, stream_ends: StreamEnds, name: str
) -> None:
    # The server drops it with the stream, and would be silent about it on the next one.
    key = new_key()
    args = (key,) if name == "/gate_parallel" else (key, 1)
    with connect(proxy.url, retries=QUICK) as client:
        assert client.predict("x", api_name="/echo") == "x"
        # The next stream is opened in advance only if this one is over.
        assert stream_ends.ended.wait(END_SECONDS)
        stream_ends.ended.clear()
        proxy.inject(JOIN, HELD)
        proxy.inject(STREAM, cut(40))
        job = client.submit(*args, api_name=name)
        base.reach(key, "started")
        assert stream_ends.ended.wait(END_SECONDS)
        proxy.release.set()
        error = job.exception(timeout=END_SECONDS)
        assert isinstance(error, StreamLostError)
        assert error.execution == "unknown"
        base.open_gate(key, 2)
        assert called(base, client)[1] == 1
    assert proxy.injected == {"held": 1, "answer close": 1}


def test_a_job_that_was_cancelled_is_stopped_when_its_join_is_answered_late(
    base: Server, proxy: Faults, connect: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The cancel returns before the answer comes that names the job.
    for module in ("_sync.jobcore", "_async.job"):
        monkeypatch.setattr(f"gradlink.{module}.CANCEL_SECONDS", 0.01)
    key = new_key()
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(JOIN, HELD)
        job = client.submit(key, 1, api_name="/gategen")
        base.reach(key, "started")
        assert job.cancel()
        proxy.release.set()
        base.reach(key, "ended")
    assert "finished" not in base.counts(key)


@pytest.mark.parametrize("shell", SHELLS[:2], ids=lambda shell: shell.name)
def test_a_stream_for_a_join_that_was_refused_is_left(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, stream_ends: StreamEnds
) -> None:
    # The server would keep it open for ever: it ends a stream when a job on it has ended.
    monkeypatch.setenv(
        "GRADIO_IS_E2E_TEST", "1"
    )  # heartbeats come four times a second, not four times a minute
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with process(APP, port), faults(base) as proxy, shell(proxy.url, retries=0) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert stream_ends.ended.wait(END_SECONDS)
        stream_ends.ended.clear()
        proxy.inject(JOIN, page(503))
        error = outcome(client, "x", api_name="/echo")
        assert facts(error) == (ResponseError, 503, "not started", 1)
        assert stream_ends.ended.wait(END_SECONDS)
        streams = {"key": f"GET {STREAM}", "what": "ended", "count": 2}
        httpx2.get(f"{base}/_reach", params=streams, timeout=END_SECONDS).raise_for_status()
        assert [outcome(client, text, api_name="/echo") for text in ("y", "z")] == ["y", "z"]
    assert len(proxy.paths(STREAM)) == 4
    assert proxy.injected == {"answered 503": 1}


@pytest.mark.parametrize("join", ["was answered before", "is answered after"])
def test_a_close_that_crosses_a_join_takes_no_job_along(
    base: Server, proxy: Faults, connect: Shell, join: str
) -> None:
    # The server has closed the stream, and keeps what it has to say of the next job for the next stream.
    first, second = new_key(), new_key()
    with connect(proxy.url, retries=0) as client:
        proxy.inject(STREAM, holding(b"close_stream"))
        before = client.submit(first, api_name="/gate_parallel")
        base.open_gate(first)
        assert before.result(timeout=END_SECONDS) == f"passed {first}"
        if join == "is answered after":
            proxy.inject(JOIN, HELD)
        job = client.submit(second, 2, api_name="/gategen")
        base.reach(second, "started")
        proxy.release.set()
        base.open_gate(second, 2)
        assert list(job) == ["tick 0", "tick 1"]
        assert len(proxy.paths(STREAM)) == 2
    assert proxy.injected == {"held back": 1, **({"held": 1} if join == "is answered after" else {})}


def test_many_jobs_on_streams_that_break_all_end(base: Server, proxy: Faults, connect: Shell) -> None:
    keys = [new_key() for _ in range(12)]
    for key in keys:
        base.open_gate(key)
    with connect(proxy.url, retries=QUICK) as client:
        proxy.inject(STREAM, cut(500), times=3)
        jobs = [client.submit(key, api_name="/gate_parallel") for key in keys]
        errors = [job.exception(timeout=END_SECONDS) for job in jobs]
        assert any(isinstance(error, StreamLostError) for error in errors)
        for key, job, error in zip(keys, jobs, errors, strict=True):
            assert base.counts(key).get("started", 0) <= 1
            if error is None:
                assert job.result() == f"passed {key}"
            else:
                assert facts(error)[2] == "unknown"


@pytest.mark.parametrize(
    ("shell", "lost"), [(SHELLS[0], 5), (SHELLS[1], 2)], ids=[shell.name for shell in SHELLS[:2]]
)
def test_one_broken_stream_takes_few_jobs_along(base: Server, shell: Shell, lost: int) -> None:
    assert lost_of(base, shell, 40) == lost


def test_connections_that_are_dropped_while_idle_lose_nothing(
    base: Server, connect: Shell, stream_ends: StreamEnds
) -> None:
    asked = f"GET {STREAM}"
    before = base.counts(asked).get("asked", 0)
    with relay(base.origin) as between, connect(between.url, retries=0) as client:
        for number in range(3):
            assert client.predict(f"x{number}", api_name="/echo") == f"x{number}"
            assert client.predict(f"y{number}", api_name="/fast") == f"y{number}"
            assert client.predict(b"text", api_name="/file_digest")["size"] == 4
            assert stream_ends.reaches(base.counts(asked)["asked"] - before)
            assert between.drop() > 0


def test_64_threads_share_a_client_while_streams_break(proxy: Faults, both: Shell) -> None:
    with (
        both(proxy.url, retries=Retries(count=20, base_seconds=0.01)) as client,
        ThreadPoolExecutor(64) as threads,
    ):
        proxy.inject(STREAM, cut(400), nth=2, times=8)
        proxy.inject(STREAM, cut(40, "reset"), nth=20, times=5)
        starting = threading.Barrier(64)

        def call(thread: int) -> list[Any]:
            starting.wait(END_SECONDS)
            return [outcome(client, f"{thread} {n}", api_name="/echo", resubmit=True) for n in range(3)]

        said = list(threads.map(call, range(64)))
    assert said == [[f"{thread} {n}" for n in range(3)] for thread in range(64)]
    assert proxy.injected["answer close"] > 0


# Files


@pytest.mark.parametrize(
    "fault",
    [
        unread("reset"),
        unread("reset", 100_000),
        unread("close", 1),
        cut(-1),
        cut(1),
        page(502),
        page(503),
        says(429),
    ],
    ids=lambda fault: f"{fault.kind} {fault.request_bytes or fault.answer_bytes}",
)
def test_an_upload_that_broke_is_sent_again(proxy: Faults, both: Shell, fault: Fault) -> None:
    content = bytes(range(256)) * 4000
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(UPLOAD, fault, times=2)
        assert outcome(client, content, api_name="/file_digest") == {
            "size": 1_024_000,
            "sha256": "062af9ccd890ba3d067ca7150278bcc420069bd82f6e41161029303dfd6d661e",
        }


@pytest.mark.parametrize("retries", [0, 2])
def test_an_upload_that_fails_for_ever_starts_nothing(proxy: Faults, connect: Shell, retries: int) -> None:
    with connect(proxy.url, retries=Retries(count=retries, base_seconds=0.01)) as client:
        proxy.inject(UPLOAD, page(503), times=99)
        error = outcome(client, b"text", api_name="/file_digest")
        assert facts(error) == (ResponseError, 503, "not started", retries + 1)
        assert error.endpoint == "/file_digest"
    assert proxy.paths(JOIN) == []


TEXT = "".join(f"{number:07}\n" for number in range(50_000))  # 400,000 bytes


@pytest.mark.parametrize("how", HOWS[:3])  # garbage within a file's length is the file
def test_a_download_goes_on_where_it_broke(proxy: Faults, connect: Shell, tmp_path: Path, how: Any) -> None:
    with connect(proxy.url, retries=QUICK, download_files=tmp_path) as client:
        proxy.inject(FILE, cut(150_000, how))
        proxy.inject(FILE, cut(100_000, how))
        path = outcome(client, "a.txt", TEXT, api_name="/make_file")
        assert Path(path).read_text("utf-8") == TEXT
        ranges = [request.headers.get("range", "") for request in proxy.paths(FILE)]
    assert len(ranges) == 3
    assert ranges[0] == ""
    starts = [int(asked.removeprefix("bytes=").split("-")[0]) for asked in ranges[1:]]
    assert 0 < starts[0] <= 150_000
    assert starts[0] < starts[1] <= 250_000
    assert [found.name for found in tmp_path.rglob("*") if found.is_file()] == ["a.txt"]


@pytest.mark.parametrize(
    "fault", [page(502), page(503), says(429), cut(-1), cut(0)], ids=lambda fault: fault.kind
)
def test_a_file_that_was_refused_is_asked_for_again(
    proxy: Faults, both: Shell, tmp_path: Path, fault: Fault
) -> None:
    with both(proxy.url, retries=QUICK, download_files=tmp_path) as client:
        proxy.inject(FILE, fault, times=2)
        path = outcome(client, "a.txt", TEXT, api_name="/make_file")
        assert Path(path).read_text("utf-8") == TEXT


def test_a_download_that_is_silent_goes_on(proxy: Faults, both: Shell, tmp_path: Path) -> None:
    # The limit is that of every request, and a busy machine answers none in half a second.
    options = {"httpx_kwargs": {"timeout": httpx2.Timeout(4)}, "download_files": tmp_path}
    with both(proxy.url, retries=QUICK, **options) as client:
        proxy.inject(FILE, cut(150_000, "stall"))
        path = outcome(client, "a.txt", TEXT, api_name="/make_file")
        assert Path(path).read_text("utf-8") == TEXT


def test_without_retries_a_broken_download_is_final_and_leaves_nothing(
    proxy: Faults, connect: Shell, tmp_path: Path
) -> None:
    with connect(proxy.url, retries=0, download_files=tmp_path) as client:
        proxy.inject(FILE, cut(150_000))
        with pytest.raises(DownloadInterruptedError) as e:
            client.predict("a.txt", TEXT, api_name="/make_file")
        assert 0 < e.value.received <= 150_000
        assert e.value.attempts == 1
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


# What else is asked for


@pytest.mark.parametrize(
    "fault",
    [
        page(502),
        page(503),
        says(429),
        cut(-1),
        cut(100),
        cut(100, "reset"),
        unread("reset"),
        cut(-1, "garbage"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.answer_bytes}",
)
@pytest.mark.parametrize("path", ["/config", "/gradio_api/info"])
def test_connecting_survives_what_passes(proxy: Faults, both: Shell, fault: Fault, path: str) -> None:
    proxy.inject(path, fault)
    with both(proxy.url, retries=QUICK) as client:
        assert client.predict("x", api_name="/echo") == "x"
    assert proxy.injected == {fault.kind: 1}


@pytest.mark.parametrize("retries", [0, 2])
def test_connecting_gives_up(proxy: Faults, connect: Shell, retries: int) -> None:
    proxy.inject("/config", page(503), times=99)
    with (
        pytest.raises(ResponseError) as e,
        connect(proxy.url, retries=Retries(count=retries, base_seconds=0.01)),
    ):
        pass
    assert (e.value.status, e.value.attempts) == (503, retries + 1)
    assert str(e.value).startswith(f"the app's /config: {proxy.url}config answered 503: ")
    assert len(proxy.paths("/config")) == retries + 1


def test_connecting_does_not_go_to_another_host(proxy: Faults, both: Shell) -> None:
    proxy.inject("/config", says(302, location="http://localhost:1/config"))
    with pytest.raises(RedirectError, match="another host"), both(proxy.url, retries=QUICK):
        pass


@pytest.mark.parametrize("fault", [page(503), cut(-1), says(429)], ids=lambda fault: fault.kind)
def test_a_cancel_is_sent_again(base: Server, proxy: Faults, both: Shell, fault: Fault) -> None:
    key = new_key()
    with both(proxy.url, retries=QUICK) as client:
        job = client.submit(key, 3, api_name="/gategen")
        base.reach(key, "started")
        proxy.inject(CANCEL, fault)
        assert job.cancel()
        base.reach(key, "ended")
        assert called(base, client)[1] == 1
    assert proxy.injected == {fault.kind: 1}
    assert "finished" not in base.counts(key)


def test_a_cancel_that_cannot_be_sent_ends_the_job_all_the_same(
    base: Server, proxy: Faults, both: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    key = new_key()
    with both(proxy.url, retries=0) as client:
        job = client.submit(key, 3, api_name="/gategen")
        base.reach(key, "started")
        proxy.inject(CANCEL, page(503), times=99)
        assert job.cancel()
        assert job.cancelled()
        base.open_gate(key, 3)
        base.reach(key, "ended")
    assert "a cancel did not reach the server" in caplog.text


@pytest.mark.parametrize("fault", [page(500), cut(-1), cut(0, "reset")], ids=lambda fault: fault.kind)
def test_a_heartbeat_that_breaks_disturbs_nobody(proxy: Faults, both: Shell, fault: Fault) -> None:
    proxy.inject(HEARTBEAT, fault)
    with both(proxy.url, retries=QUICK) as client:
        assert [outcome(client, 1, api_name="/counter") for _ in range(3)] == [1, 2, 3]


def test_a_direct_call_that_was_refused_is_sent_again(proxy: Faults, both: Shell) -> None:
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(RUN, says(429), times=2)
        assert outcome(client, "x", api_name="/fast") == "x"
    assert len(proxy.paths(RUN)) == 3


@pytest.mark.parametrize(
    "fault", [cut(-1), cut(3, "reset"), page(503), page(504)], ids=lambda fault: fault.kind
)
def test_a_direct_call_that_may_have_run_is_not_repeated(
    base: Server, proxy: Faults, both: Shell, fault: Fault
) -> None:
    key = new_key()
    base.open_gate(key, 9)
    with both(proxy.url, retries=QUICK) as client:
        proxy.inject(RUN, fault)
        error = outcome(client, key, api_name="/fast_gate")
        assert isinstance(error, TransportError)
        assert error.execution == "unknown"
        assert outcome(client, "x", api_name="/fast") == "x"
    assert len(proxy.paths(RUN)) == 2


# The server goes away


@pytest.mark.parametrize("shell", SHELLS[:2], ids=lambda shell: shell.name)
def test_a_server_that_is_killed_and_comes_back_as_another(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    with process(APP, port, "nostate") as first, shell(f"http://127.0.0.1:{port}", retries=QUICK) as client:
        assert client.predict("x", api_name="/echo") == "x"
        key = new_key()
        job = client.submit(key, api_name="/gate_parallel")
        httpx2.get(f"http://127.0.0.1:{port}/_reach", params={"key": key, "what": "started", "count": 1})
        first.kill()
        error = job.exception(timeout=END_SECONDS)
        assert isinstance(error, TransportError)
        assert error.execution == "unknown"
        assert re.fullmatch(rf"/gate_parallel: .*; the job {error.event_id} may have run", str(error))
        # While it dies, one of its connections may still take a request, whose end then is unknown.
        first.wait()
        assert facts(outcome(client, "x", api_name="/echo")) == (ConnectError, None, "not started", 4)
        # Whether a restart is possible follows from how long nothing was heard of the server.
        monkeypatch.setattr("gradlink._engine.app.KEEPALIVE_SECONDS", 0)
        with process(APP, port, "server"):
            # The same name is another function there, /typed is new to the queue, /count is gone.
            assert outcome(client, "x", api_name="/echo") == "x"
            assert outcome(client, 2, ["a"], True, api_name="/typed") == {"a": 2}
            with pytest.raises(EndpointError):
                client.submit("x", api_name="/count")
