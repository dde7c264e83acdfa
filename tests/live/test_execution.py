"""Every error of a call says whether the function ran."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gradlink import AsyncClient, Client, GradlinkError
from tests.live.processes import free_port
from tests.live.servers import Servers
from tests.live.shells import Shell


def closed(client: Any) -> Any:
    client.close()
    return client.predict("x", api_name="/echo")


@pytest.mark.parametrize(
    ("call", "execution"),
    [
        (lambda client: client.predict("x", api_name="/nope"), "not started"),
        (lambda client: client.submit("x", fn_index=9999), "not started"),
        (lambda client: client.predict("x"), "not started"),
        (lambda client: client.predict(api_name="/echo"), "not started"),
        (lambda client: client.predict("x", api_name="/echo", retries=-1), "not started"),
        (lambda client: client.predict("x", api_name="/echo", headers={"a\n": "b"}), "not started"),
        (closed, "not started"),
        (lambda client: client.predict("x", api_name="/err"), "failed"),
    ],
)
def test_an_error_of_a_call_says_it(
    server: Servers, connect: Shell, call: Callable[[Any], Any], execution: str
) -> None:
    with connect(server().url) as client:
        with pytest.raises(GradlinkError) as caught:
            call(client)
        assert caught.value.execution == execution


@pytest.mark.parametrize(
    ("variant", "path"), [("auth", ""), ("single", "nowhere/"), (None, "")], ids=["login", "page", "down"]
)
@pytest.mark.parametrize("kind", ["sync", "asyncio"])
async def test_without_a_connection_nothing_ran(
    server: Servers, variant: str | None, path: str, kind: str
) -> None:
    url = f"http://127.0.0.1:{free_port()}/" if variant is None else server(variant).url + path

    async def call() -> None:
        if kind == "sync":
            Client(url, retries=0, verbose=False)
        else:
            await AsyncClient(url, retries=0, verbose=False).predict("x", api_name="/echo")

    with pytest.raises(GradlinkError) as caught:
        await call()
    assert caught.value.execution == "not started"
