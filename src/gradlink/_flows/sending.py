"""How flows send the jobs, and the cancels, that the engine asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeGuard, TypeVar

from gradlink._engine.effects import Effect, ResetAlone, SendCancel
from gradlink._engine.engine import Engine
from gradlink._engine.failures import unsendable
from gradlink._engine.state import JobState
from gradlink._flows import cancel as cancel_flows
from gradlink._flows import submit as submit_flows
from gradlink._flows.connect import check_restart
from gradlink._flows.exchange import Access
from gradlink._flows.retry import pause_before
from gradlink._flows.submit import Call
from gradlink._io import Flow, scoped
from gradlink._protocol.job import JobTracker
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message
from gradlink._protocol.payload import rebind
from gradlink._protocol.queuewatch import STARTUP_SECONDS
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import AppSchema
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.connection")

# How long cancelling a job, or closing a client, waits for the request to the server.
CANCEL_SECONDS = 5.0


class Sendable(JobState):
    """A job that can be sent.

    Attributes:
        call: what is sent.
        data: what is sent, once its files are uploaded.
        scope: bounds all that is sent for it but its join.
        joining: bounds its join.
    """

    scope: Any
    joining: Any

    def __init__(self, call: Call) -> None:
        endpoint = call.payload.endpoint
        tracker = JobTracker(
            api_name=endpoint.title,
            generator=endpoint.generator,
            dialect=call.dialect,
            mistakes=tuple(mistake.text for mistake in call.payload.mistakes),
            outputs=endpoint.seen_types if call.dialect.mixes_runs else (),
        )
        super().__init__(endpoint, tracker, call.timeout, call.access.retries, call.resubmit)
        self.call = call
        self.data: list[JSONValue] | None = None


JobT = TypeVar("JobT", bound=Sendable)
T = TypeVar("T")


class Port(Protocol[JobT]):
    """The engine as a flow has it: each decision is made under its lock, and what it wants done is done."""

    @property
    def engine(self) -> Engine[JobT]: ...

    @property
    def access(self) -> Access: ...

    def now(self) -> float: ...

    def ask(self, question: Callable[[], T]) -> T: ...

    def apply(self, decide: Callable[[], list[Effect[JobT]]]) -> None: ...

    def apply_rest(
        self, decide: Callable[[], list[Effect[JobT]]], own: Callable[[Effect[JobT]], TypeGuard[T]]
    ) -> list[T]: ...

    def deliver(self, session: SessionRouter[JobT], messages: Sequence[Message]) -> bool: ...

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[JobT]]]]) -> bool: ...


def join(port: Port[JobT], job: JobT, session: SessionRouter[JobT]) -> Flow[None]:
    """Upload the job's files and put it into the app's queue."""
    engine = port.engine
    event_id: str | None = None
    error: GradlinkError | None = None
    placed = True
    try:
        data = yield from prepare(port, job)
        placed = port.may_send(partial(engine.joining, job, session))
        if placed:
            flow = submit_flows.join(job.call, data, session.session_hash)
            event_id = yield from scoped(flow, job.joining)
    except GradlinkError as exc:
        error = exc
    except Exception as exc:  # the job must end, whatever went wrong
        error = unsendable(job.endpoint.title, exc)
    finally:  # also when the flow is left, by Ctrl-C or a gevent timeout in the thread that waits for predict()
        if event_id is not None:
            port.apply(partial(engine.joined, job, session, event_id, port.now()))
        elif placed:
            port.apply(partial(engine.join_failed, job, session, error))


def prepare(port: Port[JobT], job: JobT) -> Flow[list[JSONValue]]:
    """Return the job's data, with its files uploaded; if the app may have been restarted, that is checked first."""
    engine = port.engine
    if engine.doubts_app(port.now()):
        fresh = yield from scoped(check_restart(port.access, engine.schema), job.scope)
        port.apply(partial(engine.heard, port.now()))
        if fresh is not None:
            _log.warning(
                "the app at %s was restarted; its sessions are gone", one_line(port.access.routes.base)
            )
            port.apply(partial(engine.restarted, fresh))
            job.data = None  # the files are gone with it
            job.call = _rebind(job.call, fresh)
            port.apply(partial(engine.rebind, job, job.call.payload.endpoint))
    if job.data is None:
        if job.call.payload.uploads:
            port.apply(partial(engine.uploading, job))
        job.data = yield from scoped(submit_flows.prepare(job.call), job.scope)
    return job.data


