"""Files of results that are fetched when somebody asks for them, for threads."""

from __future__ import annotations

import builtins
import os
import threading
from pathlib import Path
from typing import Any, Never, Protocol

from gradlink._flows.delivery import ResultFile
from gradlink._local.files import FileObject
from gradlink._local.values.contents import array_of, image_of, save_as


class Fetcher(Protocol):
    """What a file needs of its connection."""

    def fetch(self, file: ResultFile) -> str: ...


class LazyFile(FileObject):
    """A file of a result that is fetched once, when its content is first asked for; from ``files="lazy"``.

    Its client stays open as long as it is not closed. What was not fetched before raises ClientClosedError then.
    """

    def __init__(self, file: ResultFile, fetcher: Fetcher, owner: object) -> None:
        super().__init__(file)
        self._fetcher = fetcher
        # A client closes when it is forgotten; whoever has a file can have what is in it.
        self._owner = owner
        self._fetching = threading.Lock()
        self._path: str | None = None

    def path(self) -> str:
        """Return where the file is on this machine, in the directory for downloads."""
        with self._fetching:
            if self._path is None:
                self._path = self._fetcher.fetch(self._file)
            return self._path

    def bytes(self) -> builtins.bytes:
        """Return the content."""
        return Path(self.path()).read_bytes()

    def text(self, encoding: str = "utf-8") -> str:
        """Return the content as text."""
        return self.bytes().decode(encoding)

    def image(self) -> Any:
        """Return the content as a ``PIL.Image.Image``. Raises OSError if it is not an image."""
        return image_of(self.bytes())

    def array(self) -> Any:
        """Return the pixels of an image, or rate and samples of a WAV, as numpy arrays. Raises OSError if it is neither."""
        return array_of(self.bytes())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file to ``path``, under its own name if that is a directory; return where it is.

        A path that ends with a slash is a directory, which is made if it does not exist.
        """
        return save_as(self.bytes(), self.name, path)

    def __reduce__(self) -> Never:
        raise TypeError("a LazyFile belongs to the connection of its process; pickle its bytes() or its data")
