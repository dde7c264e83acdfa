"""Which releases of gradio are known."""

from __future__ import annotations

from typing import Any, Final

import gradio

from gradlink.errors import LoadError

# gradio's own types are partly unknown; what is used of it is tested on every release below.
gr: Any = gradio

# Minor releases of gradio that tests/loading/test_releases.py plays as the outer app, the newest two of 5 and of 6 among them.
TESTED: Final = ((5, 49), (5, 50), (6, 30), (6, 31))
# Functions can take all properties of a component.
TAKES_PROPERTIES: Final = not gradio.__version__.startswith("5.")


def check_release(version: str | None = None) -> None:
    """Raise LoadError if this release of gradio was not tried."""
    version = version or gradio.__version__
    parts = version.split(".")
    minor = tuple(int(part) if part.isdigit() else -1 for part in parts[:2])
    if minor not in TESTED:
        tried = ", ".join(f"{major}.{minor}" for major, minor in TESTED)
        raise LoadError(
            f"gradlink.load works with gradio {tried}, whose insides it knows; installed is {version}. "
            f'Install one of them (pip install "gradio=={TESTED[-1][0]}.{TESTED[-1][1]}.*"), or a newer gradlink'
        )
