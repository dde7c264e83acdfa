"""Logins, and what the app sees of its caller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradlink import AuthenticationError
from tests.matrix.files import upper
from tests.matrix.scenarios import Topic

topic = Topic("Login and session")


@topic("auth", auth=("user", "pass"))
def login(client: Any, folder: Path) -> None:
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict("x", api_name="/fast") == "x"
    assert upper(client, folder).read_text(encoding="utf-8") == "HELLO"


@topic("auth", visits=True)
def login_that_is_missing_or_wrong(connect: Any, folder: Path, release: str) -> None:
    with pytest.raises(AuthenticationError, match="auth="), connect():
        pass
    with pytest.raises(AuthenticationError, match="refused"), connect(auth=("user", "wrong")):
        pass


@topic("auth", needs="request_headers", auth=("user", "pass"), headers={"x-probe": "seen"})
def user_and_headers_seen(client: Any, folder: Path) -> None:
    seen = client.predict(api_name="/whoami")
    # Gradio 3 makes headers an object whose names have underscores, or hyphens.
    assert (seen["username"], seen["x-probe"]) == ("user", "seen")


@user_and_headers_seen.without
def user_and_headers_not_seen(client: Any, folder: Path) -> None:
    seen = client.predict(api_name="/whoami")
    assert (seen["username"], seen["x-probe"]) == (None, None)


@topic(needs="session_hash_seen")
def session_hash_seen(client: Any, folder: Path) -> None:
    assert client.predict(api_name="/whoami")["session_hash"] == client.session_hash


@session_hash_seen.without
def session_hash_not_seen(client: Any, folder: Path) -> None:
    assert client.predict(api_name="/whoami")["session_hash"] is None
