"""What a notebook's kernel completes, asked of a real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from tests.live.servers import Servers

SECONDS = 60
SETUP = """
from gradlink import Client
client = Client({url!r}, verbose=False)
view = client.with_options(retries=0)
job = client.submit("x", api_name="/echo")
"""


@pytest.fixture(scope="module")
def kernel(server: Servers) -> Iterator[Any]:
    manager, client = start_new_kernel()
    try:
        answer = client.execute_interactive(SETUP.format(url=server().url), timeout=SECONDS)
        assert answer["content"]["status"] == "ok", answer
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def completed(kernel: Any, code: str) -> list[str]:
    answer = kernel.complete(code, reply=True, timeout=SECONDS)
    # What is completed may be given with what stands before it.
    return [match.rpartition(".")[2] for match in answer["content"]["matches"]]


@pytest.mark.slow("starts a kernel")
@pytest.mark.parametrize("code", ["client.api.", "view.api."])
def test_endpoints_are_completed(kernel: Any, code: str) -> None:
    assert {"echo", "count", "image_flip"} <= set(completed(kernel, code))


@pytest.mark.slow("starts a kernel")
def test_a_job_offers_what_callers_need(kernel: Any) -> None:
    offered = set(completed(kernel, "job."))
    assert {"result", "deltas", "events", "cancel"} <= offered
    assert not {"set_result", "set_exception", "set_running_or_notify_cancel"} & offered
