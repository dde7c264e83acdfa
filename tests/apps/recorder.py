"""A layer around an app: it records every request, and lets a test ask and steer the server.

Paths that begin with ``/_`` are its own and are neither recorded nor seen by the app:

- ``GET /_requests`` lists what was asked for, in the order of arrival;
- ``GET /_counts?key=`` and ``GET /_reach?key=&what=&count=`` read the ledger, the latter when it is so far;
- ``POST /_open_gate?key=&times=`` opens a gate; ``POST /_logout`` ends all logins;
- ``POST /_answer`` makes the next requests to a path get a given answer instead of the app's;
- ``POST /_cut?path=`` breaks the connection of every response to that path that is under way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from tests.apps.ledger import LEDGER

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Coroutine[Any, Any, None]]


class Recorder:
    """ASGI middleware; see above."""

    requests: list[dict[str, Any]] = []  # noqa: RUF012 - of the process, whatever the number of instances
    answers: list[dict[str, Any]] = []  # noqa: RUF012
    cutters: dict[asyncio.Event, str] = {}  # noqa: RUF012
    dropped: set[asyncio.Task[None]] = set()  # noqa: RUF012 - kept from being collected
    logout: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/_"):
            await self._steer(scope, receive, send)
        else:
            await self._record(scope, receive, send)

    async def _record(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        record: dict[str, Any] = {
            "method": scope["method"],
            "path": path,
            "query": scope["query_string"].decode(),
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            "connection": scope["client"][1],
            "json": None,
            "status": None,
            "ended": False,
        }
        self.requests.append(record)
        LEDGER.note(f"{scope['method']} {path}", "asked")

        body = b""
        cut = asyncio.Event()

        async def receive_recorded() -> Message:
            message = await receive()
            if record["headers"].get("content-type", "").startswith("application/json"):
                nonlocal body
                body += message.get("body", b"")
                if body and not message.get("more_body"):
                    record["json"] = _parsed(body)
            return message

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                record["status"] = message["status"]
            await send(message)

        self.cutters[cut] = path
        try:
            if answer := self._prepared_answer(path):
                await _answer(send_recorded, answer["body"], answer["status"], answer["headers"])
            else:
                await self._run_until_cut(self._app(scope, receive_recorded, send_recorded), cut)
        finally:
            del self.cutters[cut]
            record["ended"] = True
            LEDGER.note(f"{scope['method']} {path}", "ended")

    async def _run_until_cut(self, response: Coroutine[Any, Any, None], cut: asyncio.Event) -> None:
        running, cutting = asyncio.create_task(response), asyncio.create_task(cut.wait())
        await asyncio.wait([running, cutting], return_when=asyncio.FIRST_COMPLETED)
        cutting.cancel()
        if cut.is_set() and not running.done():
            # At this uvicorn drops the connection, of which the app, still running, then learns from it.
            self.dropped.add(running)
            raise ConnectionError("cut by a test")
        await running

    def _prepared_answer(self, path: str) -> dict[str, Any] | None:
        for answer in self.answers:
            if answer["path"] == path:
                answer["times"] -= 1
                if answer["times"] == 0:
                    self.answers.remove(answer)
                return answer
        return None

    async def _steer(self, scope: Message, receive: Receive, send: Send) -> None:
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        reply: object = {}
        match scope["path"]:
            case "/_requests":
                reply = self.requests
            case "/_counts":
                reply = LEDGER.counts(query["key"])
            case "/_reach":
                await LEDGER.reach(query["key"], query["what"], int(query["count"]))
            case "/_open_gate":
                LEDGER.open_gate(query["key"], int(query["times"]))
            case "/_logout":
                self.logout()
            case "/_answer":
                self.answers.append(json.loads(await _body(receive)))
            case "/_cut":
                for cut, path in self.cutters.items():
                    if path == query["path"]:
                        cut.set()
            case unknown:
                reply = f"no such control: {unknown}"
        await _answer(send, json.dumps(reply), 200, {"content-type": "application/json"})


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def _answer(send: Send, body: str, status: int, headers: dict[str, str]) -> None:
    encoded = body.encode()
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(encoded)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": encoded})
