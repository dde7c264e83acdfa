"""Session hashes that cannot be guessed."""

from __future__ import annotations

import os


def new_session_hash() -> str:
    """Return a session hash that cannot be guessed: it is all that protects a session's State."""
    return os.urandom(16).hex()
