"""Files in the values of a loaded app, on their way to a visitor and back.

To a visitor: a file of the app becomes one of the outer app, under a signed name. Back: what has such a name becomes the app's
own file again, without a byte sent; what a visitor uploaded to the outer app is uploaded to the loaded one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from gradlink._dataclass import dataclass
from gradlink._local.filesource import FileSource
from gradlink._protocol.filedata import META, LocalFile, file_address, own_server_path
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONObject, JSONValue
from gradlink._protocol.routes import Routes
from gradlink.errors import ArgumentError
from gradlink.loading.addresses import Address, Kind, Names
from gradlink.loading.values import sound, sound_text, too_deep

_UNSAFE: Final = re.compile(r"[^\w.() +\-]")
MAX_NAME: Final = 100
# What says where a file is; the rest of its fields is about it.
_PLACES: Final = frozenset({"path", "url", "meta"})


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one loaded app.

    Attributes:
        names: of this app's files.
        routes: where the app is.
        url_of: the outer app's address of a file with this name, from its root, as Gradio would make it.
        uploads: the folder where the outer app keeps what visitors uploaded.
    """

    names: Names
    routes: Callable[[], Routes]
    url_of: Callable[[str, bool], str]
    uploads: Callable[[], str]

    # -- to a visitor -----------------------------------------------------------------------------

    def outgoing(self, value: JSONValue, depth: int = 0) -> JSONValue:
        """Return a value of the app as the outer app hands it to its visitor."""
        if depth > MAX_DEPTH:
            raise too_deep()
        match value:
            case list():
                return [self.outgoing(item, depth + 1) for item in value]
            case dict() if _is_file(value):
                return self._shown(value, depth)
            case dict():
                return {sound_text(key): self.outgoing(item, depth + 1) for key, item in value.items()}
            case _:
                return sound(value)

    def _shown(self, given: JSONObject, depth: int) -> JSONValue:
        data: JSONObject = {k: sound_text(v) if isinstance(v, str) else v for k, v in given.items()}
        # An app may hide anything in the other fields of a file.
        rest = {sound_text(k): self.outgoing(v, depth + 1) for k, v in given.items() if k not in _PLACES}
        address = self._address(data)
        orig_name = data.get("orig_name")
        last = _file_name(orig_name if isinstance(orig_name, str) and orig_name else str(data["path"]))
        name = None if address is None else self.names.name(address, last)
        if address is None or name is None:
            return None
        streams = data.get("is_stream") is True
        return {**rest, "path": name, "url": self.url_of(name, streams), "meta": dict(META)}

    def _address(self, data: JSONObject) -> Address | None:
        """Return where a file of the app is; None where nobody can get it."""
        routes = self.routes()
        url, own = file_address(routes, data)
        if not _is_http(url):
            return None
        if not own:
            return Address("elsewhere", "", url)
        path = data.get("path")
        kind: Kind = "stream" if data.get("is_stream") is True else "file"
        return Address(kind, path if isinstance(path, str) else "", _within_origin(url))

    # -- and back ---------------------------------------------------------------------------------

    def incoming(self, value: Any, depth: int = 0) -> Any:
        """Return a visitor's value as it goes to the app; what is to be uploaded is a LocalFile.

        Raises ArgumentError for a file that the visitor neither uploaded nor got from the app.
        """
        if depth > MAX_DEPTH:
            raise ArgumentError(f"a value is nested more than {MAX_DEPTH} deep")
        match value:
            case list() | tuple():
                return [self.incoming(item, depth + 1) for item in cast("Sequence[Any]", value)]
            case dict():
                fields = cast("dict[str, Any]", value)
                if _is_file(fields):
                    return self._taken(fields, depth)
                return {key: self.incoming(item, depth + 1) for key, item in fields.items()}
            case _:
                return value

    def _taken(self, data: Mapping[str, Any], depth: int) -> Any:
        path, url = str(data["path"]), data.get("url")
        rest = {key: self.incoming(item, depth + 1) for key, item in data.items() if key not in _PLACES}
        address = self.names.read(path)
        if address is None and isinstance(url, str):
            address = self.names.read(_name_in(url, self.names.key))
        if address is not None:
            return self._own(rest, address)
        if isinstance(url, str) and url.startswith("data:"):
            # What a camera sees is in the address itself.
            return {**rest, "path": _file_name(path), "url": url, "meta": dict(META)}
        if _is_http(path):
            # The app fetches it, as it would for a visitor of its own.
            return {**rest, "path": path, "meta": dict(META)}
        local = self._uploaded(path)
        if local is None:
            last = path.replace("\\", "/").rpartition("/")[2][-MAX_NAME:]
            raise ArgumentError(f"the file {last!r} was neither uploaded nor made by the app")
        orig_name = data.get("orig_name")
        name = orig_name if isinstance(orig_name, str) and orig_name else local.name
        return LocalFile(FileSource.of(local, name))

    def _uploaded(self, path: str) -> Path | None:
        """Return the file of the upload folder that a visitor names; None for any other."""
        try:
            local = Path(path).resolve()
            inside = local.is_relative_to(Path(self.uploads()).resolve())
            return local if inside and local.is_file() else None
        except (OSError, ValueError, RuntimeError):
            # A name that is too long, or of characters that no file system takes; a circle of links.
            return None

    def url_at_app(self, address: Address) -> str:
        """Return the whole URL of a file of the app."""
        return address.url if address.kind == "elsewhere" else _origin(self.routes().base) + address.url

    def _own(self, rest: Mapping[str, Any], address: Address) -> JSONObject:
        routes = self.routes()
        url = self.url_at_app(address)
        path = own_server_path(routes, url) if address.kind != "elsewhere" else None
        return {**rest, "path": path or address.path or url, "url": url, "meta": dict(META)}


def _is_file(value: Mapping[str, Any]) -> bool:
    return value.get("meta") == META and isinstance(value.get("path"), str)


def _is_http(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _within_origin(url: str) -> str:
    # Not cut off: what splits an address drops ends of lines and tabs, so that its parts are shorter than it.
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _name_in(url: str, key: str) -> str:
    """Return the name of a file in an address of the outer app, "" if there is none."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ""
    _, found, rest = path.partition(f"/{key}/")
    return f"{key}/{rest}" if found else ""


def _file_name(text: str) -> str:
    """Return a file name for an address, made of what the app says."""
    last = text.replace("\\", "/").rpartition("/")[2]
    return _UNSAFE.sub("_", last)[-MAX_NAME:].lstrip(".") or "file"
