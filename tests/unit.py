"""The unit tests: which they are, how many examples they try, and a guard that refuses servers and the network.

``pytest --unit`` plays them alone, as `make unit` does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
# Their tests need neither a server nor another process nor seconds, except those with a marker of OTHERS. Of the files
# beside the folders the same holds.
FOLDERS = frozenset(
    {
        "architecture",
        "codegen",
        "compat",
        "describe",
        "engine",
        "flows",
        "html",
        "loading",
        "local",
        "mapping",
        "pooling",
        "progress",
        "protocol",
        "ray",
        "recorder",
        "shell",
        "testing",
        "vectors",
    }
)
OTHERS = ("live", "slow", "calm")
# Whoever asks for one of these talks to a server.
SERVERS = frozenset({"connect", "hostile", "loaded", "originals", "outer", "server", "stub_url"})
# What Python reports of a server, a connection, a look-up or a process, before it is done.
REFUSED = frozenset(
    {
        "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "socket.bind", "socket.connect",
        "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen",
    }
)  # fmt: skip


class NotAlone(AssertionError):  # noqa: N818 - says what happened
    """A unit test started a server or a process, or went to the network: mark it ``live``."""


class Guard:
    """Refuses what unit tests must not do, while it is closed.

    An audit hook cannot be taken out again, so that there is one for the whole run.
    """

    def __init__(self) -> None:
        self._hooked = False
        self._closed = False
        self._refused: list[str] = []

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Refuse meanwhile; raise NotAlone at the end if something was refused and nobody said so."""
        if not self._hooked:
            # Of other events no Python is run: CPython 3.11 reports that a thread begins to be traced while it allows no other thread to begin, and
            # threads take turns in Python alone.
            sys.addaudithook(dict.fromkeys(_Event(event, self._refuse) for event in REFUSED).get)
            self._hooked = True
        self._refused.clear()
        self._closed = True
        try:
            yield
        finally:
            self._closed = False
        if self._refused:
            raise NotAlone("; ".join(self._refused))

    def _refuse(self, event: str) -> None:
        if self._closed:
            self._refused.append(event)
            raise NotAlone(event)


class _Event(str):
    """The name of an event; whoever is told is told when it is looked up in a table."""

    __slots__ = ("_tell",)
    _tell: Callable[[str], None]
    __hash__ = str.__hash__

    def __new__(cls, name: str, tell: Callable[[str], None]) -> Self:
        """Make one that tells when it is looked up."""
        made = super().__new__(cls, name)
        made._tell = tell
        return made

    def __eq__(self, other: object) -> bool:
        same = str.__eq__(self, other)
        if same is True:
            self._tell(str(self))
        return same


GUARD = Guard()


def is_unit(item: pytest.Item) -> bool:
    """Tell whether a test is one of the unit tests."""
    if any(item.get_closest_marker(name) for name in OTHERS):
        return False
    if not SERVERS.isdisjoint(getattr(item, "fixturenames", ())):
        return False
    return item.path.parent == TESTS or item.path.relative_to(TESTS).parts[0] in FOLDERS


def tries_examples(item: pytest.Item) -> bool:
    """Tell whether a test tries examples, of which a run of all tests has more and others than one of the unit tests."""
    function = getattr(item, "obj", None)
    return getattr(function, "is_hypothesis_test", False) or (
        isinstance(item, pytest.Function) and (item.cls is not None and hasattr(item.cls, "settings"))
    )


def examples(count: int) -> int:
    """Return how many examples a test tries that wants ``count`` of them in a run of all tests."""
    # 100 is Hypothesis' own number: `pytest --unit` sets a lower one.
    return max(1, count * settings().max_examples // 100)
