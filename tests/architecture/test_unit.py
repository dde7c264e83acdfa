"""The guard around unit tests: no server, no process, no connection."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.unit import Guard, NotAlone

# They try what unit tests must not do.
pytestmark = pytest.mark.live


def listen() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))


def connect() -> None:
    with socket.socket() as client:
        client.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    "start",
    [
        listen,
        connect,
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        os.fork,
    ],
    ids=["a server", "a connection", "a look-up", "a process", "a fork"],
)
def test_the_guard_refuses(start: Callable[[], object]) -> None:
    with pytest.raises(NotAlone, match=r"socket\.|subprocess\.|os\.fork"), Guard().closed():
        start()


def test_what_a_test_hides_fails_all_the_same() -> None:
    with pytest.raises(NotAlone, match=r"socket\.connect"), Guard().closed(), contextlib.suppress(NotAlone):
        connect()


def test_an_open_guard_refuses_nothing() -> None:
    guard = Guard()
    with guard.closed():
        pass
    listen()
