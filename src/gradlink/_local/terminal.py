"""Printing text of an app on any terminal."""

from __future__ import annotations

import sys
from typing import TextIO

from gradlink._text import lines, one_line


def show(text: str, *, end: str = "\n", file: TextIO | None = None) -> None:
    """Print ``text`` with what a terminal would obey escaped, and what its encoding lacks as well.

    Nothing is printed where there is no standard output, as under pythonw.
    """
    stream = sys.stdout if file is None else file
    if stream is None:  # pyright: ignore[reportUnnecessaryComparison]  # what its type does not say
        return
    shown = lines(text) + end
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))


def show_connected(base: str) -> None:
    """Say on standard error that a client has connected to the app at ``base``."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]  # as under pythonw
        show(f"Loaded as API: {one_line(base)}", file=sys.stderr)
