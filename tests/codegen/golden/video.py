# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/video -o video.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, NotRequired, TypedDict, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/video"
"""The app that was read."""


class DescribePicture(TypedDict):
    """An object in `picture` of `describe`."""

    background: NotRequired[FileInput | None]
    layers: NotRequired[list[FileInput]]
    composite: NotRequired[FileInput | None]
    id: NotRequired[str | None]


class VideoClient(TypedClient):
    """A client for one app, for threads.

    The app: Video, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def describe(self, *, video: FileInput, picture: DescribePicture) -> str:
        """Call /describe of the app."""
        return self._call(
            "/describe",
            {"video": video, "picture": picture},
            [
                ("video",),
                ("picture", "background"),
                ("picture", "layers", ...),
                ("picture", "composite"),
            ],
        )

    def make(self, *, text: str) -> str:
        """Call /make of the app."""
        return self._call("/make", {"text": text})


class AsyncVideoClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Video, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def describe(self, *, video: FileInput, picture: DescribePicture) -> str:
        """Call /describe of the app."""
        return await self._call(
            "/describe",
            {"video": video, "picture": picture},
            [
                ("video",),
                ("picture", "background"),
                ("picture", "layers", ...),
                ("picture", "composite"),
            ],
        )

    async def make(self, *, text: str) -> str:
        """Call /make of the app."""
        return await self._call("/make", {"text": text})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Video","gradio":"6.31.0","endpoints":[
{"name":"/describe","text":"","streams":false,"takes":[
{"name":"video","type":"file","text":""}
,{"name":"picture","type":{"object":{"background":{"optional":{"any":["file","null"]
},"has_default":true},"layers":{"optional":{"list":"file"},"has_default":true},"comp
osite":{"optional":{"any":["file","null"]},"has_default":true},"id":{"optional":{"an
y":["str","null"]},"has_default":true}}},"text":""}
],"gives":[
["text","str"]
]}
,{"name":"/make","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":""}
],"gives":[
["value_173","file"]
]}
]}
"""
