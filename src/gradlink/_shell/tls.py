"""Whom a client trusts: its TLS context."""

from __future__ import annotations

import ssl
from typing import Any

import httpx2


def tls_context(verify: object, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Return the one TLS context of a client, for True, False, a context, or the path of a CA file."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, bool):
        return httpx2.create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    try:
        return ssl.create_default_context(cafile=str(verify))
    except (OSError, ssl.SSLError) as exc:
        raise ValueError(f"ssl_verify: the CA file {str(verify)!r} cannot be read: {exc}") from exc
