"""The page's script and style, as they are served: the modules of ``static/``, joined.

One classic script works where modules do not: in a page that is opened as a file. So the modules use no more of the
language's modules than ``import { names } from "./file.js";`` and ``export`` in front of a declaration.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

# In the order in which they are loaded: each uses only those before it.
MODULES: Final = (
    "dom.js",
    "theme.js",
    "highlight.js",
    "values.js",
    "code.js",
    "fields.js",
    "picking.js",
    "filecontrols.js",
    "table.js",
    "inputs.js",
    "numbers.js",
    "choosing.js",
    "controls.js",
    "form.js",
    "media.js",
    "results.js",
    "panel.js",
    "stream.js",
    "call.js",
    "search.js",
    "endpoint.js",
    "page.js",
)
# The same for the style: what is said later counts.
STYLES: Final = (
    "base.css",
    "frame.css",
    "endpoint.css",
    "form.css",
    "buttons.css",
    "panels.css",
    "results.css",
    "narrow.css",
)


@cache
def script() -> str:
    """Return the script of the page."""
    parts = [_module(name) for name in MODULES]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"


@cache
def style() -> str:
    """Return the style of the page."""
    return "\n".join(map(_text, STYLES))


@cache
def icon() -> str:
    """Return the icon of the page, an SVG."""
    return _text("icon.svg")


def _module(name: str) -> str:
    kept: list[str] = []
    importing = False
    for line in _text(name).splitlines():
        # An import may be written on several lines.
        importing = importing or line.startswith("import {")
        if not importing:
            kept.append(line.removeprefix("export "))
        importing = importing and not line.endswith(";")
    return "\n".join([f"// {name}", *kept, ""])


def _text(name: str) -> str:
    return (files("gradlink.docs_page") / "static" / name).read_text(encoding="utf-8")
