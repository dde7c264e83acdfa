"""What Python's engine makes of a list of events: the effects, in the words in which vectors say them."""

from __future__ import annotations

import itertools
from typing import Any

from gradlink._engine.effects import Effect, Join, Notify, SendCancel, SetLimit
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._engine.state import JobState
from gradlink._protocol.job import Failed, JobTracker
from gradlink._protocol.messages import read_message
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint, read_app
from gradlink.errors import GradlinkError, SessionLostError, StreamLostError, TransportError

_ERRORS: dict[str, type[GradlinkError]] = {
    "broken": StreamLostError,
    "unknown session": SessionLostError,
    "refused": TransportError,
    "unopened": TransportError,
}


class Named(JobState):
    """A job with the name that a vector has for it."""

    name: str


class Played:
    """One engine, and the names that a vector has for its jobs and sessions: S1 is the client's own."""

    def __init__(self, given: Any) -> None:
        options = given.get("options", {})
        numbers = itertools.count(1)
        self._engine: Engine[Named] = Engine(
            EngineOptions(
                options.get("max_jobs", 40), options.get("max_sessions", 8), options.get("one_session", False)
            ),
            lambda: f"S{next(numbers)}",
            0.0,
            _schema(given),
        )
        self._jobs: dict[str, Named] = {}
        self._joins: dict[str, SessionRouter[Named]] = {}
        self._sessions: dict[str, SessionRouter[Named]] = {}
        self._cancels: dict[str, SendCancel[Named]] = {}
        self._limits: dict[tuple[str, str], SetLimit[Named]] = {}
        self._ended: set[str] = set()

    def step(self, step: Any) -> list[Any]:
        """Play one step; return its effects."""
        try:
            return [shown for effect in self._decide(step) if (shown := self._shown(effect)) is not None]
        except GradlinkError as exc:
            return [{"error": type(exc).__name__, "execution": exc.execution}]

    def _decide(self, step: Any) -> list[Effect[Named]]:
        engine = self._engine
        match step:
            case {"submit": name, **call}:
                self._jobs[name] = job = _job(name, call)
                job.sent_by_caller = bool(call.get("sent_by_caller"))
                return engine.submit(job)
            case {"joining": name}:
                return engine.joining(self._jobs[name], self._session_of(name))[1]
            case {"joined": name, "event_id": event_id}:
                return engine.joined(self._jobs[name], self._session_of(name), event_id, 0.0)
            case {"join_failed": name}:
                refused = TransportError("refused", execution="not started")
                return engine.join_failed(self._jobs[name], self._session_of(name), refused)
            case {"received": message, "on": session}:
                return engine.received(self._sessions[session], [read_message(message)])
            case {"opening": session}:
                engine.opening_stream(self._sessions[session])
                return []
            case {"stream_ended": how, "on": session}:
                error = None if how == "clean" else _ERRORS[how](how)
                return engine.stream_ended(self._sessions[session], error, carried=step.get("carried", True))
            case {"resubmit": name}:
                return engine.resubmit(self._jobs[name])
            case {"give_up": name}:
                return engine.give_up(self._jobs[name])
            case {"cancel": name}:
                return engine.cancel(self._jobs[name])
            case {"cancel_answered": name}:
                return engine.cancel_answered(self._cancels.pop(name))
            case {"cancel_failed": name}:
                return engine.cancel_failed(self._cancels.pop(name))
            case {"retry_cancels": session}:
                return engine.retry_cancels(self._sessions[session])
            case {"limit_reached": name, "phase": phase}:
                return engine.limit_reached(self._limits[name, phase])
            case {"renew_session": session_hash}:
                return engine.renew_session(session_hash)
            case {"begin_alone": name}:
                session_hash = engine.begin_alone(self._jobs[name])
                if session_hash is None:
                    return []
                return engine.joining_alone(self._jobs[name])[1]
            case {"left_alone": name}:
                how = step.get("how", "clean")
                error = None if how == "clean" else _ERRORS[how](how)
                return engine.left_alone(self._jobs[name], error, lost=how == "broken")
            case {"close": _}:
                return engine.close()
            case _:
                raise AssertionError(step)

    def _session_of(self, name: str) -> SessionRouter[Named]:
        session = self._joins.get(name) or self._jobs[name].session
        assert session is not None
        self._sessions[session.session_hash] = session
        return session

    def _shown(self, effect: Effect[Named]) -> Any:
        words: dict[str, Any] = {"do": type(effect).__name__}
        job = getattr(effect, "job", None)
        session = getattr(effect, "session", None)
        if job is not None:
            words["job"] = job.name
        if session is not None:
            words["session"] = session.session_hash
            self._sessions[session.session_hash] = session
        match effect:
            case Notify(job=state):
                return self._notified(state)
            case SetLimit(phase=phase, seconds=seconds):
                self._limits[effect.job.name, phase] = effect
                words |= {"phase": phase, "seconds": seconds}
            case Join():
                self._joins[effect.job.name] = effect.session
            case SendCancel(plan=plan):
                self._cancels[effect.job.name] = effect
                words["plan"] = plan.value
            case _:
                pass
        return words

    def _notified(self, state: Named) -> Any:
        """Tell of a job's end, and of a place that a job's caller has waited for."""
        name = state.name
        if state.session is not None and name not in self._joins and not state.ended:
            self._joins[name] = state.session
            return {"do": "Admit", "job": name, "session": state.session.session_hash}
        if not state.ended or name in self._ended:
            return None
        self._ended.add(name)
        self._engine.settled(state)
        outcome = state.tracker.outcome
        if isinstance(outcome, Failed):
            return {
                "ended": name,
                "error": type(outcome.error).__name__,
                "execution": outcome.error.execution,
            }
        return {"ended": name}


def _schema(given: Any) -> AppSchema:
    config = {
        "version": given.get("version", "6.31.0"),
        "protocol": given.get("protocol", "sse_v3"),
        "dependencies": [],
        "components": [],
        "connect_heartbeat": given.get("wants_heartbeat", False),
    }
    return read_app(config, None)


def _job(name: str, call: Any) -> Named:
    endpoint = Endpoint(
        call.get("fn_index", 0),
        f"/{name}",
        stateful=call.get("stateful", False),
        queued=call.get("queued", True),
        batch=call.get("batch", False),
        session_hash=call.get("session_hash"),
    )
    job = Named(
        endpoint,
        JobTracker(api_name=f"/{name}"),
        Timeout(**call.get("timeout", {})),
        Retries(count=call.get("retries", 3)),
        call.get("resubmit", False),
    )
    job.name = name
    return job
