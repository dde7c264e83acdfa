"""Finding out what an app is: /config, /info, and the page where an old server has neither."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from gradlink._facts import with_facts
from gradlink._flows.exchange import Access, exchange, login, read
from gradlink._io import Flow, HttpReply, HttpRequest, gather, use_base_url, within_connecting
from gradlink._protocol.jsonvalue import JSONObject, as_object, as_text, decode
from gradlink._protocol.policy import TRANSIENT
from gradlink._protocol.replies import reply_error, reply_json
from gradlink._protocol.routes import (
    DEFAULT_PREFIX,
    Routes,
    above,
    normalise,
    without_credentials,
    without_page,
)
from gradlink._protocol.schema import AppSchema, read_app
from gradlink.errors import (
    AuthenticationError,
    GradlinkError,
    HubAuthenticationError,
    HubError,
    NotFoundError,
    ProtocolError,
    QueueError,
    RedirectError,
    ResponseError,
    SpaceNotFoundError,
    TransportError,
)

if TYPE_CHECKING:
    from gradlink._flows.space import Space

_ASSIGNMENT = "window.gradio_config = "
_NOTHING_HERE = frozenset({404, 405})
_APP_KEYS = frozenset({"dependencies", "auth_required"})


def connect(access: Access) -> Flow[tuple[Access, AppSchema]]:
    """Return the app behind ``access``; the base changes if the typed URL redirects, or is found by a Space's name.

    Raises:
        AuthenticationError: the app requires a login and none was given, or it refused it.
        NotFoundError: there is no Gradio app at this URL, or no such Space.
        SpaceNotRunningError: the app is a Space that does not run.
        ProtocolError: the app uses a protocol that gradlink does not support.
    """
    try:
        return (yield from _reach(access))
    except GradlinkError as exc:
        with_facts(exc, execution="not started")
        raise


def _reach(access: Access) -> Flow[tuple[Access, AppSchema]]:
    space = access.space
    if space is None:
        return (yield from _connect(access))
    if space.info is None and space.reference.base is None:
        return (yield from _connect((yield from _found(access, space))))
    try:
        # The address is known, so the Hub is asked only if the app does not answer as one.
        return (yield from _connect(access))
    except (ResponseError, QueueError, ProtocolError) as exc:
        if access.auth is not None and isinstance(exc, AuthenticationError):
            raise
        try:
            found = yield from _running(space)
        except (SpaceNotFoundError, HubAuthenticationError):
            raise
        except HubError:
            raise exc from None  # why it does not answer cannot be found out
        # What is away for a moment may have been asleep, and woken up by the very question.
        if found.was_ready and exc.status not in TRANSIENT:
            raise
        return (yield from _connect(replace(access, space=found)))


def _running(space: Space) -> Flow[Space]:
    from gradlink._flows.space import find_running  # few apps are Spaces

    return (yield from find_running(space))


def _found(access: Access, space: Space) -> Flow[Access]:
    """Return ``access`` to where the Hub says that the Space is, when it runs."""
    found = yield from _running(space)
    if found.info is None or found.info.host is None:
        raise ProtocolError(f"the Hub does not say where the Space {space.reference.title} is")
    base = normalise(found.info.host)
    yield from use_base_url(base)
    return replace(access, routes=Routes(base), space=found)


def _connect(access: Access) -> Flow[tuple[Access, AppSchema]]:
    return (yield from within_connecting(_describe(access)))


def _describe(access: Access) -> Flow[tuple[Access, AppSchema]]:
    if access.auth is not None:
        try:
            yield from login(access)
        except ResponseError as exc:
            base = (yield from _base_of_page(access)) if exc.status in _NOTHING_HERE else None
            if base is None:
                raise
            return (yield from _describe(replace(access, routes=Routes(base))))
    # The prefix is only known from /config; guessing the newest one spares a round trip.
    guess = replace(access.routes, prefix=DEFAULT_PREFIX)
    config_reply, info_reply = yield from gather(
        [
            read(access, _description(access.routes.config), "the app's /config"),
            _optional(_info_request(guess), access),
        ]
    )
    config = yield from _config(access, config_reply)
    if isinstance(config, str):
        return (yield from _describe(replace(access, routes=Routes(config))))
    base = access.routes.base
    if config_reply is not None and config_reply.url.endswith("/config"):
        base = config_reply.url.removesuffix("config")
    access = replace(access, routes=Routes(base, as_text(config.get("api_prefix")) or ""))
    if access.routes.info != guess.info:
        # 3.x describes what its old Python client took, unless it is asked for the values themselves.
        raw = "&serialize=False" if "protocol" not in config else ""
        info_reply = yield from _optional(_info_request(access.routes, raw), access)
    return access, read_app(config, _info(info_reply))


def check_restart(access: Access, schema: AppSchema) -> Flow[AppSchema | None]:
    """Return what the app is now if it was restarted since ``schema`` was read, None if it was not.

    Wire: GET /app_id (3.42 and later), a number that differs for each process of an app. If it is not available,
    the app counts as the same: the call that follows will say what is wrong.
    """
    if schema.app_id is None:
        return None
    reply = yield from _optional(HttpRequest("GET", access.routes.app_id), access)
    if access.space is not None and reply is not None and reply.status in TRANSIENT:
        # The Space fell asleep or is being rebuilt: wake it up and wait.
        try:
            yield from _running(access.space)
            _, fresh = yield from connect(access)
        except GradlinkError as exc:
            with_facts(exc, execution="not started")
            raise
        return None if fresh.app_id == schema.app_id else fresh
    if reply is None or reply.status != 200:
        return None
    try:
        app_id = as_object(decode(reply.body, "the app's /app_id")).get("app_id", schema.app_id)
    except ProtocolError:
        return None
    if app_id == schema.app_id:
        return None
    _, fresh = yield from connect(access)
    return fresh


def _config(access: Access, reply: HttpReply | None) -> Flow[JSONObject | str]:
    """Return the app's config, or the app's base if ``access`` leads to a page of it."""
    assert reply is not None  # noqa: S101  # the flow for /config has no other result
    if reply.status == 200 and not _is_page(reply):
        config = reply_json(reply, "the app's /config")
        if not isinstance(config, dict):
            raise ProtocolError(f"{without_credentials(reply.url)} is not a JSON object: {str(config)[:200]}")
    elif reply.status == 200 or reply.status in _NOTHING_HERE:
        config = yield from _config_of_page(access)
        page = as_text(config.get("current_page"))
        if page:
            return _app_of_page(access, page)
    else:
        raise reply_error(reply, "the app's /config")
    if config.get("auth_required") is True:
        raise _login_wanted(access, as_text(config.get("auth_message")))
    return config


def _config_of_page(access: Access) -> Flow[JSONObject]:
    """Return the config that the app's page assigns; present in all versions."""
    reply = yield from _page(access)
    if reply.status not in {200, 404}:
        raise reply_error(reply, "the app's page")
    text = reply.body.decode("utf-8", "replace")
    _, found, rest = text.partition(_ASSIGNMENT)
    if not found:
        shown = without_credentials(access.routes.base)
        raise NotFoundError(
            f"{shown} is not a Gradio app: neither /config nor its page has one",
            status=reply.status,
            url=shown,
        )
    try:
        config, _ = json.JSONDecoder().raw_decode(rest)
    except (ValueError, RecursionError) as exc:
        raise ProtocolError(f"the page at {without_credentials(reply.url)} has a broken config") from exc
    return as_object(config)


