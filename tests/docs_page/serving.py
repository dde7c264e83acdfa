"""Serves the apps, and the pages of them, for the tests and the pictures."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Any

from gradlink import AsyncClient
from gradlink._serving.listening import Listening
from gradlink.docs_page.app import TargetOptions
from gradlink.docs_page.serving import Running, serve
from tests.docs_page.names import LOGIN

START_SECONDS = 90


class Pages:
    """The pages of the apps below an address, each served when it is first asked for."""

    def __init__(self, apps_url: str) -> None:
        self._url = apps_url
        self._running: dict[str, tuple[Running, threading.Thread]] = {}

    def __call__(self, name: str) -> Running:
        """Return the page of an app."""
        if name not in self._running:
            self._running[name] = start(f"{self._url}{name}", auth=LOGIN if name == "locked" else None)
        return self._running[name][0]

    def stop(self) -> None:
        """End all of them."""
        for running, _ in self._running.values():
            running.end()
        for _, thread in self._running.values():
            thread.join(START_SECONDS)


def start(url: str, **options: Any) -> tuple[Running, threading.Thread]:
    """Serve the page of an app in a thread; return it once it can be opened. Raises what ended it before."""
    answers: queue.Queue[Running | BaseException] = queue.Queue()

    def client(directory: Path) -> AsyncClient:
        return AsyncClient(url, verbose=False, download_files=directory, files="lazy", **options)

    def run() -> None:
        target = TargetOptions(url, login=options.get("auth") is not None)
        try:
            serve(client, target, Listening(), answers.put)
        except BaseException as exc:
            answers.put(exc)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    answer = answers.get(timeout=START_SECONDS)
    if isinstance(answer, BaseException):
        raise answer
    return answer, thread
