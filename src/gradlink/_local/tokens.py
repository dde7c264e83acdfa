"""Hugging Face tokens on this machine, and the identity that a running Gradio app lends its functions."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradlink._hub.names import DEFAULT_ENDPOINT
from gradlink._protocol.headers import check_headers
from gradlink._text import one_line
from gradlink.errors import ArgumentError

_log = logging.getLogger("gradlink.tokens")

IP_TOKEN = "x-ip-token"  # noqa: S105  # the name of a header
_YES = frozenset({"1", "on", "yes", "true"})


def hub_endpoint() -> str:
    """Return the address of the Hub: ``HF_ENDPOINT``, or the public one."""
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def chosen_token(given: object) -> tuple[str | None, str]:
    """Return the token for Spaces and the Hub, and where it is from.

    A string is that token, None means the saved one, False none at all. Raises ArgumentError for what is neither.
    """
    if given is False:
        return None, "token=False"
    if given is None or given is True:
        return saved_token()
    if not isinstance(given, str):
        raise ArgumentError(
            f"token is a string, None for the saved one, or False, not a {type(given).__name__}"
        )
    check_headers("token", {"authorization": given})
    return given or None, "token="


def saved_token() -> tuple[str | None, str]:
    """Return the token that is saved on this machine, and where; None if there is none.

    That is ``HF_TOKEN``, or what ``huggingface_hub`` knows if it is installed, or the file that it would read.
    """
    if os.environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "").lower() in _YES:
        return None, "HF_HUB_DISABLE_IMPLICIT_TOKEN is set"
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        token = _clean(os.environ.get(name))
        if token is not None:
            return token, name
    token = _token_of_library()
    if token is not None:
        return token, "huggingface_hub.get_token()"
    path = token_file()
    try:
        return _clean(path.read_text("utf-8")), "the token file"
    except (OSError, UnicodeDecodeError):
        return None, "none is saved"


def token_file() -> Path:
    """Return where ``hf auth login`` saves the token."""
    chosen = os.environ.get("HF_TOKEN_PATH")
    if chosen:
        return Path(os.path.expandvars(chosen)).expanduser()
    home = os.environ.get("HF_HOME")
    if not home:
        cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        home = os.path.join(cache, "huggingface")  # noqa: PTH118  # may begin with ~
    return Path(os.path.expandvars(home)).expanduser() / "token"


def visitor_token() -> str | None:
    """Return the visitor's ``x-ip-token`` if this code runs inside a request of a Gradio app, None otherwise.

    The Hub gives it to apps, and counts the ZeroGPU time of the Space that gets it for that visitor. Gradio is
    not imported: where it is not loaded no app runs.
    """
    context: Any = getattr(sys.modules.get("gradio.context"), "LocalContext", None)
    try:
        request = context.request.get(None)
        headers: Mapping[str, str] | None = getattr(request, "headers", None)
        value = None if headers is None else headers.get(IP_TOKEN)
    except (AttributeError, LookupError, TypeError):
        return None
    return value if isinstance(value, str) else None


def _token_of_library() -> str | None:
    """Return what the library has, which may also be a token of a notebook's vault, or one that it refreshes."""
    try:
        library: Any = importlib.import_module("huggingface_hub")
        token: object = library.get_token()
    except ImportError:
        return None
    except Exception as exc:
        _log.warning("huggingface_hub has no token: %s", one_line(exc))
        return None
    return _clean(token) if isinstance(token, str) else None


def _clean(token: str | None) -> str | None:
    return (token or "").replace("\r", "").replace("\n", "").strip() or None
