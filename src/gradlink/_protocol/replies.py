"""What the server's HTTP answers mean.

Wire: docs/protocol.md, "Errors". Vectors: replies.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from gradlink._facts import with_facts
from gradlink._io import HttpReply
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_number, as_object, as_text, decode
from gradlink._protocol.routes import without_credentials
from gradlink._text import one_line
from gradlink.errors import (
    AppError,
    AuthenticationError,
    ErrorFacts,
    Execution,
    FileTooLargeError,
    GradlinkError,
    NotFoundError,
    ProtocolError,
    QueueError,
    QuotaExceededError,
    RequestRejectedError,
    ResponseError,
    TooManyRequestsError,
    ValidationError,
)

HIDDEN = (
    "the app raised an exception and hides its details; its author can show them with show_error=True in "
    "launch(), or by raising gr.Error"
)
_MAX_SHOWN = 2000


def reply_json(reply: HttpReply, what: str) -> JSONValue:
    """Return the JSON of a good answer. Raises what :func:`reply_error` says of any other one."""
    if reply.status != 200:
        raise reply_error(reply, what)
    return decode(reply.body, f"the answer to {what}")


def event_id_of(reply: HttpReply) -> str:
    """Return the event id of an answer to a join. Raises what the refusal means; nothing has run then."""
    if reply.status != 200:
        raise reply_error(reply, "the join", execution="not started")
    # A good answer that cannot be read was an acceptance all the same.
    try:
        answer = as_object(decode(reply.body, "the answer to the join"))
    except ProtocolError as exc:
        with_facts(exc, execution="unknown")
        raise
    event_id = as_text(answer.get("event_id"))
    if event_id is None:
        text = f"the answer to the join has no event_id: {_shown(reply)}"
        raise ProtocolError(text, execution="unknown")
    return event_id


def uploaded_paths(reply: HttpReply, count: int) -> list[str]:
    """Return the server's paths of ``count`` uploaded files, in the order sent."""
    answer = reply_json(reply, "the upload")
    paths = [path for path in answer if isinstance(path, str)] if isinstance(answer, list) else []
    if len(paths) != count:
        raise ProtocolError(f"{count} files were uploaded, the server named {len(paths)}: {_shown(reply)}")
    return paths


def run_output(reply: HttpReply, dialect: Dialect, api_name: str) -> list[JSONValue]:
    """Return the values of an answer of the direct route. Raises what the refusal, or the app's error, means."""
    if reply.status == 500:
        output = _object_or_none(reply.body)
        if output is not None and "error" in output:
            raise app_error(output, None, dialect, api_name)
    if reply.status != 200:
        # A gateway that timed out cannot tell whether the function runs.
        execution: Execution = "unknown" if reply.status >= 500 else "not started"
        raise reply_error(reply, f"the call of {api_name}", execution=execution)
    output = as_object(decode(reply.body, f"the answer to the call of {api_name}"))
    data = output.get("data")
    if not isinstance(data, list):
        raise ProtocolError(f"the answer of {api_name} has no list 'data': {_shown(reply)}")
    return data


def app_error(output: JSONObject, title: str | None, dialect: Dialect, api_name: str) -> AppError:
    """Return the error that the app's function raised, from the ``output`` that reports it."""
    text = output.get("error")
    # In generators, up to 4.22 at least; what a gr.Error says is in quotes there.
    hidden = text is None or (text == "None" and dialect.quotes_errors)
    message = HIDDEN if hidden else _unquoted(str(text), dialect)
    # The title of the message itself is null for errors in generators, that of the output is set.
    shown_title = as_text(output.get("title")) or title or "Error"
    from gradlink._protocol.quota import read_quota_message  # its patterns cost time to make

    quota = read_quota_message(shown_title, message)
    duration = as_number(output["duration"]) if "duration" in output else 10
    visible = output.get("visible") is not False
    prints = output.get("print_exception") is not False
    if quota is None:
        return AppError(
            message, duration, visible, shown_title, prints, endpoint=api_name, execution="failed"
        )
    return QuotaExceededError(
        message,
        duration,
        visible,
        shown_title,
        prints,
        requested=quota.requested,
        left=quota.left,
        retry_after=quota.retry_after,
        endpoint=api_name,
        execution="failed",
    )


