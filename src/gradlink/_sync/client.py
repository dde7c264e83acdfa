"""The synchronous client."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Never, Self, Unpack, cast

from gradlink._facts import before_sending
from gradlink._flows.delivery import FilesAs, FramesOf
from gradlink._flows.options import CallOptions, merged_headers, split_options
from gradlink._flows.submit import Call
from gradlink._hub.replies import Quota
from gradlink._hub.stages import SpaceStatus
from gradlink._local.options import (
    BUILD_WAIT_SECONDS,
    SpaceOptions,
    as_list_of_callbacks,
    check_connect,
    client_parts,
    client_results,
    hub_of,
    reject_removed,
    reject_unknown,
    with_identity,
    with_retries,
)
from gradlink._local.store import Stores
from gradlink._local.terminal import show_connected
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.policy import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Retries,
    Timeout,
    as_retries,
    as_timeout,
)
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._protocol.version import AppVersion
from gradlink._shell.options import (
    MAX_ANSWER_BYTES,
    MAX_MESSAGE_BYTES,
    ClientOptions,
    ConnectionSettings,
    TransportOptions,
    hub_transport,
    taken_options,
)
from gradlink._shell.raised import public
from gradlink._shell.watched import Watcher
from gradlink._shell.watching import JobWatch, current_blocks
from gradlink._sync.connection import Connection
from gradlink._sync.driver import Driver
from gradlink._sync.endpoints import Endpoints
from gradlink._sync.interrupts import whole
from gradlink._sync.job import Job
from gradlink._sync.jobcore import JobCore
from gradlink._sync.shared import Shared
from gradlink._text import one_line

if TYPE_CHECKING:
    import ssl

    from gradlink._sync.mapping import MapRows
    from gradlink.mapping.options import JournalPath, OnError, Width
else:  # what is read while a program runs finds it, and loads it then
    from gradlink._shell.trust import late_ssl as ssl


class Client:
    """A connection to a Gradio app, for threads.

    One client may be used from many threads, and from a forked child. Close it, or use it in ``with``;
    a client that is garbage-collected closes by itself.

    Attributes:
        verbose: whether connecting prints a line, on standard error.
        api: the named endpoints as functions: ``client.api.predict("hi")``.
    """

    _job_type: ClassVar[type[Job]] = Job
    api: Endpoints

    @public
    def __init__(
        self,
        src: str,
        token: str | Literal[False] | None = None,
        max_workers: int = 40,
        verbose: bool = True,
        auth: tuple[str, str] | None = None,
        httpx_kwargs: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        download_files: str | os.PathLike[str] | Literal[False] | None = None,
        ssl_verify: bool | str | ssl.SSLContext = True,
        analytics_enabled: bool = True,
        oauth_token: str | None = None,
        one_session: bool = False,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        max_download: int | None = None,
        max_message: int | None = MAX_MESSAGE_BYTES,
        max_answer: int | None = MAX_ANSWER_BYTES,
        wait: float | None = None,
        on_status: Callable[[SpaceStatus], object] | None = None,
        files: FilesAs | None = None,
        frames: FramesOf | None = None,
        connect: Literal["now", "lazy"] = "now",
        **unknown: Never,
    ) -> None:
        """Connect to the app at ``src``.

        Args:
            src: URL of the app, with the path it is served under if there is one, or of one of its pages, which
                gives the endpoints of all pages; or a Hugging Face Space, by its name "user/space", its page on the Hub or its ``https://user-space.hf.space`` URL.
            token: Hugging Face token. None: the saved one, for Spaces and the Hub only; any other app gets a
                token only if it is given here. False: none at all.
            max_workers: how many jobs of this client are at the server at a time; the rest wait in the client.
            verbose: print "Loaded as API" on standard error when connected.
            auth: username and password of the app's login.
            httpx_kwargs: further options of ``httpx2.Client``: timeout, proxy, cookies, cert, trust_env, ...
            headers: sent with every request to the app, and to no other host.
            download_files: directory for files of results. None: ``GRADIO_TEMP_DIR``, or a directory in
                the user's cache, from which old files are removed. "session": one that is gone when the client closes.
                False: files are not fetched, results have FileData instead.
            ssl_verify: False checks no certificate; a path names a CA file; an ``ssl.SSLContext`` is used.
            analytics_enabled: ignored: gradlink has no telemetry.
            oauth_token: Hugging Face token with which the app's code may act on your behalf; sent only to endpoints that
                declare that they take it.
            one_session: send every job under ``session_hash``, also those that run at the same time.
            timeout: limits in seconds, see :class:`gradlink.Timeout`; a number limits each call as a whole.
            retries: how often a request that had no effect is sent again, see :class:`gradlink.Retries`.
            max_download: bytes that a file of a result may have; None for no limit.
            max_message: bytes that one message of a job may have, which can hold a whole result; None for no limit.
            max_answer: bytes that any other answer may have, /config and /info four times as many; None for no
                limit.
            wait: seconds to wait for a Space that is asleep, starting or building; None: 300.
            on_status: called with a :class:`gradlink.SpaceStatus` for each stage of such a Space. None: it is
                printed if ``verbose``.
            files: what a call gives for the files of its result. "path": they are stored, and are paths. "url": they
                are FileData with a url, as for ``download_files=False``. "memory": they are fetched, and are
                :class:`gradlink.MemoryFile` that hold the content. "lazy": they are :class:`gradlink.LazyFile`
                (:class:`gradlink.AsyncLazyFile`), fetched when their content is first asked for. None: "path", or
                "url" for ``download_files=False``.
            frames: "pandas" or "polars" makes frames of the values of Dataframe outputs. None: they are objects with
                ``headers`` and ``data``.
            connect: "lazy" connects with the first call, or when something of the app is asked for, and an app that is down
                is an error of that call; the next one tries again. "now" connects here.

        Raises:
            ConnectError: nothing answers at this URL.
            SpaceNotFoundError: the Hub shows no such Space.
            SpaceNotRunningError: the Space does not run, and waiting did not or would not help.
            AuthenticationError: the app requires a login, or refuses the one given.
            NotFoundError: there is no Gradio app at this URL.
            TypeError: an option is unknown.
        """
        reject_removed(type(self).__name__, unknown)
        del analytics_enabled
        spaces = SpaceOptions(wait, on_status, verbose)
        parts = client_parts(src, token, auth, headers, download_files, spaces=spaces)
        limits = as_timeout(timeout, DEFAULT_TIMEOUT)
        self.verbose = verbose
        self._token: str | Literal[False] | None = token
        settings = ConnectionSettings(
            access=with_retries(parts.access, as_retries(retries, DEFAULT_RETRIES)),
            transport=TransportOptions(
                parts.headers,
                {},
                ssl_verify,
                limits,
                max_download,
                taken_options(httpx_kwargs),
                max_message,
                max_answer,
            ),
            downloads=parts.downloads,
            max_jobs=max_workers,
            one_session=one_session,
            oauth_token=oauth_token,
        )
        self._options = client_results(files, frames, download_files)
        check_connect(connect)
        self._lazy = connect == "lazy"
        self._shared = Shared(settings, self._tell_connected if verbose else _tell_nothing)
        self.api = self._own_endpoints()
        if not self._lazy:
            self._connect()

    # -- calling ----------------------------------------------------------------------------------

    @public
    def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and return its result: one value, or a tuple if it has several outputs.

        Interrupting it, for example with Ctrl-C, cancels the job on the server.

        Args:
            args: arguments by position, in the order of the endpoint's parameters.
            api_name: the endpoint, with its leading slash. Not needed if the app has only one.
            fn_index: the function's id, for a function without a name; ``api_name`` takes precedence.
            headers: additional headers for this call; they override the client's. If the endpoint has a parameter of
                this name, pass it by position.
            kwargs: arguments by name. Parameters that are left out get the app's default. ``timeout``,
                ``retries``, ``resubmit``, ``event_data`` and ``progress`` are options of this call, unless the endpoint
                has a parameter of that name: time limits, retries, whether a lost call is sent again even
                though it may have run, the fields of the function's ``gr.SelectData``, such as
                ``{"index": 0, "value": "a"}``, and whether the call is shown: True shows it as
                :func:`gradlink.progress` does, a function is called with what would be shown, False hides it.

        Raises:
            EndpointError: there is no such endpoint.
            ArgumentError: a parameter is unknown, missing or given twice (a TypeError).
            AppError: the app's function raised an error.
            GradlinkError: see :meth:`Job.result`.
        """
        with before_sending():
            core, job = self._new_job(args, kwargs, api_name, fn_index, headers)
        calls = self._connection.calls
        with core.watched(), whole():
            try:
                if core.call.timeout.watches:
                    # A limit has to reach this thread while it waits, so the sending is left to another one.
                    calls.send(core)
                else:
                    calls.send_here(core)
                if core.endpoint.live and not core.ended:
                    # One value in, one out: nothing more is to come.
                    job.close_stream()
                return job.result()
            finally:
                if not job.done():
                    job.cancel()

    @public
    def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        result_callbacks: Callable[..., Any] | list[Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> Job:
        """Send a call in the background and return its job at once.

        Takes the same arguments as :meth:`predict`; wrong ones raise immediately.

        Args:
            result_callbacks: called with the result if the job succeeds; several outputs are passed as several
                arguments. They run in threads for callbacks.
        """
        with before_sending():
            callbacks = as_list_of_callbacks(result_callbacks)
            core, job = self._new_job(args, kwargs, api_name, fn_index, headers)
        for callback in callbacks:
            job.add_done_callback(_with_result(callback))
        try:
            self._connection.calls.send(core)
        except BaseException:  # Ctrl-C: nobody has the job
            job.cancel()
            raise
        return job

    def detach(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> str:
        """Send a call whose job outlives this client, and return the ticket that collects it with :meth:`attach`.

        Takes the same arguments as :meth:`predict`, and returns when the app has accepted the job. It has a session of its
        own, with a fresh State, and is not counted by ``max_workers``. docs/tickets.md says what the app keeps, and how long.

        Raises:
            DetachError: the job would not outlive the client; nothing was sent.
            GradlinkError: as :meth:`predict` does for a call that is not accepted.
        """
        call, _ = self._bind(args, kwargs, api_name, fn_index, headers)
        return self._connection.calls.detach(JobCore(call))

    def attach(self, ticket: str) -> Job:
        """Return the job of a ticket, which is read from now on, once: whoever attaches first has it.

        The job is like any other, with all that happened to it so far; if this client ends before it, the job is lost.

        Raises:
            MalformedTicketError: ``ticket`` is no ticket.
            ForeignTicketError: it is of another app, or of an endpoint that the app does not have.
            RestartedTicketError: the app was restarted since, and the job is gone with it.
            TicketInUseError: this client reads it already.
        """
        connection, options = self._connection, self._options
        headers = with_identity(connection.access, options.headers, self._shared.settings.transport.headers)
        calls = connection.calls
        read, call = calls.bind_ticket(ticket, replace(options, headers=headers))
        core, job = self._job_of(call, options)
        calls.attach(core, read)
        return job

    def map(
        self,
        api_name: str | None,
        rows: Iterable[Any],
        *,
        fn_index: int | None = None,
        concurrency: Width = "auto",
        ordered: bool = False,
        errors: OnError = "raise",
        journal: JournalPath | None = None,
        key: Callable[[Any], object] | None = None,
        resubmit: bool = False,
        retry_failed: bool = False,
    ) -> MapRows:
        """Call an endpoint for each of many rows, several at a time; return an iterator over what becomes of them.

        >>> for row in client.map("/caption", rows, journal="captions.db", errors="yield"):  # doctest: +SKIP
        ...     print(row.index, row.value if row.ok else row.error)

        Rows are pulled and sent by the loop over the iterator, only as fast as they are done. Rows that the server does not take are
        sent again, fewer at a time. Leaving the loop cancels those that run.

        Args:
            api_name: the endpoint, with its leading slash; None for the only one, or the one with ``fn_index``.
            rows: dicts of arguments by name, tuples of them by position, or single values.
            concurrency: how many rows are at the server at a time. "auto" finds out which number is fastest, a pair finds it
                between two numbers; never more than ``max_workers``.
            ordered: rows come in the order in which they were given, not as they are done.
            errors: "raise" raises the first error, "yield" hands out rows with their errors, "skip" leaves them out.
            journal: path of a SQLite file that knows what was done: the same call again goes on where it was. The files of results are
                kept in a folder beside it. Several processes can share one.
            key: gives the name of a row in the journal, a JSON value; None: a hash of its arguments, with the contents of files.
            resubmit: rows that may have run are called again; otherwise they have an error whose ``execution`` is "unknown".
            retry_failed: rows of the journal whose function failed are called again.

        Raises:
            EndpointError: there is no such endpoint.
            ArgumentError: an option is wrong (a TypeError).
            JournalError: the journal is another app's or endpoint's, or no journal.
        """
        from gradlink._sync.mapping import MapRows, Run
        from gradlink.mapping.options import MapOptions
        from gradlink.mapping.standing import Again

        options = MapOptions(concurrency, ordered, errors, journal, key, Again(resubmit, retry_failed))
        options.check(self._options.form)
        connection = self._open_connection
        endpoint = connection.schema.find(api_name, fn_index)
        bounds = options.bounds(endpoint, connection.schema.config, self._shared.settings.max_jobs)
        view = self.with_options(
            resubmit=True if resubmit else None,
            files=None if journal is None or self._options.form.files == "url" else "lazy",
        )
        source = iter(rows)
        opened = options.open_journal(self.space_id or self.src, endpoint)
        return MapRows(Run(view, endpoint, source, options, bounds, opened))

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        headers: Mapping[str, str] | None = None,
        resubmit: bool | None = None,
        files: FilesAs | None = None,
        frames: FramesOf | None = None,
        progress: bool | Watcher | None = None,
        **unknown: Never,
    ) -> Self:
        """Return a view of this client whose calls have these options, whatever the app's parameters are called.

        The view shares everything with the client: connection, session, endpoints; closing either closes both. Options
        that are left out are those of the client or view that this was called on; headers are added to its headers.
        An option given to a call takes precedence.

        Args:
            timeout: limits of each call in seconds, as for the client; ``connect`` and ``idle`` remain
                the client's.
            retries: how often a request that had no effect is sent again.
            headers: sent with the requests of each call.
            resubmit: whether a lost call is sent again even though it may have run.
            progress: whether each call is shown, or what is called with its progress; see :meth:`predict`.

        Raises:
            ArgumentError: an option is unknown or wrong (a TypeError).
        """
        reject_removed("with_options", unknown)
        options = self._options.further(headers, timeout, retries, resubmit, (files, frames)).showing(
            progress
        )
        view = type(self).__new__(type(self))
        vars(view).update(vars(self), _options=options)
        view.api = view._own_endpoints()  # noqa: SLF001  # it is one of us
        return view

    # -- the app ----------------------------------------------------------------------------------

    @public
    def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: Literal["dict", "str"] | None = None,
    ) -> dict[str, Any] | str | None:
        """Describe the app's endpoints.

        Args:
            all_endpoints: also those without a name and those that are not documented; None: only if there
                are no others.
            print_info: print the description; a notebook shows it as tables.
            return_format: "str" returns the text, "dict" the parameters and returns of each endpoint, None
                nothing.
        """
        schema = self._connection.schema
        from gradlink._describe.describe import describe, listing

        text = describe(schema.info, all_endpoints)
        if print_info:
            from gradlink._html.app import api_html
            from gradlink._local.notebook import show_html

            show_html(text, lambda: api_html(schema.info, all_endpoints))
        if return_format == "str":
            return text
        return listing(schema.info, all_endpoints) if return_format == "dict" else None

    @property
    def src(self) -> str:
        """The app's URL, with a trailing slash."""
        return self._shared.access.routes.base

    @public
    def quota(self) -> Quota:
        """Return the ZeroGPU quota of the token's account, as the Hub knows it.

        Raises HubAuthenticationError without a token, HubError if the Hub does not report quotas.
        """
        from gradlink._flows.hub import quota

        connection = self._open_connection
        space = connection.access.space
        hub = replace(hub_of(self._token), retries=connection.access.retries) if space is None else space.hub
        return connection.driver.run(quota(hub))

    @public
    def queue_size(self) -> int | None:
        """Return how many jobs wait in the app's queue, of all callers and functions; None if the app does not say.

        Raises ClientClosedError if the client was closed, TransportError if the app cannot be asked.
        """
        from gradlink._flows.queue import queue_size

        connection = self._open_connection
        return connection.driver.run(queue_size(connection.access))

    @property
    def space_id(self) -> str | None:
        """The name of the app's Hugging Face Space; None if it is not a Space, or if only its URL is known."""
        space = self._shared.access.space
        return None if space is None else space.space_id

    @property
    def config(self) -> JSONObject:
        """The app's /config, as received."""
        return self._connection.schema.config

    @property
    def endpoints(self) -> dict[int, Endpoint]:
        """The app's functions by fn_index, those that ``gr.render`` made in this session included."""
        return dict(self._connection.schema.endpoints)

    @property
    def app_version(self) -> AppVersion:
        """The Gradio version of the app."""
        return self._connection.schema.version

    @property
    def protocol(self) -> str:
        """The protocol that jobs use, such as "sse_v3"."""
        return self._connection.schema.dialect.protocol

    # -- the session ------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The server's name for this client's session; setting it continues another session.

        Setting it raises ClientClosedError if the client was closed.
        """
        return self._connection.session_hash

    @session_hash.setter
    def session_hash(self, value: str) -> None:
        self._open_connection.renew_session(value)

    @public
    def reset_session(self) -> None:
        """Start a new session, with a fresh State; running jobs are not affected.

        Raises ClientClosedError if the client was closed.
        """
        self._open_connection.renew_session()

    # -- life -------------------------------------------------------------------------------------

    @classmethod
    def duplicate(
        cls,
        from_id: str,
        to_id: str | None = None,
        token: str | None = None,
        private: bool = True,
        hardware: str | None = None,
        secrets: Mapping[str, str] | None = None,
        sleep_timeout: int = 5,
        max_workers: int = 40,
        verbose: bool = True,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Copy a Hugging Face Space into your account, or use the existing copy, and connect to it.

        Args:
            from_id: the Space to copy, "user/space".
            to_id: name of the copy, with or without its owner. None: the original's name, in your account.
            token: token with write access; None for the saved one.
            private: whether the copy is private.
            hardware: such as "t4-small". None: the original's for a new copy; an existing one keeps its own.
            secrets: set only on a new copy; for an existing one a warning is printed.
            sleep_timeout: minutes without a call after which a copy on paid hardware falls asleep.
            max_workers: as for the client.
            verbose: print the steps.
            options: of the client. ``wait`` is 1,800 here, since a new copy is built first.

        Raises:
            HubAuthenticationError: there is no token, or the Hub refuses it.
            SpaceNotFoundError: there is no such Space.
            SpaceDuplicationError: the Hub refuses something; the text says what.
        """
        from gradlink._flows.duplicate import duplicate
        from gradlink._local.duplication import announce, duplication

        wanted = duplication((from_id, to_id), private, hardware, secrets, sleep_timeout)
        reject_unknown(cls, options)
        hub = replace(hub_of(token), retries=as_retries(options.get("retries"), DEFAULT_RETRIES))
        driver = Driver(hub_transport(options), hub.routes.endpoint, Stores(None))
        try:
            copy = driver.run(duplicate(hub, wanted))
        finally:
            driver.close()
        announce(copy, wanted, verbose=verbose)
        options.setdefault("wait", BUILD_WAIT_SECONDS)
        # As a mapping: a TypedDict may have more keys than it says, which no client takes.
        return cls(copy.space_id, token, max_workers, verbose, **cast("dict[str, Any]", options))

    def close(self) -> None:
        """End everything: pending jobs fail with ClientClosedError, connections close. It may be called twice.

        Closing a view closes its client, and all its views.
        """
        self._shared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        schema = self._shared.schema
        return one_line(
            f"<Client {self.src} ({'not connected' if schema is None else f'Gradio {schema.version}'})>"
        )

    def _repr_html_(self) -> str:
        from gradlink._html.app import Card, client_html

        return client_html(Card("Client", self.src, self.space_id, self._shared.schema))

    def __str__(self) -> str:
        """Return the app and the names of its endpoints, on one line."""
        from gradlink._describe.summary import client_line

        schema = self._connection.schema
        return client_line(repr(self), schema)

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickling keeps: the options, and nothing that came of them, such as cookies."""
        return {
            "verbose": self.verbose,
            "token": self._token,
            "settings": self._shared.settings.pickled(self._token),
            "options": self._options,
            "lazy": self._lazy,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.verbose = state["verbose"]
        self._token = state["token"]
        self._options = state["options"]
        self._lazy = state["lazy"]
        self._shared = Shared(state["settings"].unpickled(self._token), _tell_nothing)
        self.api = self._own_endpoints()
        if not self._lazy:
            self._connect()

    # -- inside -----------------------------------------------------------------------------------

    @staticmethod
    def _tell_connected(base: str) -> None:
        show_connected(base)

    def _own_endpoints(self) -> Endpoints:
        # No property, since a notebook completes nothing of one; and without a circle, so that a client can be forgotten.
        shared, view = self._shared, type(self).__new__(type(self))
        vars(view).update(vars(self))
        return Endpoints(self, view, lambda: shared.connection.schema.endpoints)

    def _connect(self) -> None:
        """Connect if that has not been done."""
        _ = self._shared.connection

    @property
    def _connection(self) -> Connection:
        return self._shared.connection

    @property
    def _open_connection(self) -> Connection:
        """The connection of a client that is not closed; raises ClientClosedError."""
        connection = self._shared.connection
        connection.engine.check_open()
        return connection

    def _new_job(
        self,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        api_name: str | None,
        fn_index: int | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[JobCore, Job]:
        return self._job_of(*self._bind(args, kwargs, api_name, fn_index, headers))

    def _bind(
        self,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        api_name: str | None,
        fn_index: int | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[Call, CallOptions]:
        connection = self._connection
        merged = merged_headers(self._options.headers, headers)
        merged = with_identity(connection.access, merged, self._shared.settings.transport.headers)
        endpoint = connection.schema.find(api_name, fn_index)
        options, arguments = split_options(endpoint, merged, kwargs, self._options)
        return connection.calls.bind(endpoint, args, arguments, options), options

    def _job_of(self, call: Call, options: CallOptions) -> tuple[JobCore, Job]:
        calls = self._connection.calls
        title = call.payload.endpoint.title
        watch: JobWatch | None = None
        if (blocks := current_blocks()) or options.progress not in (None, False):
            from gradlink._progress.calls import watch_of  # nearly no call is watched

            watch = watch_of(title, blocks, options.progress, calls.tell_watchers)
        core = JobCore(call, watch)
        return core, self._job_type(calls, core, self)


def schema_of(client: Client) -> AppSchema:
    """Return what the client's app is."""
    return client._connection.schema  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def bound_endpoint(client: Client, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint of a call, as ``submit`` takes it. Raises for wrong arguments; nothing is sent."""
    arguments = dict(kwargs)
    where = arguments.pop("api_name", None), arguments.pop("fn_index", None), arguments.pop("headers", None)
    call, _ = client._bind(args, arguments, *where)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return call.payload.endpoint


def _tell_nothing(base: str) -> None:
    pass


def _with_result(callback: Callable[..., Any]) -> Callable[[Any], object]:
    def call(job: Job) -> object:
        if job.cancelled() or job.exception() is not None:
            return None
        result = job.result()
        return callback(*result) if isinstance(result, tuple) else callback(result)

    return call
