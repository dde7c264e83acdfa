from __future__ import annotations
from tests.live.hosts import relay
from tests.live.servers import Servers
from tests.live.shells import Shell
import pytest

@pytest.mark.parametrize("n", range(5))
def test_dropped(server: Servers, connect: Shell, n: int) -> None:
    base = server()
    with relay(base.origin) as between, connect(between.url) as client:
        for n in range(3):
            assert client.predict(f"a{n}", api_name="/echo") == f"a{n}"
            assert client.predict(f"b{n}", api_name="/fast") == f"b{n}"
            assert client.predict(b"text", api_name="/file_digest")["size"] == 4
            between.drop()
