"""Talk to a server and write down every byte of meaning that passes, in order."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from httpx2 import websockets

Step = dict[str, Any]

PATIENCE_SECONDS = 45.0  # Longer than the silence between two heartbeats, 15 s.
KEPT_HEADERS = (
    "content-type",
    "location",
    "set-cookie",
    "content-range",
    "accept-ranges",
    "content-disposition",
)


class Tape:
    """The steps of one exchange, in the order in which they happened."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._exchanges = 0
        self._news = asyncio.Event()

    def next_exchange(self) -> int:
        """Return the number of a new exchange: a request with its answer, a stream, or a socket."""
        self._exchanges += 1
        return self._exchanges

    def add(self, step: str, **fields: Any) -> None:
        """Write down one step and wake whoever waits for it."""
        self.steps.append({"step": step, **fields})
        self._news.set()

    async def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait until ``reached`` holds, which is asked again after every step."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not reached():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"waited in vain for {what}; the last step: {self.steps[-1:]}") from None


class Channel:
    """A stream or a socket that is being read: its messages so far, and how it ended."""

    def __init__(self, tape: Tape, n: int) -> None:
        self.n = n
        self.messages: list[Any] = []
        self.status: int | None = None
        self.end: str | None = None
        self.socket: websockets.AsyncWebSocketSession | None = None
        self.task: asyncio.Task[None] | None = None
        self._tape = tape

    async def until_open(self) -> None:
        """Wait until the server has accepted or refused."""
        await self._tape.until(lambda: self.status is not None, f"an answer to {self.n}")

    async def until_end(self) -> None:
        """Wait until the server has ended it."""
        await self._tape.until(lambda: self.end is not None, f"the end of {self.n}")

    async def until_message(self, fits: Callable[[Any], bool], what: str, times: int = 1) -> Any:
        """Wait for the message number ``times`` that fits, and return it."""

        def fitting() -> list[Any]:
            return [message for message in self.messages if fits(message)]

        def reached() -> bool:
            return len(fitting()) >= times or self.end is not None

        await self._tape.until(reached, what)
        if len(fitting()) < times:
            raise RuntimeError(f"exchange {self.n} ended ({self.end}) without {what}")
        return fitting()[times - 1]

    async def until_silence(self) -> None:
        """Wait for the next heartbeat, which says that nothing else is to come, or for the end."""

        def heartbeats() -> int:
            return sum(message.get("msg") == "heartbeat" for message in self.messages)

        before = heartbeats()
        await self._tape.until(lambda: heartbeats() > before or self.end is not None, "a heartbeat")

    async def until_asked(self, msg: str) -> Any:
        """Wait for the message of that kind and return it, or None if the channel ends without it."""

        def asked() -> list[Any]:
            return [message for message in self.messages if message.get("msg") == msg]

        await self._tape.until(lambda: bool(asked()) or self.end is not None, msg)
        return asked()[0] if asked() else None

    async def send(self, message: Any) -> None:
        """Send a JSON message over the socket."""
        assert self.socket is not None
        self._tape.add("sent", n=self.n, json=message)
        await self.socket.send_text(json.dumps(message))

    async def leave(self) -> None:
        """Close it from our side."""
        if self.end is None and self.task is not None:
            self.finish("left")
            self.task.cancel()
        if self.task is not None:
            await asyncio.gather(self.task, return_exceptions=True)

    def opened(self, status: int, **fields: Any) -> None:
        """Note that the server has answered."""
        self.status = status
        self._tape.add("response", n=self.n, status=status, **fields)

    def received(self, message: Any, **fields: Any) -> None:
        """Note a message."""
        self.messages.append(message)
        self._tape.add("received", n=self.n, **fields)

    def finish(self, how: str, **fields: Any) -> None:
        """Note the end; only the first counts."""
        if self.end is None:
            self.end = how
            self._tape.add("end", n=self.n, how=how, **fields)


