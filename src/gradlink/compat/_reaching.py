"""Asking an address whether something is there."""

from __future__ import annotations

import httpx2

_METHOD_NOT_ALLOWED = 405


def probe_url(possible_url: str) -> bool:
    """Tell whether an address answers well, asked without its content first."""
    try:
        with httpx2.Client() as client:
            reply = client.head(possible_url)
            if reply.status_code == _METHOD_NOT_ALLOWED:
                reply = client.get(possible_url)
            return reply.is_success
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return False
