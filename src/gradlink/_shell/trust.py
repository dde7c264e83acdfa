"""Whom a client trusts, found out when a connection needs it: loading TLS takes longer than a call of an app without it."""

from __future__ import annotations

import importlib
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

# What the environment names may be missing, which whoever makes a client is told at once.
_NAMED_BY = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class _LateModule:
    """A module that is loaded when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)


# For annotations that are read while a program runs, and for errors that hardly any call has.
late_ssl: Any = _LateModule("ssl")


def is_usual(verify: object, *, trust_env: bool) -> bool:
    """Tell whether ``verify`` asks for the usual authorities, and all that the environment names is there."""
    named = [os.environ[name] for name in _NAMED_BY if os.environ.get(name)] if trust_env else []
    return verify is True and all(map(os.path.exists, named))


def tls_context(verify: object, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Return a TLS context for True, False, a context, or the path of a CA file."""
    import ssl

    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, bool):
        import httpx2  # an app without TLS needs nothing of it

        return httpx2.create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    try:
        return ssl.create_default_context(cafile=str(verify))
    except (OSError, ssl.SSLError) as exc:
        raise ValueError(f"ssl_verify: the CA file {str(verify)!r} cannot be read: {exc}") from exc


class Trust:
    """The TLS context of a client.

    The usual one is made when the first connection needs it. What else ``verify`` asks for is made at once: raises ValueError or OSError
    where it cannot be had.

    Args:
        verify: True, False, a context, or the path of a CA file.
    """

    def __init__(self, verify: object, *, trust_env: bool) -> None:
        self._verify = verify
        self._trust_env = trust_env
        self._lock = threading.Lock()
        self._made: ssl.SSLContext | None = None
        if not is_usual(verify, trust_env=trust_env):
            self.context()

    def context(self) -> ssl.SSLContext:
        """Return the context."""
        with self._lock:
            if self._made is None:
                self._made = tls_context(self._verify, None, self._trust_env)
            return self._made
