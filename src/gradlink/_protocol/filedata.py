"""Files on the wire: their dict form, how they are found in values, and where they are fetched.

Wire: docs/protocol.md, "Files". Vectors: file walks.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from gradlink._dataclass import dataclass
from gradlink._io import Source
from gradlink._protocol.datauri import is_data_uri
from gradlink._protocol.dialect import Dialect, FileForm, FileMark
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue
from gradlink._protocol.routes import Routes, resolve, same_origin

META: dict[str, JSONValue] = {"_type": "gradio.FileData"}
# Addresses of IPv6 that stand for one of IPv4 beside those that the library knows, and where all public ones lie.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


def form_of(component: str, dialect: Dialect) -> FileForm:
    """Return the form of files for a component, such as "Image"."""
    return dialect.image_form if component.lower() == "image" else dialect.file_form


def sent_file(form: FileForm, name: str, content: str) -> JSONValue:
    """Return a file as the server takes it; ``content`` is its path on the server, or a data URI."""
    match form:
        case FileForm.FILE_DATA:
            return {"path": content, "orig_name": name, "meta": dict(META)}
        case FileForm.NAMED:
            return {"name": content, "data": None, "is_file": True, "orig_name": name}
        case FileForm.INLINE:
            return {"name": name, "data": content}
        case FileForm.DATA_URI:
            return content


class FileData(dict[str, Any]):
    """A file in a value: a dict with Gradio's keys, which also are attributes.

    Results have it where files are not downloaded; ``handle_file`` makes it for arguments.

    Keys:
        path: the file's name on the server, or what ``handle_file`` was given.
        url: where it can be fetched; missing before an upload.
        orig_name: its name for people.
        size: bytes, None if the server does not say.
        mime_type: None if the server does not say.
        is_stream: it is a stream that grows, see ``url``.
        meta: ``{"_type": "gradio.FileData"}``.
    """

    # The address that may be fetched from here to be sent on. Equal JSON of an app does not have it, a copy does.
    _fetchable: str | None = None

    def allow_fetching(self) -> Self:
        """Let this client fetch the file where its url says: the program has named it, or the app its own origin."""
        self._fetchable = self.url
        return self

    @property
    def may_be_fetched(self) -> bool:
        """The url, as it is now, may be fetched by this client; those that an app names elsewhere may not."""
        return self.url is not None and self.url == self._fetchable

    def copy(self) -> Self:
        """Return a copy that is a file as this one is."""
        return copy(self)

    def __or__(self, other: Any) -> Any:
        """Return a copy with the keys of ``other``, which is a file as this one is."""
        if not isinstance(other, Mapping):
            return NotImplemented
        merged = copy(self)
        merged.update(cast("Mapping[str, Any]", other))
        return merged

    @property
    def path(self) -> str | None:
        return self.get("path")

    @property
    def url(self) -> str | None:
        return self.get("url")

    @property
    def orig_name(self) -> str | None:
        return self.get("orig_name")

    @property
    def size(self) -> int | None:
        return self.get("size")

    @property
    def mime_type(self) -> str | None:
        return self.get("mime_type")

    @property
    def is_stream(self) -> bool:
        return bool(self.get("is_stream"))


class LocalMeta(dict[str, Any]):
    """The ``meta`` of a file of this machine.

    It tells a copy of such a file, a plain dict, from what looks like one: no JSON of an app has it.
    """

    def __init__(self, source: Source, path: str) -> None:
        super().__init__(META)
        self.source = source
        self.path = path

    def __reduce__(self) -> Any:
        return type(self), (self.source, self.path)


class LocalFile(FileData):
    """A file of this machine that is still to be uploaded.

    Attributes:
        source: the file, under the name to send.
    """

    def __init__(self, source: Source) -> None:
        path = source.name if source.path is None else source.path
        super().__init__(path=path, orig_name=source.name, meta=LocalMeta(source, path))
        self.source = source


def local_source(value: Mapping[Any, Any]) -> Source | None:
    """Return the file that ``value`` stands for if it is a LocalFile, or a dict that was copied from one.

    A copy whose path was changed stands for another file, which only ``handle_file`` can name.
    """
    meta = value.get("meta")
    if not isinstance(meta, LocalMeta) or value.get("path") != meta.path:
        return None
    return meta.source


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file in a value: the keys and indexes that lead to it, and its dict."""

    path: tuple[str | int, ...]
    data: Mapping[str, JSONValue]


