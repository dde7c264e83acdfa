"""How a job is sent that outlives its client."""

from __future__ import annotations

from functools import partial

from gradlink._flows import submit as submit_flows
from gradlink._flows.sending import JobT, Port, prepare
from gradlink._io import Flow, scoped
from gradlink._protocol.job import Failed
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.ticket import Ticket, process_of
from gradlink.errors import GradlinkError


def detach(port: Port[JobT], job: JobT) -> Flow[Ticket]:
    """Put a job into the app's queue whose messages nobody reads for now; return what collects it."""
    engine = port.engine
    session_hash = port.ask(partial(engine.detaching, job))
    event_id = ""
    try:
        data = yield from prepare(port, job)
        if port.ask(partial(engine.joining_detached, job)):
            event_id = yield from scoped(submit_flows.join(job.call, data, session_hash), job.scope)
    except GradlinkError as exc:
        port.apply(partial(engine.fail, job, exc))
    outcome = job.tracker.outcome
    if isinstance(outcome, Failed):
        raise outcome.error
    port.apply(partial(engine.heard, port.now()))
    base, endpoint = without_credentials(port.access.routes.base), job.endpoint
    process = process_of(engine.schema)
    return Ticket(base, endpoint.api_name, endpoint.fn_index, session_hash, event_id, process)
