"""What a client and its views share."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace

from gradlink._flows.exchange import Access
from gradlink._protocol.headers import check_headers
from gradlink._protocol.schema import AppSchema
from gradlink._shell.options import ConnectionSettings
from gradlink._sync.connection import Connection
from gradlink.errors import ClientClosedError


class Shared:
    """How the app is connected to, and the connection; it closes by itself when neither client, view nor job has it.

    Attributes:
        settings: what a connection is made from.
        live: the connection that was made last, that of this process or of its parent.
    """

    def __init__(self, settings: ConnectionSettings, connected: Callable[[str], object]) -> None:
        """Connect when the connection is first asked for; ``connected`` is called with the app's URL then."""
        self.settings = settings
        self._connected = connected
        self.live: Connection | None = None
        # Closes the connection that was made last when nobody has it any more.
        self._end: weakref.finalize[[], Shared] | None = None
        self._closed = False
        # By process: a child that is forked while another thread connects would find that one's lock held for ever.
        self._locks: dict[int, threading.Lock] = {}

    @property
    def connection(self) -> Connection:
        """The connection of this process: a forked child must not use its parent's sockets.

        Raises what connecting raises, which is tried again when it is asked for once more, or ClientClosedError.
        """
        live = self.live
        if live is None or live.pid != os.getpid():
            with self._locks.setdefault(os.getpid(), threading.Lock()):
                live = self.live
                if live is None or live.pid != os.getpid():
                    live = self._open(live)
        return live

    @property
    def access(self) -> Access:
        """Where the app is, as far as that is known."""
        return self.settings.access if self.live is None else self.live.access

    @property
    def schema(self) -> AppSchema | None:
        """The app, None before it was connected to."""
        return None if self.live is None else self.live.schema

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on, in place of those that the client was made with.

        Raises ArgumentError for headers that cannot be sent.
        """
        check_headers("headers", headers)
        self.settings = replace(self.settings, transport=replace(self.settings.transport, headers=headers))
        self.connection.driver.use_headers(headers)

    def close(self) -> None:
        """Close the connection if there is one, and make none any more."""
        self._closed = True
        if self.live is not None:
            self._close(self.live)

    def _open(self, parent: Connection | None) -> Connection:
        if parent is None and self._closed:
            raise ClientClosedError("the client is closed; make a new one", execution="not started")
        connection = Connection(self.settings, parent)
        self._end = weakref.finalize(self, connection.close_soon)
        if connection.access.space is not None:
            # Where the Space is need not be asked again, not even by a forked child.
            self.settings = replace(self.settings, access=connection.access)
        self.live = connection
        if parent is None:
            if self._closed:  # while it was made
                self._close(connection)
            self._connected(connection.access.routes.base)
        return connection

    def _close(self, connection: Connection) -> None:
        connection.close()
        if self._end is not None:  # else a thread would be started to close it once more
            self._end.detach()
