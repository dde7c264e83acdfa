"""The steps of the tour; each shows one thing, and checks that it really happened."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Protocol, TypeAlias

from demo.terminal import Terminal
from gradlink import (
    AppError,
    AsyncClient,
    Client,
    DoneEvent,
    JobTimeoutError,
    LogEvent,
    OutputEvent,
    ProgressEvent,
    ProgressUnit,
    Status,
    StatusEvent,
    Timeout,
    TransportError,
    handle_file,
)

Step: TypeAlias = Callable[[Client, Terminal, Path], None]
PNG = b"\x89PNG\r\n\x1a\n"


class StepFailed(Exception):  # noqa: N818 - says what happened
    """A step did not do what it should."""


def expect(happened: bool, what: str) -> None:
    """Raise StepFailed unless ``what`` happened."""
    if not happened:
        raise StepFailed(f"expected {what}")


def show_api(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code("client.view_api()")
    client.view_api()
    api = client.view_api(print_info=False, return_format="str")
    for endpoint in ("/greet", "/chat", "/bake", "/postcard", "/divide", "/count_stars"):
        expect(f'api_name="{endpoint}"' in str(api), f"{endpoint} to be listed")


def call_with_keywords(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code('client.predict(name="Ada", excited=True, api_name="/greet")')
    answer = client.predict(name="Ada", excited=True, api_name="/greet")
    terminal.line(repr(answer))
    expect(answer == "Hello, Ada!", f"'Hello, Ada!', got {answer!r}")


def stream_text(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code(
        'job = client.submit("Tell me a story", api_name="/chat")',
        'for text in job.deltas(): print(text, end="")',
    )
    job = client.submit("Tell me a story", api_name="/chat")
    pieces = []
    terminal.begin_text()
    for text in job.deltas():
        pieces.append(text)
        terminal.piece(text)
    terminal.end_text()
    expect(len(pieces) > 1, "the text in several pieces")
    expect("".join(pieces) == job.result(), "the pieces to make up the result")


def wait_in_the_queue(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code(
        'client.submit("bread", 5, api_name="/bake")  # the oven is taken',
        'job = client.submit("cake", 8, api_name="/bake")',
        "for event in job.events(): ...",
    )
    earlier = client.submit("bread", 5, api_name="/bake")
    for event in earlier.events():
        if isinstance(event, ProgressEvent):
            break  # it is in the oven: the next one comes behind it
    job = client.submit("cake", 8, api_name="/bake")
    waited = logs = bars = 0
    done = None
    for event in job.events():
        match event:
            case StatusEvent(code=Status.IN_QUEUE, rank=int(rank)):
                waited += 1
                terminal.line(f"waiting, {rank + 1} of {event.queue_size} in the queue")
            case ProgressEvent(units=(unit, *_)):
                bars += 1
                terminal.bar(*describe(unit))
            case LogEvent():
                logs += 1
                terminal.end_bar()
                terminal.line(f"{event.level} from {event.title}: {event.message}")
            case OutputEvent():
                terminal.end_bar()
                terminal.line(repr(event.value))
            case DoneEvent():
                done = event
            case StatusEvent() | ProgressEvent():
                pass
    expect(waited > 0, "a position in the queue")
    expect(bars > 1, "several steps of the progress bar")
    expect(logs > 0, "a message of the app")
    expect(done is not None and done.success, "the job to end well")
    expect(job.result() == "cake, baked for 8 minutes", f"a cake, got {job.result()!r}")
    expect(earlier.result() == "bread, baked for 5 minutes", f"bread, got {earlier.result()!r}")


def describe(unit: ProgressUnit) -> tuple[float, str]:
    """Return how full the bar is, and what stands beside it."""
    if unit.index is None or not unit.length:
        return unit.progress or 0.0, unit.desc or ""
    return unit.index / unit.length, f"{unit.desc} {unit.index:.0f}/{unit.length:.0f} {unit.unit}"


def send_and_receive_files(client: Client, terminal: Terminal, folder: Path) -> None:
    letter = folder / "letter.txt"
    letter.write_text("Dear reader,\n\nthe sea is calm, the app is up.\n\nYours, gradlink", encoding="utf-8")
    terminal.code(f'client.predict(handle_file("{letter.name}"), api_name="/postcard")')
    picture = Path(client.predict(handle_file(letter), api_name="/postcard"))
    content = picture.read_bytes()
    expect(content.startswith(PNG), f"a PNG file, got one that begins with {content[:8]!r}")
    width, height = struct.unpack(">II", content[16:24])
    terminal.line(f"{picture.name} ({width} x {height} pixels, {len(content):,} bytes)")
    expect((width, height) == (640, 400), "640 x 400 pixels")


def catch_an_error(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code('client.predict(1, 0, api_name="/divide")')
    try:
        quotient = client.predict(1, 0, api_name="/divide")
    except AppError as error:
        terminal.line(f"AppError, title {error.title!r}, message {error.message!r}")
        expect(error.title == "Not in this world", "the title that the app chose")
        expect(error.message == "Nothing can be divided by zero.", "the message that the app chose")
    else:
        raise StepFailed(f"expected an AppError, got {quotient!r}")


def cancel_a_job(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code('job = client.submit(api_name="/count_stars")', "job.cancel()")
    job = client.submit(api_name="/count_stars")
    seen = []
    for value in job:
        seen.append(value)
        if len(seen) == 3:
            break
    terminal.line(f"so far: {', '.join(seen)}")
    expect(seen == ["1 stars", "2 stars", "3 stars"], "the first three values")
    expect(job.cancel(), "the job to let itself be cancelled")
    expect(job.cancelled(), "the job to be cancelled")
    terminal.line(f"status: {job.status().code.name}")
    expect(job.status().code is Status.CANCELLED, "the status CANCELLED")
    try:
        result = job.result()
    except CancelledError:
        terminal.line("job.result() raises CancelledError")
    else:
        raise StepFailed(f"expected CancelledError, got {result!r}")
    expect_turn(client)
    terminal.line("and the server is free for the next job")


def set_a_limit(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code('client.predict(api_name="/count_stars", timeout=Timeout(run=0.5))')
    try:
        result = client.predict(api_name="/count_stars", timeout=Timeout(run=0.5))
    except JobTimeoutError as error:
        terminal.line(f"JobTimeoutError: {error}")
    else:
        raise StepFailed(f"expected JobTimeoutError, got {result!r}")
    expect_turn(client)
    terminal.line("and the server counts for somebody else")


def expect_turn(client: Client) -> None:
    """Expect a count to begin: the app counts for one at a time, so that the one before has stopped."""
    following = client.submit(api_name="/count_stars")
    expect(next(iter(following)) == "1 stars", "the next count to begin")
    expect(following.cancel(), "the next count to let itself be cancelled")


def call_for_many(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code('for row in client.map("/greet", names, journal="greetings.db"): ...')
    names = [f"guest {number}" for number in range(200)]
    with client.map("/greet", names, journal=folder / "greetings.db") as rows:
        greetings = {row.index: row.value for row in rows}
    expect(greetings == {n: f"Hello, {name}." for n, name in enumerate(names)}, "a greeting for each")
    terminal.line(f"{len(greetings)} greetings, each of them once, as many at a time as is fastest")
    with client.map("/greet", names, journal=folder / "greetings.db") as rows:
        again = [row.attempts for row in rows]
    expect(len(again) == 200, "all rows to be in the journal")
    terminal.line("the same again makes no call: the journal has them")


def use_an_event_loop(client: Client, terminal: Terminal, folder: Path) -> None:
    terminal.code(
        "async with AsyncClient(url) as client:",
        '    await asyncio.gather(client.predict("Ada", api_name="/greet"), ...)',
    )

    async def greet() -> list[str]:
        async with AsyncClient(client.src, verbose=False) as loop_client:
            calls = [loop_client.predict(name, api_name="/greet") for name in ("Ada", "Grace", "Joan")]
            return list(await asyncio.gather(*calls))

    greetings = asyncio.run(greet())
    terminal.line(" ".join(greetings))
    expect(greetings == ["Hello, Ada.", "Hello, Grace.", "Hello, Joan."], "three greetings in their order")


class Killable(Protocol):
    """An app that can be lost."""

    def url(self) -> str:
        """Wait until it answers, and return where."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


def lose_the_server(app: Killable, client: Client, terminal: Terminal, folder: Path) -> None:
    del client  # that of the app that goes on
    terminal.code('job = other.submit(api_name="/count_stars")', "job.result()  # and the server is killed")
    with Client(app.url(), verbose=False) as other:
        job = other.submit(api_name="/count_stars")
        expect(next(iter(job)) == "1 stars", "the count to begin")
        app.kill()
        error = job.exception()
    expect(isinstance(error, TransportError), f"a TransportError, got {error!r}")
    if isinstance(error, TransportError):
        terminal.line(f"{type(error).__name__}, execution {error.execution!r}")
        terminal.line(str(error))
        expect(error.execution == "unknown", "that nobody knows whether it ran")


STEPS: dict[str, Step] = {
    "What can this app do?": show_api,
    "A call with keyword arguments": call_with_keywords,
    "A text, while it is being written": stream_text,
    "A job that has to wait": wait_in_the_queue,
    "A file up, a picture down": send_and_receive_files,
    "An error that the app means for you": catch_an_error,
    "A job that is cancelled": cancel_a_job,
    "A limit that cancels": set_a_limit,
    "Many calls, which go on where they stopped": call_for_many,
    "The same on an event loop": use_an_event_loop,
}
