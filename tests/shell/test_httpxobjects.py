"""Objects of httpx among the options for httpx2: they do what they did, or are refused by their names."""

from __future__ import annotations

import pickle
from collections.abc import AsyncGenerator, Generator
from typing import Any

import anyio
import httpx
import httpx2
import pytest

from gradlink import ArgumentError
from gradlink._shell.httpxobjects import translated

SEEN = "x-seen"


class Gateway(httpx.Auth):
    """What a program writes for a gateway in front of an app."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["x-gateway"] = "key"
        response = yield request
        if response.status_code == 401:
            request.headers["x-gateway"] = "second key"
            yield request


class Locked(httpx.Auth):
    """One that has a flow for each kind of client."""

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["x-gateway"] = "key"
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["x-gateway"] = "key"
        yield request


class Signed(Gateway):
    """One that looks at the body."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["x-gateway"] = f"key for {request.content.decode()}"
        yield request


def answer(request: httpx2.Request) -> httpx2.Response:
    """Ask for a second key, and for a digest where none is sent."""
    seen = request.headers.get("x-gateway") or request.headers.get("authorization", "")
    if request.url.path == "/digest" and not seen:
        asked = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'
        return httpx2.Response(401, headers={"www-authenticate": asked})
    if request.url.path == "/second" and seen == "key":
        return httpx2.Response(401)
    return httpx2.Response(200, headers={SEEN: seen})


def sent(path: str, auth: Any) -> str:
    with httpx2.Client(transport=httpx2.MockTransport(answer), auth=auth) as client:
        return client.post(f"http://app.example{path}", content=b"body").headers.get(SEEN, "")


async def sent_async(path: str, auth: Any) -> str:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer), auth=auth) as client:
        reply = await client.post(f"http://app.example{path}", content=b"body")
        return reply.headers.get(SEEN, "")


AUTHS: list[tuple[str, httpx.Auth, str]] = [
    ("/", Gateway(), "key"),
    ("/second", Gateway(), "second key"),
    ("/", Locked(), "key"),
    ("/", Signed(), "key for body"),
    ("/", httpx.BasicAuth("user", "pass"), "Basic dXNlcjpwYXNz"),
    ("/digest", httpx.DigestAuth("user", "pass"), 'Digest username="user", realm="r"'),
]


@pytest.mark.parametrize(("path", "given", "expected"), AUTHS, ids=lambda value: type(value).__name__)
def test_an_auth_of_httpx_signs_the_requests(path: str, given: httpx.Auth, expected: str) -> None:
    auth = translated({"auth": given})["auth"]
    assert isinstance(auth, httpx2.Auth)
    assert sent(path, auth).startswith(expected)
    assert anyio.run(sent_async, path, auth).startswith(expected)


def test_what_settings_hold_is_taken_over() -> None:
    got = translated(
        {
            "limits": httpx.Limits(max_connections=3, max_keepalive_connections=2, keepalive_expiry=1.5),
            "proxy": httpx.Proxy("http://user:word@proxy.example:8080", headers={"x-a": "b"}),
            "cookies": httpx.Cookies({"a": "b"}),
            "headers": httpx.Headers({"x-b": "c"}),
            "params": httpx.QueryParams({"d": "e"}),
        }
    )
    assert got["limits"] == httpx2.Limits(
        max_connections=3, max_keepalive_connections=2, keepalive_expiry=1.5
    )
    proxy = got["proxy"]
    assert isinstance(proxy, httpx2.Proxy)
    assert (str(proxy.url), proxy.auth, proxy.headers["x-a"]) == (
        "http://proxy.example:8080", ("user", "word"), "b",
    )  # fmt: skip
    assert (got["cookies"], got["headers"], got["params"]) == ({"a": "b"}, {"x-b": "c"}, "d=e")


@pytest.mark.parametrize(
    "given", [httpx2.BasicAuth("a", "b"), ("a", "b"), 60, None, {"a": httpx2.URL("http://a")}]
)
def test_what_is_not_of_httpx_stays_what_it_is(given: Any) -> None:
    assert translated({"option": given})["option"] == given


def test_what_sends_requests_itself_is_refused_by_its_name() -> None:
    said = (
        r"^httpx_kwargs: transport: .* cannot use this HTTPTransport of httpx; give an httpx2\.HTTPTransport"
    )
    with pytest.raises(ArgumentError, match=said):
        translated({"transport": httpx.HTTPTransport()})
    with pytest.raises(ArgumentError, match=r"^httpx_kwargs: mounts\['all://'\]: "):
        translated({"mounts": {"all://": httpx.HTTPTransport()}})


def test_an_auth_that_can_be_pickled_still_can() -> None:
    again = pickle.loads(pickle.dumps(translated({"auth": Gateway()})))  # noqa: S301 - made a moment ago
    assert sent("/", again["auth"]) == "key"
