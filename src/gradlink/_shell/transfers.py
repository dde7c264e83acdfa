"""The bytes of files on their way, counted for those who watch the job."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from gradlink._io import Source
from gradlink._shell.timing import current_scope
from gradlink._shell.watched import TransferEvent
from gradlink._shell.watching import JobWatch

# An event is worth a hundredth of the file, within these: a fast download of a large one is not to flood its watchers.
_MIN_STEP_BYTES = 64 << 10
_MAX_STEP_BYTES = 1 << 20


class Kept(Protocol):
    """A file that is being stored."""

    @property
    def size(self) -> int: ...

    @property
    def total(self) -> int | None: ...


class Transfer:
    """One file on its way.

    Args:
        watch: the job that it belongs to, None if nobody watches.
        file: what is transferred; an attempt that is made again has the same.
    """

    def __init__(
        self,
        watch: JobWatch | None,
        direction: Literal["upload", "download"],
        name: str,
        total: int | None,
        file: object,
    ) -> None:
        self._watch = watch
        self._of = direction, name
        self._total = total
        self._number = 0 if watch is None else watch.number_of(file)
        self._ended = watch is None
        share = _MAX_STEP_BYTES if total is None else total // 100
        self._step = min(max(share, _MIN_STEP_BYTES), _MAX_STEP_BYTES)
        self._said = -1
        self._next = 0

    def at(self, done: int) -> None:
        """Say that so many bytes are through, if enough have come since that was said."""
        if done >= self._next or done < self._said:
            self._say(done, self._total)

    def end(self, done: int) -> None:
        """Say that these were all."""
        self._ended = True
        if done != self._said or done != self._total:
            self._say(done, done)

    def stop(self) -> None:
        """Say that no more come, unless all have."""
        if not self._ended:
            self._ended = True
            self._say(max(self._said, 0), self._total, failed=True)

    def _say(self, done: int, total: int | None, *, failed: bool = False) -> None:
        self._said, self._next = done, done + self._step
        if self._watch is not None:
            self._watch.say(TransferEvent(*self._of, done, total, failed, self._number))


def download_of(file: Kept, name: str) -> Transfer:
    """Return what counts the bytes of a file that begins to come."""
    scope = current_scope()
    transfer = Transfer(None if scope is None else scope.watch, "download", name, file.total, file)
    transfer.at(file.size)
    return transfer


def counted(source: Source, opened: Any) -> Any:
    """Return an opened file that counts what is read of it, or itself if nobody watches."""
    scope = current_scope()
    if scope is None or scope.watch is None:
        return opened
    return CountedFile(opened, Transfer(scope.watch, "upload", source.name, source.size(), source))


class CountedFile:
    """An open file that counts what is read of it; all else is the file's own."""

    def __init__(self, file: Any, transfer: Transfer) -> None:
        self._file = file
        self._transfer = transfer
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        # What was asked for before is sent when the next is asked for.
        self._transfer.at(self._done)
        data: bytes = self._file.read(size)
        self._done += len(data)
        if not data:
            self._transfer.end(self._done)
        return data

    def __getattr__(self, name: str) -> Any:
        if name == "seek":
            return self._seek_of(self._file.seek)
        return getattr(self._file, name)

    def _seek_of(self, seek: Any) -> Any:
        def rewound(offset: int, whence: int = 0) -> int:
            self._done = 0  # only ever to its start when it is read
            place: int = seek(offset, whence)
            return place

        return rewound
