"""The options of a single call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any, Final

from gradlink._dataclass import dataclass
from gradlink._flows.delivery import FilesAs, FramesOf, ResultForm, check_form
from gradlink._flows.exchange import Access
from gradlink._protocol.headers import check_headers
from gradlink._protocol.policy import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Retries,
    Timeout,
    as_retries,
    as_timeout,
)
from gradlink._protocol.schema import Endpoint
from gradlink.errors import ArgumentError

# What is given like an argument.
_OPTIONS: Final = ("timeout", "retries", "resubmit", "event_data", "files", "frames", "progress")


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a single call asks for beside its arguments; None is what the client was made with.

    Attributes:
        forgiving: it is left to the app to refuse arguments that it is certain to refuse, as gradio_client does.
    """

    headers: Mapping[str, str] | None = field(default=None, repr=False)
    timeout: float | Timeout | None = None
    retries: int | Retries | None = None
    resubmit: bool | None = None
    event_data: Any = None
    files: FilesAs | None = None
    frames: FramesOf | None = None
    progress: bool | Callable[[Any, Any], object] | None = None
    forgiving: bool = False

    def further(
        self,
        headers: Mapping[str, str] | None,
        timeout: float | Timeout | None,
        retries: int | Retries | None,
        resubmit: bool | None,
        form: tuple[FilesAs | None, FramesOf | None] = (None, None),
    ) -> CallOptions:
        """Return these options with others over them, of which None leaves the one that is here.

        Raises ArgumentError for options that are none.
        """
        check_headers("headers", headers)
        as_timeout(timeout, DEFAULT_TIMEOUT)
        as_retries(retries, DEFAULT_RETRIES)
        _check_resubmit(resubmit)
        files, frames = form
        check_form(files, frames)
        return CallOptions(
            merged_headers(self.headers, headers),
            self.timeout if timeout is None else timeout,
            self.retries if retries is None else retries,
            self.resubmit if resubmit is None else resubmit,
            files=files or self.files,
            frames=frames or self.frames,
            progress=self.progress,
            forgiving=self.forgiving,
        )

    def showing(self, progress: bool | Callable[[Any, Any], object] | None) -> CallOptions:
        """Return these options with another ``progress``; None leaves the one that is here."""
        check_progress(progress)
        return self if progress is None else replace(self, progress=progress)

    def apply(self, access: Access, timeout: Timeout) -> tuple[Access, Timeout]:
        """Return the access and the limits of the call. Raises ArgumentError for options that are none."""
        _check_resubmit(self.resubmit)
        check_progress(self.progress)
        retries = as_retries(self.retries, access.retries)
        return replace(access, retries=retries), as_timeout(self.timeout, timeout)

    @property
    def form(self) -> ResultForm:
        """What the caller gets for files and tables. Raises ArgumentError for what nobody can want."""
        check_form(self.files, self.frames)
        return ResultForm(self.files or "path", self.frames)


def merged_headers(
    own: Mapping[str, str] | None, further: Mapping[str, str] | None
) -> Mapping[str, str] | None:
    """Return the headers of both; ``further`` wins, whatever the case of the letters."""
    if not own or not further:
        return further or own
    replaced = {name.lower() for name in further}
    return {**{name: value for name, value in own.items() if name.lower() not in replaced}, **further}


def split_options(
    endpoint: Endpoint,
    headers: Mapping[str, str] | None,
    kwargs: Mapping[str, Any],
    defaults: CallOptions,
) -> tuple[CallOptions, dict[str, Any]]:
    """Return the options of a call and its arguments.

    ``timeout``, ``retries``, ``resubmit``, ``event_data``, ``files``, ``frames`` and ``progress`` are options unless
    the endpoint itself has a parameter of that name. What is left out, or None, is that of ``defaults``; ``headers`` are those of both already.
    """
    names = {parameter.name for parameter in endpoint.parameters}
    options = {name: kwargs[name] for name in _OPTIONS if name in kwargs and name not in names}
    arguments = {name: value for name, value in kwargs.items() if name not in options}
    given = {name: value for name, value in options.items() if value is not None}
    return replace(defaults, headers=headers, **given), arguments


def _check_resubmit(value: object) -> None:
    if value is not None and not isinstance(value, bool):
        raise ArgumentError(f"resubmit is True or False, not {value!r}")


def check_progress(value: object) -> None:
    """Raise ArgumentError for what neither shows progress nor can be called with it."""
    if value is None or isinstance(value, bool):
        return
    if not callable(value):
        raise ArgumentError(f"progress is True, False or a function of a job and an event, not {value!r}")
    if inspect.iscoroutinefunction(value):
        raise ArgumentError("a progress callback is a plain function, not a coroutine function")
