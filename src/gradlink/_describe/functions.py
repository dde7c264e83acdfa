"""The named endpoints of an app as functions of a program: their names, and their arguments by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradlink._protocol.names import identifiers
from gradlink._protocol.schema import Endpoint
from gradlink.errors import ArgumentError

# The parameters of predict() and submit() that are named there: an argument of this name can only go by position.
NAMED = frozenset({"api_name", "fn_index", "headers", "result_callbacks"})


def function_names(endpoints: Iterable[Endpoint]) -> dict[str, Endpoint]:
    """Return the endpoints that can be called by name, by an identifier made from it.

    ``/v1/run-it`` becomes ``v1_run_it``.
    """
    named = {e.api_name: e for e in endpoints if e.api_name and e.is_valid and e.callable}
    names = identifiers([name.lstrip("/") for name in named])
    return dict(zip(names, named.values(), strict=True))


def callable_endpoints(endpoints: Iterable[Endpoint], *, everything: bool = False) -> list[Endpoint]:
    """Return the endpoints that can be called, those with a name first; those not listed by the app if ``everything``."""
    usable = [e for e in endpoints if e.callable and e.is_valid]
    listed = [e for e in usable if everything or (e.api_name and e.visibility == "public")]
    return sorted(listed, key=lambda e: e.api_name is None)


def own_names(endpoint: Endpoint, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``kwargs`` with the identifiers of the endpoint's signature put back to the app's own names."""
    from gradlink._describe.signature import parameter_names

    names = parameter_names(endpoint.parameters)
    own = {name: p.name for name, p in zip(names, endpoint.parameters, strict=True)}
    return {own.get(name, name): value for name, value in kwargs.items()}


def call_arguments(endpoint: Endpoint, values: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return ``values``, by the names of the endpoint's parameters, as arguments of ``predict`` by position and by name.

    By position are those up to the last that has no other way, with the app's defaults where one is left out.

    Raises ArgumentError for one that is left out and has no default.
    """
    given = dict(values)
    parameters = {parameter.name: parameter for parameter in endpoint.parameters}
    places = [place for place, name in enumerate(parameters) if name in NAMED and name in given]
    args: list[Any] = []
    for name in list(parameters)[: max(places, default=-1) + 1]:
        if name not in given and not parameters[name].has_default:
            raise ArgumentError(f"{endpoint.title} needs {name}; it takes: {', '.join(parameters)}")
        args.append(given.pop(name, parameters[name].default))
    return args, given
