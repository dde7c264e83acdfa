"""Descriptions of apps, as small as a test needs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def component(number: int, kind: str = "textbox", **props: Any) -> dict[str, Any]:
    return {"id": number, "type": kind, "props": {"name": kind, **props}}


def event(number: int, *targets: Sequence[Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "targets": [list(target) for target in targets],
        "inputs": [],
        "outputs": [],
        "backend_fn": True,
        "api_name": f"fn_{number}",
        "api_visibility": "public",
        **fields,
    }


def config(
    components: Sequence[Any], events: Sequence[Any] = (), layout: Sequence[Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """Return a /config; without a layout, all components lie in the page."""
    children = [{"id": one["id"]} for one in components] if layout is None else layout
    made = {
        "version": "6.31.0",
        "mode": "blocks",
        "title": "App",
        "api_prefix": "/gradio_api",
        "protocol": "sse_v3",
        "components": components,
        "dependencies": events,
        "layout": {"id": 0, "children": children},
        **fields,
    }
    result: dict[str, Any] = json.loads(json.dumps(made))
    return result
