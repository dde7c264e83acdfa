"""The client as programs for gradio_client know it."""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from gradlink._local.settings import cache_directory
from gradlink._local.terminal import show
from gradlink._local.tokens import IP_TOKEN, visitor_token
from gradlink._protocol.schema import Endpoint as CleanEndpoint
from gradlink._protocol.status import Status, StatusUpdate
from gradlink._shell.headers import USER_AGENT
from gradlink._shell.raised import public
from gradlink._sync.client import Client as CleanClient
from gradlink._text import one_line
from gradlink.compat._arguments import fitted
from gradlink.compat._communicator import Communicator
from gradlink.compat._endpoint import Endpoint, Inside, endpoints_of
from gradlink.compat._installing import is_installed
from gradlink.compat._job import Job
from gradlink.compat._sent import Sent
from gradlink.compat._translating import translated_connect, translating
from gradlink.errors import (
    AppError,
    ArgumentError,
    AuthenticationError,
    GradlinkError,
    QueueError,
    ValidationError,
)

__all__ = [
    "DEFAULT_TEMP_DIR",
    "AppError",
    "AuthenticationError",
    "Client",
    "Communicator",
    "Endpoint",
    "Job",
    "QueueError",
    "Status",
    "StatusUpdate",
    "ValidationError",
]

DEFAULT_TEMP_DIR = os.environ.get("GRADIO_TEMP_DIR") or str(cache_directory() / "files")
"""Where files of results are stored: ``GRADIO_TEMP_DIR``, or a directory of this user's cache, never one that all share."""


