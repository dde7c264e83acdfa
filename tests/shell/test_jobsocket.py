"""What is written on a job's WebSocket after what was read, against a server made of bytes."""

from __future__ import annotations

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from gradlink import StreamLostError
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._shell.jobsocket import JobSocket


class Peer(Connection):
    """The server's end."""

    def __init__(self) -> None:
        super().__init__(ConnectionType.SERVER)

    def hear(self, data: bytes) -> list[object]:
        self.receive_data(data)
        return list(self.events())


def answers(text: str) -> JSONObject | None:
    return {"to": text} if text.startswith("send") else None


def test_messages_are_answered_in_order() -> None:
    peer, socket = Peer(), JobSocket(None, answers)
    data = b"".join(
        map(peer.send, (TextMessage("send_hash"), TextMessage("estimation"), TextMessage("send_data")))
    )
    heard = [peer.hear(written) for written in socket.receive(data)]
    texts = [[event.data for event in events if isinstance(event, TextMessage)] for events in heard]
    assert texts == [['{"to": "send_hash"}'], ['{"to": "send_data"}']]


def test_a_ping_is_answered_before_the_messages() -> None:
    peer, socket = Peer(), JobSocket(None, answers)
    data = peer.send(TextMessage("send_hash")) + peer.send(Ping(b"x"))
    kinds = [type(event) for written in socket.receive(data) for event in peer.hear(written)]
    assert kinds == [Pong, TextMessage]


def test_whoever_is_done_closes_the_socket() -> None:
    peer, socket = Peer(), JobSocket(None, answers)
    assert not socket.closed
    [event] = peer.hear(socket.close(ended=True))
    assert isinstance(event, CloseConnection)


def test_a_socket_that_is_dropped_is_lost_unless_its_job_has_ended() -> None:
    socket = JobSocket(None, answers)
    assert list(socket.receive(b"")) == []
    assert socket.closed
    with pytest.raises(StreamLostError, match="dropped the job's socket"):
        socket.close(ended=False)
    socket.close(ended=True)


def test_a_socket_that_the_server_closes_is_not_lost() -> None:
    peer, socket = Peer(), JobSocket(None, answers)
    list(socket.receive(peer.send(CloseConnection(1000))))
    assert (socket.closed, socket.close(ended=False)) == (True, b"")
