"""Calls in TypeScript, which is JavaScript here: their lines, and whole programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gradlink._protocol.schema import Endpoint
from gradlink.codegen.quoting import text_literal
from gradlink.codegen.snippets.calls import Call, LocalFile, Secret, Target, Value, Variable, WebFile
from gradlink.codegen.snippets.layout import Atom, Code, Group, after, before, lines
from gradlink.codegen.snippets.values import Unwritable, check, has_files
from gradlink.codegen.typescript_types import property_name

_STEP: Final = "  "
_MAX_EXACT: Final = 2**53


def import_line(values: Iterable[Value]) -> str:
    """Return the statement that imports what a program needs that sends ``values``."""
    files = ", handle_file" if any(map(has_files, values)) else ""
    return f'import {{ Client{files} }} from "gradlink";'


def value_code(value: Value) -> Code:
    """Return an expression for ``value``. Raises Unwritable if it has none."""
    match value:
        case None | bool() | str():
            return Atom(text_literal(value) if isinstance(value, str) else _word(value))
        case int() | float():
            return Atom(_number(value))
        case LocalFile():
            return Atom(f"handle_file({text_literal(_path(value.path))})")
        case WebFile():
            return Atom(f"handle_file({text_literal(value.url)})")
        case Variable():
            return Atom(_variable(value))
        case Secret():
            return Atom(_environment(value.name))
        case Mapping():
            return _object(value)
        case Sequence():
            return Group("[", tuple(map(value_code, value)), "]")


def call_code(endpoint: Endpoint, values: Mapping[str, Value], method: str = "client.predict") -> Code:
    """Return the call of a client's ``method`` that calls ``endpoint`` with ``values``, by name.

    Raises Unwritable if a value cannot be written.
    """
    for value in values.values():
        check(value)
    name = str(endpoint.fn_index) if endpoint.api_name is None else text_literal(endpoint.api_name)
    given = (_object(values),) if values else ()
    return Group(f"{method}(", (Atom(name), *given), ")")


def connection_code(target: Target) -> Code:
    """Return the call that connects."""
    options: list[Code] = []
    if target.user:
        options.append(Atom(f"auth: [{_environment(target.user)}, {_environment(target.password)}]"))
    if target.token:
        options.append(Atom(f"token: {_environment(target.token)}"))
    given = (Group("{", tuple(options), "}", padding=" "),) if options else ()
    return Group("Client.connect(", (Atom(text_literal(target.src)), *given), ")")


def program(call: Call) -> str:
    """Return a program, a module."""
    code = call_code(
        call.endpoint, call.values, "client.submit" if call.endpoint.generator else "client.predict"
    )
    made = [
        import_line(call.values.values()),
        "",
        *lines(after(before("const client = await ", connection_code(call.target)), ";"), step=_STEP),
        *shown(code, "", streams=call.endpoint.generator),
        "await client.close();",
    ]
    return "\n".join(made) + "\n"


def shown(code: Code, indent: str, *, streams: bool) -> Iterator[str]:
    """Yield the lines that make a call and print what it gives."""
    if streams:
        yield from lines(after(before("for await (const event of ", code), ") {"), indent, _STEP)
        yield f'{indent}{_STEP}if (event.type === "data") console.log(event.data);'
        yield f"{indent}}}"
    else:
        yield from lines(after(before("const result = await ", code), ";"), indent, _STEP)
        yield f"{indent}console.log(result.data);"


def _object(values: Mapping[str, Value]) -> Code:
    entries = tuple(before(f"{_key(name)}: ", value_code(value)) for name, value in values.items())
    return Group("{", entries, "}", padding=" ")


def _key(name: str) -> str:
    # As a plain key it would set the object's prototype.
    return '["__proto__"]' if name == "__proto__" else property_name(name)


def _word(value: bool | None) -> str:
    return "null" if value is None else "true" if value else "false"


def _number(value: float) -> str:
    if isinstance(value, int) and abs(value) > _MAX_EXACT:
        raise Unwritable("JavaScript has no whole number as large as one of these")
    return repr(value)


def _path(path: str) -> str:
    # A text that could be the address of a file would not be taken for a path.
    return path if path.startswith(("/", "./", "../", "~")) else f"./{path}"


def _variable(value: Variable) -> str:
    keys = "".join(f"[{text_literal(key) if isinstance(key, str) else key}]" for key in value.keys)
    return f"{value.name}{keys}"


def _environment(name: str) -> str:
    return f'(process.env[{text_literal(name)}] ?? "")'
