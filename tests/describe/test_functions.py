"""Endpoints as functions of a program."""

from __future__ import annotations

from dataclasses import replace

from gradlink import Endpoint, Parameter
from gradlink._describe.functions import function_names, own_names

NAMED = Endpoint(0, "/v1/run-it", parameters=(Parameter("class", "", "", "str", "", False, None, 0),))


def test_endpoints_get_names_of_python() -> None:
    nameless = replace(NAMED, fn_index=1, api_name=None)
    bare = replace(NAMED, fn_index=2, callable=False, api_name="/bare")
    assert function_names([NAMED, nameless, bare]) == {"v1_run_it": NAMED}


def test_parameters_get_their_own_names_back() -> None:
    assert own_names(NAMED, {"class_": 1, "other": 2}) == {"class": 1, "other": 2}
