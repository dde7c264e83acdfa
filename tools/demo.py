"""The demo app, served for as long as a picture is drawn of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def serving() -> Iterator[str]:
    """Serve it; give its address."""
    with subprocess.Popen(
        [sys.executable, "demo/app.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            yield str(json.loads(app.stdout.readline())["url"])
        finally:
            app.terminate()
