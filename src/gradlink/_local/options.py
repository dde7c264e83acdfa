"""The options of a client, checked and put where they belong."""

from __future__ import annotations

import base64
import inspect
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import unquote, urlsplit

from gradlink._dataclass import dataclass
from gradlink._flows.delivery import FilesAs, FramesOf, check_form
from gradlink._flows.exchange import Access
from gradlink._flows.options import CallOptions
from gradlink._hub.names import HubRoutes, space_reference
from gradlink._local.settings import chosen_directory
from gradlink._local.terminal import show
from gradlink._local.tokens import IP_TOKEN, chosen_token, hub_endpoint, visitor_token
from gradlink._protocol.headers import check_headers
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes, normalise, resolve
from gradlink.errors import ArgumentError

if TYPE_CHECKING:
    from gradlink._flows.hub import Hub
    from gradlink._flows.space import Space
    from gradlink._hub.stages import SpaceStatus

# What the official clients took once, with what to write instead.
REMOVED_OPTIONS = {
    "hf_token": "write token=",
    "serialize": "leave it out: values are JSON, files are given with handle_file()",
    "output_dir": "write download_files=<directory>",
    "upload_files": "leave it out: files are uploaded where handle_file(), a Path or bytes stand",
    "max_threads": "write max_workers=",
}


# What begins so is served without TLS, as a rule.
_THIS_MACHINE = ("localhost", "127.", "0.0.0.0", "[")  # noqa: S104  # nothing listens there

# A Space that sleeps is up in a minute or two; builds take longer, and are waited for by duplicate() only.
DEFAULT_WAIT_SECONDS = 300.0
BUILD_WAIT_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class SpaceOptions:
    """The options of a client that concern Spaces.

    Attributes:
        wait: seconds to wait until a Space runs, None for the default.
        on_status: called with its stages; None prints them if ``verbose``.
    """

    wait: float | None = None
    on_status: Callable[[SpaceStatus], object] | None = None
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class ClientParts:
    """The checked options of a client.

    Attributes:
        headers: for every request to the app's origin.
        downloads: directory for files of results, "session" for one of the client's own, None for this user's.
    """

    access: Access
    headers: Mapping[str, str] = field(repr=False)
    downloads: Path | Literal["session"] | None


def reject_removed(function: str, options: Mapping[str, object]) -> None:
    """Raise a TypeError that names what to write instead of the first of ``options``."""
    for name in options:
        if name in REMOVED_OPTIONS:
            raise ArgumentError(f"{function}() has no option {name!r}; {REMOVED_OPTIONS[name]}")
        raise ArgumentError(f"{function}() has no option {name!r}")


def reject_unknown(kind: type, options: Mapping[str, object]) -> None:
    """Raise a TypeError for the first of ``options`` that ``kind``, a client, does not take."""
    known = inspect.signature(kind).parameters
    reject_removed(kind.__name__, {name: value for name, value in options.items() if name not in known})


def client_parts(
    src: str,
    token: str | Literal[False] | None,
    auth: tuple[str, str] | None,
    headers: Mapping[str, str] | None,
    download_files: str | os.PathLike[str] | Literal[False] | None,
    *,
    spaces: SpaceOptions | None = None,
) -> ClientParts:
    """Return the checked options of a client. Raises ArgumentError or FileError for wrong ones."""
    space = _space(checked_url(src), token, spaces or SpaceOptions())
    # A token that is saved on this machine is for Spaces alone; any other app gets only what is given for it.
    if space is not None:
        token = space.hub.token
    elif token is not None:
        token, _ = chosen_token(token)
    own = token_header(token)
    # A password in the URL would be shown wherever the URL is; as a header it is sent just the same.
    src, userinfo = without_userinfo(with_scheme(src.strip()) if space is None else src)
    if userinfo is not None:
        own["authorization"] = "Basic " + base64.b64encode(userinfo.encode()).decode("ascii")
    check_headers("headers", headers)
    for name, value in (headers or {}).items():
        own = {key: kept for key, kept in own.items() if key.lower() != name.lower()}
        own[name] = value
    given: object = auth
    if given is not None and not _is_pair_of_texts(given):
        raise ArgumentError("auth is a pair of strings: (username, password)")
    downloads = chosen_directory(download_files)
    base = base_url(src) if space is None else space.reference.placeholder
    return ClientParts(Access(Routes(base), auth, space=space), own, downloads)


def client_results(
    files: FilesAs | None,
    frames: FramesOf | None,
    download_files: str | os.PathLike[str] | Literal[False] | None,
) -> CallOptions:
    """Return what the calls of a client give for files and tables. Raises ArgumentError for wrong options."""
    check_form(files, frames)
    if download_files is False and files not in {None, "url"}:
        raise ArgumentError(f"download_files=False is files='url'; it cannot be given with files={files!r}")
    return CallOptions(files="url" if download_files is False else files, frames=frames)


def check_connect(connect: object) -> None:
    """Raise ArgumentError if it is not said when to connect."""
    if connect not in ("now", "lazy"):
        raise ArgumentError(f"connect is 'now' or 'lazy', not {connect!r}")


def hub_of(token: str | Literal[False] | None) -> Hub:
    """Return the Hub, to be asked with the token that is given, or the saved one."""
    from gradlink._flows.hub import Hub

    chosen, source = chosen_token(token)
    return Hub(HubRoutes(hub_endpoint()), chosen, source)


