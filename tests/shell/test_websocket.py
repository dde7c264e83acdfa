"""The frames of a WebSocket, against a server made of bytes."""

from __future__ import annotations

import base64
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage

from gradlink import ProtocolError
from gradlink._shell.websocket import Frames, handshake_headers


class Peer:
    """The server's end."""

    def __init__(self) -> None:
        self._connection = Connection(ConnectionType.SERVER)

    def say(self, *events: Event) -> bytes:
        return b"".join(self._connection.send(event) for event in events)

    def hear(self, data: bytes) -> list[Event]:
        self._connection.receive_data(data)
        return list(self._connection.events())


def closes(events: list[Event]) -> list[int]:
    """Return the codes of those events, all of which close."""
    return [event.code for event in events if isinstance(event, CloseConnection)]


def test_a_handshake_has_a_key_of_its_own() -> None:
    one, other = handshake_headers(), handshake_headers()
    assert {**one, "sec-websocket-key": ""} == {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "",
        "sec-websocket-version": "13",
    }
    assert len(base64.b64decode(one["sec-websocket-key"])) == 16
    assert one["sec-websocket-key"] != other["sec-websocket-key"]


def test_messages_come_whole_however_they_are_cut() -> None:
    data = Peer().say(
        TextMessage("one"),
        TextMessage("tw", message_finished=False),
        TextMessage("o ü🙂\u2028"),
        TextMessage(""),
    )
    frames = Frames()
    messages = [message for byte in data for message in frames.receive(bytes([byte]))[0]]
    assert messages == ["one", "two ü🙂\u2028", ""]
    assert Frames().receive(data) == (messages, b"")
    assert not frames.closed


@given(texts=st.lists(st.text(), max_size=4), cuts=st.lists(st.integers(0, 200), max_size=4))
def test_any_messages_come_through(texts: list[str], cuts: list[int]) -> None:
    data = Peer().say(*map(TextMessage, texts))
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    frames = Frames()
    received = [data[start:end] for start, end in itertools.pairwise(places)]
    assert [message for part in received if part for message in frames.receive(part)[0]] == texts


def test_a_ping_is_answered() -> None:
    peer, frames = Peer(), Frames()
    messages, answer = frames.receive(peer.say(Ping(b"there?"), TextMessage("x")))
    assert messages == ["x"]
    assert peer.hear(answer) == [Pong(b"there?")]


def test_what_gradio_never_sends_is_no_message() -> None:
    assert Frames().receive(Peer().say(BytesMessage(b"x"), Pong(b"y"))) == ([], b"")


@pytest.mark.parametrize(("code", "clean"), [(1000, True), (1001, False), (1011, False)])
def test_a_close_is_answered(code: int, clean: bool) -> None:
    peer, frames = Peer(), Frames()
    messages, answer = frames.receive(peer.say(TextMessage("last"), CloseConnection(code)))
    assert messages == ["last"]
    assert (frames.closed, frames.clean) == (True, clean)
    assert closes(peer.hear(answer)) == [code]
    assert frames.close() == b""  # it is closed already


def test_a_connection_may_end_without_a_word() -> None:
    frames = Frames()
    assert frames.receive(b"") == ([], b"")
    assert (frames.closed, frames.clean) == (True, False)


def test_what_is_said_is_heard() -> None:
    peer, frames = Peer(), Frames()
    assert peer.hear(frames.text("hällo")) == [TextMessage("hällo")]
    assert closes(peer.hear(frames.close())) == [1000]
    assert frames.close() == b""


@pytest.mark.parametrize("data", [b"HTTP/1.1 200 OK\r\n\r\n", b"\xff" * 20, b"\x81\x82mask\x00\x00"])
def test_what_is_no_frame_ends_the_socket(data: bytes) -> None:
    frames = Frames()
    assert frames.receive(data)[0] == []
    assert (frames.closed, frames.clean) == (True, False)


def test_nothing_can_be_said_after_the_end() -> None:
    peer, frames = Peer(), Frames()
    frames.receive(peer.say(CloseConnection(1000)))
    with pytest.raises(ProtocolError, match=r"^the server sent no WebSocket frame: "):
        frames.receive(b"more")
