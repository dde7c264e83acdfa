"""Calls: arguments, values, errors, State, and the ways around the queue."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from gradlink import AppError, ArgumentError, EndpointError, ResponseError, ValidationError
from tests.matrix.scenarios import END_SECONDS, Topic

topic = Topic("Calls")


@topic()
def echo(client: Any, folder: Path) -> None:
    text = 'hä 🎈   "x"\r\n'
    assert client.predict(text, api_name="/echo") == text


@topic()
def keyword_arguments_and_defaults(client: Any, folder: Path) -> None:
    assert client.predict(3, api_name="/add") == 13
    assert client.predict(3, 4, "sub", api_name="/add") == -1
    assert client.predict(a=3, op="sub", api_name="/add") == -7
    with pytest.raises(TypeError, match="no parameter 'c'"):
        client.predict(a=3, c=1, api_name="/add")


@topic()
def every_kind_of_value(client: Any, folder: Path) -> None:
    values = ["text", 1, 7, False, "sub", "y", ["p", "r"], {"k": [1, None, "ü"]}]
    assert client.predict(*values, api_name="/kitchen") == values


@topic()
def several_outputs(client: Any, folder: Path) -> None:
    text, length, label = client.predict("four", api_name="/multi")
    assert (text, length, label["label"]) == ("four", 4, "a")


@topic()
def update_of_a_component(client: Any, folder: Path) -> None:
    result = client.predict("x", api_name="/upd")
    assert (result["__type__"], result["value"], result["label"]) == ("update", "x", "new label")


@topic()
def sixty_at_once(client: Any, folder: Path) -> None:
    jobs = [client.submit(str(number), api_name="/echo") for number in range(60)]
    assert [job.result(END_SECONDS) for job in jobs] == [str(number) for number in range(60)]


@topic()
def app_error(client: Any, folder: Path) -> None:
    with pytest.raises(AppError, match=r"user error: it's .bad.$") as caught:
        client.predict('it\'s "bad"', api_name="/err")
    assert caught.value.execution == "failed"


@topic("hideerr")
def hidden_error(client: Any, folder: Path) -> None:
    with pytest.raises(AppError, match="show_error=True"):
        client.predict("x", api_name="/boom")
    job = client.submit(1, api_name="/genboom")
    assert next(job) == "step 0"
    with pytest.raises(AppError, match="show_error=True"):
        next(job)


@topic()
def state(client: Any, folder: Path) -> None:
    assert [client.predict(2, api_name="/counter") for _ in range(3)] == [2, 4, 6]
    client.reset_session()
    assert client.predict(5, api_name="/counter") == 5


@topic(needs="batch")
def batch(client: Any, folder: Path) -> None:
    jobs = [client.submit(number, api_name="/batch_double") for number in (1, 2, 3)]
    assert [job.result(END_SECONDS) for job in jobs] == [2, 4, 6]


@batch.without
def batch_is_refused(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="stops the app's queue"):
        client.predict(1, api_name="/batch_double")
    assert client.predict("the queue lives", api_name="/echo") == "the queue lives"


@topic()
def unknown_function(client: Any, folder: Path) -> None:
    # From 4.9 to 4.15 one that reaches the server stops its queue for good.
    with pytest.raises(EndpointError, match="no function with fn_index=9999"):
        client.predict("x", fn_index=9999)
    with pytest.raises(EndpointError, match="no endpoint '/nope'"):
        client.predict("x", api_name="/nope")
    assert client.predict("the queue lives", api_name="/echo") == "the queue lives"


@topic(visits=True)
def every_function_with_nothing(connect: Any, folder: Path, release: str) -> None:
    with connect() as client:
        client.predict(None, 1000, api_name="/open_gate")
        dependencies = client.config["dependencies"]
        for index, dependency in enumerate(dependencies):
            # With what the components hold, or nulls: most fail, none may hang or take others along.
            given = client.config["components"]
            states = {component["id"] for component in given if component["type"] == "state"}
            nothing = [None for component in dependency["inputs"] if component not in states]
            with contextlib.suppress(AppError, ArgumentError, EndpointError, ValidationError, ResponseError):
                client.predict(*nothing, fn_index=dependency.get("id", index), timeout=END_SECONDS)
        assert len(dependencies) > 40
    with connect() as client:
        assert client.predict("the queue lives", api_name="/echo") == "the queue lives"


@topic(needs="private")
def private_endpoint(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match=r"keeps .* private"):
        client.predict("x", api_name="/private")
    assert client.predict("x", api_name="/undocumented") == "x"


@private_endpoint.without
def no_private_endpoint(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="no endpoint '/private'"):
        client.predict("x", api_name="/private")


@topic()
def queue_is_false(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/fast") == "x"
    assert [client.predict(2, api_name="/fast_counter") for _ in range(2)] == [2, 4]
    with pytest.raises(AppError, match="user error: x"):
        client.predict("x", api_name="/fast_err")


@topic(needs="direct_generator")
def queue_is_false_for_a_generator(client: Any, folder: Path) -> None:
    assert list(client.submit("w", 3, api_name="/fast_count")) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]


@queue_is_false_for_a_generator.without
def no_such_generator(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="no endpoint '/fast_count'"):
        client.submit("w", 3, api_name="/fast_count")


@topic("plain")
def app_without_a_queue(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict(3, api_name="/add") == 13


@topic("closed")
def app_whose_direct_route_is_closed(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict("x", api_name="/fast") == "x"


@topic(needs="validator")
def validator(client: Any, folder: Path) -> None:
    assert client.predict(2, api_name="/validated") == 4
    with pytest.raises(ValueError, match="n must be positive"):
        client.predict(-1, api_name="/validated")


@validator.without
def no_validator(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="no endpoint '/validated'"):
        client.predict(2, api_name="/validated")


@topic(needs="cache")
def result_from_a_cache(client: Any, folder: Path) -> None:
    assert [client.predict("abc", api_name="/cached") for _ in range(2)] == ["cba", "cba"]


@result_from_a_cache.without
def no_cache(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="no endpoint '/cached'"):
        client.predict("abc", api_name="/cached")
