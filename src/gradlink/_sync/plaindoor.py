"""The door to apps that are reached without a proxy: pooled connections of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, overload

from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._shell.addresses import Address, address_of
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.limits import MAX_CONNECTIONS, STREAM_KEEPALIVE_SECONDS, wait_limits
from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import PlainRequests
from gradlink._shell.pool import Pool
from gradlink._shell.timing import Account
from gradlink._shell.trust import Trust
from gradlink._sync.exchange import Exchange
from gradlink._sync.plain import PlainAnswer, send
from gradlink._sync.wire import Wire, connect

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

    from gradlink._sync.door import LiveAnswer, Opened
    from gradlink._sync.posting import Reserved


class PlainDoor:
    """Sends requests over connections of its own; cookies are looked at once there are any.

    Args:
        opened: told of each socket as soon as it is there.
    """

    def __init__(self, options: TransportOptions, base: str, opened: Opened) -> None:
        given = options.httpx_kwargs
        self._trust = Trust(given.get("verify", options.ssl_verify), trust_env=given.get("trust_env", True))
        self._limits = wait_limits(given.get("timeout"), options.timeout)
        self._opened = opened
        self._requests = PlainRequests(options, base)
        self._pools: dict[Use, Pool[Wire]] = {
            "requests": Pool(KEEPALIVE_SECONDS),
            "streams": Pool(STREAM_KEEPALIVE_SECONDS),
            "foreign": Pool(KEEPALIVE_SECONDS),
            "checked": Pool(KEEPALIVE_SECONDS),
        }
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def read_seconds(self, use: Use) -> float | None:
        return self._limits.idle if use == "streams" else self._limits.read

    @contextmanager
    def ask(self, asked: Asked, account: Account, attempt: Attempt) -> Generator[LiveAnswer, None, None]:
        with account.counted(), ExitStack() as stack:
            if asked.use == "requests":
                stack.enter_context(self._places)
            exchange = self.begin(asked, account, attempt, stack)
            try:
                yield exchange.answered()
            finally:
                exchange.close()

    @overload
    def begin(self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack) -> Exchange: ...

    @overload
    def begin(
        self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack, *, kept: bool
    ) -> Exchange | None: ...

    def begin(
        self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack, *, kept: bool = False
    ) -> Exchange | None:
        """Send a request, whose answer is read later; ``stack`` is closed when that was done.

        With ``kept`` only over a connection that is there; None if there is none.
        """
        address = address_of(asked.url)
        pieces = self._requests.pieces(asked, address, stack)
        pool = self._pools[asked.use]
        wire = pool.take(address)
        if wire is None:
            if kept:
                return None
            attempt.fresh = True
            checked = asked.use == "checked"
            wire = connect(address, account, self._limits.connect, self._trust, self._opened, checked=checked)
        self._send(wire, pieces, account, attempt)
        return Exchange(wire, asked, address, attempt, pool, self._heard(asked))

    def reserve(self, url: str) -> Reserved | None:
        """Take a kept connection to where ``url`` is, for one request after the other; None if there is none."""
        if not self._places.acquire(blocking=False):
            return None
        from gradlink._sync.posting import Reserved  # predict() needs none

        address = address_of(url)
        wire = self._pools["requests"].take(address)
        if wire is None:
            self._places.release()
            return None
        return Reserved(address, wire, self._end_reserved)

    def post(
        self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack, reserved: Reserved
    ) -> Exchange | None:
        """Send a request over a connection that was reserved; None if it leads elsewhere."""
        address = address_of(asked.url)
        if not reserved.leads_to(address):
            return None
        pieces = self._requests.pieces(asked, address, stack)
        wire = reserved.take()
        self._send(wire, pieces, account, attempt)
        return Exchange(wire, asked, address, attempt, reserved, self._heard(asked))

    @property
    def jar(self) -> CookieJar:
        return self._requests.jar

    def use_headers(self, headers: Mapping[str, str]) -> None:
        self._requests.use_headers(headers)

    def use_base(self, base: str) -> None:
        self._requests.use_base(base)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _send(self, wire: Wire, pieces: Iterable[bytes], account: Account, attempt: Attempt) -> None:
        wire.account = account
        account.stopper = wire.stop
        try:
            send(wire, pieces, attempt, self._limits.write)
        except BaseException:
            wire.close()
            raise

    def _end_reserved(self, address: Address, wire: Wire | None) -> None:
        if wire is not None:
            self._pools["requests"].keep(address, wire)
        self._places.release()

    def _heard(self, asked: Asked) -> Callable[[PlainAnswer], None] | None:
        return self._take_cookies if asked.to_app else None

    def _take_cookies(self, answer: PlainAnswer) -> None:
        self._requests.take_cookies(answer.url, answer.message)
