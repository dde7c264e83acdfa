"""The scripted app."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text, encode
from gradlink._protocol.routes import Routes
from gradlink.errors import ArgumentError
from gradlink.testing.exchange import Exchange
from gradlink.testing.fake.description import config_of, info_of
from gradlink.testing.fake.endpoint import FakeEndpoint, Taken, read_endpoint
from gradlink.testing.fake.files import Files, kind_of, uploaded
from gradlink.testing.fake.job import CANCELLED, FakeJob
from gradlink.testing.fake.outputs import WrongResultError, check_script
from gradlink.testing.fake.sessions import EVENTS, Sessions
from gradlink.testing.inprocess import InProcessApp

_numbers = itertools.count(1)
_API = "/gradio_api/"
_FILE = _API + "file="
_NOT_FOUND = b'{"detail":"Not Found"}'


class Call(NamedTuple):
    """A call that arrived at a scripted app.

    Attributes:
        endpoint: its name.
        arguments: by the names of the parameters, with the defaults of those that were left out; files are
            :class:`gradlink.MemoryFile` or bytes. An endpoint without a function has ``argument_1`` and so on, as many as were given.
    """

    endpoint: str
    arguments: dict[str, Any]


class FakeApp(InProcessApp):
    """A scripted app: it speaks Gradio's wire, in this process, without a port.

    >>> from gradlink.testing import FakeApp, stream
    >>> app = FakeApp({"/caption": "a cat", "/add": lambda a, b=1: a + b, "/chat": stream("He", "Hello")})
    >>> with app.client() as client:
    ...     client.predict(2, api_name="/add")
    3

    Each call runs at once, in a thread of its own. Closing the app stops the calls that run; it is also
    closed by leaving ``with FakeApp(...) as app``. One that nobody calls has nothing to be closed.
    """

    def __init__(self, endpoints: Mapping[str, Any], *, show_error: bool = True) -> None:
        """Make an app with these endpoints.

        Args:
            endpoints: for each name, with its leading slash, what it does. A function is called with the arguments,
                and is described by its parameters, their defaults and its annotations: a generator streams,
                ``-> tuple[str, int]`` has two outputs, an ``async`` one may await. An exception is raised: an
                :class:`gradlink.AppError` as ``gr.Error`` is. What :func:`stream` and :func:`queued` return is played.
                Anything else is the value that is always given, a tuple for several outputs; the endpoint takes
                up to ten arguments then, whatever they are.
            show_error: callers are told the text of other errors, as with ``launch(show_error=True)``.

        Raises ArgumentError for a name, or a function, that no endpoint can have.
        """
        super().__init__(f"fake-app-{next(_numbers)}.test")
        self._endpoints = [read_endpoint(name, script) for name, script in endpoints.items()]
        self._show_error = show_error
        self._app_id = uuid.uuid4().int >> 66
        routes = Routes(self.url, _API)
        self._files = Files(routes.api + "file=")
        for endpoint in self._endpoints:
            try:
                check_script(endpoint)
            except WrongResultError as exc:
                raise ArgumentError(f"FakeApp: {endpoint.name}: {exc}") from exc
        self._sessions = Sessions()
        self._closed = False
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._descriptions: dict[str, JSONObject] = {
            "/config": config_of(self._endpoints, self._app_id),
            _API + "info": info_of(self._endpoints),
            _API + "app_id": {"app_id": self._app_id},
        }

    @property
    def calls(self) -> list[Call]:
        """The calls so far, in the order in which they arrived."""
        with self._lock:
            return list(self._calls)

    def forget(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._calls.clear()

    def close(self) -> None:
        """Close the clients that :meth:`client` made, and stop the calls that run."""
        self._close_clients()
        self._closed = True
        self._sessions.close()

    def __repr__(self) -> str:
        return f"FakeApp({', '.join(one.name for one in self._endpoints)})"

    # -- the wire ---------------------------------------------------------------------------------

    def _answer(self, exchange: Exchange) -> None:
        asked = exchange.asked
        path = asked.path
        if self._closed:
            exchange.refuse("the app is closed")
        elif asked.method in {"GET", "HEAD"} and path in self._descriptions:
            _answer_json(exchange, self._descriptions[path])
        elif asked.method in {"GET", "HEAD"} and path.startswith(_FILE):
            self._send_file(exchange, path.removeprefix(_FILE))
        elif asked.method == "GET" and path == _API + "queue/data":
            query = parse_qs(asked.query.decode("ascii"))
            self._sessions.read(query.get("session_hash", [""])[0], exchange)
        elif asked.method == "GET" and path == _API + "queue/status":
            _answer_json(exchange, {"msg": "estimation", "rank": None, "queue_size": 0, "rank_eta": None})
        elif asked.method == "GET" and path.startswith(_API + "heartbeat/"):
            exchange.begin(200, EVENTS)
            exchange.send(b"data: ALIVE\n\n")
        elif asked.method == "POST" and path == _API + "upload":
            files = uploaded(asked.body, asked.header("content-type"))
            _answer_json(exchange, [self._files.add(name, content) for name, content in files])
        elif asked.method == "POST" and path == _API + "queue/join":
            self._join(exchange, as_object(json.loads(asked.body)))
        elif asked.method == "POST" and path in {_API + "cancel", _API + "reset"}:
            body = as_object(json.loads(asked.body))
            self._sessions.cancel(
                as_text(body.get("session_hash")) or "", as_text(body.get("event_id")) or "", CANCELLED
            )
            _answer_json(exchange, {"success": True})
        else:
            exchange.answer(404, "application/json", _NOT_FOUND)

    def _join(self, exchange: Exchange, body: JSONObject) -> None:
        number = as_int(body.get("fn_index"))
        if number is None or not 0 <= number < len(self._endpoints):
            exchange.answer(500, "text/plain; charset=utf-8", b"Internal Server Error")
            return
        endpoint = self._endpoints[number]
        session_hash, event_id = as_text(body.get("session_hash")) or "", uuid.uuid4().hex
        data = as_list(body.get("data"))
        data += [None] * (len(endpoint.taken) - len(data))
        job = FakeJob(
            endpoint,
            {
                one.name: self._argument(endpoint, one, data[n], session_hash)
                for n, one in enumerate(endpoint.taken)
            },
            self._files,
            lambda message: self._sessions.tell(session_hash, event_id, message),
            lambda message: self._sessions.end(session_hash, event_id, message),
            self._show_error,
        )
        # Made apart from what the function gets, which it may change.
        shown = {
            one.name: self._argument(endpoint, one, data[n], session_hash)
            for n, one in enumerate(endpoint.taken)
            if one.state is None
        }
        while not endpoint.named and shown and next(reversed(shown.values())) is None:
            shown.popitem()
        with self._lock:
            self._calls.append(Call(endpoint.name, shown))
        self._sessions.join(session_hash, event_id, job)
        _answer_json(exchange, {"event_id": event_id})
        job.start()

    def _argument(self, endpoint: FakeEndpoint, one: Taken, value: JSONValue, session_hash: str) -> Any:
        if one.state is None:
            return self._files.received(value, as_bytes=one.as_bytes)
        return self._sessions.state(session_hash, endpoint.name, one.name, one.state)

    def _send_file(self, exchange: Exchange, path: str) -> None:
        content = self._files.content(path)
        if content is None:
            exchange.answer(404, "application/json", _NOT_FOUND)
        else:
            exchange.answer(200, kind_of(path), content)


def _answer_json(exchange: Exchange, value: JSONValue) -> None:
    exchange.answer(200, "application/json", encode(value))
