"""A client that connects with the first call."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gradlink import ArgumentError, Client, ClientClosedError, ConnectError
from tests.live.asked import Asked
from tests.live.processes import free_port
from tests.live.servers import Servers


def lazy(url: str, **options: Any) -> Client:
    return Client(url, connect="lazy", **{"verbose": False, **options})


def test_it_asks_for_nothing_before_the_first_call(server: Servers) -> None:
    asked = Asked(server())
    with lazy(asked.url, headers=asked.headers) as client:
        view = client.with_options(retries=0)
        assert client.src == f"{asked.url.rstrip('/')}/"
        assert repr(client) == f"<Client {client.src} (not connected)>"
        assert "not connected" in client._repr_html_()
        assert client.space_id is None
        assert asked.routes() == []
        assert view.predict("x", api_name="/echo") == "x"
        assert client.predict("y", api_name="/echo") == "y"
        assert len(asked.requests("/config")) == 1
        assert repr(client) == f"<Client {client.src} (Gradio {client.app_version})>"


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.endpoints,
        lambda client: client.config["version"],
        lambda client: client.submit("x", api_name="/echo").result(),
        lambda client: client.api.echo("x"),
        lambda client: client.session_hash,
        lambda client: client.view_api(print_info=False, return_format="str"),
        str,
    ],
)
def test_whatever_needs_the_app_connects(server: Servers, ask: Callable[[Client], Any]) -> None:
    asked = Asked(server())
    with lazy(asked.url, headers=asked.headers) as client:
        assert ask(client)
        assert len(asked.requests("/config")) == 1


def test_first_calls_at_the_same_time_connect_once(server: Servers) -> None:
    asked = Asked(server())
    together = threading.Barrier(8)
    with lazy(asked.url, headers=asked.headers) as client, ThreadPoolExecutor(8) as threads:

        def call(number: int) -> Any:
            together.wait()
            return client.predict(f"x{number}", api_name="/echo")

        assert list(threads.map(call, range(8))) == [f"x{number}" for number in range(8)]
    assert len(asked.requests("/config")) == 1


def test_an_app_that_is_down_is_an_error_of_each_call_until_it_is_up(server: Servers) -> None:
    with lazy(f"http://127.0.0.1:{free_port()}", retries=0) as client:
        for _ in range(2):
            with pytest.raises(ConnectError, match="no connection to"):
                client.predict("x", api_name="/echo")
        # As if it were up now: where an app listens nobody can choose beforehand.
        client._shared.settings = Client(server().url, verbose=False)._shared.settings
        assert client.predict("x", api_name="/echo") == "x"


def test_it_can_be_closed_before_it_has_connected(server: Servers) -> None:
    asked = Asked(server())
    client = lazy(asked.url, headers=asked.headers)
    client.close()
    client.close()
    for call in (client.predict, client.submit):
        with pytest.raises(ClientClosedError, match="the client is closed; make a new one"):
            call("x", api_name="/echo")
    assert asked.routes() == []


def test_a_copy_connects_as_late(server: Servers) -> None:
    asked = Asked(server())
    with lazy(asked.url, headers=asked.headers) as client:
        copied = pickle.loads(pickle.dumps(client))  # noqa: S301 - made a moment ago
        assert asked.routes() == []
        with copied:
            assert copied.predict("x", api_name="/echo") == "x"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # of each fork beside threads
def test_a_forked_child_connects_by_itself(server: Servers) -> None:
    with lazy(server().url) as client:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(write, client.predict("child", api_name="/echo").encode())
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read) as said:
            assert said.read() == "child"
        os.waitpid(child, 0)
        assert client.predict("parent", api_name="/echo") == "parent"


def test_it_says_when_it_has_connected(server: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    with lazy(server().url, verbose=True) as client:
        assert capsys.readouterr() == ("", "")
        client.predict("x", api_name="/echo")
        client.predict("x", api_name="/echo")
        shown = capsys.readouterr()
    assert (shown.out + shown.err).count("Loaded as API: ") == 1


@pytest.mark.parametrize("connect", ["later", True, None, ["lazy"]])
def test_no_other_way_to_connect_is_known(connect: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^connect is 'now' or 'lazy', not "):
        Client("http://127.0.0.1:1", connect=connect)
