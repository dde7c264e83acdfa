"""An app in this process, with the clients that reach it."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from gradlink._async.client import AsyncClient
from gradlink._sync.client import Client
from gradlink.testing.exchange import Exchange
from gradlink.testing.transport import AppTransport


class InProcessApp:
    """An app that is reached without a port.

    Attributes:
        url: its address, which only its transport leads to.
        transport: a transport of httpx2 for any number of clients: ``httpx_kwargs={"transport": app.transport}``.
    """

    def __init__(self, host: str) -> None:
        self.url = f"http://{host}/"
        self.transport = AppTransport(host, self._answer)
        self._clients: weakref.WeakSet[Client] = weakref.WeakSet()

    def client(self, **options: Any) -> Client:
        """Return a :class:`gradlink.Client` of the app; it prints nothing, and its files are gone when it is closed.

        Args:
            options: as the client takes them.
        """
        client = Client(self.url, **self._options(options))
        self._clients.add(client)
        return client

    def async_client(self, **options: Any) -> AsyncClient:
        """Return a :class:`gradlink.AsyncClient` of the app, which connects when it is awaited or first used."""
        return AsyncClient(self.url, **self._options(options))

    def close(self) -> None:
        """Close the clients that :meth:`client` made, and stop the app."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        further: dict[str, Any] = {**(given.get("httpx_kwargs") or {}), "transport": self.transport}
        return {"verbose": False, "download_files": "session", **given, "httpx_kwargs": further}

    def _close_clients(self) -> None:
        for client in list(self._clients):
            client.close()

    def _answer(self, exchange: Exchange) -> None:
        raise NotImplementedError
