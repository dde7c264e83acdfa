"""What all tests share."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How fast the machine is at the moment is no property of the code.
settings.register_profile("gradlink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradlink")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep all tests of one Gradio release on one worker."""
    from tests.matrix.scheduling import ByRelease

    return ByRelease(config, log)


def pytest_report_header() -> str:
    """Say how many vectors there are, to be compared with the other language's count."""
    from tests.vectors.cases import cases

    counts = Counter(case.kind for case in cases())
    each = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return f"vectors: {counts.total()} cases ({each})"