def find_files(
    value: JSONValue, dialect: Dialect | None = None, path: tuple[str | int, ...] = ()
) -> list[FoundFile]:
    """Return the files in ``value``, which lies at ``path``, in the order of a walk through it.

    ``dialect`` is that of the app; None finds what is a file in any.
    """
    return list(_walk(value, dialect, path))


def may_hold_files(text: str) -> bool:
    """Tell whether there may be files in the values that ``text`` stands for in JSON; much faster than a walk through them.

    All files have one of these words, and an escape may be a letter of it.
    """
    return (
        '"gradio.FileData"' in text
        or '"is_file"' in text
        or '"mime_type"' in text
        or ("\\" in text and "\\u00" in text)
    )


def find_in_outputs(values: Sequence[JSONValue], plain: Sequence[bool], dialect: Dialect) -> list[FoundFile]:
    """Return the files in the values of a call; ``plain`` tells which of them are JSON without files."""
    return [
        file
        for index, value in enumerate(values)
        if not (index < len(plain) and plain[index])
        for file in find_files(value, dialect, (index,))
    ]


# Components of 3.x whose values are files even where they are mere data URIs.
_MEDIA = frozenset({"image", "audio", "video", "file", "model3d", "gallery", "plot"})


def find_inline(value: JSONValue, component: str) -> list[FoundFile]:
    """Return the files in a value of 3.x whose content is in the value itself, as a data URI."""
    if component not in _MEDIA:
        return []
    return list(_walk_inline(value, ()))


def _walk_inline(value: JSONValue, path: tuple[str | int, ...]) -> Iterator[FoundFile]:
    if isinstance(value, str):
        if is_data_uri(value):
            yield FoundFile(path, {"data": value})
    elif isinstance(value, dict):
        uri = value.get("data")
        if isinstance(uri, str) and is_data_uri(uri):
            yield FoundFile(path, value)
    elif isinstance(value, list) and len(path) < MAX_DEPTH:
        for index, item in enumerate(value):
            if isinstance(item, (str, dict, list)):
                yield from _walk_inline(item, (*path, index))


def is_file(value: JSONValue, dialect: Dialect | None = None) -> bool:
    """Tell whether ``value`` is a file as an app of ``dialect`` sends it, None for any.

    What looks like a file of another version is an app's own data.
    """
    mark = None if dialect is None else dialect.file_mark
    match value:
        case {"meta": {"_type": "gradio.FileData"}, "path": str()} if mark in (None, FileMark.META):
            return True
        case {"meta": {"_type": "gradio.FileData"}, "url": str(url)} if url and mark in (None, FileMark.META):
            return True
        case {"path": str(), "url": _, "orig_name": _, "size": _, "mime_type": _}:
            return mark in (None, FileMark.FIELDS)
        case {"name": str(), "data": None, "is_file": True}:
            return mark in (None, FileMark.IS_FILE)
        case _:
            return False


def replaced(value: JSONValue, files: Mapping[tuple[str | int, ...], object]) -> Any:
    """Return ``value`` with the entries of ``files`` put at their paths; the rest is shared."""
    top: list[Any] = [value]
    # The containers that were copied here: of each only one copy is made.
    own: set[int] = set()
    for path, new in files.items():
        parent: Any = top
        key: str | int = 0
        for step in path:
            child = parent[key]
            if id(child) not in own:
                child = parent[key] = child.copy()
                own.add(id(child))
            parent, key = child, step
        parent[key] = new
    return top[0]


def content_uri(data: Mapping[str, JSONValue]) -> str | None:
    """Return the data URI that is the content of a file of a result; None if it is to be fetched.

    An SVG is sent this way: in its ``url`` and without a path.
    """
    url = data.get("url")
    here = isinstance(url, str) and is_data_uri(url) and not (data.get("path") or data.get("name"))
    return str(url) if here else None


