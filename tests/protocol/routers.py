"""What the tests of a session's router share: messages, and routers with jobs."""

from __future__ import annotations

from gradlink._protocol.dialect import CancelWay
from gradlink._protocol.messages import (
    Estimation,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
)
from gradlink._protocol.router import SessionRouter


def waits(event_id: str) -> Message:
    return Estimation(event_id, 0, 1, None)


def starts(event_id: str) -> Message:
    return ProcessStarts(event_id, None)


def value(event_id: str, number: int) -> Message:
    return ProcessGenerating(event_id, [number], {}, success=True)


def ends(event_id: str) -> Message:
    return ProcessCompleted(event_id, ["x"], {"data": ["x"]}, success=True, title=None, used_cache=False)


def closing(event_id: str) -> Message:
    return ProcessCompleted(event_id, None, {}, success=True, title=None, used_cache=False)


def router(way: CancelWay = CancelWay.SESSION) -> SessionRouter[str]:
    return SessionRouter("session", way)


def with_jobs(*names: str, way: CancelWay = CancelWay.SESSION, fn_index: int = 3) -> SessionRouter[str]:
    """Return a router in which these jobs are pending, each under its name in capitals."""
    session = router(way)
    for name in names:
        session.join_started(name, fn_index)
        session.join_sent(name, fn_index)
        session.register(name, name.upper())
    return session
