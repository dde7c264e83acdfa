"""What a failure of the network means."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2
import pytest

from gradlink import ConnectError, TransportError
from gradlink._local.store import FileStore
from gradlink._shell.attempts import Attempt
from gradlink._shell.failures import interrupted, lost_stream, transport_error

URL = "http://me:secret@h:1/a?token=secret"
SHOWN = "http://h:1/a"


def test_no_connection_names_the_reason_of_the_deepest_cause() -> None:
    cause = ssl.SSLCertVerificationError("certificate verify failed")
    middle = OSError()
    middle.__cause__ = cause
    error = httpx2.ConnectError("")
    error.__cause__ = middle
    found = transport_error(error, URL)
    assert isinstance(found, ConnectError)
    assert "certificate verify failed" in str(found)
    assert str(found).startswith(f"no connection to {SHOWN}: ")
    assert (found.url, found.execution, found.transient) == (SHOWN, "not started", False)
    slow = transport_error(httpx2.ConnectTimeout("slow"), URL)
    assert slow.transient  # type: ignore[attr-defined]
    assert slow.passing  # type: ignore[attr-defined]  # as it was called before


@pytest.mark.parametrize(
    ("exc", "text"),
    [
        (httpx2.ReadTimeout("slow"), f"{SHOWN} did not answer in time: slow"),
        (httpx2.ReadError("gone"), f"the exchange with {SHOWN} broke: gone"),
        (httpx2.ReadError(""), f"the exchange with {SHOWN} broke: ReadError"),
        (OSError("disk"), f"the exchange with {SHOWN} broke: disk"),
    ],
)
def test_a_broken_exchange_names_the_url_without_secrets(exc: Exception, text: str) -> None:
    error = transport_error(exc, URL)
    assert type(error) is TransportError
    assert (str(error), error.url, error.execution) == (text, SHOWN, None)


@pytest.mark.parametrize(("sent", "execution"), [(True, "unknown"), (False, "not started")])
def test_a_request_that_was_not_sent_whole_did_nothing(sent: bool, execution: str) -> None:
    attempt = Attempt()
    attempt.sent = sent
    assert transport_error(httpx2.ReadError("x"), URL, attempt).execution == execution


def test_a_broken_download_says_how_far_it_came(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a")
    partial.write(bytes(1234))
    error = interrupted(httpx2.ReadError("gone"), URL, partial)
    partial.discard()
    assert str(error) == f"the download of {SHOWN} broke after 1,234 bytes: gone"
    assert (error.url, error.received, error.partial) == (SHOWN, 1234, partial)


def test_a_broken_stream_is_lost_for_a_reason() -> None:
    cause = transport_error(httpx2.ReadError("gone"), URL)
    error = lost_stream(cause)
    assert str(error) == f"the stream of messages broke: the exchange with {SHOWN} broke: gone"
    assert (error.url, error.__cause__) == (SHOWN, cause)
