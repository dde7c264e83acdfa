"""What both shells need of httpx2: options, multipart bodies, and whose fault an error is."""

from __future__ import annotations

import gzip
import io
import os
import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import (
    ConnectError,
    FileError,
    FileTooLargeError,
    TransportError,
)
from gradlink._failures import (
    Attempt,
    interrupted,
    lost_stream,
    transport_error,
)
from gradlink._io import HttpRequest, UploadPart
from gradlink._local.store import FileStore
from gradlink._protocol.policy import Timeout
from gradlink._transport import (
    TransportOptions,
    check_addresses,
    check_download,
    client_settings,
    multipart,
    new_session_hash,
    request_headers,
    shared_cookies,
)

URL = "http://me:secret@h:1/a?token=secret"
SHOWN = "http://h:1/a"

# Options


def test_each_client_has_its_own_settings() -> None:
    settings = client_settings(TransportOptions(headers={"x-own": "1"}))
    assert settings.requests["headers"]["x-own"] == settings.streams["headers"]["x-own"] == "1"
    assert settings.foreign["headers"] == {"user-agent": "gradlink"}
    assert settings.requests["timeout"] == httpx2.Timeout(connect=15, read=60, write=60, pool=None)
    assert settings.streams["timeout"] == httpx2.Timeout(connect=15, read=60, write=60, pool=None)
    assert settings.streams["limits"].max_connections is None
    assert not settings.requests["follow_redirects"]
    assert settings.requests["verify"] is settings.streams["verify"] is settings.foreign["verify"]


def test_other_hosts_are_told_nothing() -> None:
    given = {
        "auth": ("me", "secret"),
        "headers": {"a": "secret"},
        "cookies": {"a": "secret"},
        "params": {"a": "secret"},
        "event_hooks": {"request": []},
        "trust_env": False,
    }
    foreign = client_settings(TransportOptions(headers={"b": "secret"}, httpx_kwargs=given)).foreign
    assert "secret" not in str(foreign)
    assert foreign["trust_env"] is False
    assert "event_hooks" not in foreign


@pytest.mark.parametrize(
    ("given", "read", "connect"),
    [
        (None, 60, 3),
        (5, 5, 5),
        (2.5, 2.5, 2.5),
        (httpx2.Timeout(connect=1, read=2, write=3, pool=4), 2, 1),
        (httpx2.Timeout(None), None, None),
    ],
)
def test_timeouts_may_be_given_in_many_ways(given: Any, read: Any, connect: Any) -> None:
    kwargs = {} if given is None else {"timeout": given}
    timeout = client_settings(TransportOptions(timeout=Timeout(connect=3), httpx_kwargs=kwargs)).requests[
        "timeout"
    ]
    assert (timeout.read, timeout.connect) == (read, connect)


@pytest.mark.parametrize("wrong", ["soon", [1], object()])
def test_another_timeout_is_told(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^httpx_kwargs: timeout is a number of seconds or an httpx2\.Timeout, not "
    ):
        client_settings(TransportOptions(httpx_kwargs={"timeout": wrong}))


def test_a_context_is_used_as_it_is() -> None:
    context = ssl.create_default_context()
    assert client_settings(TransportOptions(ssl_verify=context)).requests["verify"] is context


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", "utf-8")
    for name in ("missing.pem", "ca.pem"):
        with pytest.raises(ValueError, match=rf"^ssl_verify: the CA file '.*{name}' cannot be read: "):
            client_settings(TransportOptions(ssl_verify=str(tmp_path / name)))


@pytest.mark.parametrize(
    ("base", "domain"),
    [
        ("http://127.0.0.1:1/", "127.0.0.1"),
        ("http://app.example/", "app.example"),
        ("http://localhost:1/", "localhost.local"),
        ("http://[::1]:1/", "[::1].local"),
    ],
)
def test_cookies_are_bound_to_the_host(base: str, domain: str) -> None:
    options = TransportOptions(cookies={"a": "1"}, httpx_kwargs={"cookies": {"a": "0", "b": "2"}})
    jar = shared_cookies(options, base)
    assert sorted((cookie.name, cookie.value, cookie.domain) for cookie in jar) == [
        ("a", "1", domain),
        ("b", "2", domain),
    ]
    client = httpx2.Client(cookies=jar, trust_env=False)
    try:
        assert "a=1" in client.build_request("GET", base).headers["cookie"]
        assert "cookie" not in client.build_request("GET", "http://other.example/").headers
    finally:
        client.close()


def test_a_session_cannot_be_guessed() -> None:
    hashes = {new_session_hash() for _ in range(100)}
    assert len(hashes) == 100
    assert all(len(session_hash) == 32 for session_hash in hashes)


# Bodies


class OnlyRead:
    def read(self, size: int = -1) -> bytes:
        return b"x"


