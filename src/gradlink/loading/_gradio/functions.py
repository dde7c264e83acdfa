"""The methods of components that a page may call.

``Component.server_fns``, and ``_is_server_fn`` of each such method; ``DataWithFiles`` is what they take.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import gradio
from gradio.data_classes import DataWithFiles

# Takes what the page sent, the files that went along, and the visitor's session.
ServerFunction = Callable[[Any, Sequence[tuple[str, bytes]], str | None], Awaitable[Any]]


def serve_functions(block: Any, functions: Mapping[str, ServerFunction]) -> list[str]:
    """Give a component these methods for its page to call, and no other one; return the names of those that it got.

    The class's own would answer for this machine: those of gr.FileExplorer list its disk.
    """
    own = {name for name in dir(block) if _is_for_pages(inspect.getattr_static(block, name, None))}
    for name in own:
        setattr(block, name, None)
    block.server_fns = []
    # The app chooses the names: none may hide what gradio itself uses of the component.
    taken = {
        name: function
        for name, function in functions.items()
        if name.isidentifier() and not name.startswith("_") and (name in own or not hasattr(block, name))
    }
    for name, function in taken.items():
        setattr(block, name, _for_pages(function))
    return list(taken)


def _is_for_pages(value: Any) -> bool:
    return getattr(value, "_is_server_fn", False) is True


def _for_pages(function: ServerFunction) -> Any:
    async def call(data: Any, request: Any) -> Any:
        if isinstance(data, DataWithFiles):
            fields = {key: value for key, value in data.data.items() if isinstance(value, str)}
            return await function(fields, data.files, fields.get("session_hash"))
        body = await request.json()  # which gradio has read, and keeps
        return await function(data, (), body["session_hash"])

    # What gradio gives is decided by the annotation, which has to be the class itself.
    call.__annotations__ = {"request": gradio.Request}
    call._is_server_fn = True  # type: ignore[attr-defined]  # noqa: SLF001
    return call


def refusal(status: int, text: str) -> Exception:
    """Return what makes gradio answer a page's question with this status."""
    from starlette.exceptions import HTTPException  # comes with gradio, and late

    return HTTPException(status, text)
