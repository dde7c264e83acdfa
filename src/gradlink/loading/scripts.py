"""Which JavaScript of an event is no code but a value.

Gradio's own ``gr.ClearButton``, and the Clear of ``gr.Interface``, are events whose function is an arrow and JSON.
"""

from __future__ import annotations

import json
from typing import Final

from gradlink._protocol.jsonvalue import decode
from gradlink.errors import ProtocolError

MAX_LENGTH: Final = 1_000_000


def constant_function(script: str) -> str | None:
    """Return a function that gives the value that ``script`` gives, None if that is not mere JSON.

    It is written anew from the value, so that nothing of the app's text is run.
    """
    if len(script) > MAX_LENGTH:
        return None
    arrow, mark, body = script.partition("=>")
    if not mark or arrow.strip() != "()":
        return None
    body = body.strip().removesuffix(";")
    # A brace would be a block, whose JSON is statements.
    if not body.startswith("["):
        return None
    try:
        value = decode(body.encode(), "a function of the page")
        text = json.dumps(value, ensure_ascii=True, allow_nan=False).replace("<", "\\u003c")
    except (ProtocolError, ValueError):  # the latter for NaN, which is Python's and not JSON
        return None
    return f"() => {text}"
