"""Plays hostile apps on raw sockets: it sends what no server library would."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.hostile.app import Answer, App, Asked
from tests.hostile.attacks import ATTACKS

_CLOSED = (OSError, asyncio.IncompleteReadError, ValueError)


class HostileServer:
    """All hostile apps, each under a path of its own: /NAME/.

    ``GET /attacks`` lists those that are there, ``POST /scripts`` makes one that says what the script has, and
    ``GET /asked?app=NAME`` tells which requests came to one.
    """

    def __init__(self) -> None:
        self._apps = {name: App(attack) for name, attack in ATTACKS.items()} | {"honest": App()}
        self._scripts = itertools.count(1)
        self._connections = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> str:
        """Listen, and return the address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = next(self._connections)
        try:
            while (asked := await _read(reader)) is not None:
                asked.connection = connection
                if not await self._answer(asked, reader, writer):
                    break
        except _CLOSED:
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; return whether the connection can be used again."""
        name, _, path = asked.path.lstrip("/").partition("/")
        host = asked.headers.get("host", "")
        app = self._apps.get(name)
        if app is None:
            pieces = _whole(self._manage(asked, host))
        else:
            asked.path = "/" + path
            app.asked.append(asked)
            pieces = self._pieces(app, asked, f"http://{host}/{name}")
        sending = asyncio.create_task(_send(pieces, asked, writer))
        # Whoever waits for an answer says nothing more: what can be read meanwhile is the end.
        gone = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and sending.exception() is None:
                asked.ended = "answered"
                return not gone.done() and asked.headers.get("connection") != "close"
            asked.ended = "left"
            return False
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)

    def _pieces(self, app: App, asked: Asked, root: str) -> AsyncIterator[bytes]:
        place = app.place(asked)
        if app.attack is not None and app.attack.place == place:
            real = b"" if place == "stream" else app.answer(asked, root).body
            return app.attack.play(real)
        if app.crosses(asked):
            return _crossing(app, asked, root)
        if place == "stream" and not any(part in asked.path for part in app.script.get("replies", {})):
            return _stream(app, asked)
        return _whole(app.answer(asked, root))

    def _manage(self, asked: Asked, host: str) -> Answer:
        match asked.method, asked.path:
            case "GET", "/attacks":
                return _json(
                    [
                        {
                            "name": attack.name,
                            "class": attack.kind,
                            "at": attack.place,
                            "met_by": attack.met_by,
                            "ends_with": attack.ends_with,
                        }
                        for attack in ATTACKS.values()
                    ]
                )
            case "GET", "/asked":
                app = self._apps.get(asked.query.get("app", ""))
                return _json([one.shown() for one in app.asked] if app else [])
            case "POST", "/scripts":
                name = f"script-{next(self._scripts)}"
                self._apps[name] = App(script=json.loads(asked.body))
                return _json({"name": name, "url": f"http://{host}/{name}/"})
            case _:
                return _json({"detail": "Not Found"}, 404)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    """Return the next request, None if the connection ends."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {
        key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines) if key
    }
    size = int(headers.get("content-length", 0))
    # What has come together with the head is in the buffer of the reader already.
    packets = 1 if len(reader._buffer) >= size else 2  # type: ignore[attr-defined]
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while length := int(await reader.readline(), 16):
            body += await reader.readexactly(length)
            await reader.readline()
        await reader.readline()
    else:
        body = await reader.readexactly(size)
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), dict(parse_qsl(parts.query)), headers, body, packets=packets)


async def _send(pieces: AsyncIterator[bytes], asked: Asked, writer: asyncio.StreamWriter) -> None:
    async for piece in pieces:
        writer.write(piece)
        await writer.drain()
        asked.sent += len(piece)


async def _whole(answer: Answer) -> AsyncIterator[bytes]:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    lines = [
        f"HTTP/1.1 {answer.status} Scripted",
        *(f"{key}: {value}" for key, value in headers.items()),
        "",
        "",
    ]
    yield "\r\n".join(lines).encode("latin-1") + answer.body


async def _stream(app: App, asked: Asked) -> AsyncIterator[bytes]:
    """Say to a session what there is to say to it, until it is said that nothing follows."""
    app.next_stream.set()
    said = app.sessions[asked.query.get("session_hash", "")].said
    yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    while (text := await said.get()) is not None:
        data = text.encode("utf-8", "surrogatepass")
        if data:
            yield b"%x\r\n%b\r\n" % (len(data), data)
    yield b"0\r\n\r\n"


async def _crossing(app: App, asked: Asked, root: str) -> AsyncIterator[bytes]:
    app.next_stream.clear()
    app.close_stream(json.loads(asked.body)["session_hash"])
    await app.next_stream.wait()
    async for piece in _whole(app.answer(asked, root)):
        yield piece


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status, {"content-type": "application/json"})
