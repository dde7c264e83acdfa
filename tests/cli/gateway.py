"""A small gateway in front of real servers, with what gateways get wrong, and a web server that is no app."""

from __future__ import annotations

import http.client
import itertools
import socket
import ssl
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# These concern one connection, not what passes.
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(slots=True)
class Gateway:
    """How a gateway hands requests on.

    Attributes:
        servers: each request goes to the next one.
        sticky: a cookie keeps a client at the server that it met first.
        buffers: an answer is read to its end before any of it passes.
        max_body: larger requests are refused (413), None for no limit.
        drops: headers of answers that do not pass, in lower case.
        adds: headers that are added to all answers.
        host: what the server is told the host is, None for what the client says.
        asked: method and path of the requests that came, in order.
    """

    servers: Sequence[str] = ()
    sticky: bool = False
    buffers: bool = False
    max_body: int | None = None
    drops: frozenset[str] = frozenset()
    adds: Mapping[str, str] = field(default_factory=dict[str, str])
    host: str | None = None
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    _turn: Iterator[int] = field(default_factory=itertools.count)
    _upstream: set[http.client.HTTPConnection] = field(default_factory=set[http.client.HTTPConnection])

    def handle(self, request: Handler) -> None:
        """Answer one request."""
        self.asked.append((request.command, request.path))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        size = int(request.headers.get("content-length") or 0)
        if self.max_body is not None and size > self.max_body:
            _say(request, 413, {}, b"<html>413 Request Entity Too Large</html>")
            return
        body = request.rfile.read(size)
        chosen = self._choose(request.headers.get("cookie") or "")
        at = urlsplit(self.servers[chosen])
        upstream = http.client.HTTPConnection(at.hostname or "", at.port)
        self._upstream.add(upstream)
        try:
            headers = {
                name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP
            }
            if self.host is not None:
                headers["Host"] = self.host
            upstream.request(request.command, request.path, body or None, headers)
            self._pass(request, upstream.getresponse(), chosen)
        finally:
            self._upstream.discard(upstream)
            upstream.close()

    def end(self) -> None:
        """Break what is still read from the servers."""
        for upstream in list(self._upstream):
            with suppress(OSError, AttributeError):
                upstream.sock.shutdown(socket.SHUT_RDWR)

    def _choose(self, cookie: str) -> int:
        if self.sticky and "replica=" in cookie:
            return int(cookie.partition("replica=")[2][0])
        return next(self._turn) % len(self.servers)

    def _pass(self, request: Handler, answer: http.client.HTTPResponse, chosen: int) -> None:
        headers = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in _HOP_BY_HOP and name.lower() not in self.drops
        ]
        headers += self.adds.items()
        if self.sticky:
            headers.append(("set-cookie", f"replica={chosen}; path=/"))
        pieces = iter(partial(answer.read1, 1 << 16), b"")
        if self.buffers:
            pieces = iter([b"".join(pieces)])
        request.send_response_only(answer.status)
        for name, value in [*headers, ("connection", "close")]:
            request.send_header(name, value)
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece)


class Handler(BaseHTTPRequestHandler):
    """Hands requests to a gateway, or says what a page says if there is none."""

    protocol_version = "HTTP/1.1"

    def __init__(self, gateway: Gateway, *args: Any) -> None:
        self.gateway = gateway
        super().__init__(*args)

    def answer(self) -> None:
        """Answer a request, and close the connection."""
        self.close_connection = True
        with suppress(OSError, http.client.HTTPException):
            if self.gateway.servers:
                self.gateway.handle(self)
            else:
                _say(
                    self,
                    200,
                    {"content-type": "text/html", **self.gateway.adds},
                    b"<html>A page\x1b[31m</html>",
                )

    do_GET = do_POST = do_OPTIONS = answer  # noqa: N815  # as http.server has it

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@contextmanager
def serving(gateway: Gateway, context: ssl.SSLContext | None = None) -> Generator[str]:
    """Run a gateway, or a web server if it has no servers behind it; give its address."""
    server = _Server(("127.0.0.1", 0), partial(Handler, gateway))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=partial(server.serve_forever, 0.01), name="gateway")
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}/"
    finally:
        gateway.end()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    # Who has left, or does not trust the certificate, is no news.
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


def _say(request: Handler, status: int, headers: Mapping[str, str], body: bytes) -> None:
    request.send_response_only(status)
    for name, value in {**headers, "content-length": str(len(body)), "connection": "close"}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
