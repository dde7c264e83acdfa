# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/assistant -o assistant.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Literal, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/assistant"
"""The app that was read."""


class AssistantClient(TypedClient):
    """A client for one app, for threads.

    The app: Assistant, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def chat(
        self,
        *,
        message: str,
        prompt: str = "You are helpful.",
        tokens: float = 20,
        style: Literal["short", "long"] = "short",
    ) -> Any:
        """Call /chat of the app.

        Args:
            message: parameter_0.
            prompt: System prompt.
            tokens: Max tokens. From 10 to 100. In steps of 10.
        """
        return self._call_any(
            "/chat",
            {"message": message, "prompt": prompt, "tokens": tokens, "style": style},
        )


class AsyncAssistantClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Assistant, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def chat(
        self,
        *,
        message: str,
        prompt: str = "You are helpful.",
        tokens: float = 20,
        style: Literal["short", "long"] = "short",
    ) -> Any:
        """Call /chat of the app.

        Args:
            message: parameter_0.
            prompt: System prompt.
            tokens: Max tokens. From 10 to 100. In steps of 10.
        """
        return await self._call_any(
            "/chat",
            {"message": message, "prompt": prompt, "tokens": tokens, "style": style},
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Assistant","gradio":"6.31.0","endpoints":[
{"name":"/chat","text":"","streams":false,"takes":[
{"name":"message","type":"str","text":"parameter_0."}
,{"name":"prompt","type":"str","default":"You are helpful.","text":"System prompt."}
,{"name":"tokens","type":{"number":"float","min":10,"max":100},"default":20,"text":"
Max tokens.\nFrom 10 to 100.\nIn steps of 10."}
,{"name":"style","type":{"choice":["short","long"]},"default":"short","text":""}
],"gives":[
["Response","json"]
]}
]}
"""
