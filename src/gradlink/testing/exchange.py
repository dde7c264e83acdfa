"""A request to an app in this process, with its answer as it comes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import field

import anyio

from gradlink._async.tasks import on_trio
from gradlink._dataclass import dataclass

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, whole.

    Attributes:
        path: without escapes.
        raw_path: as it was sent.
        headers: their names in lower case.
    """

    method: str
    scheme: str
    host: str
    port: int | None
    path: str
    raw_path: bytes
    query: bytes
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return a header, "" if there is none."""
        wanted = name.encode("ascii")
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), "")


class Exchange:
    """What the app says to one request, and whether the client still listens.

    The app's side and the client's may be in any two threads. It stands where the client expects a connection of its
    network, and the socket of that: :meth:`shutdown` wakes who reads.

    Attributes:
        status: of the answer, None before it begins.
        headers: of the answer.
        refused: there was no connection.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.status: int | None = None
        self.headers: Headers = ()
        self.refused = False
        self._changed = threading.Condition()
        self._pieces: deque[bytes] = deque()
        self._ended = False
        self._broken: str | None = None
        self._left = False
        self._waiting: set[Callable[[], None]] = set()
        self._when_left: list[Callable[[], None]] = []

    # -- the app's side ---------------------------------------------------------------------------

    def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Begin the answer."""
        with self._changed:
            self.status, self.headers = status, tuple(headers)
            self._tell()

    def send(self, data: bytes) -> None:
        """Go on with the body."""
        if data:
            with self._changed:
                self._pieces.append(data)
                self._tell()

    def end(self) -> None:
        """End the answer."""
        with self._changed:
            self._ended = True
            self._tell()

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """Give an answer that is whole."""
        self.begin(status, [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))])
        if self.asked.method != "HEAD":
            self.send(body)
        self.end()

    def break_off(self, why: str) -> None:
        """End the connection, unless the answer has ended: the client reads what has come, and fails then."""
        with self._changed:
            if not self._ended and self._broken is None:
                self._broken = why
            self._tell()

    def refuse(self, why: str) -> None:
        """Make no connection, as where nobody listens."""
        with self._changed:
            self.refused = True
            self.break_off(why)

    def when_left(self, call: Callable[[], None]) -> None:
        """Have ``call`` called when the client needs no more of the answer, once."""
        with self._changed:
            if not self._left:
                self._when_left.append(call)
                return
        call()

    # -- the client's side ------------------------------------------------------------------------

    @property
    def begun(self) -> bool:
        """The answer has begun, or never will."""
        return self.status is not None or self._broken is not None

    @property
    def readable(self) -> bool:
        """There is something to read, or the end has come."""
        return bool(self._pieces) or self._ended or self._broken is not None

    @property
    def broken(self) -> str | None:
        """Why the connection has ended before the answer did, None if it has not."""
        return self._broken

    def take(self) -> bytes:
        """Return what has come of the body, nothing at its end."""
        with self._changed:
            data = b"".join(self._pieces)
            self._pieces.clear()
        return data

    def wait(self, ready: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until ``ready()``; return whether it is."""
        with self._changed:
            return self._changed.wait_for(ready, seconds)

    async def wait_async(self, ready: Callable[[], bool], seconds: float | None) -> bool:
        """Wait for the same on the event loop that runs, asyncio's or trio's."""
        with anyio.move_on_after(seconds):
            while True:
                event = anyio.Event()
                wake = _waker(event)
                with self._changed:
                    if ready():
                        return True
                    self._waiting.add(wake)
                try:
                    await event.wait()
                finally:
                    self._waiting.discard(wake)
        return ready()

    def leave(self) -> None:
        """Need no more of the answer."""
        with self._changed:
            self._left = True
            calls, self._when_left = self._when_left, []
        for call in calls:
            call()

    def shutdown(self, how: int = 0) -> None:
        """End the connection from the client's side, as ``socket.shutdown()`` does."""
        del how
        self.break_off("the connection was shut down")

    def get_extra_info(self, info: str) -> Exchange | None:
        """Return the socket, which it is itself."""
        return self if info == "socket" else None

    def _tell(self) -> None:
        self._changed.notify_all()
        for wake in list(self._waiting):
            wake()


def _waker(event: anyio.Event) -> Callable[[], None]:
    """Return what sets ``event`` from any thread."""
    if on_trio():
        import trio

        run_soon: Callable[[Callable[[], None]], object] = trio.lowlevel.current_trio_token().run_sync_soon
    else:
        import asyncio

        run_soon = asyncio.get_running_loop().call_soon_threadsafe

    def wake() -> None:
        with suppress(RuntimeError):  # the event loop has ended
            run_soon(event.set)

    return wake