def run_directly(port: Port[JobT], job: JobT) -> Flow[None]:
    """Call the job's function without the queue."""
    engine = port.engine
    try:
        data = yield from prepare(port, job)
        if port.may_send(partial(engine.running_directly, job)):
            flow = submit_flows.run(job.call, data, engine.session_hash)
            values = yield from scoped(flow, job.scope)
            port.apply(partial(engine.ran_directly, job, values))
    except GradlinkError as exc:
        port.apply(partial(engine.fail, job, exc))
    except Exception as exc:  # the job must end, whatever went wrong
        port.apply(partial(engine.fail, job, unsendable(job.endpoint.title, exc)))


def resend(port: Port[JobT], job: JobT) -> Flow[None]:
    """Pause, then send a job again that was lost; its files, too, since they may have been lost with it."""
    error: GradlinkError | None = None
    job.data = None
    try:
        yield from pause_before(job.retries, job.resent)
    except GradlinkError as exc:
        error = exc
    port.apply(partial(port.engine.resubmit, job, error))


def send_cancel(port: Port[JobT], cancel: SendCancel[JobT]) -> Flow[None]:
    """Ask the server to cancel a job."""
    session_hash = cancel.session.session_hash
    try:
        yield from cancel_flows.cancel(
            port.access, session_hash, cancel.fn_index, cancel.event_id, cancel.plan
        )
    except GradlinkError as exc:
        _log_failed_cancel(port, exc)
        port.apply(partial(port.engine.cancel_failed, cancel))
    else:
        port.apply(partial(port.engine.cancel_answered, cancel))


def reset_alone(port: Port[JobT], reset: ResetAlone[JobT]) -> Flow[None]:
    """Ask the server to reset a job that has a stream of its own."""
    try:
        yield from cancel_flows.reset(port.access, reset.event_id)
    except GradlinkError as exc:
        _log_failed_cancel(port, exc)
    port.apply(partial(port.engine.reset_ended, reset))


def start_queue(port: Port[JobT]) -> Flow[None]:
    """Ask the app to start its queue, and say in the log that it did not run."""
    from gradlink._flows import startup  # hardly any app needs it

    asked = "it was asked to start"
    try:
        yield from startup.start_queue(port.access)
    except GradlinkError as exc:
        if port.engine.closed:
            return
        asked = f"it could not be asked to start: {exc}"
    _log.warning(
        "the queue of the app at %s has started no job for %g s; %s (/startup-events). An app that is mounted into an "
        "application which is itself mounted is not notified when the server starts",
        one_line(without_credentials(port.access.routes.base)),
        STARTUP_SECONDS,
        one_line(asked),
    )


def _log_failed_cancel(port: Port[JobT], error: GradlinkError) -> None:
    """Log that a cancel did not reach the server; that of a closed client is made by its closed connections."""
    level = logging.DEBUG if port.engine.closed else logging.WARNING
    _log.log(level, "a cancel did not reach the server: %s", one_line(error))


def _rebind(call: Call, schema: AppSchema) -> Call:
    """Return ``call`` for the app as it is after a restart. Raises EndpointError if its endpoint is gone."""
    before = call.payload.endpoint
    if call.payload.arguments is None:
        endpoint = schema.same_function(before)
    else:
        endpoint = schema.find(before.api_name, before.fn_index)
    payload = rebind(call.payload, endpoint, call.access.routes, schema.dialect)
    return replace(call, payload=payload, dialect=schema.dialect)
