"""A map that is killed goes on where it was: each row comes once, and none that is finished is called again."""

from __future__ import annotations

import pytest

from tests.live.map_kills import on_real_server, on_stub
from tests.live.servers import Servers


@pytest.mark.timeout(300)
@pytest.mark.slow("six processes, four of which are killed")
@pytest.mark.parametrize("asynchronous", [False, True])
def test_nothing_is_lost_on_the_minimal_server(server: Servers, asynchronous: bool) -> None:
    report = on_stub(server(), 400, 4, seed=1, asynchronous=asynchronous)
    assert report.failures == {}
    assert (report.kills, report.finished + report.unknown) == (4, 400)
    # What was at the server when it was killed.
    assert report.unknown <= 4 * 40


@pytest.mark.timeout(300)
@pytest.mark.slow("five processes, three of which are killed")
def test_nothing_is_lost_on_a_real_app(server: Servers) -> None:
    report = on_real_server(server(), 60, 3, seed=2)
    assert report.failures == {}
    assert (report.kills, report.finished + report.unknown) == (3, 60)
