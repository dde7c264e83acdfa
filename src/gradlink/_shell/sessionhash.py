"""Session hashes that nobody can guess."""

from __future__ import annotations

import secrets


def new_session_hash() -> str:
    """Return a session hash that nobody can guess: it is all that protects a session's State."""
    return secrets.token_hex(16)
