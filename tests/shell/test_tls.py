"""Whom a client trusts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlink._shell.clients import client_settings
from gradlink._shell.options import TransportOptions


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", "utf-8")
    for name in ("missing.pem", "ca.pem"):
        with pytest.raises(ValueError, match=rf"^ssl_verify: the CA file '.*{name}' cannot be read: "):
            client_settings(TransportOptions(ssl_verify=str(tmp_path / name)))
