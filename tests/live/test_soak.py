"""The short form of the soak: nothing grows under mixed load."""

from __future__ import annotations

import os

from tests.live.servers import Servers
from tests.live.soak import soak

SECONDS = float(os.environ.get("GRADLINK_SOAK", "4"))


def test_nothing_grows_under_load(server: Servers) -> None:
    found = soak(server(), SECONDS, SECONDS)
    assert sum(found.counts.values()) >= 20
    assert found.counts["values"] >= 10
    assert found.faults >= 1
    assert found.late.descriptors == found.early.descriptors
    # One of a test before this one may have ended meanwhile.
    assert found.late.threads <= found.early.threads
    # Seconds are no minute: caches are still filling up. The full form is strict, see soak.py.
    assert found.late.memory <= found.early.memory + (16 << 20)
