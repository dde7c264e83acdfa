# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/tabbed -o tabbed.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/tabbed"
"""The app that was read."""


class FlipTextClient(TypedClient):
    """A client for one app, for threads.

    The app: Flip text, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def first_tab(self, *, text: str) -> str:
        """Call /first_tab of the app."""
        return self._call("/first_tab", {"text": text})

    def second_tab(self, *, text: str) -> str:
        """Call /second_tab of the app."""
        return self._call("/second_tab", {"text": text})


class AsyncFlipTextClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Flip text, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def first_tab(self, *, text: str) -> str:
        """Call /first_tab of the app."""
        return await self._call("/first_tab", {"text": text})

    async def second_tab(self, *, text: str) -> str:
        """Call /second_tab of the app."""
        return await self._call("/second_tab", {"text": text})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Flip text","gradio":"6.31.0","endpoints":[
{"name":"/first_tab","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
["out","str"]
]}
,{"name":"/second_tab","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
["out","str"]
]}
]}
"""
