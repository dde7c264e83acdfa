"""The functions of the test app; how they become endpoints is in ``everything``.

A ``key`` names the counts in the ledger that tell a test how far this very call has got.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from tests.apps.ledger import LEDGER


def new_file(name: str, content: bytes) -> str:
    """Write a file of that name where Gradio may serve it from."""
    path = Path(tempfile.mkdtemp()) / name
    path.write_bytes(content)
    return str(path)


# Values


def echo(text):
    """Return the text as it came."""
    return text


def add(a, b=10, op="add"):
    """Add two numbers, or subtract the second from the first."""
    return a + b if op == "add" else a - b


def ping():
    """Answer without being told anything."""
    return "pong"


def big(size):
    """Return a text of that many characters."""
    return "x" * int(size)


def multi(text):
    """Return the text, its length, and how likely it is to be about a cat."""
    return text, len(text), {"cat": 0.75, "dog": 0.25}


def no_output(text):
    """Return nothing, for no component."""
    LEDGER.note(text, "seen")


def kitchen(text, number, slider, check, radio, drop, multi_drop, js):
    """Return every input in one list."""
    return [text, number, slider, check, radio, drop, multi_drop, js]


def update(text):
    """Return a new value together with a new label."""
    return gr.update(value=text, visible=True, label="new label")


def update_choices(text):
    """Return an update that sets the choices."""
    return gr.update(choices=[text, "other"], value=text)


def update_layout(text):
    """Return a text, and an update of an accordion."""
    return text, gr.update(open=False)


def skipped_input(text, button, number):
    """Take a component that has no value for a caller between two that have."""
    return f"{text}:{number}"


def validated(n):
    """Double a positive number."""
    return n * 2


def check_positive(n):
    """Accept positive numbers only."""
    return gr.validate(n > 0, "n must be positive")


def batch_double(numbers):
    """Double all the numbers of a batch."""
    return [[n * 2 for n in numbers]]


@gr.cache
def cached(text):
    """Reverse a text, once."""
    LEDGER.note(f"cached:{text}", "computed")
    return text[::-1]


def typed(x: int, names: list[str], flag: bool = False) -> dict[str, int]:
    """Give every name the same number, if flagged."""
    return dict.fromkeys(names, x) if flag else {}


def dict_stream(steps: int = 5) -> Iterator[dict[str, Any]]:
    """Yield an object that changes in every way that an object can."""
    yield from JSON_STEPS[:steps]


# Streams

JSON_STEPS: list[dict[str, Any]] = [
    {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True},
    {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None},
    {"a": 2, "s": "x+yz", "list": [1, 4], "new": {"k": "v"}},
    {"a": 2, "s": "other", "list": [], "new": {"k": "vv", "k2": [{"t": "u"}]}},
    {"new": {"k": "vv", "k2": [{"t": "u+", "n": [[1, 2, 3], [4, 5, 6]]}, {}]}, "list": [{"x": [0]}]},
]


def count(text, steps=4):
    """Yield a text that grows by one word a step."""
    grown = ""
    for step in range(int(steps)):
        grown += f"{text}{step} "
        yield grown


def json_stream():
    """Yield an object that changes in every way that an object can."""
    yield from JSON_STEPS


def chat(message, history):
    """Yield a chat history in which the answer grows word by word."""
    history = [*(history or []), {"role": "user", "content": message}]
    answer = ""
    for word in ("You", " said", ": ", message):
        answer += word
        yield "", [*history, {"role": "assistant", "content": answer}]


def chat_sizes():
    """Yield chat histories of 1, 3, 4, 1, and 2 messages."""
    for size in (1, 3, 4, 1, 2):
        yield [{"role": ("user", "assistant")[n % 2], "content": f"m{n}"} for n in range(size)]


def table_sizes():
    """Yield tables that lose rows and columns, and win some."""
    yield {"headers": ["a", "b", "c"], "data": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}
    yield {"headers": ["a"], "data": [[1], [4]]}
    yield {"headers": ["a", "b"], "data": [[1, 2], [4, 5], [7, 8]]}


def same():
    """Yield the same value three times."""
    for _ in range(3):
        yield "same"


def empty():
    """Yield nothing at all."""
    yield from ()


def two_streams():
    """Yield two texts, of which only one changes at a time."""
    yield "a", "x"
    yield "ab", "x"
    yield "ab", "xy"
    yield "abc", "xyz"


# Progress, messages, errors


async def progress(n, key="", bar=gr.Progress()):  # noqa: B008 - this is how Gradio's authors ask for a bar
    """Work in n steps with a progress bar; with a key, every step waits for its gate."""
    n = int(n)
    for step in range(n):
        bar((step, n), desc="Working", unit="steps")
        await (LEDGER.pass_gate(key) if key else asyncio.sleep(0.1))
    return "done"


async def nested_progress(n, key="", bar=gr.Progress()):  # noqa: B008
    """Work with a progress bar inside another."""
    for _ in bar.tqdm(range(int(n)), desc="outer", unit="rounds"):
        for _ in bar.tqdm(range(2), desc="inner"):
            await (LEDGER.pass_gate(key) if key else asyncio.sleep(0.1))
    return "done"


def logs(text):
    """Tell the caller three things on the way."""
    gr.Info(f"info:{text}")
    gr.Warning(f"warn:{text}", duration=3, title="My title")
    gr.Success(f"good:{text}", visible=False)
    return text


def log_stream(n):
    """Tell the caller something before each value."""
    for step in range(int(n)):
        gr.Info(f"before {step}")
        yield f"step {step}"


def fail(text):
    """Fail with an error that is meant for the caller."""
    raise gr.Error(f"user error: {text}", duration=5, visible=True, title="Oops")


def fail_quietly(text):
    """Fail with an error that is not to be shown, nor printed."""
    raise gr.Error(f"quiet error: {text}", duration=None, visible=False, print_exception=False)


def boom(text):
    """Fail with an error that nobody expected."""
    raise ValueError(f"secret detail: {text}")


def fail_midway(n):
    """Yield n values, then fail with an error that is meant for the caller."""
    for step in range(int(n)):
        yield f"step {step}"
    raise gr.Error("failed in the middle", title="Halfway")


def boom_midway(n):
    """Yield n values, then fail with an error that nobody expected."""
    for step in range(int(n)):
        yield f"step {step}"
    raise ValueError("secret in the middle")


# Files


def file_upper(file):
    """Return the text file in capitals."""
    return new_file("upper.txt", Path(file).read_text(encoding="utf-8").upper().encode())


def files_info(files):
    """Return the name and the size of every file."""
    return [{"name": Path(file).name, "size": Path(file).stat().st_size} for file in files or []]


def file_digest(file):
    """Return the size and the SHA-256 of the file."""
    with Path(file).open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"size": Path(file).stat().st_size, "sha256": digest}


def nested_files(value):
    """Return the original name, size and text of every file anywhere in the value."""
    found = []
    if isinstance(value, dict) and "path" in value:
        path = Path(value["path"])
        found = [
            {
                "orig_name": value.get("orig_name"),
                "size": path.stat().st_size,
                "text": path.read_text("utf-8"),
            }
        ]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            found += nested_files(item)
    return found


def multimodal(message):
    """Return the text of a message, and the names of its files."""
    return [message["text"], [Path(file).name for file in message["files"]]]


def make_file(name, text):
    """Return a file of that name and content."""
    return new_file(name, text.encode())


def make_files(n):
    """Return several files."""
    return [new_file(f"file {number}.txt", f"content {number}".encode()) for number in range(int(n))]


def big_file(megabytes):
    """Return a file of that many MiB of zeros."""
    path = Path(new_file("big.bin", b""))
    with path.open("r+b") as opened:
        opened.truncate(int(megabytes) * 2**20)
    return str(path)


def image_flip(image):
    """Return the mirror image."""
    return np.ascontiguousarray(image[:, ::-1])


def solid(shade):
    return np.full((4, 6, 3), shade, dtype=np.uint8)


def gallery(n):
    """Return n pictures with captions."""
    return [(solid(number * 40), f"picture {number}") for number in range(int(n))]


def drawings(text):
    """Return an SVG as a picture, in an update, in a gallery and in a chat."""
    path = new_file(
        "drawing.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text>{text}</text></svg>".encode()
    )
    chat = [{"role": "assistant", "content": gr.Image(path)}]
    return path, gr.Image(value=path), [(path, "drawn")], (path, path), chat


def assorted(n):
    """Return a text, a file, a picture, and a gallery."""
    return "text", new_file("one.txt", b"one"), solid(100), gallery(n)


def foreign_file(url: str, name: str) -> dict[str, Any]:
    """Return a file that lies on another host."""
    meta = {"_type": "gradio.FileData"}
    return {"path": url, "url": url, "orig_name": name, "meta": meta}


def foreign_files(urls: list[str]) -> list[dict[str, Any]]:
    """Return files that lie on another host."""
    return [foreign_file(url, f"{number}.txt") for number, url in enumerate(urls)]


def misnamed_file(name: str) -> dict[str, Any]:
    """Return a file that claims to have another name."""
    path = new_file("plain.txt", b"plain")
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def file_stream(n):
    """Yield n files, one after the other."""
    for number in range(int(n)):
        yield new_file(f"part{number}.txt", f"part {number}".encode())


# Sessions


def selected(text, event: gr.SelectData):
    """Return what was selected in the text."""
    return f"{event.value} at {event.index} of {text}"


def event_of(event: gr.EventData):
    """Return all that came with the event."""
    return event._data


def taken(event_data):
    """Return the argument that is called as if it were an option."""
    return event_data


def counter(n, total):
    """Add to the total of the session."""
    total = (total or 0) + n
    return total, total


def stateful_stream(n, key, total):
    """Count the total of the session up, n times."""
    LEDGER.note(key, "started")
    try:
        for _ in range(int(n)):
            total += 1
            LEDGER.note(key, "ticked")
            yield f"total {total}", total
        LEDGER.note(key, "finished")
    finally:
        LEDGER.note(key, "ended")


def whoami(request: gr.Request):
    """Tell the caller what the app knows about them."""
    shown = ("authorization", "x-hf-authorization", "x-gradio-user", "x-probe", "user-agent")
    return {
        "username": request.username,
        "session_hash": request.session_hash,
        "headers": {name: request.headers.get(name) for name in shown},
        "cookies": dict(request.cookies),
    }


def token_of(text, token: gr.OAuthToken | None):
    """Return the token that the caller lends the app."""
    return f"{text}:{token.token if token else None}"


def token_required(text, token: gr.OAuthToken):
    """Return the token that the caller must lend the app."""
    return f"{text}:{token.token}"


# Time and gates


def slow(seconds, key=""):
    """Sleep so long."""
    LEDGER.note(key, "started")
    time.sleep(seconds)
    LEDGER.note(key, "finished")
    return f"slept {seconds}"


def slow_stream(n, delay, key=""):
    """Yield n values, one each ``delay`` seconds."""
    LEDGER.note(key, "started")
    try:
        for tick in range(int(n)):
            time.sleep(delay)
            LEDGER.note(key, "ticked")
            yield f"tick {tick}"
        LEDGER.note(key, "finished")
    finally:
        LEDGER.note(key, "ended")


async def gate(key):
    """Wait until the gate of this key is open."""
    LEDGER.note(key, "started")
    try:
        await LEDGER.pass_gate(key)
        LEDGER.note(key, "finished")
    finally:
        LEDGER.note(key, "ended")
    return f"passed {key}"


async def gate_stream(key, n) -> AsyncIterator[str]:
    """Yield a value for each opening of the gate of this key, n times."""
    LEDGER.note(key, "started")
    try:
        for tick in range(int(n)):
            await LEDGER.pass_gate(key)
            LEDGER.note(key, "ticked")
            yield f"tick {tick}"
        LEDGER.note(key, "finished")
    finally:
        LEDGER.note(key, "ended")


def open_gate(key, times=1):
    """Open the gate of this key, for so many."""
    LEDGER.open_gate(key, int(times))


def observe(key):
    """Return what was counted under this key."""
    return LEDGER.counts(key)
