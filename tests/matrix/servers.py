"""Servers of real Gradio releases, started when first asked for."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

TOOL = Path(__file__).resolve().parents[2] / "tools" / "releases.py"
# A release's servers are only needed while its scenarios run; each takes 200 MB.
MAX_RUNNING = 4


@cache
def tool() -> Any:
    """Return tools/releases.py as a module."""
    spec = importlib.util.spec_from_file_location("gradlink_releases", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class ReleaseServers:
    """The servers that run, the longest unused ended when there are too many."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], Any] = {}

    def __call__(self, release: str, variant: str) -> str:
        """Return the URL of the uniform app on ``release``."""
        server = self._running.pop((release, variant), None)
        if server is None:
            tool().install([release])
            server = tool().start(release, variant)
        self._running[release, variant] = server
        while len(self._running) > MAX_RUNNING:
            self._running.pop(next(iter(self._running))).close()
        url: str = server.url
        return url

    def close(self) -> None:
        """End all servers."""
        for server in self._running.values():
            server.close()
        self._running.clear()
