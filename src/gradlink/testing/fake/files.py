"""The files of a scripted app: those that were uploaded to it, with those of its results."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from gradlink._flows.delivery import ResultFile
from gradlink._io import Source
from gradlink._local.files import MemoryFile
from gradlink._local.filesource import FileSource
from gradlink._protocol.filedata import META, FileData, base_name, local_source
from gradlink._protocol.jsonvalue import JSONValue

_KIND = "application/octet-stream"


class Files:
    """Files in memory, by the paths that the app has for them.

    Args:
        url: where the app serves a path, with "" in its place.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._contents: dict[str, bytes] = {}

    def add(self, name: str, content: bytes) -> str:
        """Keep a file; return its path."""
        # The path is a part of addresses, in which Gradio has nothing that would mean something else.
        kept = "".join(letter for letter in base_name(name) if letter.isalnum() or letter in "._- ") or "file"
        with self._lock:
            path = f"/tmp/gradio/{len(self._contents):032x}/{kept}"  # noqa: S108  # a name on the wire
            self._contents[path] = content
        return path

    def content(self, path: str) -> bytes | None:
        """Return what a file holds, None if there is none at ``path``."""
        return self._contents.get(path)

    def received(self, value: JSONValue, *, as_bytes: bool = False) -> Any:
        """Return an argument as a function takes it: with the app's files as MemoryFile, or as bytes."""
        if isinstance(value, list):
            return [self.received(item, as_bytes=as_bytes) for item in value]
        if not isinstance(value, dict):
            return value
        path = value.get("path")
        content = self._contents.get(path) if isinstance(path, str) else None
        if content is None or value.get("meta") != META:
            return {key: self.received(item, as_bytes=as_bytes) for key, item in value.items()}
        if as_bytes:
            return content
        name = str(value.get("orig_name") or base_name(str(path)))
        data = FileData({**value, "url": f"{self._url}{path}"})
        return MemoryFile(ResultFile(data, name, same_origin=True), content)

    def sent(self, value: object) -> JSONValue:
        """Return a value of a function as JSON, with its files kept here.

        Raises TypeError for what is neither JSON nor a file.
        """
        return _walked(value, self._read)

    def _read(self, source: Source) -> JSONValue:
        with source.open() as opened:
            if source.can_rewind:
                opened.seek(0)  # one that is open may have been given before
            return self._file(source.name, opened.read())

    def _file(self, name: str, content: bytes) -> JSONValue:
        path = self.add(name, content)
        return {
            "path": path,
            "url": f"{self._url}{path}",
            "size": len(content),
            "orig_name": name,
            "mime_type": mimetypes.guess_type(name)[0],
            "is_stream": False,
            "meta": dict(META),
        }


def checked(value: object) -> JSONValue:
    """Return a value as JSON, with nothing in the place of its files, which are not read.

    Raises TypeError for what is neither JSON nor a file.
    """
    return _walked(value, lambda _: None)


def _walked(value: object, take: Callable[[Source], JSONValue]) -> JSONValue:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, MemoryFile):
        return take(FileSource.of(value.bytes(), value.name))
    if isinstance(value, Mapping):
        given = cast("Mapping[object, object]", value)
        source = local_source(given)
        if source is not None:
            return take(source)
        return {_key(key): _walked(item, take) for key, item in given.items()}
    source = FileSource.found(value)
    if source is not None:
        return take(source)
    if isinstance(value, list | tuple):
        return [_walked(item, take) for item in cast("Sequence[object]", value)]
    raise TypeError(f"a {type(value).__name__} is neither JSON nor a file: {value!r}")


def kind_of(path: str) -> str:
    """Return the type of a file by its name."""
    return mimetypes.guess_type(path)[0] or _KIND


def uploaded(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Return the names and the contents of the files in a multipart body."""
    _, _, boundary = content_type.partition("boundary=")
    files: list[tuple[str, bytes]] = []
    for part in body.split(b"--" + boundary.strip('"').encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        _, found, rest = head.decode("utf-8", "replace").partition('filename="')
        if found:
            files.append((_unescaped(rest.partition('"')[0]), content.removesuffix(b"\r\n")))
    return files


def _unescaped(name: str) -> str:
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of an object in JSON is a text, not {key!r}")
    return key
