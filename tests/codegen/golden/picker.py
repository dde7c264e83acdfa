# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/picker -o picker.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Literal, Unpack

from gradlink.typed import APP_DEFAULT, AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/picker"
"""The app that was read."""


class PickerClient(TypedClient):
    """A client for one app, for threads.

    The app: Picker, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def pick(
        self,
        *,
        size: Literal[1, 2] = 1,
        color: str = "red",
        tags: list[str] = APP_DEFAULT,
    ) -> str:
        """Call /pick of the app.

        Args:
            color: Such as 'red', 'blue'.
            tags: Such as 'a', 'b'. Left out: [].
        """
        return self._call("/pick", {"size": size, "color": color, "tags": tags})


class AsyncPickerClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Picker, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def pick(
        self,
        *,
        size: Literal[1, 2] = 1,
        color: str = "red",
        tags: list[str] = APP_DEFAULT,
    ) -> str:
        """Call /pick of the app.

        Args:
            color: Such as 'red', 'blue'.
            tags: Such as 'a', 'b'. Left out: [].
        """
        return await self._call("/pick", {"size": size, "color": color, "tags": tags})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Picker","gradio":"6.31.0","endpoints":[
{"name":"/pick","text":"","streams":false,"takes":[
{"name":"size","type":{"choice":[1,2]},"default":1,"text":""}
,{"name":"color","type":"str","default":"red","text":"Such as \u0027red\u0027, \u002
7blue\u0027."}
,{"name":"tags","type":{"list":"str"},"default":[],"text":"Such as \u0027a\u0027, \u
0027b\u0027.\nLeft out: []."}
],"gives":[
["picked","str"]
]}
]}
"""
