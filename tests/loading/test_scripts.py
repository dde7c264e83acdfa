"""Which JavaScript of an event is a value: nothing else of an app's text may come through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.loading.scripts import MAX_LENGTH, constant_function, page_scripts
from tests.unit import examples

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.lists(
    st.recursive(
        LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=examples(20)
    )
)


@given(VALUES)
def test_a_value_comes_back_as_itself(value: list[object]) -> None:
    made = constant_function(f"() => {json.dumps(value)}")
    assert made is not None
    assert json.loads(made.removeprefix("() => ")) == value


@given(VALUES)
def test_what_is_written_can_end_no_script_and_no_line(value: list[object]) -> None:
    made = constant_function(f"() => {json.dumps(value, ensure_ascii=False)}")
    # Half characters cannot be sent at all.
    if made is not None:
        assert made.isascii()
        assert not set(made) & set("<\n\r\x00")


@given(st.text())
def test_whatever_an_app_says_is_json_or_nothing(text: str) -> None:
    for script in (text, f"() => {text}", f"() => [{text}]", f"()=>[1]{text}"):
        made = constant_function(script)
        assert made is None or isinstance(json.loads(made.removeprefix("() => ")), list)


def test_the_scripts_of_gradio_are_values() -> None:
    assert constant_function("() => [null]") == "() => [null]"
    assert constant_function('() =>  [\n null, [], "a" ];\n') == '() => [null, [], "a"]'


@pytest.mark.parametrize(
    "script",
    [
        "",
        "[1]",
        "() => [1]; alert(1)",
        "() => [1]\nalert(1)",
        "() => [1];;",
        "() => [1] // ok",
        "() => /* */ [1]",
        "() => ([1])",
        "() => [alert(1)]",
        "() => [`${alert(1)}`]",
        "() => ['a']",
        "() => [1,]",
        "() => [NaN]",
        "() => [Infinity]",
        "() => [-Infinity]",
        "() => [1e999]",
        "() => {}",
        '() => {"a": 1}',
        "() => 1",
        "() => alert(1)",
        "(x = alert(1)) => [1]",
        "(...x) => [1]",
        "async () => [1]",
        "() => [1] => [1]",
        "() => [\ud800]",
        '() => ["\ud800"]',
        "() => [" + "1" * 5000 + "]",
        "() => " + "[" * 100_000,
        "() => " + "[" * 900 + "]" * 900 + "x",
        "() => [" + " " * MAX_LENGTH + "]",
    ],
    ids=range(30),
)
def test_code_is_no_value(script: str) -> None:
    assert constant_function(script) is None


def test_a_value_that_is_nested_deep_is_written_or_refused() -> None:
    for depth in range(100, 3000, 100):
        made = constant_function("() => " + "[" * depth + "]" * depth)
        assert made in {None, "() => " + "[" * depth + "]" * depth}


def test_markup_and_ends_of_lines_are_escaped() -> None:
    made = constant_function('() => ["</script><!--", "\u2028\u2029", "\\ud800"]')
    assert made == '() => ["\\u003c/script>\\u003c!--", "\\u2028\\u2029", "\\ud800"]'


def test_scripts_of_a_trusted_page_are_functions_in_their_order() -> None:
    assert page_scripts({}) == []
    head, style, script = page_scripts({"js": "() => 1", "css": 'a { content: "\u2028" }', "head": "<meta>"})
    assert (
        head == '() => { document.head.append(document.createRange().createContextualFragment("<meta>")); }'
    )
    assert '"a { content: \\"\\u2028\\" }"' in style
    assert script == "() => 1"
