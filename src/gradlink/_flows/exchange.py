"""One request and its reply: redirects, and a new login when the old one has run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from gradlink._dataclass import dataclass
from gradlink._flows.retry import retrying
from gradlink._io import Flow, HttpReply, HttpRequest, send
from gradlink._protocol.jsonvalue import JSONValue, encode
from gradlink._protocol.policy import NO_RETRIES, TRANSIENT, Retries, is_retryable_read
from gradlink._protocol.replies import reply_error, reply_facts
from gradlink._protocol.routes import Routes, origin, resolve, same_origin, without_credentials
from gradlink.errors import AuthenticationError, ProtocolError, RedirectError

if TYPE_CHECKING:  # it stands on this module
    from gradlink._flows.space import Space

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Access:
    """Where an app is and how it is entered.

    Attributes:
        auth: username and password of the app's login, None if there is none.
        retries: how requests are repeated.
        space: the Hugging Face Space that the app is, None if it is none.
    """

    routes: Routes
    auth: tuple[str, str] | None = field(default=None, repr=False)
    retries: Retries = NO_RETRIES
    space: Space | None = None


def read(access: Access, request: HttpRequest, what: str) -> Flow[HttpReply]:
    """Perform a request that changes nothing, again after a pause while that may help.

    The reply is good, or one that a repetition does not change; ``what`` names the request in an error.
    """

    def once() -> Flow[HttpReply]:
        reply = yield from exchange(access, request)
        if reply.status in TRANSIENT:
            raise reply_error(reply, what)
        return reply

    return (yield from retrying(access.retries, once, is_retryable_read))


def exchange(access: Access, request: HttpRequest) -> Flow[HttpReply]:
    """Perform ``request``; on a 401 log in again once, if there is a login, and repeat it."""
    reply = yield from follow(request)
    if reply.status == 401 and access.auth is not None:
        yield from login(access)
        reply = yield from follow(request)
    return reply


def follow(request: HttpRequest) -> Flow[HttpReply]:
    """Perform ``request`` and follow redirects that stay with the app's origin.

    Raises RedirectError for any other one: the request carries the client's headers and cookies.
    """
    for _ in range(MAX_REDIRECTS):
        reply = yield from send(request)
        if reply.status not in _REDIRECTS or "location" not in reply.headers:
            return reply
        target = redirect_target(request.url, reply.headers["location"])
        shown = f"{without_credentials(request.url)} redirects to {without_credentials(target)}"
        if not stays(request.url, target):
            raise RedirectError(f"{shown}, which is another host; if it is the app, use that URL")
        if request.method != "GET" and reply.status not in _KEEPS_METHOD:
            raise RedirectError(f"{shown}, which would drop the {request.method}; use that URL")
        request = replace(request, url=target)
    raise RedirectError(f"{without_credentials(request.url)}: gave up after {MAX_REDIRECTS} redirects")


def redirect_target(url: str, location: str) -> str:
    """Return where ``url`` redirects to. Raises ProtocolError if that is not an address."""
    target = resolve(url, location)
    if target is None:
        raise ProtocolError(f"{without_credentials(url)} redirects to {location[:200]!r}, which is not a URL")
    return target


def stays(url: str, target: str) -> bool:
    """Tell whether a redirect keeps what goes along with the request to the same hands.

    The step from http to https on one host counts, since every server that wants https makes it.
    """
    if same_origin(url, target):
        return True
    before, after = origin(url), origin(target)
    upgraded = before[0] == "http" and after[0] == "https" and before[1] == after[1]
    return upgraded and (after[2] == 443 or before[2] == after[2])


def login(access: Access) -> Flow[None]:
    """Log in with the app's form; the shell's cookie jar keeps the answer's cookies.

    Wire: POST /login (never prefixed); 3.16 answers 302, later releases 200, a wrong password is a 400.
    """
    if access.auth is None:
        return
    username, password = access.auth
    form = urlencode({"username": username, "password": password}).encode("ascii")
    request = HttpRequest("POST", access.routes.login, form, "application/x-www-form-urlencoded")
    reply = yield from send(request)
    for _ in range(MAX_REDIRECTS):
        target = _moved_login(request.url, reply)
        if target is None:
            break
        request = replace(request, url=target)
        reply = yield from send(request)
    if reply.status in _REDIRECTS or reply.status == 200:
        return
    if reply.status in {400, 401, 403}:
        url = without_credentials(reply.url)
        text = f"the login: {url} refused the username {username!r} or its password"
        raise AuthenticationError(text, **reply_facts(reply))
    raise reply_error(reply, "the login")


def _moved_login(url: str, reply: HttpReply) -> str | None:
    """Return where the login form has moved, None if ``reply`` is the login's own answer: 3.16 sends a good one to "/"."""
    if reply.status not in _REDIRECTS or "location" not in reply.headers:
        return None
    target = redirect_target(url, reply.headers["location"])
    if reply.status not in _KEEPS_METHOD and not urlsplit(target).path.endswith("/login"):
        return None
    if not stays(url, target):
        shown = f"{without_credentials(url)} redirects to {without_credentials(target)}"
        raise RedirectError(f"{shown}, which is another host; if it is the app, use that URL")
    return target


def post_json(
    url: str,
    value: JSONValue,
    *,
    no_read_timeout: bool = False,
    idempotent: bool = False,
    begins_job: bool = False,
    headers: Mapping[str, str] | None = None,
) -> HttpRequest:
    """Return a POST of ``value`` as JSON; one with ``no_read_timeout`` is answered with the function's result."""
    return HttpRequest(
        "POST",
        url,
        encode(value),
        headers=headers or {},
        no_read_timeout=no_read_timeout,
        idempotent=idempotent,
        begins_job=begins_job,
        holds="result" if no_read_timeout else "answer",
    )
