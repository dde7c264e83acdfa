"""Asking the Hugging Face Hub: its few requests, repeated while that may help."""

from __future__ import annotations

from dataclasses import field
from urllib.parse import urlsplit

from gradlink._dataclass import dataclass
from gradlink._flows.exchange import follow
from gradlink._flows.retry import retrying
from gradlink._hub.names import HubRoutes, SpaceReference
from gradlink._hub.replies import (
    Quota,
    SpaceInfo,
    hub_error,
    hub_json,
    read_quota,
    read_space,
    refusal_code,
    refusal_facts,
    token_refused,
)
from gradlink._hub.stages import Runtime, read_runtime
from gradlink._io import Flow, HttpReply, HttpRequest
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_text, encode
from gradlink._protocol.policy import NO_RETRIES, Retries, is_retryable_read, may_repeat
from gradlink.errors import (
    ErrorFacts,
    GradlinkError,
    HubAuthenticationError,
    HubError,
    ProtocolError,
    RedirectError,
    SpaceNotFoundError,
    TransportError,
)


@dataclass(frozen=True, slots=True)
class Hub:
    """A Hub, and the token it is asked with.

    Attributes:
        token: None to ask without one.
        token_source: where the token is from, for messages.
        retries: how requests to the Hub are repeated.
    """

    routes: HubRoutes = field(default_factory=HubRoutes)
    token: str | None = field(default=None, repr=False)
    token_source: str = ""
    retries: Retries = NO_RETRIES


def space_info(hub: Hub, reference: SpaceReference) -> Flow[SpaceInfo]:
    """Return a Space as the Hub knows it. Raises SpaceNotFoundError or HubError."""
    reply = yield from ask(hub, "GET", hub.routes.space(reference), f"the Space {reference.title}")
    data = _of_space(hub, reply, reference.title, f"the Space {reference.title}")
    info = read_space(data, reference.space_id or "")
    if not info.space_id:
        raise ProtocolError(f"the Hub describes the Space {reference.title} without its name")
    return info


def runtime(hub: Hub, space_id: str) -> Flow[Runtime]:
    """Return where a Space stands. Raises SpaceNotFoundError or HubError."""
    what = f"the stage of the Space {space_id}"
    reply = yield from ask(hub, "GET", hub.routes.of_space(space_id, "runtime"), what)
    return read_runtime(_of_space(hub, reply, space_id, what))


def user_name(hub: Hub) -> Flow[str]:
    """Return the name of the token's account. Raises HubAuthenticationError for a token that is none."""
    what = "the name of the token's account"
    reply = yield from ask(hub, "GET", hub.routes.whoami, what)
    name = as_text(_checked(hub, reply, what).get("name"))
    if name is None:
        raise ProtocolError("the Hub's answer to /whoami-v2 has no name")
    return name


def quota(hub: Hub) -> Flow[Quota]:
    """Return the ZeroGPU quota of the token's account. Raises HubError where the Hub has no route for it."""
    what = "the ZeroGPU quota"
    if hub.token is None:
        raise _wants_token(hub, what)
    return read_quota(_checked(hub, (yield from ask(hub, "GET", hub.routes.quota, what)), what))


def post(hub: Hub, url: str, body: JSONValue, what: str) -> Flow[JSONObject]:
    """Have the Hub do something and return its answer. Raises HubError for every refusal."""
    return _checked(hub, (yield from ask(hub, "POST", url, what, body)), what)


def ask(hub: Hub, method: str, url: str, what: str, body: JSONValue = None) -> Flow[HttpReply]:
    """Return the Hub's answer, good or a refusal; requests that a retry may fix are retried.

    Neither headers nor cookies of the app are sent: the Hub gets the token and nothing else.
    Raises HubError, or HubRateLimitError, if the Hub stays away or keeps limiting.
    """
    headers = {"accept": "application/json"}
    if hub.token is not None:
        headers["authorization"] = f"Bearer {hub.token}"
    content = encode(body) if method == "POST" else None
    request = HttpRequest(
        method, url, content, headers=headers, idempotent=method == "GET", same_origin=False
    )

    def once() -> Flow[HttpReply]:
        reply = yield from follow(request)
        if reply.status == 429 or reply.status >= 500:
            raise hub_error(reply, what)
        return reply

    def repeatable(error: GradlinkError) -> bool:
        if error.status is not None:
            # Reading goes on through any failure of the Hub; an order that may have been carried out does not.
            return method == "GET" or error.status in {429, 502, 503, 504}
        return is_retryable_read(error) if method == "GET" else may_repeat(error)

    try:
        return (yield from retrying(hub.retries, once, repeatable))
    except (HubError, RedirectError):
        raise
    except TransportError as exc:
        place = urlsplit(hub.routes.endpoint).netloc
        text = f"{what}: the Hugging Face Hub ({place}) cannot be reached: {exc}"
        raise HubError(text, **request_facts(exc)) from exc


def request_facts(error: GradlinkError) -> ErrorFacts:
    """Return what ``error`` tells of the request that failed, for an error that says more of it."""
    return {
        "status": error.status,
        "url": error.url,
        "server_text": error.server_text,
        "attempts": error.attempts,
    }


def _checked(hub: Hub, reply: HttpReply, what: str) -> JSONObject:
    if reply.status == 401:
        raise _refused_token(hub, reply, what) if hub.token is not None else _wants_token(hub, what)
    return hub_json(reply, what)


def _of_space(hub: Hub, reply: HttpReply, title: str, what: str) -> JSONObject:
    """Return the answer to a question about a Space; a Space that is not shown is explained."""
    if reply.status == 401 and hub.token is not None and token_refused(reply):
        raise _refused_token(hub, reply, what)
    if reply.status in {401, 404}:
        raise _not_found(hub, reply, title)
    return hub_json(reply, what)


def _not_found(hub: Hub, reply: HttpReply, title: str) -> SpaceNotFoundError:
    """Return which of the two it is, as far as the Hub tells: it hides what is private from those who may not see it."""
    if hub.token is not None:
        text = (
            f"there is no Space {title}, or it is private and the account of this token ({hub.token_source}) "
            "may not see it; check the name, or give a token of its owner or organisation"
        )
    else:
        text = (
            f"the Hub shows no Space {title} to callers without a token: if it is private, pass token= or set HF_TOKEN "
            f"(tokens are made at {hub.routes.tokens}), otherwise check the name"
        )
    return SpaceNotFoundError(
        text,
        code=refusal_code(reply),
        space_id=title,
        asked_with_token=hub.token is not None,
        **refusal_facts(reply, "not started"),
    )


def _refused_token(hub: Hub, reply: HttpReply, what: str) -> HubAuthenticationError:
    return HubAuthenticationError(
        f"{what}: the Hugging Face Hub refuses the token ({hub.token_source}); it may have expired or been revoked: "
        f"see {hub.routes.tokens}",
        code=refusal_code(reply),
        **refusal_facts(reply),
    )


def _wants_token(hub: Hub, what: str) -> HubAuthenticationError:
    return HubAuthenticationError(
        f"{what}: the Hugging Face Hub requires a token; pass token= or set HF_TOKEN (tokens are made at {hub.routes.tokens})",
        execution="not started",
    )