class Wire:
    """The connection to one server; paths are relative to its URL."""

    def __init__(self, url: str, tape: Tape) -> None:
        self.url = url
        self.tape = tape
        self.channels: list[Channel] = []
        # After a 500 in plain text uvicorn closes without a word: every request gets a connection of its own.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self.http = httpx2.AsyncClient(timeout=PATIENCE_SECONDS, limits=limits, trust_env=False, verify=False)

    async def close(self) -> None:
        """Leave every channel and close all connections."""
        for channel in self.channels:
            await channel.leave()
        await self.http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a request and return the whole answer; redirects are not followed."""
        n = self.tape.next_exchange()
        said: Step = {"n": n, "method": method, **_split(path)}
        content = None
        if body is not None:
            said["json"] = body
            content = json.dumps(body).encode()
        if form is not None:
            said["form"] = dict(form)
        if files is not None:
            said["files"] = [
                {"field": field, "name": name, "type": kind, **_content(data, kind)}
                for field, (name, data, kind) in files.items()
            ]
        if headers:
            said["headers"] = dict(headers)
        self.tape.add("request", **said)
        kind = {"content-type": "application/json"} if content is not None else {}
        response = await self.http.request(
            method,
            self.url + path.lstrip("/"),
            content=content,
            data=form,
            files=files,
            headers={**kind, **(headers or {})},
            follow_redirects=False,
        )
        self.tape.add("response", n=n, status=response.status_code, **_heads(response), **_body(response))
        return response

    async def stream(self, path: str) -> Channel:
        """Open an event stream and return once the server has answered."""
        channel = self._channel()
        self.tape.add("request", n=channel.n, method="GET", **_split(path))
        channel.task = asyncio.create_task(self._read_stream(channel, path))
        await channel.until_open()
        return channel

    async def connect(self, path: str) -> Channel:
        """Open a WebSocket and return once the server has accepted or refused."""
        channel = self._channel()
        self.tape.add("connect", n=channel.n, **_split(path))
        channel.task = asyncio.create_task(self._read_socket(channel, path))
        await channel.until_open()
        return channel

    def _channel(self) -> Channel:
        channel = Channel(self.tape, self.tape.next_exchange())
        self.channels.append(channel)
        return channel

    async def _read_stream(self, channel: Channel, path: str) -> None:
        try:
            async with self.http.stream("GET", self.url + path.lstrip("/")) as response:
                if "event-stream" not in response.headers.get("content-type", ""):
                    await response.aread()
                    channel.opened(response.status_code, **_heads(response), **_body(response))
                    channel.finish("eof")
                    return
                channel.opened(response.status_code, **_heads(response))
                rest = b""
                async for chunk in response.aiter_raw():
                    *events, rest = (rest + chunk).split(b"\n\n")
                    for event in events:
                        _note_event(channel, event.decode())
            channel.finish("eof")
        except httpx2.TransportError as error:
            # Answered with a chunked body that never got its last chunk.
            channel.status = channel.status or 0
            channel.finish("aborted", error=type(error).__name__)

    async def _read_socket(self, channel: Channel, path: str) -> None:
        client = websockets.AsyncWebSocketClient(
            self.http, max_message_size_bytes=2**26, keepalive_ping_interval_seconds=None
        )
        try:
            async with client.connect(self.url.replace("http", "ws", 1) + path.lstrip("/")) as socket:
                channel.socket = socket
                channel.opened(101)
                await _read_messages(channel, socket)
        except websockets.WebSocketUpgradeError as error:
            channel.opened(error.response.status_code)
            channel.finish("refused")
        except (httpx2.TransportError, ExceptionGroup) as error:
            channel.status = channel.status or 0
            channel.finish("aborted", error=type(error).__name__)


async def _read_messages(channel: Channel, socket: websockets.AsyncWebSocketSession) -> None:
    try:
        while True:
            message = json.loads(await socket.receive_text())
            channel.received(message, json=message)
    except websockets.WebSocketDisconnect as error:
        channel.finish("closed", code=error.code)
    except websockets.WebSocketNetworkError:
        channel.finish("aborted")


def _note_event(channel: Channel, event: str) -> None:
    """Note one event of a stream: its fields, and what the data means."""
    # Split at "\n" only: Gradio sends raw text in which other line separators may stand.
    fields = {name: value for name, _, value in (line.partition(": ") for line in event.split("\n") if line)}
    data = fields.pop("data", "")
    try:
        message = json.loads(data)
    except ValueError:
        channel.received(data, **fields, text=data)
    else:
        channel.received(message, **fields, json=message)


def _split(path: str) -> Step:
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {"path": parts.path, **({"query": query} if query else {})}


def _heads(response: httpx2.Response) -> Step:
    kept = {
        name: response.headers.get_list(name) if name == "set-cookie" else response.headers[name]
        for name in KEPT_HEADERS
        if name in response.headers
    }
    return {"headers": kept} if kept else {}


def _body(response: httpx2.Response) -> Step:
    if not response.content:
        return {}
    kind = response.headers.get("content-type", "")
    if "json" in kind:
        return {"json": response.json()}
    return _content(response.content, kind)


def _content(data: bytes, kind: str) -> Step:
    if kind.startswith("text/"):
        return {"text": data.decode()}
    return {"base64": base64.b64encode(data).decode()}
