"""One connection of a synchronous client: its reads and writes wait as long as the exchange that has it allows.

The socket does not block: it is waited for, so that the limit of each wait costs no call of the system.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gradlink._shell.addresses import Address, check_addresses
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainrequest import BUFFER_BYTES
from gradlink._shell.timing import Account, left_until
from gradlink._shell.trust import Trust
from gradlink._sync.sockets import shut_socket
from gradlink.errors import GradlinkError


class Wire:
    """One connection.

    Args:
        wants_read: what the socket raises where it has to be read first, as with TLS.
        wants_write: the same for writing.

    Attributes:
        account: what the exchange that has the connection has left of its time.
        patience: seconds that each read may wait besides, None for as long as the account allows.
        idle_since: when it was given back last.
    """

    def __init__(
        self,
        connected: Any,
        wants_read: tuple[type[OSError], ...] = (),
        wants_write: tuple[type[OSError], ...] = (),
    ) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._encrypted = bool(wants_read)
        self._wants_read = wants_read
        self._wants_write = wants_write
        # What tells that there is nothing to read yet, and no room to write.
        self._no_more: tuple[type[OSError], ...] = (BlockingIOError, *wants_read)
        self._no_room: tuple[type[OSError], ...] = (BlockingIOError, *wants_write)
        # More than one read's worth was there the last time.
        self._flows = False
        self.account: Account | None = None
        self.patience: float | None = None
        self.idle_since = 0.0

    def receive(self) -> bytes:
        """Return what has come, at least one byte; nothing at the end."""
        account = self.account
        if account is None:
            raise NetworkError("ReadError", "the exchange has ended")
        most = max(BUFFER_BYTES, account.read_bytes)
        ready = self._flows or self.holds
        writes = False
        while True:
            limit = account.before_read(self.patience)
            if not ready and not wait_for(self._socket, limit, write=writes):
                if self.patience is not None:
                    raise NetworkError("ReadTimeout", "timed out", self.patience)
                continue  # what is left is looked at again
            try:
                data: bytes = self._socket.recv(most)
            except self._no_more:
                ready = writes = False
            except self._wants_write:
                ready, writes = False, True
            except OSError as exc:
                raise NetworkError("ReadError", _said(exc)) from exc
            else:
                self._flows = len(data) == most
                account.was_read(len(data), most)
                return data

    def send(self, data: bytes, limit: float | None) -> None:
        """Send ``data`` whole, waiting at most ``limit`` seconds each time."""
        account = self.account
        left = memoryview(data)
        while left:
            within = limit if account is None else account.before_write(limit)
            writes = True
            try:
                sent: int = self._socket.send(left)
            except self._no_room:
                sent = 0
            except self._wants_read:
                sent, writes = 0, False
            except OSError as exc:
                raise NetworkError("WriteError", _said(exc)) from exc
            left = left[sent:]
            if not sent and not wait_for(self._socket, within, write=writes):
                raise NetworkError("WriteTimeout", "timed out", within or 0.0)

    def wait(self, limit: float | None, waker: Waker | None = None) -> bool:
        """Wait until something has come, for ``limit`` seconds at most, or until ``waker`` calls; return whether it has."""
        if self.holds:
            return True
        if waker is None:
            return wait_for(self._socket, limit)
        waker.waited_on = True
        try:
            return wait_for(self._socket, limit, waker=waker)
        finally:
            waker.waited_on = False

    def receive_now(self) -> bytes | None:
        """Return what has come, nothing at the end; None if it is not known yet what has."""
        account = self.account
        most = BUFFER_BYTES if account is None else max(BUFFER_BYTES, account.read_bytes)
        try:
            data: bytes = self._socket.recv(most)
        except self._no_more:
            return None
        except self._wants_write:
            return None
        except OSError as exc:
            raise NetworkError("ReadError", _said(exc)) from exc
        if account is not None:
            account.was_read(len(data), most)
        return data

    @property
    def holds(self) -> bool:
        """Something has come that was decrypted already, of which the socket tells nothing."""
        return self._encrypted and bool(self._socket.pending() > 0)

    def fileno(self) -> int:
        """Return the file descriptor of its socket."""
        return int(self._socket.fileno())

    @property
    def usable(self) -> bool:
        """Nothing has come since the last answer, as the end that a server makes of a kept connection."""
        return not wait_for(self._socket, 0.0)

    @property
    def closed(self) -> bool:
        return bool(self._socket.fileno() < 0)

    def stop(self) -> None:
        """Wake the thread that waits on it, which finds it at its end."""
        shut_socket(self._socket)

    def close(self) -> None:
        self._socket.close()


def connect(
    address: Address,
    account: Account,
    limit: float | None,
    trust: Trust,
    opened: Callable[[Any], None],
    *,
    checked: bool,
) -> Wire:
    """Return a new connection to ``address``; both steps of connecting together have the limit of one.

    Args:
        opened: told of the socket as soon as it is there, so that it can be shut down.
        checked: connect to no private address; a name is looked up once, and the address that was checked is the one used.
    """
    within = account.before_connecting(limit)
    until = None if within is None else time.monotonic() + within
    try:
        found = _look_up(address) if checked else [address.host]
        connected = _reach(found, address.port, until)
        try:
            opened(connected)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if address.scheme == "https":
                connected.settimeout(left_until(until))
                import ssl  # an app without TLS needs nothing of it

                connected = trust.context().wrap_socket(connected, server_hostname=address.host)
                opened(connected)
                return Wire(connected, (ssl.SSLWantReadError,), (ssl.SSLWantWriteError,))
        except BaseException:
            connected.close()
            raise
    except GradlinkError:
        raise  # an address that may not be connected to, which is an OSError, too
    except TimeoutError as exc:
        raise NetworkError("ConnectTimeout", _said(exc), limit or within or 0.0) from exc
    except (OSError, ValueError) as exc:  # ValueError for a name that TLS cannot ask for
        raise NetworkError("ConnectError", _said(exc)) from exc
    return Wire(connected)


class Waker:
    """Calls a thread that waits on a connection.

    Attributes:
        waited_on: somebody waits for it at the moment.
    """

    def __init__(self) -> None:
        self.waited_on = False
        self.reading, self._writing = socket.socketpair()
        self.reading.setblocking(False)
        self._writing.setblocking(False)
        self._called = False

    def wake(self) -> None:
        """Call whoever waits, or is about to."""
        self._called = True
        with suppress(OSError):  # there are calls enough, or it was closed
            self._writing.send(b"x")

    def forget(self) -> None:
        """Take the calls that have come."""
        if self._called:
            self._called = False
            with suppress(OSError):
                self.reading.recv(1024)

    def close(self) -> None:
        self.reading.close()
        self._writing.close()


def wait_for(opened: Any, seconds: float | None, *, write: bool = False, waker: Waker | None = None) -> bool:
    """Wait until ``opened`` can be read or written, for ``seconds`` at most or until ``waker`` calls; return whether it can."""
    poll = getattr(select, "poll", None)
    if poll is None:  # Windows
        reads, writes = ([], [opened]) if write else ([opened], [])
        if waker is not None:
            reads.append(waker.reading)
        return opened in [one for found in select.select(reads, writes, [], seconds)[:2] for one in found]
    waiting = poll()
    waiting.register(opened, select.POLLOUT if write else select.POLLIN)
    if waker is not None:
        waiting.register(waker.reading, select.POLLIN)
    found = waiting.poll(None if seconds is None else math.ceil(seconds * 1000))
    # Not by a generator: what interrupts one that is left early is lost.
    return bool(found) if waker is None else opened.fileno() in dict(found)


def _look_up(address: Address) -> list[str]:
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    return check_addresses(found, address.host)


def _reach(hosts: list[str], port: int, until: float | None) -> Any:
    """Connect to the first of ``hosts`` that answers."""
    failed: OSError = OSError("there is no address")
    for host in hosts:
        try:
            return socket.create_connection((host, port), left_until(until))
        except OSError as exc:
            failed = exc
    raise failed


def _said(exc: BaseException) -> str:
    return str(exc) or type(exc).__name__
