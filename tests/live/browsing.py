"""The real Chromium of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long a test waits for what a page is to show: on a machine that has other things to do each step may take many seconds.
PATIENCE_MS = 90_000


def chromium() -> str | None:
    """Return where Chromium is, None if there is none."""
    # The headless shell draws no windows that nobody sees, and takes less than half of the CPU.
    names = (
        os.environ.get("CHROMIUM"),
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    )
    return next((found for name in names if name and (found := shutil.which(name))), None)


def for_a_module(*args: str) -> Iterator[Browser]:
    """Give it to the tests of one module, for a fixture; skip them where there is none.

    Not to more: Playwright keeps an event loop running, beside which tests cannot start another.
    """
    if chromium() is None:
        pytest.skip("no Chromium on this machine: scripts/setup-js installs it where it can")
    with browser(*args) as started:
        yield started


@contextmanager
def browser(*args: str) -> Iterator[Browser]:
    """Start it, without a window, with further arguments."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", *args])
        try:
            yield started
        finally:
            started.close()
