"""``download_files="session"``."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlink.compat.client import Client as CompatClient
from tests.live.servers import Servers
from tests.live.shells import Shell


def test_files_are_there_as_long_as_the_client(server: Servers, connect: Shell) -> None:
    with connect(server().url, download_files="session") as client:
        path = Path(client.predict(b"hello", api_name="/file_upper"))
        assert path.read_bytes() == b"HELLO"
        again = Path(client.submit(b"hello", api_name="/file_upper").result())
        assert again == path
    assert not path.exists()


def test_for_gradio_client_it_is_a_directory(
    server: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with CompatClient(server().url, verbose=False, download_files="session") as client:
        path = Path(client.predict(b"hello", api_name="/file_upper"))
    assert path.is_relative_to(tmp_path / "session")
    assert path.read_bytes() == b"HELLO"
