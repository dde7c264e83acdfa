"""Programs that make a call: what they say, and that any value comes out of them as it went in."""

from __future__ import annotations

import ast
import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.fields import fields_of
from gradlink._protocol.schema import AppSchema, Endpoint, read_app
from gradlink.cli.arguments import read, split_item
from gradlink.codegen.snippets import python, shell
from gradlink.codegen.snippets.calls import Call, LocalFile, Secret, Target, Value, Variable, WebFile
from gradlink.codegen.snippets.layout import flat, lines
from gradlink.codegen.snippets.programs import TITLES, names_of, snippets, target_of
from tests.codegen.hostile import HOSTILE
from tests.vectors.cases import app

URL = "http://127.0.0.1:7860"
TEXTS = st.one_of(st.text(), st.sampled_from(list(HOSTILE.values())))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
JSONS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def an_app(**parameters: dict[str, Any]) -> AppSchema:
    """Return an app with one endpoint, /go, whose parameters have these schemas."""
    config: dict[str, Any] = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "title": "Tester",
        "components": [{"id": place, "type": "textbox", "props": {}} for place, _ in enumerate(parameters)],
        "dependencies": [
            {"id": 0, "api_name": "go", "inputs": list(range(len(parameters))), "outputs": [], "targets": []}
        ],
    }
    listed = [
        {"parameter_name": name, "label": name, "type": schema, "component": "Textbox", **schema.pop("x", {})}
        for name, schema in parameters.items()
    ]
    info: dict[str, Any] = {
        "named_endpoints": {"/go": {"parameters": listed, "returns": []}},
        "unnamed_endpoints": {},
    }
    return read_app(config, info)


def endpoint_of(schema: AppSchema) -> Endpoint:
    return schema.endpoints[0]


def written(values: dict[str, Value], schema: AppSchema, **target: Any) -> dict[str, str]:
    """Return the programs, by language; or why there is none, in parentheses."""
    call = Call(target_of(schema, URL, URL, **target), endpoint_of(schema), values)
    return {one.language: one.code or f"({one.impossible})" for one in snippets(call, names_of(schema))}


def test_a_call_in_every_language() -> None:
    schema = an_app(name={"type": "string"}, count={"type": "integer"}, image={"type": "string"})
    found = written({"name": "Ada's", "count": 3, "image": LocalFile("in.png")}, schema)
    assert list(found) == list(TITLES)
    assert found["python"] == (
        "from gradlink import Client, handle_file\n\n"
        'with Client("http://127.0.0.1:7860") as client:\n'
        "    result = client.predict(\n"
        '        name="Ada\'s",\n'
        "        count=3,\n"
        '        image=handle_file("in.png"),\n'
        '        api_name="/go",\n'
        "    )\n"
        "    print(result)\n"
    )
    assert found["python-async"].startswith(
        "import asyncio\n\nfrom gradlink import AsyncClient, handle_file\n\n\nasync def main():\n"
        '    async with AsyncClient("http://127.0.0.1:7860") as client:\n        result = await client.predict('
    )
    assert found["python-async"].endswith("        print(result)\n\n\nasyncio.run(main())\n")
    assert found["python-typed"] == (
        "# gradlink generate http://127.0.0.1:7860 -o client.py\n"
        "from gradlink import handle_file\n\n"
        "from client import TesterClient\n\n"
        "with TesterClient() as client:\n"
        '    result = client.go(name="Ada\'s", count=3, image=handle_file("in.png"))\n'
        "    print(result)\n"
    )
    assert found["typescript"] == (
        'import { Client, handle_file } from "gradlink";\n\n'
        'const client = await Client.connect("http://127.0.0.1:7860");\n'
        "const result = await client.predict(\n"
        '  "/go",\n'
        '  { name: "Ada\'s", count: 3, image: handle_file("./in.png") },\n'
        ");\n"
        "console.log(result.data);\n"
        "await client.close();\n"
    )
    assert found["curl"] == (
        "FILE1=$(curl -sS -F files=@in.png http://127.0.0.1:7860/gradio_api/upload | sed 's/^\\[\"//; s/\"\\]$//')\n"
        "EVENT=$(curl -sS http://127.0.0.1:7860/gradio_api/call/go \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  -d '{"data": ["Ada'"'"'s", 3, {"path": "'"$FILE1"'", "meta": {"_type": "gradio.FileData"}}]}' |\n"""
        """  sed 's/.*"event_id": *"\\([^"]*\\)".*/\\1/')\n"""
        'curl -sS -N http://127.0.0.1:7860/gradio_api/call/go/"$EVENT"\n'
    )
    assert found["shell"] == (
        "gradlink call http://127.0.0.1:7860 /go 'name=Ada'\"'\"'s' count=3 image=@in.png\n"
    )


