"""Session hashes."""

from __future__ import annotations

from gradlink._shell.sessionhash import new_session_hash


def test_a_session_cannot_be_guessed() -> None:
    hashes = {new_session_hash() for _ in range(100)}
    assert len(hashes) == 100
    assert all(len(session_hash) == 32 for session_hash in hashes)
