"""Sockets that threads wait on, and how these threads are woken: by shutting the socket down."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet


class Sockets:
    """The open sockets of one driver."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: WeakSet[socket.socket] = WeakSet()
        self._closed = False

    def add(self, opened: Any) -> None:
        """Take note of a socket that was opened."""
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


def shut_socket(opened: Any) -> None:
    """Shut a socket down, so that a thread that waits on it continues."""
    with suppress(OSError):  # the peer may have been faster
        # SSLSocket has its own shutdown, which takes the TLS state from under the thread that reads. And the
        # socket may be older than gevent's patches: its plain class is not socket.socket then.
        # What gradlink.testing has in the place of one is shut by its own class.
        kinds = (kind for kind in type(opened).__mro__ if kind.__name__ == "socket")
        plain: Any = next(kinds, opened.__class__)
        plain.shutdown(opened, socket.SHUT_RDWR)