def with_retries(access: Access, retries: Retries) -> Access:
    """Return ``access`` with ``retries``, also for its questions to the Hub."""
    space = access.space
    if space is not None:
        space = replace(space, hub=replace(space.hub, retries=retries))
    return replace(access, retries=retries, space=space)


def token_header(token: str | None) -> dict[str, str]:
    """Return the header that carries a token to an app.

    The Hub's proxy takes it here, so that Authorization stays free for the app's own login.
    """
    return {"x-hf-authorization": f"Bearer {token}"} if token else {}


def for_pickle(access: Access, headers: Mapping[str, str], given: object) -> tuple[Access, dict[str, str]]:
    """Return what is pickled of a Space: without ``on_status``, which is this program's, or this machine's token.

    ``given`` is the token that the program gave, None if the saved one was taken.
    """
    kept, space = dict(headers), access.space
    if space is None:
        return access, kept
    space = replace(space, on_status=None)
    if given is None:
        saved = token_header(space.hub.token).items()
        kept = {name: value for name, value in kept.items() if (name, value) not in saved}
        space = replace(space, hub=replace(space.hub, token=None))
    return replace(access, space=space), kept


def from_pickle(access: Access, headers: Mapping[str, str], given: object) -> tuple[Access, dict[str, str]]:
    """Return what was pickled, with the token that is saved on the machine that unpickles it."""
    space = access.space
    if space is None or given is not None:
        return access, dict(headers)
    token, source = chosen_token(None)
    hub = replace(space.hub, token=token, token_source=source)
    # What the program gives itself wins.
    return replace(access, space=replace(space, hub=hub)), {**token_header(token), **headers}


def with_identity(
    access: Access, given: Mapping[str, str] | None, own: Mapping[str, str]
) -> Mapping[str, str] | None:
    """Return the headers of a call: inside a request of a Gradio app, a Space learns whose quota to charge.

    ``given`` are the headers of the call, ``own`` those of the client; a header given there takes precedence. Raises
    ArgumentError for headers that cannot be sent.
    """
    check_headers("headers", given)
    if access.space is None or any(name.lower() == IP_TOKEN for name in (*(given or {}), *own)):
        return given
    identity = visitor_token()
    return given if identity is None else {**(given or {}), IP_TOKEN: identity}


def print_status(status: SpaceStatus) -> None:
    """Print where a Space stands."""
    show(f"{status.message[:1].upper()}{status.message[1:]} ...")


def _space(src: str, token: str | Literal[False] | None, options: SpaceOptions) -> Space | None:
    """Return the Space that ``src`` names, None if it is another app. Raises ArgumentError for wrong options."""
    wait = DEFAULT_WAIT_SECONDS if options.wait is None else options.wait
    if not _is_number_of_seconds(wait):
        raise ArgumentError(f"wait is a number of seconds from 0, not {wait!r}")
    if options.on_status is not None and not callable(options.on_status):
        raise ArgumentError(f"on_status is a function, not a {type(options.on_status).__name__}")
    reference = space_reference(src, hub_endpoint())
    if reference is None:
        return None
    from gradlink._flows.space import Space

    on_status = options.on_status or (print_status if options.verbose else None)
    return Space(reference, hub_of(token), float(wait), on_status)


def as_list_of_callbacks(
    callbacks: Callable[..., Any] | list[Callable[..., Any]] | None,
) -> list[Callable[..., Any]]:
    """Return what ``result_callbacks`` names, as a list. Raises ArgumentError for what cannot be called."""
    if callbacks is None:
        return []
    if callable(callbacks):
        return [callbacks]
    if not _are_functions(callbacks):
        raise ArgumentError(f"result_callbacks is a function or a list of functions, not {callbacks!r}")
    return list(callbacks)


def checked_url(src: object) -> str:
    """Return ``src`` if it can be read as an address. Raises ArgumentError if not."""
    if not isinstance(src, str) or resolve("", src.strip()) is None:
        raise ArgumentError(
            f"{src!r} is not the URL of a Gradio app; give one such as 'http://127.0.0.1:7860'"
        )
    return src


def with_scheme(src: str) -> str:
    """Return an address as people write it, such as ``localhost:7860``, with its scheme: https, for this machine http.

    What does not look like a host is returned as it is.
    """
    if "://" in src:
        return src
    host = re.split(r"[/?#]", src, maxsplit=1)[0].rpartition("@")[2].lower()
    name, _, port = host.rpartition(":") if re.search(r":[0-9]{1,5}$", host) else (host, "", "")
    is_host = "." in name.strip(".") or name == "localhost" or (port and name) or name.startswith("[")
    if not is_host or (re.search(r"[^\w.-]", name) and not name.startswith("[")):
        return src
    return f"{'http' if name.startswith(_THIS_MACHINE) else 'https'}://{src}"


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
    """Return the base of the app at the URL ``src``. Raises ArgumentError if it is not an http(s) URL."""
    parts = urlsplit(src.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ArgumentError(
            f"{src!r} is not the URL of a Gradio app; give one such as 'http://127.0.0.1:7860' "
            "or the name of a Hugging Face Space such as 'user/space'"
        )
    return normalise(src)


def _is_number_of_seconds(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and 0 <= value < float("inf")


def _are_functions(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(callable, cast("list[object]", value)))


def _is_pair_of_texts(value: object) -> bool:
    match value:
        case (str(), str()) | [str(), str()]:
            return True
        case _:
            return False
