"""``client.api`` of an AsyncClient: every named endpoint as a coroutine function."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any, Protocol

from gradlink._async.job import AsyncJob
from gradlink._describe.functions import function_names, own_names
from gradlink._protocol.schema import Endpoint
from gradlink._shell.raised import public, public_async
from gradlink._text import one_line


class AsyncCaller(Protocol):
    """What calls the endpoints: the client."""

    @property
    def endpoints(self) -> dict[int, Endpoint]: ...

    def predict(
        self, /, *args: Any, api_name: str | None = None, **kwargs: Any
    ) -> Coroutine[Any, Any, Any]: ...

    def submit(self, /, *args: Any, api_name: str | None = None, **kwargs: Any) -> AsyncJob: ...


class AsyncEndpointFunction:
    """One endpoint, called like a coroutine function of this program."""

    def __init__(self, client: AsyncCaller, name: str, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint
        self.__name__ = self.__qualname__ = name
        from gradlink._describe.signature import docstring, returned, signature

        returns = returned(endpoint.info)
        self.__doc__ = docstring(endpoint.title, endpoint.description, endpoint.parameters, returns)
        self.__signature__ = signature(endpoint.parameters, returns)

    @public_async
    async def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the endpoint and return its result, as :meth:`AsyncClient.predict` does."""
        return await self._client.predict(
            *args, api_name=self._endpoint.api_name, **own_names(self._endpoint, kwargs)
        )

    @public
    def submit(self, /, *args: Any, **kwargs: Any) -> AsyncJob:
        """Send the call in the background, as :meth:`AsyncClient.submit` does."""
        return self._client.submit(
            *args, api_name=self._endpoint.api_name, **own_names(self._endpoint, kwargs)
        )

    def __repr__(self) -> str:
        return one_line(f"<endpoint {self._endpoint.api_name}{self.__signature__}>")


class AsyncEndpoints:
    """The named endpoints of an app as attributes."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    def __getattr__(self, name: str) -> AsyncEndpointFunction:
        endpoints = self._by_name()
        if name not in endpoints:
            raise AttributeError(f"the app has no endpoint /{name}; it has: {', '.join(endpoints) or 'none'}")
        return AsyncEndpointFunction(self._client, name, endpoints[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._by_name()]

    def __iter__(self) -> Iterator[AsyncEndpointFunction]:
        """Yield the functions."""
        for name, endpoint in self._by_name().items():
            yield AsyncEndpointFunction(self._client, name, endpoint)

    def _by_name(self) -> dict[str, Endpoint]:
        return function_names(self._client.endpoints.values())
