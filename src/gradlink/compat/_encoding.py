"""Files as texts, as programs for gradio_client write them into requests and read them from answers."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import httpx2

from gradlink.compat._traversal import is_http_url_like

_MAX_NAME_BYTES = 200
# What a file system, a shell or Windows would read as something else than a letter of a name.
_UNSAFE = frozenset('<>:"/\\|?*`$!{}\x7f') | {chr(code) for code in range(32)}


def get_mimetype(filename: str) -> str | None:
    """Return the media type of a file by its name, such as "image/png"; None if it is not known."""
    known = {".vtt": "text/vtt", ".webp": "image/webp"}.get(Path(filename).suffix.lower())
    if known is not None:
        return known
    guessed = mimetypes.guess_type(filename)[0]
    return None if guessed is None else guessed.replace("/x-wav", "/wav").replace("/x-flac", "/flac")


def get_extension(encoding: str) -> str | None:
    """Return the extension, without its dot, for the content of a data URI; None if its media type is not known."""
    kind = mimetypes.guess_type(encoding.replace("audio/wav", "audio/x-wav"))[0]
    if kind is None:
        return None
    if kind == "audio/flac":
        return "flac"
    return (mimetypes.guess_extension(kind) or "").removeprefix(".") or None


def encode_file_to_base64(f: str | os.PathLike[str]) -> str:
    """Return a file of this machine as a data URI."""
    return _data_uri(Path(f).read_bytes(), str(f))


def encode_url_to_base64(url: str) -> str:
    """Return what lies at an address as a data URI. Raises httpx2.HTTPError if it cannot be fetched."""
    reply = httpx2.get(url, follow_redirects=True)
    reply.raise_for_status()
    return _data_uri(reply.content, url)


def encode_url_or_file_to_base64(path: str | os.PathLike[str]) -> str:
    """Return what lies at an address, or a file of this machine, as a data URI."""
    text = str(path)
    return encode_url_to_base64(text) if is_http_url_like(text) else encode_file_to_base64(text)


def decode_base64_to_binary(encoding: str) -> tuple[bytes, str | None]:
    """Return the content of a data URI, or of bare base64, and the extension that it should have."""
    return base64.b64decode(encoding.rpartition(",")[2]), get_extension(encoding)


def decode_base64_to_file(
    encoding: str,
    file_path: str | None = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002  # the name that programs use
    prefix: str | None = None,
) -> IO[bytes]:
    """Store the content of a data URI in a file of its own, and return it open.

    Args:
        file_path: whose name it gets, and whose extension.
        dir: where; None is the directory for temporary files.
        prefix: what its name begins with, in place of that of ``file_path``.
    """
    content, extension = decode_base64_to_binary(encoding)
    if file_path is not None and prefix is None:
        prefix, dot, rest = Path(file_path).name.partition(".")
        extension = rest if dot else extension
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115  # it is the caller's to close
        delete=False,
        dir=_own_directory(dir),
        prefix=None if prefix is None else strip_invalid_filename_characters(prefix),
        suffix=f".{extension}" if extension else None,
    )
    file.write(content)
    file.flush()
    return file


def dict_or_str_to_json_file(
    jsn: str | dict[str, Any] | list[Any],
    dir: str | os.PathLike[str] | None = None,  # noqa: A002
) -> IO[str]:
    """Store JSON in a file of its own, and return it open; a text is read as JSON first."""
    if dir is not None:
        Path(dir).mkdir(parents=True, exist_ok=True)
    file = tempfile.NamedTemporaryFile("w+", delete=False, suffix=".json", dir=dir, encoding="utf-8")  # noqa: SIM115
    json.dump(json.loads(jsn) if isinstance(jsn, str) else jsn, file)
    file.flush()
    return file


def file_to_json(file_path: str | os.PathLike[str]) -> Any:
    """Return the JSON in a file."""
    return json.loads(Path(file_path).read_text("utf-8"))


def create_tmp_copy_of_file(file_path: str, dir: str | os.PathLike[str] | None = None) -> str:  # noqa: A002
    """Copy a file into a directory of its own, and return the path of the copy."""
    copy = _own_directory(dir) / Path(file_path).name
    shutil.copy2(file_path, copy)
    return str(copy.resolve())


def encode_file_path(path: str | os.PathLike[str]) -> str:
    """Return a path as it is written behind ``/file=`` in an address of an app."""
    return quote(str(path), safe="/")


def strip_invalid_filename_characters(filename: str, max_bytes: int = _MAX_NAME_BYTES) -> str:
    """Return a name without the characters that file systems and shells read as something else, cut to ``max_bytes``."""
    stem, extension = os.path.splitext(filename)  # noqa: PTH122  # a Path would read the slashes
    stem, extension = _safe(stem), _safe(extension)
    if not stem and len(extension) > 1:
        stem = "file"
    while stem and len(f"{stem}{extension}".encode()) > max_bytes:
        stem = stem[:-1]
    name = f"{stem}{extension}".rstrip(" .") or "file"
    while len(name.encode()) > max_bytes:
        name = name[:-1]
    return name


def sanitize_parameter_names(original_name: str) -> str:
    """Return a label as the name of a parameter: small letters, digits and underscores."""
    kept = "".join(letter for letter in original_name if letter.isalnum() or letter in " _")
    return kept.replace(" ", "_").lower()


def is_valid_file(file_path: str, file_types: list[str]) -> bool:
    """Tell whether a file is of one of these types, such as ".png", "image" or "file", by its name."""
    kind, name = get_mimetype(file_path) or "", Path(file_path).name.lower()
    return any(
        wanted == "file"
        or (wanted.startswith(".") and name.endswith(wanted.lower()) and len(name) > len(wanted))
        or kind.startswith(f"{wanted}/")
        for wanted in file_types
    )


def is_filepath(s: object) -> bool:
    """Tell whether a value is the path of a file of this machine."""
    return isinstance(s, (str, Path)) and Path(s).is_file()


def _safe(part: str) -> str:
    return "".join(letter for letter in part if letter not in _UNSAFE)


def _data_uri(content: bytes, name: str) -> str:
    return f"data:{get_mimetype(name) or ''};base64,{base64.b64encode(content).decode('ascii')}"


def _own_directory(parent: str | os.PathLike[str] | None) -> Path:
    directory = Path(parent or tempfile.gettempdir()) / secrets.token_hex(20)
    directory.mkdir(parents=True)
    return directory
