"""Whatever the order of calls, messages, breaks and cancels: each job ends once, and nothing is done twice."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gradlink._engine.effects import (
    Effect,
    Join,
    LeaveStream,
    Notify,
    OpenStream,
    Resend,
    RetryCancelsLater,
    RunDirect,
    SendCancel,
    SetLimit,
)
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._engine.state import JobState
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.job import Failed, JobTracker
from gradlink._protocol.messages import HeartbeatMessage, read_message
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import Endpoint, read_app
from gradlink.errors import SessionLostError, StreamLostError, TransportError
from tests.unit import examples

FUNCTIONS = 3


class Named(JobState):
    """A job with a name."""

    name: str


Session = SessionRouter[Named]


class Server:
    """What the other end knows: which events it has accepted, and which of them run."""

    def __init__(self) -> None:
        self.queued: dict[str, tuple[str, int]] = {}  # event id → session and function
        self.running: dict[str, tuple[str, int]] = {}

    def drop(self, session_hash: str) -> None:
        for events in (self.queued, self.running):
            for event_id in [event_id for event_id, (where, _) in events.items() if where == session_hash]:
                del events[event_id]


class Clients(RuleBasedStateMachine):
    """One engine, played by hand: what it wants done is done in any order, or fails."""

    @initialize(
        max_jobs=st.sampled_from([1, 3, 40]),
        max_sessions=st.sampled_from([1, 2, 8]),
        one_session=st.booleans(),
    )
    def begin(self, max_jobs: int, max_sessions: int, one_session: bool) -> None:
        numbers = itertools.count(1)
        self.names = itertools.count(1)
        schema = read_app(
            {"version": "6.31.0", "protocol": "sse_v3", "dependencies": [], "components": []}, None
        )
        self.engine: Engine[Named] = Engine(
            EngineOptions(max_jobs, max_sessions, one_session), lambda: f"S{next(numbers)}", 0.0, schema
        )
        self.max_jobs = max_jobs
        self.server = Server()
        self.jobs: dict[str, Named] = {}
        self.sent: set[str] = set()
        self.todo: list[Effect[Named]] = []
        self.posted: list[tuple[Named, Session, str | None]] = []  # joins that the server has answered
        self.streams: dict[Session, bool] = {}
        self.limits: list[SetLimit[Named]] = []
        self.looks: list[Session] = []
        self.events: dict[str, tuple[Named, Session]] = {}
        self.ended: set[str] = set()

    def take(self, effects: list[Effect[Named]]) -> None:
        for effect in effects:
            match effect:
                case Notify(job=job):
                    if job.ended and job.name not in self.ended:
                        self.ended.add(job.name)
                        self.engine.settled(job)
                        updates = job.tracker.updates
                        assert updates[-1] is job.tracker.outcome
                        assert sum(isinstance(update, type(job.tracker.outcome)) for update in updates) == 1
                    elif job.session is not None and not job.ended:
                        self.todo.append(Join(job, job.session))
                        job.session = None
                case OpenStream(session=session):
                    assert session not in self.streams, "two readers would steal each other's messages"
                    self.streams[session] = True
                case LeaveStream(session=session):
                    self.streams.pop(session, None)
                case SetLimit():
                    self.limits.append(effect)
                case RetryCancelsLater(session=session):
                    assert session not in self.looks, "two look after one session"
                    self.looks.append(session)
                case Join() | Resend() | SendCancel() | RunDirect():
                    self.todo.append(effect)
                case _:
                    pass

    @rule(
        fn_index=st.integers(0, FUNCTIONS - 1),
        stateful=st.booleans(),
        resubmit=st.booleans(),
        by_caller=st.booleans(),
        limited=st.booleans(),
    )
    def submit(self, fn_index: int, stateful: bool, resubmit: bool, by_caller: bool, limited: bool) -> None:
        name = f"job {next(self.names)}"
        # A function has State or not, whoever calls it.
        endpoint = Endpoint(fn_index, f"/{fn_index}", stateful=stateful and fn_index == 0)
        timeout = Timeout(run=1, queue=1) if limited else Timeout()
        tracker = JobTracker(api_name=f"/{fn_index}")
        job = Named(endpoint, tracker, timeout, Retries(), resubmit, by_caller)
        job.name = name
        try:
            effects = self.engine.submit(job)
        except SessionLostError:
            self.take(self.engine.renew_session())
            return
        self.jobs[name] = job
        self.take(effects)

    @precondition(lambda self: self.todo)
    @rule(data=st.data(), fails=st.booleans())
    def perform(self, data: st.DataObject, fails: bool) -> None:
        effect = self.todo.pop(data.draw(st.integers(0, len(self.todo) - 1)))
        match effect:
            case Join(job=job, session=session):
                wanted, effects = self.engine.joining(job, session)
                self.take(effects)
                if not wanted:
                    return
                self.sent.add(job.name)
                event_id = None if fails else f"E{job.name}.{job.resent}"
                if event_id is not None:
                    self.server.queued[event_id] = (session.session_hash, job.endpoint.fn_index)
                    self.events[event_id] = (job, session)
                self.posted.append((job, session, event_id))
            case Resend(job=job):
                self.take(self.engine.resubmit(job))
            case SendCancel():
                if fails:
                    self.take(self.engine.cancel_failed(effect))
                    return
                self.cancel_at_server(effect)
                self.take(self.engine.cancel_answered(effect))
            case _:
                raise AssertionError(effect)

    def cancel_at_server(self, cancel: SendCancel[Named]) -> None:
        server, where = self.server, cancel.session.session_hash
        if cancel.plan is CancelPlan.STOP:
            for event_id in [e for e, place in server.running.items() if place == (where, cancel.fn_index)]:
                job, _ = self.events[event_id]
                assert job.ended or event_id in self.excused(cancel), "another job was stopped"
                del server.running[event_id]
        server.queued.pop(cancel.event_id, None)
        self.server.running.pop(cancel.event_id, None)
        self.send(cancel.event_id, {"msg": "process_completed", "output": {}, "success": True})

    def excused(self, cancel: SendCancel[Named]) -> set[str]:
        """Return those that waited for the place of the job that is stopped: they may begin any moment."""
        entry = cancel.session.entries.get(cancel.event_id)
        return set() if entry is None else set(entry.collateral)

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        job, session, event_id = self.posted.pop(data.draw(st.integers(0, len(self.posted) - 1)))
        if event_id is None:
            error = TransportError("refused", execution="not started")
            self.take(self.engine.join_failed(job, session, error))
            if not job.ended:
                self.sent.discard(job.name)
        else:
            self.take(self.engine.joined(job, session, event_id, 0.0))

    def send(self, event_id: str, message: dict[str, Any]) -> None:
        _, session = self.events[event_id]
        if session in self.streams:
            self.take(self.engine.received(session, [read_message({**message, "event_id": event_id})]))

    @precondition(lambda self: self.server.queued)
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        event_id = data.draw(st.sampled_from(sorted(self.server.queued)))
        _, session = self.events[event_id]
        if session not in self.streams:
            return
        self.begin_to_run(event_id)

    def begin_to_run(self, event_id: str) -> None:
        self.server.running[event_id] = self.server.queued.pop(event_id)
        self.send(event_id, {"msg": "process_starts", "eta": None})

    @precondition(lambda self: self.server.queued)
    @rule(data=st.data())
    def estimate(self, data: st.DataObject) -> None:
        event_id = data.draw(st.sampled_from(sorted(self.server.queued)))
        self.send(event_id, {"msg": "estimation", "rank": 0, "queue_size": 1, "rank_eta": None})

    @precondition(lambda self: self.server.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        event_id = data.draw(st.sampled_from(sorted(self.server.running)))
        _, session = self.events[event_id]
        if session not in self.streams:
            return
        del self.server.running[event_id]
        self.send(event_id, {"msg": "process_completed", "output": {"data": ["x"]}, "success": True})

    @precondition(lambda self: self.streams)
    @rule(data=st.data(), how=st.sampled_from(["clean", "broken", "unknown"]), carried=st.booleans())
    def end_stream(self, data: st.DataObject, how: str, carried: bool) -> None:
        session = data.draw(st.sampled_from(sorted(self.streams, key=lambda one: one.session_hash)))
        errors = {"clean": None, "broken": StreamLostError("x"), "unknown": SessionLostError("x")}
        if how != "clean":
            self.server.drop(session.session_hash)
        del self.streams[session]
        self.take(self.engine.stream_ended(session, errors[how], carried=carried))

    @precondition(lambda self: self.streams)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(sorted(self.streams, key=lambda one: one.session_hash)))
        effects = self.engine.received(session, [HeartbeatMessage()])
        self.take(effects)
        if any(isinstance(effect, LeaveStream) for effect in effects):
            self.take(self.engine.stream_ended(session, None, carried=False))

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.take(self.engine.cancel(self.jobs[data.draw(st.sampled_from(sorted(self.jobs)))]))

    @precondition(lambda self: self.limits)
    @rule(data=st.data())
    def let_time_pass(self, data: st.DataObject) -> None:
        limit = self.limits.pop(data.draw(st.integers(0, len(self.limits) - 1)))
        self.take(self.engine.limit_reached(limit))

    @precondition(lambda self: self.looks)
    @rule(data=st.data())
    def retry_cancels(self, data: st.DataObject) -> None:
        """A second passes: what can start has started, and was heard of."""
        session = self.looks.pop(data.draw(st.integers(0, len(self.looks) - 1)))
        taken = {place for place in self.server.running.values() if place[0] == session.session_hash}
        for event_id, place in list(self.server.queued.items()):
            if place[0] == session.session_hash and place not in taken and session in self.streams:
                taken.add(place)
                self.begin_to_run(event_id)
        self.take(self.engine.retry_cancels(session))

    @invariant()
    def who_says_not_started_was_not_sent(self) -> None:
        for name, job in getattr(self, "jobs", {}).items():
            outcome = job.tracker.outcome
            if isinstance(outcome, Failed) and outcome.error.execution == "not started":
                answered = all(other is not job for other, _, event_id in self.posted if event_id is not None)
                assert name not in self.sent or answered
                assert not any(job is other for other, _ in self.events.values())

    @invariant()
    def not_too_many_are_at_the_server(self) -> None:
        if hasattr(self, "engine"):
            pending = sum(session.pending for session in self.engine._known.pool)
            assert pending <= self.max_jobs

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        self.take(self.engine.close())
        for job, session, event_id in self.posted:
            if event_id is not None:
                self.take(self.engine.joined(job, session, event_id, 0.0))
        assert all(job.ended for job in self.jobs.values())


TestClients = Clients.TestCase
TestClients.settings = settings(max_examples=examples(60), stateful_step_count=50)
