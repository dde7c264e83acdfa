"""A program on an event loop that ends with its client open, whatever its jobs do: Python has nothing to warn of."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.hostile.playing import Hostile

PROGRAM = """
import sys
import anyio
from gradlink import AsyncClient

async def main(url, when):
    client = AsyncClient(url, verbose=False)
    if when != "not connected":
        await client.connect()
    jobs = [client.submit("x", api_name="/echo") for _ in range(3)]
    if when == "running":
        for job in jobs:
            await job._core.wait_joined()
    if when == "cancelled":
        for job in jobs:
            job.cancel()

anyio.run(main, *sys.argv[2:], backend=sys.argv[1])
"""


@pytest.mark.parametrize("when", ["not connected", "sent", "running", "cancelled"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_exit_with_jobs_is_silent(hostile: Hostile, backend: str, when: str) -> None:
    program = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, backend, hostile.app("silence@stream"), when],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (program.returncode, program.stderr) == (0, "")
