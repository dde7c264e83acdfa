"""What Python makes of the ``given`` of a case, in the words in which vectors say what to expect."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

import gradlink
from gradlink import handle_file
from gradlink._describe.typehints import parameter_type
from gradlink._io import HttpReply
from gradlink._local.filesource import FileSource
from gradlink._local.naming import suffix_of
from gradlink._local.options import with_scheme
from gradlink._protocol import cancelling
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.datauri import content_of
from gradlink._protocol.dialect import PROTOCOLS, Dialect, dialect_of, read_dialect
from gradlink._protocol.diff import apply_edits
from gradlink._protocol.events import LogEvent, ProgressEvent, StatusEvent
from gradlink._protocol.filedata import (
    FileData,
    LocalFile,
    content_uri,
    file_address,
    file_name,
    find_files,
    find_in_outputs,
    is_private_address,
    replaced,
)
from gradlink._protocol.job import Failed, JobTracker, Succeeded, Update, stream_error
from gradlink._protocol.jsonvalue import encode
from gradlink._protocol.messages import (
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    UnexpectedError,
    decode_message,
    read_message,
)
from gradlink._protocol.outputs import OutputWalk
from gradlink._protocol.payload import bind
from gradlink._protocol.policy import Retries, is_retryable_read, may_reopen, may_repeat
from gradlink._protocol.replies import event_id_of, reply_error, run_output, uploaded_paths
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.routes import Routes, above, normalise, without_page
from gradlink._protocol.schema import AppSchema, Endpoint, read_app
from gradlink._protocol.sse import EventDecoder
from gradlink._protocol.version import AppVersion
from gradlink.errors import GradlinkError, ProtocolError, StreamLostError
from tests.vectors.cases import app
from tests.vectors.engine import Played

BASE = "http://127.0.0.1:7860/"
_MESSAGES = {
    "SendHash": "send_hash",
    "SendData": "send_data",
    "QueueFull": "queue_full",
    "Estimation": "estimation",
    "ProcessStarts": "process_starts",
    "Progress": "progress",
    "Log": "log",
    "ProcessGenerating": "process_generating",
    "ProcessCompleted": "process_completed",
    "HeartbeatMessage": "heartbeat",
    "UnexpectedError": "unexpected_error",
    "CloseStream": "close_stream",
    "Unknown": "unknown",
    "Unreadable": "unreadable",
}
_FACTS = (
    "status",
    "execution",
    "title",
    "duration",
    "visible",
    "retry_after",
    "problems",
    "endpoint",
    "logs",
)


def reading(kind: str, given: Any) -> Any:
    """Return what ``given`` means; an error is ``{"error": CLASS, "says": TEXT, ...facts}``."""
    try:
        return _READERS[kind](given)
    except GradlinkError as exc:
        return error(exc)


def error(exc: GradlinkError) -> dict[str, Any]:
    """Return an error in the words of the vectors."""
    facts = {name: getattr(exc, name, None) for name in _FACTS}
    facts["problems"] = [list(problem) for problem in facts["problems"] or ()] or None
    facts["logs"] = list(facts["logs"] or ()) or None
    kept = {name: value for name, value in facts.items() if value is not None}
    return {"error": type(exc).__name__, "says": str(exc), **kept}


def agrees(actual: Any, expected: Any) -> bool:
    """Tell whether ``actual`` is as expected: of an error, the facts that are named, and a part of its text."""
    if isinstance(expected, dict) and "error" in expected:
        return (
            isinstance(actual, dict)
            and expected.get("says", "") in actual.get("says", "")
            and all(actual.get(name) == value for name, value in expected.items() if name != "says")
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(agrees(actual[name], expected[name]) for name in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list) and len(actual) == len(expected) and all(map(agrees, actual, expected))
        )
    # 1 and True are equal in Python, on the wire they are not.
    return actual == expected and isinstance(actual, bool) == isinstance(expected, bool)


def _dialect(given: Any) -> Any:
    dialect = asdict(read_dialect(given))
    del dialect["protocol"], dialect["release"]
    return {
        name: ability.value if isinstance(ability, Enum) else ability for name, ability in dialect.items()
    }


def _events(given: Any) -> Any:
    body = base64.b64decode(given["base64"]) if "base64" in given else given["text"].encode()
    whole = _data_of([body])
    pieces = [body[place : place + 1] for place in range(len(body))]
    cut_once = ([body[:place], b"", body[place:]] for place in range(len(body)))
    for chunks in (pieces, *itertools.islice(cut_once, 300)):
        assert _data_of(chunks) == whole, chunks
    return {"data": whole}


def _data_of(chunks: list[bytes]) -> list[str]:
    decoder = EventDecoder(1 << 16)
    return [text for chunk in chunks for text in decoder.push(chunk)]


def _message(given: Any) -> Any:
    if "text" in given:
        return shown_message(decode_message(given["text"]))
    return shown_message(read_message(given["json"]))


def shown_message(message: Message) -> dict[str, Any]:
    """Return a message in the words of the vectors."""
    fields = asdict(message)
    log = fields.pop("log", None)
    if log is not None:
        log.pop("type")
        fields.update(log)
    if "units" in fields:
        fields["units"] = [dict(unit) for unit in fields["units"]]
    fields.pop("output", None)
    fields.pop("may_hold_files", None)  # says how values are looked through, nothing about them
    return {"is": _MESSAGES[type(message).__name__], **fields}


def _diff(given: Any) -> Any:
    before = encode(given["value"])
    value = given["value"]
    for edits in given["edits"]:
        value = apply_edits(value, edits)
    assert encode(given["value"]) == before, "the value before was changed"
    return {"value": value}


def _job(given: Any) -> Any:
    tracker = JobTracker(
        api_name=given["api_name"],
        generator=given["generator"],
        dialect=dialect_of(given["protocol"], AppVersion(given["version"])),
        mistakes=tuple(given.get("mistakes", ())),
        outputs=tuple(given.get("outputs", ())),
    )
    for step in given["steps"]:
        _perform(tracker, step)
    walk = OutputWalk()
    return {"updates": [_update(update, walk, tracker) for update in tracker.updates]}


def _perform(tracker: JobTracker, step: Any) -> None:
    match step:
        case {"accepted": event_id}:
            tracker.joined(event_id)
        case {"receive": raw}:
            tracker.receive(read_message(raw))
        case {"broken": text}:
            tracker.lose(StreamLostError(text))
        case {"stream": raw}:
            message = read_message(raw)
            assert isinstance(message, UnexpectedError)
            tracker.lose(stream_error(message))
        case "cancelled":
            tracker.cancel()
        case _:
            raise AssertionError(step)


def _update(update: Update, walk: OutputWalk, tracker: JobTracker) -> Any:
    output = walk.advance(update)
    if isinstance(update, Succeeded):
        return {"succeeded": update.data, "is_output": output is not None}
    if output is not None:
        return {"output": output.data}
    match update:
        case StatusEvent():
            return {
                "status": update.code.value,
                "rank": update.rank,
                "queue_size": update.queue_size,
                "eta": update.eta,
            }
        case ProgressEvent(units=units):
            return {"progress": [dict(asdict(unit)) for unit in units]}
        case LogEvent():
            return {
                "log": update.message, "level": update.level, "title": update.title,
                "duration": update.duration, "visible": update.visible,
            }  # fmt: skip
        case Failed(error=failure):
            return {tracker.phase.value: error(failure)}
        case _:
            return {"skipped": True}


def _router(given: Any) -> Any:
    router: SessionRouter[str] = SessionRouter("SESSION1", _any_protocol(given["version"]).cancels)
    ids: dict[str, str] = {}
    return {"results": [_route(router, ids, step) for step in given["steps"]]}


def _route(router: SessionRouter[str], ids: dict[str, str], step: Any) -> Any:
    match step:
        case {"join": job, "fn_index": fn_index}:
            router.join_started(job, fn_index)
            router.join_sent(job, fn_index, generator=step.get("generator", False))
            return {"read": router.start_reading()}
        case {"accept": job, "event_id": event_id}:
            ids[job] = event_id
            unclaimed = router.register(job, event_id)
            for message in unclaimed:
                _consequences(router, message)
            return {
                "unclaimed": [_MESSAGES[type(m).__name__] for m in unclaimed],
                "read": router.start_reading(),
            }
        case {"refuse": job}:
            router.join_failed(job)
            return None
        case {"open": _}:
            router.stream_opened()
            return None
        case {"receive": raw}:
            message = read_message(raw)
            jobs = router.route(message)
            if jobs:
                _consequences(router, message)
            return {"for": jobs, "cancel_now": _cancel_now(router, ids)}
        case {"end": how}:
            lost = router.stream_closed(clean=how == "clean", session_not_found=how == "unknown session")
            router.reading = router.has_pending
            return {"lost": lost, "read": router.reading}
        case {"cancel": job}:
            plan = cancelling.cancel(router, ids[job])
            return {"plan": plan and plan.value}
        case {"cancelled": job, "plan": plan}:
            cancelling.cancel_answered(router, ids[job], CancelPlan(plan))
            return {"cancel_now": _cancel_now(router, ids)}
        case {"look": _}:
            return {"again": cancelling.look(router), "cancel_now": _cancel_now(router, ids)}
        case _:
            raise AssertionError(step)


def _cancel_now(router: SessionRouter[str], ids: Mapping[str, str]) -> list[str]:
    now = cancelling.cancellable(router)
    return [job for event_id in now for job, its_id in ids.items() if its_id == event_id]


def _consequences(router: SessionRouter[str], message: Message) -> None:
    event_id = message.event_id or ""
    match message:
        case ProcessStarts() | ProcessGenerating():
            router.started(event_id)
        case ProcessCompleted():
            router.ended(event_id, cancelled=message.success and message.data is None)
        case _:
            pass


def _schema(given: Any) -> Any:
    config, info = _described(given)
    schema = read_app(config, None if given.get("without_info") else info)
    wanted = given.get("endpoints")
    shown = {
        endpoint.title: _endpoint(endpoint)
        for endpoint in schema.endpoints.values()
        if wanted is None or endpoint.title in wanted
    }
    return {
        "version": str(schema.version),
        "protocol": schema.dialect.protocol,
        "prefix": schema.prefix,
        "wants_heartbeat": schema.wants_heartbeat,
        "endpoints": shown,
    }


def _described(given: Any) -> tuple[Any, Any]:
    return app(given["app"]) if "app" in given else (given["config"], given.get("info"))


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "fn_index": endpoint.fn_index,
        "parameters": [
            {
                "name": p.name, "label": p.label, "component": p.component, "python_type": parameter_type(p),
                "has_default": p.has_default, "default": p.default, "slot": p.slot,
            }
            for p in endpoint.parameters
        ],
        "input_count": endpoint.input_count,
        "skipped_outputs": list(endpoint.skipped_outputs),
        "returns": list(endpoint.returns),
        "queued": endpoint.queued,
        "direct": endpoint.takes_direct_route,
        "generator": endpoint.generator,
        "stateful": endpoint.stateful,
        "batch": endpoint.batch,
        "live": endpoint.live,
        "visibility": endpoint.visibility,
    }  # fmt: skip


def _found(given: Any) -> tuple[AppSchema, Endpoint]:
    schema = read_app(*_described(given))
    return schema, schema.find(given.get("api_name"), given.get("fn_index"))


def _payload(given: Any) -> Any:
    schema, endpoint = _found(given)
    routes = Routes(normalise(given.get("base", BASE)), schema.prefix)
    args = [arguments(value) for value in given.get("args", [])]
    kwargs = {name: arguments(value) for name, value in given.get("kwargs", {}).items()}
    payload = bind(endpoint, args, kwargs, routes, schema.dialect, FileSource)
    payload.refuse_mistakes()
    uploads = [
        {"path": list(upload.path), "name": upload.source.name, "inline": upload.inline}
        for upload in payload.uploads
    ]
    contents = [
        f"data:of {upload['name']}" if upload["inline"] else f"UPLOADED{number}"
        for number, upload in enumerate(uploads, 1)
    ]
    return {"data": payload.with_files(contents), "uploads": uploads}


def arguments(value: Any) -> Any:
    """Return an argument: ``{"$file": NAME}`` is a file of this machine, ``{"$url": URL}`` one elsewhere."""
    match value:
        case {"$file": name}:
            return LocalFile(FileSource(b"content", name))
        case {"$url": url}:
            return handle_file(url)
        case dict():
            return {name: arguments(item) for name, item in value.items()}
        case list():
            return [arguments(item) for item in value]
        case _:
            return value


def _output(given: Any) -> Any:
    schema, endpoint = _found(given)
    routes = Routes(normalise(given.get("base", BASE)), schema.prefix)
    shown = endpoint.shown(given["data"])
    plain = endpoint.shown(endpoint.plain_outputs)
    files = {
        file.path: FileData({**file.data, "url": file_address(routes, file.data)[0]})
        for file in find_in_outputs(shown, plain, schema.dialect)
    }
    return {"values": replaced(shown, files)}


def _files(given: Any) -> Any:
    if "url" in given:
        return {"private": is_private_address(given["url"])}
    if "head" in given:
        return {"suffix": suffix_of(base64.b64decode(given["head"]))}
    routes = Routes(normalise(given["base"]), given["prefix"])
    found: list[Any] = []
    for file in find_files(given["value"], _any_protocol(given.get("version", ""))):
        url, is_same_origin = file_address(routes, file.data)
        uri = content_uri(file.data)
        try:
            content = {} if uri is None else {"content": base64.b64encode(content_of(uri)).decode()}
        except ValueError as exc:
            raise ProtocolError("a broken data URI") from exc
        found.append(
            {
                "path": list(file.path),
                "url": url,
                "same_origin": is_same_origin,
                "name": file_name(file.data),
                **content,
            }
        )
    return {"files": found}


def _any_protocol(version: str) -> Dialect:
    return dialect_of(PROTOCOLS[-1], AppVersion(version))


def _page(given: Any) -> Any:
    if "typed" in given:
        url = with_scheme(given["typed"])
        return {"url": url if "://" in url else None}
    base = normalise(given["base"])
    return {"base": without_page(base, given["page"]), "above": above(base)}


def _reply(given: Any) -> Any:
    body = encode(given["json"]) if "json" in given else given["text"].encode()
    reply = HttpReply(given["status"], given.get("headers", {}), body, BASE + given.get("path", ""))
    match given["to"]:
        case "join":
            return {"event_id": event_id_of(reply)}
        case "upload":
            return {"paths": uploaded_paths(reply, given["count"])}
        case "run":
            return {"data": run_output(reply, _any_protocol(given["version"]), given["api_name"])}
        case what:
            raise reply_error(reply, what)


def _retry(given: Any) -> Any:
    facts = dict(given["error"])
    failed: GradlinkError = getattr(gradlink, facts.pop("is"))("failed", **facts)
    pause = Retries(**given["retries"]).pause(given["attempt"], failed)
    return {
        "pause": None if pause is None else list(pause),
        "may_repeat": may_repeat(failed),
        "may_reopen": may_reopen(failed),
        "is_retryable_read": is_retryable_read(failed),
    }


def _sessions(given: Any) -> Any:
    played = Played(given)
    return {"results": [played.step(step) for step in given["steps"]]}


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "dialects": _dialect,
    "events": _events,
    "messages": _message,
    "diffs": _diff,
    "jobs": _job,
    "routers": _router,
    "schemas": _schema,
    "payloads": _payload,
    "outputs": _output,
    "files": _files,
    "pages": _page,
    "replies": _reply,
    "retries": _retry,
    "sessions": _sessions,
}
