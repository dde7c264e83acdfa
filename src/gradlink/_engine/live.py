"""Input for a job that runs."""

from __future__ import annotations

from gradlink._engine.known import Known
from gradlink._engine.state import JobT
from gradlink._protocol.job import Failed
from gradlink._protocol.schema import Endpoint
from gradlink.errors import EndpointError


def check(endpoint: Endpoint) -> None:
    """Raise EndpointError if ``endpoint`` takes no input while it runs."""
    if not endpoint.live:
        raise EndpointError(f"{endpoint.title} takes no further input; only endpoints of .stream() events do")


def place_of(known: Known[JobT], job: JobT) -> tuple[str, str]:
    """Return the event id and the session of a job; see ``Engine.live_session``."""
    event_id, outcome = job.tracker.event_id, job.tracker.outcome
    if event_id is None and isinstance(outcome, Failed):
        raise outcome.error
    for session in known.pool:
        if event_id is not None and session.has(event_id):
            return event_id, session.session_hash
    raise EndpointError(f"{job.endpoint.title}: the job has ended, it takes no further input")
