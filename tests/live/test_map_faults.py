"""Maps lose no row and double none while the network breaks."""

from __future__ import annotations

import pytest

from tests.live.map_faults import count
from tests.live.servers import Servers


@pytest.mark.timeout(400)
@pytest.mark.slow("two hundred rows, half of whose requests fail")
def test_no_row_is_lost_or_doubled(server: Servers) -> None:
    report = count(server(), 200, seed=3)
    assert report.failures == {}
    assert report.rows == report.values + report.errors.total() == 200
    assert report.faults.total() > 50
    assert report.values > 20
    assert report.errors.total() > 20
