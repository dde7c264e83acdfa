"""The app, as the proxy asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import field
from typing import Final

import httpx2

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import as_object, as_text, decode
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import AppSchema, read_app
from gradlink._shell.trust import tls_context
from gradlink.errors import AuthenticationError, GradlinkError
from gradlink.recorder.origins import origin_of

CONNECT_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class App:
    """Where the app is, and how it is asked.

    Attributes:
        base: its URL, with a slash at the end.
        headers: what every request to it gets; they go nowhere else.
        auth: user and password, None where the browser logs in, or nobody has to.
        insecure: no certificate is checked.
    """

    base: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    insecure: bool = False


class Upstream:
    """The connections to one app; it follows no redirect and keeps no cookie but those of its own login."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self._origin = httpx2.URL(origin_of(app.base))
        # Streams wait as long as the app is silent.
        self._client = httpx2.AsyncClient(
            verify=tls_context(not app.insecure, None, True),
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
            follow_redirects=False,
        )

    async def send(
        self,
        method: str,
        raw_path: bytes,
        headers: list[tuple[str, str]],
        body: bytes | AsyncIterator[bytes] | None,
    ) -> httpx2.Response:
        """Send a request to the app's origin; its reply is to be read and closed by the caller."""
        request = httpx2.Request(
            method, self._origin.copy_with(raw_path=raw_path), headers=headers, content=body
        )
        return await self._client.send(request, stream=True)

    async def log_in(self) -> None:
        """Log in as ``--auth`` says. Raises AuthenticationError if the app refuses it."""
        if self.app.auth is None:
            return
        user, password = self.app.auth
        reply = await self._client.post(
            self.app.base + "login",
            data={"username": user, "password": password},
            headers=dict(self.app.headers),
            timeout=ANSWER_SECONDS,
        )
        if reply.status_code >= 400:
            raise AuthenticationError(f"{self.app.base}: the login was refused", status=reply.status_code)
        self.cookies = {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    async def describe(self, cookies: str) -> AppSchema | None:
        """Return the app as it describes itself to whoever has these cookies, None where it does not."""
        headers = {**self.app.headers, **({"cookie": cookies} if cookies else {})}
        try:
            config = as_object(
                decode(await self._get(self.app.base + "config", headers), "the app's /config")
            )
            routes = Routes(self.app.base, as_text(config.get("api_prefix")) or "")
            info = as_object(decode(await self._get(routes.info, headers), "the app's /info"))
            return read_app(config, info or None)
        except (httpx2.HTTPError, GradlinkError):
            return None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _get(self, url: str, headers: Mapping[str, str]) -> bytes:
        reply = await self._client.get(url, headers=dict(headers), timeout=ANSWER_SECONDS)
        return reply.content if reply.status_code == 200 else b"{}"
