"""An endpoint of a scripted app: its parameters, its outputs, and the script behind it."""

from __future__ import annotations

import inspect
from typing import Any

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue, encode
from gradlink.errors import ArgumentError
from gradlink.testing.fake.annotations import (
    Described,
    describe,
    describe_returns,
    describe_value,
    hints_of,
)
from gradlink.testing.fake.script import Happening, Hold, Queued, Script, State, Stream

# What has no function has no names for its arguments: it takes that many, whatever they are.
MOST_UNNAMED = 10


@dataclass(frozen=True, slots=True)
class Taken:
    """A parameter.

    Attributes:
        has_default: it may be left out.
        as_bytes: its function takes a file as bytes.
        by_name: its function takes it by name alone.
        state: what each session has of it at first, None if it is given by callers.
    """

    name: str
    described: Described
    has_default: bool = False
    default: JSONValue = None
    as_bytes: bool = False
    by_name: bool = False
    state: State | None = None


@dataclass(frozen=True, slots=True)
class FakeEndpoint:
    """A function of the app.

    Attributes:
        name: with its leading slash.
        taken: its parameters, those of State included.
        outputs: what it gives.
        declared: its author has said how many outputs it has.
        script: what it does.
        named: its parameters have names of their own.
        streams: it is known to give several values.
        text: what its author says of it.
    """

    name: str
    taken: tuple[Taken, ...]
    outputs: tuple[Described, ...]
    declared: bool
    script: Any
    named: bool
    streams: bool
    text: str


def read_endpoint(name: object, script: object) -> FakeEndpoint:
    """Return the endpoint that was given as ``script`` under ``name``.

    Raises ArgumentError for a name or a function that no endpoint can have.
    """
    if not isinstance(name, str) or not name.startswith("/") or len(name) < 2:
        raise ArgumentError(
            f"FakeApp: the name of an endpoint begins with a slash, as '/caption', not {name!r}"
        )
    if isinstance(script, Happening | Hold | State):
        raise ArgumentError(
            f"FakeApp: {name}: a {type(script).__name__} stands in a stream(), not for an endpoint"
        )
    if is_function(script):
        return _of_function(name, script)
    then: object = script
    while isinstance(then, Queued):
        then = then.then
    if is_function(then):
        inner = _of_function(name, then)
        return FakeEndpoint(
            name, inner.taken, inner.outputs, inner.declared, script, True, inner.streams, inner.text
        )
    first = _first(then)
    several = as_tuple(first)
    outputs = tuple(describe_value(value) for value in several) if first is not _NOTHING else (Described(),)
    unnamed = [
        Taken(f"argument_{number}", Described(), has_default=True) for number in range(1, MOST_UNNAMED + 1)
    ]
    streams = isinstance(then, Stream)
    return FakeEndpoint(name, tuple(unnamed), outputs, True, script, False, streams, "")


def is_function(script: object) -> bool:
    """Tell whether ``script`` is to be called, not given."""
    return callable(script) and not isinstance(script, Script | BaseException)


def as_tuple(value: Any, kinds: type | tuple[type, ...] = tuple) -> tuple[object, ...]:
    """Return the values of several outputs, which one of ``kinds`` is, or of one."""
    is_several: bool = isinstance(value, kinds)
    return tuple(value) if is_several else (value,)


_NOTHING = object()


def _first(script: object) -> object:
    """Return the first value that ``script`` is certain to give."""
    if isinstance(script, BaseException):
        return _NOTHING
    if not isinstance(script, Stream):
        return script
    values = (item for item in script.items if not isinstance(item, Happening | Hold | BaseException))
    return next(values, _NOTHING)


def _of_function(name: str, function: Any) -> FakeEndpoint:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError, NameError) as exc:
        raise ArgumentError(
            f"FakeApp: {name}: the parameters of {function!r} are not known; write a lambda around it"
        ) from exc
    called = function if inspect.isroutine(function) else type(function).__call__
    hints = hints_of(called)
    taken = tuple(
        _taken(name, one, hints.get(one.name, one.annotation)) for one in signature.parameters.values()
    )
    returns = hints.get("return", signature.return_annotation)
    declared = returns is not inspect.Signature.empty
    outputs = tuple(describe_returns(returns)) if declared else (Described(),)
    streams = inspect.isgeneratorfunction(called) or inspect.isasyncgenfunction(called)
    text = (inspect.getdoc(function) or "") if inspect.isroutine(function) else ""
    return FakeEndpoint(name, taken, outputs, declared, function, True, streams, text)


def _taken(endpoint: str, one: inspect.Parameter, annotation: object) -> Taken:
    if one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD}:
        raise ArgumentError(
            f"FakeApp: {endpoint}: an endpoint has so many parameters, each with a name; write them in the place of {one}"
        )
    if isinstance(one.default, State):
        return Taken(one.name, Described(), state=one.default, by_name=one.kind is one.KEYWORD_ONLY)
    has_default = one.default is not one.empty
    try:
        encode(one.default if has_default else None)
    except (TypeError, ValueError) as exc:
        raise ArgumentError(
            f"FakeApp: {endpoint}: the default of {one.name} is no JSON, but {one.default!r}"
        ) from exc
    return Taken(
        one.name,
        Described() if annotation is one.empty else describe(annotation),
        has_default,
        one.default if has_default else None,
        as_bytes=annotation is bytes,
        by_name=one.kind is one.KEYWORD_ONLY,
    )
