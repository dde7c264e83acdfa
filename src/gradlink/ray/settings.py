"""What a ``Call`` was made with, as it travels to the actors."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final, Literal, TypeAlias, TypedDict

from gradlink._dataclass import dataclass
from gradlink._hub.stages import SpaceStatus
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.routes import without_credentials
from gradlink._text import one_line
from gradlink.mapping.options import Width

FilesIn: TypeAlias = Literal["bytes", "url"]
Errors: TypeAlias = Literal["raise", "column"]

MOST_CALLS: Final = 40
"""As many as a client has at an app."""


class ActorOptions(TypedDict, total=False):
    """The options of the clients of actors; :class:`gradlink.Client` says what they are."""

    auth: tuple[str, str] | None
    httpx_kwargs: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    ssl_verify: bool | str | ssl.SSLContext
    oauth_token: str | None
    timeout: float | Timeout | None
    retries: int | Retries | None
    max_download: int | None
    max_message: int | None
    max_answer: int | None
    wait: float | None
    on_status: Callable[[SpaceStatus], object] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one ``Call``.

    Attributes:
        name: of no other ``Call``; those who have it share the calls at the app.
        sources: the app, or its copies.
        api_name: the endpoint; None for the only one.
        outputs: the column for each output; None for one that is left out.
        inputs: parameters, and the columns that they are taken from; None for those of the same names.
        arguments: of each call, by name.
        files: what a column has of files.
        errors: what becomes of a row without a value.
        error: the column with the texts of errors.
        execution: the column that says whether the function ran that gave no value.
        max_calls: how many calls are at the app at a time; None for no bound.
        concurrency: how many of them are of one actor.
        lease: seconds after which the calls of an actor that has died count no longer.
        resubmit: calls that may have run are made again.
        client: the options of the client.
    """

    name: str
    sources: tuple[str, ...] = field(repr=False)
    api_name: str | None
    outputs: tuple[str | None, ...]
    inputs: Mapping[str, str] | None
    arguments: Mapping[str, Any] = field(repr=False)
    files: FilesIn
    errors: Errors
    error: str
    execution: str
    max_calls: int | None
    concurrency: Width
    lease: float
    resubmit: bool
    client: Mapping[str, Any] = field(repr=False)

    @property
    def title(self) -> str:
        """What is shown of it: the endpoint and the app, without credentials."""
        apps = ", ".join(without_credentials(source) for source in self.sources)
        return one_line(f"{self.api_name or 'the endpoint'} of {apps}")

    @property
    def max_workers(self) -> int:
        """How many calls a client of it has at the app at a time; the rest would wait in the client."""
        return MOST_CALLS if self.max_calls is None else self.max_calls
