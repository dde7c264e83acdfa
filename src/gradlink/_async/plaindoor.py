"""The door to apps that are reached without a proxy: pooled connections of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from gradlink._async.plain import AsyncPlainAnswer, answer, send
from gradlink._async.wire import AsyncWire, connect
from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._shell.addresses import Address, address_of
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.limits import MAX_CONNECTIONS, STREAM_KEEPALIVE_SECONDS, wait_limits
from gradlink._shell.logs import log_answer
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import PlainRequests
from gradlink._shell.pool import Pool
from gradlink._shell.timing import Account
from gradlink._shell.trust import Trust

if TYPE_CHECKING:
    from gradlink._async.door import AsyncAnswer


class AsyncPlainDoor:
    """Sends requests over connections of its own; cookies are looked at once there are any."""

    def __init__(self, options: TransportOptions, base: str) -> None:
        given = options.httpx_kwargs
        self._trust = Trust(given.get("verify", options.ssl_verify), trust_env=given.get("trust_env", True))
        self._limits = wait_limits(given.get("timeout"), options.timeout)
        self._requests = PlainRequests(options, base)
        self._pools: dict[Use, Pool[AsyncWire]] = {
            "requests": Pool(KEEPALIVE_SECONDS),
            "streams": Pool(STREAM_KEEPALIVE_SECONDS),
            "foreign": Pool(KEEPALIVE_SECONDS),
            "checked": Pool(KEEPALIVE_SECONDS),
        }
        self._places = anyio.Semaphore(MAX_CONNECTIONS, fast_acquire=True)
        self._in_use: set[AsyncWire] = set()
        # Those that a pool keeps no longer; closing one has to be waited for.
        self._dropped: list[AsyncWire] = []
        self._closed = False

    def read_seconds(self, use: Use) -> float | None:
        return self._limits.idle if use == "streams" else self._limits.read

    @asynccontextmanager
    async def ask(
        self, asked: Asked, account: Account, attempt: Attempt
    ) -> AsyncGenerator[AsyncAnswer, None]:
        address = address_of(asked.url)
        is_bounded = asked.use == "requests"
        if is_bounded:
            await self._places.acquire()
        try:
            with account.counted(), ExitStack() as stack:
                pieces = self._requests.pieces(asked, address, stack)
                wire = await self._wire(asked.use, address, account, attempt)
                found: AsyncPlainAnswer | None = None
                try:
                    await send(wire, pieces, attempt, self._limits.write)
                    found = await answer(wire, asked.method, asked.url)
                    attempt.answered = True
                    if asked.to_app:
                        self._requests.take_cookies(found.url, found.message)
                    log_answer(asked.method, asked.url, found.status_code)
                    account.answered(found.headers)
                    yield found
                finally:
                    await self._leave(asked.use, address, wire, keep=found is not None and found.can_be_kept)
        finally:
            if is_bounded:
                self._places.release()

    def use_base(self, base: str) -> None:
        self._requests.use_base(base)

    async def close(self) -> None:
        self._closed = True
        for pool in self._pools.values():
            pool.close()
        for wire in list(self._in_use):
            await wire.aclose()
        await self._close_dropped()

    async def _wire(self, use: Use, address: Address, account: Account, attempt: Attempt) -> AsyncWire:
        """Return a connection that was kept, or a new one."""
        wire = self._pools[use].take(address)
        if self._dropped:
            await self._close_dropped()
        if wire is None:
            attempt.fresh = True
            checked = use == "checked"
            wire = await connect(
                address, account, self._limits.connect, self._trust, self._dropped.append, checked=checked
            )
        if self._closed:
            await wire.aclose()
            raise NetworkError("CloseError", "the client was closed")
        wire.account = account
        self._in_use.add(wire)
        return wire

    async def _leave(self, use: Use, address: Address, wire: AsyncWire, *, keep: bool) -> None:
        """Take a connection back, or close it."""
        self._in_use.discard(wire)
        wire.account = None
        if keep:
            self._pools[use].keep(address, wire)
        else:
            await wire.aclose()

    async def _close_dropped(self) -> None:
        while self._dropped:
            await self._dropped.pop().aclose()
