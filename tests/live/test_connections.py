"""What breaks before a word of HTTP is said: names that are not found, certificates and handshakes that fail."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme

from gradlink import (
    ConnectError,
    GradlinkError,
    JobTimeoutError,
    Retries,
    Status,
    StreamLostError,
    Timeout,
    TransportError,
)
from tests.live.hosts import Answer, host, relay
from tests.live.servers import Server, Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, follow, new_key, status_is

QUICK = Retries(base_seconds=0.01)
# Each request looks its host up again, and has a connection of its own.
UNKEPT = {"limits": httpx2.Limits(max_keepalive_connections=0)}


def outcome(client: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the value of a call or its error."""
    job = client.submit(*args, **kwargs)
    try:
        return job.result(timeout=END_SECONDS)
    except GradlinkError as exc:
        return exc


# Names


class Names:
    """What ``localhost`` means: an address, or nothing as long as ``unknown`` is not 0."""

    def __init__(self) -> None:
        self._look_up = socket.getaddrinfo
        self.unknown = 0
        self.refused = 0
        self.said = (socket.EAI_AGAIN, "Temporary failure in name resolution")

    def __call__(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        if name in {"localhost", b"localhost"}:
            if self.unknown > 0:
                self.unknown -= 1
                self.refused += 1
                raise socket.gaierror(*self.said)
            name = "127.0.0.1"
        return self._look_up(name, *args, **kwargs)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


@pytest.fixture
def named(server: Servers) -> str:
    """Give the address of an app at a name."""
    return server("nostate").url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("retries", [0, 2])
def test_a_name_that_is_none_is_a_connect_error(names: Names, connect: Shell, retries: int) -> None:
    url = "http://localhost:1/"
    names.unknown, names.said = 1000, (socket.EAI_NONAME, "Name or service not known")
    with (
        pytest.raises(ConnectError, match=rf"^no connection to {url}config: .*not known") as e,
        connect(url, retries=Retries(count=retries, base_seconds=0.01)),
    ):
        pass
    assert isinstance(e.value, ConnectionError)
    # What does not exist does not exist a moment later.
    assert (e.value.url, e.value.execution, e.value.attempts) == (f"{url}config", "not started", 1)


def test_a_name_that_is_not_found_for_a_moment_is_looked_up_again(
    names: Names, named: str, connect: Shell
) -> None:
    names.unknown = 3
    with connect(named, retries=QUICK, httpx_kwargs=UNKEPT) as client:
        assert names.refused == 3
        names.unknown = 2
        assert outcome(client, "x", api_name="/echo") == "x"
        assert names.refused == 5


def test_a_name_that_is_gone_starts_nothing(names: Names, named: str, connect: Shell) -> None:
    with connect(named, retries=QUICK, httpx_kwargs=UNKEPT) as client:
        names.unknown = 1000
        error = outcome(client, "x", api_name="/echo")
        assert (type(error), error.execution, error.attempts) == (ConnectError, "not started", 4)
        assert "name resolution" in str(error)
        names.unknown = 0
        assert outcome(client, "x", api_name="/echo") == "x"


# Hosts that do not answer


@pytest.fixture
def deaf() -> Iterator[str]:
    """Give the address of a host that answers no attempt to connect: its queue for them is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}/"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse what Linux leaves waiting")
@pytest.mark.parametrize("limit", [Timeout(connect=0.2), httpx2.Timeout(0.2)], ids=["gradlink", "httpx2"])
def test_a_host_that_does_not_answer_is_given_up(deaf: str, connect: Shell, limit: Any) -> None:
    options = {"timeout": limit} if isinstance(limit, Timeout) else {"httpx_kwargs": {"timeout": limit}}
    with (
        pytest.raises(ConnectError, match=rf"^no connection to {deaf}config: ") as e,
        connect(deaf, retries=Retries(count=1, base_seconds=0.01), **options),
    ):
        pass
    # That of gradlink is the limit of connecting as a whole, so it is not tried again.
    attempts = 1 if isinstance(limit, Timeout) else 2
    assert (e.value.execution, e.value.attempts) == ("not started", attempts)
    assert isinstance(e.value, JobTimeoutError)
    assert (e.value.phase, e.value.seconds) == ("connect", 0.2)


# Certificates and handshakes


@pytest.fixture
def tls(server: Servers) -> Server:
    return server("tls")


@pytest.fixture
def trusting(tls: Server) -> dict[str, Any]:
    """Give the options of a client that trusts the app."""
    return {"ssl_verify": tls.ca_file, "retries": QUICK}


def secure(url: str) -> str:
    return url.replace("http://", "https://")


class Authority:
    """Signs certificates, and is trusted by the client."""

    def __init__(self, folder: Path) -> None:
        self._signer = trustme.CA()
        self.file = str(folder / "ca.pem")
        self._signer.cert_pem.write_to_path(self.file)

    def context(self, name: str, **options: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._signer.issue_cert(name, **options).configure_cert(context)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
WRONG = {
    "of another host": ("app.example", {}, "certificate is not valid for '127.0.0.1'"),
    "that has run out": (
        "127.0.0.1",
        {"not_before": LONG_AGO, "not_after": LONG_AGO + dt.timedelta(days=1)},
        "certificate has expired",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_certificate_that_is_wrong_is_named_and_not_tried_again(
    authority: Authority, connect: Shell, kind: str
) -> None:
    name, options, said = WRONG[kind]
    with host({"/config": Answer()}, context=authority.context(name, **options)) as elsewhere:
        url = secure(elsewhere.url)
        with (
            pytest.raises(ConnectError, match=rf"^no connection to {url}config: .*{said}") as e,
            connect(url, ssl_verify=authority.file, retries=QUICK),
        ):
            pass
    assert (e.value.execution, e.value.attempts) == ("not started", 1)
    assert elsewhere.asked == []


def test_whom_the_environment_names_is_trusted(
    tls: Server, connect: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.ca_file))
    with connect(tls.url, retries=QUICK) as client:
        assert client.predict("x", api_name="/echo") == "x"


def test_an_app_that_nobody_vouches_for_is_not_trusted(
    tls: Server, connect: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    with (
        pytest.raises(ConnectError, match=rf"^no connection to {tls.url}/?config: .*certificate") as e,
        connect(tls.url, retries=QUICK),
    ):
        pass
    assert (e.value.execution, e.value.attempts) == ("not started", 1)


def test_https_where_http_is_spoken_is_a_connect_error(server: Servers, connect: Shell) -> None:
    url = secure(server("nostate").url)
    with (
        pytest.raises(ConnectError, match=rf"^no connection to {url}config: ") as e,
        connect(url, retries=QUICK),
    ):
        pass
    assert e.value.execution == "not started"


def test_http_where_https_is_spoken_is_a_broken_exchange(tls: Server, connect: Shell) -> None:
    url = tls.url.replace("https://", "http://")
    with (
        pytest.raises(TransportError, match=rf"^the exchange with {url}config broke: "),
        connect(url, retries=QUICK),
    ):
        pass


def test_a_handshake_that_is_cut_is_made_again(tls: Server, trusting: dict[str, Any], connect: Shell) -> None:
    with relay(tls.origin) as between:
        between.cuts = 2
        with connect(secure(between.url), httpx_kwargs=UNKEPT, **trusting) as client:
            assert between.cuts == 0
            between.cuts = 1
            assert outcome(client, "x", api_name="/echo") == "x"
            assert between.cuts == 0


def test_handshakes_that_are_all_cut_start_nothing(
    tls: Server, trusting: dict[str, Any], connect: Shell
) -> None:
    with (
        relay(tls.origin) as between,
        connect(secure(between.url), httpx_kwargs=UNKEPT, **trusting) as client,
    ):
        between.cuts = 1000
        error = outcome(client, "x", api_name="/echo")
        assert (type(error), error.execution, error.attempts) == (ConnectError, "not started", 4)


def test_a_stream_that_is_cut_without_a_goodbye_is_lost(
    tls: Server, trusting: dict[str, Any], connect: Shell
) -> None:
    key = new_key()
    with relay(tls.origin) as between, connect(secure(between.url), **trusting) as client:
        job = client.submit(key, api_name="/gate_parallel")
        follow(job.events(), status_is(Status.PROCESSING))  # what came over the stream
        assert between.drop() > 0
        error = job.exception(timeout=END_SECONDS)
        assert (type(error), error.execution) == (StreamLostError, "unknown")
        assert outcome(client, "x", api_name="/echo") == "x"