def reply_error(reply: HttpReply, what: str, *, execution: Execution | None = None) -> GradlinkError:
    """Return what an answer that is not 200 means; ``what`` names the request in the text."""
    facts = reply_facts(reply, execution)
    body = _object_or_none(reply.body) or {}
    detail = body.get("detail")
    problems = validation_problems(detail)
    if reply.status == 422 and problems:
        # A further line of a message is indented, or it could be taken for another problem.
        lines = [f"- {one_line(name)}: {message}".replace("\n", "\n  ") for name, message in problems]
        heading = f"{len(problems)} parameter(s) failed validation:"
        return ValidationError("\n".join([heading, *lines]), problems, refused_places(detail), **facts)
    url = without_credentials(reply.url)
    text = " ".join((_detail_text(detail) or _shown(reply)).split())
    said = f"{what}: {url} answered {reply.status}"
    match reply.status:
        case 401:
            return AuthenticationError(f"{said}: {_login_hint(detail, text)}", **facts)
        case 429:
            said += f": too many requests, try again later ({text})"
            return TooManyRequestsError(said, retry_after=retry_after(reply.headers), **facts)
        case 503 if "queue" in text.lower():
            return QueueError(f"{said}: {text}", **facts)
        case status:
            return _BY_STATUS.get(status, ResponseError)(f"{said}: {text}", **facts)


_BY_STATUS: dict[int, type[ResponseError | FileTooLargeError]] = {
    400: RequestRejectedError,
    404: NotFoundError,
    413: FileTooLargeError,
    422: RequestRejectedError,
}


def reply_facts(reply: HttpReply, execution: Execution | None = None) -> ErrorFacts:
    """Return what every error about ``reply`` tells of it, and ``execution``."""
    return {
        "status": reply.status,
        "url": without_credentials(reply.url),
        "server_text": _shown(reply),
        "execution": execution,
    }


def validation_problems(detail: JSONValue) -> list[tuple[str, str]]:
    """Return what an app's validator refused as (parameter, message); empty if it was not a validator."""
    return [
        (as_text(item.get("parameter_name")) or f"parameter_{index}", as_text(item.get("message")) or "")
        for index, item in _refused(detail)
    ]


def refused_places(detail: JSONValue) -> list[int]:
    """Return the places of these values among those that were sent."""
    return [index for index, _ in _refused(detail)]


def _refused(detail: JSONValue) -> list[tuple[int, JSONObject]]:
    items = [as_object(entry) for entry in as_list(detail)]
    return [
        (index, item)
        for index, item in enumerate(items)
        if item.get("__type__") == "validate" and item.get("is_valid") is False
    ]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a ``Retry-After`` header that holds a number, None otherwise.

    A date is ignored: what it means depends on the clocks of two machines.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    from email.utils import parsedate  # which few answers need, and no import of a client

    if parsedate(value) is not None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _unquoted(text: str, dialect: Dialect) -> str:
    """Return the text that a Python repr stands for, which the error's text may be."""
    if not dialect.quotes_errors or len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        return text
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return value if isinstance(value, str) else text


def _login_hint(detail: JSONValue, text: str) -> str:
    message = as_text(as_object(detail).get("auth_message"))
    hint = "login required; pass auth=(username, password)"
    if text.startswith("Incorrect"):
        hint = "the app refused this username and password"
    return f"{hint} ({message or text})"


def _detail_text(detail: JSONValue) -> str:
    match detail:
        case str():
            return detail[:_MAX_SHOWN]
        case {"error": str() as error}:
            return error[:_MAX_SHOWN]
        case [*entries] if entries:
            return "; ".join(_entry_text(entry) for entry in entries)[:_MAX_SHOWN]
        case _:
            return ""


def _entry_text(entry: JSONValue) -> str:
    item = as_object(entry)
    location = item.get("loc")
    place = ".".join(str(part) for part in location) if isinstance(location, list) else ""
    message = as_text(item.get("msg")) or str(entry)
    return f"{place}: {message}" if place else message


def _object_or_none(body: bytes) -> JSONObject | None:
    try:
        value = decode(body, "an answer")
    except ProtocolError:
        return None
    return value if isinstance(value, dict) else None


def _shown(reply: HttpReply) -> str:
    text = reply.body[:_MAX_SHOWN].decode("utf-8", "replace").strip()
    return text or "no text"
