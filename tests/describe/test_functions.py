"""Endpoints as functions of a program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradlink import ArgumentError, Endpoint, Parameter
from gradlink._describe.functions import call_arguments, function_names, own_names

NAMED = Endpoint(0, "/v1/run-it", parameters=(Parameter("class", "", "", "str", "", False, None, 0),))


def test_endpoints_get_names_of_python() -> None:
    nameless = replace(NAMED, fn_index=1, api_name=None)
    bare = replace(NAMED, fn_index=2, callable=False, api_name="/bare")
    assert function_names([NAMED, nameless, bare]) == {"v1_run_it": NAMED}


def test_parameters_get_their_own_names_back() -> None:
    assert own_names(NAMED, {"class_": 1, "other": 2}) == {"class": 1, "other": 2}


def taking(**defaults: object) -> Endpoint:
    """Return an endpoint with parameters of these names; ... stands for no default."""
    return Endpoint(
        0,
        "/f",
        parameters=tuple(
            Parameter(name, "", "", "str", "", value is not ..., None if value is ... else value, place)
            for place, (name, value) in enumerate(defaults.items())
        ),
    )


def test_an_argument_that_a_call_has_an_option_for_goes_by_position() -> None:
    endpoint = taking(a=1, headers=..., b=3)
    assert call_arguments(endpoint, {"b": 5, "headers": "h"}) == ([1, "h"], {"b": 5})
    assert call_arguments(endpoint, {"a": 2, "headers": "h"}) == ([2, "h"], {})
    assert call_arguments(endpoint, {"a": 2, "b": 3}) == ([], {"a": 2, "b": 3})
    with pytest.raises(ArgumentError, match=r"^/f needs a; it takes: a, headers$"):
        call_arguments(taking(a=..., headers=...), {"headers": "h"})
