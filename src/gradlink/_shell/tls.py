"""Whom a client trusts: its TLS context."""

from __future__ import annotations

import os
import ssl
import threading
from typing import Any, Self

_lock = threading.Lock()

# What the environment names may be missing, which whoever makes a client is told at once.
_NAMED_BY = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def tls_context(verify: object, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Return the one TLS context of a client, for True, False, a context, or the path of a CA file."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, bool):
        import httpx2  # an app without TLS needs nothing of it

        return httpx2.create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    try:
        return ssl.create_default_context(cafile=str(verify))
    except (OSError, ssl.SSLError) as exc:
        raise ValueError(f"ssl_verify: the CA file {str(verify)!r} cannot be read: {exc}") from exc


def late_tls_context(verify: object, cert: Any, trust_env: bool) -> ssl.SSLContext:
    """Return the same; the usual one is made when a connection needs it, see :func:`made`."""
    named = [os.environ[name] for name in _NAMED_BY if os.environ.get(name)] if trust_env else []
    if verify is True and cert is None and all(map(os.path.exists, named)):
        return LateContext(trust_env)
    return tls_context(verify, cert, trust_env)


class LateContext(ssl.SSLContext):
    """The usual context, made when the first connection needs it: reading all authorities takes longer than a call.

    By itself it trusts nobody.
    """

    def __new__(cls, trust_env: bool) -> Self:  # noqa: ARG004  # as __init__()
        """Begin with what every client has."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, trust_env: bool) -> None:
        self._trust_env = trust_env
        self._made: ssl.SSLContext | None = None
        self._protocols: list[str] = []

    def set_alpn_protocols(self, alpn_protocols: Any) -> None:
        """Note what is spoken over the connections that follow."""
        self._protocols = list(alpn_protocols)

    def make(self) -> ssl.SSLContext:
        """Return the context."""
        with _lock:
            if self._made is None:
                self._made = tls_context(True, None, self._trust_env)
        self._made.set_alpn_protocols(self._protocols)
        return self._made


def made(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context to encrypt a connection with that ``context`` stands for."""
    return context.make() if isinstance(context, LateContext) else context
