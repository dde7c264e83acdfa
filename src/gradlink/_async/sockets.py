"""Sockets of an event loop: read and written within a limit of time."""

from __future__ import annotations

import select
import ssl
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc

if TYPE_CHECKING:
    import asyncio


class AsyncSocket:
    """A connection as anyio has it, on asyncio and on trio.

    All methods raise OSError where the connection breaks, and TimeoutError, which is one, where a limit runs out.
    """

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self._stream = stream
        # Asked for once: anyio makes a dictionary of all that it could tell each time.
        self._opened = stream.extra(anyio.abc.SocketAttribute.raw_socket, None)  # noqa: S610  # no Django

    async def read(self, most: int, seconds: float | None) -> bytes:
        """Return what has come, at most so many bytes; nothing at the end."""
        try:
            with anyio.fail_after(seconds):
                return await self._stream.receive(most)
        except anyio.EndOfStream:
            return b""
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as exc:
            raise OSError(_reason(exc)) from exc

    async def write(self, data: bytes, seconds: float | None) -> None:
        """Send ``data`` whole."""
        try:
            with anyio.fail_after(seconds):
                await self._stream.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as exc:
            raise OSError(_reason(exc)) from exc

    async def encrypted(self, context: ssl.SSLContext, host: str, seconds: float | None) -> AsyncSocket:
        """Return this connection with TLS over it; if that cannot be had, it is closed."""
        from anyio.streams.tls import TLSStream

        try:
            with anyio.fail_after(seconds):
                stream = await TLSStream.wrap(
                    self._stream,
                    hostname=host,
                    ssl_context=context,
                    standard_compatible=False,
                    server_side=False,
                )
        except BaseException as exc:
            with anyio.CancelScope(shield=True):
                await self.close()
            if isinstance(exc, (anyio.BrokenResourceError, anyio.EndOfStream)):
                raise OSError(_reason(exc)) from exc
            raise
        return AsyncSocket(stream)

    @property
    def readable(self) -> bool:
        """Something has come, or the end."""
        opened = self._opened
        if opened is None or opened.fileno() < 0:
            return True
        poll = getattr(select, "poll", None)
        if poll is None:  # Windows
            return bool(select.select([opened], [], [], 0)[0])
        waiting = poll()
        waiting.register(opened, select.POLLIN)
        return bool(waiting.poll(0))

    async def close(self) -> None:
        """Close it; a task that reads it goes on."""
        with suppress(OSError, anyio.BrokenResourceError):  # the server may have been faster
            await self._stream.aclose()


class AsyncioSocket(AsyncSocket):
    """A connection on asyncio, which reads and writes with a third of what anyio needs for that."""

    async def read(self, most: int, seconds: float | None) -> bytes:
        # What anyio's own receive() does, without a scope, a guard and a checkpoint for each read.
        stream: Any = self._stream
        protocol, transport = stream._protocol, stream._transport  # noqa: SLF001
        come: asyncio.Event = protocol.read_event
        queue: deque[bytes] = protocol.read_queue

        def is_over() -> bool:
            return bool(protocol.is_at_eof or protocol.exception or transport.is_closing())

        if come.is_set() or is_over():
            return await super().read(most, seconds)
        import asyncio

        limit = None
        if seconds is not None:
            limit = asyncio.get_running_loop().call_later(seconds, come.set)
        transport.resume_reading()
        try:
            await come.wait()
        finally:
            transport.pause_reading()
            if limit is not None:
                limit.cancel()
            if not queue and not is_over():
                come.clear()  # it is set when the time is over, too
        if not queue:
            if is_over():
                return await super().read(most, seconds)
            raise TimeoutError("timed out")
        data = queue.popleft()
        if len(data) > most:
            data, rest = data[:most], data[most:]
            queue.appendleft(rest)
        if not queue:
            come.clear()
        return data

    async def write(self, data: bytes, seconds: float | None) -> None:
        # What anyio's own send() does, without a scope, a guard and a checkpoint for each write that need not wait.
        stream: Any = self._stream
        protocol, transport = stream._protocol, stream._transport  # noqa: SLF001
        if not protocol.write_event.is_set() or protocol.exception or transport.is_closing():
            await super().write(data, seconds)
            return
        transport.write(data)
        if not protocol.write_event.is_set():
            with anyio.fail_after(seconds):
                await protocol.write_event.wait()
            if protocol.exception or transport.is_closing():
                raise OSError(str(protocol.exception or "the connection was closed"))

    @property
    def readable(self) -> bool:
        # What asyncio has read ahead is not in the socket any more.
        stream: Any = self._stream
        return bool(stream._protocol.read_queue) or super().readable  # noqa: SLF001


def socket_of(stream: anyio.abc.ByteStream) -> AsyncSocket:
    """Return the leanest socket that ``stream`` of an event loop can have."""
    return AsyncioSocket(stream) if is_known(stream) else AsyncSocket(stream)


def is_known(stream: Any) -> bool:
    """Tell whether this anyio's streams are made as :class:`AsyncioSocket` knows them."""
    protocol = getattr(stream, "_protocol", None)
    names = ("read_event", "read_queue", "write_event", "is_at_eof", "exception")
    return all(hasattr(protocol, name) for name in names)


def _reason(exc: BaseException) -> str:
    """Return what the system says of a connection that broke, which anyio has as the cause of its own error."""
    cause = exc.__cause__
    return str(cause) if isinstance(cause, OSError) and str(cause) else "the connection was closed"
