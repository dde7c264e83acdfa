# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/table -o table.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, NotRequired, TypedDict, Unpack

from gradlink.typed import APP_DEFAULT, AsyncTypedClient, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/table"
"""The app that was read."""


class TransposeRows(TypedDict):
    """An object in `rows` of `transpose`."""

    headers: list[Any]
    data: list[list[Any]]
    metadata: NotRequired[dict[str, list[Any] | None] | None]


class TransposeTransposedResult(TypedDict):
    """An object in `transposed` of `transpose`."""

    headers: list[Any]
    data: list[list[Any]]
    metadata: dict[str, list[Any] | None] | None


class TransposeClient(TypedClient):
    """A client for one app, for threads.

    The app: Transpose, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def transpose(
        self,
        *,
        rows: TransposeRows = APP_DEFAULT,
    ) -> TransposeTransposedResult:
        """Call /transpose of the app.

        Args:
            rows: matrix. Left out: {'headers': ['1', '2', '3'], 'data': [], 'metadata':
                None}.
        """
        return self._call("/transpose", {"rows": rows})


class AsyncTransposeClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: Transpose, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def transpose(
        self,
        *,
        rows: TransposeRows = APP_DEFAULT,
    ) -> TransposeTransposedResult:
        """Call /transpose of the app.

        Args:
            rows: matrix. Left out: {'headers': ['1', '2', '3'], 'data': [], 'metadata':
                None}.
        """
        return await self._call("/transpose", {"rows": rows})


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"Transpose","gradio":"6.31.0","endpoints":[
{"name":"/transpose","text":"","streams":false,"takes":[
{"name":"rows","type":{"object":{"headers":{"list":"any"},"data":{"list":{"list":"an
y"}},"metadata":{"optional":{"any":[{"object":{},"rest":{"any":[{"list":"any"},"null
"]}},"null"]},"has_default":true}}},"default":{"headers":["1","2","3"],"data":[],"me
tadata":null},"text":"matrix.\nLeft out: {\u0027headers\u0027: [\u00271\u0027, \u002
72\u0027, \u00273\u0027], \u0027data\u0027: [], \u0027metadata\u0027: None}."}
],"gives":[
["transposed",{"object":{"headers":{"list":"any"},"data":{"list":{"list":"any"}},"me
tadata":{"optional":{"any":[{"object":{},"rest":{"any":[{"list":"any"},"null"]}},"nu
ll"]},"has_default":true}}}]
]}
]}
"""
