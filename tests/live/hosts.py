"""Other hosts than the app, of a test's own: one that serves files, one that forwards, one that only listens."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# No test waits anywhere near this long for something that happens.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host says at one of its paths.

    Attributes:
        after: it is said when the host has been asked so many times in all.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    after: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Host:
    """A plain HTTP server that notes what it is asked; every path that it does not know is a 404."""

    def __init__(self, server: ThreadingHTTPServer, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.changed = threading.Condition()
        self.port = int(server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/"


@contextmanager
def host(
    answers: Mapping[str, Answer] | None = None, *, context: ssl.SSLContext | None = None
) -> Iterator[Host]:
    """Run a host that answers its paths so."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            said = running.answers.get(urlsplit(self.path).path, Answer(404, b"nothing here"))
            with running.changed:
                running.asked.append(Asked(self.command, self.path, headers, body))
                running.changed.notify_all()
                if not running.changed.wait_for(lambda: len(running.asked) >= said.after, PATIENCE_SECONDS):
                    said = Answer(504, b"not asked often enough")
            self.send_response(said.status)
            for name, value in {"content-length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        running = Host(server, dict(answers or {}))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()


class Proxy:
    """A forwarding proxy that notes the method and URL of every request, and the host of every tunnel."""

    def __init__(self, port: int, elsewhere: Mapping[str, str]) -> None:
        self._elsewhere = elsewhere
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[tuple[str, str]] = []

    def paths(self) -> list[tuple[str, str]]:
        """Return method and path of the requests so far."""
        return [(method, urlsplit(url).path) for method, url in self.requests]

    def serve(self, client: socket.socket) -> None:
        """Forward the one request of a connection, and everything that is said on it."""
        with client, suppress(OSError):
            head, rest = _head_of(client)
            method, url, version = head[0].split(" ")
            self.requests.append((method, url))
            target = urlsplit(f"//{url}" if method == "CONNECT" else url)
            if method != "CONNECT":
                target = target._replace(netloc=self._elsewhere.get(target.netloc, target.netloc))
            with socket.create_connection(
                (target.hostname, target.port or 80), timeout=PATIENCE_SECONDS
            ) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    query = f"?{target.query}" if target.query else ""
                    kept = [line for line in head[1:] if not line.lower().startswith("connection:")]
                    lines = [f"{method} {target.path}{query} {version}", *kept, "Connection: close", "", ""]
                    server.sendall("\r\n".join(lines).encode("latin-1") + rest)
                there = threading.Thread(target=_pump, args=(client, server), daemon=True)
                there.start()
                _pump(server, client)
                there.join()


@contextmanager
def proxy(elsewhere: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    """Run a proxy that takes plain requests to the hosts in ``elsewhere`` to others."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Proxy(listener.getsockname()[1], elsewhere or {})
        with _accepting(listener, running.serve):
            yield running


class Relay:
    """A port that carries every connection on to a server, and can drop them all.

    Attributes:
        cuts: connections from now on that are cut when their first bytes have come.
    """

    def __init__(self, port: int, server: str) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self._server = urlsplit(server)
        self._clients: list[socket.socket] = []
        self.cuts = 0

    def drop(self) -> int:
        """Close all connections, as a server does with those that were idle for long; return how many were open."""
        dropped = 0
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
                dropped += 1
        self._clients.clear()
        return dropped

    def serve(self, client: socket.socket) -> None:
        """Carry one connection on."""
        self._clients.append(client)
        with client, suppress(OSError):
            if self.cuts > 0:
                self.cuts -= 1
                client.recv(1)
                return
            to = (self._server.hostname, self._server.port)
            with socket.create_connection(to, timeout=PATIENCE_SECONDS) as server:
                there = threading.Thread(target=_pump, args=(client, server), daemon=True)
                there.start()
                _pump(server, client)
                there.join()


@contextmanager
def relay(server: str) -> Iterator[Relay]:
    """Run a relay to the server at that URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Relay(listener.getsockname()[1], server)
        with _accepting(listener, running.serve):
            yield running


@contextmanager
def listener_that_counts() -> Iterator[tuple[int, list[bytes]]]:
    """Give a port, and the first bytes of every connection that was made to it."""
    seen: list[bytes] = []

    def take(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(PATIENCE_SECONDS)
            seen.append(client.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as listener, _accepting(listener, take):
        yield listener.getsockname()[1], seen


@contextmanager
def _accepting(listener: socket.socket, serve: Callable[[socket.socket], None]) -> Iterator[None]:
    def accept() -> None:
        with suppress(OSError):  # the listener is shut down
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _head_of(client: socket.socket) -> tuple[list[str], bytes]:
    """Return the lines of a request's head, and what was received of its body."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = client.recv(65536)
        if not chunk:
            raise ConnectionError("the client went away")
        received += chunk
    head, _, rest = received.partition(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n"), rest


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Carry everything from one socket to the other, and the end of it."""
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    for end, how in ((source, socket.SHUT_RD), (target, socket.SHUT_WR)):
        with suppress(OSError):
            end.shutdown(how)
