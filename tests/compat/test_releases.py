"""The client for programs of gradio_client on older servers, which gradio_client 2 does not all speak with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradlink.compat.client import Client
from tests.matrix.servers import ReleaseServers

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    """Give a release by name; the one before is ended."""
    servers = ReleaseServers()
    yield servers
    servers.close()


@pytest.mark.parametrize(
    ("release", "asked", "read"),
    [
        ("3.50.2", "queue/data", "queue/join"),
        ("4.8.0", "queue/data", "queue/join"),
        ("4.44.1", "queue/join", "queue/data"),
    ],
)
def test_it_calls_older_apps(releases: ReleaseServers, release: str, asked: str, read: str) -> None:
    with Client(releases(release).url("base"), verbose=False) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert list(client.submit("ab", 2, api_name="/count")) == ["ab0 ", "ab0 ab1 "]
        job = client.submit("ab", 2, api_name="/count")
        assert (job.result(), job.communicator.job.outputs) == ("ab0 ab1 ", ["ab0 ", "ab0 ab1 "])
        endpoint = client.endpoints[client._infer_fn_index("/echo")]
        assert endpoint.dependency["api_name"] == "echo"
        assert endpoint.make_end_to_end_fn(client.new_helper(endpoint.fn_index))("y") == "y"
        assert (client.api_prefix, client.src_prefixed) == ("/", client.src)
        assert (client.sse_data_url, client.sse_url) == (client.src + asked, client.src + read)
