"""Every endpoint of an app that has everything, called directly and through the app that it is loaded into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gradlink import Client, GradlinkError
from tests.live.mounting import served
from tests.live.servers import Servers

# What differs between any two callers, or never ends by itself.
_OF_THE_CALLER = {"/whoami", "/token_of", "/token_required"}
_LONG = re.compile("slow|wait|gate|endless|forever|sleep|big|live|cam|crash|hang|batch")
# Components without a label have their number for one.
_NUMBERED = re.compile(r"value_\d+")
# Where a file is differs; its name, its type and what else is said of it does not.
_PLACE = re.compile(r"(?:https?://|/)[^'\" ]+")


@pytest.fixture(scope="module")
def both(server: Servers) -> Iterator[tuple[Client, Client]]:
    """Give a client of the app, and one of the app that it is loaded into."""
    url = server("base").url
    with (
        served("tests.loading.apps.outer", url) as outer,
        Client(url, verbose=False, files="url") as direct,
        Client(outer, verbose=False, files="url") as through,
    ):
        yield direct, through


def described(client: Client) -> dict[str, Any]:
    found = client.view_api(return_format="dict", print_info=False)
    assert isinstance(found, dict)
    named: dict[str, Any] = found["named_endpoints"]
    return named


def test_they_are_described_in_the_same_way(both: tuple[Client, Client]) -> None:
    direct, through = map(described, both)
    assert through.keys() - direct.keys() == {"/ours"}
    for name in direct.keys() - _OF_THE_CALLER:
        assert _NUMBERED.sub("", repr(through[name])) == _NUMBERED.sub("", repr(direct[name]))
    assert len(direct) > 60


def test_they_answer_the_same(both: tuple[Client, Client]) -> None:
    tried = 0
    for name, endpoint in described(both[0]).items():
        if name in _OF_THE_CALLER or _LONG.search(name):
            continue
        arguments = {p["parameter_name"]: _argument(p) for p in endpoint["parameters"]}
        direct, through = (_answer(client, name, arguments) for client in both)
        assert through == direct, name
        tried += 1
    assert tried > 40


def _argument(parameter: dict[str, Any]) -> Any:
    return parameter["parameter_default"] if parameter["parameter_has_default"] else _example(parameter)


def _example(parameter: dict[str, Any]) -> Any:
    # The examples of files are at a host that is not to be asked.
    example = parameter.get("example_input")
    return None if "http" in repr(example) else example


def _answer(client: Client, name: str, arguments: dict[str, Any]) -> object:
    """Return what can be compared of an answer: texts without addresses, dicts whatever their order."""
    try:
        value = client.with_options(timeout=60).predict(api_name=name, **arguments)
    except GradlinkError as error:
        value = [type(error).__name__, str(error)]
    return _comparable(value)


def _comparable(value: object) -> object:
    match value:
        case dict():
            rest = {key: item for key, item in value.items() if key not in {"path", "url"}}
            return {key: _comparable(item) for key, item in rest.items()}
        case list() | tuple():
            return [_comparable(item) for item in value]
        case str():
            return _PLACE.sub("/", value)
        case _:
            return value
