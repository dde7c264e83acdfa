"""The options of a client, checked and put where they belong."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from gradlink._flows.exchange import Access
from gradlink._local.settings import download_directory
from gradlink._protocol.routes import Routes, normalise, resolve
from gradlink.errors import ArgumentError

# What the official clients took once, with what to write instead.
REMOVED_OPTIONS = {
    "hf_token": "write token=",
    "serialize": "leave it out: values are JSON, files are given with handle_file()",
    "output_dir": "write download_files=<directory>",
    "upload_files": "leave it out: files are uploaded where handle_file(), a Path or bytes stand",
    "max_threads": "write max_workers=",
}


@dataclass(frozen=True, slots=True)
class ClientParts:
    """The checked options of a client.

    Attributes:
        headers: for every request to the app's origin.
        downloads: directory for files of results, None if they are not to be fetched.
    """

    access: Access
    headers: Mapping[str, str] = field(repr=False)
    downloads: Path | None


def reject_removed(function: str, options: Mapping[str, object]) -> None:
    """Raise a TypeError that names what to write instead of the first of ``options``."""
    for name in options:
        if name in REMOVED_OPTIONS:
            raise ArgumentError(f"{function}() has no option {name!r}; {REMOVED_OPTIONS[name]}")
        raise ArgumentError(f"{function}() has no option {name!r}")


def client_parts(
    src: str,
    token: str | None,
    auth: tuple[str, str] | None,
    headers: Mapping[str, str] | None,
    download_files: str | os.PathLike[str] | Literal[False] | None,
) -> ClientParts:
    """Return the checked options of a client. Raises ArgumentError or FileError for wrong ones."""
    # The Hub's proxy takes the token here, so that Authorization stays free for the app's own login.
    own = {"x-hf-authorization": f"Bearer {token}"} if token else {}
    # A password in the URL would be shown wherever the URL is; as a header it is sent just the same.
    src, userinfo = without_userinfo(checked_url(src))
    if userinfo is not None:
        own["authorization"] = "Basic " + base64.b64encode(userinfo.encode()).decode("ascii")
    for name, value in (headers or {}).items():
        own = {key: kept for key, kept in own.items() if key.lower() != name.lower()}
        own[name] = value
    given: object = auth
    if given is not None and not _is_pair_of_texts(given):
        raise ArgumentError("auth is a pair of strings: (username, password)")
    downloads = None if download_files is False else download_directory(download_files)
    return ClientParts(Access(Routes(base_url(src)), auth), own, downloads)


def as_list_of_callbacks(
    callbacks: Callable[..., Any] | list[Callable[..., Any]] | None,
) -> list[Callable[..., Any]]:
    """Return what ``result_callbacks`` names, as a list."""
    if callbacks is None:
        return []
    return [callbacks] if callable(callbacks) else callbacks


def checked_url(src: object) -> str:
    """Return ``src`` if it can be read as an address. Raises ArgumentError if not."""
    if not isinstance(src, str) or resolve("", src.strip()) is None:
        raise ArgumentError(f"{src!r} is no URL of an app; give one such as 'http://127.0.0.1:7860'")
    return src


def without_userinfo(src: str) -> tuple[str, str | None]:
    """Return ``src`` without user and password, and ``user:password``, None if it has none."""
    head, mark, rest = src.strip().partition("://")
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    userinfo, at, host = place.rpartition("@")
    if not mark or not at:
        return src, None
    user, colon, password = userinfo.partition(":")
    return f"{head}://{host}{rest.removeprefix(place)}", f"{unquote(user)}{colon or ':'}{unquote(password)}"


def base_url(src: str) -> str:
    """Return the base of the app at the URL ``src``. Raises ArgumentError if it is no http(s) URL."""
    parts = urlsplit(src.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ArgumentError(
            f"{src!r} is no URL of an app; give one such as 'http://127.0.0.1:7860' "
            "(Hugging Face Spaces by name are not supported yet, their https://...hf.space URL is)"
        )
    return normalise(src)


def _is_pair_of_texts(value: object) -> bool:
    match value:
        case (str(), str()) | [str(), str()]:
            return True
        case _:
            return False
