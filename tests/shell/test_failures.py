"""What a failure of the network means."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import httpx2
import pytest

from gradlink import ConnectError, ProtocolError, StreamLostError, StreamSilentError, TransportError
from gradlink._local.store import FileStore
from gradlink._shell.attempts import Attempt
from gradlink._shell.failures import ended_alone, interrupted, lost_stream, transport_error, unread
from gradlink._shell.networkerror import NetworkError, failure_of

URL = "http://me:secret@h:1/a?token=secret"
SHOWN = "http://h:1/a"


def test_no_connection_names_the_reason_of_the_deepest_cause() -> None:
    cause = ssl.SSLCertVerificationError("certificate verify failed")
    middle = OSError()
    middle.__cause__ = cause
    error = httpx2.ConnectError("")
    error.__cause__ = middle
    found = transport_error(failure_of(error), URL)
    assert isinstance(found, ConnectError)
    assert "certificate verify failed" in str(found)
    assert str(found).startswith(f"no connection to {SHOWN}: ")
    assert (found.url, found.execution, found.transient) == (SHOWN, "not started", False)
    slow = transport_error(NetworkError("ConnectTimeout", "slow", 3.0), URL)
    assert slow.transient  # type: ignore[attr-defined]
    assert slow.passing  # type: ignore[attr-defined]  # as it was called before


@pytest.mark.parametrize(
    ("exc", "text"),
    [
        (NetworkError("ReadTimeout", "slow"), f"{SHOWN} did not answer in time: slow"),
        (NetworkError("ReadError", "gone"), f"the exchange with {SHOWN} broke: gone"),
        (failure_of(httpx2.ReadError("")), f"the exchange with {SHOWN} broke: ReadError"),
        (failure_of(OSError("disk")), f"the exchange with {SHOWN} broke: disk"),
    ],
)
def test_a_broken_exchange_names_the_url_without_secrets(exc: NetworkError, text: str) -> None:
    error = transport_error(exc, URL)
    assert type(error) is TransportError
    assert (str(error), error.url, error.execution) == (text, SHOWN, None)


def test_a_proxy_that_is_dead_is_named() -> None:
    failure = NetworkError("ConnectError", "refused")
    failure.proxy = "http://proxy:3128"
    error = transport_error(failure, URL)
    assert str(error).startswith(
        f"no connection to {SHOWN}: the proxy http://proxy:3128 cannot be reached (refused); it is set by"
    )
    refusing = NetworkError("ProxyError", "407 Proxy Authentication Required")
    assert str(transport_error(refusing, URL)).startswith(
        f"the proxy in between refused to connect to {SHOWN}: 407"
    )
    refusing.proxy = "http://proxy:3128"
    assert str(transport_error(refusing, URL)).startswith(
        "the proxy http://proxy:3128 refused to connect to "
    )


def test_a_certificate_that_is_not_trusted_says_what_to_do() -> None:
    failure = NetworkError("ConnectError", "self-signed", cause=ssl.SSLCertVerificationError("self-signed"))
    assert str(transport_error(failure, URL)).endswith(
        ": self-signed; ssl_verify= takes the path of a CA file, an ssl.SSLContext, or False, which checks nothing"
    )


def test_a_server_without_tls_says_what_may_be_meant() -> None:
    cause = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    cause.reason = "WRONG_VERSION_NUMBER"
    error = transport_error(NetworkError("ConnectError", "wrong version number", cause=cause), URL)
    assert str(error).endswith(
        ": wrong version number; what answers there does not speak TLS: an address that begins with http:// may be meant"
    )
    assert isinstance(error, ConnectError)
    assert not error.transient


@pytest.mark.parametrize(("number", "transient"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)])
def test_a_host_that_does_not_exist_is_not_asked_for_again(number: int, transient: bool) -> None:
    failure = NetworkError("ConnectError", "x", cause=socket.gaierror(number, "x"))
    error = transport_error(failure, URL)
    assert isinstance(error, ConnectError)
    assert error.transient is transient


@pytest.mark.parametrize(("sent", "execution"), [(True, "unknown"), (False, "not started")])
def test_a_request_that_was_not_sent_whole_did_nothing(sent: bool, execution: str) -> None:
    attempt = Attempt()
    attempt.sent = sent
    assert transport_error(NetworkError("ReadError", "x"), URL, attempt).execution == execution


def test_a_broken_download_says_how_far_it_came(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a")
    partial.write(bytes(1234))
    error = interrupted(NetworkError("ReadError", "gone"), URL, partial)
    partial.discard()
    assert str(error) == f"the download of {SHOWN} broke after 1,234 bytes: gone"
    assert (error.url, error.received, error.partial) == (SHOWN, 1234, partial)


def test_a_broken_stream_is_lost_for_a_reason() -> None:
    cause = transport_error(NetworkError("ReadError", "gone"), URL)
    error = lost_stream(cause)
    assert str(error) == f"the stream of messages broke: the exchange with {SHOWN} broke: gone"
    assert (error.url, error.__cause__) == (SHOWN, cause)


def test_what_ends_the_reading_of_a_stream_is_told_by_whether_it_was_there() -> None:
    gone = transport_error(NetworkError("ReadError", "gone"), URL)
    assert unread(gone, opened=False) is gone
    assert type(unread(gone, opened=True)) is StreamLostError
    odd = ProtocolError("no")
    assert unread(odd, opened=True) is odd


def test_a_server_that_is_silent_has_lost_the_stream_before_it_was_there() -> None:
    cause = NetworkError("ReadTimeout", "slow")
    silent = transport_error(cause, URL)
    silent.__cause__ = cause
    assert type(unread(silent, opened=False)) is StreamSilentError


def test_whatever_ends_the_reading_of_a_stream_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    error = unread(ValueError("odd"), opened=True)
    assert str(error) == "gradlink failed while it read the stream of messages: ValueError('odd')"
    assert "the reader of a stream failed" in caplog.text


def test_a_job_on_its_own_connection_may_have_been_accepted_before_it_broke() -> None:
    gone = transport_error(NetworkError("ReadError", "gone"), URL)
    error, lost = ended_alone(gone, "/f")
    assert (type(error), lost) == (StreamLostError, True)
    odd = ProtocolError("no")
    assert ended_alone(odd, "/f") == (odd, False)
    error, lost = ended_alone(ValueError("odd"), "/f")
    assert (str(error), lost) == ("/f: the call could not be sent: ValueError('odd')", False)
