"""What a generated module was made from, written into it and read back without running it.

In Python it is a constant, in TypeScript a comment. It is JSON, of ASCII alone and without any character that could end the
constant or the comment, or be taken for a directive in it: those are escaped.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Final

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object, as_text
from gradlink.codegen.description import Argument, Description, Function, Given, Value
from gradlink.codegen.shape_json import shape_of_json, shape_to_json

CONSTANT: Final = "_MADE_FROM"
# A line of a comment that begins so is part of it.
MARK: Final = "//|"
_FORMAT: Final = 1
_WIDTH: Final = 84
_ESCAPED: Final = re.compile(r"[^\w \-.,:;{}\[\]\"\\/()+!?|=]", re.ASCII)


def fingerprint(description: Description) -> list[str]:
    """Return ``description`` as lines, at most 88 characters long, that are JSON when they are joined by nothing."""
    return [line for piece in _pieces(description) for line in _wrapped(piece)]


def read_python(text: str) -> Description:
    """Return what the Python module ``text`` was made from; it is parsed and never run.

    Raises ValueError if it is not a module that ``gradlink generate`` made.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        raise ValueError(f"it is not Python: {exc}") from None
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(said))) if (
                name == CONSTANT
            ):
                return _read(said)
            case _:
                pass
    raise ValueError(f"it has no {CONSTANT}, which says what it was made from: make it again")


def read_typescript(text: str) -> Description:
    """Return what the TypeScript module ``text`` was made from. Raises ValueError as :func:`read_python` does."""
    lines = [line.removeprefix(MARK) for line in text.split("\n") if line.startswith(MARK)]
    if not lines:
        raise ValueError("it does not say what it was made from: make it again")
    return _read("".join(lines))


def _pieces(description: Description) -> Iterator[str]:
    """Yield parts of the JSON: one for each thing that may change, so that a change is seen where it is."""
    head: JSONObject = {"format": _FORMAT, "title": description.title, "gradio": description.version}
    yield f'{_json(head)[:-1]},"endpoints":['
    for number, function in enumerate(description.functions):
        about: JSONObject = {"name": function.name, "text": function.text, "streams": function.streams}
        yield f'{"," if number else ""}{_json(about)[:-1]},"takes":['
        yield from _listed([_argument(argument) for argument in function.arguments])
        yield '],"gives":['
        yield from _listed([[value.label, shape_to_json(value.shape)] for value in function.values])
        yield "]}"
    yield "]}"


def _listed(values: list[JSONValue]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"{',' if number else ''}{_json(value)}"


def _argument(argument: Argument) -> JSONObject:
    default: JSONObject = {}
    if argument.default is not None:
        given = argument.default
        default = {"digest": given.digest} if given.digest else {"default": given.value}
    return {"name": argument.name, "type": shape_to_json(argument.shape), **default, "text": argument.text}


def _json(value: JSONValue) -> str:
    text = json.dumps(value, separators=(",", ":"))
    # All of these stand in strings: the rest of JSON has none of them.
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _wrapped(piece: str) -> Iterator[str]:
    for start in range(0, len(piece), _WIDTH):
        line = piece[start : start + _WIDTH]
        if line.startswith(" "):
            line = f"\\u0020{line[1:]}"
        yield f"{line[:-1]}\\u0020" if line.endswith(" ") else line


def _read(said: str) -> Description:
    try:
        document: JSONObject = as_object(json.loads("".join(said.split("\n"))))
    except (ValueError, RecursionError):
        raise ValueError("what it says it was made from cannot be read: make it again") from None
    if document.get("format") != _FORMAT:
        raise ValueError("it was made by another version of gradlink: make it again")
    return Description(
        _word(document, "title"),
        _word(document, "gradio"),
        tuple(_function_of(as_object(one)) for one in as_list(document.get("endpoints"))),
    )


def _function_of(about: JSONObject) -> Function:
    return Function(
        _word(about, "name"),
        tuple(_argument_of(as_object(one)) for one in as_list(about.get("takes"))),
        tuple(_value_of(as_list(one)) for one in as_list(about.get("gives"))),
        about.get("streams") is True,
        _word(about, "text"),
    )


def _argument_of(about: JSONObject) -> Argument:
    default = None
    if "default" in about or "digest" in about:
        default = Given(about.get("default"), _word(about, "digest"))
    return Argument(_word(about, "name"), shape_of_json(about.get("type")), default, _word(about, "text"))


def _value_of(pair: list[JSONValue]) -> Value:
    if len(pair) != 2:
        raise ValueError("what it says it was made from cannot be read: make it again")
    return Value(as_text(pair[0]) or "", shape_of_json(pair[1]))


def _word(about: JSONObject, key: str) -> str:
    return as_text(about.get(key)) or ""
