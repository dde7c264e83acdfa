"""The clients behind one face, so that one test runs with each: Client, and AsyncClient on asyncio and trio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, Protocol

from anyio.from_thread import BlockingPortal, start_blocking_portal

from gradlink import AsyncClient, AsyncJob, Client


class Shell(Protocol):
    """Makes clients; ``with shell("http://...") as client`` closes them."""

    name: str
    label: str

    def __call__(self, url: str, **options: Any) -> AbstractContextManager[Any]: ...


class SyncShell:
    """Clients for threads, as they are.

    Args:
        further: httpx_kwargs that all of them have.
    """

    name = "sync"

    def __init__(self, label: str = "sync", further: dict[str, Any] | None = None) -> None:
        self.label = label
        self._further = further or {}

    @contextmanager
    def __call__(self, url: str, **options: Any) -> Iterator[Client]:
        if self._further:
            options["httpx_kwargs"] = {**self._further, **(options.get("httpx_kwargs") or {})}
        with Client(url, **{"verbose": False, **options}) as client:
            yield client


class AsyncShell:
    """Clients for event loops, each call carried to a loop that runs in another thread.

    Args:
        further: httpx_kwargs that all of them have.
    """

    def __init__(
        self, name: str, backend: str, label: str | None = None, further: dict[str, Any] | None = None
    ) -> None:
        self.name = name
        self.label = label or name
        self._backend = backend
        self._further = further or {}

    @contextmanager
    def __call__(self, url: str, **options: Any) -> Iterator[CarriedClient]:
        if self._further:
            options["httpx_kwargs"] = {**self._further, **(options.get("httpx_kwargs") or {})}
        with start_blocking_portal(self._backend) as portal:
            client = AsyncClient(url, **{"verbose": False, **options})
            try:
                portal.call(client.connect)
                yield CarriedClient(portal, client)
            finally:
                portal.call(client.close)


class Carried:
    """What is a coroutine function on the loop's side is a function here, the rest is as it is."""

    def __init__(self, portal: BlockingPortal, inner: Any) -> None:
        self._portal = portal
        self._inner = inner

    def _call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._portal.call(partial(function, *args, **kwargs))


class CarriedClient(Carried):
    """An AsyncClient that looks like a Client."""

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._inner.predict, *args, **kwargs)

    def submit(self, *args: Any, **kwargs: Any) -> CarriedJob:
        # Bare, the portal would await the job that it is given.
        return self._call(lambda: CarriedJob(self._portal, self._inner.submit(*args, **kwargs)))

    def detach(self, *args: Any, **kwargs: Any) -> str:
        ticket: str = self._call(self._inner.detach, *args, **kwargs)
        return ticket

    def attach(self, ticket: str) -> CarriedJob:
        return self._call(lambda: CarriedJob(self._portal, self._inner.attach(ticket)))

    def map(self, *args: Any, **kwargs: Any) -> CarriedRows:
        return CarriedRows(self._portal, self._inner.map(*args, **kwargs))

    def view_api(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._inner.view_api, *args, **kwargs)

    def with_options(self, **options: Any) -> CarriedClient:
        return CarriedClient(self._portal, self._inner.with_options(**options))

    def queue_size(self) -> Any:
        return self._call(self._inner.queue_size)

    def quota(self) -> Any:
        return self._call(self._inner.quota)

    def reset_session(self) -> None:
        self._call(self._inner.reset_session)

    def close(self) -> None:
        self._call(self._inner.close)

    @property
    def session_hash(self) -> str:
        value: str = self._portal.call(lambda: self._inner.session_hash)
        return value

    @session_hash.setter
    def session_hash(self, value: str) -> None:
        self._portal.call(setattr, self._inner, "session_hash", value)

    @property
    def api(self) -> CarriedEndpoints:
        return CarriedEndpoints(self._portal, self._inner.api)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class CarriedRows(Carried):
    """The rows of a map that can be taken here."""

    def __iter__(self) -> CarriedRows:
        return self

    def __next__(self) -> Any:
        try:
            return self._call(self._inner.__anext__)
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self) -> None:
        self._call(self._inner.aclose)


class CarriedEndpoints(Carried):
    """``client.api`` whose functions can be called here."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._inner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._call(function, *args, **kwargs)

        for attribute in ("__signature__", "__doc__", "__name__"):
            setattr(call, attribute, getattr(function, attribute))
        return call

    def __dir__(self) -> list[str]:
        return dir(self._inner)


class CarriedJob(Carried):
    """An AsyncJob that looks like a Job."""

    def __init__(self, portal: BlockingPortal, job: AsyncJob) -> None:
        super().__init__(portal, job)
        self._values: Iterator[Any] | None = None

    def result(self, timeout: float | None = None) -> Any:
        return self._call(self._inner.result, timeout)

    def exception(self, timeout: float | None = None) -> Any:
        return self._call(self._inner.exception, timeout)

    def outputs(self) -> list[Any]:
        outputs: list[Any] = self._call(self._inner.outputs)
        return outputs

    def cancel(self) -> bool:
        async def cancel() -> bool:
            return bool(await self._inner.cancel())

        return bool(self._call(cancel))

    def __iter__(self) -> CarriedJob:
        return self

    def __next__(self) -> Any:
        if self._values is None:
            self._values = self._iterate(self._inner.__aiter__())
        return next(self._values)

    def events(self) -> Iterator[Any]:
        return self._iterate(self._inner.events())

    def deltas(self) -> Iterator[str]:
        return self._iterate(self._inner.deltas())

    def add_done_callback(self, fn: Callable[[Any], object]) -> None:
        self._call(self._inner.add_done_callback, lambda _: fn(self))

    def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        self._call(self._inner.send_chunk, *args, **kwargs)

    def close_stream(self) -> None:
        self._call(self._inner.close_stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _iterate(self, values: AsyncIterator[Any]) -> Iterator[Any]:
        ended = object()

        async def following() -> Any:
            return await anext(values, ended)

        while (value := self._portal.call(following)) is not ended:
            yield value


SHELLS: tuple[Shell, ...] = (
    SyncShell(),
    AsyncShell("asyncio", "asyncio"),
    AsyncShell("trio", "trio"),
    # With an option that changes nothing, but that takes httpx2.
    SyncShell("httpx2", {"default_encoding": "utf-8"}),
    AsyncShell("asyncio", "asyncio", "async-httpx2", {"default_encoding": "utf-8"}),
)
