# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/several -o several.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/several"
"""The app that was read."""


class AnalyseResult(NamedTuple):
    """What `analyse` returns."""

    text: str
    count_: int
    is_upper: bool
    index_: Any


class SeveralClient(TypedClient):
    """A client for one app, for threads.

    The app: Several, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def analyse(self, *, a: str, b: str = "b", c: str = "c") -> AnalyseResult:
        """Call /analyse of the app.

        Args:
            a: text.
            b: text.
            c: text.
        """
        return self._call("/analyse", {"a": a, "b": b, "c": c}, record=AnalyseResult)

    def forget(self, *, text: str) -> None:
        """Call /forget of the app."""
        self._run("/forget", {"text": text})

    def lambda_(self, *, text: str) -> str:
        """Call /lambda of the app."""
        return self._call("/lambda", {"text": text})

    def ping(self) -> str:
        """Call /ping of the app."""
        return self._call("/ping", {})


class AsyncSeveralClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Several, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def analyse(self, *, a: str, b: str = "b", c: str = "c") -> AnalyseResult:
        """Call /analyse of the app.

        Args:
            a: text.
            b: text.
            c: text.
        """
        return await self._call(
            "/analyse",
            {"a": a, "b": b, "c": c},
            record=AnalyseResult,
        )

    async def forget(self, *, text: str) -> None:
        """Call /forget of the app."""
        await self._run("/forget", {"text": text})

    async def lambda_(self, *, text: str) -> str:
        """Call /lambda of the app."""
        return await self._call("/lambda", {"text": text})

    async def ping(self) -> str:
        """Call /ping of the app."""
        return await self._call("/ping", {})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Several","gradio":"6.31.0","endpoints":[
{"name":"/analyse","text":"","streams":false,"takes":[
{"name":"a","type":"str","text":"text."}
,{"name":"b","type":"str","default":"b","text":"text."}
,{"name":"c","type":"str","default":"c","text":"text."}
],"gives":[
["text","str"]
,["count","int"]
,["Is upper?","bool"]
,["index","json"]
]}
,{"name":"/forget","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
]}
,{"name":"/lambda","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
["text","str"]
]}
,{"name":"/ping","text":"","streams":false,"takes":[
],"gives":[
["text","str"]
]}
]}
"""
