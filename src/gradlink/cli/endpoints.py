"""The endpoints of an app as the command line has them: found by name, and called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradlink._describe.fields import returns_of
from gradlink._describe.functions import call_arguments, callable_endpoints
from gradlink.errors import EndpointError

if TYPE_CHECKING:
    from gradlink import Client, Job
    from gradlink._protocol.schema import Endpoint


_TEXTS = frozenset({"textbox", "markdown", "html", "code", "chatbot", "textarea"})


def endpoint_of(client: Client, name: str | None) -> Endpoint:
    """Return the endpoint that ``name`` means: a name with or without its slash, or a number, which is a ``fn_index``.

    None means the only one of the app. Raises EndpointError if there is no such endpoint.
    """
    if name is None:
        public = callable_endpoints(client.endpoints.values())
        if len(public) == 1:
            return public[0]
        names = ", ".join(e.title for e in public[:20]) or "none with a name"
        raise EndpointError(f"the app has {len(public)} endpoints, name one: {names}")
    wanted = name if name.startswith("/") else f"/{name}"
    for endpoint in client.endpoints.values():
        if endpoint.is_valid and (endpoint.api_name == wanted or str(endpoint.fn_index) == name):
            return endpoint
    raise EndpointError(_unknown(client, wanted))


def _unknown(client: Client, wanted: str) -> str:
    from difflib import get_close_matches

    names = [e.api_name for e in callable_endpoints(client.endpoints.values(), everything=True) if e.api_name]
    close = get_close_matches(wanted, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"the app has no endpoint {wanted}{hint} It has: {', '.join(names[:20]) or 'none with a name'}"


def submit(client: Client, endpoint: Endpoint, values: Mapping[str, Any]) -> Job:
    """Send a call with ``values`` by name, whatever the endpoint calls its parameters."""
    args, kwargs = _call_of(endpoint, values)
    return client.submit(*args, **kwargs)


def detach(client: Client, endpoint: Endpoint, values: Mapping[str, Any]) -> str:
    """Send such a call whose job outlives the client, and return its ticket."""
    args, kwargs = _call_of(endpoint, values)
    return client.detach(*args, **kwargs)


def _call_of(endpoint: Endpoint, values: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args, kwargs = call_arguments(endpoint, values)
    fn_index = endpoint.fn_index if endpoint.api_name is None else None
    return tuple(args), {**kwargs, "api_name": endpoint.api_name, "fn_index": fn_index}


def streams_text(endpoint: Endpoint) -> bool:
    """Tell whether the first thing that an endpoint returns is a text, or a conversation."""
    first = next(iter(endpoint.shown(endpoint.output_types)), "")
    if first == "api":
        return any(kind == "str" for _, kind, _ in returns_of(endpoint)[:1])
    return first in _TEXTS
