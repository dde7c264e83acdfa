"""How a driver says what its package got: a line of JSON for each thing that it tried."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def tell(name: str, attempt: Callable[[], Any]) -> None:
    """Try something, and write what came of it, or the class and the text of what was raised."""
    try:
        said = {"name": name, "value": attempt()}
    except Exception as error:
        said = {"name": name, "value": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(said, default=repr) + "\n")


def tell_who_answered() -> None:
    """Write which module it was that the package had as gradio_client."""
    tell("gradio_client", lambda: sys.modules["gradio_client"].__name__)
