# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/sentence -o sentence.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Final, Literal, Unpack

from gradlink.typed import APP_DEFAULT, AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/sentence"
"""The app that was read."""


class SentenceBuilderClient(TypedClient):
    """A client for one app, for threads.

    The app: Sentence builder, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def build(
        self,
        *,
        quantity: float = 4,
        animal: Literal["cat", "dog", "bird"] = "cat",
        countries: list[Literal["USA", "Japan", "Pakistan"]] = APP_DEFAULT,
        place: Literal["park", "zoo", "road"],
        activities: list[Literal["ran", "swam", "ate"]] = APP_DEFAULT,
        morning: bool = False,
    ) -> str:
        """Call /build of the app.

        Args:
            quantity: Count. Choose between 2 and 20. From 2 to 20. In steps of 1.
            animal: Will add more animals later!
            countries: Left out: ['Japan'].
            place: Location.
            activities: Activity. Left out: ['ran', 'ate'].
        """
        return self._call(
            "/build",
            {
                "quantity": quantity,
                "animal": animal,
                "countries": countries,
                "place": place,
                "activities": activities,
                "morning": morning,
            },
        )


class AsyncSentenceBuilderClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Sentence builder, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def build(
        self,
        *,
        quantity: float = 4,
        animal: Literal["cat", "dog", "bird"] = "cat",
        countries: list[Literal["USA", "Japan", "Pakistan"]] = APP_DEFAULT,
        place: Literal["park", "zoo", "road"],
        activities: list[Literal["ran", "swam", "ate"]] = APP_DEFAULT,
        morning: bool = False,
    ) -> str:
        """Call /build of the app.

        Args:
            quantity: Count. Choose between 2 and 20. From 2 to 20. In steps of 1.
            animal: Will add more animals later!
            countries: Left out: ['Japan'].
            place: Location.
            activities: Activity. Left out: ['ran', 'ate'].
        """
        return await self._call(
            "/build",
            {
                "quantity": quantity,
                "animal": animal,
                "countries": countries,
                "place": place,
                "activities": activities,
                "morning": morning,
            },
        )


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Sentence builder","gradio":"6.31.0","endpoints":[
{"name":"/build","text":"","streams":false,"takes":[
{"name":"quantity","type":{"number":"float","min":2,"max":20},"default":4,"text":"Co
unt.\nChoose between 2 and 20.\nFrom 2 to 20.\nIn steps of 1."}
,{"name":"animal","type":{"choice":["cat","dog","bird"]},"default":"cat","text":"Wil
l add more animals later!"}
,{"name":"countries","type":{"list":{"choice":["USA","Japan","Pakistan"]}},"default"
:["Japan"],"text":"Left out: [\u0027Japan\u0027]."}
,{"name":"place","type":{"choice":["park","zoo","road"]},"text":"Location."}
,{"name":"activities","type":{"list":{"choice":["ran","swam","ate"]}},"default":["ra
n","ate"],"text":"Activity.\nLeft out: [\u0027ran\u0027, \u0027ate\u0027]."}
,{"name":"morning","type":"bool","default":false,"text":""}
],"gives":[
["sentence","str"]
]}
]}
"""
