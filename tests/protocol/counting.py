"""Work that is counted, not timed: the same on a busy machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

# Whoever reads the second MiB of JSON imports it, which is not the work that is counted.
with suppress(ImportError):
    import msgspec.json  # noqa: F401


def work(function: Callable[[], object]) -> int:
    """Return the lines of Python that a call executes, the library's too, and the characters that it has C look at.

    Not seen: what C does with an argument, and what operators do with texts.
    """
    lines = characters = 0

    def trace(_: FrameType, event: str, __: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    def profile(_: FrameType, event: str, called: Any) -> None:
        nonlocal characters
        owner = getattr(called, "__self__", None) if event == "c_call" else None
        if isinstance(owner, (str, bytes)):
            characters += len(owner)

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before[1])
        sys.settrace(before[0])
    return lines + characters
