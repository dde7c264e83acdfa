"""The files in the body of an upload."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))', re.IGNORECASE)
_NAME = re.compile(r'[;\s]name="([^"]*)"')
_FILE_NAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_MAX_FILES = 1_000
_MAX_HEADERS = 4_096


@dataclass(frozen=True, slots=True)
class Part:
    """A file as the browser sends it; ``name`` is not to be trusted."""

    name: str
    content: bytes = field(repr=False)


def files_of(body: bytes, content_type: str) -> list[Part]:
    """Return the files of a multipart ``body`` that are in its field "files", in their order; none where it is something else."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().startswith("multipart/"):
        return []
    delimiter = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    files: list[Part] = []
    for piece in body.split(delimiter, _MAX_FILES)[1:]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if not separator or len(head) > _MAX_HEADERS:
            continue
        headers = head.decode("utf-8", "replace")
        name, file_name = _NAME.search(headers), _FILE_NAME.search(headers)
        if name is not None and name[1] == "files" and file_name is not None:
            # Browsers write a quote and a line end in a name so, and nothing else.
            files.append(Part(unquote(file_name[1]), content.removesuffix(b"\r\n")))
    return files


def fields_of(body: bytes, content_type: str) -> dict[str, str]:
    """Return the texts of a form, of whichever kind it is."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
        return {name: values[0] for name, values in given.items()}
    delimiter = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    fields: dict[str, str] = {}
    for piece in body.split(delimiter, _MAX_FILES)[1:]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head.decode("utf-8", "replace"))
        if separator and name is not None:
            fields[name[1]] = content.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields
