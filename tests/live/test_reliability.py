"""Every job ends exactly once, and nothing is left: counted over many jobs and faults."""

from __future__ import annotations

import os

import pytest

from tests.live.reliability import count
from tests.live.servers import Servers

FAULTS = int(os.environ.get("GRADLINK_FAULTS", "500"))


@pytest.mark.timeout(max(120, FAULTS))
def test_every_job_ends_once_and_nothing_is_left(server: Servers) -> None:
    report = count(server(), FAULTS, seed=1)
    print(report.text())  # noqa: T201  # with -s, the counts of docs/reliability.md
    assert report.faults.total() >= FAULTS
    assert report.jobs >= FAULTS // 2
    assert report.values >= report.jobs // 10
    assert report.errors.total() >= report.jobs // 10
    assert report.failures == {}
