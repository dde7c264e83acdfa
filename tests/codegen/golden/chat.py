# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/chat -o chat.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Unpack

from gradlink.typed import (
    AsyncTypedClient,
    AsyncTypedJob,
    Options,
    TypedClient,
    TypedJob,
)

APP: Final = "http://127.0.0.1:7860/chat"
"""The app that was read."""


class EchoChatClient(TypedClient):
    """A client for one app, for threads.

    The app: Echo chat, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def chat(self, *, message: str) -> TypedJob[Any]:
        """Call /chat of the app.

        Args:
            message: parameter_0.
        """
        return self._stream("/chat", {"message": message})


class AsyncEchoChatClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Echo chat, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    def chat(self, *, message: str) -> AsyncTypedJob[Any]:
        """Call /chat of the app.

        Args:
            message: parameter_0.
        """
        return self._stream("/chat", {"message": message})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Echo chat","gradio":"6.31.0","endpoints":[
{"name":"/chat","text":"","streams":true,"takes":[
{"name":"message","type":"str","text":"parameter_0."}
],"gives":[
["Response","json"]
]}
]}
"""
