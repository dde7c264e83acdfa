"""``client.api``: every named endpoint as a function."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from gradlink._describe.functions import function_names, own_names
from gradlink._protocol.schema import Endpoint
from gradlink._shell.raised import public
from gradlink._sync.job import Job
from gradlink._text import one_line


class Caller(Protocol):
    """What calls the endpoints: the client."""

    def predict(self, /, *args: Any, api_name: str | None = None, **kwargs: Any) -> Any: ...

    def submit(self, /, *args: Any, api_name: str | None = None, **kwargs: Any) -> Job: ...


class EndpointFunction:
    """One endpoint, called like a function of this program."""

    def __init__(self, client: Caller, name: str, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint
        self.__name__ = self.__qualname__ = name
        from gradlink._describe.signature import docstring, returned, signature

        returns = returned(endpoint.info)
        self.__doc__ = docstring(endpoint.title, endpoint.description, endpoint.parameters, returns)
        self.__signature__ = signature(endpoint.parameters, returns)

    @public
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the endpoint and return its result, as :meth:`Client.predict` does."""
        return self._client.predict(
            *args, api_name=self._endpoint.api_name, **own_names(self._endpoint, kwargs)
        )

    @public
    def submit(self, /, *args: Any, **kwargs: Any) -> Job:
        """Send the call in the background, as :meth:`Client.submit` does."""
        return self._client.submit(
            *args, api_name=self._endpoint.api_name, **own_names(self._endpoint, kwargs)
        )

    def __repr__(self) -> str:
        return one_line(f"<endpoint {self._endpoint.api_name}{self.__signature__}>")


class Endpoints:
    """The named endpoints of an app as attributes.

    Args:
        client: what calls them, as long as somebody has it.
        stand_in: what calls them afterwards.
        endpoints: gives all endpoints that the app has at the moment, by fn_index.
    """

    def __init__(
        self, client: Caller, stand_in: Caller, endpoints: Callable[[], Mapping[int, Endpoint]]
    ) -> None:
        self._reference = weakref.ref(client)
        self._stand_in = stand_in
        self._endpoints = endpoints

    def __getattr__(self, name: str) -> EndpointFunction:
        endpoints = self._by_name()
        if name not in endpoints:
            raise AttributeError(f"the app has no endpoint /{name}; it has: {', '.join(endpoints) or 'none'}")
        return EndpointFunction(self._caller, name, endpoints[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._by_name()]

    def __iter__(self) -> Iterator[EndpointFunction]:
        """Yield the functions."""
        for name, endpoint in self._by_name().items():
            yield EndpointFunction(self._caller, name, endpoint)

    @property
    def _caller(self) -> Caller:
        return self._reference() or self._stand_in

    def _by_name(self) -> dict[str, Endpoint]:
        return function_names(self._endpoints().values())
