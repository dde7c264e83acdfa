"""Who may use the page: whoever has its token, on this machine unless another host was named; no other page of a browser."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Said of everything; a file of an app has a stricter policy of its own.
_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # is compared with, not bound
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets requests through to ``app`` that have the token in their path, and come from where they may.

    Attributes:
        host: what the server listens on.
    """

    app: Application
    token: str
    host: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message.get("headers", ())}
                added = [pair for pair in _HEADERS if pair[0] not in own]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(with_headers, *refusal)
            return
        # What follows the token is what there is; its slash stays.
        path = scope["path"][len(self.token) + 1 :]
        await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and text for who may not use the page, None for who may."""
        headers = _headers(scope["headers"])
        host = headers.get("host", [""])
        if len(host) != 1 or not self._is_own(host[0]):
            return 403, "This page is not served under this name."
        if not self._has_token(scope["path"]):
            return 404, "There is nothing here. The address that gradlink has printed ends with a token."
        # Browsers say where a request comes from: "none" is the address bar.
        if headers.get("sec-fetch-site", ["none"]) not in (["none"], ["same-origin"]):
            return 403, "This is not for other pages."
        if scope["method"] not in {"GET", "HEAD"}:
            origin = headers.get("origin", [])
            if len(origin) != 1 or urlsplit(origin[0]).netloc != host[0]:
                return 403, "This is only for the page itself."
        return None

    def _has_token(self, path: str) -> bool:
        first, slash, _ = path.removeprefix("/").partition("/")
        # Compared as bytes: texts may only be of ASCII there.
        same = secrets.compare_digest(first.encode("utf-8", "replace"), self.token.encode())
        return same and bool(slash)

    def _is_own(self, host: str) -> bool:
        """Tell whether ``host`` names this server: DNS can have any name mean this machine."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name == self.host.lower():
            return True
        if is_loopback(self.host):
            return name in _LOOPBACK
        if self.host in _ANY_HOST:
            return name in _LOOPBACK or _is_address(name) or name == socket.gethostname().lower()
        return False


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in raw:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return headers


async def _refuse(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
