"""A minimal server of Gradio's wire format, for what a real server is too slow to show.

``python -m benches.stub URL`` describes itself as the app at URL does, and prints its own URL. Its functions are
``/echo``, ``/count``, ``/chat``, ``/file_digest`` and ``/big_file`` of ``tests.apps.everything``, without an app
behind: all answers come at once, files are counted and thrown away.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

# Between the updates of a text that is called "paced", so that each arrives alone.
PACE_SECONDS = 0.002
MEBIBYTE = bytes(1 << 20)
STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
)
ANSWER_LENGTH = 200  # what a token of a chat is added to, in characters
DURATION = 0.00021314620971679688  # of any function, in seconds, with as many digits as Gradio sends

Headers = dict[str, str]


@dataclass(slots=True)
class Session:
    """Messages on their way to a session's stream, and how many of its events have not ended."""

    messages: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue[bytes])
    pending: int = 0


class Stub:
    """The server; one instance for all connections."""

    def __init__(self, config: bytes, info: bytes) -> None:
        self._pages = {"/config": config, "/gradio_api/info": info}
        self._names = {fn["id"]: fn["api_name"] for fn in json.loads(config)["dependencies"]}
        self._sessions: dict[str, Session] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._sizes: dict[str, int] = {}
        self._events = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it ends."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                _, target, _ = head[0].split(" ")
                pairs = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                await self._answer(urlsplit(target), headers, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, target: Any, headers: Headers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        path = target.path
        if path == "/gradio_api/queue/join":
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            await reply(writer, json.dumps({"event_id": self._join(body)}).encode())
        elif path == "/gradio_api/queue/data":
            await self._stream(parse_qs(target.query)["session_hash"][0], writer)
        elif path == "/gradio_api/upload":
            await reply(writer, json.dumps([await self._receive(headers, reader)]).encode())
        elif path.startswith("/gradio_api/file="):
            await send_file(writer, int(path.split("/")[-2]))
        elif path.startswith("/gradio_api/heartbeat/"):
            writer.write(STREAM)
            await reader.read()
        elif path in self._pages:
            await reply(writer, self._pages[path])
        else:
            await reply(writer, b'{"detail":"Not Found"}', "404 Not Found")

    def _join(self, body: dict[str, Any]) -> str:
        self._events += 1
        event_id = f"{self._events:032x}"
        session = self._sessions.setdefault(body["session_hash"], Session())
        session.pending += 1
        running = asyncio.create_task(
            self._run(session, event_id, self._names[body["fn_index"]], body["data"])
        )
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return event_id

    async def _run(self, session: Session, event_id: str, name: str, data: list[Any]) -> None:
        send = session.messages.put_nowait
        send(message("estimation", event_id, rank=0, queue_size=1, rank_eta=0.05))
        send(message("process_starts", event_id, eta=0.05))
        last: list[Any] = []
        if name in {"count", "chat"}:
            async for sent, values in updates(name, data):
                send(generating(event_id, sent))
                last = values
        else:
            last = [self._result(name, data)]
        send(completed(event_id, last))
        session.pending -= 1

    def _result(self, name: str, data: list[Any]) -> Any:
        if name == "file_digest":
            return {"size": self._sizes.pop(data[0]["path"]), "sha256": ""}
        if name == "big_file":
            path = f"/stub/{int(data[0])}/big.bin"
            url = f"{self.url}gradio_api/file={path}"
            meta = {"_type": "gradio.FileData"}
            return {
                "path": path,
                "url": url,
                "orig_name": "big.bin",
                "size": int(data[0]) << 20,
                "meta": meta,
            }
        if name == "echo" and data[0].startswith("chat "):
            return [turn(number) for number in range(int(data[0].split(" ")[1]))]
        return data[0]

    async def _stream(self, session_hash: str, writer: asyncio.StreamWriter) -> None:
        # A client that has called before may ask for the stream before its next call is there.
        session = self._sessions.setdefault(session_hash, Session())
        writer.write(STREAM)
        more = True
        while more:
            batch = [await session.messages.get()]
            while not session.messages.empty():
                batch.append(session.messages.get_nowait())
            writer.write(b"".join(batch))
            await writer.drain()
            more = session.pending > 0 or not session.messages.empty()
        writer.write(message("close_stream", None) + b"0\r\n\r\n")
        await writer.drain()

    async def _receive(self, headers: Headers, reader: asyncio.StreamReader) -> str:
        boundary = headers["content-type"].partition("boundary=")[2].strip('"')
        left = int(headers["content-length"])
        left -= len(await reader.readuntil(b"\r\n\r\n"))
        path = f"/stub/upload {len(self._sizes)} {self._events}"
        self._sizes[path] = left - len(f"\r\n--{boundary}--\r\n")
        while left:
            left -= len(await reader.read(min(left, 1 << 18)))
        return path


async def updates(name: str, data: list[Any]) -> AsyncIterator[tuple[list[Any], list[Any]]]:
    """Yield what each step of a generator sends, and the values that it stands for.

    ``/count`` takes a text and a number of steps; ``/chat`` takes "LENGTH STEPS", the messages of its history
    and the tokens of its answer.
    """
    if name == "count":
        text, steps = data[0], int(data[1])
        grown = ""
        for step in range(steps):
            added = f"{text}{step} "
            grown += added
            yield ([grown] if step == 0 else [[["append", [], added]]]), [grown]
            if text == "paced":
                await asyncio.sleep(PACE_SECONDS)
        return
    length, steps = map(int, data[0].split())
    history = [turn(number) for number in range(length)]
    answer = history[-1]["content"][0]
    for step in range(steps):
        answer["text"] += f"token{step} "
        edits = [["append", [length - 1, "content", 0, "text"], f"token{step} "]]
        yield (["", history] if step == 0 else [[], edits]), ["", history]


def turn(number: int) -> dict[str, Any]:
    """Return a message of a chat as Gradio sends it."""
    content = [{"text": f"message {number} ".ljust(ANSWER_LENGTH, "."), "type": "text"}]
    return {"role": ("user", "assistant")[number % 2], "metadata": None, "content": content, "options": None}


def message(msg: str, event_id: str | None, **more: Any) -> bytes:
    """Return a message as a chunk of a stream."""
    data = json.dumps({"msg": msg, "event_id": event_id, **more}, separators=(",", ":"))
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


def generating(event_id: str, data: list[Any]) -> bytes:
    """Return the message of a generator's step."""
    return message(
        "process_generating", event_id, output=output(data, generating=True), success=True, time_limit=None
    )


def completed(event_id: str, data: list[Any]) -> bytes:
    """Return the message of an event's end."""
    return message(
        "process_completed",
        event_id,
        output=output(data, generating=False),
        success=True,
        title=None,
        used_cache=None,
        cache_duration=DURATION,
        avg_time=DURATION,
    )


def output(data: list[Any], *, generating: bool) -> dict[str, Any]:
    """Return what a message says about a result."""
    return {
        "data": data,
        "is_generating": generating,
        "duration": DURATION,
        "average_duration": DURATION,
        "render_config": None,
        "changed_state_ids": [],
        "used_cache": None,
    }


async def reply(writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK") -> None:
    """Answer with JSON."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def send_file(writer: asyncio.StreamWriter, mebibytes: int) -> None:
    """Answer with a file of zeros."""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {mebibytes << 20}\r\n\r\n"
    writer.write(head.encode())
    for _ in range(mebibytes):
        writer.write(MEBIBYTE)
        await writer.drain()


async def main(url: str) -> None:
    """Serve until the process is ended."""
    config, info = (httpx2.get(url + path, trust_env=False).content for path in ("config", "gradio_api/info"))
    stub = Stub(config, info)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, limit=1 << 20)
    stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    print(json.dumps({"url": stub.url}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
