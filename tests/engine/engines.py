"""Engines and jobs for tests that call the engine's methods one by one."""

from __future__ import annotations

import itertools
from typing import Any

from gradlink._engine.effects import Join
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._engine.state import JobState
from gradlink._protocol.job import Failed, JobTracker
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message, read_message
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint, read_app
from gradlink.errors import GradlinkError

Session = SessionRouter[JobState]

STARTED_AT = 100.0


def schema(version: str = "6.31.0", protocol: str = "sse_v3", **config: JSONValue) -> AppSchema:
    return read_app(
        {"version": version, "protocol": protocol, "dependencies": [], "components": [], **config}, None
    )


def engine(
    app: AppSchema | None = None, *, max_jobs: int = 40, one_session: bool = False
) -> Engine[JobState]:
    """Return an engine that knows its app. Sessions are named S1 (the client's own), S2, ... as they are made."""
    made = unconnected(max_jobs=max_jobs, one_session=one_session)
    made.connect(app or schema())
    return made


def unconnected(*, max_jobs: int = 40, one_session: bool = False) -> Engine[JobState]:
    """Return an engine that has not been told yet what the app is."""
    numbers = itertools.count(1)
    options = EngineOptions(max_jobs, 8, one_session)
    return Engine(options, lambda: f"S{next(numbers)}", STARTED_AT)


def job(fn_index: int = 0, timeout: Timeout | None = None, **endpoint: Any) -> JobState:
    called = Endpoint(fn_index, f"/{fn_index}", **endpoint)
    return JobState(called, JobTracker(api_name=called.title), timeout or Timeout(), Retries())


def said(msg: str, event_id: str | None = None, **fields: JSONValue) -> Message:
    return read_message({"msg": msg, "event_id": event_id, **fields})


def starts(event_id: str | None = None) -> Message:
    return said("process_starts", event_id, eta=None)


def waits(event_id: str | None = None, *, rank: int = 0) -> Message:
    """Return what a server says of a job that waits and whose function has never run."""
    return said("estimation", event_id, rank=rank, queue_size=1, rank_eta=None)


def completed(event_id: str | None = None, **output: JSONValue) -> Message:
    return said("process_completed", event_id, output=output or {"data": ["x"]}, success=True)


def accepted(made: Engine[JobState], sent: JobState, event_id: str) -> Session:
    """Submit a job and let the server accept it; return its session."""
    [session] = [effect.session for effect in made.submit(sent) if isinstance(effect, Join)]
    assert made.joining(sent, session)[0]
    made.joined(sent, session, event_id, STARTED_AT)
    return session


def error_of(ended: JobState) -> GradlinkError:
    outcome = ended.tracker.outcome
    assert isinstance(outcome, Failed)
    return outcome.error
