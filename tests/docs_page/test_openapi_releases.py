"""Real servers of older releases answer as the OpenAPI documents of their apps say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from gradlink.cli.connecting import Connecting
from gradlink.cli.generate import schema_of
from tests.docs_page.documents import Checked
from tests.matrix.servers import ReleaseServers

pytestmark = pytest.mark.live
LETTER = {"files": ("a.txt", b"hello", "text/plain")}


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    servers = ReleaseServers()
    yield servers
    servers.close()


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    limits = httpx2.Limits(max_keepalive_connections=0)
    with httpx2.Client(timeout=60, trust_env=False, limits=limits) as client:
        yield client


def checked(releases: ReleaseServers, release: str, http: httpx2.Client) -> Checked:
    url = releases(release).url("base")
    return Checked(schema_of(Connecting(url)), url, http)


@pytest.mark.parametrize("release", ["3.16.2", "3.50.2", "4.17.0"])
def test_a_call_before_there_were_two_requests(
    release: str, releases: ReleaseServers, http: httpx2.Client
) -> None:
    asked = checked(releases, release, http)

    def data(name: str, *values: Any, **options: Any) -> Any:
        return asked.ask(name, json={"data": list(values), **options})["data"]

    assert data("echo", "x") == ["x"]
    assert data("add", 1, 2, "add") == [3]
    assert data("multi", "x")[:2] == ["x", 1]
    assert data("counter", 2, None, session_hash="openapi")[0] == 2
    assert data("counter", 2, None, session_hash="openapi")[0] == 4
    assert asked.ask("err", json={"data": ["x"]}, status=500).keys() >= {"error"}
    assert asked.ask("echo", json={}, right=False, status=422)["detail"][0]["msg"]
    if release == "3.50.2":
        [path] = asked.ask("upload", files=LETTER)
        [made] = data("file_upper", {"name": path, "data": None, "is_file": True})
        assert asked.ask("download", path=made["name"]) == "HELLO"


@pytest.mark.parametrize("release", ["4.20.1", "4.44.1", "5.49.1", "6.0.2"])
def test_a_call_by_position(release: str, releases: ReleaseServers, http: httpx2.Client) -> None:
    asked = checked(releases, release, http)

    def events(name: str, *values: Any) -> Any:
        return asked.call(name, {"data": list(values)})

    assert events("echo", "x") == [("complete", ["x"])]
    assert events("add", 1, 2, "add") == [("complete", [3])]
    assert events("counter", 2, None)[-1][1][0] == 2
    assert [kind for kind, _ in events("count", "x", 2)] == ["generating", "generating", "complete"]
    assert events("err", "x")[-1] == ("error", None)
    assert asked.ask("echo", json={}, right=False, status=422)["detail"][0]["msg"]
    [path] = asked.ask("upload", files=LETTER)
    [(_, [made])] = events("file_upper", {"path": path, "meta": {"_type": "gradio.FileData"}})
    assert asked.ask("download", path=made["path"]) == "HELLO"
