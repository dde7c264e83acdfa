"""The frames of a WebSocket, without the socket."""

from __future__ import annotations

import base64
import secrets

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import CloseConnection, Ping, TextMessage
from wsproto.utilities import ProtocolError as FrameError

from gradlink._protocol.sse import message_too_large
from gradlink.errors import ProtocolError

NORMAL_CLOSURE = 1000
# How many bytes are read at once, and how long each write may take.
READ_BYTES = 1 << 16
WRITE_SECONDS = 60.0


def handshake_headers() -> dict[str, str]:
    """Return the headers that ask for a WebSocket."""
    return {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": base64.b64encode(secrets.token_bytes(16)).decode("ascii"),
        "sec-websocket-version": "13",
    }


class Frames:
    """One WebSocket after its handshake.

    Args:
        max_message: bytes that a message may have, None for no limit.

    Attributes:
        closed: the peer has closed it, or the connection has ended.
        clean: it was closed properly, with a frame that says so.
    """

    def __init__(self, max_message: int | None = None) -> None:
        self._connection = Connection(ConnectionType.CLIENT)
        self._max_message = max_message
        # As bytes: one wide character makes all of its piece wide as text.
        self._parts: list[bytes] = []
        self._size = 0
        self.closed = False
        self.clean = False

    def receive(self, data: bytes) -> tuple[list[str], bytes]:
        """Take bytes of the peer, none at the end of the connection; return messages, and bytes to answer.

        Raises ProtocolError if the bytes are not WebSocket frames, AnswerTooLargeError if a message is too large.
        """
        messages: list[str] = []
        answer = b""
        try:
            self._connection.receive_data(data or None)
            for event in self._connection.events():
                match event:
                    case TextMessage(data=text, message_finished=finished):
                        self._take(text)
                        if finished:
                            messages.append(b"".join(self._parts).decode("utf-8"))
                            self._parts.clear()
                            self._size = 0
                    case Ping():
                        answer += self._connection.send(event.response())
                    case CloseConnection(code=code):
                        self.closed = True
                        self.clean = code == NORMAL_CLOSURE
                        if self._connection.state is ConnectionState.REMOTE_CLOSING:
                            answer += self._connection.send(event.response())
                    case _:
                        pass  # pongs, and binary messages that no Gradio sends
        except FrameError as exc:
            raise ProtocolError(f"the server sent no WebSocket frame: {exc}") from exc
        self.closed = self.closed or not data
        return messages, answer

    def _take(self, text: str) -> None:
        part = text.encode("utf-8")
        self._size += len(part)
        if self._max_message is not None and self._size > self._max_message:
            raise message_too_large(self._max_message)
        self._parts.append(part)

    def text(self, message: str) -> bytes:
        """Return the bytes that send ``message``."""
        return self._connection.send(TextMessage(data=message))

    def close(self) -> bytes:
        """Return the bytes that close the socket, none if it is closed already."""
        if self._connection.state is not ConnectionState.OPEN:
            return b""
        return self._connection.send(CloseConnection(code=NORMAL_CLOSURE))
