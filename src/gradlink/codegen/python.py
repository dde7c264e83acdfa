"""A Python module for one app: a client for threads and one for event loops, with a method for each endpoint."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from gradlink import __version__
from gradlink._dataclass import dataclass
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Null,
    Number,
    Shape,
    Text,
    Union,
)
from gradlink._protocol.jsonvalue import JSONValue
from gradlink.codegen.description import Argument, Description, Function
from gradlink.codegen.file_paths import Path, file_paths
from gradlink.codegen.fingerprint import CONSTANT, fingerprint
from gradlink.codegen.python_docs import docstring, function_docstring
from gradlink.codegen.python_layout import WIDTH, Expression, Word, flat, laid_out
from gradlink.codegen.python_names import OF_TUPLES, module_names, names
from gradlink.codegen.python_types import PythonTypes
from gradlink.codegen.quoting import comment_line, docstring_line, python_literal, python_text

_MAX_DEFAULT: Final = 40
_INDENT: Final = " " * 4
_GAP: Final = "\n\n\n"
_APP_DEFAULT: Final = "APP_DEFAULT"

_TYPING: Final = ("Any", "Final", "Literal", "NamedTuple", "NotRequired", "TypeAlias", "TypedDict", "Unpack")
_TYPED: Final = (
    "APP_DEFAULT", "AsyncTypedClient", "AsyncTypedJob", "FileInput", "Options", "TypedClient", "TypedJob",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Method:
    """An endpoint, under the names that it and its parameters have in the module, with their types."""

    function: Function
    name: str
    arguments: tuple[tuple[str, Argument, Expression], ...]
    result: Expression
    record: str | None


def python_module(description: Description, source: str, target: str = "client.py") -> str:
    """Return the text of the module for the app that ``description`` describes.

    It is formatted as Ruff formats by default, and holds nothing that the app says but as a literal, a docstring or a name.

    Args:
        source: the app as its users name it, the default of ``src``.
        target: the file's name, for the command that makes it again.
    """
    own = module_names(description)
    types = PythonTypes(own.taken)
    methods = [
        _method(function, name, arguments, types)
        for function, (name, arguments) in zip(description.functions, own.methods.values(), strict=True)
    ]
    blocks = [
        *types.declarations,
        "\n".join(_client(own.client, "", methods, description)),
        "\n".join(_client(own.asynchronous, "Async", methods, description)),
    ]
    body = _joined(blocks)
    return _GAP.join([_head(body, source, target), body, _made_from(description)])


def _head(body: str, source: str, target: str) -> str:
    """Return what stands before the first declaration: no text of the app before the third line, which may say how it is read."""
    command = f"gradlink generate {shlex.quote(source)} -o {shlex.quote(target)}"
    words = frozenset(re.findall(r"\w+", body))
    lines = [
        f"# Made by gradlink {__version__}. Do not edit it, make it again:",
        "#",
        f"#   {comment_line(command)}",
        "",
        '"""A client for one Gradio app, with its endpoints as methods."""',
        "",
        "from __future__ import annotations",
        "",
        *_imported("typing", [name for name in _TYPING if name == "Final" or name in words]),
        "",
        *_imported("gradlink.typed", [name for name in _TYPED if name in words]),
        "",
        *laid_out("", "APP: Final = ", Word(python_text(source))),
        '"""The app that was read."""',
    ]
    return "\n".join(lines)


def _imported(module: str, listed: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(listed)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"{_INDENT}{name}," for name in listed), ")"]


def _made_from(description: Description) -> str:
    lines = [
        "# What this was made from; `gradlink check` compares it with the app.",
        f'{CONSTANT}: Final = r"""',
        *fingerprint(description),
        '"""',
    ]
    return "\n".join(lines) + "\n"


def _method(function: Function, name: str, own: tuple[str, ...], types: PythonTypes) -> _Method:
    arguments = tuple(
        (argument_name, argument, _argument_type(argument_name, argument, name, types))
        for argument_name, argument in zip(own, function.arguments, strict=True)
    )
    fields = names([_label(value.label) for value in function.values], OF_TUPLES)
    results = [
        types.received(value.shape, name, field, "result")
        for field, value in zip(fields, function.values, strict=True)
    ]
    if len(results) == 1:
        return _Method(function, name, arguments, results[0], None)
    if not results:
        return _Method(function, name, arguments, Word("None"), None)
    record = types.new_name([name, "Result"])
    about = docstring([f"What `{name}` returns."], _INDENT)
    lines = [f"class {record}(NamedTuple):", *about, ""]
    for field, result in zip(fields, results, strict=True):
        lines += laid_out(_INDENT, f"{field}: ", result)
    types.declarations.append("\n".join(lines))
    return _Method(function, name, arguments, Word(record), record)


def _argument_type(name: str, argument: Argument, method: str, types: PythonTypes) -> Expression:
    expression = types.sent(argument.shape, method, name)
    line = f"{_INDENT * 2}{name}: {flat(expression)}{_default(argument)},"
    # What the formatter would break inside of a line gets a name.
    return expression if len(line) <= WIDTH else types.named(expression, method, name)


def _label(label: str) -> str:
    """Return a label as the name of a value: labels are written for people."""
    return label.lower() or "value"


