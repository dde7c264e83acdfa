"""``gradlink info``."""

from __future__ import annotations

import json

import pytest

from tests.cli.commands import Command
from tests.codegen.hostile import HOSTILE, spoiled
from tests.hostile.playing import Hostile
from tests.live.servers import Servers
from tests.vectors.cases import app

WIDTH = 80


def test_an_app_is_a_table_of_its_endpoints(server: Servers, command: Command) -> None:
    url = server().url
    done = command("info", url)
    assert (done.code, done.err) == (0, "")
    *lines, last = done.out.splitlines()
    assert last.startswith("More: gradlink info ")
    assert lines[0].startswith(f"{url}  Gradio 6.31.0, sse_v3")
    assert max(map(len, lines)) <= WIDTH
    assert any(line.startswith("/add ") and "a [b] [op]" in line for line in lines)
    assert any(line.startswith("/count ") and "streams" in line for line in lines)
    assert not any(line.startswith("/undocumented") for line in lines)
    assert "/undocumented" in command("info", url, "--all").out


def test_an_endpoint_is_a_table_of_its_parameters(server: Servers, command: Command) -> None:
    done = command("info", server().url, "kitchen")
    assert (done.code, done.err) == (0, "")
    *lines, last = done.out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    for said in ("Slider; 0 to 100", "(Radio); one of: 'add', 'sub'", "'x', 'y'", "any of: 'p'", "required"):
        assert said in " ".join(done.out.split()), said
    assert last.startswith("Call it: gradlink call ")


def test_programs_get_json(server: Servers, command: Command) -> None:
    url = server().url
    told = json.loads(command("info", url, "--format", "json").out)
    endpoints = {one["name"]: one for one in told["endpoints"]}
    assert (told["app"], told["protocol"], told["gradio"]) == (url, "sse_v3", "6.31.0")
    assert endpoints["/count"]["streams"] is True
    slider = endpoints["/kitchen"]["parameters"][2]
    assert (slider["minimum"], slider["maximum"], slider["step"], slider["default"]) == (0, 100, 1, 5)
    op = endpoints["/add"]["parameters"][2]
    assert (op["choices"], op["required"], op["default"]) == (["add", "sub"], False, "add")
    assert endpoints["/multi"]["returns"][1]["type"] == "float"


def test_language_models_get_signatures(server: Servers, command: Command) -> None:
    told = command("info", server().url, "--format", "agent").out
    assert "op: Literal['add', 'sub'] = 'add')" in told
    assert "streams" in next(line for line in told.splitlines() if line.startswith("/count("))


def test_a_name_that_is_close_is_told(server: Servers, command: Command) -> None:
    done = command("info", server().url, "/ecko")
    assert (done.code, done.out) == (2, "")
    assert "did you mean /echo?" in done.err


@pytest.mark.parametrize("form", ["human", "json", "agent"])
@pytest.mark.parametrize("all_texts", [False, True])
def test_nothing_that_an_app_says_is_obeyed(
    hostile: Hostile, command: Command, form: str, all_texts: bool
) -> None:
    config, info = app("6.31.0")
    text = "".join(said for name, said in HOSTILE.items() if name != "very long")
    url = hostile.script(
        config={**spoiled(config, text, thorough=all_texts, config=True), "api_prefix": "/gradio_api"},
        info=spoiled(info, text, thorough=all_texts, config=False),
    )
    for arguments in ([], ["0"]):
        done = command("info", url, *arguments, "--all", "--format", form)
        assert done.code == 0, done.err
        assert not any(ord(c) < 32 and c != "\n" for c in done.out)
        assert not any("\x7f" <= c <= "\x9f" or c in "\u2028\u202e\u2066\ud800" for c in done.out)