def _page(access: Access) -> Flow[HttpReply]:
    """Return the app's page: one that is mounted may need the slash behind it, a further page of an app has none."""
    if access.routes.page != access.routes.base:
        try:
            reply = yield from exchange(access, _description(access.routes.page))
        except RedirectError:
            reply = None
        if reply is not None and _ASSIGNMENT.encode() in reply.body:
            return reply
    return (yield from exchange(access, _description(access.routes.base)))


def _base_of_page(access: Access) -> Flow[str | None]:
    """Return the base of the app whose page ``access`` leads to, None if it leads to none.

    Without a login a page does not say which one it is: the app is the nearest address above that answers as one.
    """
    stranger = replace(access, auth=None)
    try:
        config = yield from _config_of_page(stranger)
    except (ResponseError, QueueError, ProtocolError, RedirectError):
        return None
    page = as_text(config.get("current_page"))
    if page:
        return _app_of_page(access, page)
    if config.get("auth_required") is not True:
        return None
    for base in above(access.routes.base):
        reply = yield from _optional(_description(Routes(base).config), stranger)
        if reply is not None and _answers_as_app(reply):
            return base
    return None


def _app_of_page(access: Access, page: str) -> str:
    base = without_page(access.routes.base, page)
    if base is None:
        shown = without_credentials(access.routes.base)
        raise NotFoundError(
            f"{shown} is the page {page!r} of a Gradio app; give the address of the app itself"
        )
    return base


def _answers_as_app(reply: HttpReply) -> bool:
    """Tell whether an answer to /config is that of an app, also one that requires a login."""
    if reply.status not in {200, 401} or _is_page(reply):
        return False
    try:
        answer = as_object(decode(reply.body, "an answer to /config"))
    except ProtocolError:
        return False
    return "detail" in answer if reply.status == 401 else not answer.keys().isdisjoint(_APP_KEYS)


def _is_page(reply: HttpReply) -> bool:
    return reply.body.lstrip().startswith(b"<")


def _description(url: str) -> HttpRequest:
    return HttpRequest("GET", url, holds="description")


def _info_request(routes: Routes, more: str = "") -> HttpRequest:
    # The first call needs two connections: that of /config for its join, this one for its stream.
    return replace(_description(routes.info + more), warms_stream=True)


def _optional(request: HttpRequest, access: Access) -> Flow[HttpReply | None]:
    try:
        return (yield from exchange(access, request))
    except TransportError:
        return None


def _info(reply: HttpReply | None) -> JSONObject | None:
    """Return /info, None where it is missing or broken: calls work without it.

    An old release on newer libraries answers 500 here while everything else works.
    """
    if reply is None or reply.status != 200:
        return None
    try:
        info = decode(reply.body, "the app's /info")
    except ProtocolError:
        return None
    return info if isinstance(info, dict) and isinstance(info.get("named_endpoints"), dict) else None


def _login_wanted(access: Access, message: str | None) -> AuthenticationError:
    url = without_credentials(access.routes.base)
    said = f" (it says: {message})" if message else ""
    return AuthenticationError(f"{url}: login required; pass auth=(username, password){said}", url=url)
