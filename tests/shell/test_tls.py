"""Whom a client trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from gradlink._shell.clients import client_settings
from gradlink._shell.options import TransportOptions
from gradlink._shell.tls import LateContext, made


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", "utf-8")
    for name in ("missing.pem", "ca.pem"):
        with pytest.raises(ValueError, match=rf"^ssl_verify: the CA file '.*{name}' cannot be read: "):
            client_settings(TransportOptions(ssl_verify=str(tmp_path / name)))


def test_the_usual_authorities_are_read_for_the_first_connection_that_is_encrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    context = client_settings(TransportOptions()).requests["verify"]
    assert isinstance(context, LateContext)
    assert context.cert_store_stats()["x509_ca"] == 0
    context.set_alpn_protocols(["http/1.1"])
    usual = made(context)
    assert usual is not context
    assert made(context) is usual
    assert (usual.verify_mode, usual.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_what_the_environment_names_and_is_not_there_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(FileNotFoundError):
        client_settings(TransportOptions())
    made_without = client_settings(TransportOptions(httpx_kwargs={"trust_env": False})).requests["verify"]
    assert isinstance(made_without, LateContext)
