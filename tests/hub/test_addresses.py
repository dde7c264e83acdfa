"""Spaces by their own https address: ``https://user-space.hf.space`` leads to the local Hub through a proxy."""

from __future__ import annotations

import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from gradlink import (
    Client,
    NotFoundError,
    SpaceNotFoundError,
    SpaceNotRunningError,
    SpaceStatus,
    TransportError,
)
from gradlink.testing.hub import HubSpace, LocalHub
from tests.live.servers import Servers
from tests.live.shells import Shell


class Gateway(socketserver.ThreadingTCPServer):
    """A proxy for CONNECT that is itself the host it is asked for, with a certificate that says so.

    Attributes:
        places: where a host really is.
        asked: the hosts that were asked for.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.tls = tls
        self.places: dict[str, str] = {}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Visit)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Visit(socketserver.BaseRequestHandler):
    server: Gateway

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(1 << 16)
            if not more:
                return
            head += more
        host = head.split()[1].decode().partition(":")[0]
        self.server.asked.append(host)
        place = self.server.places.get(host)
        if place is None:
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        parts = urlsplit(place)
        with (
            self.server.tls.wrap_socket(self.request, server_side=True) as client,
            socket.create_connection((parts.hostname or "", parts.port or 80)) as space,
        ):
            _splice(client, space)


def _splice(client: ssl.SSLSocket, space: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, space)
        selector.register(space, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                source: Any = key.fileobj
                data = source.recv(1 << 16)
                # What is decrypted already is not readable for the selector.
                while source is client and client.pending():
                    data += client.recv(client.pending())
                if not data:
                    return
                key.data.sendall(data)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def gateway(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Lead every https request through a gateway to the Spaces."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("*.hf.space").configure_cert(tls)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Gateway(tls) as gateway:
        monkeypatch.setenv("HTTPS_PROXY", gateway.url)
        threading.Thread(target=gateway.serve_forever, args=(0.05,), daemon=True).start()
        yield gateway
        gateway.shutdown()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def publish(gateway: Gateway, space: HubSpace) -> str:
    """Give a Space its address at hf.space and return it."""
    host = f"{space.subdomain}.hf.space"
    gateway.places[host] = space.url
    return f"https://{host}"


def test_a_space_is_called_by_its_address(
    connect: Shell, hub: LocalHub, server: Servers, gateway: Gateway, ca_file: str
) -> None:
    url = publish(gateway, hub.add_space("me/app", server().url))
    with connect(url, ssl_verify=ca_file) as client:
        assert client.src == f"{url}/"
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.space_id is None
    # The app answered, so there was nothing to ask the Hub.
    assert hub.requests("hub") == []
    assert set(gateway.asked) == {"me-app.hf.space"}


def test_a_private_space_is_called_by_its_address_with_the_saved_token(
    connect: Shell,
    hub: LocalHub,
    server: Servers,
    gateway: Gateway,
    ca_file: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = publish(gateway, hub.add_space("me/app", server().url, private=True))
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    with connect(url, ssl_verify=ca_file) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert {request.account for request in hub.requests("me/app")} == {"me"}


def test_a_private_space_without_a_token_is_explained(
    connect: Shell, hub: LocalHub, server: Servers, gateway: Gateway, ca_file: str
) -> None:
    url = publish(gateway, hub.add_space("me/app", server().url, private=True))
    with (
        pytest.raises(SpaceNotFoundError, match=rf"the Hub shows no Space {url}/ to callers without a token"),
        connect(url, ssl_verify=ca_file),
    ):
        pass


def test_a_sleeping_space_is_woken_up_by_its_address(
    connect: Shell, hub: LocalHub, server: Servers, gateway: Gateway, ca_file: str
) -> None:
    space = hub.add_space("me/app", server().url, stages=["SLEEPING"], wakes_through=["APP_STARTING"])
    url = publish(gateway, space)
    reported: list[SpaceStatus] = []

    def listen(status: SpaceStatus) -> None:
        reported.append(status)
        space.play(["RUNNING"])  # by the time that it is told, it is up

    with connect(url, ssl_verify=ca_file, on_status=listen, retries=0) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.space_id == "me/app"
    assert [status.stage for status in reported] == ["APP_STARTING", "RUNNING"]
    assert hub.requests("hub")[0].path == "/api/spaces/by-subdomain/me-app"


def test_a_paused_space_is_explained_by_its_address(
    connect: Shell, hub: LocalHub, server: Servers, gateway: Gateway, ca_file: str
) -> None:
    url = publish(gateway, hub.add_space("me/app", server().url, stages=["PAUSED"]))
    with (
        pytest.raises(SpaceNotRunningError, match="the Space me/app is paused"),
        connect(url, ssl_verify=ca_file, retries=0),
    ):
        pass


def test_what_the_hub_cannot_explain_keeps_its_error(
    connect: Shell, hub: LocalHub, gateway: Gateway, ca_file: str
) -> None:
    with LocalHub() as site:
        space = hub.add_space("me/site", site.url)
        url = publish(gateway, space)
        with pytest.raises(NotFoundError, match="is not a Gradio app"), connect(url, ssl_verify=ca_file):
            pass
        assert [request.path for request in hub.requests("hub")] == ["/api/spaces/by-subdomain/me-site"]
        # The Hub says that it runs, so asking it once more would bring nothing new.
        assert [request.path for request in hub.requests("me/site")].count("/config") == 1
        hub.answer_next(503, times=9)
        with (
            pytest.raises(NotFoundError, match="is not a Gradio app"),
            connect(url, ssl_verify=ca_file, retries=0),
        ):
            pass


def test_a_space_with_a_wrong_certificate_gets_no_token(
    hub: LocalHub, server: Servers, gateway: Gateway
) -> None:
    url = publish(gateway, hub.add_space("me/app", server().url))
    with pytest.raises(TransportError, match=r"(?i)certificate"):
        Client(url, token="hf_me", verbose=False)
    assert hub.requests() == []
