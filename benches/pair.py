"""The pair of requests that a call is, written by hand over the pooled connections of httpx2."""

# ruff: noqa: D102 - benches.rival says what the methods do

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2

from benches.wire import DATA, JOIN, UPLOAD, Fold, file_argument, function_ids, join_body

# As many calls at once as gradlink has at the server.
AT_ONCE = 40
OPTIONS: dict[str, Any] = {
    "timeout": 60,
    "trust_env": False,
    "limits": httpx2.Limits(max_connections=None, keepalive_expiry=4),
}


class Pair:
    """A join and its stream, in the caller's thread; a thread per call where there are many at once."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, **OPTIONS)
        self._ids = function_ids(self._http.get("config").content)

    def predicts(self, count: int) -> int:
        return sum(self._echo(number) for number in range(count))

    def crowd(self, count: int) -> int:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return sum(threads.map(self._echo, range(count)))

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        fold = self._call(api_name, data)
        return fold.updates, fold.values[-1]

    def receive(self, messages: int) -> int:
        return len(self._call("/echo", [f"chat {messages}"]).values[0])

    def upload(self, path: str) -> int:
        with Path(path).open("rb") as file:
            uploaded = self._http.post(UPLOAD, files={"files": ("file.bin", file)}).json()
        return int(self._call("/file_digest", [file_argument(uploaded[0])]).values[0]["size"])

    def download(self, mebibytes: int) -> int:
        url = self._call("/big_file", [mebibytes]).values[0]["url"]
        headers = {"accept-encoding": "identity"}
        with self._http.stream("GET", url, headers=headers) as response, tempfile.TemporaryFile() as copy:
            for chunk in response.iter_raw(1 << 20):
                copy.write(chunk)
            return copy.tell()

    def fetch(self, files: int) -> int:
        made = self._call("/make_files", [files]).values[0]
        contents = [self._http.get(file["url"]).content for file in made]
        with tempfile.TemporaryDirectory() as folder:
            for number, content in enumerate(contents):
                Path(folder, f"{number}.txt").write_bytes(content)
        return sum(content == f"content {number}".encode() for number, content in enumerate(contents))

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._http.close()

    def _echo(self, number: int) -> bool:
        return self._call("/echo", [f"call {number}"]).values == [f"call {number}"]

    def _call(self, api_name: str, data: list[Any]) -> Fold:
        session_hash = secrets.token_hex(16)
        joined = self._http.post(JOIN, json=join_body(self._ids[api_name], data, session_hash))
        event_id = joined.raise_for_status().json()["event_id"]
        fold = Fold()
        with self._http.sse(DATA, params={"session_hash": session_hash}, max_event_size=None) as events:
            for event in events:
                message = json.loads(event.data)
                if message.get("event_id") == event_id:
                    fold.take(message)
        assert fold.completed
        return fold


class AsyncPair:
    """A join and its stream, in a task."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._http = httpx2.AsyncClient(base_url=url, **OPTIONS)
        self._ids = function_ids(self._runner.run(self._http.get("config")).content)

    def predicts(self, count: int) -> int:
        async def predict() -> int:
            return sum([await self._echo(number) for number in range(count)])

        return self._runner.run(predict())

    def crowd(self, count: int) -> int:
        async def gather() -> int:
            free = asyncio.Semaphore(AT_ONCE)

            async def echo(number: int) -> bool:
                async with free:
                    return await self._echo(number)

            return sum(await asyncio.gather(*map(echo, range(count))))

        return self._runner.run(gather())

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        fold = self._runner.run(self._call(api_name, data))
        return fold.updates, fold.values[-1]

    def receive(self, messages: int) -> int:
        return len(self._runner.run(self._call("/echo", [f"chat {messages}"])).values[0])

    def rest(self, seconds: float) -> None:
        self._runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()

    async def _echo(self, number: int) -> bool:
        return (await self._call("/echo", [f"call {number}"])).values == [f"call {number}"]

    async def _call(self, api_name: str, data: list[Any]) -> Fold:
        session_hash = secrets.token_hex(16)
        joined = await self._http.post(JOIN, json=join_body(self._ids[api_name], data, session_hash))
        event_id = joined.raise_for_status().json()["event_id"]
        fold = Fold()
        async with self._http.sse(DATA, params={"session_hash": session_hash}, max_event_size=None) as events:
            async for event in events:
                message = json.loads(event.data)
                if message.get("event_id") == event_id:
                    fold.take(message)
        assert fold.completed
        return fold
