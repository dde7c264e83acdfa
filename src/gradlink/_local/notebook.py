"""Showing HTML in a notebook, if that is where the program runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from gradlink._local.terminal import show


def in_notebook() -> bool:
    """Tell whether the program runs in a kernel of Jupyter, whose cells show HTML."""
    # A program that nobody has imported IPython into does not run in it.
    ipython: Any = sys.modules.get("IPython")
    if ipython is None:
        return False
    return getattr(ipython.get_ipython(), "kernel", None) is not None


def show_html(text: str, html: Callable[[], str]) -> None:
    """Show ``html`` below the cell of a notebook, and print ``text`` anywhere else."""
    if not in_notebook():
        show(text)
        return
    put(text, html())


def put(text: str, html: str, display_id: str | None = None, *, update: bool = False) -> None:
    """Put HTML below the cell that runs; with ``update``, in the place of what has the same id."""
    display: Any = importlib.import_module("IPython.display")
    display.display({"text/html": html, "text/plain": text}, raw=True, display_id=display_id, update=update)
