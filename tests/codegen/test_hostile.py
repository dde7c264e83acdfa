"""What an app says gets into a module as a literal, a comment or a name, and in no other way.

The modules are parsed by TypeScript's compiler as well: js/tests/package/hostile.test.ts.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from gradlink._protocol.schema import read_app
from gradlink.codegen.quoting import comment_line, comment_lines, label_of, literal, name_of
from gradlink.codegen.typescript import typescript_module
from tests.codegen.hostile import CODE, HOSTILE, module

_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_an_app_says_is_code(said: str) -> None:
    text = module(HOSTILE[said])
    assert not _LINE_ENDS.search(text)
    text.encode("utf-8")
    code = _TOKENS.sub("", text)
    assert CODE not in code
    assert "globalThis." not in code
    assert code.isascii()
    # Every bracket that is left was written by the generator.
    assert all(
        code.count(opening) == code.count(closing) for opening, closing in [*zip("{([", "})]", strict=True)]
    )


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_said_in_a_literal_comes_out_as_it_was_said(said: str) -> None:
    shown = literal(HOSTILE[said])
    assert shown is not None
    assert shown.isascii()
    assert json.loads(shown) == HOSTILE[said]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, [], {}, b"x"])
def test_what_has_no_literal_has_none(value: object) -> None:
    assert literal(value) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ends */ here", "ends * / here"),
        ("**//", "** //"),
        ("\x1b[31m\u202e\ud800", r"\x1b[31m\u202e\ud800"),
        ("@ts-ignore", r"\@ts-ignore"),
        ("see {@link x}", r"see {\@link x}"),
        ("me@example.org", "me@example.org"),
        ("ends with a star *", "ends with a star *"),
    ],
)
def test_a_comment_shows_what_was_said_and_does_not_end(text: str, shown: str) -> None:
    assert comment_line(text) == shown
    assert comment_lines(f"{text}\n\u2028{text}") == [shown, "", shown]


def test_names_are_made_of_ascii_letters_and_digits_and_have_an_end() -> None:
    assert name_of(["a-b", "9ü*/"], "Type") == "AB9"
    assert name_of(["9"], "Type") == "Type9"
    assert name_of(["`${}"], "Type") == "Type"
    assert len(name_of(["x" * 10_000] * 3, "Type")) == 60
    assert label_of("Your name:\n", "value0") == "Your_name"
    assert label_of("1*/", "value0") == "value0"
    assert len(label_of("x" * 10_000, "value0")) == 60


def test_parameters_of_one_name_are_one_argument() -> None:
    entry = {"label": "a", "parameter_name": "a", "type": {"type": "string"}, "component": "Textbox"}
    info: Any = {
        "named_endpoints": {"/f": {"parameters": [entry, entry], "returns": []}},
        "unnamed_endpoints": {},
    }
    config: Any = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "components": [{"id": number, "type": "textbox", "props": {}} for number in range(2)],
        "dependencies": [{"id": 0, "api_name": "f", "inputs": [0, 1], "outputs": [], "backend_fn": True}],
    }
    text = typescript_module(read_app(config, info), "http://h/")
    assert "    args: {\n      a: string;\n    };\n    values: [a: string, a: string];\n" in text


def test_the_command_that_makes_the_module_again_can_be_pasted() -> None:
    config: Any = {"version": "6.31.0", "protocol": "sse_v3", "dependencies": [], "components": []}
    text = typescript_module(read_app(config, {}), "http://h/;rm x\n", "my app.ts")
    assert "//   gradlink generate --lang ts 'http://h/;rm x\\n' -o 'my app.ts'\n" in text
