"""The hostile server as tests use it: a process of its own, so that its memory and its work are not the client's."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

TOP = Path(__file__).parents[2]


class Hostile:
    """The server, running."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=TOP,
        )
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def app(self, name: str) -> str:
        """Return the address of an app: the name of an attack, or "honest"."""
        return f"{self.url}{name}/"

    def script(self, **script: Any) -> str:
        """Return the address of an app that says exactly this; the fields are those of tests/hostile/app.py."""
        url: str = self._ask("scripts", json.dumps(script).encode())["url"]
        return url

    def asked(self, app: str) -> list[dict[str, Any]]:
        """Return the requests that came to an app, named or by its address."""
        name = app.removeprefix(self.url).strip("/")
        answer: list[dict[str, Any]] = self._ask(f"asked?app={quote(name)}")
        return answer

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        with self._opener.open(self.url + path, body, timeout=60) as response:
            return json.load(response)
