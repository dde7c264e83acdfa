"""Which class of this environment shows a component of a loaded app."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from gradio.blocks import Block

from gradlink.errors import LoadError

# Every custom component of Gradio has it among its keywords: `gradio cc create` writes it.
_KEYWORD: Final = "gradio-custom-component"
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


def class_of(kind: str) -> type[Block] | None:
    """Return the class of a component or layout, gradio's own or an installed custom one; None if there is none."""
    found = _known(kind)
    if found is not None:
        return found
    for module in _custom_modules(kind):
        if module not in sys.modules:
            try:
                importlib.import_module(module)
            except Exception as exc:
                raise LoadError(
                    f"the custom component {kind!r} cannot be used: import {module} failed: {exc}"
                ) from exc
        found = _known(kind)
        if found is not None:
            return found
    return None


def package_of(kind: str) -> str:
    """Return the name that the package of a custom component has by Gradio's convention."""
    return f"gradio_{kind}"


def _known(kind: str) -> type[Block] | None:
    named = [cls for cls in _subclasses(Block) if cls.__name__.lower() == kind]
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
    installed = importlib.metadata.packages_distributions()
    expected = package_of(kind)
    if expected in installed:
        yield expected
    for module, names in installed.items():
        if (
            module != expected
            and module.startswith("gradio_")
            and module != "gradio_client"
            and _is_custom(names[0])
        ):
            yield module


@cache
def _is_custom(distribution: str) -> bool:
    return any(
        _KEYWORD in words for words in importlib.metadata.metadata(distribution).get_all("Keywords", [])
    )
