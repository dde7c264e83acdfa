"""Which class of this environment shows a component of a loaded app."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from gradio.blocks import Block, BlockContext, Blocks

from gradlink._text import one_line
from gradlink.errors import LoadError
from gradlink.loading.plan import OF_ITS_PAGE

# Every custom component of Gradio has one of them among its keywords, since `gradio cc create` writes it.
_KEYWORDS: Final = frozenset({"gradio-custom-component", "gradio custom component"})
# Modules that cannot be imported.
_failed: set[str] = set()
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


def class_of(kind: str) -> type[Block] | None:
    """Return the class of a component or layout, gradio's own or an installed custom one; None if there is none.

    Nothing but packages of custom components is imported for it: it is an app that is not trusted which names ``kind``.
    Raises LoadError if the package that is named after it cannot be imported.
    """
    found = _known("button" if kind in OF_ITS_PAGE else kind)
    if found is not None:
        return found
    for module in _custom_modules(kind):
        if module in sys.modules or module in _failed:
            continue
        try:
            importlib.import_module(module)
        except Exception as exc:
            if module != package_of(kind):
                _failed.add(module)  # it says nothing about this component
                continue
            raise LoadError(
                f"the custom component {kind!r} cannot be used: import {module} failed: {type(exc).__name__}: {one_line(exc)}"
            ) from exc
        found = _known(kind)
        if found is not None:
            return found
    return None


def package_of(kind: str) -> str:
    """Return the name that the package of a custom component has by Gradio's convention."""
    return one_line(f"gradio_{kind}")


def _known(kind: str) -> type[Block] | None:
    named = [cls for cls in _subclasses(Block) if cls.__name__.lower() == kind and _is_shown(cls)]
    # Of several, gradio's own: a program may have made subclasses of it.
    return min(named, key=lambda cls: not cls.__module__.startswith("gradio."), default=None)


def _is_shown(cls: type[Block]) -> bool:
    """Tell whether this is a class of what a page shows: no whole app, and nothing that others are made of."""
    return not issubclass(cls, Blocks) and cls is not BlockContext and not inspect.isabstract(cls)


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def _custom_modules(kind: str) -> Iterator[str]:
    """Yield the modules of installed packages that may have the component, the one named after it first."""
    if not _PLAIN.fullmatch(kind):
        return
    expected = package_of(kind)
    modules = _installed()
    yield from (
        module
        for module in sorted(modules, key=lambda module: (module != expected, module))
        if modules[module]
    )


@cache
def _installed() -> Mapping[str, bool]:
    """Return the modules that may be custom components, and whether their package says so.

    Looked up once: an app may name ten thousand components that nobody has.
    """
    return {
        module: any(map(_is_custom, names))
        for module, names in importlib.metadata.packages_distributions().items()
        if module.startswith("gradio_") and module != "gradio_client"
    }


def _is_custom(distribution: str) -> bool:
    lines = importlib.metadata.metadata(distribution).get_all("Keywords", [])
    return any(word.strip() in _KEYWORDS for line in lines for word in line.split(","))
