"""Calls an app for the rows of batches, as the actors of Ray Data do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from gradlink._dataclass import dataclass
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._sync.client import Client, schema_of
from gradlink._sync.mapping import MapRows, Run, Target
from gradlink.errors import ArgumentError, ClientClosedError, GradlinkError
from gradlink.mapping.concurrency import MAX_ASKED_SECONDS, MAX_PAUSE_SECONDS, PAUSE_SECONDS
from gradlink.mapping.options import MapOptions
from gradlink.mapping.standing import ATTEMPTS, Again, asked_pause, is_refused
from gradlink.ray.batches import Batch, columns_of, count_of, rows_of, with_columns
from gradlink.ray.gate import Entrance, entrance
from gradlink.ray.settings import Settings
from gradlink.ray.values import Inputs, cells, check_outputs

if TYPE_CHECKING:
    from gradlink.pooling.pool import Pool


@dataclass(frozen=True, slots=True)
class _App:
    """The app, connected to."""

    client: Client | Pool
    schema: AppSchema


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: the cells of its value, or its error."""

    cells: list[Any] | None = None
    error: GradlinkError | None = None


class Caller:
    """Adds to batches what an app gives for their rows; Ray makes actors of the subclasses that ``Call`` makes.

    An actor has one client, which connects with the first batch and is kept for all others.
    """

    settings: ClassVar[Settings]

    def __init__(self) -> None:
        settings = self.settings
        self._lock = threading.Lock()
        self._closed = False
        self._app: _App | None = None
        self._permits: Entrance | None = (
            None
            if settings.max_calls is None
            else entrance(settings.name, settings.max_calls, settings.lease)
        )

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with the columns of the outputs, in its own format; rows keep their order.

        Raises:
            ArgumentError: the columns do not fit the endpoint.
            EndpointError: there is no such endpoint.
            GradlinkError: that of the first call that fails, with ``errors="raise"``; the app refuses this client.
        """
        outcomes = self._outcomes(batch)
        settings = self.settings
        columns: dict[str, Any] = {}
        for place, name in enumerate(settings.outputs):
            if name is not None:
                columns[name] = "any", [None if one.cells is None else one.cells[place] for one in outcomes]
        if settings.errors == "column":
            errors = [one.error for one in outcomes]
            columns[settings.error] = (
                "text",
                [error and f"{type(error).__name__}: {error}" for error in errors],
            )
            columns[settings.execution] = (
                "text",
                [error and (error.execution or "unknown") for error in errors],
            )
        return with_columns(batch, columns)

    def close(self) -> None:
        """Close the client, and give its permits back; it may be called twice."""
        with self._lock:
            self._closed = True
            app, self._app = self._app, None
        if app is not None:
            app.client.close()
        if self._permits is not None:
            self._permits.close()

    def __del__(self) -> None:
        # Ray drops the object when an actor is to end, and knows no other way to tell.
        with suppress(Exception):
            self.close()

    def __repr__(self) -> str:
        return f"<Call {self.settings.title}>"

    # -- inside -----------------------------------------------------------------------------------

    def _outcomes(self, batch: Batch) -> list[Outcome]:
        settings = self.settings
        count = count_of(batch)
        if not count:
            return []
        try:
            app = self._connected()
        except GradlinkError as exc:
            if settings.errors == "raise" or not is_refused(exc):
                raise
            return [Outcome(error=exc)] * count
        endpoint = app.schema.find(settings.api_name, None)
        check_outputs(settings, endpoint)
        inputs = Inputs(settings, endpoint, columns_of(batch))
        found: list[Outcome | None] = [None] * count
        given: list[dict[str, Any]] = []
        places: list[int] = []
        for place, cells_of_row in enumerate(rows_of(batch, inputs.columns)):
            try:
                given.append(inputs.arguments(cells_of_row))
                places.append(place)
            except ArgumentError as exc:
                if settings.errors == "raise":
                    raise
                found[place] = Outcome(error=exc)
        width = len(settings.outputs)
        with self._map(app, endpoint, iter(given)) as rows:
            for row in rows:
                if row.error is not None and settings.errors == "raise":
                    raise row.error
                found[places[row.index]] = Outcome(
                    None if row.error is not None else cells(row.value, width), row.error
                )
        return [cast("Outcome", outcome) for outcome in found]

    def _map(self, app: _App, endpoint: Endpoint, rows: Iterator[Any]) -> MapRows:
        settings = self.settings
        options = MapOptions(settings.concurrency, errors="yield", again=Again(settings.resubmit))
        bounds = options.bounds(endpoint, app.schema.config, settings.max_workers)
        target: Any = app.client
        if settings.resubmit:
            is_client = isinstance(target, Client)
            target = target.with_options(resubmit=True) if is_client else _Resubmitting(target)
        if self._permits is not None:
            target = _Permitted(target, self._permits)
        return MapRows(Run(target, endpoint, rows, options, bounds, None))

    def _connected(self) -> _App:
        """Return the app; one that cannot be reached is tried again a few times, with pauses."""
        with self._lock:
            attempts = 0
            while self._app is None:
                if self._closed:
                    raise ClientClosedError(f"{self!r} is closed", execution="not started")
                attempts += 1
                try:
                    self._app = _connect(self.settings)
                except GradlinkError as exc:
                    if attempts == ATTEMPTS or not is_refused(exc):
                        raise
                    pause = min(PAUSE_SECONDS * 2 ** (attempts - 1), MAX_PAUSE_SECONDS)
                    time.sleep(max(pause, min(asked_pause(exc) or 0.0, MAX_ASKED_SECONDS)))
            return self._app


def _connect(settings: Settings) -> _App:
    options: dict[str, Any] = {
        **settings.client,
        "files": "memory" if settings.files == "bytes" else "url",
        "max_workers": settings.max_workers,
    }
    if len(settings.sources) == 1:
        client = Client(settings.sources[0], verbose=False, **options)
        return _App(client, schema_of(client))
    from gradlink.pooling.pool import Pool, schema_of_copies

    pool = Pool(settings.sources, **options)
    return _App(pool, schema_of_copies(pool))


class _Resubmitting:
    """Lets a pool give calls to another copy that may have run."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def submit(self, /, *args: Any, api_name: str | None, fn_index: int | None, **kwargs: Any) -> Future[Any]:
        return self._target.submit(
            *args, api_name=api_name, fn_index=fn_index, **{"resubmit": True, **kwargs}
        )


class _Permitted:
    """Sends a call when it has a permit for it, which it gives back when the call has ended."""

    def __init__(self, target: Target, permits: Entrance) -> None:
        self._target = target
        self._permits = permits

    def submit(self, /, *args: Any, api_name: str | None, fn_index: int | None, **kwargs: Any) -> Future[Any]:
        number = self._permits.take()
        give_back: Callable[[], None] = partial(self._permits.give_back, number)
        try:
            job = self._target.submit(*args, api_name=api_name, fn_index=fn_index, **kwargs)
        except BaseException:
            give_back()
            raise
        job.add_done_callback(lambda _: give_back())
        return job
