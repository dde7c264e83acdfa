"""Several copies of an app behind one client, for threads."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self, Unpack, cast

from gradlink._facts import with_facts
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._shell.options import ClientOptions
from gradlink._shell.watched import WatchedEvent, WatchedJob
from gradlink._sync.client import Client, bound_endpoint, schema_of
from gradlink._sync.clock import Clock
from gradlink._sync.endpoints import Endpoints
from gradlink._sync.job import Job
from gradlink._sync.threads import Threads
from gradlink._sync.workers import Workers
from gradlink._text import one_line
from gradlink.errors import ArgumentError, ClientClosedError, CopiesDifferError, GradlinkError
from gradlink.pooling.copy import Copy
from gradlink.pooling.dispatching import Dispatcher, Effect, LookAgain, Probe, Refuse, Send
from gradlink.pooling.job import PoolJob
from gradlink.pooling.matching import Asked, check_copy, check_stateless, pool_options, said


class _Call(Asked):
    """A call, and the job that its caller has."""

    job: PoolJob


class Pool:
    """Several copies of an app, which share the calls, for threads.

    It has the surface of a :class:`gradlink.Client` without State. A call goes where its end is nearest; a copy that fails is
    left alone for a while, and asked whether it is there before it gets another call. What had no effect goes to another copy,
    what may have run only with ``resubmit=True``.
    """

    def __init__(
        self,
        copies: Sequence[str],
        token: str | Literal[False] | None = None,
        max_workers: int = 40,
        **options: Unpack[ClientOptions],
    ) -> None:
        """Connect to the copies, all at the same time; one that cannot be reached is tried again later.

        Args:
            copies: each as :class:`gradlink.Client` takes it: a URL, or the name of a Space.
            token: as for a client.
            max_workers: how many calls each copy has at a time; the rest wait in the pool.
            options: of the clients. ``timeout`` and ``retries`` are those of one attempt.

        Raises:
            CopiesDifferError: a call that fits one copy may not fit another.
            GradlinkError: no copy can be reached; the error is that of the first.
        """
        if isinstance(copies, str) or not copies:
            raise ArgumentError(f"a pool is made of a list of URLs or names of Spaces, not {copies!r}")
        self._names = list(copies)
        self._shown = [one_line(without_credentials(name)) for name in copies]
        self._make: Callable[[str], Client] = partial(
            Client, token=token, max_workers=max_workers, verbose=False, **cast("dict[str, Any]", options)
        )
        self._clients: list[Client | None] = [None] * len(copies)
        self._closed = False
        self._lock = threading.RLock()
        self._dispatcher: Dispatcher[_Call] = Dispatcher(len(copies), max_workers, self._shown.__getitem__)
        # One for each copy: connecting to one that does not answer takes long.
        self._threads = Threads()
        self._workers = Workers(len(copies), "pool", self._threads)
        self._clock = Clock()
        self._connect_all()

    # -- calling ----------------------------------------------------------------------------------

    def predict(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call an endpoint and return its result; takes what :meth:`gradlink.Client.predict` takes."""
        job = self.submit(*args, **kwargs)
        try:
            return job.result()
        finally:
            if not job.done():
                job.cancel()

    def submit(self, /, *args: Any, **kwargs: Any) -> PoolJob:
        """Send a call in the background and return its job at once; takes what :meth:`gradlink.Client.submit` takes.

        ``resubmit=True`` gives a call to another copy though it may have run: for functions that may run twice.
        """
        self._check_open()
        endpoint = bound_endpoint(self._first, args, kwargs)
        check_stateless(endpoint)
        resubmit, arguments = pool_options(endpoint, kwargs)
        call = _Call(
            resubmit, endpoint.takes_direct_route, args=args, kwargs=arguments, api_name=endpoint.title
        )
        job = call.job = PoolJob(call, self._withdraw)
        self._apply(lambda now: self._dispatcher.submit(call, now))
        return job

    @property
    def api(self) -> Endpoints:
        """The named endpoints as functions."""
        caller = cast("Any", self)
        return Endpoints(caller, caller, lambda: self.endpoints)

    # -- the app ----------------------------------------------------------------------------------

    def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: Literal["dict", "str"] | None = None,
    ) -> dict[str, Any] | str | None:
        """Describe the endpoints, as :meth:`gradlink.Client.view_api` does."""
        return self._first.view_api(all_endpoints, print_info, return_format)

    @property
    def endpoints(self) -> dict[int, Endpoint]:
        """The functions of the first copy, by fn_index."""
        return self._first.endpoints

    # -- life -------------------------------------------------------------------------------------

    def close(self) -> None:
        """End everything: calls that are pending fail with ClientClosedError. It may be called twice."""
        with self._lock:
            self._closed = True
            waiting = self._dispatcher.close()
        self._clock.close()
        self._workers.close()
        self._threads.close()
        for call in waiting:
            call.job.fail(ClientClosedError(f"{call.api_name}: the pool was closed", execution="not started"))
        for client in self._clients:
            if client is not None:
                client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return one_line(f"<Pool of {len(self._names)}: {', '.join(self._shown)}>")

    # -- connecting -------------------------------------------------------------------------------

    @property
    def _first(self) -> Client:
        """The first copy that could be reached; all others are compared with it."""
        return next(client for client in self._clients if client is not None)

    def _connect_all(self) -> None:
        errors: dict[int, GradlinkError] = {}
        threads = [
            threading.Thread(target=self._connect, args=(number, errors), name="gradlink-pool", daemon=True)
            for number in range(len(self._names))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        try:
            if len(errors) == len(self._names):
                raise errors[0]
            for number, client in enumerate(self._clients):
                if client is not None:
                    self._check(number, client)
        except GradlinkError:
            self.close()
            raise
        for number, error in errors.items():
            self._apply(partial(self._dispatcher.probed, self._dispatcher.copies[number], error))

    def _connect(self, number: int, errors: dict[int, GradlinkError]) -> None:
        try:
            self._clients[number] = self._make(self._names[number])
        except GradlinkError as exc:
            errors[number] = exc

    def _check(self, number: int, client: Client) -> None:
        first = self._first
        if client is not first:
            check_copy((first.src, schema_of(first)), (self._shown[number], schema_of(client)))

    # -- what the dispatcher wants done -----------------------------------------------------------

    def _apply(self, decide: Callable[[float], list[Effect[_Call]]]) -> None:
        with self._lock:
            effects = decide(time.monotonic())
        self._perform(effects)

    def _perform(self, effects: Sequence[Effect[_Call]]) -> None:
        for effect in effects:
            match effect:
                case Send(call=call, copy=copy):
                    self._send(call, copy)
                case Refuse(call=call, error=error):
                    call.job.fail(error)
                case Probe(copy=copy):
                    self._workers.run(partial(self._probe, copy))
                case LookAgain(seconds=seconds):
                    self._clock.after(seconds, partial(_look, weakref.ref(self)))

    def _send(self, call: _Call, copy: Copy) -> None:
        client = self._clients[copy.number]
        assert client is not None  # noqa: S101  # a copy that is used has one
        # Another attempt is made with another copy, at once.
        once = client.with_options(retries=0, progress=partial(self._watch, call, call.tries))
        try:
            job = once.submit(*call.args, **call.kwargs)
        except GradlinkError as exc:
            # It fitted the first copy: this one has changed, or was closed.
            self._ended(call, with_facts(exc, execution="not started"), None)
            return
        call.job.begin(job)
        job.add_done_callback(partial(self._job_ended, call))

    def _watch(self, call: _Call, attempt: int, job: WatchedJob, event: WatchedEvent) -> None:
        """Hear what a copy says of a call."""
        del job
        if call.tries == attempt:
            self._apply(partial(said, self._dispatcher, call, event))

    def _job_ended(self, call: _Call, job: Any) -> None:
        try:
            error = job.exception(0)
        except GradlinkError as exc:
            error = exc  # it was cancelled
        self._ended(call, error, job)

    def _ended(self, call: _Call, error: GradlinkError | None, job: Job | None) -> None:
        with self._lock:
            again, effects = self._dispatcher.ended(call, error, time.monotonic(), wanted=call.job.wanted)
        if again and job is not None:
            call.job.wait_again(job)
        elif job is not None:
            call.job.end_with(job)
        elif error is not None and not again:
            call.job.fail(error)
        self._perform(effects)

    def _probe(self, copy: Copy) -> None:
        """Ask a copy whether it is there, or connect to it."""
        number, error = copy.number, None
        client = self._clients[number]
        try:
            if client is not None:
                client.queue_size()
            else:
                client = self._make(self._names[number])
                self._check(number, client)
                self._clients[number] = client
        except CopiesDifferError as exc:
            differs = exc
            self._apply(lambda now: self._dispatcher.exclude(copy, differs, now))
            return
        except GradlinkError as exc:
            error = exc
        self._apply(lambda now: self._dispatcher.probed(copy, error, now))

    def _look(self) -> None:
        self._apply(self._dispatcher.look)

    def _withdraw(self, job: PoolJob) -> bool:
        with self._lock:
            return self._dispatcher.withdraw(cast("_Call", job.call))

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosedError("the pool is closed; make a new one")


def schema_of_copies(pool: Pool) -> AppSchema:
    """Return what the pool's copies are copies of."""
    return schema_of(pool._first)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _look(pool: weakref.ref[Pool]) -> None:
    if (there := pool()) is not None:
        there._look()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
