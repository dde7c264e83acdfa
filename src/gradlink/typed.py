"""What the modules that ``gradlink generate`` writes are built on: clients and jobs with types."""

from __future__ import annotations

import enum
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from types import EllipsisType, TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Final,
    Generic,
    Literal,
    Self,
    TypeAlias,
    TypeVar,
    Unpack,
    cast,
)

from gradlink._describe.functions import NAMED, call_arguments
from gradlink._local.sources import handle_file
from gradlink._protocol.filedata import FileData
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.schema import Endpoint
from gradlink._shell.options import ClientOptions
from gradlink.errors import EndpointError

if TYPE_CHECKING:
    from gradlink._async.client import AsyncClient
    from gradlink._async.job import AsyncJob
    from gradlink._sync.client import Client
    from gradlink._sync.job import Job

T = TypeVar("T")

FileInput: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | FileData
"""A file for the app. A text is a path or a URL here, since the app says that it takes a file; nowhere else in gradlink
is a mere text one."""

FilePath: TypeAlias = tuple[str | int | EllipsisType, ...]
"""Where in the arguments of a call a file is: the parameter, then keys and indexes; ``...`` stands for each item."""


class _AppDefault(enum.Enum):
    APP_DEFAULT = enum.auto()

    def __repr__(self) -> str:  # pyright: ignore[reportImplicitOverride]  # typing.override came with 3.12
        return "APP_DEFAULT"


APP_DEFAULT: Final[Any] = _AppDefault.APP_DEFAULT
"""Given as an argument, it leaves the value to the app, as leaving the argument out does."""


class Options(ClientOptions, total=False):
    """The options of a client, which :class:`gradlink.Client` describes."""

    token: str | Literal[False] | None
    max_workers: int
    verbose: bool


class TypedJob(Generic[T]):
    """A call of an endpoint that streams: iterate over its values, or take its ``result()``, the last one.

    Attributes:
        job: the job itself, with its events and status.
    """

    def __init__(self, job: Job, record: Callable[..., T] | None = None) -> None:
        self.job = job
        self._record = record

    def __iter__(self) -> Iterator[T]:
        """Iterate over the values; leaving the loop early cancels the job, once the program has it nowhere else."""
        record = self._record
        return (_recorded(value, record) for value in self.job)

    def __next__(self) -> T:
        """Return the next value; raises the job's error where it ends with one."""
        return _recorded(next(self.job), self._record)

    def result(self, timeout: float | None = None) -> T:
        """Return the last value, as :meth:`gradlink.Job.result` does."""
        return _recorded(self.job.result(timeout), self._record)

    def deltas(self) -> Iterator[str]:
        """Yield the text that each value adds, as :meth:`gradlink.Job.deltas` does."""
        return self.job.deltas()

    def cancel(self) -> bool:
        """Cancel the job, on the server, too; True if it is cancelled now."""
        return self.job.cancel()


class AsyncTypedJob(Generic[T]):
    """A call of an endpoint that streams: iterate over its values, or await it for the last one.

    Attributes:
        job: the job itself, with its events and status.
    """

    def __init__(self, job: AsyncJob, record: Callable[..., T] | None = None) -> None:
        self.job = job
        self._record = record

    def __aiter__(self) -> AsyncIterator[T]:
        """Iterate over the values; leaving the loop early cancels the job."""
        return _Recorded(aiter(self.job), self._record)

    def __await__(self) -> Generator[Any, Any, T]:
        return self.result().__await__()

    async def result(self, timeout: float | None = None) -> T:
        """Return the last value, as :meth:`gradlink.AsyncJob.result` does."""
        return _recorded(await self.job.result(timeout), self._record)

    def deltas(self) -> AsyncIterator[str]:
        """Iterate over the text that each value adds, as :meth:`gradlink.AsyncJob.deltas` does."""
        return self.job.deltas()

    def cancel(self) -> bool:
        """Cancel the job, on the server, too; True if it is cancelled."""
        return bool(self.job.cancel())


