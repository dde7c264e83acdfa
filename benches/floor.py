"""The least that a call costs in Python: blocking sockets, the standard library, one connection."""

# ruff: noqa: D102 - benches.rival says what the methods do

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benches.wire import DATA, JOIN, UPLOAD, Fold, file_argument, function_ids, join_body

# uvicorn closes a connection that was idle for 5 s.
KEEPALIVE_SECONDS = 4


class Floor:
    """Hand-written HTTP over one socket."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname, parts.port)
        self._host = f"{parts.hostname}:{parts.port}"
        self._open()
        self._ids = function_ids(self._request("GET", "config"))

    def predicts(self, count: int) -> int:
        return sum(
            self._call("/echo", [f"call {number}"]).values == [f"call {number}"] for number in range(count)
        )

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        fold = self._call(api_name, data)
        return fold.updates, fold.values[-1]

    def receive(self, messages: int) -> int:
        return len(self._call("/echo", [f"chat {messages}"]).values[0])

    def upload(self, path: str) -> int:
        self._keep_open()
        boundary = secrets.token_hex(16)
        part = (
            f"--{boundary}\r\ncontent-disposition: form-data; "
            'name="files"; filename="file.bin"\r\ncontent-type: application/octet-stream\r\n\r\n'
        )
        end = f"\r\n--{boundary}--\r\n"
        length = len(part) + Path(path).stat().st_size + len(end)
        kind = f"multipart/form-data; boundary={boundary}"
        with Path(path).open("rb") as file:
            self._socket.sendall(self._head("POST", UPLOAD, kind, length) + part.encode())
            offset = 0
            while sent := os.sendfile(self._socket.fileno(), file.fileno(), offset, 1 << 30):
                offset += sent
            self._socket.sendall(end.encode())
        uploaded = json.loads(self._body(self._response_headers()))
        return int(self._call("/file_digest", [file_argument(uploaded[0])]).values[0]["size"])

    def download(self, mebibytes: int) -> int:
        file = self._call("/big_file", [mebibytes]).values[0]
        self._socket.sendall(self._head("GET", urlsplit(file["url"]).path[1:], "", 0))
        length = left = int(self._response_headers()["content-length"])
        buffer = memoryview(bytearray(1 << 20))
        with tempfile.TemporaryFile() as copy:
            while left:
                received = self._input.readinto(buffer[: min(left, len(buffer))])
                copy.write(buffer[:received])
                left -= received
        return length

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._input.close()
        self._socket.close()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = self._socket.makefile("rb")
        self._used_at = time.monotonic()

    def _keep_open(self) -> None:
        now = time.monotonic()
        if now - self._used_at > KEEPALIVE_SECONDS:
            self.close()
            self._open()
        self._used_at = now

    def _call(self, api_name: str, data: list[Any]) -> Fold:
        self._keep_open()
        session_hash = secrets.token_hex(16)
        body = json.dumps(join_body(self._ids[api_name], data, session_hash)).encode()
        event_id = json.loads(self._request("POST", JOIN, body))["event_id"]
        fold = Fold()
        for event in self._events(f"{DATA}?session_hash={session_hash}"):
            message = json.loads(event[6:])
            if message.get("event_id") == event_id:
                fold.take(message)
        assert fold.completed
        return fold

    def _request(self, method: str, path: str, body: bytes = b"") -> bytes:
        self._socket.sendall(self._head(method, path, "application/json", len(body)) + body)
        return self._body(self._response_headers())

    def _events(self, path: str) -> Iterator[bytes]:
        self._socket.sendall(self._head("GET", path, "", 0))
        assert self._response_headers()["transfer-encoding"] == "chunked"
        waiting = b""
        while size := int(self._input.readline(), 16):
            chunk = self._input.read(size)
            self._input.readline()
            *events, waiting = (waiting + chunk if waiting else chunk).split(b"\n\n")
            yield from events
        self._input.readline()

    def _head(self, method: str, path: str, kind: str, length: int) -> bytes:
        content = f"content-type: {kind}\r\ncontent-length: {length}\r\n" if length else ""
        return f"{method} /{path} HTTP/1.1\r\nhost: {self._host}\r\n{content}\r\n".encode()

    def _response_headers(self) -> dict[str, str]:
        status = self._input.readline()
        assert b" 200 " in status, status
        headers = {}
        while (line := self._input.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return headers

    def _body(self, headers: dict[str, str]) -> bytes:
        return self._input.read(int(headers["content-length"]))
