"""Apps that say hostile things in every text, and the modules that are made of them.

``python -m tests.codegen.hostile FOLDER`` writes the modules, for the tests that parse them with TypeScript's compiler.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.codegen.typescript import typescript_module
from tests.vectors.cases import app

CODE = "globalThis.PWNED = process.env;"
PYTHON = "__import__('os').system('true')"
# What would end a literal, a comment or a line, be taken for a directive, or fail to be written.
HOSTILE = {
    "nothing": "",
    "line feed": f"\n{CODE}\n",
    "carriage return": f"\r{CODE}\r",
    "vertical tab and form feed": f"\v{CODE}\f{CODE}",
    "separators of old": f"\x1c{CODE}\x1d{CODE}\x1e{CODE}",
    "next line": f"\x85{CODE}\x85",
    "line separator": f"\u2028{CODE}\u2028",
    "paragraph separator": f"\u2029{CODE}\u2029",
    "end of a block comment": f"*/{CODE}/*",
    "ends of block comments in each other": f"**//*/{CODE}/**//",
    "line comment": f"//{CODE}",
    "template": f"`${{{CODE}}}`",
    "quotes": f"'; {CODE} '\"; {CODE} \"",
    "backslashes": f'\\"; {CODE} \\\\"\\\'',
    "end of a type": f"}}; }}>]); {CODE} ({{[<",
    "format of Python": "{0} {title} {{x}} %s %(x)s",
    "NUL and escapes": f"\x00\x1b[2J\x9b1m\x7f{CODE}\b",
    "bidirectional": f"\u202e\u2066{CODE}\u2069\u200f\u061c",
    "surrogates": f"\ud800{CODE}\udfff\udc00\ud800",
    "directives": f"@ts-nocheck\n@ts-ignore\n@ts-expect-error {{@link {CODE}}}\n@deprecated\n@internal",
    "references": '/ <reference path="/etc/passwd" />\n# sourceMappingURL=http://h/\n@jsxImportSource evil',
    "markup": f"--><script>{CODE}</script><!--",
    "a word of the language": "interface",
    "end of a docstring": f'"""\n{PYTHON}\n"""',
    "ends of docstrings": f'""""""\n    {PYTHON}\n\'\'\'',
    "a quote at the end": 'say "',
    "a backslash at the end": "C:\\",
    "backslashes and quotes": '\\"\\\\"""\\',
    "names of characters": r"\N{NULL}\x00\u0000\U00110000\777",
    "braces of f-strings": f"{{{PYTHON}}}{{{{!r:>{{9}}}}",
    "an example for doctest": f">>> {PYTHON}\n...     {PYTHON}",
    "byte order mark": f"\ufeff{PYTHON}",
    "comments that checkers obey": "# type: ignore\n# noqa\n# pyright: basic\n# mypy: ignore-errors\n# ruff: noqa\n# fmt: off",
    "coding cookie": "# -*- coding: utf-7 -*-\n# vim: set fileencoding=utf-16 :",
    "hash bang": f"#!/bin/sh\n{PYTHON}",
    "a name in another form": "\ufb01\u212b\uff53\uff45\uff4c\uff46",
    "dunder": "__init__",
    "mangled": "__secret",
    "the name of an object": "self",
    "a keyword": "None",
    "a type": "str",
    "ends of calls": f")]}}, {PYTHON}, [({{",
    "end of a parameter": f"=0, x={PYTHON}) -> None: {PYTHON} #",
    "very long": f"x{CODE}" * 100,
}
# Without these an app is none, or describes nothing.
_KEPT_VALUES = frozenset({"protocol", "type", "$ref"})
_KEPT_KEYS = frozenset(
    {
        "named_endpoints", "unnamed_endpoints", "parameters", "returns", "parameter_name", "parameter_has_default",
        "parameter_default", "label", "python_type", "component", "type", "description", "$ref", "$defs", "definitions",
        "properties", "additionalProperties", "items", "prefixItems", "anyOf", "oneOf", "allOf", "enum", "const",
        "required", "default", "title", "meta", "path", "url", "orig_name", "size", "mime_type", "is_stream", "_type",
    }
)  # fmt: skip


def spoiled(value: Any, text: str, key: str = "", *, thorough: bool, config: bool) -> Any:
    """Return ``value`` with ``text`` around every text in it, the same for the same, and around names in /info.

    Shapes:
        thorough: what a schema means is spoiled as well, so that less of it is read.
    """
    if isinstance(value, str):
        kept = key == "protocol" or (key in _KEPT_VALUES and not thorough)
        return value if kept else _around(value, text)
    if isinstance(value, list):
        return [spoiled(item, text, key, thorough=thorough, config=config) for item in value]
    if isinstance(value, dict):
        return {
            name if config or name in _KEPT_KEYS else _around(name, text): spoiled(
                item, text, name, thorough=thorough, config=config
            )
            for name, item in value.items()
        }
    return value


def _around(value: str, text: str) -> str:
    slash = "/" if value.startswith("/") else ""
    return f"{slash}{text}{value.removeprefix(slash)}{text}"


def module(text: str, release: str = "6.31.0", *, thorough: bool = False) -> str:
    """Return the module for the uniform app of a release that says ``text`` everywhere."""
    return typescript_module(hostile_app(text, release, thorough=thorough), "http://127.0.0.1:7860", "app.ts")


def hostile_app(text: str, release: str = "6.31.0", *, thorough: bool = False) -> AppSchema:
    """Return the uniform app of a release that says ``text`` everywhere."""
    config, info = app(release)
    config = {"title": "app", **config, "app_id": "id"}
    config = spoiled(config, text, thorough=thorough, config=True)
    info = spoiled(info, text, thorough=thorough, config=False)
    return read_app(config, info)


def main(folder: Path) -> None:
    """Write all modules into ``folder``, named by what is said."""
    for name, text in HOSTILE.items():
        for thorough in (False, True):
            path = folder / f"{name}{' thorough' if thorough else ''}.ts"
            path.write_text(module(text, thorough=thorough), encoding="utf-8")
    everything = "".join(text for name, text in HOSTILE.items() if name != "very long")
    for release in ("3.34.0", "3.50.2", "4.0.0", "4.44.1", "5.49.1"):
        (folder / f"everything {release}.ts").write_text(module(everything, release), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
