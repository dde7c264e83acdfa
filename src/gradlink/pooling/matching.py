"""Whether what a pool was made of are copies of one app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from gradlink._dataclass import dataclass
from gradlink._protocol.events import ProgressEvent, StatusEvent
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._protocol.status import Status
from gradlink._shell.watched import WatchedEvent
from gradlink._text import one_line
from gradlink.codegen.description import describe_app
from gradlink.codegen.drift import drift
from gradlink.errors import ArgumentError, CopiesDifferError, EndpointError
from gradlink.pooling.dispatching import Call, CallT, Dispatcher, Effect


@dataclass(slots=True, eq=False)
class Asked(Call):
    """A call as its caller has made it.

    Attributes:
        args: by position.
        kwargs: by name, options included, as ``submit`` of a client takes them.
        api_name: the endpoint that is called.
    """

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    api_name: str = ""


def check_copy(first: tuple[str, AppSchema], other: tuple[str, AppSchema]) -> None:
    """Raise CopiesDifferError if a call that fits the first app may not fit the other; each has its address beside it."""
    (url, schema), (other_url, other_schema) = first, other
    changes = [
        change for change in drift(describe_app(schema), describe_app(other_schema)) if change.breaking
    ]
    if changes:
        differences = [
            f"{change.endpoint} {change.parameter}".rstrip() + f" {change.text}" for change in changes
        ]
        raise CopiesDifferError(
            f"{other_url} is not a copy of {url}; there " + "; ".join(map(one_line, differences[:5])),
            differences=tuple(differences),
        )


def check_stateless(endpoint: Endpoint) -> None:
    """Raise EndpointError if calls of ``endpoint`` depend on each other: each may go to another copy."""
    if endpoint.stateful or endpoint.live:
        why = "has State" if endpoint.stateful else "takes input while it runs"
        raise EndpointError(
            f"{endpoint.title} {why}, which stays with one copy: call it with a Client",
            endpoint=endpoint.title,
            execution="not started",
        )


def pool_options(endpoint: Endpoint, kwargs: Mapping[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Return whether a call is given to another copy though it may have run, and what else stands in ``kwargs``.

    Raises ArgumentError for options that only a client's calls have.
    """
    names = {parameter.name for parameter in endpoint.parameters}
    for name in {"progress", "result_callbacks"} - names:
        if kwargs.get(name) is not None:
            raise ArgumentError(f"{name}= is not an option of a pool's calls; read the job's events()")
    arguments = dict(kwargs)
    resubmit = False if "resubmit" in names else arguments.pop("resubmit", None) is True
    return resubmit, arguments


def said(dispatcher: Dispatcher[CallT], call: CallT, event: WatchedEvent, now: float) -> list[Effect[CallT]]:
    """Take what a copy says of a call."""
    match event:
        case StatusEvent(code=Status.IN_QUEUE, rank=rank, queue_size=queue_size, eta=eta):
            dispatcher.told(call, rank, queue_size, eta, now)
        case ProgressEvent() | StatusEvent(code=Status.PROCESSING | Status.ITERATING):
            return dispatcher.started(call, now)
        case _:
            pass
    return []
