"""Calls on the command line, by ``gradlink call`` and ``gradlink stream``."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gradlink._describe.shapes import Boolean, Number, Shape, Text
from gradlink._describe.taken import taken_shape
from gradlink.codegen.snippets.calls import Call, LocalFile, Secret, Value, Variable, WebFile
from gradlink.codegen.snippets.layout import WIDTH
from gradlink.codegen.snippets.values import Unwritable, check

# Others may be taken for something else: for an option, for JSON, for the end of the name.
_NAME: Final = re.compile(r"[^\W\d]\w*")
# What a shell or an argument cannot have.
_UNSAFE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def program(call: Call) -> str:
    """Return the command."""
    endpoint, target = call.endpoint, call.target
    name = str(endpoint.fn_index) if endpoint.api_name is None else endpoint.api_name
    words = [target.src, name]
    if _UNSAFE.search("".join(words)):
        raise Unwritable("the endpoint's name has characters that a shell does not take")
    login = [f'GRADLINK_AUTH="${target.user}:${target.password}"'] if target.user else []
    token = [f'--token "${target.token}"'] if target.token else []
    command = "stream" if endpoint.generator else "call"
    parts = [*login, "gradlink", command, *map(shlex.quote, words), *token]
    return _wrapped(" ".join(parts), list(_arguments(call)))


def _arguments(call: Call) -> Iterator[str]:
    shapes = {one.name: taken_shape(one, multiple=False) for one in call.endpoint.parameters}
    if not all(_NAME.fullmatch(name) for name in call.values):
        check(call.values)
        yield f"--json {shlex.quote(_json(dict(call.values)))}"
        return
    for name, value in call.values.items():
        check(value)
        yield from (shlex.quote(word) for word in _words(name, value, shapes.get(name)))


def _words(name: str, value: Value, shape: Shape | None) -> Iterator[str]:
    match value:
        case LocalFile():
            yield f"{name}=@{_path(value.path)}"
        case WebFile():
            yield f"{name}={value.url}"
        case str() if isinstance(shape, Text) and not _UNSAFE.search(value) and value != "@-":
            yield f"{name}={'@' if value.startswith('@') else ''}{value}"
        case bool() if isinstance(shape, Boolean):
            yield f"{name}={str(value).lower()}"
        case int() | float() if isinstance(shape, Number) and not isinstance(value, bool):
            yield f"{name}={value!r}"
        case _:
            yield f"{name}:={_json(value)}"


def _json(value: Value) -> str:
    plain = _plain(value)
    text = json.dumps(plain, ensure_ascii=False)
    if _UNSAFE.search(text):
        # ASCII has one more, which JSON may have as it is.
        text = json.dumps(plain).replace("\x7f", "\\u007f")
    return text


def _plain(value: Value) -> object:
    match value:
        case LocalFile():
            return f"@{_path(value.path)}"
        case WebFile():
            return value.url
        case Variable():
            raise Unwritable("a command knows nothing of an earlier call")
        case Secret():
            raise Unwritable("a secret would stand in the list of processes")
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case Sequence():
            return [_plain(one) for one in value]


def _path(path: str) -> str:
    if _UNSAFE.search(path):
        raise Unwritable("the file's name has characters that a shell does not take")
    # "-" is standard input.
    return f"./{path}" if path.startswith("-") else path


def _wrapped(command: str, arguments: Sequence[str]) -> str:
    line = " ".join([command, *arguments])
    if len(line) <= WIDTH or not arguments:
        return line + "\n"
    return " \\\n  ".join([command, *arguments]) + "\n"
