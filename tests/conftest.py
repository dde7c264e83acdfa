"""What all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast the machine is at the moment is no property of the code.
settings.register_profile("gradlink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradlink")
