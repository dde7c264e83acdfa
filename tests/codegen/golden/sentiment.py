# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/sentiment -o sentiment.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, TypeAlias, TypedDict, Unpack

from gradlink.typed import AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/sentiment"
"""The app that was read."""


class ClassifySentimentResultConfidences(TypedDict):
    """An object in `sentiment` of `classify`."""

    label: str | float | None
    confidence: float | None


ClassifySentimentResultConfidences2: TypeAlias = (
    list[ClassifySentimentResultConfidences] | None
)


class ClassifySentimentResult(TypedDict):
    """An object in `sentiment` of `classify`."""

    label: str | float | None
    confidences: ClassifySentimentResultConfidences2


class SentimentClient(TypedClient):
    """A client for one app, for threads.

    The app: Sentiment, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def classify(self, *, text: str) -> ClassifySentimentResult:
        """Call /classify of the app.

        Args:
            text: review.
        """
        return self._call("/classify", {"text": text})


class AsyncSentimentClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Sentiment, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def classify(self, *, text: str) -> ClassifySentimentResult:
        """Call /classify of the app.

        Args:
            text: review.
        """
        return await self._call("/classify", {"text": text})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Sentiment","gradio":"6.31.0","endpoints":[
{"name":"/classify","text":"","streams":false,"takes":[
{"name":"text","type":"str","text":"review."}
],"gives":[
["sentiment",{"object":{"label":{"optional":{"any":["str","int","float","null"]},"ha
s_default":true},"confidences":{"optional":{"any":[{"list":{"object":{"label":{"opti
onal":{"any":["str","int","float","null"]},"has_default":true},"confidence":{"option
al":{"any":["float","null"]},"has_default":true}}}},"null"]},"has_default":true}}}]
]}
]}
"""
