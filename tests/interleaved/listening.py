"""The app of these tests on a port, for clients that send over connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from tests.interleaved.app import App, Wire


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listening

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        request = httpx2.Request(self.command, f"http://app.test{self.path}", content=content)
        answer = Wire(self.server.app).handle_request(request)
        if answer.headers["content-type"] == "text/event-stream":
            self._say("transfer-encoding: chunked\r\ncontent-type: text/event-stream")
            with suppress(httpx2.ReadError, OSError):  # the test breaks it, or the client left
                for piece in answer.iter_raw():
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")
                return
            self.close_connection = True
            return
        body = answer.read()
        self._say(f"content-length: {len(body)}\r\ncontent-type: application/json", answer.status_code)
        self.wfile.write(body)

    def _say(self, headers: str, status: int = 200) -> None:
        self.wfile.write(f"HTTP/1.1 {status} OK\r\n{headers}\r\n\r\n".encode("ascii"))


class Listening(ThreadingHTTPServer):
    """A server on a port.

    Attributes:
        app: whose it is at the moment.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.app = App()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have left."""


@contextmanager
def listening() -> Iterator[Listening]:
    """Give a server that listens."""
    server = Listening()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
