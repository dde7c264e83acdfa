"""What a client and its views share."""

from __future__ import annotations

import weakref
from dataclasses import replace

import anyio

from gradlink._async.connection import AsyncConnection
from gradlink._async.tasks import in_loop, same_loop
from gradlink._flows.exchange import Access
from gradlink._protocol.schema import AppSchema
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.sessionhash import new_session_hash
from gradlink.errors import ClientClosedError, NotConnectedError


class AsyncShared:
    """How the app is connected to, and the connection; it closes by itself when neither client, view nor job has it.

    Attributes:
        settings: what a connection is made from.
        live: the connection that was made last, which may be that of another event loop.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        self.settings = settings
        self.live: AsyncConnection | None = None
        self._closed = False
        # One entry for each call that connects, or waits until another one has.
        self._connecting: list[AsyncConnection] = []
        # The session that is to be used from the next call on, None to go on with that of the connection.
        self._next_session: str | None = None

    @property
    def access(self) -> Access:
        """Where the app is, as far as that is known."""
        return (self.settings if self.live is None else self.live).access

    @property
    def schema(self) -> AppSchema:
        """The app. Raises NotConnectedError before the client has connected."""
        if self.live is None:
            raise NotConnectedError("the client has not connected yet; await it, or use it in 'async with'")
        return self.live.schema

    @property
    def opened(self) -> bool:
        """The app is known."""
        return self.live is not None and self.live.opened

    def connection(self) -> AsyncConnection:
        """Return the connection of this event loop: one cannot use the sockets of another.

        Raises ClientClosedError if the client was closed.
        """
        self._check_open()
        if self.live is None or not same_loop(self.live.loop_token):
            if self.live is not None and self.live.opened:
                # Where a Space is need not be asked again.
                self.settings = replace(self.settings, access=self.live.access)
            self.live = AsyncConnection(self.settings, self.live)
            weakref.finalize(self, self.live.keeper.leave).atexit = False
        if self._next_session is not None:
            self.live.renew_session(self._next_session)
            self._next_session = None
        return self.live

    async def connect(self) -> bool:
        """Connect unless this has happened; return whether it had to be done."""
        connection = self.connection()
        if connection.opened:
            return False
        self._connecting.append(connection)
        try:
            await connection.open()
        except BaseException:
            others = self._connecting.count(connection) > 1 or connection.early
            if self.live is connection and not others:
                # Nobody has anything to close; the next call tries again with new connections.
                self.live = None
                self._next_session = self._next_session or connection.session_hash
                with anyio.CancelScope(shield=True):
                    await connection.close()
            raise
        finally:
            self._connecting.remove(connection)
        return True

    @property
    def session_hash(self) -> str:
        """The client's own session; setting it needs no event loop either."""
        if self._next_session is None:
            if self.live is not None and (not in_loop() or same_loop(self.live.loop_token)):
                return self.live.session_hash
            # The one of another event loop stays there.
            self._next_session = new_session_hash()
        return self._next_session

    @session_hash.setter
    def session_hash(self, value: str) -> None:
        self._check_open()
        self._next_session = value
        if self.live is not None and in_loop() and same_loop(self.live.loop_token):
            self.connection()  # which takes it at once

    async def close(self) -> None:
        """End everything."""
        self._closed = True
        if self.live is not None and same_loop(self.live.loop_token):
            await self.live.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosedError("the client is closed; make a new one")
