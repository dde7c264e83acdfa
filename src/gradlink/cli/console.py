"""What the command writes: results on standard output, everything else on standard error.

What an app says is not trusted: it goes through :func:`safe`, or :func:`json_text`, so that nothing of it is obeyed by
a terminal, wherever the output is led.
"""

from __future__ import annotations

import json
import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from gradlink._text import lines, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 80

# What JSON need not escape, but a terminal may obey: see gradlink._text.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Output:
    """Where a command writes to, as its options say.

    Attributes:
        color: False if nothing is to be coloured; None if that depends on whether there is a terminal.
    """

    def __init__(self) -> None:
        self.color: bool | None = None

    @property
    def progress(self) -> bool:
        """Standard error is a terminal, on which a line may be rewritten."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def console(self, *, stderr: bool = False, width: int | None = None) -> Console:
        """Return a console of rich: 80 columns wide at most where there is no terminal to ask."""
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        return Console(
            file=stream,
            no_color=True if self.color is False else None,
            width=width or (None if stream.isatty() else WIDTH),
            highlight=False,
            emoji=False,
            markup=False,
            soft_wrap=False,
        )


@cache
def output() -> Output:
    """Return the output of this program."""
    return Output()


def safe(text: object, style: str = "") -> Text:
    """Return what an app said, on one line, for rich: escaped, never markup."""
    from rich.text import Text

    return Text(one_line(text), style=style)


def write(text: str, *, end: str = "\n") -> None:
    """Write a result."""
    _write(sys.stdout, lines(text) + end)


def put(text: str) -> None:
    """Write a part of a result at once, as it is."""
    _write(sys.stdout, lines(text))


def say(text: object) -> None:
    """Tell the person at the terminal something, in one line."""
    _write(sys.stderr, f"{one_line(text)}\n")


def complain(text: object) -> None:
    """Say what went wrong; an app's error may have several lines."""
    _write(sys.stderr, f"gradlink: {lines(text)}\n")


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Return ``value`` as JSON without a character that a terminal obeys; what JSON does not know is its text."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def prepare_streams() -> None:
    """Have characters that the terminal's encoding lacks written as escapes, instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
