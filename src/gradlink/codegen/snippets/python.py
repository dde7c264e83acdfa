"""Calls in Python: their lines, and whole programs."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._describe.functions import call_arguments
from gradlink._protocol.schema import Endpoint
from gradlink.codegen.quoting import python_literal, python_text
from gradlink.codegen.snippets.calls import Call, LocalFile, Secret, Target, Value, Variable, WebFile
from gradlink.codegen.snippets.layout import WIDTH, Atom, Code, Group, after, before, lines
from gradlink.codegen.snippets.values import check, has_files, secrets

_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Imported:
    """What a program needs of modules.

    Attributes:
        names: of ``gradlink``.
    """

    names: frozenset[str]
    os: bool = False

    def lines(self) -> list[str]:
        """Return the statements, without an empty line at their end."""
        ours = sorted(self.names, key=lambda name: (name.lower() == name, name))
        return [*(["import os", ""] if self.os else []), f"from gradlink import {', '.join(ours)}"]


def imported(client: str, target: Target, values: Iterable[Value]) -> Imported:
    """Return what a program imports that connects ``client`` to ``target`` and sends ``values``."""
    values = list(values)
    files = any(map(has_files, values))
    names = {*filter(None, [client]), *(["handle_file"] if files else [])}
    hidden = any(map(secrets, values))
    return Imported(frozenset(names), bool(hidden or target.user or target.token))


def value_code(value: Value) -> Code:
    """Return an expression for ``value``. Raises Unwritable if it has none."""
    match value:
        case str():
            return _text(value)
        case bool() | int() | float() | None:
            return Atom(python_literal(value) or repr(value))
        case LocalFile():
            return Atom(f"handle_file({python_text(value.path)})")
        case WebFile():
            return Atom(f"handle_file({python_text(value.url)})")
        case Variable():
            return Atom(_variable(value))
        case Secret():
            return Atom(f"os.environ[{python_text(value.name)}]")
        case Mapping():
            return Group("{", tuple(_entry(name, one) for name, one in value.items()), "}")
        case Sequence():
            return Group("[", tuple(map(value_code, value)), "]")


def call_code(endpoint: Endpoint, values: Mapping[str, Value], method: str = "client.predict") -> Code:
    """Return the call of a client's ``method`` that calls ``endpoint`` with ``values``, by name.

    Raises Unwritable if a value, or one that the endpoint needs, cannot be written.
    """
    for value in values.values():
        check(value)
    positional, named = call_arguments(endpoint, values)
    items = [value_code(value) for value in positional]
    items += [before(f"{name}=", value_code(value)) for name, value in named.items() if _is_keyword(name)]
    others = tuple(_entry(name, value) for name, value in named.items() if not _is_keyword(name))
    if others:
        items.append(Group("**{", others, "}"))
    where = (
        f"fn_index={endpoint.fn_index}"
        if endpoint.api_name is None
        else f"api_name={python_text(endpoint.api_name)}"
    )
    return Group(f"{method}(", (*items, Atom(where)), ")")


def connection_code(client: str, target: Target, name: str | None = None) -> Code:
    """Return the call that connects; ``name`` is that of the app, None where the class knows it."""
    items = [] if name is None else [Atom(python_text(name))]
    if target.user:
        user, password = (f"os.environ[{python_text(one)}]" for one in (target.user, target.password))
        items.append(Atom(f"auth=({user}, {password})"))
    if target.token:
        items.append(Atom(f"token=os.environ[{python_text(target.token)}]"))
    return Group(f"{client}(", tuple(items), ")")


def sync_program(call: Call) -> str:
    """Return a program for threads."""
    opened = connection_code("Client", call.target, call.target.src)
    return _text_of(
        [
            *imported("Client", call.target, call.values.values()).lines(),
            "",
            *lines(after(before("with ", opened), " as client:")),
            *_body(call, "client", _INDENT),
        ]
    )


def async_program(call: Call) -> str:
    """Return a program for event loops."""
    opened = connection_code("AsyncClient", call.target, call.target.src)
    needed = imported("AsyncClient", call.target, call.values.values()).lines()
    return _text_of(
        [
            "import asyncio",
            *([] if needed[0] == "import os" else [""]),
            *needed,
            "",
            "",
            "async def main():",
            *lines(after(before("async with ", opened), " as client:"), _INDENT),
            *_body(call, "client", _INDENT * 2, asynchronous=True),
            "",
            "",
            "asyncio.run(main())",
        ]
    )


def _body(call: Call, client: str, indent: str, *, asynchronous: bool = False) -> Iterator[str]:
    streams = call.endpoint.generator
    code = call_code(call.endpoint, call.values, f"{client}.{'submit' if streams else 'predict'}")
    yield from shown(code, indent, streams=streams, asynchronous=asynchronous)


def shown(code: Code, indent: str, *, streams: bool, asynchronous: bool = False) -> Iterator[str]:
    """Yield the lines that make a call and print what it gives."""
    if streams:
        loop = "async for value in " if asynchronous else "for value in "
        yield from lines(after(before(loop, code), ":"), indent)
        yield f"{indent}{_INDENT}print(value)"
    else:
        yield from lines(before("result = await " if asynchronous else "result = ", code), indent)
        yield f"{indent}print(result)"


def _entry(name: str, value: Value) -> Code:
    return before(f"{python_text(name)}: ", value_code(value))


def _text(text: str) -> Code:
    whole = python_text(text)
    rows = text.splitlines(keepends=True)
    if len(whole) <= WIDTH // 2 or len(rows) < 2:
        return Atom(whole)
    # Python joins literals that stand beside each other.
    return Group("(", tuple(Atom(python_text(row)) for row in rows), ")", separator=" ", ends="")


def _variable(value: Variable) -> str:
    keys = "".join(f"[{python_literal(key)}]" for key in value.keys)
    text = f"{value.name}{keys}"
    return f"handle_file({text})" if value.file else text


def _is_keyword(name: str) -> bool:
    """Tell whether a parameter of this name can be given as ``name=``: Python reads names in their normal form."""
    usable = name.isidentifier() and len(name) <= WIDTH and not keyword.iskeyword(name)
    return usable and unicodedata.normalize("NFKC", name) == name


def _text_of(written: Iterable[str]) -> str:
    return "\n".join(written) + "\n"
