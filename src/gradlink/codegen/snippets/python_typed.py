"""Calls in Python through the module that ``gradlink generate`` writes for the app."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from gradlink.codegen.python_names import ModuleNames
from gradlink.codegen.quoting import comment_line
from gradlink.codegen.snippets import python
from gradlink.codegen.snippets.calls import Call, Value
from gradlink.codegen.snippets.layout import Code, Group, after, before, lines
from gradlink.codegen.snippets.values import Unwritable, check

MODULE: Final = "client"
_INDENT: Final = "    "


def program(call: Call, names: ModuleNames) -> str:
    """Return a program for threads. Raises Unwritable for an endpoint that the module does not have."""
    target = call.target
    opened = python.connection_code(names.client, target)
    needed = python.imported("", target, call.values.values())
    command = f"gradlink generate {shlex.quote(target.src)} -o {MODULE}.py"
    made = [
        f"# {comment_line(command)}",
        *(["import os", ""] if needed.os else []),
        *([f"from gradlink import {', '.join(needed.names)}", ""] if needed.names else []),
        f"from {MODULE} import {names.client}",
        "",
        *lines(after(before("with ", opened), " as client:")),
        *python.shown(_call(call, names), _INDENT, streams=call.endpoint.generator),
    ]
    return "\n".join(made) + "\n"


def _call(call: Call, names: ModuleNames) -> Code:
    found = names.methods.get(call.endpoint.api_name or "")
    if found is None:
        raise Unwritable("the module has the public endpoints that have a name")
    method, arguments = found
    own: Mapping[str, str] = dict(zip((p.name for p in call.endpoint.parameters), arguments, strict=True))
    return Group(f"client.{method}(", tuple(_argument(own[n], one) for n, one in call.values.items()), ")")


def _argument(name: str, value: Value) -> Code:
    check(value)
    return before(f"{name}=", python.value_code(value))
