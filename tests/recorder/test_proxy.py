"""The proxy in front of a server that is written out here: bytes in, bytes out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from gradlink.recorder.files import RecordedFiles
from gradlink.recorder.recorder import Outlet, Recorder
from gradlink.recorder.serving import Serving
from gradlink.recorder.upstream import App
from tests.recorder.apps import TARGET

pytestmark = pytest.mark.live


class Server:
    """An ASGI app that answers as a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.go_on = threading.Event()
        self.left = threading.Event()
        self.origin = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.bodies.append(body)
        match scope["path"]:
            case "/sub/moved":
                headers = {"location": f"{self.origin}/sub/", "set-cookie": "a=1; Secure; Domain=app.example"}
                await self._answer(send, 302, headers, b"")
            case "/sub/config":
                parts = [f'{{"root":"{self.origin[:9]}'.encode(), f'{self.origin[9:]}/sub"}}'.encode()]
                await self._answer(send, 200, {"content-type": "application/json"}, *parts)
            case "/sub/gradio_api/file=note.html":
                await self._answer(send, 200, {"content-type": "text/html"}, self.origin.encode())
            case "/sub/gradio_api/queue/data":
                await self._stream(receive, send)
            case _:
                await self._answer(send, 200, {"content-type": "text/plain"}, b"as it is")

    async def _answer(self, send: Any, status: int, headers: dict[str, str], *parts: bytes) -> None:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})

    async def _stream(self, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        event = f'data: {{"msg":"heartbeat","url":"{self.origin}/x"}}\n\n'.encode()
        await send({"type": "http.response.body", "body": event, "more_body": True})
        while not self.go_on.is_set():
            try:
                message = await asyncio.wait_for(receive(), 0.05)
            except TimeoutError:
                continue
            if message["type"] == "http.disconnect":
                self.left.set()
                return
        await send({"type": "http.response.body", "body": b"data: {}\n\n"})


@contextmanager
def served(server: Server) -> Iterator[None]:
    config = uvicorn.Config(server, port=0, log_level="critical", lifespan="off", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
    server.origin = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    yield
    running.should_exit = running.force_exit = True
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    with served(made):
        yield made


@pytest.fixture
def proxy(server: Server, tmp_path: Path) -> Iterator[Serving]:
    outlet = Outlet("python", lambda _: None, lambda _: None)
    recorder = Recorder(TARGET, RecordedFiles(tmp_path / "f", "f"), outlet)
    with Serving(App(f"{server.origin}/sub/", {"authorization": "Bearer t"}), recorder) as serving:
        yield serving


@pytest.fixture
def client(proxy: Serving) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=proxy.url, trust_env=False) as client:
        yield client


def test_an_address_that_is_cut_in_two_is_replaced(proxy: Serving, client: httpx2.Client) -> None:
    assert client.get("config").json() == {"root": f"{proxy.origin}/sub"}


def test_a_file_is_not_touched(server: Server, client: httpx2.Client) -> None:
    assert client.get("gradio_api/file=note.html").text == server.origin


def test_a_redirect_and_a_cookie_stay_at_the_proxy(proxy: Serving, client: httpx2.Client) -> None:
    reply = client.get("moved")
    assert reply.headers["location"] == f"{proxy.origin}/sub/"
    assert reply.headers["set-cookie"] == "a=1"


def test_paths_queries_and_bodies_arrive_as_they_were_sent(server: Server, client: httpx2.Client) -> None:
    client.post("a%20b/%2F..%2Fc?q=%3D&r=%20", content=b"\x00\xff")
    asked = server.asked[-1]
    assert asked["raw_path"] == b"/sub/a%20b/%2F..%2Fc"
    assert asked["query_string"] == b"q=%3D&r=%20"
    assert server.bodies[-1] == b"\x00\xff"
    assert dict(asked["headers"])[b"authorization"] == b"Bearer t"
    assert dict(asked["headers"])[b"host"].decode() == server.origin.removeprefix("http://")


def test_the_app_gets_its_own_address_back_in_a_call(
    proxy: Serving, server: Server, client: httpx2.Client
) -> None:
    client.post("gradio_api/queue/join", json={"data": [f"{proxy.origin}/sub/x"]})
    assert f"{server.origin}/sub/x".encode() in server.bodies[-1]


def test_an_event_passes_at_once_and_a_browser_that_leaves_ends_the_stream(
    proxy: Serving, server: Server, client: httpx2.Client
) -> None:
    with client.stream("GET", "gradio_api/queue/data?session_hash=s") as reply:
        first = next(reply.iter_raw())
        assert first == f'data: {{"msg":"heartbeat","url":"{proxy.origin}/x"}}\n\n'.encode()
        assert not server.go_on.is_set()
    assert server.left.wait(30)


def test_another_name_is_refused(server: Server, client: httpx2.Client) -> None:
    asked = len(server.asked)
    reply = client.get("config", headers={"host": "evil.example"})
    assert reply.status_code == 403
    assert len(server.asked) == asked


def test_an_app_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    outlet = Outlet("python", lambda _: None, lambda _: None)
    recorder = Recorder(TARGET, RecordedFiles(tmp_path / "f", "f"), outlet)
    with Serving(App("http://127.0.0.1:9/"), recorder) as serving, httpx2.Client(trust_env=False) as client:
        reply = client.get(serving.url)
    assert reply.status_code == 502
    assert reply.text.startswith("gradlink record: the app cannot be reached:")


def test_the_app_is_where_the_browser_says_that_the_proxy_is(proxy: Serving, client: httpx2.Client) -> None:
    port = proxy.origin.rpartition(":")[2]
    said = client.get("config", headers={"host": f"localhost:{port}"}).json()
    assert said == {"root": f"http://localhost:{port}/sub"}


def test_a_browser_on_another_machine_is_answered_if_that_was_asked_for(
    server: Server, tmp_path: Path
) -> None:
    outlet = Outlet("python", lambda _: None, lambda _: None)
    recorder = Recorder(TARGET, RecordedFiles(tmp_path / "f", "f"), outlet)
    with Serving(App(f"{server.origin}/sub/"), recorder, "0.0.0.0") as proxy:  # noqa: S104
        port = proxy.origin.rpartition(":")[2]
        found = httpx2.get(f"{proxy.url}config", headers={"host": f"192.0.2.7:{port}"}, trust_env=False)
    assert found.json() == {"root": f"http://192.0.2.7:{port}/sub"}
