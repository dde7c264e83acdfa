"""The public face: what ``Dataset.map_batches`` is given."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack, cast, get_args
from uuid import uuid4

from gradlink.errors import ArgumentError, MissingPackageError
from gradlink.mapping.concurrency import Bounds
from gradlink.mapping.options import Width
from gradlink.ray.caller import Caller
from gradlink.ray.settings import MOST_CALLS, ActorOptions, Errors, FilesIn, Settings


def Call(  # noqa: N802  # what it makes is a class
    src: str | Sequence[str],
    api_name: str | None = None,
    *,
    output: str | Sequence[str | None] = "output",
    inputs: Mapping[str, str] | None = None,
    arguments: Mapping[str, Any] | None = None,
    files: FilesIn = "bytes",
    errors: Errors = "raise",
    error: str = "error",
    execution: str = "execution",
    max_calls: int | None = MOST_CALLS,
    concurrency: Width = 8,
    lease: float = 30.0,
    resubmit: bool = False,
    token: str | Literal[False] | None = None,
    **options: Unpack[ActorOptions],
) -> type[Caller]:
    """Return a class that calls an endpoint for each row, for ``Dataset.map_batches`` of Ray to make actors of.

    >>> captions = gradlink.ray.Call("user/space", "/caption", output="caption")  # doctest: +SKIP
    >>> ds.map_batches(captions, concurrency=(1, 8), batch_size=64)  # doctest: +SKIP

    Each actor has one client. The batch comes back in its own format, with columns for what the calls gave.

    Args:
        src: the app, as :class:`gradlink.Client` takes it, or a list of copies, as :class:`gradlink.Pool` does.
        api_name: the endpoint, with its leading slash. Not needed if the app has only one.
        output: the column for the output; where there are several, a list with a name for each, or None for one that is
            left out. Lists and objects become JSON, unless files are in them.
        inputs: for each parameter, the column that it is taken from. None: columns that have the names of parameters.
        arguments: parameters that are the same for all rows.
        files: files of results are their content ("bytes") or their addresses at the app ("url").
        errors: "raise" ends the run with the first error; "column" puts its text into a column, and goes on.
        error: the column with "AppError: text", null where all went well.
        execution: the column that says of each error whether the function ran: "not started", "failed" or "unknown".
        max_calls: how many calls are at the app at a time, of all actors together; None: only ``concurrency`` bounds them.
        concurrency: how many calls of one batch are at the app at a time: a number, "auto", or ``(least, most)``.
        lease: seconds after which the calls of an actor that has died do not count any more for ``max_calls``: as long as
            a call may take.
        resubmit: call rows again that may have run.
        token: Hugging Face token. None: the one that is saved on the machine of the actor, for Spaces only.
        options: of the clients: ``auth``, ``headers``, ``timeout``, ``retries``, ``ssl_verify`` and others.

    Raises:
        MissingPackageError: Ray is not installed.
        ArgumentError: an option is wrong (a TypeError).
    """
    if importlib.util.find_spec("ray") is None:
        raise MissingPackageError('gradlink.ray needs Ray: pip install "gradlink[ray]"')
    sources = (src,) if isinstance(src, str) else tuple(src)
    outputs = (output,) if isinstance(output, str) else tuple(output)
    settings = Settings(
        name=f"gradlink-calls-{uuid4().hex}",
        sources=sources,
        api_name=api_name,
        outputs=outputs,
        inputs=None if inputs is None else dict(inputs),
        arguments=dict(arguments or {}),
        files=files,
        errors=errors,
        error=error,
        execution=execution,
        max_calls=max_calls,
        concurrency=concurrency,
        lease=lease,
        resubmit=resubmit,
        client={"token": token, **options},
    )
    _check(settings, cast("dict[str, object]", options))
    made: type[Caller] = type(
        f"Call({api_name or ''})", (Caller,), {"settings": settings, "__doc__": Caller.__doc__}
    )
    # Ray tells the classes of one actor apart by this name.
    made.__qualname__ = f"{made.__name__}-{settings.name}"
    return made


def _check(settings: Settings, options: Mapping[str, object]) -> None:
    if not settings.sources or not all(isinstance(cast("object", one), str) for one in settings.sources):
        raise ArgumentError(f"src is a URL, the name of a Space, or a list of them, not {settings.sources!r}")
    known = sorted(ActorOptions.__annotations__)
    if unknown := sorted(set(options) - set(known)):
        raise ArgumentError(
            f"gradlink.ray.Call has no option {unknown[0]!r}; those of clients that it has are {', '.join(known)}"
        )
    columns = [name for name in settings.outputs if name is not None]
    if settings.errors == "column":
        columns += [settings.error, settings.execution]
    if not columns or any(not isinstance(cast("object", name), str) or not name for name in columns):
        raise ArgumentError(f"output=, error= and execution= are names of columns, not {columns!r}")
    if len(set(columns)) < len(columns):
        raise ArgumentError(f"two columns would have one name: {columns!r}")
    for name, value, choices in (("files", settings.files, FilesIn), ("errors", settings.errors, Errors)):
        if value not in get_args(choices):
            raise ArgumentError(f"{name} is {' or '.join(map(repr, get_args(choices)))}, not {value!r}")
    most: Any = settings.max_calls
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise ArgumentError(f"max_calls is a number from 1 on, or None, not {most!r}")
    lease: Any = settings.lease
    if not isinstance(lease, (int, float)) or not 0 < lease < float("inf"):
        raise ArgumentError(f"lease is a number of seconds above 0, not {lease!r}")
    Bounds.of(settings.concurrency, settings.max_workers)
