"""Waiting for what an app says."""

from __future__ import annotations

from collections.abc import Callable


def until(holds: Callable[[], bool]) -> None:
    """Ask until something holds; each question is answered by the app itself."""
    for _ in range(2_000):
        if holds():
            return
    raise AssertionError("it never held")
