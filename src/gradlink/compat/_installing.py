"""Putting these names where packages look for gradio_client."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

from gradlink.errors import GradlinkError

NAME = "gradio_client"
PARTS = ("client", "data_classes", "exceptions", "utils")
# What only servers and their components import from gradio_client.
SERVER_PARTS = frozenset(
    {"compatibility", "documentation", "media_data", "serializing", "snippet", "templates", "types"}
)


class InstallError(GradlinkError, RuntimeError):
    """gradlink cannot stand in for gradio_client in this process; the message says why."""


def install() -> None:
    """Let ``import gradio_client`` import :mod:`gradlink.compat`, in this process, from now on.

    Call it before anything imports gradio_client. Calling it again does nothing.

    Raises InstallError if gradio_client was imported already, or gradio, which has its server from there.
    """
    package = sys.modules[__name__.rpartition(".")[0]]
    loaded = sys.modules.get(NAME)
    if loaded is package:
        return
    if "gradio" in sys.modules:
        raise InstallError(
            "gradlink cannot stand in for gradio_client here: gradio is imported in this process, and its server needs the "
            "gradio_client that it came with; call apps from another process, or import gradlink.compat by its own name"
        )
    if loaded is not None:
        raise InstallError(
            f"gradlink cannot stand in for gradio_client here: gradio_client {getattr(loaded, '__version__', '')} is imported "
            "already; call gradlink.compat.install() before anything imports it"
        )
    sys.modules[NAME] = package
    for part in PARTS:
        sys.modules[f"{NAME}.{part}"] = importlib.import_module(f"{package.__name__}.{part}")
    sys.meta_path.insert(0, _Finder())


def is_installed() -> bool:
    """Tell whether gradlink stands in for gradio_client in this process."""
    return NAME in sys.modules and sys.modules[NAME] is sys.modules.get(__name__.rpartition(".")[0])


class _Finder(importlib.abc.MetaPathFinder):
    """Says of what is not there why it is not."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        package, _, part = fullname.partition(".")
        if package == "gradio" and not part:
            raise ImportError(
                "gradio cannot be imported in this process: gradlink stands in for gradio_client here (gradlink.compat.install()), "
                "and gradio's server needs the gradio_client that it came with",
                name=fullname,
            )
        if package != NAME or not part:
            return None
        raise ModuleNotFoundError(missing_part(part), name=fullname)


def missing_part(part: str) -> str:
    """Return why there is no ``gradio_client.<part>``."""
    if part.partition(".")[0] in SERVER_PARTS:
        return (
            f"gradio_client.{part} belongs to gradio's server and its components, and is not part of gradlink.compat, which "
            "stands in for gradio_client here; run what needs it in a process of its own"
        )
    return f"gradlink.compat, which stands in for gradio_client here, has no {part!r}"
