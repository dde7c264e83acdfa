"""Files of results that are fetched when somebody asks for them, for event loops."""

from __future__ import annotations

import builtins
import os
from pathlib import Path
from typing import Any, Never, Protocol

import anyio
import anyio.to_thread

from gradlink._flows.delivery import ResultFile
from gradlink._local.files import FileObject
from gradlink._local.values.contents import array_of, image_of, save_as


class AsyncFetcher(Protocol):
    """What a file needs of its connection."""

    async def fetch(self, file: ResultFile) -> str: ...


class AsyncLazyFile(FileObject):
    """A file of a result that is fetched once, when its content is first asked for; from ``files="lazy"``.

    Its client stays open as long as it is not closed. What was not fetched before raises ClientClosedError then.
    """

    def __init__(self, file: ResultFile, fetcher: AsyncFetcher, owner: object) -> None:
        super().__init__(file)
        self._fetcher = fetcher
        # A client closes when it is forgotten; whoever has a file can have what is in it.
        self._owner = owner
        self._fetching = anyio.Lock()
        self._path: str | None = None

    async def path(self) -> str:
        """Return where the file is on this machine, in the directory for downloads."""
        async with self._fetching:
            if self._path is None:
                self._path = await self._fetcher.fetch(self._file)
            return self._path

    async def bytes(self) -> builtins.bytes:
        """Return the content."""
        return await anyio.Path(await self.path()).read_bytes()

    async def text(self, encoding: str = "utf-8") -> str:
        """Return the content as text."""
        return (await self.bytes()).decode(encoding)

    async def image(self) -> Any:
        """Return the content as a ``PIL.Image.Image``. Raises OSError if it is not an image."""
        return await anyio.to_thread.run_sync(image_of, await self.bytes())

    async def array(self) -> Any:
        """Return the pixels of an image, or rate and samples of a WAV, as numpy arrays. Raises OSError if it is neither."""
        return await anyio.to_thread.run_sync(array_of, await self.bytes())

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file to ``path``, under its own name if that is a directory; return where it is.

        A path that ends with a slash is a directory, which is made if it does not exist.
        """
        content = await self.bytes()
        return await anyio.to_thread.run_sync(save_as, content, self.name, path)

    def __reduce__(self) -> Never:
        raise TypeError(
            "an AsyncLazyFile belongs to the connection of its process; pickle its bytes() or its data"
        )
