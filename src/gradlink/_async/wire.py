"""One connection of an asynchronous client: its reads and writes wait as long as the exchange that has it allows."""

from __future__ import annotations

import time
from collections.abc import Callable

import anyio

from gradlink._async.connecting import connect as connect_to
from gradlink._async.connecting import look_up
from gradlink._async.sockets import AsyncSocket, socket_of
from gradlink._shell.addresses import Address, check_addresses
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.plainrequest import BUFFER_BYTES
from gradlink._shell.timing import Account, left_until
from gradlink._shell.trust import Trust
from gradlink.errors import GradlinkError


class AsyncWire:
    """One connection.

    Args:
        dropped: takes the connection when it is to be closed, by whoever can wait for that.

    Attributes:
        account: what the exchange that has the connection has left of its time.
        idle_since: when it was given back last.
    """

    def __init__(self, opened: AsyncSocket, dropped: Callable[[AsyncWire], None]) -> None:
        self._socket = opened
        self._dropped = dropped
        self._closed = False
        self.account: Account | None = None
        self.idle_since = 0.0

    async def receive(self) -> bytes:
        """Return what has come, nothing at the end. Raises NetworkError if it breaks."""
        account = self.account
        if account is None:
            raise NetworkError("ReadError", "the exchange has ended")
        while True:
            limit = account.before_read(None)
            most = max(BUFFER_BYTES, account.read_bytes)
            try:
                data = await self._socket.read(most, limit)
            except TimeoutError:
                continue  # what is left is looked at again
            except OSError as exc:
                raise NetworkError("ReadError", str(failure_of(exc))) from exc
            if not data and self._closed:
                raise NetworkError("ReadError", "the connection was closed")
            account.was_read(len(data), most)
            return data

    async def send(self, data: bytes, limit: float | None) -> None:
        """Send ``data`` whole, within ``limit`` seconds."""
        account = self.account
        within = limit if account is None else account.before_write(limit)
        try:
            await self._socket.write(data, within)
        except TimeoutError as exc:
            raise NetworkError("WriteTimeout", "timed out", within or 0.0) from exc
        except OSError as exc:
            raise NetworkError("WriteError", str(failure_of(exc))) from exc

    @property
    def usable(self) -> bool:
        """Nothing has come since the last answer, as the end that a server makes of a kept connection."""
        return not self._closed and not self._socket.readable

    def close(self) -> None:
        """Have it closed soon."""
        if not self._closed:
            self._closed = True
            self._dropped(self)

    async def aclose(self) -> None:
        """Close it; a task that reads it goes on."""
        self._closed = True
        with anyio.CancelScope(shield=True):
            await self._socket.close()


async def connect(
    address: Address,
    account: Account,
    limit: float | None,
    trust: Trust,
    dropped: Callable[[AsyncWire], None],
    *,
    checked: bool,
) -> AsyncWire:
    """Return a new connection to ``address``; both steps of connecting together have the limit of one.

    Args:
        checked: connect to no private address; a name is looked up once, and the address that was checked is the one used.
    """
    within = account.before_connecting(limit)
    until = None if within is None else time.monotonic() + within
    try:
        opened = await _reached(address, until, checked=checked)
        if address.scheme == "https":
            opened = await opened.encrypted(trust.context(), address.host, left_until(until))
    except GradlinkError:
        raise  # an address that may not be connected to, which is an OSError, too
    except TimeoutError as exc:
        raise NetworkError("ConnectTimeout", str(exc) or "timed out", limit or within or 0.0) from exc
    except (OSError, ValueError) as exc:  # ValueError for a name that TLS cannot ask for
        raise NetworkError("ConnectError", str(failure_of(exc))) from exc
    return AsyncWire(opened, dropped)


async def _reached(address: Address, until: float | None, *, checked: bool) -> AsyncSocket:
    """Connect to the first address of a host that answers."""
    hosts = [address.host]
    if checked:
        hosts = check_addresses(await look_up(address.host, address.port), address.host)
    failed = OSError("there is no address")
    for host in hosts:
        try:
            return socket_of(await connect_to(host, address.port, left_until(until)))
        except OSError as exc:
            failed = exc
    raise failed
