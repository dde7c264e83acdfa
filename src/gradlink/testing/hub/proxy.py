"""What stands before each Space: lets visitors in, wakes sleeping apps, passes the rest on as it is."""

from __future__ import annotations

import selectors
import socket
import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode, urlsplit

from gradlink.testing.hub.accounts import Account
from gradlink.testing.hub.records import HubRequest
from gradlink.testing.hub.spaces import RUNS, HubSpace
from gradlink.testing.hub.state import SIGN, HubState

MAX_HEAD_BYTES = 1 << 17
READ_BYTES = 1 << 16
# A client that gets a refusal may still be sending; a connection reset would eat the answer.
DRAIN_SECONDS = 2.0

Headers = list[tuple[str, str]]


class SpaceProxy(socketserver.ThreadingTCPServer):
    """A Space's own address."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, state: HubState, space: HubSpace, port: int = 0) -> None:
        self.state = state
        self.space = space
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Visit)
        space.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), name="hub-space", daemon=True).start()

    def track(self, connection: socket.socket) -> None:
        """Note a connection that is to be cut when the Hub is closed."""
        with self._open_lock:
            self._open.add(connection)

    def untrack(self, connection: socket.socket) -> None:
        """Forget a connection that has ended."""
        with self._open_lock:
            self._open.discard(connection)

    def stop(self) -> None:
        """Close the address and cut what goes through it."""
        self.shutdown()
        self.server_close()
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


class _Visit(socketserver.BaseRequestHandler):
    """One connection: one request, since the app is told to close it afterwards."""

    request: socket.socket

    @property
    def _proxy(self) -> SpaceProxy:
        assert isinstance(self.server, SpaceProxy)  # noqa: S101  # nobody else makes one
        return self.server

    def handle(self) -> None:
        """Serve the request, then close the connection."""
        self._proxy.track(self.request)
        try:
            head, rest = _read_head(self.request)
            if head:
                self._serve(head, rest)
        except OSError:
            pass  # either end went away
        finally:
            self._proxy.untrack(self.request)

    def _serve(self, head: bytes, rest: bytes) -> None:
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = line.split(" ", 2)
        headers: Headers = [
            (name, value.strip()) for name, _, value in (text.partition(":") for text in lines)
        ]
        by_name = joined(headers)
        parts = urlsplit(target)
        space, state = self._proxy.space, self._proxy.state
        visitor = state.visitor(space, by_name, parts.query)
        # What a browser asks before it sends credentials comes without any.
        refusal = None if method == "OPTIONS" else _refusal(space, visitor)
        name = visitor.name if visitor is not None else None
        status = refusal[0] if refusal else None
        state.records.add(
            HubRequest(space.space_id, method, parts.path, parts.query, by_name, None, name, status)
        )
        if refusal:
            self._refuse(*refusal)
            return
        query = urlencode(
            [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != SIGN]
        )
        target = parts.path + (f"?{query if SIGN in parts.query else parts.query}" if parts.query else "")
        passed = _passed_on(headers, space, name)
        lines = [f"{method} {target} {version}", *(f"{key}: {value}" for key, value in passed)]
        self._splice("\r\n".join([*lines, "", ""]).encode("latin-1") + rest)

    def _refuse(self, status: int, text: str) -> None:
        body = f"<html><body>{text}</body></html>".encode()
        head = (
            f"HTTP/1.1 {status} {text.partition('.')[0]}\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n"
            "access-control-allow-origin: *\r\nconnection: close\r\n\r\n"
        )
        self.request.sendall(head.encode() + body)
        self.request.shutdown(socket.SHUT_WR)
        self.request.settimeout(DRAIN_SECONDS)
        while self.request.recv(READ_BYTES):
            pass

    def _splice(self, first: bytes) -> None:
        """Pass on what either end says until one of them is gone."""
        app = urlsplit(self._proxy.space.app_url)
        with socket.create_connection((app.hostname or "", app.port or 80)) as upstream:
            upstream.sendall(first)
            with selectors.DefaultSelector() as selector:
                selector.register(self.request, selectors.EVENT_READ, upstream)
                selector.register(upstream, selectors.EVENT_READ, self.request)
                while True:
                    for key, _ in selector.select():
                        source, target = key.fileobj, key.data
                        assert isinstance(source, socket.socket)  # noqa: S101  # registered above
                        data = source.recv(READ_BYTES)
                        if not data:
                            return
                        target.sendall(data)


def joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by their name in lower case, values of one name joined."""
    result: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        result[key] = f"{result[key]}, {value}" if key in result else value
    return result


def _refusal(space: HubSpace, visitor: Account | None) -> tuple[int, str] | None:
    if not space.readable_by(visitor):
        return 404, "Sorry, we cannot find the page you are looking for."
    stage = space.stage
    if stage not in RUNS:
        space.wake()
        return 503, f"This Space is not running. Its stage is {stage}."
    return None


def _passed_on(headers: Headers, space: HubSpace, visitor: str | None) -> Headers:
    """Return the headers that the app gets: no credentials of the Hub, and whose ZeroGPU time it uses."""
    upgrade = any(name.lower() == "upgrade" for name, _ in headers)
    dropped = {"host", *(() if upgrade else ("connection",))}
    passed = [
        (name, value)
        for name, value in headers
        if name.lower() not in dropped and not name.lower().startswith("x-hf-")
    ]
    host = next((value for name, value in headers if name.lower() == "host"), "")
    passed += [
        ("Host", urlsplit(space.app_url).netloc),
        ("X-Forwarded-Host", host),
        ("X-Forwarded-Proto", "http"),
    ]
    if not upgrade:
        passed.append(("Connection", "close"))
    if not any(name.lower() == "x-ip-token" for name, _ in headers):
        passed.append(("X-IP-Token", f"ip-token-of-{visitor or 'anonymous'}"))
    return passed


def _read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return the head of a request, and what has come of its body; nothing if there is no request."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < MAX_HEAD_BYTES:
        more = connection.recv(READ_BYTES)
        if not more:
            return b"", b""
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest
