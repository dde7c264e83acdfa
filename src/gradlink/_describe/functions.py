"""The named endpoints of an app as functions of a program: their names, and their arguments by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradlink._describe.signature import parameter_names
from gradlink._protocol.names import identifiers
from gradlink._protocol.schema import Endpoint


def function_names(endpoints: Iterable[Endpoint]) -> dict[str, Endpoint]:
    """Return the endpoints that can be called by name, by an identifier made from it.

    ``/v1/run-it`` becomes ``v1_run_it``.
    """
    named = {e.api_name: e for e in endpoints if e.api_name and e.is_valid and e.callable}
    names = identifiers([name.lstrip("/") for name in named])
    return dict(zip(names, named.values(), strict=True))


def own_names(endpoint: Endpoint, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``kwargs`` with the identifiers of the endpoint's signature put back to the app's own names."""
    names = parameter_names(endpoint.parameters)
    own = {name: p.name for name, p in zip(names, endpoint.parameters, strict=True)}
    return {own.get(name, name): value for name, value in kwargs.items()}
