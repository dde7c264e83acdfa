"""A proxy between a client and a real server that breaks what passes, in the ways in which networks do."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

READ_BYTES = 1 << 16
HEAD_BYTES = 1 << 20
NO_LINGER = struct.pack("ii", 1, 0)

How = Literal["close", "reset", "half", "stall", "garbage"]
"""How an exchange breaks: closed cleanly, reset, closed for one side only, silent from now on, or
with something that is not HTTP."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one exchange.

    Attributes:
        kind: name to count it under.
        request_bytes: the exchange breaks when so many bytes of the request's body have come; the server sees nothing.
        answer_bytes: it breaks when so many bytes of the answer's body have passed; -1: before its head.
        how: how it breaks.
        answer: status, headers and body that are said in the server's stead.
        piece: the answer's body passes in pieces of so many bytes.
        held: the answer does not pass before ``Faults.release`` is set.
        holds: the piece of the answer's body that has these bytes does not pass before that, nor what follows it.
        server: another server that is asked instead, as by a gateway that has several.
        edit: changes the pieces of the answer's body; it must keep their size if the answer has a length.
    """

    kind: str
    request_bytes: int | None = None
    answer_bytes: int | None = None
    how: How = "close"
    answer: tuple[int, Mapping[str, str], bytes] | None = None
    piece: int | None = None
    edit: Callable[[bytes], bytes] | None = None
    held: bool = False
    holds: bytes | None = None
    server: str | None = None


NO_FAULT = Fault("none")
HELD = Fault("held", held=True)
HOLD_SECONDS = 60.0


def unread(how: How = "reset", after: int = 0) -> Fault:
    """Break the exchange before the server has seen the request."""
    return Fault(f"request {how}", request_bytes=after, how=how)


def cut(after: int, how: How = "close") -> Fault:
    """Break the exchange when so many bytes of the answer's body have passed; -1: before its head."""
    return Fault(f"answer {how}", answer_bytes=after, how=how)


def says(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer in the server's stead; a name in ``headers`` has underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(f"answered {status}", answer=(status, named, body))


def page(status: int) -> Fault:
    """Answer with the error page of a gateway."""
    text = f"<html><head><title>{status}</title></head><body>The gateway is unwell</body></html>"
    return says(status, text.encode(), content_type="text/html")


def holding(part: bytes) -> Fault:
    """Let an answer pass up to the piece with these bytes, and the rest when ``Faults.release`` is set."""
    return Fault("held back", holds=part)


def replica(server: str) -> Fault:
    """Let another server answer."""
    return Fault("replica", server=server)


def edited(kind: str, edit: Callable[[bytes], bytes]) -> Fault:
    """Change the pieces of an answer's body."""
    return Fault(kind, edit=edit)


def slow(piece: int = 1) -> Fault:
    """Let an answer through in tiny pieces."""
    return Fault("slow", piece=piece)


@dataclass(slots=True)
class Rule:
    """A fault for requests whose path begins so: the ``nth`` one that matches, and those after it."""

    prefix: str
    fault: Fault
    nth: int
    times: int
    seen: int = 0


@dataclass(slots=True)
class Passed:
    """A request that came to the proxy."""

    method: str
    path: str
    headers: dict[str, str]
    fault: Fault = NO_FAULT


Chooser = Callable[[str, str], Fault]


@dataclass(slots=True)
class Faults:
    """A running proxy.

    Attributes:
        url: where it listens; the client is given this instead of the server's.
        keeps: requests are kept in ``passed``.
        passed: the requests that came, in order of arrival.
        injected: faults that happened so far, by kind.
        release: lets those answers pass that are held.
        stop: ends it before its time; nobody listens then.
        chooser: asked for the fault of each request (method, path) that no rule is for.
    """

    url: str
    server: str
    keeps: bool = True
    passed: list[Passed] = field(default_factory=list[Passed])
    injected: Counter[str] = field(default_factory=Counter[str])
    chooser: Chooser = field(default=lambda _method, _path: NO_FAULT)
    release: threading.Event = field(default_factory=threading.Event)
    stop: Callable[[], None] = field(default=lambda: None)
    _rules: list[Rule] = field(default_factory=list[Rule])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, prefix: str, fault: Fault, *, nth: int = 1, times: int = 1) -> None:
        """Let ``fault`` happen to the ``nth`` request from now on to a path that begins so, and ``times`` - 1 more."""
        with self._lock:
            self._rules.append(Rule(prefix, fault, nth, times))

    def paths(self, prefix: str) -> list[Passed]:
        """Return the requests so far to paths that begin so."""
        return [request for request in self.passed if request.path.startswith(prefix)]

    def choose(self, method: str, path: str) -> Fault:
        """Return what is to happen to a request."""
        with self._lock:
            for rule in self._rules:
                if path.startswith(rule.prefix):
                    rule.seen += 1
                    if rule.nth <= rule.seen < rule.nth + rule.times:
                        return rule.fault
            return self.chooser(method, path)

    def count(self, fault: Fault) -> None:
        """Note that a fault happened."""
        with self._lock:
            self.injected[fault.kind] += 1


