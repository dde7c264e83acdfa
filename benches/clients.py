"""The clients under test: gradlink's two, and the existing one."""

# ruff: noqa: D102 - benches.rival says what the methods do

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any


class Library:
    """A synchronous client library; gradlink's is called just as the existing one."""

    def __init__(self, client: Any, handle_file: Callable[[str], Any], folder: Any) -> None:
        self._client = client
        self._handle_file = handle_file
        self._folder = folder

    def predicts(self, count: int) -> int:
        return sum(
            self._client.predict(f"call {number}", api_name="/echo") == f"call {number}"
            for number in range(count)
        )

    def crowd(self, count: int) -> int:
        jobs = [self._client.submit(f"call {number}", api_name="/echo") for number in range(count)]
        return sum(_right(job, f"call {number}") for number, job in enumerate(jobs))

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        updates, value = 0, None
        for value in self._client.submit(*data, api_name=api_name):  # noqa: B007 - the last one counts
            updates += 1
        return updates, value[-1] if isinstance(value, (list, tuple)) else value

    def receive(self, messages: int) -> int:
        return len(self._client.predict(f"chat {messages}", api_name="/echo"))

    def upload(self, path: str) -> int:
        return int(self._client.predict(self._handle_file(path), api_name="/file_digest")["size"])

    def download(self, mebibytes: int) -> int:
        path = Path(self._client.predict(mebibytes, api_name="/big_file"))
        size = path.stat().st_size
        path.unlink()  # or the next one finds it there
        return size

    def fetch(self, files: int) -> int:
        paths = [Path(path) for path in self._client.predict(files, api_name="/make_files")]
        right = sum(path.read_text("utf-8") == f"content {number}" for number, path in enumerate(paths))
        for path in paths:
            path.unlink()  # or the next ones find them there
        return right

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._client.close()
        self._folder.cleanup()


def _right(job: Any, expected: str) -> bool:
    try:
        return bool(job.result() == expected)
    except CancelledError:
        return False  # the existing client loses some of many


def gradlink(url: str, **options: Any) -> Library:
    """Connect gradlink's Client."""
    from gradlink import Client, handle_file

    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    return Library(Client(url, verbose=False, download_files=folder.name, **options), handle_file, folder)


def by_httpx(url: str) -> Library:
    """Connect gradlink's Client so that it sends its requests with httpx2."""
    return gradlink(url, httpx_kwargs={"default_encoding": "utf-8"})


def existing(url: str) -> Library:
    """Connect the client of gradio_client."""
    from gradio_client import Client, handle_file

    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    client = Client(url, verbose=False, download_files=folder.name, analytics_enabled=False)
    return Library(client, handle_file, folder)


class Async:
    """gradlink's AsyncClient, on asyncio."""

    def __init__(self, url: str, **options: Any) -> None:
        from gradlink import AsyncClient

        self._runner = asyncio.Runner()
        self._client = AsyncClient(url, verbose=False, **options)
        self._runner.run(self._client.connect())

    def predicts(self, count: int) -> int:
        async def predict() -> int:
            return sum([await self._echo(number) for number in range(count)])

        return self._runner.run(predict())

    def crowd(self, count: int) -> int:
        async def gather() -> int:
            return sum(await asyncio.gather(*map(self._echo, range(count))))

        return self._runner.run(gather())

    def stream(self, api_name: str, data: list[Any]) -> tuple[int, Any]:
        async def iterate() -> tuple[int, Any]:
            updates, value = 0, None
            async for value in self._client.submit(*data, api_name=api_name):  # noqa: B007
                updates += 1
            return updates, value[-1] if isinstance(value, (list, tuple)) else value

        return self._runner.run(iterate())

    def receive(self, messages: int) -> int:
        return len(self._runner.run(self._client.predict(f"chat {messages}", api_name="/echo")))

    def rest(self, seconds: float) -> None:
        self._runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    async def _echo(self, number: int) -> bool:
        return bool(await self._client.predict(f"call {number}", api_name="/echo") == f"call {number}")


def async_by_httpx(url: str) -> Async:
    """Connect gradlink's AsyncClient so that it sends its requests with httpx2."""
    return Async(url, httpx_kwargs={"default_encoding": "utf-8"})
