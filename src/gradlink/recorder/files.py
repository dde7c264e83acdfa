"""What the recorder writes: the program, and the files that were sent, in a folder beside it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

from gradlink.recorder.names import Names

# Of one recording, all files together.
MAX_BYTES: Final = 1024**3


class RecordedFiles:
    """The folder with the files that were sent.

    Nothing that the app or its page says leads out of it, and no file in it is ever written over.

    Args:
        folder: where it is; it is made for the first file.
        shown: the folder as a program names it, with slashes.
    """

    def __init__(self, folder: Path, shown: str, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._shown = shown
        self._room = max_bytes
        self._names = Names()
        self._known: dict[bytes, str] = {}

    def keep(self, name: str, content: bytes) -> str | None:
        """Write a file; return how a program names it, None if there is no room for it.

        The same content is written once, and one that another recording has left is used again.
        """
        digest = sha256(content).digest()
        if digest in self._known:
            return self._known[digest]
        if len(content) > self._room:
            return None
        self._room -= len(content)
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            safe = self._names.file(name)
            if _written(self._folder / safe, content):
                self._known[digest] = f"{self._shown}/{safe}"
                return self._known[digest]


def write_atomically(path: Path, text: str) -> None:
    """Write a text so that whoever reads the file meanwhile has the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        with contextlib.suppress(OSError):
            # As any file that a program makes: a temporary one is the owner's alone.
            Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _written(path: Path, content: bytes) -> bool:
    """Write a new file; tell whether it, or one that was there, has this content."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        # A link could lead anywhere: it is left alone.
        return not path.is_symlink() and path.is_file() and path.read_bytes() == content
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
