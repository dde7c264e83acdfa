"""Apps as their /config and /info describe them, release by release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import Endpoint, EndpointError, InvalidAPIEndpointError, Parameter, ProtocolError
from gradlink._describe.typehints import parameter_type
from gradlink._protocol.dialect import dialect_of, read_dialect
from gradlink._protocol.schema import (
    AppSchema,
    read_app,
    read_endpoints,
    with_rendered,
    without_rendered,
)
from gradlink._protocol.version import AppVersion


def component(key: int, kind: str, **fields: Any) -> dict[str, Any]:
    props = fields.pop("props", {"label": f"{kind} {key}"})
    return {"id": key, "type": kind, "props": props, **fields}


COMPONENTS = [
    component(1, "textbox", api_info={"type": "string"}, skip_api=False),
    component(
        2, "number", props={"label": "how many", "value": 3}, api_info={"type": "number"}, skip_api=False
    ),
    component(3, "state", skip_api=True),
    component(4, "accordion", skip_api=True),
    component(5, "json", api_info={"type": {}}, skip_api=False),
]


def dependency(fn_index: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": fn_index,
        "targets": [[9, "click"]],
        "inputs": [1, 3, 2],
        "outputs": [5, 3],
        "backend_fn": True,
        "api_name": f"f{fn_index}",
        "queue": True,
        "types": {"generator": False, "cancel": False},
        "cancels": [],
        "batch": False,
        "api_visibility": "public",
        "connection": "sse",
        "rendered_in": None,
        **fields,
    }


def config(*dependencies: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "app_id": 7,
        "connect_heartbeat": True,
        "max_file_size": 1000,
        "components": COMPONENTS,
        "dependencies": list(dependencies),
        **fields,
    }


def described(*names: str, **fields: Any) -> dict[str, Any]:
    parameters = [
        {
            "label": name.title(),
            "parameter_name": name,
            "parameter_has_default": False,
            "parameter_default": None,
            "type": {"type": "string"},
            "python_type": {"type": "str", "description": "a text"},
            "component": "Textbox",
        }
        for name in names
    ]
    return {"parameters": parameters, "returns": [], **fields}


def only(*args: Any, info: Any = None, **fields: Any) -> Endpoint:
    """Return the only endpoint of an app."""
    schema = read_app(config(dependency(0, **fields), *args), info)
    (endpoint,) = schema.endpoints.values()
    return endpoint


# The app


def test_an_app_is_read() -> None:
    schema = read_app(config(dependency(0), dependency(5)), {"named_endpoints": {}, "unnamed_endpoints": {}})
    assert (schema.version, schema.dialect.protocol, schema.prefix) == ("6.31.0", "sse_v3", "/gradio_api")
    assert (schema.app_id, schema.wants_heartbeat, schema.max_file_size) == (7, True, 1000)
    assert list(schema.endpoints) == [0, 5]
    assert schema.info == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_an_app_of_4_0_says_less() -> None:
    schema = read_app({"version": "4.0.2", "protocol": "sse", "dependencies": []}, None)
    assert (schema.dialect.protocol, schema.prefix, schema.app_id) == ("sse", "", None)
    assert (schema.wants_heartbeat, schema.max_file_size, schema.endpoints) == (False, None, {})


@pytest.mark.parametrize(
    ("announced", "version", "protocol"),
    [
        ({}, "3.50.2", "ws"),
        ({}, "3.1.5", "ws"),
        ({"protocol": "sse"}, "4.8.0", "sse"),
        ({"protocol": "sse_v1"}, "4.16.0", "sse_v1"),
        ({"protocol": "sse_v2"}, "4.20.1", "sse_v2"),
        ({"protocol": "sse_v2.1"}, "4.21.0", "sse_v2.1"),
        ({"protocol": "sse_v3"}, "6.31.0", "sse_v3"),
        ({"protocol": "sse_v4"}, "7.0.0", "sse_v3"),
        ({"protocol": "sse_v3.1"}, "7.0.0", "sse_v3"),
    ],
)
def test_each_protocol_is_known(announced: dict[str, Any], version: str, protocol: str) -> None:
    assert read_dialect({**announced, "version": version}).protocol == protocol


@pytest.mark.parametrize("announced", ["grpc", "", "ws2", None, 5, ["sse"]])
def test_another_protocol_is_refused(announced: Any) -> None:
    with pytest.raises(
        ProtocolError,
        match=r"^the app \(Gradio 7\.0\.0\) announces the protocol .*; gradlink supports ws, sse, sse_v1, sse_v2, "
        r"sse_v2\.1, sse_v3$",
    ):
        read_dialect({"protocol": announced, "version": "7.0.0"})


@pytest.mark.parametrize("version", ["3.0.26", "3.1.4"])
def test_a_queue_that_is_polled_is_refused(version: str) -> None:
    with pytest.raises(
        ProtocolError,
        match=rf"^the app runs Gradio {version}, whose queue is polled; gradlink needs 3\.1\.5 or newer$",
    ):
        read_app({"version": version, "dependencies": []}, None)


def test_gradio_2_is_refused() -> None:
    with pytest.raises(ProtocolError, match=r"^this is a Gradio 2 app; gradlink supports Gradio 3\.1\.5 and"):
        read_app({"allow_flagging": "never"}, None)


@pytest.mark.parametrize(("wrong", "has"), [({"version": "6.31.0", "a": 1}, "version, a"), ({}, "nothing")])
def test_a_config_without_functions_is_refused(wrong: dict[str, Any], has: str) -> None:
    with pytest.raises(ProtocolError, match=rf"^/config has no 'dependencies'; it has: {has}$"):
        read_app(wrong, None)


# Functions


def test_a_function_is_read() -> None:
    info = {"named_endpoints": {"/f0": described("text", "count", oauth_token="required")}}
    endpoint = only(info=info, cancels=[4], api_description="Does things.")
    assert (endpoint.fn_index, endpoint.api_name, endpoint.title) == (0, "/f0", "/f0")
    assert [(p.name, p.slot, p.label) for p in endpoint.parameters] == [
        ("text", 0, "Text"),
        ("count", 2, "Count"),
    ]
    assert endpoint.parameters[0] == Parameter(
        "text", "Text", "Textbox", "str", "a text", False, None, 0, schema={"type": "string"}
    )
    assert (endpoint.input_count, endpoint.skipped_outputs) == (3, (False, True))
    assert (endpoint.returns, endpoint.output_types) == (("json 5",), ("json", "state"))
    assert endpoint.seen_types == ("json", None)
    assert (endpoint.queued, endpoint.generator, endpoint.batch, endpoint.live) == (True, False, False, False)
    assert (endpoint.stateful, endpoint.callable, endpoint.is_valid) == (True, True, True)
    assert (endpoint.takes_oauth_token, endpoint.cancels) == ("required", (4,))
    assert endpoint.description == "Does things."
    assert endpoint.parameters_info == info["named_endpoints"]["/f0"]["parameters"]
    assert endpoint.session_hash is None


def test_the_description_of_info_comes_first() -> None:
    info = {"named_endpoints": {"/f0": described("a", "b", description="of info")}}
    assert only(info=info, api_description="of config").description == "of info"
    assert only(info=None, api_description="of config").description == "of config"
    assert only(info=None, api_description=False).description == ""


def test_before_4_32_the_place_in_the_list_is_the_id() -> None:
    dependencies = [dependency(0), dependency(0)]
    for each in dependencies:
        del each["id"]
    assert list(read_app(config(*dependencies), None).endpoints) == [0, 1]


def test_ids_need_not_be_the_places() -> None:
    assert list(read_app(config(dependency(30), dependency(0)), None).endpoints) == [30, 0]


@pytest.mark.parametrize(
    ("fields", "api_name", "visibility"),
    [
        ({"api_name": "f"}, "/f", "public"),
        ({"api_name": "f", "api_visibility": "undocumented"}, "/f", "undocumented"),
        ({"api_name": "f", "api_visibility": "private"}, "/f", "private"),
        ({"api_name": "false", "api_visibility": "private"}, "/false", "private"),  # 6.x
        ({"api_name": False, "api_visibility": None}, None, "private"),
        ({"api_name": None, "api_visibility": None}, None, "public"),  # 3.x
        ({"api_name": "", "api_visibility": None}, None, "public"),
        ({"api_name": "f", "api_visibility": None, "show_api": False}, "/f", "undocumented"),  # 4.16 - 5.50
        ({"api_name": "f", "api_visibility": None, "show_api": True}, "/f", "public"),
        ({"api_name": "f", "api_visibility": "secret"}, "/f", "public"),
    ],
)
def test_a_function_may_be_hidden(fields: dict[str, Any], api_name: str | None, visibility: str) -> None:
    endpoint = only(**fields)
    assert (endpoint.api_name, endpoint.visibility, endpoint.api_visibility) == (
        api_name,
        visibility,
        visibility,
    )
    assert endpoint.is_valid is (visibility != "private")
    assert endpoint.title == (api_name or "fn_index=0")


@pytest.mark.parametrize(
    ("fields", "enable_queue", "queued", "direct"),
    [
        ({"queue": True}, True, True, False),
        ({"queue": False}, True, False, True),
        ({"queue": None}, True, True, False),
        ({"queue": None}, False, False, True),
        ({"queue": None}, None, True, False),
        # The direct route gives only the first value of a generator.
        ({"queue": False, "types": {"generator": True}}, True, False, False),
        ({"queue": False, "connection": "stream"}, True, False, False),
    ],
)
def test_a_function_goes_through_the_queue_or_not(
    fields: dict[str, Any], enable_queue: Any, queued: bool, direct: bool
) -> None:
    schema = read_app(config(dependency(0, **fields), enable_queue=enable_queue), None)
    endpoint = schema.endpoints[0]
    assert (endpoint.queued, endpoint.takes_direct_route) == (queued, direct)


@pytest.mark.parametrize(
    ("types", "version", "generator"),
    [
        ({"generator": True}, "6.31.0", True),
        ({"generator": False}, "6.31.0", False),
        (None, "6.31.0", False),
        (None, "3.16.2", True),  # nobody can know
        ({"continuous": False, "generator": False}, "3.20.0", False),
    ],
)
def test_a_function_may_be_a_generator(types: Any, version: str, generator: bool) -> None:
    raw = dependency(0, types=types)
    (endpoint,) = read_endpoints(
        {"dependencies": [raw], "components": []}, {}, dialect_of("sse_v3", AppVersion(version))
    )
    assert endpoint.generator is generator


@pytest.mark.parametrize(
    ("fields", "attribute"),
    [
        ({"batch": True}, "batch"),
        ({"connection": "stream"}, "live"),
        ({"backend_fn": False}, "callable"),
        ({"inputs": [1, 2], "outputs": [5]}, "stateful"),
    ],
)
def test_a_function_has_its_ways(fields: dict[str, Any], attribute: str) -> None:
    ordinary, other = only(), only(**fields)
    assert getattr(ordinary, attribute) is not getattr(other, attribute)


def test_state_in_the_outputs_is_state() -> None:
    assert only(inputs=[1], outputs=[3]).stateful
    assert only(inputs=[3], outputs=[5]).stateful


def test_components_that_are_not_there_are_no_harm() -> None:
    endpoint = only(inputs=[1, 99], outputs=[98])
    assert [p.label for p in endpoint.parameters] == ["textbox 1", "value"]
    assert (endpoint.returns, endpoint.input_count) == (("value",), 2)


# Parameters


def test_a_default_may_be_none() -> None:
    entry = described("a", "b")
    entry["parameters"][1] |= {"parameter_has_default": True, "parameter_default": None}
    endpoint = only(info={"named_endpoints": {"/f0": entry}})
    assert [(p.has_default, p.default) for p in endpoint.parameters] == [(False, None), (True, None)]


def test_without_info_parameters_are_made_from_the_components() -> None:
    endpoint = only()
    assert [(p.name, parameter_type(p), p.has_default, p.default, p.slot) for p in endpoint.parameters] == [
        ("textbox_1", "str", False, None, 0),
        ("how_many", "float", True, 3, 2),
    ]
    assert read_app(config(dependency(0)), None).info["named_endpoints"] == {"/f0": endpoint.info}


def test_before_4_23_names_are_made_from_the_labels() -> None:
    entry = described("a", "b")
    for parameter, label in zip(entry["parameters"], ["First name", "First name"], strict=True):
        for key in ("parameter_name", "parameter_has_default", "parameter_default"):
            del parameter[key]
        parameter["label"] = label
    endpoint = only(info={"named_endpoints": {"/f0": entry}})
    assert [(p.name, p.has_default, p.default) for p in endpoint.parameters] == [
        ("first_name", False, None),
        ("first_name_2", True, 3),  # what the number component holds
    ]


def test_info_that_does_not_fit_is_not_used() -> None:
    endpoint = only(info={"named_endpoints": {"/f0": described("a", "b", "c")}})
    assert [p.name for p in endpoint.parameters] == ["textbox_1", "how_many"]


def test_a_function_without_components_has_the_parameters_of_info() -> None:
    endpoint = only(info={"named_endpoints": {"/f0": described("a", "b")}}, inputs=[], outputs=[])
    assert [(p.name, p.slot) for p in endpoint.parameters] == [("a", 0), ("b", 1)]
    assert endpoint.input_count == 0


def test_functions_without_a_name_are_described_by_their_id() -> None:
    info = {"named_endpoints": {}, "unnamed_endpoints": {"0": described("a", "b")}}
    assert [p.name for p in only(info=info, api_name=None).parameters] == ["a", "b"]


@pytest.mark.parametrize("info", [{}, {"named_endpoints": None}, {"named_endpoints": {"/f0": "x"}}])
def test_info_of_another_form_is_not_used(info: Any) -> None:
    assert [p.name for p in only(info=info).parameters] == ["textbox_1", "how_many"]


# Finding one


def app(*dependencies: dict[str, Any]) -> AppSchema:
    return read_app(config(*dependencies), None)


APP = app(
    dependency(0, api_name="echo"),
    dependency(1, api_name="add"),
    dependency(2, api_name="secret", api_visibility="private"),
    dependency(3, api_name=None),
    dependency(4, api_name="hidden", api_visibility="undocumented"),
    dependency(5, api_name="js", backend_fn=False),
)


@pytest.mark.parametrize(
    ("api_name", "fn_index", "found"),
    [
        ("/echo", None, 0),
        ("/hidden", None, 4),
        (None, 1, 1),
        (None, 3, 3),
        ("/add", 0, 1),  # the name wins
        ("/js", None, 5),  # and calling it tells why it cannot be called
    ],
)
def test_an_endpoint_is_found(api_name: str | None, fn_index: int | None, found: int) -> None:
    assert APP.find(api_name, fn_index).fn_index == found


def test_of_several_with_one_name_the_first_that_may_be_called_is_meant() -> None:
    schema = app(
        dependency(0, api_name="f", api_visibility="private"),
        dependency(1, api_name="f"),
        dependency(2, api_name="f"),
    )
    assert schema.find("/f", None).fn_index == 1


@pytest.mark.parametrize(
    ("api_name", "text"),
    [
        ("echo", r"^the app has no endpoint 'echo'; names begin with a slash, did you mean '/echo'\?$"),
        (
            "/ech",
            r"^the app has no endpoint '/ech'; did you mean '/echo'\? It has: /echo, /add, /hidden, /js$",
        ),
        ("ech", r"^the app has no endpoint 'ech'; did you mean '/echo'\? It has: "),
        ("/nonsense", r"^the app has no endpoint '/nonsense'; it has: /echo, /add, /hidden, /js$"),
        ("", r"^the app has no endpoint ''; it has: "),
        (5, r"^api_name is a string such as '/predict', not 5$"),
    ],
)
def test_a_name_that_is_none_names_the_nearest(api_name: Any, text: str) -> None:
    with pytest.raises(EndpointError, match=text) as e:
        APP.find(api_name, None)
    assert isinstance(e.value, ValueError)
    assert not isinstance(e.value, InvalidAPIEndpointError)


@pytest.mark.parametrize("fn_index", [99, -1, "0", None])
def test_an_index_that_is_none_names_the_others(fn_index: Any) -> None:
    schema = replace(APP)
    if fn_index is None:
        with pytest.raises(
            EndpointError, match=r"^the app has 2 public endpoints; name one with api_name: /echo, /add$"
        ):
            schema.find(None, None)
    else:
        with pytest.raises(
            EndpointError,
            match=rf"^the app has no function with fn_index={fn_index!r}; it has: 0, 1, 2, 3, 4, 5$",
        ):
            schema.find(None, fn_index)


def test_the_only_public_endpoint_need_not_be_named() -> None:
    schema = app(
        dependency(0, api_name="only"),
        dependency(1, api_name="hidden", api_visibility="undocumented"),
        dependency(2, api_name=None),
        dependency(3, api_name="js", backend_fn=False),
    )
    assert schema.find(None, None).api_name == "/only"


def test_an_app_without_endpoints_says_so() -> None:
    with pytest.raises(
        EndpointError, match=r"^the app has 0 public endpoints; name one with api_name: none$"
    ):
        app().find(None, None)
    with pytest.raises(EndpointError, match=r"^the app has no endpoint '/x'; it has: none$"):
        app().find("/x", None)
    with pytest.raises(EndpointError, match=r"^the app has no function with fn_index=0; it has: none$"):
        app().find(None, 0)


def test_a_private_endpoint_is_not_called() -> None:
    with pytest.raises(InvalidAPIEndpointError, match=r"^the app keeps its endpoint '/secret' private$") as e:
        APP.find("/secret", None)
    assert isinstance(e.value, ValueError)
    with pytest.raises(InvalidAPIEndpointError, match=r"^the app keeps its function fn_index=2 private$"):
        APP.find(None, 2)


# Functions that gr.render makes


def rendered(render_id: int, *dependencies: dict[str, Any]) -> dict[str, Any]:
    return {
        "render_id": render_id,
        "components": [component(20, "textbox", api_info={"type": "string"})],
        "dependencies": [{**each, "rendered_in": 9} for each in dependencies],
    }


def test_rendered_functions_belong_to_their_session() -> None:
    schema = with_rendered(APP, rendered(1, dependency(30, inputs=[20, 3], outputs=[5])), "s")
    endpoint = schema.endpoints[30]
    assert (endpoint.session_hash, endpoint.stateful, endpoint.render_id) == ("s", True, 1)
    assert [p.label for p in endpoint.parameters] == ["textbox 20"]  # of the rendering
    assert endpoint.returns == ("json 5",)  # of the app
    assert schema.find("/f30", None) is endpoint
    assert APP.endpoints.keys() == {0, 1, 2, 3, 4, 5}


def test_a_rendering_takes_the_place_of_the_one_before_it() -> None:
    first = with_rendered(APP, rendered(1, dependency(30), dependency(31)), "s")
    second = with_rendered(first, rendered(2, dependency(40)), "s")
    third = with_rendered(second, rendered(1, dependency(50)), "s")
    assert set(third.endpoints) - set(APP.endpoints) == {40, 50}


def test_a_rendering_that_makes_nothing_takes_the_place_as_well() -> None:
    first = with_rendered(APP, rendered(1, dependency(30)), "s")
    assert with_rendered(first, rendered(1), "s").endpoints.keys() == APP.endpoints.keys()


@pytest.mark.parametrize("nothing", [None, {}, [], "x"])
def test_no_rendering_changes_nothing(nothing: Any) -> None:
    assert with_rendered(APP, nothing, "s") is APP


def test_rendered_functions_end_with_their_session() -> None:
    schema = with_rendered(APP, rendered(1, dependency(30)), "s")
    assert without_rendered(schema).endpoints == APP.endpoints


# Anything else

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", "a", "state", "stream", "private"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "type",
                    "props",
                    "label",
                    "value",
                    "skip_api",
                    "api_info",
                    "inputs",
                    "outputs",
                    "api_name",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
FIELDS = list(dependency(0))


@given(
    dependencies=st.lists(
        ANY_JSON | st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=6), max_size=3
    ),
    components=st.lists(ANY_JSON, max_size=3),
    info=st.none() | st.dictionaries(st.sampled_from(["named_endpoints", "unnamed_endpoints"]), ANY_JSON),
)
def test_any_config_with_functions_is_read(dependencies: Any, components: Any, info: Any) -> None:
    schema = read_app(config(components=components) | {"dependencies": dependencies}, info)
    for endpoint in schema.endpoints.values():
        assert len(endpoint.skipped_outputs) == len(endpoint.output_types)
        assert all(parameter.name.isidentifier() for parameter in endpoint.parameters)


# What /config says of the component of an input


def test_the_props_of_an_input_are_those_of_its_component() -> None:
    schema = read_app(config(dependency(0), dependency(7, inputs=[2, 99])), None)
    assert schema.input_props(schema.endpoints[7], 0) == {"label": "how many", "value": 3}
    assert schema.input_props(schema.endpoints[0], 2) == {"label": "how many", "value": 3}
    assert schema.input_props(schema.endpoints[7], 1) == {}
    assert schema.input_props(schema.endpoints[7], 2) == {}


def test_the_props_of_an_input_are_found_where_functions_have_no_ids() -> None:
    first, second = dependency(0), dependency(1, inputs=[2])
    del first["id"], second["id"]
    schema = read_app(config(first, second), None)
    assert schema.input_props(schema.endpoints[1], 0) == {"label": "how many", "value": 3}


def test_what_was_rendered_has_no_props() -> None:
    schema = read_app(config(dependency(0)), None)
    assert schema.input_props(Endpoint(5, "/late"), 0) == {}
