"""Which class of this environment shows a component of a loaded app."""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from gradio.blocks import Block, Blocks

from gradlink._text import one_line
from gradlink.errors import LoadError

_log = logging.getLogger("gradlink.load")

# Every custom component of Gradio has one of them among its keywords, since `gradio cc create` writes it.
_KEYWORDS: Final = frozenset({"gradio-custom-component", "gradio custom component"})
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


def class_of(kind: str) -> type[Block] | None:
    """Return the class of a component or layout, gradio's own or an installed custom one; None if there is none.

    Nothing but packages of custom components is imported for it: it is an app that is not trusted which names ``kind``.
    Raises LoadError if the package that is named after it cannot be imported.
    """
    found = _known(kind)
    if found is not None:
        return found
    for module in _custom_modules(kind):
        if module not in sys.modules:
            try:
                importlib.import_module(module)
            except Exception as exc:
                failed = f"import {module} failed: {type(exc).__name__}: {one_line(exc)}"
                if module == package_of(kind):
                    raise LoadError(f"the custom component {kind!r} cannot be used: {failed}") from exc
                _log.warning("looking for the custom component %r: %s", kind, failed)
        found = _known(kind)
        if found is not None:
            return found
    return None


def package_of(kind: str) -> str:
    """Return the name that the package of a custom component has by Gradio's convention."""
    return one_line(f"gradio_{kind}")


def _known(kind: str) -> type[Block] | None:
    # A whole app, such as an Interface, is no part of one.
    named = [
        cls for cls in _subclasses(Block) if cls.__name__.lower() == kind and not issubclass(cls, Blocks)
    ]
    # Of several, gradio's own: a program may have made subclasses of it.
    return min(named, key=lambda cls: not cls.__module__.startswith("gradio."), default=None)


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def _custom_modules(kind: str) -> Iterator[str]:
    """Yield the modules of installed packages that may have the component, the one named after it first."""
    if not _PLAIN.fullmatch(kind):
        return
    installed = {
        module: names
        for module, names in importlib.metadata.packages_distributions().items()
        if module.startswith("gradio_")
    }
    expected = package_of(kind)
    for module in sorted(installed, key=lambda module: (module != expected, module)):
        if any(_is_custom(name) for name in installed[module]):
            yield module


@cache
def _is_custom(distribution: str) -> bool:
    lines = importlib.metadata.metadata(distribution).get_all("Keywords", [])
    return any(word.strip() in _KEYWORDS for line in lines for word in line.split(","))
