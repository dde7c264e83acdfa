"""The local Hub as a program, steered as a test in another language steers it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from gradlink import Client
from tests.live.servers import Servers


@pytest.fixture
def url(server: Servers) -> Iterator[str]:
    """Give the URL that the program prints first."""
    options = ["--space", f"me/app={server().url}", "--private", "me/app", "--account", "me=hf_me"]
    command = [sys.executable, "-m", "gradlink.testing.hub", *options, "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stdout.read() == ""


def test_it_serves_and_tells_what_it_was_asked(
    url: str, server: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", url)
    with Client("me/app", token="hf_me", verbose=False) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    asked = httpx2.get(f"{url}/_control/requests").json()
    assert [(asked[0][key]) for key in ("to", "method", "path", "account", "status")] == [
        "hub", "GET", "/api/spaces/me/app", "me", 200,
    ]  # fmt: skip
    of_space = httpx2.get(f"{url}/_control/requests/me/app").json()
    assert of_space == [
        request for request in httpx2.get(f"{url}/_control/requests").json() if request["to"] == "me/app"
    ]
    assert {request["headers"]["x-hf-authorization"] for request in of_space} == {"Bearer hf_me"}


def test_it_is_steered(url: str, server: Servers) -> None:
    def control(what: str, **options: object) -> httpx2.Response:
        return httpx2.post(f"{url}/_control/{what}", json=options)

    added = control("spaces", space_id="me/new", app_url=server().url, stages=["BUILDING", "RUNNING"]).json()
    runtime = f"{url}/api/spaces/me/new/runtime"
    assert [httpx2.get(runtime).json()["stage"] for _ in range(3)] == ["BUILDING", "RUNNING", "RUNNING"]
    assert httpx2.get(f"{added['url']}/config").status_code == 200
    control("stages/me/new", stages=["SLEEPING"])
    assert httpx2.get(f"{added['url']}/config").status_code == 503
    assert httpx2.get(runtime).json()["stage"] == "APP_STARTING"
    control("answers", status=429, path="/runtime", headers={"retry-after": "5"})
    limited = httpx2.get(runtime)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "5")
    control("accounts", name="you", token="hf_you")
    whoami = httpx2.get(f"{url}/api/whoami-v2", headers={"authorization": "Bearer hf_you"})
    assert whoami.json()["name"] == "you"
    control("forget")
    assert httpx2.get(f"{url}/_control/requests").json() == []
    assert control("spaces", nonsense=1).status_code == 400
    assert control("nothing").status_code == 404


def test_a_page_of_another_origin_may_ask(url: str) -> None:
    """Tests in a browser are on another port."""
    asked = httpx2.options(
        f"{url}/api/spaces/me/app", headers={"access-control-request-headers": "authorization"}
    )
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "authorization" in asked.headers["access-control-allow-headers"]
