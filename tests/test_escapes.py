"""Nothing an app says reaches a terminal or a log raw: errors, printed text, reprs and log lines are escaped."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
import traceback
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gradlink
from gradlink import (
    AppError,
    AuthenticationError,
    Client,
    GradlinkError,
    ResponseError,
    StreamLostError,
    ValidationError,
)
from gradlink._describe.describe import describe
from gradlink._describe.signature import docstring, returned, signature
from gradlink._hub.stages import describe_stage
from gradlink._io import HttpReply
from gradlink._local.options import print_status
from gradlink._local.terminal import show
from gradlink._protocol.replies import reply_error
from gradlink._protocol.schema import read_app
from tests.codegen.hostile import spoiled
from tests.hostile.playing import Hostile
from tests.live.shells import Shell
from tests.vectors.cases import app

EVIL = "\x1b]0;owned\x07\x9b2J\r\u202eevil\u2069\u2028\x85\x00\x7f\udfff\ud800\u200f"
BIDI = frozenset({"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"})


def raw(text: str, kept: str = "\n") -> list[str]:
    """Return the characters of ``text`` that no terminal or log should get."""
    return [
        c for c in text
        if c not in kept
        and (
            unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}
            or unicodedata.bidirectional(c) in BIDI
            or c in "\u200e\u200f\u061c"
        )
    ]  # fmt: skip


def test_this_test_sees_what_is_raw() -> None:
    assert len(raw(EVIL)) == len(EVIL) - len("]0;owned2Jevil")


# Errors


def tree(error: type[GradlinkError]) -> Iterator[type[GradlinkError]]:
    yield error
    for below in error.__subclasses__():
        yield from tree(below)


ERRORS = sorted(
    {error for error in tree(GradlinkError) if error.__module__ == "gradlink.errors"},
    key=lambda e: e.__name__,
)


@pytest.mark.parametrize("error", ERRORS)
def test_the_text_of_every_error_is_safe(error: type[GradlinkError]) -> None:
    made = error(f"it said\n\t{EVIL}")
    try:
        raise made
    except GradlinkError as exc:
        shown = [str(exc), f"{exc}", "%s" % exc, repr(exc), traceback.format_exc()]  # noqa: UP031  # as logging does
        lines = issubclass(error, (AppError, ValidationError))
    assert all(not raw(text, "\n\t" if lines else "\n") for text in shown)
    assert r"\x1b]0;owned\x07" in shown[0]
    assert r"\u202eevil" in shown[0]
    assert ("\n" in shown[0]) is lines
    assert made.args == (f"it said\n\t{EVIL}",)


def test_errors_are_found() -> None:
    assert len(ERRORS) > 30


def test_what_an_app_said_stays_in_the_fields() -> None:
    error = AppError(f"first\nsecond {EVIL}", title=EVIL)
    assert (error.message, error.title) == (f"first\nsecond {EVIL}", EVIL)
    assert "\\ud800\\u200f: first\nsecond \\x1b" in str(error)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 429, 500, 502, 503])
def test_an_error_page_is_shown_on_one_line(status: int) -> None:
    page = f"<html>\r\n<head>\n\tqueue {EVIL}</head>"
    body = page.encode("utf-8", "surrogatepass")
    error = reply_error(HttpReply(status, {}, body, "http://h/config"), "the app's /config")
    assert not raw(str(error), "")
    assert "<html> <head> queue" in str(error)
    assert error.server_text is not None
    assert error.server_text.startswith("<html>\r\n<head>")


def test_what_a_validator_said_cannot_look_like_another_problem() -> None:
    problem = {
        "__type__": "validate",
        "is_valid": False,
        "parameter_name": "a\nb",
        "message": f"bad\n- c: {EVIL}",
    }
    body = json.dumps({"detail": [problem]}).encode()
    error = reply_error(HttpReply(422, {}, body, "http://h/"), "the join")
    assert str(error).splitlines()[1:] == ["- a\\nb: bad", f"  - c: {AppError(EVIL)!s}"]
    assert isinstance(error, ValidationError)
    assert error.problems == (("a\nb", f"bad\n- c: {EVIL}"),)


# What is printed


def test_the_description_of_an_app_is_safe() -> None:
    _, info = app("6.31.0")
    assert not raw(describe(spoiled(info, EVIL, thorough=True, config=False), all_endpoints=True))


def test_signatures_and_docstrings_are_safe() -> None:
    config, info = (
        spoiled(said, EVIL, thorough=True, config=said is one)
        for one in [app("6.31.0")[0]]
        for said in (one, app("6.31.0")[1])
    )
    for endpoint in read_app(config, info).endpoints.values():
        returns = returned(endpoint.info)
        assert not raw(str(signature(endpoint.parameters, returns)), "")
        assert not raw(docstring(endpoint.title, endpoint.description, endpoint.parameters, returns))


def test_the_stage_of_a_space_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    text = describe_stage(f"me/{EVIL}", f"STAGE\n{EVIL}")
    assert not raw(text, "")
    print_status(gradlink.SpaceStatus("me/x", "STAGE", EVIL, "", 0.0))
    assert not raw(capsys.readouterr().out)


@pytest.mark.live
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_what_is_shown_fits_into_every_encoding(encoding: str) -> None:
    program = "from gradlink._local.terminal import show; show('a\\u20ac\\n\\t\\ud800\\U0001f600\\x1b')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    expected = f"a\u20ac{os.linesep}\t\\ud800\U0001f600\\x1b{os.linesep}"
    assert done.stdout == expected.encode(encoding, "backslashreplace")


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    show("text")


def test_a_client_of_a_hostile_app_shows_nothing_raw(
    hostile: Hostile, connect: Shell, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    config, info = app("6.31.0")
    config = {**spoiled(config, EVIL, thorough=True, config=True), "api_prefix": "/gradio_api"}
    config["dependencies"] = [
        {**one, "api_name": f"f{index}"} for index, one in enumerate(config["dependencies"])
    ]
    without_inputs = next(one["id"] for one in config["dependencies"] if not one["inputs"])
    said = json.dumps(EVIL)
    messages = [
        f'data: {{"msg": "novelty{said[1:]}, "event_id": "EVENT_ID"}}\n\n',
        f'data: {{"msg": "log", "log": {said}, "level": {said}, "title": {said}, "event_id": "EVENT_ID"}}\n\n',
        f'data: {{"msg": "progress", "progress_data": [{{"desc": {said}, "unit": {said}}}], "event_id": "EVENT_ID"}}\n\n',
    ]
    end = f'{{"output": {{"error": {said}, "title": {said}}}, "title": {said}, "success": false}}'
    url = hostile.script(
        config=config, info=spoiled(info, EVIL, thorough=True, config=False), messages=messages, end=end
    )
    caplog.set_level(logging.DEBUG, "gradlink")
    with connect(url, verbose=True) as client:
        client.view_api(all_endpoints=True)
        job = client.submit(fn_index=without_inputs)
        error = job.exception(timeout=60)
        inner = getattr(client, "_inner", client)
        shown = [
            repr(inner),
            repr(getattr(job, "_inner", job)),
            *map(repr, inner.api),
            str(error),
            repr(error),
        ]
    if isinstance(inner, Client):
        shown.append(str(inner))
    assert isinstance(error, AppError)
    assert (error.message, error.title, error.logs) == (EVIL, EVIL, (EVIL,))
    assert "novelty" in caplog.text
    printed = capsys.readouterr()
    assert "Loaded as API" in printed.err
    for text in [*shown, printed.out, printed.err, *(record.getMessage() for record in caplog.records)]:
        assert not raw(text)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"replies": {"/config": {"status": 500, "body": EVIL.encode("utf-8", "replace").decode()}}}, ResponseError),
        ({"config": {"auth_required": True, "auth_message": EVIL}}, AuthenticationError),
        ({"config": {"version": EVIL, "protocol": EVIL, "dependencies": []}}, gradlink.ProtocolError),
        ({"config_text": f"{EVIL}{{"}, gradlink.ProtocolError),
        ({"messages": [f'data: {{"msg": "unexpected_error", "message": {json.dumps(EVIL)}}}\n\n']}, StreamLostError),
        ({"messages": [f"data: {EVIL.encode('ascii', 'replace').decode()}\n\n"]}, GradlinkError),
    ],
    ids=["error page", "login", "protocol", "no JSON", "stream", "no message"],
)  # fmt: skip
def test_errors_of_a_hostile_app_show_nothing_raw(
    hostile: Hostile, connect: Shell, script: dict[str, Any], error: type[GradlinkError]
) -> None:
    with pytest.raises(error) as caught, connect(hostile.script(**script)) as client:
        client.predict("x", api_name="/echo", timeout=60)
    assert not raw(str(caught.value), "")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_command_line_says_it_in_one_line(hostile: Hostile, encoding: str) -> None:
    url = hostile.script(config={"auth_required": True, "auth_message": f"a\nb {EVIL} \u20ac"})
    done = subprocess.run(
        [sys.executable, "-m", "gradlink", "generate", "--lang", "ts", url],
        capture_output=True, check=False, timeout=60, env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (5, b"")
    said = done.stderr.decode(encoding)
    assert said.count("\n") == 1
    assert not raw(said.removesuffix(os.linesep), "")
    assert ("\u20ac" if encoding == "utf-8" else r"\u20ac") in said


# The source: what is written next cannot forget it


SOURCE = Path(gradlink.__file__).parent
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if "testing" not in path.parts]
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
ESCAPING = frozenset({"one_line", "lines", "len"})


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Yield what is called on which name in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                yield owner, name, node
            case ast.Call(func=ast.Name(id=name)):
                yield "", name, node
            case _:
                pass


def is_escaped(value: ast.expr) -> bool:
    """Tell whether an expression is a text of ours, or escapes what it holds."""
    match value:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in ESCAPING
        case ast.JoinedStr(values=values):
            return all(is_escaped(one) for one in values)
        case ast.FormattedValue(value=inner, conversion=conversion):
            return conversion == ord("r") or is_escaped(inner)
        case _:
            return False


def unescaped_in_log(call: ast.Call, name: str) -> list[str]:
    template, *values = call.args[1:] if name == "log" else call.args
    if not (isinstance(template, ast.Constant) and isinstance(template.value, str)):
        return [ast.unparse(template)]
    kinds = re.findall(r"%[-#0-9.]*([a-z%])", template.value)
    fields = [kind for kind in kinds if kind != "%"]
    return [
        ast.unparse(value)
        for kind, value in zip(fields, values, strict=True)
        if kind == "s" and not is_escaped(value)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_is_logged_or_printed_is_escaped(path: Path) -> None:
    for owner, name, call in calls(path):
        place = f"{path.relative_to(SOURCE)}:{call.lineno}"
        if owner in {"_log", "log", "logger", "logging"} and name in LEVELS:
            assert unescaped_in_log(call, name) == [], f"{place}: log one_line(...) of it, or %r"
        if (owner, name) == ("warnings", "warn"):
            assert is_escaped(call.args[0]), f"{place}: warn with one_line(...) of it"
        assert (owner, name) != ("", "print"), f"{place}: print with gradlink._local.terminal.show()"


def test_this_test_sees_a_log_line_that_forgets_it(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        "_log.debug('%s %d %r %s', a, b, c, one_line(d))\n_log.log(level, '%s', e)\n_log.info(f)\n"
    )
    assert [unescaped_in_log(call, name) for owner, name, call in calls(path) if owner == "_log"] == [
        ["a"],
        ["e"],
        ["f"],
    ]
