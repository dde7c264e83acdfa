# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/hello -o hello.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/hello"
"""The app that was read."""


class HelloWorldClient(TypedClient):
    """A client for one app, for threads.

    The app: Hello World, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def greet(self, *, name: str, intensity: float = 2) -> str:
        """Call /greet of the app.

        Greet somebody, louder with every step. The greeting ends with as many
        exclamation marks.

        Args:
            name: Your name. As your friends call you.
            intensity: From 1 to 10. In steps of 1.
        """
        return self._call("/greet", {"name": name, "intensity": intensity})


class AsyncHelloWorldClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Hello World, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def greet(self, *, name: str, intensity: float = 2) -> str:
        """Call /greet of the app.

        Greet somebody, louder with every step. The greeting ends with as many
        exclamation marks.

        Args:
            name: Your name. As your friends call you.
            intensity: From 1 to 10. In steps of 1.
        """
        return await self._call("/greet", {"name": name, "intensity": intensity})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Hello World","gradio":"6.31.0","endpoints":[
{"name":"/greet","text":"Greet somebody, louder with every step. The greeting ends w
ith as many exclamation marks.","streams":false,"takes":[
{"name":"name","type":"str","text":"Your name.\nAs your friends call you."}
,{"name":"intensity","type":{"number":"float","min":1,"max":10},"default":2,"text":"
From 1 to 10.\nIn steps of 1."}
],"gives":[
["greeting","str"]
]}
]}
"""
