"""Sockets that threads wait on, and how these threads are woken: by shutting the socket down."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    import httpx2


class Sockets:
    """The open sockets of one driver."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: WeakSet[socket.socket] = WeakSet()
        self._closed = False

    def trace(self, event: str, info: Any) -> None:
        """Take a trace event of httpcore2: those that bring a connection say which socket it has."""
        if event not in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            return
        opened: Any = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._open.add(opened)
            closed = self._closed
        if closed:
            shut_socket(opened)

    def close(self) -> None:
        """Wake each thread that waits on one, now and later."""
        with self._lock:
            self._closed = True
            waited_on = list(self._open)
        for one in waited_on:
            shut_socket(one)


def shut_down(response: httpx2.Response) -> None:
    """Wake the thread that reads ``response`` by closing its socket."""
    stream = response.extensions.get("network_stream")
    opened: Any = stream.get_extra_info("socket") if stream is not None else None
    if opened is not None:
        shut_socket(opened)


def shut_socket(opened: Any) -> None:
    """Shut a socket down, so that a thread that waits on it continues."""
    with suppress(OSError):  # the peer may have been faster
        # SSLSocket has its own shutdown, which takes the TLS state from under the thread that reads. And the
        # socket may be older than gevent's patches: its plain class is not socket.socket then.
        plain: Any = next(kind for kind in type(opened).__mro__ if kind.__name__ == "socket")
        plain.shutdown(opened, socket.SHUT_RDWR)
