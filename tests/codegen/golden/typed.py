# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/typed -o typed.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict, Unpack

from gradlink.typed import (
    AsyncTypedClient,
    AsyncTypedJob,
    Options,
    TypedClient,
    TypedJob,
)

APP: Final = "http://127.0.0.1:7860/typed"
"""The app that was read."""


class DescribePersonAddresses(TypedDict):
    """An object in `person` of `describe`."""

    street: str
    number: int


class DescribePerson(TypedDict):
    """An object in `person` of `describe`."""

    name: str
    addresses: list[DescribePersonAddresses]
    nick: str


class TypedFunctionsClient(TypedClient):
    """A client for one app, for threads.

    The app: Typed functions, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def describe(
        self,
        *,
        person: DescribePerson,
        tags: list[str],
        scores: dict[str, float],
        mode: Literal["full", "short"] = "short",
    ) -> DescribePerson:
        """Describe a person.

        Args:
            person: 1st.
            tags: 2nd.
            scores: 3rd.
            mode: 4th.
        """
        return self._call(
            "/describe",
            {"person": person, "tags": tags, "scores": scores, "mode": mode},
        )

    def find(
        self,
        *,
        name: str | None = None,
        limit: int = 10,
        exact: bool = False,
    ) -> list[DescribePerson]:
        """Find people.

        Args:
            name: 1st.
            limit: 2nd.
            exact: 3rd.
        """
        return self._call("/find", {"name": name, "limit": limit, "exact": exact})

    def steps(self, *, count: int) -> TypedJob[Any]:
        """Count up.

        Args:
            count: 1st.
        """
        return self._stream("/steps", {"count": count})


class AsyncTypedFunctionsClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Typed functions, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def describe(
        self,
        *,
        person: DescribePerson,
        tags: list[str],
        scores: dict[str, float],
        mode: Literal["full", "short"] = "short",
    ) -> DescribePerson:
        """Describe a person.

        Args:
            person: 1st.
            tags: 2nd.
            scores: 3rd.
            mode: 4th.
        """
        return await self._call(
            "/describe",
            {"person": person, "tags": tags, "scores": scores, "mode": mode},
        )

    async def find(
        self,
        *,
        name: str | None = None,
        limit: int = 10,
        exact: bool = False,
    ) -> list[DescribePerson]:
        """Find people.

        Args:
            name: 1st.
            limit: 2nd.
            exact: 3rd.
        """
        return await self._call("/find", {"name": name, "limit": limit, "exact": exact})

    def steps(self, *, count: int) -> AsyncTypedJob[Any]:
        """Count up.

        Args:
            count: 1st.
        """
        return self._stream("/steps", {"count": count})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Typed functions","gradio":"6.31.0","endpoints":[
{"name":"/describe","text":"Describe a person.","streams":false,"takes":[
{"name":"person","type":{"object":{"name":"str","addresses":{"list":{"object":{"stre
et":"str","number":"int"}}},"nick":"str"}},"text":"1st."}
,{"name":"tags","type":{"list":"str"},"text":"2nd."}
,{"name":"scores","type":{"object":{},"rest":"float"},"text":"3rd."}
,{"name":"mode","type":{"choice":["full","short"]},"default":"short","text":"4th."}
],"gives":[
["1st",{"object":{"name":"str","addresses":{"list":{"object":{"street":"str","number
":"int"}}},"nick":"str"}}]
]}
,{"name":"/find","text":"Find people.","streams":false,"takes":[
{"name":"name","type":{"any":["null","str"]},"default":null,"text":"1st."}
,{"name":"limit","type":"int","default":10,"text":"2nd."}
,{"name":"exact","type":"bool","default":false,"text":"3rd."}
],"gives":[
["1st",{"list":{"object":{"name":"str","addresses":{"list":{"object":{"street":"str"
,"number":"int"}}},"nick":"str"}}}]
]}
,{"name":"/steps","text":"Count up.","streams":true,"takes":[
{"name":"count","type":"int","text":"1st."}
],"gives":[
["1st","any"]
]}
]}
"""
