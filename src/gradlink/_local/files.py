"""Files of results as objects: those in memory, and what those that are still to be fetched have in common."""

from __future__ import annotations

import builtins
import os
from pathlib import Path
from typing import Any

from gradlink._flows.delivery import ResultFile
from gradlink._local.filesource import FileSource
from gradlink._local.store import safe_name
from gradlink._local.values.contents import array_of, image_of, save_as
from gradlink._protocol.filedata import FileData, LocalFile
from gradlink._text import one_line


class FileObject:
    """A file of a result that is more than a path. It may be given to another call."""

    def __init__(self, file: ResultFile) -> None:
        self._file = file

    @property
    def name(self) -> str:
        """The file's name, safe for a directory of this machine."""
        return safe_name(self._file.name)

    @property
    def url(self) -> str:
        """Where the app has it; a data URI if the app has sent the content itself."""
        return self._file.url

    @property
    def data(self) -> FileData:
        """The file as the app describes it."""
        return self._file.data

    def as_argument(self) -> FileData:
        """Return what is sent where the file is an argument: that the app has it already."""
        return self._file.data

    def __repr__(self) -> str:
        return one_line(f"<{type(self).__name__} {self.name}>")


class MemoryFile(FileObject):
    """A file of a result whose content is in memory, from ``files="memory"``."""

    def __init__(self, file: ResultFile, content: builtins.bytes) -> None:
        super().__init__(file)
        self._content = content

    def bytes(self) -> builtins.bytes:
        """Return the content."""
        return self._content

    def text(self, encoding: str = "utf-8") -> str:
        """Return the content as text."""
        return self._content.decode(encoding)

    def image(self) -> Any:
        """Return the content as a ``PIL.Image.Image``. Raises OSError if it is not an image."""
        return image_of(self._content)

    def array(self) -> Any:
        """Return the pixels of an image, or rate and samples of a WAV, as numpy arrays. Raises OSError if it is neither."""
        return array_of(self._content)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file to ``path``, under its own name if that is a directory; return where it is.

        A path that ends with a slash is a directory, which is made if it does not exist.
        """
        return save_as(self._content, self.name, path)

    def as_argument(self) -> FileData:
        """Return what is sent where the file is an argument: its content, which may go to another app."""
        return LocalFile(FileSource.of(self._content, self.name))

    def _repr_html_(self) -> str:
        """Return the picture, the sound or the video, or the name of the file."""
        from gradlink._html.media import file_html

        return file_html(self.name, len(self._content), self._content)

    def __len__(self) -> int:
        """Return how many bytes it has."""
        return len(self._content)

    def __bool__(self) -> bool:
        return True
