"""The Blocks that is being built, and the components in it.

- ``Context.root_block``: the Blocks that is being built.
- ``Block.proxy_url``: values of such a component are not moved into gradio's cache, and their files get addresses below
  ``/gradio_api/proxy=<proxy_url>``, where gradlink serves them.
- ``utils.is_prop_update``: looks for ``__type__`` with ``get``, so that an update can be handed on as the loaded app sent it.
- ``gr.Interface(_api_mode=True)``: its function is given values as the page sends them.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import gradio
import gradio.components.api_component  # pyright: ignore[reportUnusedImport]  # the class of what gr.api makes, loaded late
from gradio.blocks import Block, BlockContext, Blocks
from gradio.components import base
from gradio.context import Context

from gradlink.errors import LoadError
from gradlink.loading._gradio.release import gr
from gradlink.loading._gradio.serving import PROXY


def root_block() -> Blocks:
    """Return the Blocks that is being built. Raises LoadError outside of one."""
    root = Context.root_block
    if root is None:
        raise LoadError("gradlink.load(...) is called inside of 'with gradio.Blocks() as demo:'")
    return root


def adopt(block: Any, loaded: object) -> None:
    """Let a component show files of a loaded app, and take files for it."""
    block.proxy_url = PROXY
    block.gradlink_loaded = loaded


def own(block: Any, loaded: object, config: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Make a component one of a loaded app.

    Args:
        block: the component.
        loaded: what it belongs to; its ``key`` and ``serve`` are used.
        config: from what gradio would send a page of the component to what it sends.
    """
    adopt(block, loaded)
    # What a value may be depends on the app's properties; it is the app that checks. Of an app that does not say what its
    # values are, the page of the API says what gradio does.
    if getattr(block, "data_model", None) is not None:
        block.api_info = functools.partial(copy.deepcopy, block.api_info())
    block.data_model = None
    given = block.get_config

    @functools.wraps(given)
    def get_config(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return config(given(*args, **kwargs))

    block.get_config = get_config


def component(given: Any) -> Any:
    """Return a component that is not in the page yet, from itself or from its name, such as "text"."""
    components: Any = base
    return given if isinstance(given, Block) else components.get_component_instance(given, render=False)


def interface(
    function: Any, inputs: Sequence[Any], outputs: Sequence[Any], api_name: str, options: Mapping[str, Any]
) -> None:
    """Put a ``gr.Interface`` of a function whose values are those of the page into the Blocks that is being built."""
    gr.Interface(
        function,
        list(inputs),
        list(outputs),
        api_name=api_name,
        flagging_mode="never",
        concurrency_limit=None,
        _api_mode=True,
        **options,
    )


def describe(block: Any, described: Mapping[str, Any]) -> None:
    """Let a component say of its values what the loaded app says of them; its own properties are not the app's."""

    def says(name: str) -> Callable[[], Any]:
        return functools.partial(copy.deepcopy, described[name])

    if "api_info" in described:
        block.api_info = says("api_info")
    if "example_inputs" in described:
        block.example_inputs = says("example_inputs")
    # Where a class has none of these two, gradio asks for the one above.
    if "api_info_as_input" in described and hasattr(block, "api_info_as_input"):
        block.api_info_as_input = says("api_info_as_input")
    if "api_info_as_output" in described and hasattr(block, "api_info_as_output"):
        block.api_info_as_output = says("api_info_as_output")


def id_of(block: Any) -> int:
    """Return the outer app's id of a component."""
    number: int = block._id  # noqa: SLF001
    return number


def layout_of(block: Block) -> BlockContext | None:
    """Return the block if others may lie in it."""
    return block if isinstance(block, BlockContext) else None


class AsItIs(dict[str, Any]):
    """An update of a component that goes to the page as it is.

    gradio would make a component of it first, with the constructor's arguments from an app that is not trusted.
    """

    def get(self, key: str, default: Any = None) -> Any:
        """Hide what gradio recognises an update by; everything else sees the dict."""
        return default if key == "__type__" else super().get(key, default)


def when_left(root: Any, leave: Callable[[str | None], Awaitable[None]]) -> None:
    """Call ``leave`` with the session of each visitor who closes the page."""

    async def left(request: Any) -> None:
        await leave(request.session_hash)

    # What gradio gives is decided by the annotation, which has to be the class itself.
    left.__annotations__ = {"request": gradio.Request}
    root.unload(left)
