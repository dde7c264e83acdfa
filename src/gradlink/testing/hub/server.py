"""A local Hub that listens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self, cast
from urllib.parse import unquote, urlsplit

from gradlink.testing.hub.accounts import Account
from gradlink.testing.hub.api import Answer, Asked, HubApi, refusal
from gradlink.testing.hub.proxy import SpaceProxy, joined
from gradlink.testing.hub.records import HubRequest, PreparedAnswer
from gradlink.testing.hub.spaces import WAKES_THROUGH, HubSpace, SpacePlan
from gradlink.testing.hub.state import HubState

CONTROL = "_control"


class LocalHub:
    """A Hub on 127.0.0.1, with an address of its own for each Space. Close it, or use it in ``with``.

    Attributes:
        url: its address, for ``HF_ENDPOINT``.
        copy_stages: stages that a Space goes through that is made by duplicating another.
        tells_quotas: whether it has the route for ZeroGPU quotas, which the real one has since 2026.
    """

    def __init__(self, port: int = 0) -> None:
        self._proxies: list[SpaceProxy] = []
        self._state = HubState(self._serve)
        self._api = HubApi(self._state)
        self._server = _HubServer(self, self._state, self._api, port)
        self.url = self._state.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="hub", daemon=True).start()

    @property
    def copy_stages(self) -> tuple[str, ...]:
        """Stages that a copy of a Space goes through."""
        return self._state.copy_stages

    @copy_stages.setter
    def copy_stages(self, stages: tuple[str, ...]) -> None:
        self._state.copy_stages = stages

    @property
    def tells_quotas(self) -> bool:
        """There is a route for ZeroGPU quotas."""
        return self._state.tells_quotas

    @tells_quotas.setter
    def tells_quotas(self, value: bool) -> None:
        self._state.tells_quotas = value

    def add_account(
        self,
        name: str,
        token: str,
        *,
        organisations: Iterable[str] = (),
        role: Literal["read", "write"] = "write",
        pays: bool = True,
        quota: tuple[float, float] = (300.0, 300.0),
    ) -> Account:
        """Add somebody who is known by ``token``; ``quota`` is ZeroGPU time: all of it, and what is left."""
        account = Account(name, token, tuple(organisations), role, pays, *quota)
        self._state.add_account(account)
        return account

    def add_space(
        self,
        space_id: str,
        app_url: str,
        *,
        private: bool = False,
        stages: Iterable[str] = ("RUNNING",),
        wakes_through: Iterable[str] = WAKES_THROUGH,
        hardware: str = "cpu-basic",
        problem: str | None = None,
    ) -> HubSpace:
        """Add the Space ``user/name`` whose app is at ``app_url``.

        Args:
            stages: where it stands, one for each time somebody asks the Hub; the last one stays.
            wakes_through: the same from the request on that wakes a Space in ``SLEEPING`` or ``STOPPED``.
            problem: what the Hub says is wrong with it, in a stage that ends in ``ERROR``.
        """
        plan = SpacePlan(private, tuple(stages), tuple(wakes_through), hardware, problem)
        return self._state.add_space(space_id, app_url, plan)

    def space(self, space_id: str) -> HubSpace:
        """Return a Space. Raises KeyError if there is none of this name."""
        space = self._state.space(space_id)
        if space is None:
            raise KeyError(space_id)
        return space

    def rename(self, old: str, new: str) -> None:
        """Redirect from a name that a Space had to the one that it has."""
        self._state.renamed[old] = new

    def requests(self, to: str | None = None) -> list[HubRequest]:
        """Return the requests so far: all of them, those to the "hub", or those to the address of a Space."""
        return self._state.records.requests(to)

    def forget(self) -> None:
        """Forget the requests so far, and prepared answers that nobody asked for."""
        self._state.records.forget()

    def answer_next(
        self,
        status: int = 503,
        *,
        path: str = "",
        method: str | None = None,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        drop: bool = False,
    ) -> None:
        """Answer the next ``times`` requests to the Hub whose path contains ``path`` with something else.

        ``drop`` closes the connection without an answer.
        """
        self._state.records.prepare(
            PreparedAnswer(status, path, method, times, dict(headers or {}), body, drop)
        )

    def close(self) -> None:
        """Stop listening, and cut what is under way."""
        self._server.shutdown()
        self._server.server_close()
        for proxy in self._proxies:
            proxy.stop()
        self._proxies.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, space: HubSpace) -> None:
        self._proxies.append(SpaceProxy(self._state, space))


class _HubServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, hub: LocalHub, state: HubState, api: HubApi, port: int) -> None:
        self.hub = hub
        self.state = state
        self.api = api
        super().__init__(("127.0.0.1", port), _HubHandler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


class _HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _hub(self) -> _HubServer:
        assert isinstance(self.server, _HubServer)  # noqa: S101  # nobody else makes one
        return self.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the base class
        """Print nothing: requests are recorded."""

    def handle_one_request(self) -> None:
        """Serve a request of any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        answer = self._answer()
        if answer is None:
            self.close_connection = True
            return
        self._send(answer)
        self.wfile.flush()

    def _answer(self) -> Answer | None:
        """Return the answer, None to drop the connection."""
        parts = urlsplit(self.path)
        names = tuple(unquote(part) for part in parts.path.strip("/").split("/"))
        headers = joined(self.headers.items())
        body = _parsed(self.rfile.read(int(headers.get("content-length") or 0)))
        fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        method = self.command
        if method == "OPTIONS":
            return Answer(200, "")
        if names[0] == CONTROL:
            return _control(self._hub.hub, method, names[1:], fields)
        state = self._hub.state
        account = state.account(headers, "authorization")
        prepared = state.records.prepared(method, parts.path)
        if prepared is not None:
            answer = Answer(prepared.status, prepared.body, prepared.headers)
        else:
            answer = self._hub.api.answer(Asked(method, names, headers, fields, account))
        name = account.name if account is not None else None
        record = HubRequest("hub", method, parts.path, parts.query, headers, body, name, answer.status)
        state.records.add(record)
        return None if prepared is not None and prepared.drop else answer

    def _send(self, answer: Answer) -> None:
        headers = {
            "content-type": "application/json; charset=utf-8",
            **{name.lower(): value for name, value in answer.headers.items()},
            "content-length": str(len(answer.body)),
            "access-control-allow-origin": "*",
            "access-control-allow-headers": "*, authorization",
            "access-control-allow-methods": "*",
            "access-control-expose-headers": "*",
        }
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


def _control(hub: LocalHub, method: str, names: tuple[str, ...], options: dict[str, Any]) -> Answer:
    """Let a test in another process read and steer the Hub; the words are those of :class:`LocalHub`."""
    try:
        match method, names:
            case "GET", ("requests", *to):
                return Answer(200, [request.as_json() for request in hub.requests("/".join(to) or None)])
            case "POST", ("forget",):
                hub.forget()
            case "POST", ("accounts",):
                hub.add_account(**options)
            case "POST", ("spaces",):
                return Answer(200, {"url": hub.add_space(**options).url})
            case "POST", ("answers",):
                hub.answer_next(**options)
            case "POST", ("stages", owner, name):
                hub.space(f"{owner}/{name}").play(options["stages"])
            case _:
                return refusal(404, f"no such control: {method} {'/'.join(names)}")
    except (KeyError, TypeError, ValueError) as exc:
        return refusal(400, f"{type(exc).__name__}: {exc}")
    return Answer(200, {})


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
