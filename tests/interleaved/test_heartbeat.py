"""The heartbeat of a session: watched beside the streams, asked for again when it breaks, and ended with its client."""

from __future__ import annotations

import queue
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from gradlink._engine import streams
from gradlink._engine.streams import HeartbeatPolicy
from gradlink._local.store import Stores
from gradlink._shell.options import TransportOptions
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.heartbeat import Heartbeat
from gradlink._sync.watch import Watch

SECONDS = 30.0
BEAT = b"data: ALIVE\n\n"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: App

    def do_GET(self) -> None:
        app = self.server
        app.asked.put(self.path)
        act = app.acts.get(timeout=SECONDS)
        self.close_connection = True
        if isinstance(act, int):
            self._say(act, "content-length: 0")
            return
        if act == "silent":
            app.until_left(self)
            return
        packs = zlib.compressobj(wbits=31)
        beat = packs.compress(BEAT) + packs.flush(zlib.Z_SYNC_FLUSH) if act == "packed" else BEAT
        with suppress(OSError):  # the client has left
            self._say(200, "transfer-encoding: chunked", *(["content-encoding: gzip"] * (act == "packed")))
            self.wfile.write(b"%x\r\n%b\r\n" % (len(beat), beat))
        if act != "break":
            app.until_left(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _say(self, status: int, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} OK", "content-type: text/event-stream", *headers, "", ""]
        self.wfile.write("\r\n".join(lines).encode("ascii"))


class App(ThreadingHTTPServer):
    """An app whose heartbeats do what they are told.

    Attributes:
        asked: where heartbeats were asked for.
        acts: what becomes of them: a status, or a word.
        left: one for each that the client has left.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.acts: queue.SimpleQueue[str | int] = queue.SimpleQueue()
        self.left = threading.Semaphore(0)

    def until_left(self, handler: _Handler) -> None:
        handler.connection.settimeout(SECONDS)
        with suppress(ConnectionError):
            assert handler.rfile.read() == b""
        self.left.release()

    def was_asked(self) -> str:
        return self.asked.get(timeout=SECONDS)


class Beating:
    """A heartbeat, and all that it needs of a client."""

    def __init__(self, app: App, *, with_httpx2: bool) -> None:
        self.session = "first"
        transport = httpx2.HTTPTransport() if with_httpx2 else None
        options = TransportOptions(httpx_kwargs={"transport": transport} if transport else {})
        self.driver = Driver(options, app.url, Stores(None))
        self.clock = Clock()
        self.watch = Watch(self.driver.threads)
        self.policy = HeartbeatPolicy(lambda: self.session)
        self.heartbeat = Heartbeat(
            self.driver, self.policy, lambda session: f"{app.url}/{session}", self.watch, self.clock
        )

    def close(self) -> None:
        self.heartbeat.stop()
        self.clock.close()
        self.watch.close()
        self.driver.close()


def came_to(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.001)
    return condition()


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    thread = threading.Thread(target=app.serve_forever, args=(0.01,))
    thread.start()
    yield app
    app.shutdown()
    thread.join()
    app.server_close()


@pytest.fixture(params=["watched", "httpx2"])
def beating(app: App, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Beating]:
    monkeypatch.setattr(streams, "FIRST_PAUSE_SECONDS", 0.01)
    before = set(threading.enumerate())
    beating = Beating(app, with_httpx2=request.param == "httpx2")
    yield beating
    beating.close()
    assert came_to(lambda: not [t for t in set(threading.enumerate()) - before if "gradlink" in t.name])


def test_it_is_there_until_it_is_stopped(app: App, beating: Beating) -> None:
    app.acts.put("beats")
    beating.heartbeat.start()
    beating.heartbeat.start()
    assert app.was_asked() == "/first"
    assert came_to(lambda: beating.policy.heard)
    beating.close()
    assert app.left.acquire(timeout=SECONDS)
    beating.heartbeat.start()
    assert app.asked.empty()


def test_it_is_asked_for_again_when_it_breaks(app: App, beating: Beating) -> None:
    for act in ("break", 500, 401, "break", "beats"):
        app.acts.put(act)
    beating.heartbeat.start()
    assert [app.was_asked() for _ in range(5)] == ["/first"] * 5
    assert came_to(lambda: beating.policy.heard)
    assert app.asked.empty()


def test_an_app_that_has_none_is_asked_once(app: App, beating: Beating) -> None:
    app.acts.put(404)
    beating.heartbeat.start()
    assert app.was_asked() == "/first"
    assert came_to(lambda: beating.policy.gone)
    beating.heartbeat.renew()
    assert came_to(lambda: beating.heartbeat._workers._line._threads == 0 and not beating.watch._running)
    assert beating.clock._due == []  # nobody will ask again
    assert app.asked.empty()


def test_it_follows_the_session(app: App, beating: Beating) -> None:
    app.acts.put("beats")
    app.acts.put("beats")
    beating.heartbeat.start()
    assert app.was_asked() == "/first"
    assert came_to(lambda: beating.policy.heard)
    beating.heartbeat.renew()  # it is the same one
    beating.session = "second"
    beating.heartbeat.renew()
    assert app.was_asked() == "/second"
    assert app.left.acquire(timeout=SECONDS)
    assert came_to(lambda: beating.policy.heard)


def test_one_that_is_packed_is_read_as_well(app: App, beating: Beating) -> None:
    app.acts.put("packed")
    beating.heartbeat.start()
    assert app.was_asked() == "/first"
    assert came_to(lambda: beating.policy.heard)


@pytest.mark.parametrize("beating", ["watched"], indirect=True)
def test_a_packed_one_that_is_stopped_before_a_thread_reads_it_is_closed(
    app: App, beating: Beating, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = beating.heartbeat._workers
    run, begun = workers.run, threading.Event()

    def run_late(task: Callable[[], None]) -> bool:
        if begun.is_set():
            beating.heartbeat.stop()
        begun.set()
        return run(task)

    monkeypatch.setattr(workers, "run", run_late)
    app.acts.put("packed")
    beating.heartbeat.start()
    assert app.left.acquire(timeout=SECONDS)


@pytest.mark.parametrize("beating", ["watched"], indirect=True)
def test_one_that_has_not_begun_is_stopped_as_well(app: App, beating: Beating) -> None:
    app.acts.put("silent")
    beating.heartbeat.start()
    assert app.was_asked() == "/first"
    beating.close()
    assert app.left.acquire(timeout=SECONDS)


def test_it_can_be_stopped_at_any_moment(app: App, beating: Beating) -> None:
    """There is nothing yet that could be broken, or there is."""
    app.acts.put("beats")
    beating.heartbeat.start()
    beating.close()


@pytest.mark.parametrize("beating", ["watched"], indirect=True)
def test_what_breaks_the_watch_does_not_end_it(
    app: App, beating: Beating, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Heartbeat, *, ready: bool) -> bool:
        monkeypatch.setattr(Heartbeat, "read_now", read_now)
        raise RuntimeError("broken")

    read_now = Heartbeat.read_now
    monkeypatch.setattr(Heartbeat, "read_now", broken)
    app.acts.put("beats")
    app.acts.put("beats")
    beating.heartbeat.start()
    assert [app.was_asked() for _ in range(2)] == ["/first"] * 2
    assert app.left.acquire(timeout=SECONDS)
    assert came_to(lambda: beating.policy.heard)


@pytest.mark.parametrize("beating", ["watched"], indirect=True)
def test_it_has_the_thread_of_the_streams(app: App, beating: Beating) -> None:
    app.acts.put("beats")
    beating.heartbeat.start()
    assert came_to(lambda: beating.policy.heard)

    def working() -> set[str]:
        return {t.name for t in threading.enumerate() if t.name.startswith("gradlink")} - {"gradlink-idle"}

    assert came_to(lambda: working() == {"gradlink-reader-1"})
