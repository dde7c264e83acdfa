"""What a program may do wrong with a client or a job, and what it is told."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import anyio
import pytest

from gradlink import AsyncClient, ClientClosedError, EndpointError, NotConnectedError
from tests.live.servers import Servers
from tests.live.shells import Shell


def test_a_closed_client_says_so_at_every_call(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        client.close()
        for api_name in ("/echo", "/fast", "/counter"):
            with pytest.raises(ClientClosedError, match=r"^the client is closed; make a new one$"):
                client.submit(1, api_name=api_name)
            with pytest.raises(ClientClosedError, match=r"^the client is closed; make a new one$"):
                client.predict(1, api_name=api_name)


def test_an_endpoint_that_takes_no_further_input_says_so(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        for api_name in ("/echo", "/fast"):
            job = client.submit("x", api_name=api_name)
            for send in (partial(job.send_chunk, "y"), job.close_stream):
                with pytest.raises(
                    EndpointError,
                    match=rf"^{api_name} takes no further input; only endpoints of \.stream\(\) events do$",
                ):
                    send()
            assert job.result() == "x"


def test_a_job_cannot_be_pickled_and_its_result_can(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("x", api_name="/echo")
        with pytest.raises(
            TypeError, match=r"^an? (Async)?Job belongs to the connection of its .* cannot be pickled"
        ):
            pickle.dumps(getattr(job, "_inner", job))
        assert pickle.dumps(job.result()) == pickle.dumps("x")


@pytest.mark.parametrize("name", ["config", "endpoints", "app_version", "protocol"])
def test_an_async_client_knows_nothing_before_it_has_connected(server: Servers, name: str) -> None:
    async def ask() -> Any:
        client = AsyncClient(server().url, verbose=False)
        try:
            with pytest.raises(
                NotConnectedError,
                match=r"^the client has not connected yet; await it, or use it in 'async with'$",
            ):
                getattr(client, name)
            await client
            return getattr(client, name)
        finally:
            await client.close()

    assert anyio.run(ask)
