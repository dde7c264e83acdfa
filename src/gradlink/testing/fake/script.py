"""What an endpoint of a scripted app may be made of."""

from __future__ import annotations

import threading
from typing import Any, Literal

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject
from gradlink.errors import ArgumentError

Level = Literal["info", "warning", "success"]
_LEVELS = ("info", "warning", "success")


class Script:
    """What can stand for an endpoint beside values, functions and errors; a function may return it, too."""


@dataclass(frozen=True, slots=True)
class Stream(Script):
    """Values that come one after the other."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Queued(Script):
    """A call that waits in the app's queue first."""

    at: int
    eta_seconds: float | None
    until: Hold | None
    then: Any


class Happening:
    """What is told of a job beside its values."""

    def message(self) -> JSONObject:
        """Return the message of the wire, without its event id."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Progressed(Happening):
    """A bar of ``gr.Progress``."""

    index: float | None
    length: float | None
    fraction: float | None
    desc: str | None
    unit: str

    def message(self) -> JSONObject:
        """Return the message of the wire."""
        bar: JSONObject = {
            "index": self.index,
            "length": self.length,
            "unit": self.unit,
            "progress": self.fraction,
            "desc": self.desc,
        }
        return {"msg": "progress", "progress_data": [bar]}


@dataclass(frozen=True, slots=True)
class Logged(Happening):
    """A message of ``gr.Info``, ``gr.Warning`` or ``gr.Success``."""

    text: str
    level: Level
    title: str
    duration: float | None
    visible: bool

    def message(self) -> JSONObject:
        """Return the message of the wire."""
        return {
            "msg": "log",
            "log": self.text,
            "level": self.level,
            "duration": self.duration,
            "visible": self.visible,
            "title": self.title,
        }


class Hold:
    """A place where jobs wait until the test lets them go on, or they are cancelled; made by :func:`hold`.

    Attributes:
        reached: is set when a job has come to it; wait for it with ``reached.wait(timeout)``.
    """

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._changed = threading.Condition()
        self._released = False

    def release(self) -> None:
        """Let all jobs go on, those that wait and those that come later."""
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def wait(self, stopped: threading.Event) -> None:
        """Wait until it is released, or :meth:`look_again` is called after ``stopped`` was set."""
        self.reached.set()
        with self._changed:
            self._changed.wait_for(lambda: self._released or stopped.is_set())

    def look_again(self) -> None:
        """Have the jobs that wait see whether they were stopped."""
        with self._changed:
            self._changed.notify_all()


class State:
    """A value that an app keeps for each session: the default of a function's parameter that callers do not see.

    >>> def add(number: int, total: State = State(0)) -> int:
    ...     total.value += number
    ...     return total.value

    Each session begins with a copy of ``value``; the function reads and sets it.
    """

    def __init__(self, value: Any = None) -> None:
        self.value = value


def stream(*items: Any) -> Script:
    """Give these values one after the other, as a generator does; the last one is the result.

    Among them may stand what :func:`progressed`, :func:`logged` and :func:`hold` return, and, at the end, an exception.
    """
    return Stream(items)


def queued(
    *, at: int, eta_seconds: float | None = None, until: Hold | None = None, then: Any = None
) -> Script:
    """Have a call wait in the queue before it runs.

    Args:
        at: the jobs before it; it moves forward one by one, to 0.
        eta_seconds: seconds until its result, as the app estimates them at that place; those before it take the same each.
        until: it stays at this place until that is released.
        then: what it does afterwards: all that can stand for an endpoint.

    Raises ArgumentError if ``at`` is no place in a queue.
    """
    if not _is_place(at):
        raise ArgumentError(f"queued(at=...) is the number of jobs before the call, 0 or more, not {at!r}")
    return Queued(at, eta_seconds, until, then)


def progressed(
    progress: float | tuple[float, float | None], desc: str | None = None, unit: str = "steps"
) -> Happening:
    """Show progress, as ``gr.Progress()`` does; for :func:`stream`, or to be yielded by a generator.

    Args:
        progress: a part from 0 to 1, or how many of how many.
    """
    if isinstance(progress, tuple):
        return Progressed(progress[0], progress[1], None, desc, unit)
    return Progressed(None, None, progress, desc, unit)


def logged(
    message: str,
    level: Level = "info",
    *,
    title: str | None = None,
    duration: float | None = 10,
    visible: bool = True,
) -> Happening:
    """Show a message, as ``gr.Info``, ``gr.Warning`` and ``gr.Success`` do; for :func:`stream`, or to be yielded.

    Args:
        title: its heading; None: its level.
        duration: seconds that a page shows it; None means until it is closed.

    Raises ArgumentError for another level.
    """
    if level not in _LEVELS:
        raise ArgumentError(f"logged(): level is one of {', '.join(map(repr, _LEVELS))}, not {level!r}")
    return Logged(message, level, title or level.capitalize(), duration, visible)


def hold() -> Hold:
    """Return a place where a job waits until ``release()``; for :func:`stream`, or to be yielded by a generator."""
    return Hold()


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
