"""Sending a call: its files, then the join of the queue, or the direct route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from gradlink._dataclass import dataclass
from gradlink._facts import with_facts
from gradlink._flows.collect import fetch
from gradlink._flows.delivery import ResultForm
from gradlink._flows.exchange import Access, exchange, post_json
from gradlink._flows.retry import retrying
from gradlink._io import Flow, HttpRequest, Source, gather, read_as_data_uri
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink._protocol.payload import Payload, Upload
from gradlink._protocol.policy import DEFAULT_TIMEOUT, Timeout, is_retryable_read, may_repeat
from gradlink._protocol.replies import event_id_of, reply_json, run_output, uploaded_paths
from gradlink.errors import GradlinkError, RedirectError

# Files of one call travel in as many requests at once; more gain nothing on one server.
MAX_PARALLEL_UPLOADS = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A bound call and what goes along with it.

    Attributes:
        headers: headers of this call only; they win over the client's.
        oauth_token: the user's Hugging Face token, for endpoints that declare that they take it.
        timeout: limits of its phases.
        resubmit: it is sent again when it is lost, though it may have run.
        form: what its caller gets for files and tables.
    """

    access: Access
    dialect: Dialect
    payload: Payload
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    oauth_token: str | None = field(default=None, repr=False)
    timeout: Timeout = DEFAULT_TIMEOUT
    resubmit: bool = False
    form: ResultForm = field(default_factory=ResultForm)


def prepare(call: Call) -> Flow[list[JSONValue]]:
    """Upload the call's files and return its data."""
    if not call.payload.uploads:
        return call.payload.data
    uploads = call.payload.uploads
    try:
        sent = [item for item in uploads if not item.inline]
        paths = iter((yield from upload(call.access, sent, call.headers)) if sent else [])
        contents: list[str] = []
        for item in uploads:
            content = (yield from _inline(call.access, item)) if item.inline else next(paths)
            contents.append(content)
    except GradlinkError as exc:
        with_facts(exc, execution="not started")
        raise
    return call.payload.with_files(contents)


def _inline(access: Access, item: Upload) -> Flow[str]:
    return (yield from read_as_data_uri((yield from _here(access, item.source))))


def _here(access: Access, source: Source) -> Flow[Source]:
    """Fetch a file that is out of the server's reach; no credentials of the app go to its host."""
    if not source.remote:
        return source
    path = yield from fetch(access, str(source.path), False, source.name, temporary=True)
    return source.fetched(path)


def upload(access: Access, uploads: Sequence[Upload], headers: Mapping[str, str]) -> Flow[list[str]]:
    """Send files, several at once; return the server's paths in the order given."""
    size = -(-len(uploads) // MAX_PARALLEL_UPLOADS)
    groups = [uploads[start : start + size] for start in range(0, len(uploads), size)]
    answers = yield from gather([_upload_group(access, group, headers) for group in groups])
    return [path for paths in answers for path in paths]


def _upload_group(access: Access, uploads: Sequence[Upload], headers: Mapping[str, str]) -> Flow[list[str]]:
    files: tuple[Source, ...] = ()
    for upload in uploads:
        files += ((yield from _here(access, upload.source)),)
    request = HttpRequest("POST", access.routes.upload, files=files, headers=headers)

    def once() -> Flow[list[str]]:
        return uploaded_paths((yield from exchange(access, request)), len(files))

    # What is open already can only be sent again if it can be read again.
    again = all(file.can_rewind for file in files)
    retries = access.retries if again else replace(access.retries, count=0)
    return (yield from retrying(retries, once, is_retryable_read))


def join(call: Call, data: list[JSONValue], session_hash: str) -> Flow[str]:
    """Put the call into the app's queue and return its event id."""
    body = call.payload.body(data, session_hash, call.oauth_token)
    request = post_json(call.access.routes.join, body, begins_job=True, headers=call.headers)

    def once() -> Flow[str]:
        try:
            reply = yield from exchange(call.access, request)
        except RedirectError as exc:
            with_facts(exc, execution="not started")
            raise
        return event_id_of(reply)

    return (yield from retrying(call.access.retries, once))


def send_data(call: Call, answer: JSONObject) -> Flow[None]:
    """Give the server the data that it asked for on a job's stream (4.0 - 4.8)."""
    request = post_json(call.access.routes.data_of_job, answer, headers=call.headers)
    reply_json((yield from exchange(call.access, request)), "the data of the job")


def run(call: Call, data: list[JSONValue], session_hash: str) -> Flow[list[JSONValue]]:
    """Call the function without the queue and return its values."""
    body = call.payload.body(data, session_hash, call.oauth_token)
    request = post_json(call.access.routes.run, body, headers=call.headers, no_read_timeout=True)
    title = call.payload.endpoint.title

    def once() -> Flow[list[JSONValue]]:
        return run_output((yield from exchange(call.access, request)), call.dialect, title)

    return (yield from retrying(call.access.retries, once, _refused))


def _refused(error: GradlinkError) -> bool:
    return may_repeat(error) and error.execution == "not started"


def send_chunk(call: Call, data: list[JSONValue], session_hash: str, event_id: str) -> Flow[None]:
    """Give a live endpoint that runs further input."""
    body: JSONObject = {**call.payload.body(data, session_hash, call.oauth_token), "event_id": event_id}
    reply = yield from exchange(
        call.access, post_json(call.access.routes.chunk(event_id), body, headers=call.headers)
    )
    reply_json(reply, "further input")


def close_chunks(access: Access, event_id: str) -> Flow[None]:
    """Tell a live endpoint that no further input comes."""
    reply = yield from exchange(access, post_json(access.routes.close_chunks(event_id), {}))
    reply_json(reply, "the end of input")