def test_a_login_is_read_from_the_environment() -> None:
    found = written({}, an_app(), login=True, token=True)
    assert found["python"].startswith("import os\n\nfrom gradlink import Client\n")
    assert 'auth=(os.environ["APP_USER"], os.environ["APP_PASSWORD"])' in found["python"]
    assert 'token=os.environ["HF_TOKEN"]' in found["python"]
    assert found["python-async"].startswith("import asyncio\nimport os\n\nfrom gradlink import AsyncClient\n")
    assert (
        'auth: [(process.env["APP_USER"] ?? ""), (process.env["APP_PASSWORD"] ?? "")]' in found["typescript"]
    )
    assert '--data-urlencode "password=$APP_PASSWORD"' in found["curl"]
    assert '-H "Authorization: Bearer $HF_TOKEN"' in found["curl"]
    assert found["shell"].startswith('GRADLINK_AUTH="$APP_USER:$APP_PASSWORD" gradlink call ')


def test_names_that_are_no_keywords() -> None:
    schema = an_app(
        **{name: {"type": "string"} for name in ("class", "my name", "headers", "__proto__", "größe")}
    )
    found = written({"class": "a", "my name": "b", "headers": "c", "__proto__": "d", "größe": "e"}, schema)
    # What stands before "headers" goes along by position: predict() has a parameter of that name itself.
    assert 'client.predict("a", "b", "c", __proto__="d", größe="e", api_name="/go")' in found["python"]
    assert 'client.go(class_="a", my_name="b", headers="c", proto__="d", größe="e")' in found["python-typed"]
    assert '["__proto__"]: "d"' in found["typescript"]
    assert """--json '{"class": "a", "my name": "b",""" in found["shell"]


def test_what_cannot_be_written_says_why() -> None:
    schema = an_app(x={})
    deep: Value = 1
    for _ in range(200):
        deep = [deep]
    assert set(written({"x": deep}, schema).values()) == {"(a value is nested more than 100 deep)"}
    large = written({"x": 2**60}, schema)
    assert large["typescript"] == "(JavaScript has no whole number as large as one of these)"
    assert f"x={2**60}" in large["python"]
    assert written({"x": float("nan")}, schema)["python"] == "(nan is no JSON)"
    assert written({"x": 1 << 20_000}, schema)["python"] == "(a number has more than 10000 bits)"
    hidden = written({"x": Secret("KEY")}, schema)
    assert 'x=os.environ["KEY"]' in hidden["python"]
    assert 'x: (process.env["KEY"] ?? "")' in hidden["typescript"]
    assert hidden["curl"] == hidden["shell"] == "(a secret would stand in the list of processes)"
    assert written({"x": Variable("result", (0, "a"), file=True)}, schema)["shell"].startswith(
        "(a command knows"
    )
    assert written({}, schema)["curl"] == "(/go needs x)"


def test_an_endpoint_without_a_name() -> None:
    schema = an_app()
    nameless = replace(endpoint_of(schema), api_name=None)
    call = Call(Target(URL, URL + "/"), nameless)
    found = {one.language: one for one in snippets(call, names_of(schema))}
    assert f"fn_index={nameless.fn_index}" in found["python"].code
    assert found["python-typed"].impossible
    assert found["curl"].impossible == "an endpoint without a name has no address"
    assert shlex.split(found["shell"].code)[3] == str(nameless.fn_index)


@pytest.mark.parametrize("release", ["3.50.2", "4.0.0", "4.17.0", "4.20.1", "4.44.1", "6.31.0"])
def test_curl_asks_what_the_release_has(release: str) -> None:
    schema = read_app(*app(release))
    endpoint = next(e for e in schema.endpoints.values() if e.api_name == "/echo")
    target = target_of(schema, URL, URL)
    code = next(
        s.code for s in snippets(Call(target, endpoint, {}), names_of(schema)) if s.language == "curl"
    )
    del code
    assert target.has_calls is (release in {"4.20.1", "4.44.1", "6.31.0"})
    assert target.takes_file_data is (release != "3.50.2")


