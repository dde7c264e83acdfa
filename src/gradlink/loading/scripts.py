"""The JavaScript of an app: what of an event is no code but a value, and what runs in the page of one that is trusted.

Gradio's own ``gr.ClearButton``, and the Clear of ``gr.Interface``, are events whose function is an arrow and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    except (ProtocolError, ValueError, RecursionError):  # ValueError for NaN, which is Python's and not JSON
        return None
    return f"() => {text}"


def page_scripts(scripts: Mapping[str, str]) -> list[str]:
    """Return functions that do in the outer app's page what the scripts and styles of a trusted app do in its own.

    Args:
        scripts: its ``head``, ``css`` and ``js``, as far as it has them.
    """
    made: list[str] = []
    if head := scripts.get("head"):
        text = json.dumps(head)
        made.append(
            f"() => {{ document.head.append(document.createRange().createContextualFragment({text})); }}"
        )
    if css := scripts.get("css"):
        made.append(
            "() => { const style = document.createElement('style'); "
            f"style.textContent = {json.dumps(css)}; document.head.append(style); }}"
        )
    if script := scripts.get("js"):
        made.append(script)
    return made
