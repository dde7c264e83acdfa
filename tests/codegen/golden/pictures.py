# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/pictures -o pictures.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, NotRequired, TypedDict, Unpack

from gradlink.typed import (
    APP_DEFAULT,
    AsyncTypedClient,
    FileInput,
    Options,
    TypedClient,
)

APP: Final = "http://127.0.0.1:7860/pictures"
"""The app that was read."""


class DrawGalleryResult(TypedDict):
    """An object in `gallery` of `draw`."""

    image: str
    caption: str | None


class DrawGalleryResult2(TypedDict):
    """An object in `gallery` of `draw`."""

    video: str
    caption: str | None


class MeasureObj(TypedDict):
    """An object in `obj` of `measure`."""

    image: FileInput
    caption: NotRequired[str | None]


class MeasureObj2(TypedDict):
    """An object in `obj` of `measure`."""

    video: FileInput
    caption: NotRequired[str | None]


class FakeGalleryClient(TypedClient):
    """A client for one app, for threads.

    The app: Fake gallery, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def draw(self, *, count: float = 2) -> list[DrawGalleryResult | DrawGalleryResult2]:
        """Call /draw of the app.

        Args:
            count: In steps of 1.
        """
        return self._call("/draw", {"count": count})

    def measure(self, *, obj: list[MeasureObj | MeasureObj2] = APP_DEFAULT) -> float:
        """Return the number of items in a container.

        Args:
            obj: gallery. Left out: [].
        """
        return self._call(
            "/measure",
            {"obj": obj},
            [("obj", ..., "image"), ("obj", ..., "video")],
        )


class AsyncFakeGalleryClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Fake gallery, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def draw(
        self,
        *,
        count: float = 2,
    ) -> list[DrawGalleryResult | DrawGalleryResult2]:
        """Call /draw of the app.

        Args:
            count: In steps of 1.
        """
        return await self._call("/draw", {"count": count})

    async def measure(
        self,
        *,
        obj: list[MeasureObj | MeasureObj2] = APP_DEFAULT,
    ) -> float:
        """Return the number of items in a container.

        Args:
            obj: gallery. Left out: [].
        """
        return await self._call(
            "/measure",
            {"obj": obj},
            [("obj", ..., "image"), ("obj", ..., "video")],
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Fake gallery","gradio":"6.31.0","endpoints":[
{"name":"/draw","text":"","streams":false,"takes":[
{"name":"count","type":"float","default":2,"text":"In steps of 1."}
],"gives":[
["gallery",{"list":{"any":[{"object":{"image":"file","caption":{"optional":{"any":["
str","null"]},"has_default":true}}},{"object":{"video":"file","caption":{"optional":
{"any":["str","null"]},"has_default":true}}}]}}]
]}
,{"name":"/measure","text":"Return the number of items in a container.","streams":fa
lse,"takes":[
{"name":"obj","type":{"list":{"any":[{"object":{"image":"file","caption":{"optional"
:{"any":["str","null"]},"has_default":true}}},{"object":{"video":"file","caption":{"
optional":{"any":["str","null"]},"has_default":true}}}]}},"default":[],"text":"galle
ry.\nLeft out: []."}
],"gives":[
["count","float"]
]}
]}
"""
