# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/multimodal -o multimodal.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, NotRequired, TypedDict, Unpack

from gradlink.typed import (
    APP_DEFAULT,
    AsyncTypedClient,
    FileInput,
    Options,
    TypedClient,
)

APP: Final = "http://127.0.0.1:7860/multimodal"
"""The app that was read."""


class ChatMessage(TypedDict):
    """An object in `message` of `chat`."""

    text: str
    files: NotRequired[list[FileInput]]


class MultimodalChatClient(TypedClient):
    """A client for one app, for threads.

    The app: Multimodal chat, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def chat(self, *, message: ChatMessage = APP_DEFAULT) -> Any:
        """Call /chat of the app.

        Args:
            message: parameter_0. Left out: {'text': '', 'files': []}.
        """
        return self._call_any(
            "/chat",
            {"message": message},
            [("message", "files", ...)],
        )


class AsyncMultimodalChatClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Multimodal chat, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def chat(self, *, message: ChatMessage = APP_DEFAULT) -> Any:
        """Call /chat of the app.

        Args:
            message: parameter_0. Left out: {'text': '', 'files': []}.
        """
        return await self._call_any(
            "/chat",
            {"message": message},
            [("message", "files", ...)],
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Multimodal chat","gradio":"6.31.0","endpoints":[
{"name":"/chat","text":"","streams":false,"takes":[
{"name":"message","type":{"object":{"text":"str","files":{"optional":{"list":"file"}
}}},"default":{"text":"","files":[]},"text":"parameter_0.\nLeft out: {\u0027text\u00
27: \u0027\u0027, \u0027files\u0027: []}."}
],"gives":[
["Response","json"]
]}
]}
"""