def _client(name: str, kind: str, methods: list[_Method], description: Description) -> Iterator[str]:
    title = docstring_line(description.title)[:60] or "the app"
    version = docstring_line(description.version)[:20]
    loop = ", for event loops" if kind else ", for threads"
    yield f"class {name}({kind}TypedClient):"
    yield from docstring(
        [f"A client for one app{loop}.", "", f"The app: {title}, Gradio {version}."], _INDENT
    )
    yield ""
    yield f"{_INDENT}def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:"
    yield f'{_INDENT * 2}"""Take the app, and the options of `gradlink.{kind}Client`."""'
    yield f"{_INDENT * 2}super().__init__(src, **options)"
    for method in methods:
        yield ""
        yield from _definition(method, kind)


def _definition(method: _Method, kind: str) -> Iterator[str]:
    function = method.function
    awaited = bool(kind) and not function.streams
    result = flat(method.result)
    if function.streams:
        result = f"{kind}TypedJob[{result}]"
    begin = f"{_INDENT}{'async ' if awaited else ''}def {method.name}("
    listed = [f"{name}: {flat(types)}{_default(one)}" for name, one, types in method.arguments]
    takes = ["self", *(["*"] if listed else []), *listed]
    yield from _call_lines(begin, takes, f") -> {result}:")
    yield from function_docstring(function, [(name, argument) for name, argument, _ in method.arguments])
    yield from _body(method, awaited=awaited)


def _body(method: _Method, *, awaited: bool) -> Iterator[str]:
    function = method.function
    call = "self._stream" if function.streams else "self._call" if function.values else "self._run"
    if call == "self._call" and method.result == Word("Any"):
        call = "self._call_any"
    wait = "await " if awaited else ""
    back = "return " if function.streams or function.values else ""
    begin = f"{_INDENT * 2}{back}{wait}{call}"
    api_name = python_text(function.name)
    record = [f"record={method.record}"] if method.record else []
    entries = [f"{python_text(one.name)}: {name}" for name, one, _ in method.arguments]
    paths = [_path((one.name, *path)) for _, one, _ in method.arguments for path in file_paths(one.shape)]
    parts = [api_name, f"{{{', '.join(entries)}}}", *([f"[{', '.join(paths)}]"] if paths else []), *record]
    line = f"{begin}({', '.join(parts)})"
    if len(line) <= WIDTH:
        yield line
        return
    inner = _INDENT * 3
    yield f"{begin}("
    yield f"{inner}{api_name},"
    yield from _bracketed(inner, "{}", entries)
    if paths:
        yield from _bracketed(inner, "[]", paths)
    yield from (f"{inner}{argument}," for argument in record)
    yield f"{_INDENT * 2})"


def _bracketed(indent: str, brackets: str, items: list[str]) -> Iterator[str]:
    """Yield the items of a dict or list on one line if they fit, otherwise each on its own."""
    line = f"{indent}{brackets[0]}{', '.join(items)}{brackets[1]},"
    if len(line) <= WIDTH:
        yield line
        return
    yield indent + brackets[0]
    yield from (f"{indent}{_INDENT}{item}," for item in items)
    yield f"{indent}{brackets[1]},"


def _call_lines(begin: str, items: list[str], end: str) -> Iterator[str]:
    """Yield what is called or defined: on one line if it fits, otherwise with an item on each."""
    line = f"{begin}{', '.join(items)}{end}"
    if len(line) <= WIDTH:
        yield line
        return
    yield begin
    yield from (f"{_INDENT * 2}{item}," for item in items)
    yield f"{_INDENT}{end}"


def _path(path: Path) -> str:
    steps = ["..." if step is None else python_literal(step) or "..." for step in path]
    return f"({', '.join(steps)}{',' if len(steps) == 1 else ''})"


def _default(argument: Argument) -> str:
    """Return the default as it stands in a signature: the app's own where it has a short literal of the parameter's type."""
    if argument.default is None:
        return ""
    given = argument.default
    shown = None if given.digest else python_literal(given.value)
    usable = shown is not None and len(shown) <= _MAX_DEFAULT and _admits(argument.shape, given.value)
    return f" = {shown if usable else _APP_DEFAULT}"


def _admits(shape: Shape, value: JSONValue) -> bool:
    """Tell whether a literal of ``value`` has the type of ``shape``, as checkers see it."""
    match shape:
        case Text():
            return isinstance(value, str)
        case Boolean():
            return isinstance(value, bool)
        case Null():
            return value is None
        case Number():
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole or (isinstance(value, float) and not shape.whole)
        case Choice():
            # 1 and True are equal in Python.
            return not isinstance(value, float) and any(
                one == value and type(one) is type(value) for one in shape.values
            )
        case Union():
            return any(_admits(member, value) for member in shape.members)
        case AnyJson() | Anything():
            return True
        case _:
            return False


def _joined(blocks: list[str]) -> str:
    """Return ``blocks`` as text: two empty lines between them, none between short declarations."""
    text = ""
    for before, block in pairwise(["", *blocks]):
        alone = not before or "class " in {before[:6], block[:6]}
        gap = _GAP if alone else "\n"
        text += gap + block if before else block
    return text