@given(JSONS)
def test_a_value_is_the_same_in_python(value: Any) -> None:
    for text in (flat(python.value_code(value)), "\n".join(lines(python.value_code(value)))):
        assert same(ast.literal_eval(text), value)


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal, where true is not 1."""
    return repr(one) == repr(other)


KINDS = [
    {"type": "string"},
    {"type": "number"},
    {"type": "boolean"},
    {},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
]


@given(st.sampled_from(KINDS), st.data())
def test_a_value_is_the_same_on_the_command_line(kind: dict[str, Any], data: st.DataObject) -> None:
    values = {
        "string": TEXTS,
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
    }
    strategy = values.get(kind.get("type", ""), TEXTS if "anyOf" in kind else JSONS)
    value: Any = data.draw(strategy)
    schema = an_app(x=dict(kind))
    endpoint = endpoint_of(schema)
    code = shell.program(Call(target_of(schema, URL, URL), endpoint, {"x": value}))
    words = shlex.split(code.replace(" \\\n  ", " "))
    assert words[:4] == ["gradlink", "call", URL, "/go"]
    assert not set(code) & {chr(n) for n in (*range(9), *range(11, 32), 127)}
    fields = fields_of(schema.config, endpoint)
    given_: dict[str, Any] = {}
    for word in words[4:]:
        name, one = split_item(word)
        given_.setdefault(name, []).append(one)
    assert same(read(fields, given_, None)["x"], value)


@given(JSONS)
def test_a_value_is_the_same_in_the_body_that_curl_sends(value: Any) -> None:
    schema = an_app(x={})
    code = written({"x": value}, schema)["curl"]
    # The body stands after -d.
    words = shlex.split(code.replace("\\\n", " ").replace("EVENT=$(", "").replace(") | sed", " | sed"))
    assert same(json.loads(words[words.index("-d") + 1]), {"data": [value]})


def test_files_are_named_where_they_stand() -> None:
    schema = an_app(x={}, y={"type": "string"})
    message: Value = {"text": "look", "files": [LocalFile("a b;c.png"), WebFile("https://example.org/x.png")]}
    found = written({"x": message, "y": "@home"}, schema)
    files = 'handle_file("a b;c.png"),\n                handle_file("https://example.org/x.png"),\n'
    assert files in found["python"]
    assert """'files=@"a b;c.png"'""" in found["curl"]
    words = shlex.split(found["shell"].replace("\\\n", ""))
    assert words[4] == 'x:={"text": "look", "files": ["@a b;c.png", "https://example.org/x.png"]}'
    assert words[5] == "y=@@home"
    assert written({"x": LocalFile("-"), "y": "@-"}, schema)["shell"].endswith("x=@./- 'y:=\"@-\"'\n")
    assert "(the file's name has characters" in written({"x": LocalFile("a\0b"), "y": ""}, schema)["shell"]
    assert "(the file's name has characters" in written({"x": LocalFile("a\0b"), "y": ""}, schema)["curl"]


def test_a_name_with_a_slash_has_no_address() -> None:
    schema = an_app()
    call = Call(target_of(schema, URL, URL), replace(endpoint_of(schema), api_name="/v1/go"), {})
    found = {one.language: one for one in snippets(call, names_of(schema))}
    assert found["curl"].impossible == "the name of the endpoint has a slash, and no address"


def test_a_name_that_is_no_text_has_no_address() -> None:
    schema = an_app()
    call = Call(target_of(schema, URL, URL), replace(endpoint_of(schema), api_name="/go\ud800"), {})
    found = {one.language: one for one in snippets(call, names_of(schema))}
    assert found["curl"].impossible == "the name of the endpoint is no text, and has no address"


def test_curl_sends_null_for_state() -> None:
    schema = read_app(*app("6.0.2"))
    endpoint = next(e for e in schema.endpoints.values() if e.api_name == "/counter")
    found = snippets(Call(target_of(schema, URL, URL), endpoint, {"inc": 2}), names_of(schema))
    assert """-d '{"data": [2, null]}'""" in next(one.code for one in found if one.language == "curl")
