"""What the sessions of a scripted app are told, over streams that come and go."""

from __future__ import annotations

import threading
from collections import deque
from copy import deepcopy
from typing import Protocol

from gradlink._protocol.jsonvalue import JSONObject, encode
from gradlink.testing.exchange import Exchange
from gradlink.testing.fake.script import State

EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]


class Stoppable(Protocol):
    """A job."""

    def stop(self) -> None:
        """Stop it; it tells nothing any more."""
        ...


class _Session:
    def __init__(self) -> None:
        self.stream: Exchange | None = None
        self.waiting: deque[bytes] = deque()
        self.jobs: dict[str, Stoppable] = {}


class Sessions:
    """The sessions of one app; each of its methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._sessions: dict[str, _Session] = {}
        self._states: dict[tuple[str, str, str], State] = {}

    def join(self, session_hash: str, event_id: str, job: Stoppable) -> None:
        """Take a job in."""
        with self._lock:
            self._sessions.setdefault(session_hash, _Session()).jobs[event_id] = job

    def tell(self, session_hash: str, event_id: str, message: JSONObject) -> bool:
        """Tell something of a job; return whether it is still there."""
        with self._lock:
            session = self._sessions.get(session_hash)
            if session is None or event_id not in session.jobs:
                return False
            _put(session, {"event_id": event_id, **message})
            return True

    def end(self, session_hash: str, event_id: str, message: JSONObject) -> bool:
        """Tell the last thing of a job; return whether it was still there."""
        with self._lock:
            if not self.tell(session_hash, event_id, message):
                return False
            session = self._sessions[session_hash]
            del session.jobs[event_id]
            _close_idle(session)
            return True

    def cancel(self, session_hash: str, event_id: str, message: JSONObject) -> None:
        """Stop a job, if it is there, and tell ``message`` of it."""
        with self._lock:
            session = self._sessions.get(session_hash)
            job = session.jobs.get(event_id) if session is not None else None
            if job is None:
                return
            self.end(session_hash, event_id, message)
        job.stop()

    def read(self, session_hash: str, stream: Exchange) -> None:
        """Send what the session is told over ``stream`` from now on."""
        stream.begin(200, EVENTS)
        with self._lock:
            session = self._sessions.get(session_hash)
            if session is None:
                unknown: JSONObject = {
                    "msg": "unexpected_error",
                    "event_id": None,
                    "message": "404: Not Found",
                    "session_not_found": True,
                    "success": False,
                }
                stream.send(_event(unknown))
                stream.break_off("the app has closed the stream of a session that it does not know")
                return
            session.stream = stream
            had_messages = bool(session.waiting)
            while session.waiting:
                stream.send(session.waiting.popleft())
            if had_messages:
                _close_idle(session)
        stream.when_left(lambda: self._left(session_hash, stream))

    def state(self, session_hash: str, endpoint: str, name: str, first: State) -> State:
        """Return what a session has of a State."""
        with self._lock:
            key = (session_hash, endpoint, name)
            if key not in self._states:
                self._states[key] = State(deepcopy(first.value))
            return self._states[key]

    def close(self) -> None:
        """Stop all jobs, and end all streams."""
        with self._lock:
            sessions = list(self._sessions.values())
            self._sessions.clear()
        for session in sessions:
            _lose(session)
            if session.stream is not None:
                session.stream.break_off("the app was closed")

    def _left(self, session_hash: str, stream: Exchange) -> None:
        """Lose the jobs of a session whose stream was left, as Gradio does."""
        with self._lock:
            session = self._sessions.get(session_hash)
            if session is None or session.stream is not stream:
                return
            del self._sessions[session_hash]
        _lose(session)


def _put(session: _Session, message: JSONObject) -> None:
    if session.stream is None:
        session.waiting.append(_event(message))
    else:
        session.stream.send(_event(message))


def _close_idle(session: _Session) -> None:
    if session.jobs or session.stream is None:
        return
    session.stream.send(_event({"msg": "close_stream", "event_id": None}))
    session.stream.end()
    session.stream = None


def _lose(session: _Session) -> None:
    for job in list(session.jobs.values()):
        job.stop()


def _event(message: JSONObject) -> bytes:
    return b"data: " + encode(message) + b"\n\n"
