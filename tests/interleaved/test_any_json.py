"""Any JSON, and what is none, anywhere in what an app says: a value or a GradlinkError, and no other job is hurt."""

from __future__ import annotations

import gc
import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import Client, GradlinkError, Status
from tests.interleaved.app import URL, App, config, info, options
from tests.live.shells import AsyncShell, Shell, SyncShell

GUARD_SECONDS = 30.0
SHELLS: tuple[Shell, ...] = (SyncShell(), AsyncShell("asyncio", "asyncio"), AsyncShell("trio", "trio"))

ODD = {
    "null": "null", "true": "true", "minus": "-1", "infinite": "1e400", "nan": "NaN", "empty": '""', "text": '"a b"',
    "surrogate": '"\\ud800"', "nul": '"\\u0000\\n\\r"', "address": '"http://[/"', "climbing": '"/../../%00"',
    "list": "[]", "object": "{}", "lists": "[[[]]]", "objects": '{"a":{"a":[{}]}}', "list of null": "[null]",
    "digits": "9" * 5_000, "whole number": "9" * 400, "deep": "[" * 900 + "]" * 900, "deeper": "[" * 100_000 + "]" * 100_000,
    "deep objects": '{"a":' * 900 + "1" + "}" * 900, "nothing": "", "page": "<html>", "cut": '{"a":',
    "file": '{"path":"\\ud800","url":"http://[","orig_name":"\\ud800/..","meta":{"_type":"gradio.FileData"}}',
    "files": '[{"path":5,"url":[],"orig_name":{},"size":"x","meta":{"_type":"gradio.FileData"}}]',
}  # fmt: skip

PLACE = '"ODD"'
COMPLETED: dict[str, Any] = {
    "msg": "process_completed",
    "event_id": "ID",
    "success": True,
    "output": {"data": ["x"]},
}
FAILED = {**COMPLETED, "success": False, "output": {"error": "bad"}}
GENERATING = {**COMPLETED, "msg": "process_generating"}
MESSAGES: dict[str, Any] = {
    "message": "ODD",
    "msg": {**COMPLETED, "msg": "ODD"},
    "event id": {**COMPLETED, "event_id": "ODD"},
    "success": {**COMPLETED, "success": "ODD"},
    "output": {**COMPLETED, "output": "ODD"},
    "data": {**COMPLETED, "output": {"data": "ODD"}},
    "value": {**COMPLETED, "output": {"data": ["ODD"]}},
    "error": {**FAILED, "output": {"error": "ODD"}},
    "title": {**FAILED, "output": {"error": "bad", "title": "ODD"}, "title": "ODD"},
    "duration": {**FAILED, "output": {"error": "bad", "duration": "ODD", "visible": "ODD"}},
    "generated": {**GENERATING, "output": {"data": ["ODD"]}},
    "render config": {**GENERATING, "output": {"data": ["x"], "render_config": "ODD"}},
    "rendered": {**GENERATING, "output": {"data": ["x"], "render_config": {"components": "ODD", "dependencies": [
        {"id": 7, "api_name": "ODD", "inputs": "ODD", "outputs": "ODD", "targets": "ODD"}
    ]}}},
    "rank": {"msg": "estimation", "event_id": "ID", "rank": "ODD", "queue_size": "ODD", "rank_eta": "ODD"},
    "eta": {"msg": "process_starts", "event_id": "ID", "eta": "ODD"},
    "progress": {"msg": "progress", "event_id": "ID", "progress_data": "ODD"},
    "bar": {"msg": "progress", "event_id": "ID", "progress_data": [{"index": "ODD", "desc": "ODD"}]},
    "log": {"msg": "log", "event_id": "ID", "log": "ODD", "level": "ODD", "duration": "ODD"},
    "stream": {"msg": "unexpected_error", "event_id": None, "message": "ODD"},
}  # fmt: skip


def written(template: Any, odd: str, event_id: str = "") -> str:
    """Return a template as JSON, with what is odd at its places."""
    return json.dumps(template).replace(PLACE, odd).replace('"ID"', json.dumps(event_id))


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Collect no garbage while nested JSON is read: at the limit of recursion no finalizer of what others have left can run."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.0005)


def joined(app: App, *jobs: Any) -> list[str]:
    """Return the ids of the jobs that were sent last, in their order."""
    until(lambda: all(job.status().code is not Status.STARTING for job in jobs))
    return app.joins[-len(jobs) :]


def value_or_error(function: Callable[[], object]) -> object:
    try:
        return function()
    except GradlinkError as exc:
        return exc