class Client(CleanClient):
    """A :class:`gradlink.Client` with the attributes, errors and words that programs for gradio_client use.

    What it has beside those of the clean client are plain attributes, which subclasses may set before they call
    ``super().__init__()``. Changing ``headers`` or ``cookies`` changes what is sent from the next call on.

    Attributes:
        src: the app's URL, with a trailing slash.
        config: the app's /config.
        endpoints: :class:`Endpoint` by fn_index.
        token: the token that was given.
        headers: what is sent with every request to the app.
        cookies: those of the app when it was connected to, and those that the program adds.
        download_files: the directory for files of results, or False.
        output_dir: the same directory, also where it is not used.
        api_prefix: where the app's API is, under ``src``, with a slash behind it.
        src_prefixed: the two together; ``api_url``, ``sse_url`` and others are the addresses of its parts.
    """

    _job_type = Job

    # Those of the clean client are properties, which nobody could set.
    src: Any = ""
    config: Any = None
    endpoints: Any = None
    space_id: Any = None
    protocol: Any = ""

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
        download_files: str | os.PathLike[str] | Literal[False] | None = DEFAULT_TEMP_DIR,
        ssl_verify: bool | str | ssl.SSLContext = True,
        _skip_components: bool = True,
        analytics_enabled: bool = True,
        oauth_token: str | None = None,
        **options: Any,
    ) -> None:
        """Connect to the app at ``src``; the arguments are those of :class:`gradlink.Client`.

        Args:
            _skip_components: True. False is for apps that load others: use ``gradlink.load``.
            options: those that only gradlink has, by name. ``hf_token`` is an error as in gradio_client 2, except after
                :func:`gradlink.compat.install`, for packages that were written before.

        Raises:
            ValueError: the app does not answer as one, "Could not fetch config for ...", or its Space does not run; each is a
                GradlinkError as well.
            GradlinkError: as :class:`gradlink.Client`; where httpx is installed, errors of the network are errors of httpx as
                well.
        """
        if not _skip_components:
            raise ArgumentError("_skip_components=False is for apps that load other apps; use gradlink.load")
        if "hf_token" in options and is_installed():
            # Packages that were written before 2.0 have nobody who could change them here.
            warnings.warn("hf_token is now token", DeprecationWarning, stacklevel=2)
            old = options.pop("hf_token")
            token = old if token is None else token
        try:
            super().__init__(
                src,
                token,
                max_workers,
                verbose,
                auth,
                httpx_kwargs,
                headers=headers,
                # There "session" is a directory like any other.
                download_files=Path(download_files) if isinstance(download_files, str) else download_files,
                ssl_verify=ssl_verify,
                oauth_token=oauth_token,
                **options,
            )
            self._connect()
        except GradlinkError as error:
            raise translated_connect(error, src) from error.__cause__
        self._options = replace(self._options, forgiving=True)
        self.token = token
        self.oauth_token = oauth_token
        self.httpx_kwargs: dict[str, Any] = dict(httpx_kwargs or {})
        self.ssl_verify = ssl_verify
        self.download_files = download_files
        self.output_dir = str(download_files or DEFAULT_TEMP_DIR)
        self.max_workers = max_workers
        self.analytics_enabled = False
        self._describe()

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
        """Call an endpoint and return its result, by way of :meth:`submit`, which subclasses may override.

        Interrupting it, for example with Ctrl-C, cancels the job on the server.
        """
        # What a subclass returns may be something else around a job.
        job: Any = self.submit(*args, api_name=api_name, fn_index=fn_index, headers=headers, **kwargs)
        try:
            if isinstance(job, Job):
                job.end_input()
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

        Positional arguments beyond the last parameter are left out with a warning. A dict that has the ``path`` of a file of this
        machine and ``meta`` is uploaded with a warning.
        """
        with translating():
            self._sent.send_changes(self._shared, self.headers, self.cookies)
            endpoint = self._connection.schema.find(api_name, fn_index)
            args, kwargs = fitted(endpoint, args, kwargs)
            job = super().submit(
                *args,
                api_name=api_name,
                fn_index=fn_index,
                headers=headers,
                result_callbacks=result_callbacks,
                **kwargs,
            )
        assert isinstance(job, Job)  # noqa: S101  # they are made of _job_type
        return job

    def submit_event(
        self,
        endpoint: CleanEndpoint,
        data: tuple[Any, ...],
        headers: Mapping[str, str] | None,
        event_data: Any,
        trigger_id: int | None,
    ) -> Job:
        """Send the call that an event of the app's page makes: with its data, and the component that it happened to."""
        with translating():
            self._sent.send_changes(self._shared, self.headers, self.cookies)
            # Where there is none, it would be taken for a parameter of that name.
            given = {} if event_data is None else {"event_data": event_data}
            core, job = self._new_job(data, given, None, endpoint.fn_index, headers)
            core.call = replace(core.call, payload=replace(core.call.payload, trigger_id=trigger_id))
            self._connection.calls.send(core)
        assert isinstance(job, Job)  # noqa: S101  # they are made of _job_type
        return job

    def new_helper(self, fn_index: int, headers: dict[str, str] | None = None) -> Communicator:
        """Return what a call is polled by, before it is made with ``endpoints[fn_index].make_end_to_end_fn(helper)``."""
        with translating():
            self._connection.schema.find(None, fn_index)
        return Communicator(request_headers=headers)

    # -- the app ----------------------------------------------------------------------------------

    def add_zero_gpu_headers(self, headers: dict[str, str]) -> dict[str, str]:
        """Add the token of the visitor for whom an app's function runs, so that a Space charges that visitor's quota.

        Each call does it by itself.
        """
        token = visitor_token() if self.space_id else None
        if token is not None:
            headers[IP_TOKEN] = token
        return headers

    def __str__(self) -> str:
        return str(self.view_api(print_info=False, return_format="str"))

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.token = state["token"]
        self._describe()

    # -- inside -----------------------------------------------------------------------------------

    @staticmethod
    def _tell_connected(base: str) -> None:
        show(f"Loaded as API: {one_line(base)}")

    @property
    def _inside(self) -> Inside:
        """What endpoints have of the client."""
        return Inside(self._open_connection, self._options.form)

    def _infer_fn_index(self, api_name: str | None = None, fn_index: int | None = None) -> int:
        with translating():
            return self._connection.schema.find(api_name, fn_index).fn_index

    def _get_api_info(self) -> dict[str, Any]:
        listed = self.view_api(all_endpoints=True, print_info=False, return_format="dict")
        return listed if isinstance(listed, dict) else {}

    def _get_config(self) -> dict[str, Any]:
        return dict(self._connection.schema.config)

    def _describe(self) -> None:
        """Set the plain attributes from what is known of the app."""
        connection = self._connection
        routes, schema = connection.access.routes, connection.schema
        space = connection.access.space
        self.src = routes.base
        self.config = dict(schema.config)
        self.protocol = schema.dialect.protocol
        self.space_id = None if space is None else space.space_id
        prefix = routes.prefix.strip("/")
        self.api_prefix = f"{prefix}/"
        self.src_prefixed = routes.api
        self.api_url = f"{routes.api}api/predict/"
        self.upload_url, self.reset_url = routes.upload, routes.reset
        first, second = routes.join, routes.data_of_job
        # Where sessions share a stream, a call is posted to where messages were read before, and the other way round.
        self.sse_url, self.sse_data_url = (second, first) if schema.dialect.shares_stream else (first, second)
        self.heartbeat_url = f"{routes.api}heartbeat/{{session_hash}}"
        self.ws_url = routes.websocket
        self.headers: dict[str, str] = {"user-agent": USER_AGENT, **self._shared.settings.transport.headers}
        self.cookies: dict[str, str] = connection.driver.cookies()
        self._sent = Sent(self.headers, self.cookies)
        self._info = self._get_api_info()
        self.endpoints = endpoints_of(self, schema)
