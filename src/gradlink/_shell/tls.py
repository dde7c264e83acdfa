"""The TLS context that httpx2 is given, which is made when a connection needs it."""

from __future__ import annotations

import ssl
from typing import Any, Self

from gradlink._shell.trust import Trust, is_usual, tls_context


def late_tls_context(verify: object, cert: Any, trust_env: bool) -> ssl.SSLContext:
    """Return the same; the usual one is made when a connection needs it, see :func:`made`."""
    if cert is None and is_usual(verify, trust_env=trust_env):
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
        self._trust = Trust(True, trust_env=trust_env)
        self._protocols: list[str] = []

    def set_alpn_protocols(self, alpn_protocols: Any) -> None:
        """Note what is spoken over the connections that follow."""
        self._protocols = list(alpn_protocols)

    def make(self) -> ssl.SSLContext:
        """Return the context."""
        context = self._trust.context()
        context.set_alpn_protocols(self._protocols)
        return context


def made(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context to encrypt a connection with that ``context`` stands for."""
    return context.make() if isinstance(context, LateContext) else context
