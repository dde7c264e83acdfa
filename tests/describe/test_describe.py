"""The endpoints of an app, written for people."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._describe.describe import describe, listing
from gradlink._protocol.schema import read_app
from gradlink._text import one_line

STR = {"type": "string"}
NUMBER = {"type": "number"}


def parameter(name: str, schema: object, component: str, **more: object) -> dict[str, object]:
    return {
        "label": name,
        "parameter_name": name,
        "parameter_has_default": "parameter_default" in more,
        "parameter_default": None,
        "type": schema,
        "python_type": {"type": "str", "description": ""},
        "component": component,
        "example_input": None,
        **more,
    }


def value(label: str, schema: object, component: str) -> dict[str, object]:
    return {
        "label": label,
        "type": schema,
        "python_type": {"type": "str", "description": ""},
        "component": component,
    }


# As 6.x describes an app.
MODERN: dict[str, Any] = {
    "named_endpoints": {
        "/add": {
            "parameters": [
                parameter("a", NUMBER, "Number"),
                parameter("b", NUMBER, "Number", parameter_default=10),
                parameter("op", {"enum": ["add", "sub"], "type": "string"}, "Radio", parameter_default="add"),
                parameter("note", STR, "Textbox", parameter_default=None),
            ],
            "returns": [value("Result", NUMBER, "Number"), value("1st try", STR, "Textbox")],
            "api_visibility": "public",
            "description": "Adds or subtracts.\n  Never multiplies.",
            "code_snippets": {"python": "..."},
        },
        "/chat": {
            "parameters": [],
            "returns": [value("🔥", STR, "Textbox")],
            "api_visibility": "public",
            "oauth_token": "required",
            "description": "",
            "code_snippets": {},
        },
        "/hidden": {"parameters": [], "returns": [], "api_visibility": "undocumented", "code_snippets": {}},
        "/secret": {"parameters": [], "returns": [], "api_visibility": "private", "code_snippets": {}},
    },
    "unnamed_endpoints": {},
}

# As 3.50 does: no names, no defaults, serializers, unnamed endpoints.
OLD: dict[str, Any] = {
    "named_endpoints": {
        "/kitchen": {
            "parameters": [
                {
                    "label": "Your Text",
                    "type": STR,
                    "python_type": {"type": "str", "description": ""},
                    "component": "Textbox",
                    "example_input": "Howdy!",
                    "serializer": "StringSerializable",
                },
                {
                    "label": "slider",
                    "type": {"type": "number", "description": "numeric value between 0 and 100"},
                    "python_type": {"type": "int | float", "description": "numeric value between 0 and 100"},
                    "component": "Slider",
                    "example_input": 0,
                    "serializer": "NumberSerializable",
                },
            ],
            "returns": [],
        }
    },
    "unnamed_endpoints": {"30": {"parameters": [], "returns": [value("out", STR, "Textbox")]}},
}


def test_a_modern_app_is_described_in_columns() -> None:
    assert describe(MODERN, generators={"/chat"}) == (
        "API of the app: 2 named endpoints\n"
        "=================================\n"
        "\n"
        'predict(a, b, op, note, api_name="/add") -> (result, 1st_try)\n'
        "    Adds or subtracts.\n"
        "      Never multiplies.\n"
        "    Parameters:\n"
        "        a     Number   float                  required\n"
        "        b     Number   float                  default 10\n"
        "        op    Radio    Literal['add', 'sub']  default 'add'\n"
        "        note  Textbox  str | None             default None\n"
        "    Returns:\n"
        "        result   Number   float\n"
        "        1st_try  Textbox  str\n"
        "\n"
        'predict(api_name="/chat") -> value_0\n'
        "    Streams: iterate over client.submit(...) to get each value as it is made.\n"
        "    Acts with your Hugging Face token (required): allow it with Client(..., oauth_token=...).\n"
        "    Parameters: none\n"
        "    Returns:\n"
        "        value_0  Textbox  str\n"
        "\n"
        "Not shown: 1 undocumented endpoint. See them with view_api(all_endpoints=True)."
    )


def test_an_old_app_is_described_by_position() -> None:
    assert describe(OLD) == (
        "API of the app: 1 named endpoint\n"
        "================================\n"
        "\n"
        "The server gives no names for parameters: pass them by position, in this order.\n"
        "\n"
        'predict(your_text, slider, api_name="/kitchen") -> ()\n'
        "    Parameters:\n"
        "        your_text  Textbox  str    required\n"
        "        slider     Slider   float  required  (numeric value between 0 and 100)\n"
        "    Returns: none\n"
        "\n"
        "Not shown: 1 unnamed endpoint. See them with view_api(all_endpoints=True)."
    )


def test_all_endpoints_shows_unnamed_and_undocumented_ones_but_never_private_ones() -> None:
    assert describe(OLD, True, {"30"}).endswith(
        "    Returns: none\n"
        "\n"
        "1 unnamed endpoint:\n"
        "\n"
        "predict(fn_index=30) -> out\n"
        "    Streams: iterate over client.submit(...) to get each value as it is made.\n"
        "    Parameters: none\n"
        "    Returns:\n"
        "        out  Textbox  str"
    )
    assert describe(MODERN, True).endswith(
        'predict(api_name="/hidden") -> ()\n'
        "    Undocumented: the app does not list this endpoint.\n"
        "    Parameters: none\n"
        "    Returns: none"
    )
    assert "/secret" not in describe(MODERN, True)


def test_without_documented_endpoints_the_others_are_shown_unless_unwanted() -> None:
    info = {"named_endpoints": {}, "unnamed_endpoints": OLD["unnamed_endpoints"]}
    assert "predict(fn_index=30) -> out" in describe(info)
    assert describe(info, False) == (
        "API of the app: 0 named endpoints\n"
        "=================================\n"
        "\n"
        "Not shown: 1 unnamed endpoint. See them with view_api(all_endpoints=True)."
    )


def test_show_api_hides_an_endpoint_as_visibility_does() -> None:
    info = {
        "named_endpoints": {
            "/a": {"parameters": [], "returns": [], "show_api": True},
            "/b": {"parameters": [], "returns": [], "show_api": False},
        },
        "unnamed_endpoints": {"3": {"parameters": [], "returns": []}},
    }
    assert describe(info) == (
        "API of the app: 1 named endpoint\n"
        "================================\n"
        "\n"
        'predict(api_name="/a") -> ()\n'
        "    Parameters: none\n"
        "    Returns: none\n"
        "\n"
        "Not shown: 1 unnamed endpoint and 1 undocumented endpoint. See them with view_api(all_endpoints=True)."
    )


def test_a_file_is_a_filepath_and_its_default_a_handle_file() -> None:
    file = {"title": "FileData", "properties": {"path": STR, "url": STR, "orig_name": STR, "meta": {}}}
    default = {
        "path": "/srv/bus.png",
        "url": "http://127.0.0.1:7860/gradio_api/file=/srv/bus.png",
        "meta": {"_type": "gradio.FileData"},
    }
    info = {
        "named_endpoints": {
            "/flip": {
                "parameters": [
                    parameter(
                        "im",
                        file,
                        "Image",
                        parameter_default=default,
                        python_type={"type": "filepath", "description": "A local filepath or URL."},
                    ),
                    parameter(
                        "mask",
                        file,
                        "File",
                        python_type={
                            "type": "filepath",
                            "description": "The FileData class is a subclass of ...",
                        },
                    ),
                ],
                "returns": [],
            }
        }
    }
    assert describe(info).splitlines()[3:] == [
        'predict(im, mask, api_name="/flip") -> ()',
        "    Parameters:",
        "        im    Image  filepath",
        '                     default handle_file("http://127.0.0.1:7860/gradio_api/file=/srv/bus.png")',
        "                     A local filepath or URL.",
        "        mask  File   filepath  required",
        "    Returns: none",
    ]


def test_long_rows_wrap_beside_the_name() -> None:
    message = {
        "properties": {
            "role": {"enum": ["user", "assistant"]},
            "content": STR,
            "metadata": {"properties": {"title": STR, "duration": NUMBER, "status": STR}},
        }
    }
    history = parameter("history", {"items": message}, "Chatbot", parameter_default=[])
    history["python_type"] = {
        "type": "list",
        "description": "What was said so far.\nThe newest message is last.",
    }
    name = "a_name_that_is_too_long_for_its_column"
    info = {
        "named_endpoints": {
            "/chat": {"parameters": [history, parameter(name, STR, "Textbox")], "returns": []}
        }
    }
    assert describe(info).splitlines()[4:] == [
        "    Parameters:",
        "        history  Chatbot  list[dict(role: Literal['user', 'assistant'], content: str, metadata:",
        "                          dict(title: str, duration: float, status: str))]",
        "                          default []",
        "                          What was said so far.",
        "                          The newest message is last.",
        "        a_name_that_is_too_long_for_its_column  Textbox",
        "                          str  required",
        "    Returns: none",
    ]


def test_a_call_with_many_parameters_wraps() -> None:
    names = [f"parameter_{number}" for number in range(12)]
    info = {
        "named_endpoints": {
            "/x": {"parameters": [parameter(n, STR, "Textbox") for n in names], "returns": []}
        }
    }
    assert describe(info).splitlines()[3:6] == [
        "predict(parameter_0, parameter_1, parameter_2, parameter_3, parameter_4, parameter_5, parameter_6,",
        '        parameter_7, parameter_8, parameter_9, parameter_10, parameter_11, api_name="/x") -> ()',
        "    Parameters:",
    ]


def test_no_line_is_wider_than_100_columns_but_for_a_word_that_cannot_be_broken() -> None:
    words = " ".join(["description"] * 60)
    entry = parameter("text", STR, "Textbox", parameter_default="some words " * 30)
    entry["python_type"] = {"type": "str", "description": words}
    link = parameter("link", STR, "Textbox", parameter_default="http://127.0.0.1/" + "x" * 120)
    info = {"named_endpoints": {"/x": {"parameters": [entry, link], "returns": [], "description": words}}}
    wide = [line.strip() for line in describe(info).splitlines() if len(line) > 100]
    assert wide == ["default 'http://127.0.0.1/" + "x" * 120 + "'"]


def test_control_characters_are_not_printed() -> None:
    entry = {
        "label": "a\x1b[2J",
        "component": "Text\nbox",
        "python_type": {"type": "s\x07tr", "description": "\x1b"},
    }
    text = describe({"named_endpoints": {"/x\x1b": {"parameters": [entry], "returns": [entry]}}})
    assert text.splitlines()[5:] == [
        'predict(a_2j, api_name="/x\\x1b") -> a_2j',
        "    Parameters:",
        r"        a_2j  Text box  s\x07tr  required  (\x1b)",
        "    Returns:",
        r"        a_2j  Text box  s\x07tr  (\x1b)",
    ]


def test_the_listing_has_what_programs_of_the_existing_client_read() -> None:
    result: dict[str, Any] = listing(MODERN)
    assert list(result) == ["named_endpoints", "unnamed_endpoints"]
    assert list(result["named_endpoints"]) == ["/add", "/chat"]
    assert result["named_endpoints"]["/chat"] == {
        "parameters": [],
        "returns": [value("🔥", STR, "Textbox")],
        "oauth_token": "required",
        "description": "",
    }
    assert result["named_endpoints"]["/add"]["parameters"] == MODERN["named_endpoints"]["/add"]["parameters"]


def test_the_listing_has_unnamed_endpoints_and_undocumented_ones_on_demand() -> None:
    assert listing(OLD) == OLD
    result: dict[str, Any] = listing(MODERN, True)
    assert list(result["named_endpoints"]) == ["/add", "/chat", "/hidden"]
    assert result["named_endpoints"]["/hidden"] == {"parameters": [], "returns": []}


def test_the_listing_has_the_types_of_an_app_that_has_no_info() -> None:
    box = {
        "type": "slider",
        "props": {"label": "how many"},
        "api_info": {"type": "integer"},
        "skip_api": False,
    }
    config: dict[str, Any] = {
        "version": "3.50.2",
        "components": [{"id": 0, **box}],
        "dependencies": [{"id": 0, "inputs": [0], "outputs": [0], "api_name": "f"}],
    }
    result: dict[str, Any] = listing(read_app(config, None).info)
    listed = value("how many", {"type": "integer"}, "Slider")
    listed["python_type"] = {"type": "int", "description": ""}
    assert result["named_endpoints"]["/f"] == {"parameters": [listed], "returns": [listed]}


def test_the_listing_belongs_to_the_caller() -> None:
    before = copy.deepcopy(MODERN)
    result: dict[str, Any] = listing(MODERN)
    result["named_endpoints"]["/add"]["parameters"].clear()
    result["named_endpoints"]["/chat"]["returns"][0]["label"] = "changed"
    assert before == MODERN


@pytest.mark.parametrize(
    "info", [{}, {"named_endpoints": None}, {"named_endpoints": {"/x": 3}, "unnamed_endpoints": []}]
)
def test_an_app_without_a_usable_info_has_no_endpoints(info: dict[str, object]) -> None:
    assert describe(info) == "API of the app: 0 named endpoints\n================================="
    assert listing(info) == {"named_endpoints": {}, "unnamed_endpoints": {}}


KEYS = st.sampled_from(
    [
        "parameters", "returns", "label", "parameter_name", "parameter_has_default", "parameter_default", "type",
        "python_type", "description", "component", "oauth_token", "api_visibility", "show_api",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), JSON, st.sampled_from([None, True, False]))
def test_any_answer_of_a_server_can_be_described(
    named: object, unnamed: object, all_endpoints: bool | None
) -> None:
    info = {"named_endpoints": named, "unnamed_endpoints": {"1": unnamed}}
    text = describe(info, all_endpoints)
    assert text.startswith("API of the app: ")
    assert all(line == one_line(line) for line in text.split("\n"))
    assert set(listing(info, all_endpoints)) == {"named_endpoints", "unnamed_endpoints"}


def test_a_description_that_is_nested_too_deep_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    info = {"named_endpoints": {"/f": {"parameters": [], "returns": [], "more": deep}}}
    with pytest.raises(ProtocolError, match="the description of /f is nested too deep"):
        listing(info, all_endpoints=True)
