"""The JavaScript in the properties of components that are not trusted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.loading.untrusted import harmless, has_scripts

PIECES = st.sampled_from(["${value}", "${", "}", "`", "\\", "{{", "}}", "a", "<b>", "value", "$", "{", "\n"])
DEFAULT = "element.addEventListener('click', function() { trigger('click') });"


@given(st.lists(PIECES).map("".join))
def test_a_template_that_is_kept_is_text_and_the_value(template: str) -> None:
    kept = harmless("html", {"html_template": template})["html_template"]
    assert isinstance(kept, str)
    rest = kept.split("${value}")
    assert not any(code in part for part in rest for code in ("${", "`", "\\", "{{"))
    assert kept in {template, "${value}"}


@pytest.mark.parametrize(
    ("kind", "props", "kept"),
    [
        ("html", {"js_on_load": "x()", "head": "<script>", "value": "<b>"}, {"value": "<b>"}),
        ("html", {"props": {"a = x()": 1}, "value": 1}, {"value": 1}),
        ("html", {"css_template": "a { ${x()} }"}, {"css_template": ""}),
        ("html", {"html_template": 1}, {"html_template": "${value}"}),
        ("html", {"html_template": None}, {"html_template": None}),
        ("rich", {"props": 1, "label": "a"}, {"props": 1, "label": "a"}),
    ],
)
def test_what_runs_is_left_out(kind: str, props: dict[str, Any], kept: dict[str, Any]) -> None:
    assert harmless(kind, props) == kept


@pytest.mark.parametrize(
    ("kind", "props", "found"),
    [
        ("html", {"js_on_load": DEFAULT, "html_template": "<b>${value}</b>", "css_template": ""}, False),
        ("html", {"js_on_load": None, "head": ""}, False),
        ("html", {"js_on_load": "x()"}, True),
        ("rich", {"head": "<script>"}, True),
        ("html", {"html_template": "{{#each value}}{{/each}}"}, True),
        ("rich", {"html_template": "{{x}}"}, False),
    ],
)
def test_it_is_told_what_does(kind: str, props: dict[str, Any], found: bool) -> None:
    assert has_scripts(kind, props) is found
