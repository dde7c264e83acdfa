"""An endpoint's parameters as a Python signature and docstring."""

from __future__ import annotations

import inspect
import keyword
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.signature import (
    REQUIRED,
    default_text,
    docstring,
    parameter_names,
    parameter_note,
    plain_text,
    returned,
    shown_type,
    signature,
)
from gradlink._protocol.names import identifiers

PICTURE = {
    "path": "/srv/a.png",
    "url": "http://127.0.0.1:7860/file=/srv/a.png",
    "meta": {"_type": "gradio.FileData"},
}


@dataclass(frozen=True, slots=True)
class P:
    """A parameter as the schema of the app gives it."""

    name: str | None
    stated_type: str = "str"
    has_default: bool = False
    default: object = None
    label: str = ""
    component: str = "Textbox"
    description: str = ""
    schema: object = None


def test_required_and_optional_parameters_make_a_signature() -> None:
    made = signature([P("text"), P("top_k", "float", True, 5), P("seed", "int", True, None)])
    assert str(made) == "(text: 'str', top_k: 'float' = 5, seed: 'int | None' = None)"


def test_a_required_parameter_after_an_optional_one_keeps_its_place() -> None:
    made = signature([P("a", has_default=True, default="x"), P("b"), P("c")])
    assert str(made) == "(a: 'str' = 'x', b: 'str' = <required>, c: 'str' = <required>)"
    assert made.bind("1", "2", "3").arguments == {"a": "1", "b": "2", "c": "3"}
    assert made.bind(b="2").arguments == {"b": "2"}
    assert made.parameters["b"].default is REQUIRED


def test_nameless_parameters_are_positional_only() -> None:
    made = signature([P(None, label="Your Name"), P(None, label="Number", stated_type="float")])
    assert str(made) == "(your_name: 'str', number: 'float', /)"


def test_no_parameters_make_an_empty_signature() -> None:
    assert str(signature([])) == "()"


@pytest.mark.parametrize(
    ("returns", "text"),
    [
        (None, "()"),
        ([], "() -> 'tuple[()]'"),
        ([("out", "str")], "() -> 'str'"),
        ([("out", "str"), ("n", "float")], "() -> 'tuple[str, float]'"),
    ],
)
def test_the_return_type_is_bare_for_one_value_and_a_tuple_otherwise(
    returns: list[tuple[str, str]] | None, text: str
) -> None:
    assert str(signature([], returns)) == text


@pytest.mark.parametrize(
    ("names", "result"),
    [
        (["text", "n"], ("text", "n")),
        (["Text"], ("Text",)),
        (["_private", "__dunder__"], ("_private", "__dunder__")),
        (["Your Name (optional)"], ("your_name_optional",)),
        (["1st", "2nd"], ("_1st", "_2nd")),
        (["class", "None", "match"], ("class_", "None_", "match")),
        (["", "🔥", "--"], ("param_0", "param_1", "param_2")),
        (["größe", "输出", "हिन्दी"], ("größe", "输出", "हिन्दी")),
        (["ﬁle"], ("file",)),
        (["a", "a", "a"], ("a", "a_2", "a_3")),
        (["a", "a", "a_2"], ("a", "a_3", "a_2")),
        (["a_2", "a", "a"], ("a_2", "a", "a_3")),
        (["param_1", ""], ("param_1", "param_1_2")),
    ],
)
def test_names_become_identifiers_that_differ(names: list[str], result: tuple[str, ...]) -> None:
    assert identifiers(names) == result


@given(st.lists(st.text(max_size=4) | st.sampled_from(["a", "a_2", "A", "class", "class_"]), max_size=8))
def test_any_names_make_a_valid_signature(names: list[str]) -> None:
    made = signature([P(name, has_default=position % 2 == 0) for position, name in enumerate(names)])
    assert list(made.parameters) == list(parameter_names([P(name) for name in names]))
    assert len(set(made.parameters)) == len(names)
    assert not any(keyword.iskeyword(name) for name in made.parameters)
    values = tuple(range(len(names)))
    assert made.bind(*values).args == values