def file_address(routes: Routes, data: Mapping[str, JSONValue]) -> tuple[str, bool]:
    """Return where a file of a result is fetched, and whether that is the app's own address.

    The server's ``url`` is made of what it believes its root to be, which is wrong behind many proxies: the
    path behind ``file=`` is put on the typed URL instead. A url of another kind counts as it is.
    """
    uri = content_uri(data)
    if uri is not None:
        return uri, False
    path = str(data.get("path") or data.get("name") or "")
    url = data.get("url")
    absolute = resolve(routes.base, url) if isinstance(url, str) and url else None
    if absolute is not None:
        parts = urlsplit(absolute)
        _, mark, behind = parts.path.partition("/proxy=")
        if mark and path:
            # The app has it from another one that is loaded into it, and hands it on.
            own = unquote(behind).endswith(path) or same_origin(absolute, routes.base)
            return (f"{routes.api}proxy={behind}", True) if own else (absolute, False)
        _, mark, behind = parts.path.partition("file=")
        if mark:
            signed = f"?{parts.query}" if dict(parse_qsl(parts.query)).get("__sign") else ""
            own = unquote(behind) == path or same_origin(absolute, routes.base)
            return (routes.file(unquote(behind)) + signed, True) if own else (absolute, False)
        _, mark, behind = parts.path.partition("/stream/")
        if mark and data.get("is_stream"):
            query = f"?{parts.query}" if parts.query else ""
            return f"{routes.api}stream/{behind}{query}", True
        if not path or _is_url(path):
            return absolute, same_origin(absolute, routes.base)
    if _is_url(path):
        return path, same_origin(path, routes.base)
    return routes.file(path), True


def file_name(data: Mapping[str, JSONValue]) -> str:
    """Return the name that a file of a result should have on disk.

    The name in the path has the suffix that the app gave it; ``orig_name`` may be what a user once uploaded.
    """
    url = "" if content_uri(data) is not None else data.get("url")
    path = str(data.get("path") or data.get("name") or url or "")
    if _is_url(path):
        path = unquote(urlsplit(path).path)
    return base_name(path) or base_name(str(data.get("orig_name") or "")) or "file"


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://")) and resolve(text, text) is not None


def base_name(path: str) -> str:
    """Return what follows the last slash or backslash of ``path``."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def own_server_path(routes: Routes, url: str) -> str | None:
    """Return the server's path of a file that ``url`` names if the app itself serves it, else None."""
    for prefix in (routes.api + "file=", routes.api + "file/"):
        if url.startswith(prefix) and resolve(routes.base, url) is not None:
            return unquote(urlsplit(url).path.partition(prefix[-5:])[2])
    return None


def is_private_address(url: str) -> bool:
    """Tell whether ``url`` names a host of this machine or of a private network by its address.

    Servers refuse to fetch from such addresses, and could not reach the caller's own.
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and not _is_public(address)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that ``host`` is, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    # The system also takes fewer numbers, and hexadecimal and octal ones, for an address: 127.1, 0x7f000001.
    numbers = [_number(part) for part in host.split(".")]
    *first, last = numbers
    if len(numbers) > 4 or last is None or last >= 256 ** (5 - len(numbers)):
        return None
    value = last
    for index, number in enumerate(first):
        if number is None or number > 255:
            return None
        value += number << (24 - 8 * index)
    return ipaddress.IPv4Address(value)


_NUMBERS = (
    (re.compile(r"0x([0-9a-f]{0,8})"), 16),
    (re.compile(r"0([0-7]{1,11})"), 8),
    (re.compile(r"([0-9]{1,10})"), 10),
)


def _number(text: str) -> int | None:
    for pattern, base in _NUMBERS:
        if found := pattern.fullmatch(text):
            return int(found[1] or "0", base)
    return None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        meant = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            meant = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if meant is not None:
            return _is_public(meant)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast


def _walk(value: JSONValue, dialect: Dialect | None, path: tuple[str | int, ...]) -> Iterator[FoundFile]:
    if isinstance(value, dict) and is_file(value, dialect):
        yield FoundFile(path, value)
        return
    # No recursion: the caller's stack may be deep already. And a path is made where a file is, not on every level.
    # Each value of a chat that grows is walked through, so that what is not a file and holds nothing costs no call.
    keys = list(path)
    levels = [iter(_containers(value))]
    while levels:
        for key, item in levels[-1]:
            marked = type(item) is dict and ("meta" in item or "path" in item or "is_file" in item)
            if marked and isinstance(item, dict) and is_file(item, dialect):
                yield FoundFile((*keys, key), item)
            elif len(levels) < MAX_DEPTH and (inner := _containers(item)):
                keys.append(key)
                levels.append(iter(inner))
                break
        else:
            levels.pop()
            if levels:
                keys.pop()


_CONTAINERS = frozenset({dict, list})


def _containers(value: JSONValue) -> list[tuple[str | int, JSONValue]]:
    """Return keys and values of what may hold files."""
    if isinstance(value, dict):
        return [(key, item) for key, item in value.items() if type(item) in _CONTAINERS]
    if isinstance(value, list):
        return [(index, item) for index, item in enumerate(value) if type(item) in _CONTAINERS]
    return []
