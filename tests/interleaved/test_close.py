"""Closing can be broken off at any step: the next call goes on, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import linecache
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import gradlink
from gradlink import AsyncClient, Client, ClientClosedError
from tests.interleaved.app import URL, App, options

SOURCE = Path(gradlink.__file__).parent
FOLDERS = (str(SOURCE / "_sync"), str(SOURCE / "_engine"))
GUARD_SECONDS = 30.0


def interrupted_at(nth: int, function: Any) -> bool:
    """Call ``function`` and press Ctrl-C at the nth line of the sync client and its engine; return whether it came so far."""
    left = nth

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(FOLDERS):
            return None
        # Python says so of a `with` also when it is left, where no signal comes in between.
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        left -= event == "line" and not line.startswith(("with ", "async with "))
        if left == 0:
            left = -1
            signal.raise_signal(signal.SIGINT)
        return trace

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.settrace(trace)
    try:
        function()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
        signal.signal(signal.SIGINT, before)
    assert left > 0  # else it was lost
    return False


@pytest.mark.parametrize("kind", [{}, {"protocol": "sse"}], ids=["one stream", "own stream"])
def test_ctrl_c_in_close_leaves_no_job_waiting(kind: dict[str, Any]) -> None:
    nth, interrupted = 0, True
    with ThreadPoolExecutor(2) as waiting:
        while interrupted:
            nth += 1
            app = App(holds=True, **kind)
            before = set(threading.enumerate())
            client = Client(URL, timeout=None, **options(app))
            job = client.submit("x", api_name="/f")
            job._core.wait_joined()
            error = waiting.submit(job.exception)
            events = waiting.submit(lambda job=job: list(job.events()))  # type: ignore[misc]
            interrupted = interrupted_at(nth, client.close)
            client.close()
            assert isinstance(error.result(GUARD_SECONDS), ClientClosedError), nth
            assert events.result(GUARD_SECONDS), nth
            app.break_streams()
            for thread in set(threading.enumerate()) - before:
                if (
                    thread.name.startswith("gradlink") and thread.ident is not None
                ):  # one has none before it is started
                    thread.join(GUARD_SECONDS)
                    assert not thread.is_alive(), (nth, thread)
    assert nth > 20


def test_a_close_that_is_cancelled_is_finished_by_the_next() -> None:
    async def main() -> None:
        for turns in range(12):
            app = App(holds=True)
            client = AsyncClient(URL, **options(app))
            await client.connect()
            jobs = [client.submit("x", api_name="/f") for _ in range(2)]
            for job in jobs:
                await job._core.wait_joined()
            jobs[1].cancel()
            closing = asyncio.create_task(client.close())
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
            closing.cancel()
            await asyncio.wait([closing])
            with anyio.fail_after(GUARD_SECONDS):
                await client.close()
                assert isinstance(await jobs[0].exception(), ClientClosedError)
            connection = client._shared.live
            assert connection is not None
            assert connection.driver._closed
            assert not connection.tasks._scopes
            await anyio.lowlevel.checkpoint()
            assert not connection.tasks._handles

    asyncio.run(main())
