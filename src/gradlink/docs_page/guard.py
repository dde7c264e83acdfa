"""Who may use the page: whoever has its token, on this machine unless another host was named; no other page of a browser."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._serving.visitors import headers_of, is_foreign, is_named

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
        headers = headers_of(scope["headers"])
        if not is_named(headers, self.host):
            return 403, "This page is not served under this name."
        if not self._has_token(scope["path"]):
            return 404, "There is nothing here. The address that gradlink has printed ends with a token."
        sends = scope["method"] not in {"GET", "HEAD"}
        if is_foreign(headers) or (sends and "origin" not in headers):
            return 403, "This is only for the page itself."
        return None

    def _has_token(self, path: str) -> bool:
        first, slash, _ = path.removeprefix("/").partition("/")
        # Compared as bytes: texts may only be of ASCII there.
        same = secrets.compare_digest(first.encode("utf-8", "replace"), self.token.encode())
        return same and bool(slash)


async def _refuse(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
