"""Gates that a test opens, and marks by which it sees what a function has done.

A test never sleeps: a function of the app waits at a gate until the test opens it, and the test waits for a
mark until the function has set it.  Both live for the whole process and are shared by all sessions, so every
test takes a key of its own.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

# A forgotten gate must not hold a thread of the server for ever; no test waits anywhere near this long.
PATIENCE_SECONDS = 60.0
# A server drops a cancelled generator without closing it; it ends when the garbage is collected.
COLLECT_SECONDS = 0.1

Marks = dict[str, object]

_changed = threading.Condition()
_permits: dict[str, int] = {}
_marks: dict[str, Marks] = {}


def open_gate(key: str, times: int = 1) -> None:
    """Let ``times`` waiting or future passers through the gate."""
    with _changed:
        _permits[key] = _permits.get(key, 0) + times
        _changed.notify_all()


def pass_gate(key: str) -> None:
    """Wait until the gate has been opened once more than it was passed.

    Raises TimeoutError after a minute.
    """
    with _changed:
        if not _changed.wait_for(lambda: _permits.get(key, 0) > 0, PATIENCE_SECONDS):
            raise TimeoutError(f"nobody opened the gate {key!r}")
        _permits[key] -= 1


def mark(key: str, change: Callable[[Marks], object]) -> None:
    """Change the marks of ``key`` and wake whoever waits for them."""
    with _changed:
        change(_marks.setdefault(key, fresh_marks()))
        _changed.notify_all()


def fresh_marks() -> Marks:
    """Return the marks of a key that no function has touched yet."""
    return {"started": 0, "ticks": 0, "ended": None}


def marks(key: str) -> Marks:
    """Return the marks of ``key`` as they are now, and how often its gate is still open."""
    with _changed:
        return {**_marks.get(key, fresh_marks()), "permits": _permits.get(key, 0)}


def await_mark(key: str, name: str, at_least: int, patience_seconds: float) -> Marks:
    """Return the marks of ``key`` once ``name`` counts ``at_least``, or is set at all if it is no number.

    When the patience is over, the marks are returned as they are.
    """

    def reached() -> bool:
        value = _marks.get(key, fresh_marks()).get(name)
        return value >= at_least if isinstance(value, int) else value is not None

    deadline = time.monotonic() + patience_seconds
    with _changed:
        while not _changed.wait_for(reached, COLLECT_SECONDS) and time.monotonic() < deadline:
            gc.collect()
    return marks(key)


def start(key: str) -> None:
    """Mark that a function with this key has started once more."""
    mark(key, lambda seen: seen.update(started=_count(seen, "started") + 1, ended=None))


def tick(key: str) -> None:
    """Mark that a function with this key has made one more value."""
    mark(key, lambda seen: seen.update(ticks=_count(seen, "ticks") + 1))


def end(key: str, how: str) -> None:
    """Mark how a function with this key ended: ``finished`` or ``stopped``."""
    mark(key, lambda seen: seen.update(ended=how))


def _count(seen: Marks, name: str) -> int:
    value = seen[name]
    return value if isinstance(value, int) else 0
