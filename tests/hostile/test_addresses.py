"""What an app names is fetched from the app's own origin, or from nowhere near the caller."""

from __future__ import annotations

import copy
import pickle
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpcore2
import httpx2
import pytest

from gradlink import Client, FileData, FileError, handle_file
from gradlink._async.doors import open_door as open_async_door
from gradlink._async.driver import AsyncDriver
from gradlink._async.network import AsyncNetwork, CheckedAsyncNetwork
from gradlink._flows.collect import fetch
from gradlink._flows.exchange import Access
from gradlink._local.store import Stores
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from gradlink._shell.options import TransportOptions
from gradlink._sync.doors import open_door
from gradlink._sync.driver import Driver
from gradlink._sync.network import CheckedNetwork, Network
from gradlink.errors import ConnectError
from tests.hostile.playing import Hostile
from tests.live.shells import Shell

PUBLIC = "93.184.216.34"


def elsewhere(hostile: Hostile, app: str = "honest") -> str:
    """Return the address of a file of an app at another private origin than that of ``hostile.url``."""
    return f"http://localhost:{urlsplit(hostile.url).port}/{app}/gradio_api/file=/srv/secret.txt"


def fetched(hostile: Hostile, app: str = "honest") -> int:
    return sum("secret" in asked["path"] for asked in hostile.asked(app))


def naming(hostile: Hostile, url: str) -> str:
    """Return the address of an app whose results are files at ``url``."""
    file = {
        "path": "/srv/x",
        "url": url,
        "orig_name": "x",
        "size": None,
        "meta": {"_type": "gradio.FileData"},
    }
    import json

    return hostile.script(
        end=json.dumps({"output": {"data": [file], "is_generating": False}, "success": True})
    )


def uploads(hostile: Hostile, url: str) -> list[str]:
    return [asked["body"] for asked in hostile.asked(url) if asked["path"].endswith("/upload")]


CARRIED: list[Callable[[FileData], Any]] = [
    lambda file: file,
    copy.copy,
    copy.deepcopy,
    lambda file: pickle.loads(pickle.dumps(file)),  # noqa: S301 - made a moment ago
    lambda file: FileData(**file),
    lambda file: FileData({**file, "path": file["url"]}),
    dict,
    lambda file: {**handle_file("http://127.0.0.1:1/x"), **file},
]


@pytest.mark.parametrize("carry", CARRIED)
def test_what_an_app_names_elsewhere_is_not_fetched_to_be_sent(
    hostile: Hostile, connect: Shell, carry: Callable[[FileData], Any]
) -> None:
    before = fetched(hostile)
    url = naming(hostile, elsewhere(hostile))
    with connect(url, download_files=False) as client:
        file = client.predict("x", api_name="/file")
        assert isinstance(file, FileData)
        client.predict(carry(file), api_name="/up")
    assert uploads(hostile, url) == []
    assert fetched(hostile) == before


def test_an_address_that_replaced_the_one_of_the_program_is_not_fetched(
    hostile: Hostile, connect: Shell
) -> None:
    before = fetched(hostile)
    file = handle_file("http://127.0.0.1:1/x")
    file.update(url=elsewhere(hostile))
    with connect(hostile.app("honest")) as client:
        client.predict(file, api_name="/up")
    assert fetched(hostile) == before


@pytest.mark.parametrize("carry", CARRIED[:4])
def test_what_the_program_names_is_fetched_and_sent(
    hostile: Hostile, connect: Shell, carry: Callable[[FileData], Any]
) -> None:
    url = hostile.script()
    with connect(url) as client:
        client.predict(carry(handle_file(elsewhere(hostile))), api_name="/up")
    (body,) = uploads(hostile, url)
    assert "the file of a result" in body


@pytest.mark.parametrize("carry", CARRIED[:4])
def test_a_file_of_one_app_can_be_given_to_another(
    hostile: Hostile, connect: Shell, carry: Callable[[FileData], Any]
) -> None:
    other = hostile.script().replace("127.0.0.1", "localhost")
    with (
        connect(hostile.app("honest"), download_files=False) as one,
        connect(other) as another,
    ):
        another.predict(carry(one.predict("x", api_name="/file")), api_name="/up")
    (body,) = uploads(hostile, other.replace("localhost", "127.0.0.1"))
    assert "the file of a result" in body


def test_a_host_that_the_program_names_may_not_redirect_into_the_network(
    hostile: Hostile, connect: Shell
) -> None:
    before = fetched(hostile)
    moved = {"status": 302, "headers": {"location": elsewhere(hostile)}, "body": ""}
    url = hostile.script(replies={"/moved": moved})
    with (
        connect(hostile.app("honest")) as client,
        pytest.raises(
            FileError, match=r"^the file 'moved' is redirected to http://localhost:.*: a private address"
        ),
    ):
        client.predict(handle_file(url + "moved"), api_name="/up")
    assert fetched(hostile) == before


# Names whose addresses change