class TypedClient:
    """A client for one app, for threads: base of those that are generated.

    Attributes:
        client: the client itself, for everything that has no types.
    """

    def __init__(self, src: str, **options: Unpack[Options]) -> None:
        """Connect, as :class:`gradlink.Client` does."""
        # Late, as in the other one: a module has a client for threads and one for event loops, a program needs one.
        from gradlink._sync.client import Client

        # As a mapping: a TypedDict may have more keys than it says, which no client takes.
        self.client: Client = Client(src, **cast("dict[str, Any]", options))

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        headers: Mapping[str, str] | None = None,
        resubmit: bool | None = None,
    ) -> Self:
        """Return a view of this client whose calls have these options, see :meth:`gradlink.Client.with_options`."""
        view = type(self).__new__(type(self))
        view.client = self.client.with_options(
            timeout=timeout, retries=retries, headers=headers, resubmit=resubmit
        )
        return view

    def close(self) -> None:
        """End everything, as :meth:`gradlink.Client.close` does."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # For generated methods. Without a record T is what the method says that it returns.

    def _call(
        self,
        api_name: str,
        arguments: Mapping[str, Any],
        files: Sequence[FilePath] = (),
        record: Callable[..., T] | None = None,
    ) -> T:
        return _recorded(self._call_any(api_name, arguments, files), record)

    def _call_any(self, api_name: str, arguments: Mapping[str, Any], files: Sequence[FilePath] = ()) -> Any:
        args, kwargs = _prepared(arguments, files, api_name, self.client)
        return self.client.predict(*args, api_name=api_name, **kwargs)

    def _run(self, api_name: str, arguments: Mapping[str, Any], files: Sequence[FilePath] = ()) -> None:
        self._call_any(api_name, arguments, files)

    def _stream(
        self,
        api_name: str,
        arguments: Mapping[str, Any],
        files: Sequence[FilePath] = (),
        record: Callable[..., T] | None = None,
    ) -> TypedJob[T]:
        args, kwargs = _prepared(arguments, files, api_name, self.client)
        return TypedJob(self.client.submit(*args, api_name=api_name, **kwargs), record)


class AsyncTypedClient:
    """A client for one app, for event loops: base of those that are generated.

    Attributes:
        client: the client itself, for everything that has no types.
    """

    def __init__(self, src: str, **options: Unpack[Options]) -> None:
        """Take the options; the first call connects, or ``async with``."""
        from gradlink._async.client import AsyncClient

        self.client: AsyncClient = AsyncClient(src, **cast("dict[str, Any]", options))

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        headers: Mapping[str, str] | None = None,
        resubmit: bool | None = None,
    ) -> Self:
        """Return a view of this client whose calls have these options, see :meth:`gradlink.Client.with_options`."""
        view = type(self).__new__(type(self))
        view.client = self.client.with_options(
            timeout=timeout, retries=retries, headers=headers, resubmit=resubmit
        )
        return view

    async def close(self) -> None:
        """End everything, as :meth:`gradlink.AsyncClient.close` does."""
        await self.client.close()

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # For generated methods, as of TypedClient.

    async def _call(
        self,
        api_name: str,
        arguments: Mapping[str, Any],
        files: Sequence[FilePath] = (),
        record: Callable[..., T] | None = None,
    ) -> T:
        return _recorded(await self._call_any(api_name, arguments, files), record)

    async def _call_any(
        self, api_name: str, arguments: Mapping[str, Any], files: Sequence[FilePath] = ()
    ) -> Any:
        await self.client.connect()
        args, kwargs = _prepared(arguments, files, api_name, self.client)
        return await self.client.predict(*args, api_name=api_name, **kwargs)

    async def _run(self, api_name: str, arguments: Mapping[str, Any], files: Sequence[FilePath] = ()) -> None:
        await self._call_any(api_name, arguments, files)

    def _stream(
        self,
        api_name: str,
        arguments: Mapping[str, Any],
        files: Sequence[FilePath] = (),
        record: Callable[..., T] | None = None,
    ) -> AsyncTypedJob[T]:
        args, kwargs = _prepared(arguments, files, api_name, self.client)
        return AsyncTypedJob(self.client.submit(*args, api_name=api_name, **kwargs), record)


class _Recorded(AsyncIterator[T]):
    """Values of a job as records. No generator: a loop that is left must leave the job's own iterator at once."""

    def __init__(self, values: AsyncIterator[Any], record: Callable[..., T] | None) -> None:
        self._values = values
        self._record = record

    async def __anext__(self) -> T:  # pyright: ignore[reportImplicitOverride]
        return _recorded(await anext(self._values), self._record)


def _recorded(value: Any, record: Callable[..., T] | None) -> T:
    result: T = value if record is None else record(*value)
    return result


def _prepared(
    arguments: Mapping[str, Any],
    files: Sequence[FilePath],
    api_name: str,
    client: Client | AsyncClient,
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call by position, as far as they must be, and by name."""
    given: dict[str, Any] = {name: value for name, value in arguments.items() if value is not APP_DEFAULT}
    for name, *path in files:
        if isinstance(name, str) and name in given:
            given[name] = _with_files(given[name], path)
    if NAMED.isdisjoint(given):
        return [], given
    return call_arguments(_endpoint(client, api_name), given)


def _with_files(value: Any, path: Sequence[str | int | EllipsisType]) -> Any:
    """Return ``value`` with the text at ``path`` made a file; what is not as the path says is left to the app."""
    if not path:
        return handle_file(value) if isinstance(value, str) else value
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and not isinstance(value, FileData):
        items = cast("Mapping[Any, Any]", value)
        if isinstance(step, EllipsisType):
            return {key: _with_files(item, rest) for key, item in items.items()}
        return {**items, step: _with_files(items[step], rest)} if step in items else items
    if isinstance(value, (list, tuple)):
        listed = list(cast("Sequence[Any]", value))
        chosen = range(len(listed)) if isinstance(step, EllipsisType) else [step]
        for index in chosen:
            if isinstance(index, int) and index < len(listed):
                listed[index] = _with_files(listed[index], rest)
        return listed
    return value


def _endpoint(client: Client | AsyncClient, api_name: str) -> Endpoint:
    for endpoint in client.endpoints.values():
        if endpoint.api_name == api_name and endpoint.is_valid:
            return endpoint
    raise EndpointError(f"the app has no endpoint {api_name!r}; see what has changed with: gradlink check")
