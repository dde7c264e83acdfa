# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/sepia -o sepia.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/sepia"
"""The app that was read."""


class SepiaFilterClient(TypedClient):
    """A client for one app, for threads.

    The app: Sepia filter, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def filter(self, *, image: FileInput, strength: float = 0.5) -> str:
        """Call /filter of the app.

        Args:
            image: A local filepath or publicly available URL.
            strength: From 0 to 1. In steps of 0.01.
        """
        return self._call(
            "/filter",
            {"image": image, "strength": strength},
            [("image",)],
        )


class AsyncSepiaFilterClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Sepia filter, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def filter(self, *, image: FileInput, strength: float = 0.5) -> str:
        """Call /filter of the app.

        Args:
            image: A local filepath or publicly available URL.
            strength: From 0 to 1. In steps of 0.01.
        """
        return await self._call(
            "/filter",
            {"image": image, "strength": strength},
            [("image",)],
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Sepia filter","gradio":"6.31.0","endpoints":[
{"name":"/filter","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":"A local filepath or publicly available URL."}
,{"name":"strength","type":{"number":"float","min":0,"max":1},"default":0.5,"text":"
From 0 to 1.\nIn steps of 0.01."}
],"gives":[
["filtered","file"]
]}
]}
"""
