# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/countdown -o countdown.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, NamedTuple, Unpack

from gradlink.typed import (
    AsyncTypedClient,
    AsyncTypedJob,
    Options,
    TypedClient,
    TypedJob,
)

APP: Final = "http://127.0.0.1:7860/countdown"
"""The app that was read."""


class GrowResult(NamedTuple):
    """What `grow` returns."""

    text: str
    length: float


class CountdownClient(TypedClient):
    """A client for one app, for threads.

    The app: Countdown, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def count(self, *, start: int = 3, unit: str = "s") -> TypedJob[str]:
        """Count down, one value after the other.

        Args:
            start: In steps of 1.
        """
        return self._stream("/count", {"start": start, "unit": unit})

    def grow(self, *, start: int = 3) -> TypedJob[GrowResult]:
        """Call /grow of the app.

        Args:
            start: In steps of 1.
        """
        return self._stream("/grow", {"start": start}, record=GrowResult)


class AsyncCountdownClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Countdown, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    def count(self, *, start: int = 3, unit: str = "s") -> AsyncTypedJob[str]:
        """Count down, one value after the other.

        Args:
            start: In steps of 1.
        """
        return self._stream("/count", {"start": start, "unit": unit})

    def grow(self, *, start: int = 3) -> AsyncTypedJob[GrowResult]:
        """Call /grow of the app.

        Args:
            start: In steps of 1.
        """
        return self._stream("/grow", {"start": start}, record=GrowResult)


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Countdown","gradio":"6.31.0","endpoints":[
{"name":"/count","text":"Count down, one value after the other.","streams":true,"tak
es":[
{"name":"start","type":"int","default":3,"text":"In steps of 1."}
,{"name":"unit","type":"str","default":"s","text":""}
],"gives":[
["left","str"]
]}
,{"name":"/grow","text":"","streams":true,"takes":[
{"name":"start","type":"int","default":3,"text":"In steps of 1."}
],"gives":[
["text","str"]
,["length","float"]
]}
]}
"""