@contextmanager
def faults(server: str) -> Iterator[Faults]:
    """Run a proxy to the server at this URL, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    proxy = Faults(f"http://127.0.0.1:{listener.getsockname()[1]}{urlsplit(server).path}", server)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(_serve(proxy, listener, stop),), name="fault-proxy"
    )

    def end() -> None:
        proxy.release.set()
        if thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()
            listener.close()

    proxy.stop = end
    thread.start()
    try:
        yield proxy
    finally:
        end()


async def _serve(proxy: Faults, listener: socket.socket, stop: asyncio.Event) -> None:
    listener.setblocking(False)
    tasks: set[asyncio.Task[None]] = set()
    accepting = asyncio.create_task(_accept(proxy, listener, tasks))
    await stop.wait()
    accepting.cancel()
    for task in tasks:
        task.cancel()
    await asyncio.gather(accepting, *tasks, return_exceptions=True)
    # Transports close in the next round of the loop.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _accept(proxy: Faults, listener: socket.socket, tasks: set[asyncio.Task[None]]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        client, _ = await loop.sock_accept(listener)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader, writer = await asyncio.open_connection(sock=client, limit=HEAD_BYTES)
        task = asyncio.create_task(_Exchanges(proxy, reader, writer).run())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        # Not in the task itself, which may be cancelled before it has begun.
        task.add_done_callback(partial(_close, writer))


def _close(writer: asyncio.StreamWriter, _done: asyncio.Task[None]) -> None:
    writer.close()


class _Broken(Exception):  # noqa: N818 - says what happened
    """The exchange was broken on purpose; the connection is closed already."""


class _Exchanges:
    """The exchanges over one connection of the client, one after the other."""

    def __init__(self, proxy: Faults, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._early = b""
        self._watched = False

    async def run(self) -> None:
        """Carry requests on until one side is gone."""
        with suppress(OSError, EOFError, asyncio.LimitOverrunError, _Broken):
            while await self._one():
                pass

    async def _one(self) -> bool:
        head = self._early + await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        request = Passed(method, path, _headers(lines[1:]))
        request.fault = fault = self._proxy.choose(method, path)
        if self._proxy.keeps:
            self._proxy.passed.append(request)
        if fault.request_bytes is not None:
            await self._take(fault.request_bytes, request.headers)
            await self._break(fault)
        body = b"".join([piece async for piece in _body(self._reader, request.headers, ends=False)])
        if fault.answer is not None:
            self._proxy.count(fault)
            await self._say(*fault.answer)
            return True
        if fault.server is not None:
            self._proxy.count(fault)
        at = urlsplit(fault.server or self._proxy.server)
        server_reader, server_writer = await asyncio.open_connection(at.hostname, at.port, limit=HEAD_BYTES)
        try:
            server_writer.write(_head_for_server(lines, len(body)) + body)
            return await self._until_gone(self._relay(server_reader, fault))
        finally:
            server_writer.close()

    async def _take(self, count: int, headers: Mapping[str, str]) -> None:
        """Read the first bytes of a request's body."""
        with suppress(asyncio.IncompleteReadError):
            await self._reader.readexactly(min(count, int(headers.get("content-length", count))))

    async def _until_gone(self, relay: Coroutine[Any, Any, bool]) -> bool:
        """Carry an answer to the client, as long as the client is there to hear it."""
        relaying = asyncio.create_task(relay)
        watching = asyncio.create_task(self._reader.read(1))
        self._watched = True
        try:
            await asyncio.wait([relaying, watching], return_when=asyncio.FIRST_COMPLETED)
            gone = watching.done() and not watching.exception() and not watching.result()
            return False if gone and not relaying.done() else await relaying
        finally:
            for task in (relaying, watching):
                task.cancel()
            _, early = await asyncio.gather(relaying, watching, return_exceptions=True)
            self._watched = False
            # The client had the whole answer, and went on, before this task knew.
            self._early = early if isinstance(early, bytes) else b""

    async def _relay(self, server: asyncio.StreamReader, fault: Fault) -> bool:
        head = await server.readuntil(b"\r\n\r\n")
        if fault.held:
            self._proxy.count(fault)
            await asyncio.to_thread(self._proxy.release.wait, HOLD_SECONDS)
        if fault.answer_bytes == -1:
            await self._break(fault)
        lines = [
            line
            for line in head.decode("latin-1").split("\r\n")
            if not line.lower().startswith("connection:")
        ]
        headers = _headers(lines[1:])
        chunked = headers.get("transfer-encoding") == "chunked"
        self._writer.write("\r\n".join(lines).encode("latin-1"))
        left = fault.answer_bytes
        if fault.piece:
            # At once: who has all that it wants may go before the end has come.
            self._proxy.count(fault)
        async for piece in _body(server, headers, ends=True):
            if fault.holds is not None and fault.holds in piece:
                self._proxy.count(fault)
                await asyncio.to_thread(self._proxy.release.wait, HOLD_SECONDS)
            for part in self._parts(piece, fault):
                kept = part if left is None else part[:left]
                if kept:
                    self._writer.write(b"%x\r\n%b\r\n" % (len(kept), kept) if chunked else kept)
                    await self._writer.drain()
                if left is not None:
                    left -= len(kept)
                    if left == 0:
                        await self._break(fault)
        if left is None and fault.edit and not fault.piece:
            self._proxy.count(fault)
        if chunked:
            self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()
        return chunked or "content-length" in headers

    def _parts(self, piece: bytes, fault: Fault) -> Iterator[bytes]:
        if fault.edit is not None:
            piece = fault.edit(piece)
        size = fault.piece or max(len(piece), 1)
        for start in range(0, len(piece), size):
            yield piece[start : start + size]

    async def _break(self, fault: Fault) -> None:
        """Break the connection. Raises _Broken."""
        self._proxy.count(fault)
        await self._writer.drain()
        if fault.how == "stall":
            await self._client_gone()
        elif fault.how == "half":
            self._writer.write_eof()
            await self._client_gone()
        elif fault.how == "garbage":
            self._writer.write(b"\x00\xff no HTTP \x80\r\n\r\n")
            await self._writer.drain()
        elif fault.how == "reset":
            plain = self._writer.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            self._writer.transport.abort()
        raise _Broken

    async def _client_gone(self) -> None:
        if self._watched:
            await asyncio.get_running_loop().create_future()  # cancelled when it is
        await self._reader.read(-1)

    async def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await self._writer.drain()


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _head_for_server(lines: list[str], length: int) -> bytes:
    """Return a request's head for a connection that is used once."""
    own = ("connection:", "content-length:", "transfer-encoding:", "expect:")
    kept = [line for line in lines if line and not line.lower().startswith(own)]
    return "\r\n".join([*kept, f"content-length: {length}", "connection: close", "", ""]).encode("latin-1")


async def _body(
    reader: asyncio.StreamReader, headers: Mapping[str, str], *, ends: bool
) -> AsyncIterator[bytes]:
    """Yield the body of a message in the pieces in which it comes; ``ends``: its end may be that of the connection."""
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    elif "content-length" in headers:
        left = int(headers["content-length"])
        while left:
            piece = await reader.read(min(left, READ_BYTES))
            if not piece:
                raise EOFError
            left -= len(piece)
            yield piece
    elif ends:
        while piece := await reader.read(READ_BYTES):
            yield piece
