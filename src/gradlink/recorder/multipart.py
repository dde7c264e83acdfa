"""The files in the body of an upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from urllib.parse import parse_qs, unquote

from gradlink._dataclass import dataclass

_MAX_FILES = 1_000
_MAX_HEADERS = 4_096
_MAX_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A file as the browser sends it; ``name`` is not to be trusted."""

    name: str
    content: bytes = field(repr=False)


def files_of(body: bytes, content_type: str) -> list[Part]:
    """Return the files of a multipart ``body`` that are in its field "files", in their order; none where it is something else."""
    boundary = _boundary(content_type)
    if not boundary:
        return []
    files: list[Part] = []
    for headers, content in _pieces(body, boundary):
        file_name = _parameter(headers, "filename")
        if _parameter(headers, "name") == "files" and file_name is not None:
            # Browsers write a quote and a line end in a name so, and nothing else.
            files.append(Part(unquote(file_name), content))
    return files


def fields_of(body: bytes, content_type: str) -> dict[str, str]:
    """Return the texts of a form, of whichever kind it is."""
    boundary = _boundary(content_type)
    if not boundary:
        given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
        return {name: values[0] for name, values in given.items()}
    return {
        name: content.decode("utf-8", "replace")
        for headers, content in _pieces(body, boundary)
        if (name := _parameter(headers, "name")) is not None
    }


def _boundary(content_type: str) -> bytes:
    """Return what stands before each part of a body, empty if it has no parts."""
    kind, *parameters = content_type.split(";")
    if not kind.strip().lower().startswith("multipart/"):
        return b""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        value = value.strip('"')
        if name.lower() == "boundary" and 0 < len(value) <= _MAX_BOUNDARY:
            return b"--" + value.encode("latin-1", "replace")
    return b""


def _pieces(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    for piece in body.split(boundary, _MAX_FILES)[1:]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if separator and len(head) <= _MAX_HEADERS:
            yield head.decode("utf-8", "replace"), content.removesuffix(b"\r\n")


def _parameter(headers: str, name: str) -> str | None:
    """Return the value of ``name="value"``, None if there is none."""
    begin = f'{name}="'
    place = headers.find(begin)
    while place >= 0:
        start = place + len(begin)
        end = headers.find('"', start)
        if end >= 0 and place > 0 and headers[place - 1] in "; \t":
            return headers[start:end]
        place = headers.find(begin, start)
    return None
