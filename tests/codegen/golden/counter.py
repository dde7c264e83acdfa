# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/counter -o counter.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/counter"
"""The app that was read."""


class StateCounterClient(TypedClient):
    """A client for one app, for threads.

    The app: State counter, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def add(self, *, amount: float = 1) -> float:
        """Call /add of the app.

        Args:
            amount: In steps of 1.
        """
        return self._call("/add", {"amount": amount})


class AsyncStateCounterClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: State counter, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def add(self, *, amount: float = 1) -> float:
        """Call /add of the app.

        Args:
            amount: In steps of 1.
        """
        return await self._call("/add", {"amount": amount})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"State counter","gradio":"6.31.0","endpoints":[
{"name":"/add","text":"","streams":false,"takes":[
{"name":"amount","type":"float","default":1,"text":"In steps of 1."}
],"gives":[
["total","float"]
]}
]}
"""
