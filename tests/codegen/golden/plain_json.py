# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/plain_json -o plain_json.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypedDict, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/plain_json"
"""The app that was read."""


class ShowResult(NamedTuple):
    """What `show` returns."""

    html: str
    text: str


class TagWordsResult(TypedDict):
    """An object in `words` of `tag`."""

    token: str
    class_or_confidence: str | float | None


class JSONClient(TypedClient):
    """A client for one app, for threads.

    The app: JSON, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def keep(self, *, value: Any) -> Any:
        """Call /keep of the app."""
        return self._call_any("/keep", {"value": value})

    def show(self, *, when: str, color: str = "#ff0000") -> ShowResult:
        """Call /show of the app."""
        return self._call("/show", {"when": when, "color": color}, record=ShowResult)

    def tag(self, *, text: str) -> list[TagWordsResult]:
        """Call /tag of the app."""
        return self._call("/tag", {"text": text})


class AsyncJSONClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: JSON, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def keep(self, *, value: Any) -> Any:
        """Call /keep of the app."""
        return await self._call_any("/keep", {"value": value})

    async def show(self, *, when: str, color: str = "#ff0000") -> ShowResult:
        """Call /show of the app."""
        return await self._call(
            "/show",
            {"when": when, "color": color},
            record=ShowResult,
        )

    async def tag(self, *, text: str) -> list[TagWordsResult]:
        """Call /tag of the app."""
        return await self._call("/tag", {"text": text})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"JSON","gradio":"6.31.0","endpoints":[
{"name":"/keep","text":"","streams":false,"takes":[
{"name":"value","type":"json","text":""}
],"gives":[
["out","json"]
]}
,{"name":"/show","text":"","streams":false,"takes":[
{"name":"when","type":"str","text":""}
,{"name":"color","type":"str","default":"\u0023ff0000","text":""}
],"gives":[
["html","str"]
,["text","str"]
]}
,{"name":"/tag","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
["words",{"list":{"object":{"token":"str","class_or_confidence":{"optional":{"any":[
"str","float","null"]},"has_default":true}}}}]
]}
]}
"""
