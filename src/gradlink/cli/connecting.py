"""The options that all commands share, which say how to connect to the app."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import field
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from gradlink._dataclass import dataclass
from gradlink.cli.console import output, say

if TYPE_CHECKING:
    from gradlink import Client
    from gradlink._async.client import AsyncClient
    from gradlink._hub.stages import SpaceStatus

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Connecting:
    """How the app is connected to.

    Attributes:
        app: URL of the app, or name of a Space.
        timeout: seconds that a call may take.
    """

    app: str
    auth: tuple[str, str] | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    insecure: bool = False
    timeout: float | None = None
    retries: int | None = None

    def client(self, *, connect_seconds: float | None = None, **options: Any) -> Client:
        """Connect, in ``connect_seconds`` if they are given. Raises what :class:`gradlink.Client` raises."""
        from gradlink import Client

        return Client(self.app, **self._options(connect_seconds), **options)

    def async_client(self, **options: Any) -> AsyncClient:
        """Return a client for an event loop, which has not connected yet."""
        from gradlink import AsyncClient

        return AsyncClient(self.app, **self._options(None), **options)

    def _options(self, connect_seconds: float | None) -> dict[str, Any]:
        from gradlink import Timeout

        limits: dict[str, float] = {}
        if self.timeout is not None:
            limits["total"] = self.timeout
        if connect_seconds is not None:
            limits["connect"] = connect_seconds
        return {
            "token": self.token,
            "verbose": False,
            "auth": self.auth,
            "headers": self.headers or None,
            "ssl_verify": not self.insecure,
            "timeout": Timeout(**limits),
            "retries": self.retries,
            "on_status": _tell,
        }


def connecting(function: Callable[..., R], *, app: str = "APP") -> Callable[..., R]:
    """Give a command an argument that says where the app is, and the options of the connection.

    It gets a :class:`Connecting` as ``via``. ``app`` names the argument in the help.
    """

    @wraps(function)
    def run(  # the options of the command line
        app: str,
        auth: str | None,
        token: str | None,
        header: tuple[str, ...],
        *,
        insecure: bool,
        timeout: float | None,
        retries: int | None,
        verbose: bool,
        debug: bool,
        color: bool | None,
        **others: Any,
    ) -> R:
        del debug  # read where errors are caught, before this is parsed
        output().color = color
        if verbose:
            show_requests()
        via = Connecting(app, login(auth), token, _headers(header), insecure, timeout, retries)
        return function(via=via, **others)

    for option in reversed((click.argument("app", metavar=app), *_OPTIONS)):
        run = option(run)
    return run


def show_requests() -> None:
    """Write each request to standard error as it goes."""
    from gradlink._shell.logs import log_to_stderr

    log_to_stderr(logging.DEBUG)


def _tell(status: SpaceStatus) -> None:
    say(f"{status.message[:1].upper()}{status.message[1:]} ...")


def login(auth: str | None) -> tuple[str, str] | None:
    """Return user and password of ``USER:PASSWORD``. Raises click.BadParameter for anything else."""
    if auth is None:
        return None
    user, colon, password = auth.partition(":")
    if not colon:
        raise click.BadParameter("give USER:PASSWORD", param_hint="--auth")
    return user, password


def _headers(given: tuple[str, ...]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in given:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{header!r} is not 'NAME: VALUE'", param_hint="--header")
        headers[name.strip()] = value.strip()
    return headers


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--auth", metavar="USER:PASSWORD", envvar="GRADLINK_AUTH", help="Login of the app."),
    click.option(
        "--token", metavar="TOKEN", help="Hugging Face token; the saved one or HF_TOKEN by default."
    ),
    click.option(
        "--header",
        metavar="'NAME: VALUE'",
        multiple=True,
        help="Header for every request; repeat it for more.",
    ),
    click.option("--insecure", is_flag=True, help="Check no certificate."),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        help="Limit for a call as a whole.",
    ),
    click.option(
        "--retries",
        metavar="N",
        type=click.IntRange(min=0),
        help="How often a request that had no effect is sent again.",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Show each request, without secrets."),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
    click.option(
        "--color/--no-color", default=None, help="Colours; by default on a terminal, unless NO_COLOR is set."
    ),
)
