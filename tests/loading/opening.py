"""Outer apps with other apps loaded in them, in a process of their own: gradio leaves sockets and loops open."""

from __future__ import annotations

import os
import resource
import socket
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.live.servers import FORKS

START_SECONDS = 90


@dataclass(frozen=True)
class Opened:
    """An outer app that is served, or what went wrong instead.

    Attributes:
        url: where it is, "" if there is none.
        error: the class and the text of what loading raised.
        left_out: what could not be carried over of each app.
        warned: what was warned of.
    """

    url: str = ""
    error: tuple[str, str] | None = None
    left_out: list[tuple[str, ...]] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


class Outer:
    """The process; what it is asked it answers in turn."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(
        self,
        *sources: str,
        launch: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> Opened:
        """Serve an app with these loaded in it, each with the same options."""
        answer: Opened = self._ask("open", sources, options, launch or {}, environment or {})
        return answer

    def url(self, *sources: str, **options: Any) -> str:
        """Serve an app with these loaded in it."""
        opened = self.open(*sources, **options)
        assert opened.error is None, opened.error
        return opened.url

    def memory(self) -> int:
        """Return the most memory that it ever had, in bytes."""
        memory: int = self._ask("memory")
        return memory

    def read(self) -> set[str]:
        """Return the files that were opened since this was last asked."""
        names: set[str] = self._ask("read")
        return names

    def _ask(self, *question: Any) -> Any:
        self._connection.send(question)
        assert self._connection.poll(START_SECONDS), question
        return self._connection.recv()


@contextmanager
def running(folder: Path) -> Iterator[Outer]:
    """Start the process; its files are in ``folder``, and so is what it is started in."""
    connection, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_answer_for, args=(theirs, str(folder)), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Outer(connection)
    finally:
        process.kill()
        process.join()
        connection.close()


def _answer_for(connection: Connection, folder: str) -> None:
    os.chdir(folder)
    os.environ |= {"GRADIO_TEMP_DIR": f"{folder}/gradio", "GRADIO_ANALYTICS_ENABLED": "False"}
    sys.stdout = sys.stderr = Path(folder, "log.txt").open("w", encoding="utf-8")  # noqa: SIM115 - as long as it lives
    read: set[str] = set()
    sys.addaudithook(
        lambda event, args: read.add(str(args[0])) if event in {"open", "os.listdir", "os.scandir"} else None
    )
    while True:
        try:
            question, *args = connection.recv()
        except EOFError:
            os._exit(0)
        match question:
            case "open":
                connection.send(_open(*args))
            case "memory":
                connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
            case _:
                connection.send(set(read))
                read.clear()


def _open(
    sources: Sequence[str], options: dict[str, Any], launch: dict[str, Any], environment: dict[str, str]
) -> Opened:
    import gradio as gr

    import gradlink

    os.environ.update(environment)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            with gr.Blocks() as demo:
                gr.Markdown("outer")
                loaded = [gradlink.load(source, **options) for source in sources]
        except Exception as exc:
            return Opened(error=(type(exc).__name__, str(exc)), warned=[str(one.message) for one in warned])
        said = [str(one.message) for one in warned if issubclass(one.category, gradlink.LoadWarning)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, url, _ = demo.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", server_port=port, **launch
    )
    return Opened(url, left_out=[one.left_out for one in loaded], warned=said)
