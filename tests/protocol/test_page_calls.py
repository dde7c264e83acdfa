"""The calls that a page of an app makes: values as they are, for every input."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ArgumentError, Endpoint, EndpointError, Parameter, handle_file
from gradlink._local.filesource import FileSource
from gradlink._protocol.dialect import NEWEST
from gradlink._protocol.filedata import META
from gradlink._protocol.payload import PageEvent, Payload, bind, bind_page, rebind
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import AppSchema, read_app

ROUTES = Routes("http://127.0.0.1:7860/", "/gradio_api")
# A State lies behind the text.
ENDPOINT = Endpoint(
    3, "/add", parameters=(Parameter("text", "Text", "Textbox", "str", "", False, None, 0),), input_count=2
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


NOTHING = PageEvent()


def called(*values: Any, event: PageEvent = NOTHING) -> Payload:
    return bind_page(ENDPOINT, values, event, NEWEST, FileSource)


@given(VALUES, VALUES)
def test_values_go_out_as_they_are(one: Any, other: Any) -> None:
    assert called(one, other).data == [one, other]


def test_what_is_said_of_the_event_goes_along() -> None:
    payload = called("a", None, event=PageEvent({"index": 0}, 7))
    body = payload.body(payload.data, "session", None)
    assert (body["event_data"], body["trigger_id"]) == ({"index": 0}, 7)
    assert body["data"] == ["a", None]


def test_a_file_of_the_app_keeps_its_path() -> None:
    file = {"path": "/tmp/of the app.png", "url": "http://127.0.0.1:7860/x", "meta": META}  # noqa: S108
    assert called(file, None).data == [file, None]


def test_a_file_of_this_machine_is_uploaded() -> None:
    payload = called({"files": [handle_file(__file__)]}, None)
    (upload,) = payload.uploads
    assert upload.path == (0, "files", 0)
    assert payload.with_files(["/there"])[0] == {
        "files": [{"path": "/there", "orig_name": "test_page_calls.py", "meta": META}]
    }


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ArgumentError, match="input 1 holds a object"):
        called("a", object())


def test_it_is_the_same_call_after_a_restart_of_the_app() -> None:
    payload = called("a", 1, event=PageEvent("x", 2))
    fresh = Endpoint(3, "/add", input_count=2)
    again = rebind(payload, fresh, ROUTES, NEWEST)
    assert again.endpoint is fresh
    assert (again.data, again.event_data, again.trigger_id) == (["a", 1], "x", 2)


def test_a_call_of_a_program_is_bound_anew_after_a_restart() -> None:
    payload = bind(ENDPOINT, ("a",), {}, ROUTES, NEWEST, FileSource)
    moved = Endpoint(
        3,
        "/add",
        parameters=(Parameter("text", "Text", "Textbox", "str", "", False, None, 1),),
        input_count=2,
    )
    assert rebind(payload, moved, ROUTES, NEWEST).data == [None, "a"]


def schema(*names: str) -> AppSchema:
    dependencies: list[Any] = [
        {"id": number, "targets": [], "inputs": [], "outputs": [], "backend_fn": True, "api_name": name}
        for number, name in enumerate(names)
    ]
    config: Any = {"version": "6.31.0", "protocol": "sse_v3", "dependencies": dependencies, "components": []}
    return read_app(config, None)


def test_the_function_of_a_page_is_found_again_though_it_is_private() -> None:
    app = schema("one", "two")
    assert app.same_function(app.endpoints[1]).fn_index == 1


@pytest.mark.parametrize("names", [("one",), ("one", "other")])
def test_another_function_in_its_place_is_refused(names: tuple[str, ...]) -> None:
    before = schema("one", "two").endpoints[1]
    with pytest.raises(EndpointError, match="it has no /two any more; load its page again"):
        schema(*names).same_function(before)


def test_where_components_ask() -> None:
    assert ROUTES.component_server == "http://127.0.0.1:7860/gradio_api/component_server"
