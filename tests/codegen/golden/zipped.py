# Made by gradlink 0.1.0. Do not edit it, make it again:
#
#   gradlink generate http://127.0.0.1:7860/zipped -o zipped.py

"""A client for one Gradio app, with its endpoints as methods."""

from __future__ import annotations

from typing import Any, Final, Unpack

from gradlink.typed import AsyncTypedClient, FileInput, Options, TypedClient

APP: Final = "http://127.0.0.1:7860/zipped"
"""The app that was read."""


class FileSizesClient(TypedClient):
    """A client for one app, for threads.

    The app: File sizes, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.Client`."""
        super().__init__(src, **options)

    def sizes(self, *, files: list[FileInput]) -> Any:
        """Call /sizes of the app.

        Args:
            files: Files: .txt, image.
        """
        return self._call_any("/sizes", {"files": files}, [("files", ...)])

    def twice(self, *, file: FileInput) -> list[str]:
        """Call /twice of the app."""
        return self._call("/twice", {"file": file}, [("file",)])


class AsyncFileSizesClient(AsyncTypedClient):
    """A client for one app, for event loops.

    The app: File sizes, Gradio 6.31.0.
    """

    def __init__(self, src: str = APP, **options: Unpack[Options]) -> None:
        """Take the app, and the options of `gradlink.AsyncClient`."""
        super().__init__(src, **options)

    async def sizes(self, *, files: list[FileInput]) -> Any:
        """Call /sizes of the app.

        Args:
            files: Files: .txt, image.
        """
        return await self._call_any("/sizes", {"files": files}, [("files", ...)])

    async def twice(self, *, file: FileInput) -> list[str]:
        """Call /twice of the app."""
        return await self._call("/twice", {"file": file}, [("file",)])


# What this was made from; `gradlink check` compares it with the app.
_MADE_FROM: Final = r"""
{"format":1,"title":"File sizes","gradio":"6.31.0","endpoints":[
{"name":"/sizes","text":"","streams":false,"takes":[
{"name":"files","type":{"list":"file"},"text":"Files: .txt, image."}
],"gives":[
["sizes","json"]
]}
,{"name":"/twice","text":"","streams":false,"takes":[
{"name":"file","type":"file","text":""}
],"gives":[
["files",{"list":"file"}]
]}
]}
"""