def test_files_are_opened_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    memory = io.BytesIO(b"y")
    request = HttpRequest(
        "POST",
        "http://h/",
        files=(UploadPart("n.txt", str(path)), UploadPart("m", memory), UploadPart("b", b"z")),
    )
    with ExitStack() as stack:
        parts = multipart(request, stack)
        assert [(field, name) for field, (name, _) in parts] == [
            ("files", "n.txt"),
            ("files", "m"),
            ("files", "b"),
        ]
        opened, given, content = (source for _, (_, source) in parts)
        assert opened.read() == b"content"
        assert given is memory
        assert content == b"z"
    assert opened.closed
    assert not memory.closed  # it is the caller's


def test_what_has_no_size_shows_none() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    with ExitStack() as stack, os.fdopen(reading, "rb") as pipe:
        request = HttpRequest("POST", "http://h/", files=(UploadPart("p", pipe), UploadPart("r", OnlyRead())))  # type: ignore[arg-type]
        sources = [source for _, (_, source) in multipart(request, stack)]
        assert [hasattr(source, "fileno") for source in sources] == [False, False]
        assert [source.read(3) for source in sources] == [b"pip", b"x"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_a_file_whose_size_the_system_does_not_know_is_sent_whole(tmp_path: Path) -> None:
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(bytes(100_000)))
    with ExitStack() as stack, Path("/proc/self/status").open("rb") as status, gzip.open(packed) as unpacked:
        status.read(10)
        unpacked.read(10)
        files = (UploadPart("s", status), UploadPart("u", unpacked), UploadPart("p", "/proc/self/status"))
        for _ in range(2):  # an upload that broke is sent again
            sources = [source for _, (_, source) in multipart(HttpRequest("POST", URL, files=files), stack)]
            assert [hasattr(source, "fileno") for source in sources] == [False, False, False]
            assert [source.read(5) for source in sources] == [b"Name:", bytes(5), b"Name:"]
            assert len(sources[1].read()) == 99_995


def test_a_file_that_was_read_is_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    with ExitStack() as stack, path.open("rb") as file:
        file.read(3)
        ((_, (_, source)),) = multipart(HttpRequest("POST", URL, files=(UploadPart("f", file),)), stack)
        assert source is file
        assert source.read() == b"tent"


def test_a_body_brings_its_type() -> None:
    headers = {"x": "1"}
    assert request_headers(HttpRequest("GET", "http://h/", headers=headers)) == {"x": "1"}
    assert request_headers(HttpRequest("POST", "http://h/", b"{}", headers=headers)) == {
        "x": "1",
        "content-type": "application/json",
    }


# Repeating


@pytest.mark.parametrize(
    ("events", "harmless", "kind", "again"),
    [
        ([], False, httpx2.ReadError, True),  # a kept connection was gone
        ([], False, httpx2.RemoteProtocolError, True),
        ([], False, httpx2.WriteError, True),
        (["http11.send_request_body.complete"], False, httpx2.ReadError, False),
        (["http11.send_request_body.complete"], True, httpx2.ReadError, True),
        (["http2.send_request_body.complete"], False, httpx2.ReadError, False),
        (["connection.connect_tcp.started"], True, httpx2.ReadError, False),
        (["http11.receive_response_headers.complete"], True, httpx2.ReadError, False),
        ([], True, httpx2.ConnectError, False),
        ([], True, httpx2.ReadTimeout, False),
        (["something.else"], False, httpx2.ReadError, True),
    ],
)
def test_a_request_that_nobody_read_is_sent_again(
    events: list[str], harmless: bool, kind: Any, again: bool
) -> None:
    attempt = Attempt()
    for event in events:
        attempt.trace(event, None)
    assert attempt.may_repeat(kind("x"), harmless=harmless) is again


# Errors


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


def test_a_file_that_is_too_large_is_told() -> None:
    check_download(5, 5, URL)
    check_download(5, None, URL)
    with pytest.raises(FileTooLargeError) as e:
        check_download(1001, 1000, URL)
    assert str(e.value) == f"the file {SHOWN} has more than max_download=1,000 bytes"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "fe80::1%eth0"])
def test_a_host_with_a_private_address_is_told(address: str) -> None:
    with pytest.raises(FileError) as e:
        check_addresses([(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", (address, 80))], "h")
    assert (
        str(e.value)
        == f"a file is to be fetched from h, which has the private address {address}: not fetched"
    )


def test_a_host_with_public_addresses_is_fetched() -> None:
    found = [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", ("2606:4700::1111", 80, 0, 0))]
    assert check_addresses([*found, found[0]], "h") == ["8.8.8.8", "2606:4700::1111"]


def test_a_broken_stream_is_lost_for_a_reason() -> None:
    cause = transport_error(httpx2.ReadError("gone"), URL)
    error = lost_stream(cause)
    assert str(error) == f"the stream of messages broke: the exchange with {SHOWN} broke: gone"
    assert (error.url, error.__cause__) == (SHOWN, cause)