def test_a_name_that_is_an_identifier_wins_over_a_label() -> None:
    assert parameter_names([P("Seconds", label="n"), P(None, label="Top K")]) == ("Seconds", "top_k")
    made = signature([P("Seconds", label="n"), P(None, label="Top K")])
    assert [p.kind for p in made.parameters.values()] == [inspect.Parameter.POSITIONAL_OR_KEYWORD] * 2


@pytest.mark.parametrize(
    ("type_text", "default", "text"),
    [
        ("str", None, "str | None"),
        ("str", "x", "str"),
        ("str | None", None, "str | None"),
        ("None | str", None, "None | str"),
        ("None", None, "None"),
        ("Any", None, "Any"),
        ("list[str | None]", None, "list[str | None] | None"),
    ],
)
def test_a_default_of_none_shows_in_the_type_once(type_text: str, default: object, text: str) -> None:
    assert shown_type(type_text, True, default) == text


def test_the_type_of_a_required_parameter_stays() -> None:
    assert shown_type("str", False, None) == "str"


@pytest.mark.parametrize(
    ("default", "text"),
    [
        (None, "None"),
        (True, "True"),
        (0.05, "0.05"),
        ("it's", '"it\'s"'),
        ([], "[]"),
        ({}, "{}"),
        ([1, ["a"]], "[1, ['a']]"),
        ({"a": None}, "{'a': None}"),
        (PICTURE, 'handle_file("http://127.0.0.1:7860/file=/srv/a.png")'),
        ([PICTURE], '[handle_file("http://127.0.0.1:7860/file=/srv/a.png")]'),
        ({"path": "a.png", "url": None, "meta": {"_type": "gradio.FileData"}}, 'handle_file("a.png")'),
        ({"path": 'a".png', "meta": {"_type": "gradio.FileData"}}, "handle_file('a\".png')"),
        ({"path": "a.png"}, "{'path': 'a.png'}"),
        ("x" * 300, "'" + "x" * 199 + "..."),
        (["y" * 150] * 1000, "['" + "y" * 150 + "', '" + "y" * 44 + "..."),
    ],
)
def test_a_default_reads_as_in_a_call(default: object, text: str) -> None:
    assert default_text(default) == text


def test_a_deep_default_is_cut() -> None:
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    assert default_text(deep) == "[" * 20 + "..." + "]" * 20


def test_the_docstring_describes_parameters_and_values() -> None:
    text = docstring(
        "/classify",
        "Names what is in a picture.\n\nSlow for large ones.",
        [
            P("im", "filepath", label="Picture", component="Image", description="A local filepath or URL."),
            P("top_k", "float", True, 5, label="top_k", component="Number"),
        ],
        [("label", "str"), ("score", "float")],
    )
    assert text == (
        "Names what is in a picture.\n"
        "\n"
        "Slow for large ones.\n"
        "\n"
        "Parameters:\n"
        "    im: filepath (Image, Picture): A local filepath or URL.\n"
        "    top_k: float, default 5 (Number)\n"
        "\n"
        "Returns:\n"
        "    label: str\n"
        "    score: float"
    )


def test_the_docstring_names_an_endpoint_without_description() -> None:
    assert docstring("/ping", "", []) == "Call the endpoint /ping."


def test_what_an_endpoint_returns_is_read_from_info() -> None:
    info = {"returns": [{"label": "out", "type": {"type": "string"}}, {"type": {"type": "number"}}, None]}
    assert returned(info) == [("out", "str"), ("value", "float"), ("value", "Any")]
    assert returned(None) == []
    assert returned({"returns": "no list"}) == []


def test_control_characters_of_a_server_do_not_reach_the_terminal() -> None:
    assert plain_text(" a\x1b[31mb\r\nc\ud800 \n") == r"a\x1b[31mb" + "\nc" + r"\ud800"


def test_the_docstring_of_the_servers_file_class_is_no_note() -> None:
    assert parameter_note("The FileData class is a subclass of the GradioModel class that ...") == ""
    assert parameter_note(None) == ""
    assert parameter_note("any valid json") == "any valid json"