def outcome(job: Any) -> object:
    """Return what a job has to show, looked at in all ways."""
    found = value_or_error(lambda: job.result(timeout=GUARD_SECONDS))
    if isinstance(found, GradlinkError):
        assert found.__cause__ is not found  # whatever it went through on its way
    for look in (job.outputs, job.status):
        value_or_error(look)
    return found


class Odd(App):
    """An app that answers some requests with what is odd."""

    def __init__(self, replies: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._replies = replies

    def answer(self, request: httpx2.Request, body: bytes) -> tuple[int, Any]:
        path = request.url.path.removeprefix("/gradio_api")
        return (200, self._replies[path]) if path in self._replies else super().answer(request, body)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
@pytest.mark.parametrize("place", MESSAGES)
def test_any_message_ends_one_job_at_most(place: str, shell: Shell, tmp_path: Path) -> None:
    app = App(holds=True)
    chosen = {**options(app), "download_files": tmp_path}
    with shell(URL, one_session=True, **chosen) as client:
        for name, odd in ODD.items():
            other = client.submit("other", api_name="/f")
            joined(app, other)
            job = client.submit("x", api_name="/f")
            ids = joined(app, other, job)
            app.say(written(MESSAGES[place], odd, ids[1]))
            for event_id in reversed(ids):
                app.finish(event_id)
            found = outcome(job)
            assert found is not None or "null" in name, (place, name)
            shared = isinstance(value_or_error(other.result), GradlinkError)
            # Only what names no job can end all of them.
            assert (
                not shared
                or place in {"message", "stream", "msg", "event id"}
                or name in {"nothing", "page", "cut"}
            )
            assert shared or other.result() == "value"
            client.reset_session()


ANSWERS = {
    "/queue/join": '{"event_id": ODD}',
    "/queue/join, whole": "ODD",
    "/run/predict": '{"data": ODD, "duration": 1}',
    "/run/predict, value": '{"data": [ODD]}',
    "/run/predict, whole": "ODD",
    "/upload": "[ODD]",
    "/upload, whole": "ODD",
}


@pytest.mark.parametrize("shell", SHELLS[:2], ids=lambda shell: shell.name)
@pytest.mark.parametrize("place", ANSWERS)
def test_any_answer_is_a_value_or_an_error(place: str, shell: Shell) -> None:
    path = place.partition(",")[0]
    for name, odd in ODD.items():
        app = Odd({path: ANSWERS[place].replace("ODD", odd)}, queue=path != "/run/predict")
        with shell(URL, **options(app)) as client:
            job = client.submit("x", api_name="/f")
            if path == "/queue/join":
                # Of an id that is none nothing is ever heard.
                until(lambda job=job: job.done() or job.status().code is not Status.STARTING)  # type: ignore[misc]
                job.cancel()
            outcome(job)
            assert job.done(), name
        app.break_streams()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a JSON value with another one in one place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def use(app: App) -> None:
    """Do with a client what looks at everything that an app says of itself."""
    with Client(URL, **options(app)) as client:
        client.view_api(print_info=False, return_format="dict")
        _ = str(client), repr(client), client.api.__dir__(), client.endpoints
        client.submit("x", api_name="/f").cancel()


@pytest.mark.parametrize("protocol", ["sse_v3", "sse"])
@pytest.mark.parametrize("document", ["/config", "/info"])
def test_any_description_is_an_app_or_an_error(document: str, protocol: str) -> None:
    whole: Any = config(protocol=protocol) if document == "/config" else info()
    extra = {"render": "x", "root": "x", "path": "x", "app_id": 1, "auth_required": False, "page": "x"}
    whole = {**whole, **extra} if document == "/config" else whole
    for path in places(whole):
        template = json.dumps(put(whole, path, "ODD"))
        for odd in ODD.values():
            app = Odd({document: template.replace(PLACE, odd)}, protocol=protocol)
            value_or_error(lambda app=app: use(app))  # type: ignore[misc]
            app.break_streams()


def test_a_deep_value_is_read_from_a_deep_stack() -> None:
    app = App(holds=True)

    def descend(left: int, function: Callable[[], object]) -> object:
        return function() if left == 0 else descend(left - 1, function)

    with Client(URL, **options(app)) as client:
        for left in (60, 100, 200, 400, 800):
            job = client.submit("x", api_name="/f")
            app.say(written(MESSAGES["value"], ODD["deep"], *joined(app, job)))
            room = sys.getrecursionlimit() - len(list(_frames())) - left
            assert value_or_error(lambda job=job, room=room: descend(room, job.result)) is not None  # type: ignore[misc]


def _frames() -> Iterator[Any]:
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back  # type: ignore[assignment]
