"""The hostile server does what it says, so that a client that comes through has come through something."""

from __future__ import annotations

import socket
from collections import Counter
from urllib.parse import urlsplit

import pytest

from gradlink import GradlinkError, handle_file
from tests.hostile.attacks import ATTACKS, PLACES
from tests.hostile.playing import Hostile
from tests.live.shells import Shell


def test_every_class_is_at_every_place() -> None:
    assert set(Counter(attack.kind for attack in ATTACKS.values()).values()) == {len(PLACES)}


def test_an_honest_app_works(hostile: Hostile, connect: Shell) -> None:
    with connect(hostile.app("honest")) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert client.predict("x", api_name="/run") == "x"
        assert client.predict({"a": 1}, api_name="/json") == {"a": 1}
        assert client.predict(handle_file(__file__), api_name="/up").startswith("/srv/")
        with open(client.predict("x", api_name="/file"), "rb") as file:  # noqa: PTH123 - a path as text
            assert file.read() == b"the file of a result"


def test_a_script_is_said_as_it_is(hostile: Hostile, connect: Shell) -> None:
    end = '{"output": {"data": ["scripted"], "is_generating": false}, "success": true}'
    reply = {"status": 418, "body": "short and stout"}
    url = hostile.script(messages=[": a comment\n\n"], end=end, replies={"/reset": reply})
    with connect(url) as client:
        assert client.predict("x", api_name="/echo") == "scripted"
    paths = [asked["path"] for asked in hostile.asked(url)]
    assert {"/config", "/gradio_api/info", "/gradio_api/queue/join", "/gradio_api/queue/data"} <= set(paths)


@pytest.mark.parametrize("name", ["slow-head@config", "endless@config", "informational@config"])
def test_an_attack_ends_when_the_client_is_gone(hostile: Hostile, name: str) -> None:
    address = urlsplit(hostile.url)
    before = len(hostile.asked(name))
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(f"GET /{name}/config HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert client.recv(8) == b"HTTP/1.1"
    while (last := hostile.asked(name)[before:]) and last[0]["ended"] is None:
        pass
    assert [one["ended"] for one in last] == ["left"]


def test_an_answer_that_switches_to_another_protocol_is_none(hostile: Hostile, connect: Shell) -> None:
    url = hostile.script(replies={"/queue/join": {"status": 101}})
    with connect(url, retries=0) as client:
        job = client.submit("x", api_name="/echo")
        for call in (job.result, lambda: client.predict("x", api_name="/echo")):
            with pytest.raises(GradlinkError) as raised:
                call()
            assert "in time" not in str(raised.value)
