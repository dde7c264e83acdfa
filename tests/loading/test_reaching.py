"""Where the original may be: behind a login, with a certificate of its own, at a name that is not its own, or away."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from gradlink import AppError, Client
from tests.live.mounting import served
from tests.live.processes import free_port, process
from tests.live.servers import Servers
from tests.loading.opening import Outer
from tests.matrix.servers import ReleaseServers

OUTER = "tests.loading.apps.outer"
AWAY = "The app behind this page cannot be reached right now. Try again in a moment."


@pytest.mark.parametrize(
    ("variant", "options"),
    [("auth", {"auth": ["user", "pass"]}), ("tls", {"ssl_verify": False}), ("mounted", {})],
)
def test_it_is_reached_as_by_a_client(variant: str, options: dict[str, object], server: Servers) -> None:
    with served(OUTER, server(variant).url, json.dumps(options)) as url, Client(url, verbose=False) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        path = client.predict("name.txt", "in a file", api_name="/make_file")
        assert Path(path).read_text("utf-8") == "in a file"


@pytest.mark.live
def test_an_original_that_is_away_is_an_error_until_it_is_back() -> None:
    port = free_port()
    original = ("tests.loading.apps.alone", "counter", port)
    with (
        process(*original) as running,
        served(OUTER, f"http://127.0.0.1:{port}") as url,
        Client(url, verbose=False) as client,
    ):
        assert client.predict(api_name="/more") == "1 times"
        assert client.predict(api_name="/more") == "2 times"
        running.kill()
        running.wait()
        with pytest.raises(AppError) as refused:
            client.predict(api_name="/more")
        assert refused.value.message == AWAY
        assert client.predict("abc", api_name="/ours") == "cba"
        with process(*original):
            said = [one for _ in range(3) if (one := _tried(client)) is not None]
            assert said[-1] in {"1 times", "2 times", "3 times"}


@pytest.mark.parametrize("release", ["3.34.0", "3.50.2"])
def test_an_app_of_gradio_3_says_why_it_cannot_be_loaded(outer: Outer, release: str) -> None:
    with closing(ReleaseServers()) as releases:
        opened = outer.open(releases(release).url("base"))
    assert opened.error is not None
    assert opened.error[0] == "LoadError"
    assert f"runs Gradio {release}; apps of Gradio 4.0 and newer can be loaded" in opened.error[1]


def _tried(client: Client) -> str | None:
    try:
        return str(client.predict(api_name="/more"))
    except AppError:
        return None
