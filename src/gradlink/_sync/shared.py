"""What a client and its views share."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from dataclasses import replace

from gradlink._protocol.headers import check_headers
from gradlink._shell.options import ConnectionSettings
from gradlink._sync.connection import Connection


class Shared:
    """How the app is connected to, and the connection; it closes by itself when neither client, view nor job has it.

    Attributes:
        settings: what a connection is made from.
        live: the connection that was made last, which may be that of the parent process.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        """Connect."""
        self.settings = settings
        self.live = self._open(None)

    @property
    def connection(self) -> Connection:
        """The connection of this process: a forked child must not use its parent's sockets."""
        if self.live.pid != os.getpid():
            self.live = self._open(self.live)
        return self.live

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these headers with every request from now on, in place of those that the client was made with.

        Raises ArgumentError for headers that cannot be sent.
        """
        check_headers("headers", headers)
        self.settings = replace(self.settings, transport=replace(self.settings.transport, headers=headers))
        self.connection.driver.use_headers(headers)

    def _open(self, parent: Connection | None) -> Connection:
        connection = Connection(self.settings, parent)
        if connection.access.space is not None:
            # Where the Space is need not be asked again, not even by a forked child.
            self.settings = replace(self.settings, access=connection.access)
        weakref.finalize(self, connection.close_soon)
        return connection
