# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/classifier -o classifier.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, TypeAlias, TypedDict, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/classifier"
"""The app that was read."""


class ClassifyClassResultConfidences(TypedDict):
    """An object in `class_` of `classify`."""

    label: str | float | None
    confidence: float | None


ClassifyClassResultConfidences2: TypeAlias = list[ClassifyClassResultConfidences] | None


class ClassifyClassResult(TypedDict):
    """An object in `class_` of `classify`."""

    label: str | float | None
    confidences: ClassifyClassResultConfidences2


class ImageClassifierClient(TypedClient):
    """A client for one app, for threads.

    The app: Image classifier, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def classify(self, *, image: FileInput) -> ClassifyClassResult:
        """Call /classify of the app.

        Args:
            image: A local filepath or publicly available URL.
        """
        return self._call("/classify", {"image": image}, [("image",)])


class AsyncImageClassifierClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Image classifier, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def classify(self, *, image: FileInput) -> ClassifyClassResult:
        """Call /classify of the app.

        Args:
            image: A local filepath or publicly available URL.
        """
        return await self._call("/classify", {"image": image}, [("image",)])


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Image classifier","gradio":"6.31.0","endpoints":[
{"name":"/classify","text":"","streams":false,"takes":[
{"name":"image","type":"file","text":"A local filepath or publicly available URL."}
],"gives":[
["class",{"object":{"label":{"optional":{"any":["str","int","float","null"]},"has_de
fault":true},"confidences":{"optional":{"any":[{"list":{"object":{"label":{"optional
":{"any":["str","int","float","null"]},"has_default":true},"confidence":{"optional":
{"any":["float","null"]},"has_default":true}}}},"null"]},"has_default":true}}}]
]}
]}
"""
