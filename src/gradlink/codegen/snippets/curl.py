"""Calls with curl in a POSIX shell, without gradlink: what the app's own HTTP API wants."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote

from gradlink.codegen.snippets.calls import Call, LocalFile, Secret, Value, Variable, WebFile
from gradlink.codegen.snippets.values import Unwritable, check, local_files

_META: Final = '"meta": {"_type": "gradio.FileData"}'
_JSON: Final = "  -H 'Content-Type: application/json' \\"
_EVENT_ID: Final = r"""sed 's/.*"event_id": *"\([^"]*\)".*/\1/'"""
_PATH: Final = r"""sed 's/^\["//; s/"\]$//'"""
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

# A piece of JSON, or the number of a variable of the shell with more of it.
Piece: TypeAlias = str | int


def program(call: Call) -> str:
    """Return the program. Raises Unwritable where the app has no such API, or a value cannot be sent by it."""
    return "\n".join(_program(call)) + "\n"


def _program(call: Call) -> Iterator[str]:
    endpoint, target = call.endpoint, call.target
    if endpoint.api_name is None:
        raise Unwritable("an endpoint without a name has no address")
    if "/" in endpoint.api_name.strip("/"):
        raise Unwritable("the name of the endpoint has a slash, and no address")
    try:
        name = quote(endpoint.api_name.strip("/"), safe="")
    except UnicodeEncodeError as exc:
        raise Unwritable("the name of the endpoint is no text, and has no address") from exc
    values = _placed(call)
    for value in values:
        check(value)
    files = [file for value in values for file in local_files(value)]
    if files and not target.takes_file_data:
        raise Unwritable("the app is too old to take files in this way")
    root = target.url.rstrip("/")
    curl = "curl -sS"
    if target.user:
        login = " ".join(
            f'--data-urlencode "{name}=${variable}"'
            for name, variable in (("username", target.user), ("password", target.password))
        )
        yield "COOKIES=$(mktemp)"
        yield f'curl -sS -c "$COOKIES" -o /dev/null {login} {shlex.quote(f"{root}/login")}'
        curl += ' -b "$COOKIES"'
    if target.token:
        curl += f' -H "Authorization: Bearer ${target.token}"'
    root += target.api_prefix
    for number, file in enumerate(files, 1):
        form = shlex.quote(f"files=@{_quoted_path(file.path)}")
        yield f"FILE{number}=$({curl} -F {form} {shlex.quote(f'{root}/upload')} | {_PATH})"
    body = _shell_text(_pieces(values))
    address = shlex.quote(f"{root}/{'call' if target.has_calls else 'api'}/{name}")
    begin = f"{curl} {address} \\"
    if not target.has_calls:
        yield from (begin, _JSON, f"  -d {body}")
        return
    yield from (
        f"EVENT=$({begin}",
        _JSON,
        f"  -d {body} |",
        f"  {_EVENT_ID})",
        f'{curl} -N {address}/"$EVENT"',
    )


def _placed(call: Call) -> list[Value]:
    """Return a value for each input: they go by position, and only servers since 6.18 put State into its place."""
    parameters = call.endpoint.parameters
    values: list[Value] = [None] * max(call.endpoint.input_count, len(parameters))
    for parameter in parameters:
        if parameter.name not in call.values and not parameter.has_default:
            raise Unwritable(f"{call.endpoint.title} needs {parameter.name}")
        values[parameter.slot] = call.values.get(parameter.name, parameter.default)
    return values


def _pieces(values: Sequence[Value]) -> list[Piece]:
    """Return the body of the request."""
    numbers = iter(range(1, 1 + sum(len(local_files(value)) for value in values)))
    return ['{"data": ', *_value_pieces(values, numbers), "}"]


def _value_pieces(value: Value, numbers: Iterator[int]) -> Iterator[Piece]:
    match value:
        case LocalFile():
            yield from ('{"path": "', next(numbers), f'", {_META}}}')
        case WebFile():
            yield f'{{"path": {json.dumps(value.url)}, {_META}}}'
        case Variable():
            raise Unwritable("a command knows nothing of an earlier call")
        case Secret():
            raise Unwritable("a secret would stand in the list of processes")
        case Mapping():
            yield "{"
            for place, (name, one) in enumerate(value.items()):
                yield f"{', ' if place else ''}{json.dumps(name)}: "
                yield from _value_pieces(one, numbers)
            yield "}"
        case str() | bool() | int() | float() | None:
            yield json.dumps(value)
        case Sequence():
            yield "["
            for place, one in enumerate(value):
                yield ", " if place else ""
                yield from _value_pieces(one, numbers)
            yield "]"


def _shell_text(pieces: Sequence[Piece]) -> str:
    """Return one word of the shell."""
    words: list[str] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, int):
            words += [shlex.quote(text), f'"$FILE{piece}"']
            text = ""
        else:
            text += piece
    return "".join([*words, shlex.quote(text)])


def _quoted_path(path: str) -> str:
    """Return a path as curl takes it in a form, where commas and semicolons would end it."""
    if _UNSAFE.search(path):
        raise Unwritable("the file's name has characters that a shell does not take")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r'[",;\\]', path) else path
