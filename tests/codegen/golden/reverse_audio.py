# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/reverse_audio -o reverse_audio.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/reverse_audio"
"""The app that was read."""


class ReverseAudioClient(TypedClient):
    """A client for one app, for threads.

    The app: Reverse audio, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def reverse(self, *, audio: FileInput) -> str:
        """Call /reverse of the app."""
        return self._call("/reverse", {"audio": audio}, [("audio",)])


class AsyncReverseAudioClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Reverse audio, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def reverse(self, *, audio: FileInput) -> str:
        """Call /reverse of the app."""
        return await self._call("/reverse", {"audio": audio}, [("audio",)])


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Reverse audio","gradio":"6.31.0","endpoints":[
{"name":"/reverse","text":"","streams":false,"takes":[
{"name":"audio","type":"file","text":""}
],"gives":[
["reversed","file"]
]}
]}
"""
