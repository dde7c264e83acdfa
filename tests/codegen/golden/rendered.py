# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/rendered -o rendered.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/rendered"
"""The app that was read."""


class RenderedClient(TypedClient):
    """A client for one app, for threads.

    The app: Rendered, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def count(self, *, count: float = 1) -> str:
        """Call /count of the app.

        Args:
            count: From 0 to 5. In steps of 1.
        """
        return self._call("/count", {"count": count})


class AsyncRenderedClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Rendered, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def count(self, *, count: float = 1) -> str:
        """Call /count of the app.

        Args:
            count: From 0 to 5. In steps of 1.
        """
        return await self._call("/count", {"count": count})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Rendered","gradio":"6.31.0","endpoints":[
{"name":"/count","text":"","streams":false,"takes":[
{"name":"count","type":{"number":"float","min":0,"max":5},"default":1,"text":"From 0
\u0020to 5.\nIn steps of 1."}
],"gives":[
["out","str"]
]}
]}
"""
