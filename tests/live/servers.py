"""Real Gradio servers for the tests, each a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

# A server is forked from a process that has imported Gradio once, which is most of the work of starting one.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.apps.everything"])
# Servers of one run, whatever number of workers plays it.
MOST = 6
START_SECONDS = 90  # on a machine where everybody starts servers at once


def _serve(connection: Any, variant: str, folder: str) -> None:
    from tests.apps.everything import serve_for

    serve_for(connection, variant, folder)


class ServerFailed(Exception):  # noqa: N818 - says what happened
    """The server did not get ready; the message ends with its log."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived at the server.

    ``connection`` is the port it came from: equal for requests over one connection. ``json`` is its body, if
    that was JSON. ``status`` is None until the answer has begun, ``ended`` false until it is over.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    connection: int
    json: Any
    status: int | None
    ended: bool


class Server:
    """A running server of one variant of ``tests.apps.everything``."""

    def __init__(self, variant: str) -> None:
        self.variant = variant
        self._folder = tempfile.TemporaryDirectory(prefix=f"gradlink-{variant}-", ignore_cleanup_errors=True)
        self._log = Path(self._folder.name, "log.txt")
        self._connection, theirs = FORKS.Pipe()
        self._process = FORKS.Process(target=_serve, args=(theirs, variant, self._folder.name), daemon=True)
        self._process.start()
        theirs.close()
        try:
            served = self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        self.url: str = served["url"]
        self.ca_file: str | None = served["ca_file"]
        self.origin = "/".join(self.url.split("/")[:3])
        self._controls = httpx2.Client(
            base_url=self.origin,
            timeout=60,
            trust_env=False,
            verify=_trust(self.ca_file),
            # A kept connection may just be closed by the server when the next request is sent.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def __repr__(self) -> str:
        return f"<Server {self.variant}>"

    def log(self) -> str:
        """Return what the server has printed."""
        return self._log.read_text("utf-8", errors="replace")

    def requests(self, since: int = 0) -> list[Request]:
        """Return the requests that arrived so far, without the first ``since``."""
        return [Request(**record) for record in self._control("GET", "/_requests").json()[since:]]

    def counts(self, key: str) -> dict[str, int]:
        """Return what the functions called with this key have noted so far.

        They note "started", "ticked" (for each value), "finished" (not when stopped), and "ended" (in any case).
        Under the key "METHOD /path" stand "asked" and "ended" of the requests to that path.
        """
        counts: dict[str, int] = self._control("GET", "/_counts", key=key).json()
        return counts

    def reach(self, key: str, what: str, count: int = 1) -> None:
        """Wait until ``what`` was noted ``count`` times under ``key``."""
        self._control("GET", "/_reach", key=key, what=what, count=count)

    def open_gate(self, key: str, times: int = 1) -> None:
        """Let the functions that wait for this key go on, ``times`` times."""
        self._control("POST", "/_open_gate", key=key, times=times)

    def log_everybody_out(self) -> None:
        """Make all logins invalid."""
        self._control("POST", "/_logout")

    def answer(
        self,
        path: str,
        status: int,
        body: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next ``times`` requests to ``path`` in the app's stead."""
        answer = {
            "path": path,
            "status": status,
            "body": body,
            "headers": dict(headers or {}),
            "times": times,
        }
        self._controls.post("/_answer", json=answer).raise_for_status()

    def cut(self, path: str) -> None:
        """Break the connection of every response to ``path`` that is under way."""
        self._control("POST", "/_cut", path=path)

    def stop(self) -> None:
        """End the process and remove its files."""
        if hasattr(self, "_controls"):
            self._controls.close()
        self._process.kill()  # it may be in the middle of anything, and has nothing to save
        self._process.join()
        self._connection.close()
        self._folder.cleanup()

    def _wait_until_ready(self) -> dict[str, Any]:
        what = f"was not ready after {START_SECONDS} s"
        try:
            if self._connection.poll(START_SECONDS):
                served: dict[str, Any] = self._connection.recv()
                return served
        except EOFError:
            what = "ended"
        raise ServerFailed(f"the server {self.variant!r} {what}; its log:\n{self.log()}")

    def _control(self, method: str, path: str, /, **parameters: str | int) -> httpx2.Response:
        return self._controls.request(method, path, params=parameters).raise_for_status()


def _trust(ca_file: str | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    return ssl.create_default_context(cafile=ca_file)


class Servers:
    """Starts servers when they are asked for, and ends those that were not for longest.

    An idle Gradio server burns 4 % of a core: one of every variant for each worker would slow down all tests.
    Starting one again takes about half a second, since the process that it is forked from has imported Gradio.

    Args:
        most: how many run at a time, None for what this worker has of six; a test that uses more of them at once than
            two needs a larger number.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or max(2, MOST // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
        self._running: OrderedDict[str, Server] = OrderedDict()

    def __call__(self, variant: str = "base") -> Server:
        """Return the server of that variant, the same one as long as it runs."""
        if variant not in self._running:
            while len(self._running) >= self._most:
                self._running.popitem(last=False)[1].stop()
            self._running[variant] = self._start(variant)
        self._running.move_to_end(variant)
        return self._running[variant]

    def stop(self) -> None:
        """End all servers."""
        while self._running:
            self._running.popitem()[1].stop()

    def _start(self, variant: str) -> Server:
        try:
            return Server(variant)
        except ServerFailed:
            # Its port was free when it looked, and taken when it listened.
            return Server(variant)
