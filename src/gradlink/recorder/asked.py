"""What a request of the app's page is about, by its address."""

from __future__ import annotations

from enum import Enum
from urllib.parse import parse_qs, unquote

from gradlink._dataclass import dataclass

_PREFIX = "/gradio_api"
# Longer names are nobody's.
_MAX_NAME = 200


class Subject(Enum):
    """What is asked for."""

    UPLOAD = "upload"
    JOIN = "join"
    RUN = "run"
    CALL = "call"
    MESSAGES = "messages"
    MESSAGES_OF_JOB = "messages of a job"
    CANCEL = "cancel"
    CHUNK = "chunk"
    CLOSE = "close"
    LOGIN = "login"
    PAGE = "page"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the page.

    Attributes:
        name: the event id, the session's hash, or the endpoint's name, as the subject has one.
        fn_index: the function, where the query says it.
    """

    subject: Subject
    name: str = ""
    fn_index: int | None = None

    @property
    def has_json(self) -> bool:
        """Its body is JSON that is to be read."""
        return self.subject in _WITH_JSON


_WITH_JSON = frozenset({Subject.JOIN, Subject.RUN, Subject.CALL, Subject.CANCEL, Subject.CHUNK})
_OTHER = Asked(Subject.OTHER)
_POSTS = {
    "/upload": Subject.UPLOAD,
    "/queue/join": Subject.JOIN,
    "/queue/data": Subject.JOIN,  # 4.0 - 4.8: the data of a job that has joined by its stream
    "/cancel": Subject.CANCEL,
    "/login": Subject.LOGIN,
}


def read_request(method: str, path: str, query: str, base: str) -> Asked:
    """Return what a request asks for; ``base`` is the path of the app, with a slash at its end."""
    if not path.startswith(base):
        return Asked(Subject.PAGE) if method == "GET" and path == base.rstrip("/") else _OTHER
    route = "/" + path[len(base) :]
    if route.startswith(_PREFIX + "/"):
        route = route.removeprefix(_PREFIX)
    if method == "GET":
        return _read_get(route, parse_qs(query))
    if method != "POST":
        return _OTHER
    if (subject := _POSTS.get(route.rstrip("/"))) is not None:
        return Asked(subject)
    return _read_post([unquote(part) for part in route.split("/")[1:]])


def _read_post(parts: list[str]) -> Asked:
    """Return what a POST asks for whose address has a name in it."""
    # A slash may follow at the end.
    while len(parts) > 1 and not parts[-1]:
        parts = parts[:-1]
    if any(len(part) > _MAX_NAME for part in parts):
        return _OTHER
    match parts:
        case ["stream", event_id]:
            return Asked(Subject.CHUNK, event_id)
        case ["stream", event_id, "close"]:
            return Asked(Subject.CLOSE, event_id)
        case ["run" | "api", name]:
            return Asked(Subject.RUN, name)
        case ["call", "v2", name] | ["call", "v2", name, _]:
            return Asked(Subject.CALL, name)
        case ["call", name] | ["call", name, _]:
            return Asked(Subject.CALL, name)
        case _:
            return _OTHER


def _read_get(route: str, query: dict[str, list[str]]) -> Asked:
    session = query.get("session_hash", [""])[0]
    if route == "/queue/data" and session:
        return Asked(Subject.MESSAGES, session)
    if route == "/queue/join" and session:
        number = query.get("fn_index", [""])[0]
        return Asked(Subject.MESSAGES_OF_JOB, session, int(number) if number.isdecimal() else None)
    # A page of an app with several has a name of one part.
    if route.count("/") == 1 and "." not in route and "=" not in route:
        return Asked(Subject.PAGE)
    return _OTHER
