"""What the functions of the uniform app do, on every Gradio from 3.16 to 6.x."""

from __future__ import annotations

import inspect
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from tests.apps import gates

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
MAJOR = VERSION[0]

Pairs = list[list[str | None]]
Messages = list[dict[str, str]]


def known(function: Any, **options: Any) -> dict[str, Any]:
    """Return those of ``options`` that ``function`` takes in this release."""
    names = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in names}


def echo(text: Any) -> Any:
    return text


def add(a: Any, b: Any = 10, op: str = "add") -> Any:
    return a + b if op == "add" else a - b


def ping() -> str:
    return "pong"


def multi(text: str) -> tuple[str, int, dict[str, float]]:
    return text, len(text), {"a": 0.75, "b": 0.25}


def upd(text: str) -> Any:
    return gr.update(value=text, visible=True, label="new label")


def kitchen(*values: Any) -> list[Any]:
    return list(values)


def counter(inc: Any, state: Any) -> tuple[Any, Any]:
    total = (state or 0) + inc
    return total, total


def batch_double(numbers: list[Any]) -> list[list[Any]]:
    return [[number * 2 for number in numbers]]


def batch_gate(keys: list[str]) -> list[list[str]]:
    for key in keys:
        gates.start(key)
        gates.pass_gate(key)
    return [[f"{key}, {len(keys)} at once" for key in keys]]


def whoami(request: gr.Request) -> dict[str, Any]:
    headers = getattr(request, "headers", {})
    return {
        "username": getattr(request, "username", None),
        "session_hash": getattr(request, "session_hash", None),
        # Before 4.0 headers are an object with attributes.
        "x-probe": headers.get("x-probe") if hasattr(headers, "get") else getattr(headers, "x-probe", None),
    }


def validated(n: Any) -> Any:
    return n * 2


def check_positive(n: Any) -> Any:
    return gr.validate(n > 0, "n must be positive")


def reverse(text: str) -> str:
    return text[::-1]


def typed(x: int, names: list[str], flag: bool = False) -> dict[str, int]:
    """Count every name."""
    return dict.fromkeys(names, x) if flag else {}


def count(text: str, steps: Any = 4) -> Iterator[str]:
    out = ""
    for i in range(int(steps)):
        out += f"{text}{i} "
        yield out


def chat(message: str, history: Any) -> Iterator[tuple[str, Any]]:
    """Stream an answer into a chat history, in the form that the release uses."""
    words = ["You", " said", ": ", message or ""]
    answer = ""
    for word in words:
        answer += word
        yield "", [*(history or []), *_turn(message, answer)]


def _turn(message: str, answer: str) -> list[Any]:
    if MAJOR >= 5:
        return [{"role": "user", "content": message}, {"role": "assistant", "content": answer}]
    return [[message, answer]]


def chatlist() -> Iterator[Pairs | Messages]:
    """Stream histories that grow and shrink: edits that add and delete elements of a list."""
    for length in (1, 3, 4, 1, 2):
        if MAJOR >= 5:
            roles = ("user", "assistant")
            yield [{"role": roles[i % 2], "content": f"m{i}"} for i in range(length)]
        else:
            yield [[f"q{i}", None if i == 2 else f"a{i}"] for i in range(length)]


def jsongen() -> Iterator[dict[str, Any]]:
    """Stream dicts whose differences use every edit there is."""
    yield {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True}
    yield {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None}
    yield {"a": 2, "s": "x+yz", "list": [1, 4], "new": {"k": "v"}}
    yield {"a": 2, "s": "other", "list": [], "new": {"k": "vv", "k2": [{"t": "u"}]}}


def samegen() -> Iterator[str]:
    for _ in range(3):
        yield "same"


def emptygen() -> Iterator[str]:
    yield from ()


def framegen() -> Iterator[dict[str, Any]]:
    """Stream tables that grow and shrink in both directions: edits inside of nested lists."""
    for size in (2, 3, 1):
        headers = ["a", "b", "c"][:size]
        yield {
            "headers": headers,
            "data": [[row * 10 + column for column in range(size)] for row in range(size)],
        }


def slowgen(n: Any, delay: Any = 0.2, key: str = "slowgen") -> Iterator[str]:
    yield from _observed(key, int(n), lambda: time.sleep(delay))


def gategen(key: str, n: Any = 3) -> Iterator[str]:
    yield from _observed(key, int(n), lambda: gates.pass_gate(key))


def _observed(key: str, n: int, wait: Any) -> Iterator[str]:
    gates.start(key)
    how = "stopped"
    try:
        for i in range(n):
            wait()
            gates.tick(key)
            yield f"{key} {i}"
        how = "finished"
    finally:
        gates.end(key, how)


def progress(n: Any, report: Any = gr.Progress()) -> str:  # noqa: B008  # how Gradio asks for it
    for i in range(int(n)):
        report((i, int(n)), desc="Working", unit="steps")
        # The server polls the progress: a step that is too short is never told.
        time.sleep(0.2)
    return "done"


def gateprogress(key: str, n: Any, report: Any = gr.Progress()) -> str:  # noqa: B008
    for i in range(int(n)):
        report((i, int(n)), desc=key, unit="steps")
        gates.pass_gate(key)
    return "done"


def logs(text: str) -> str:
    if hasattr(gr, "Info"):
        gr.Info("info:" + text)
        gr.Warning("warn:" + text, **known(gr.Warning, duration=3, title="My title"))
    if hasattr(gr, "Success"):
        gr.Success("good:" + text, visible=False)
    return text


def err(text: str) -> str:
    raise gr.Error("user error: " + text, **known(gr.Error.__init__, duration=5, title="Oops"))


def boom(text: str) -> str:
    raise ValueError("secret detail: " + text)


def generr(n: Any) -> Iterator[str]:
    for i in range(int(n)):
        yield f"step {i}"
    raise gr.Error("failed in the middle")


def genboom(n: Any) -> Iterator[str]:
    for i in range(int(n)):
        yield f"step {i}"
    raise ValueError("secret in the middle")


def slow(seconds: Any) -> str:
    time.sleep(seconds)
    return f"slept {seconds}"


def gate(key: str) -> str:
    gates.start(key)
    gates.pass_gate(key)
    gates.end(key, "finished")
    return key


def open_gate(key: str, times: Any = 1) -> str:
    gates.open_gate(key, int(times))
    return key


def observe(key: str) -> str:
    # As text: some releases spoil a JSON output that does not go through the queue.
    return json.dumps(gates.marks(key))


def await_mark(key: str, name: str, at_least: Any = 1, patience: Any = 30) -> str:
    return json.dumps(gates.await_mark(key, name, int(at_least), float(patience)))


def file_upper(file: Any) -> str:
    upper = Path(tempfile.mkdtemp()) / "upper.txt"
    upper.write_text(_path(file).read_text(encoding="utf-8").upper(), encoding="utf-8")
    return str(upper)


def files_info(files: Any) -> list[dict[str, Any]]:
    paths = [_path(file) for file in files or []]
    return [{"name": path.name, "size": path.stat().st_size} for path in paths]


def image_flip(image: Any) -> Any:
    return image[:, ::-1].copy()


def gallery(image: Any) -> list[Any]:
    return [image, (image_flip(image), "flipped")]


def _path(file: Any) -> Path:
    # Before 4.0 an open temporary file, after it a string that also has a name.
    return Path(getattr(file, "name", file))
