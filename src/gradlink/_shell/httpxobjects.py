"""Options that hold objects of httpx, which programs for Gradio's own client have, as httpx2 takes them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import httpx2

from gradlink.errors import ArgumentError


def translated(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``httpx_kwargs`` with what belongs to httpx in the form that httpx2 takes.

    Auth, Timeout, Limits, Proxy, URL, Headers and Cookies are translated. A ``timeout`` is left as it is, since it is read by its
    fields.

    Raises ArgumentError for any other object of httpx: what sends requests itself cannot be handed over.
    """
    if "httpx" not in sys.modules:
        return dict(kwargs)
    return {name: _translated(f"httpx_kwargs: {name}", value) for name, value in kwargs.items()}


def _translated(place: str, value: object) -> Any:
    if not _of_httpx(value):
        if not isinstance(value, dict):
            return value
        inside = cast("dict[object, object]", value)
        return {key: _translated(f"{place}[{key!r}]", item) for key, item in inside.items()}
    for name, make in _FORMS.items():
        if _is_a(value, name):
            return make(value)
    kind = type(value).__name__
    raise ArgumentError(
        f"{place}: gradlink sends its requests with httpx2, and cannot use this {kind} of httpx; "
        f"give an httpx2.{kind}, which takes the same arguments"
    )


def _of_httpx(value: object) -> bool:
    """Tell whether the class of ``value``, or one that it inherits from, is of httpx."""
    return any(kind.__module__.partition(".")[0] == "httpx" for kind in type(value).__mro__)


def _is_a(value: object, name: str) -> bool:
    kind = getattr(sys.modules["httpx"], name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _auth(given: Any) -> httpx2.Auth:
    from gradlink._shell.httpxauth import TranslatedAuth

    return TranslatedAuth(given)


def _limits(given: Any) -> httpx2.Limits:
    import httpx2

    return httpx2.Limits(
        max_connections=given.max_connections,
        max_keepalive_connections=given.max_keepalive_connections,
        keepalive_expiry=given.keepalive_expiry,
    )


def _proxy(given: Any) -> httpx2.Proxy:
    import httpx2

    return httpx2.Proxy(
        str(given.url), ssl_context=given.ssl_context, auth=given.auth, headers=dict(given.headers)
    )


def _itself(given: Any) -> Any:
    return given


def _cookies(given: Any) -> dict[str, str]:
    return {cookie.name: cookie.value or "" for cookie in given.jar}


_FORMS: dict[str, Callable[[Any], Any]] = {
    "Auth": _auth,
    "Timeout": _itself,
    "Limits": _limits,
    "Proxy": _proxy,
    "URL": str,
    "Headers": dict,
    "QueryParams": str,
    "Cookies": _cookies,
}