class Names:
    """Gives one answer after the other for any name, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    async def on_a_loop(self, host: str, port: int, **_: Any) -> list[Any]:
        return self(host, port)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let no connection be made, and note to which hosts they were to be made."""
    hosts: list[str] = []

    def refuse(_self: object, host: str, *_: Any) -> Any:
        hosts.append(host)
        raise httpcore2.ConnectError("refused by the test")

    def refuse_plainly(address: tuple[str, int], *_: Any) -> Any:
        hosts.append(address[0])
        raise OSError("refused by the test")

    async def arefuse(self: object, host: str, *_: Any) -> Any:
        refuse(self, host)

    async def arefuse_plainly(host: str, *_: Any) -> Any:
        refuse_plainly((host, 0))

    monkeypatch.setattr("socket.create_connection", refuse_plainly)
    monkeypatch.setattr(Network, "connect_tcp", refuse)
    monkeypatch.setattr(AsyncNetwork, "connect_tcp", arefuse)
    monkeypatch.setattr("gradlink._async.wire.connect_to", arefuse_plainly)
    return hosts


def answer(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Names:
    names = Names(*answers)
    monkeypatch.setattr("socket.getaddrinfo", names)
    monkeypatch.setattr("anyio.getaddrinfo", names.on_a_loop)
    return names


def download(shell: str, tmp_path: Path, retries: int = 0) -> None:
    """Fetch a file that a public app names at another host."""
    access = Access(Routes("https://app.example/"), retries=Retries(count=retries, base_seconds=0))
    further = {"limits": httpx2.Limits()} if shell.endswith("with httpx2") else {}
    options = TransportOptions(httpx_kwargs={"trust_env": False, **further})
    flow = fetch(access, "http://rebinding.example/x", False, "x")
    if shell.startswith("sync"):
        driver = Driver(options, "https://app.example/", Stores(tmp_path))
        try:
            driver.run(flow)
        finally:
            driver.close()
        return

    async def run() -> None:
        adriver = AsyncDriver(options, "https://app.example/", Stores(tmp_path))
        try:
            await adriver.run(flow)
        finally:
            await adriver.close()

    anyio.run(run, backend=shell.partition(" ")[0])


EACH = pytest.mark.parametrize(
    "shell", ["sync", "sync with httpx2", "asyncio", "trio", "asyncio with httpx2", "trio with httpx2"]
)


@EACH
def test_the_address_that_was_checked_is_the_one_that_is_used(
    shell: str, tmp_path: Path, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = answer(monkeypatch, [PUBLIC], ["127.0.0.1"])
    with pytest.raises(ConnectError, match="refused by the test"):
        download(shell, tmp_path)
    assert (names.asked, connected) == (["rebinding.example"], [PUBLIC])


@EACH
def test_a_name_that_leads_into_the_network_the_next_time_is_refused(
    shell: str, tmp_path: Path, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, [PUBLIC], ["127.0.0.1"])
    with pytest.raises(
        FileError, match=r"^a file is to be fetched from rebinding\.example, which has the private"
    ):
        download(shell, tmp_path, retries=3)
    assert connected == [PUBLIC]


@EACH
@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["0.0.0.0"],  # noqa: S104 - nothing is bound
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["2002:a00:1::"],
        ["::1"],
        ["fe80::1%eth0"],
        ["fd00::1"],
    ],
    ids=str,
)
def test_one_private_address_is_enough(
    shell: str, tmp_path: Path, connected: list[str], monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    answer(monkeypatch, addresses)
    with pytest.raises(FileError, match=r"has the private address "):
        download(shell, tmp_path)
    assert connected == []


@EACH
def test_all_public_addresses_are_tried(
    shell: str, tmp_path: Path, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, [PUBLIC, "8.8.8.8", PUBLIC])
    with pytest.raises(ConnectError):
        download(shell, tmp_path)
    assert connected == [PUBLIC, "8.8.8.8"]


def test_a_proxy_is_connected_to_wherever_it_is() -> None:
    """It is the program's, and looks the names up itself; addresses without a name are refused before."""
    options = TransportOptions(httpx_kwargs={"proxy": "http://127.0.0.1:3128", "trust_env": False})
    door: Any = open_door(options, "https://app.example/", print)
    try:
        client = door._client_for("checked")
        networks = {
            pattern.pattern: type(transport._pool._network_backend)
            for pattern, transport in client._mounts.items()
        }
        assert networks == {"all://": Network}
        assert type(client._transport._pool._network_backend) is CheckedNetwork
    finally:
        door.close()


def test_every_connection_of_a_client_keeps_to_the_limits(hostile: Hostile) -> None:
    """httpx2 has no option for it: this is what a release of it could break."""
    with Client(hostile.app("honest"), verbose=False, httpx_kwargs={"limits": httpx2.Limits()}) as client:
        door: Any = client._shared.connection.driver._door
        for inside in (door._requests, door._streams):
            assert type(inside._transport._pool._network_backend) is Network

    async def on_a_loop() -> None:
        options = TransportOptions(httpx_kwargs={"limits": httpx2.Limits()})
        adoor: Any = open_async_door(options, "https://app.example/")
        checked = adoor._client_for("checked")
        assert type(checked._transport._pool._network_backend) is CheckedAsyncNetwork
        for inside in (adoor._requests, adoor._streams, adoor._client_for("foreign")):
            assert type(inside._transport._pool._network_backend) is AsyncNetwork
        await adoor.close()

    anyio.run(on_a_loop)
