"""What a real app in this process does, and what a scripted app has in common with it.

``python -m tests.testing.checks`` makes each check and prints what came of them as JSON: gradio leaves event loops open, for which
the tests of another process would be blamed; and this one may have another release of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from gradlink import AppError, AuthenticationError, Client, ConnectError, Status, handle_file
from gradlink.testing import FakeApp, serve
from tests.testing.apps import SCRIPTED, real

SECONDS = 30
CHECKS: dict[str, Callable[[], None]] = {}


def check(function: Callable[[], None]) -> Callable[[], None]:
    CHECKS[function.__name__] = function
    return function


closed = threading.Event()


def forever() -> Iterator[int]:
    number = 0
    try:
        while True:
            yield number
            number += 1
    finally:
        closed.set()


def app() -> gr.Blocks:
    with gr.Blocks() as demo:
        text, number, file = gr.Textbox(), gr.Number(), gr.File()
        button = gr.Button()
        button.click(lambda name: f"Hello {name}", text, text, api_name="greet")
        button.click(forever, None, number, api_name="forever")
        button.click(lambda path: path, file, gr.File(), api_name="same")
    return demo


@check
def a_client_is_served() -> None:
    with serve(app()) as served, served.client() as client:
        assert client.predict("Ada", api_name="/greet") == "Hello Ada"
        same = client.predict(handle_file(b"abc", name="a.txt"), api_name="/same")
        assert Path(same).read_text() == "abc"


@check
def a_client_of_ones_own_is_served() -> None:
    with (
        serve(app()) as served,
        Client(served.url, httpx_kwargs={"transport": served.transport}, verbose=False) as client,
    ):
        assert client.predict("Ada", api_name="/greet") == "Hello Ada"


@check
def an_async_client_is_served() -> None:
    async def call() -> None:
        async with served.async_client() as client:
            assert await client.predict("Ada", api_name="/greet") == "Hello Ada"
            same = await client.predict(handle_file(b"abc", name="a.txt"), api_name="/same")
            assert Path(same).read_text() == "abc"  # noqa: ASYNC240
            numbers = []
            async for number in client.submit(api_name="/forever"):
                numbers.append(number)
                if number == 2:
                    break
            assert numbers == [0, 1, 2]
            assert await asyncio.to_thread(closed.wait, SECONDS)

    closed.clear()
    with serve(app()) as served:
        asyncio.run(call())


@check
def a_job_is_cancelled() -> None:
    closed.clear()
    with serve(app()) as served, served.client() as client:
        job = client.submit(api_name="/forever")
        values = iter(job)
        assert [next(values), next(values)] == [0, 1]
        job.cancel()
        assert job.status().code is Status.CANCELLED
        assert closed.wait(SECONDS)


@check
def a_login_is_wanted() -> None:
    with serve(app(), auth=("ada", "secret")) as served:
        _raises(AuthenticationError, served.client)
        with served.client(auth=("ada", "secret")) as client:
            assert client.predict("Ada", api_name="/greet") == "Hello Ada"


@check
def an_app_is_served_again() -> None:
    demo = app()
    for _ in range(2):
        with serve(demo) as served, served.client() as client:
            assert client.predict("Ada", api_name="/greet") == "Hello Ada"


@check
def nothing_is_left() -> None:
    before = set(threading.enumerate())
    sockets = _sockets()
    demo = app()
    made = len(_sockets() - sockets)  # by gradio, for event loops that it never runs
    with serve(demo) as served:
        client = served.client()
        client.predict("Ada", api_name="/greet")
        client.submit(api_name="/forever")
        assert not [thread for thread in threading.enumerate() if "uvicorn" in thread.name.lower()]
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread
    assert len(_sockets() - sockets) <= made
    assert "not served any more" in _raises(ConnectError, served.client)


@check
def what_fails_to_start_says_so() -> None:
    before = set(threading.enumerate())
    assert "nonsense" in _raises(TypeError, lambda: serve(app(), nonsense=1))
    assert set(threading.enumerate()) <= before


@check
def a_function_that_runs_on_is_not_waited_for() -> None:
    runs, goes_on = threading.Event(), threading.Event()

    def block() -> None:
        runs.set()
        goes_on.wait()

    with gr.Blocks() as demo:
        gr.Button().click(block, api_name="block")
    before = set(threading.enumerate())
    with serve(demo) as served:
        client = served.client()
        job = client.submit(api_name="/block")
        assert runs.wait(SECONDS)
    assert job.done()
    goes_on.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread


CALLS: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("/add", [1], {}),
    ("/add", [], {"b": 4, "a": 1}),
    ("/kinds", ["a"], {}),
    ("/kinds", ["ä\n", True, "y", "b", [1, 2], {"c": [None]}, {"x": 1, "y": 2}, [{"d": 1.5}], "e"], {}),
    ("/nothing", [], {}),
    ("/letters", ["abc"], {}),
    ("/letters", [""], {}),
    ("/rows", [], {}),
    ("/rows", [2], {}),
    ("/silent", [], {}),
    ("/divide", [6, 3], {}),
    ("/divide", [1, 0], {}),
    ("/halfway", ["a"], {}),
    ("/refuse", ["no room"], {}),
    ("/count", [2], {}),
    ("/count", [3], {}),
    ("/shout", [handle_file(b"hello", name="a.txt")], {}),
    ("/add", [], {}),
    ("/add", [1, 2, 3], {}),
    ("/kinds", ["a"], {"wrong": 1}),
    ("/missing", [], {}),
]


@check
def a_scripted_app_answers_as_a_real_one() -> None:
    with _launched() as url, Client(url, verbose=False) as client:
        launched = [_played(client, *call) for call in CALLS]
    with serve(real()) as served, served.client() as client:
        in_process = [_played(client, *call) for call in CALLS]
    with FakeApp(SCRIPTED).client() as client:
        scripted = [_played(client, *call) for call in CALLS]
    for call, one, two, three in zip(CALLS, launched, in_process, scripted, strict=True):
        assert one == two == three, f"{call}:\n{one}\n{two}\n{three}"


@check
def a_scripted_app_is_described_as_a_real_one() -> None:
    with serve(real()) as served, served.client() as client:
        described: Any = client.view_api(return_format="dict")
        endpoints = {one.api_name: one for one in client.endpoints.values()}
    with FakeApp(SCRIPTED).client() as client:
        scripted: Any = client.view_api(return_format="dict")
        scripted_endpoints = {one.api_name: one for one in client.endpoints.values()}
    assert described["named_endpoints"].keys() == scripted["named_endpoints"].keys()
    for name, one in described["named_endpoints"].items():
        if name == "/count":  # of components, not of gr.api
            continue
        # gradio does not read what is inside of an Iterator.
        for key in ("parameters",) if endpoints[name].generator else ("parameters", "returns"):
            theirs, ours = one[key], scripted["named_endpoints"][name][key]
            assert ours == theirs, f"{name}, {key}:\n{theirs}\n{ours}"
        for field in ("generator", "stateful", "output_types", "queued", "visibility", "description"):
            assert getattr(scripted_endpoints[name], field) == getattr(endpoints[name], field), (name, field)
    assert scripted_endpoints["/count"].stateful
    assert endpoints["/count"].stateful


def _played(client: Client, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what a call gives: its values, and its result or its error."""
    try:
        job = client.submit(*args, api_name=name, **kwargs)
    except Exception as exc:
        return type(exc).__name__, str(exc)
    error = job.exception(SECONDS)
    values = [_content(value) for value in job.outputs()]
    if isinstance(error, AppError):
        return values, type(error).__name__, str(error), error.title, error.duration, error.visible
    return values, error, error or _content(job.result())


def _content(value: Any) -> Any:
    is_path = isinstance(value, str) and value.endswith(".txt") and Path(value).is_file()
    return (Path(value).name, Path(value).read_text()) if is_path else value


@contextmanager
def _launched() -> Iterator[str]:
    demo = real()
    _, url, _ = demo.launch(prevent_thread_lock=True, show_error=True, quiet=True, ssr_mode=False)
    try:
        yield url
    finally:
        demo.close(verbose=False)


def _sockets() -> set[str]:
    """Return the sockets of this process."""
    opened = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    return {name for name in opened if "socket:" in name}


def _raises(kind: type[Exception], call: Callable[[], object]) -> str:
    """Return what ``call`` says when it fails; there need not be a pytest here."""
    try:
        call()
    except kind as exc:
        return str(exc)
    raise AssertionError(f"no {kind.__name__}")


def main() -> None:
    """Make the checks."""
    outcomes: dict[str, str] = {}
    for name, function in CHECKS.items():
        try:
            function()
        except BaseException:
            outcomes[name] = traceback.format_exc()
        else:
            outcomes[name] = ""
    sys.stdout.write(json.dumps({"gradio": gr.__version__, "outcomes": outcomes}) + "\n")


if __name__ == "__main__":
    main()
