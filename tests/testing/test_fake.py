"""A scripted app, called by real clients of every kind."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradlink import (
    AppError,
    ArgumentError,
    AsyncClient,
    Client,
    ConnectError,
    EndpointError,
    FileData,
    JobCancelledError,
    JobTimeoutError,
    LogEvent,
    MemoryFile,
    ProgressEvent,
    Status,
    StatusEvent,
    StreamLostError,
    handle_file,
)
from gradlink.testing import Call, FakeApp, Hold, State, hold, logged, progressed, queued, stream
from tests.live.shells import SHELLS, Shell

ZERO = State(0)
SECONDS = 20  # more than anything here takes, on any machine


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.label)
def shell(request: pytest.FixtureRequest) -> Shell:
    return request.param


@pytest.fixture
def client_of(shell: Shell) -> Any:
    """Make a client of each kind for a scripted app."""

    def made(app: FakeApp, **options: Any) -> Any:
        further = {"transport": app.transport, **options.pop("httpx_kwargs", {})}
        return shell(app.url, httpx_kwargs=further, **{"download_files": "session", **options})

    return made


# -- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["a cat", 3, 2.5, True, None, [1, "b"], {"a": [None]}, "", ("a", 1), ({"a": 1}, None, "c")]
)
def test_a_value_is_given_whatever_the_arguments_are(client_of: Any, value: Any) -> None:
    app = FakeApp({"/value": value})
    with client_of(app) as client:
        assert client.predict(api_name="/value") == value
        assert client.predict("x", [1], None, 2, api_name="/value") == value
    assert app.calls == [
        ("/value", {}),
        ("/value", {"argument_1": "x", "argument_2": [1], "argument_3": None, "argument_4": 2}),
    ]


def test_a_function_has_its_own_parameters(client_of: Any) -> None:
    app = FakeApp({"/add": lambda a, b=2, *, c=0: a + b + c})
    with client_of(app) as client:
        assert client.predict(1, api_name="/add") == 3
        assert client.predict(1, b=4, c=5, api_name="/add") == 10
        with pytest.raises(ArgumentError, match="'d'"):
            client.predict(1, d=1, api_name="/add")
        with pytest.raises(EndpointError, match=r"/ad.*/add"):
            client.predict(1, api_name="/ad")
    assert app.calls == [Call("/add", {"a": 1, "b": 2, "c": 0}), Call("/add", {"a": 1, "b": 4, "c": 5})]
    app.forget()
    assert app.calls == []


def test_a_function_may_change_what_it_is_given(client_of: Any) -> None:
    def empty(items: list[int]) -> list[int]:
        items.clear()
        return items

    app = FakeApp({"/empty": empty})
    with client_of(app) as client:
        assert client.predict([1, 2], api_name="/empty") == []
    assert app.calls == [("/empty", {"items": [1, 2]})]


def test_an_async_function_may_await(client_of: Any) -> None:
    async def later(text: str) -> str:
        import asyncio

        await asyncio.sleep(0)
        return text + "!"

    async def letters(text: str) -> AsyncIterator[str]:
        for count in range(1, len(text) + 1):
            yield text[:count]

    with client_of(FakeApp({"/later": later, "/letters": letters})) as client:
        assert client.predict("a", api_name="/later") == "a!"
        assert list(client.submit("abc", api_name="/letters")) == ["a", "ab", "abc"]


def test_an_object_that_can_be_called_is_a_function() -> None:
    class Counter:
        def __call__(self, step: int = 1) -> Iterator[int]:
            yield from range(0, 3, step)

    app = FakeApp({"/count": Counter()})
    with app.client() as client:
        assert list(client.submit(2, api_name="/count")) == [0, 2]
        (endpoint,) = client.endpoints.values()
        assert (endpoint.generator, endpoint.parameters[0].stated_type) == (True, "int")


def test_a_function_may_return_a_script(client_of: Any) -> None:
    app = FakeApp({"/say": lambda text: stream(text, text * 2)})
    with client_of(app) as client:
        assert list(client.submit("a", api_name="/say")) == ["a", "aa"]
        assert client.predict("b", api_name="/say") == "bb"


def test_several_outputs_are_streamed(client_of: Any) -> None:
    def pairs() -> Iterator[tuple[str, int]]:
        yield "a", 1
        yield "ab", 1

    app = FakeApp({"/script": stream(("a", 1), ("ab", 1)), "/function": pairs})
    with client_of(app) as client:
        assert list(client.submit(api_name="/script")) == [("a", 1), ("ab", 1)]
        assert list(client.submit(api_name="/function")) == [("a", 1), ("ab", 1)]


def test_text_is_added_as_a_server_adds_it(client_of: Any) -> None:
    with client_of(FakeApp({"/chat": stream("He", "Hell", "Hello", "Bye")})) as client:
        assert list(client.submit(api_name="/chat").deltas())[:3] == ["He", "ll", "o"]
        assert list(client.submit(api_name="/chat")) == ["He", "Hell", "Hello", "Bye"]


def test_a_stream_without_values_is_null(client_of: Any) -> None:
    with client_of(FakeApp({"/empty": stream()})) as client:
        assert client.predict(api_name="/empty") is None


# -- what happens on the way ----------------------------------------------------------------------------


def test_a_call_waits_in_the_queue(client_of: Any) -> None:
    with client_of(FakeApp({"/slow": queued(at=2, eta_seconds=6, then="done")})) as client:
        events = [
            event for event in client.submit(api_name="/slow").events() if isinstance(event, StatusEvent)
        ]
    waited = [(event.rank, event.queue_size, event.eta) for event in events if event.code is Status.IN_QUEUE]
    assert waited == [(2, 3, 6.0), (1, 2, 4.0), (0, 1, 2.0)]


def test_a_call_is_held_in_the_queue(client_of: Any) -> None:
    gate = hold()
    app = FakeApp({"/slow": queued(at=2, until=gate, then=lambda text: text)})
    with client_of(app) as client:
        job = client.submit("a", api_name="/slow")
        assert gate.reached.wait(SECONDS)
        assert not job.done()
        gate.release()
        assert job.result() == "a"


def test_progress_and_messages_come_between_values(client_of: Any) -> None:
    def bake() -> Iterator[Any]:
        yield progressed(0.5, "mixing")
        yield logged("hot", "warning", title="Oven", duration=None, visible=False)
        yield "cake"

    app = FakeApp({"/bake": bake, "/script": stream(progressed((1, 3), "a", "b"), logged("hi"), "cake")})
    with client_of(app) as client:
        events = list(client.submit(api_name="/bake").events())
        (progress,) = (event for event in events if isinstance(event, ProgressEvent))
        assert (progress.units[0].progress, progress.units[0].desc) == (0.5, "mixing")
        (log,) = (event for event in events if isinstance(event, LogEvent))
        assert log == LogEvent("hot", "warning", "Oven", None, visible=False)
        events = list(client.submit(api_name="/script").events())
        (progress,) = (event for event in events if isinstance(event, ProgressEvent))
        unit = progress.units[0]
        assert (unit.index, unit.length, unit.desc, unit.unit) == (1, 3, "a", "b")
        assert LogEvent("hi", "info", "Info", 10) in events


# -- errors -------------------------------------------------------------------------------------------


def test_errors_are_those_of_the_app(client_of: Any, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(text: str) -> Iterator[str]:
        yield text
        raise AppError("no more", title="Full", duration=3, visible=False)

    def fail() -> str:
        raise ValueError("a mistake")

    said = AppError("out of memory", title="Too large")
    app = FakeApp({"/said": said, "/refuse": refuse, "/fail": fail, "/late": stream(1, said)})
    with client_of(app) as client:
        with pytest.raises(AppError, match=r"^/said: Too large: out of memory$"):
            client.predict(api_name="/said")
        job = client.submit("a", api_name="/refuse")
        with pytest.raises(AppError, match="no more") as refused:
            job.result()
        assert job.outputs() == ["a"]
        assert (refused.value.title, refused.value.duration, refused.value.visible) == ("Full", 3, False)
        with pytest.raises(AppError, match="out of memory"):
            client.predict(api_name="/late")
        with pytest.raises(AppError, match="a mistake"):
            client.predict(api_name="/fail")
    assert "/fail raised an error" in caplog.text


def test_errors_may_be_hidden(client_of: Any) -> None:
    with client_of(FakeApp({"/fail": ValueError("secret")}, show_error=False)) as client:
        with pytest.raises(AppError) as hidden:
            client.predict(api_name="/fail")
        assert "secret" not in str(hidden.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (lambda: {1, 2}, "set is neither JSON nor a file"),
        (lambda: {1: "a"}, "key of an object in JSON is a text, not 1"),
        (lambda: ("a", 1), r"tuple\[str, int\]"),
        (lambda: stream(1, stream(2)), "stream.. cannot stand inside of a stream"),
        (lambda: queued(at=1, then=2), "has begun to run waits no more"),
        (lambda: stream((1, 2)), "gave a tuple"),
    ],
)
def test_a_result_that_is_none_says_why(script: Any, said: str) -> None:
    with FakeApp({"/wrong": script}).client() as client, pytest.raises(AppError, match=said):
        client.predict(api_name="/wrong")


def test_a_function_has_as_many_outputs_as_it_says() -> None:
    def wrong() -> tuple[str, int]:
        return "a"  # type: ignore[return-value]

    with (
        FakeApp({"/wrong": wrong}).client() as client,
        pytest.raises(AppError, match="2 outputs, and gave 'a'"),
    ):
        client.predict(api_name="/wrong")


@pytest.mark.parametrize(
    ("name", "script", "said"),
    [
        ("caption", "a cat", "begins with a slash"),
        ("/a", {1, 2}, "/a: a set is neither"),
        ("/a", stream(1, {2}), "/a: a set is neither"),
        ("/a", queued(at=1, then={2}), "/a: a set is neither"),
        ("/a", stream((1, 2), 3), "/a: it has 2 outputs, and gave 3"),
        ("/a", stream(stream(1)), "/a: stream.. cannot stand"),
        ("/a", hold(), "Hold stands in a stream"),
        ("/a", progressed(1), "Progressed stands in a stream"),
        ("/a", lambda *args: args, r"parameters.*\*args"),
        ("/a", lambda a={1}: a, "default of a is no JSON"),
        ("/a", max, "parameters of .* are not known"),
    ],
)
def test_what_cannot_be_played_is_refused_at_once(name: str, script: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        FakeApp({name: script})


def test_wrong_scripts_are_refused_where_they_are_written() -> None:
    with pytest.raises(ArgumentError, match="0 or more, not -1"):
        queued(at=-1)
    with pytest.raises(ArgumentError, match="not 'loud'"):
        logged("a", "loud")


# -- cancelling ---------------------------------------------------------------------------------------


def test_a_generator_is_closed_when_its_job_is_cancelled(client_of: Any) -> None:
    closed, gate = threading.Event(), hold()

    def count() -> Iterator[Any]:
        try:
            yield 0
            yield gate
            yield 1
        finally:
            closed.set()

    with client_of(FakeApp({"/count": count})) as client:
        job = client.submit(api_name="/count")
        assert gate.reached.wait(SECONDS)
        assert job.cancel()
        with pytest.raises(JobCancelledError):
            job.result()
        assert closed.wait(SECONDS)
        gate.release()
        assert list(client.submit(api_name="/count")) == [0, 1]


def test_an_async_function_is_cancelled() -> None:
    began, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        import asyncio

        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with FakeApp({"/wait": wait}).client() as client:
        job = client.submit(api_name="/wait")
        assert began.wait(SECONDS)
        job.cancel()
        assert ended.wait(SECONDS)


@pytest.mark.parametrize("leave", ["client", "app"])
def test_whoever_is_closed_ends_the_jobs(leave: str) -> None:
    closed, gate = threading.Event(), hold()

    def wait() -> Iterator[Any]:
        try:
            yield 1
            yield gate
        finally:
            closed.set()

    app = FakeApp({"/wait": wait})
    client = app.client()
    job = client.submit(api_name="/wait")
    assert next(iter(job)) == 1  # the client reads what the app says
    assert gate.reached.wait(SECONDS)
    (client if leave == "client" else app).close()
    assert closed.wait(SECONDS)
    assert job.exception(SECONDS) is not None


def test_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    gate = hold()
    with FakeApp({"/wait": stream(1, gate), "/count": lambda a, b=ZERO: a}) as app:
        client = app.client()
        client.predict(1, api_name="/count")  # State, so there is a heartbeat
        client.submit(api_name="/wait")
        assert gate.reached.wait(SECONDS)
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
        assert not thread.is_alive(), thread
    with pytest.raises(ConnectError, match="the app is closed"):
        app.client()


def test_limits_of_time_are_kept(client_of: Any) -> None:
    gate = hold()
    with (
        client_of(FakeApp({"/wait": stream(gate, 1)})) as client,
        pytest.raises(JobTimeoutError, match=r"0\.05 s"),
    ):
        client.predict(api_name="/wait", timeout=0.05)


# -- files --------------------------------------------------------------------------------------------


def test_files_go_there_and_come_back(client_of: Any, tmp_path: Path) -> None:
    def shout(letter: MemoryFile) -> FileData:
        return handle_file(letter.text().upper().encode(), name=letter.name)

    def size(one: bytes, more: list[MemoryFile] | None = None) -> int:
        return len(one) + sum(len(file) for file in more or ())

    (tmp_path / "a.txt").write_text("hello")
    app = FakeApp(
        {
            "/shout": shout,
            "/size": size,
            "/draw": b"\x89PNG\r\n\x1a\n",
            "/both": stream(tmp_path / "a.txt", {"file": handle_file(b"x", name='o"dd é.txt')}),
            "/same": lambda value: value,
        }
    )
    with client_of(app) as client:
        made = Path(client.predict(handle_file(tmp_path / "a.txt"), api_name="/shout"))
        assert (made.name, made.read_text()) == ("a.txt", "HELLO")
        assert client.predict(b"123", [b"4", b"56"], api_name="/size") == 6
        assert Path(client.predict(api_name="/draw")).read_bytes().startswith(b"\x89PNG")
        first, second = client.submit(api_name="/both")
        assert Path(first).read_text() == "hello"
        assert Path(second["file"]).read_bytes() == b"x"
        odd = handle_file(b"\r\n--x\r\n", name='o"dd é.txt')
        same = client.predict([{"a": odd}], api_name="/same")
        assert Path(same[0]["a"]).read_bytes() == b"\r\n--x\r\n"
    given = app.calls[0].arguments["letter"]
    assert isinstance(given, MemoryFile)
    assert (given.name, given.bytes()) == ("a.txt", b"hello")
    assert app.calls[-1].arguments["value"][0]["a"].data["orig_name"] == 'o"dd é.txt'


@pytest.mark.parametrize("name", ["x%41.txt", "#a.txt", "a;b=c.txt", "über 1.txt", "%", "a&b.txt"])
def test_files_may_have_any_name(client_of: Any, name: str) -> None:
    app = FakeApp({"/same": lambda file: file})
    with client_of(app) as client:
        kept = client.predict(handle_file(b"content", name=name), api_name="/same", files="memory")
    assert kept.bytes() == b"content"
    assert app.calls[0].arguments["file"].name == name


def test_an_open_file_is_given_to_each_caller(client_of: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with (tmp_path / "a.txt").open("rb") as opened, client_of(FakeApp({"/file": opened})) as client:
        for _ in range(2):
            assert Path(client.predict(api_name="/file")).read_text() == "hello"


def test_a_file_that_is_not_there_is_an_error(client_of: Any, tmp_path: Path) -> None:
    with (
        client_of(FakeApp({"/file": tmp_path / "a.txt"})) as client,
        pytest.raises(AppError, match=r"a\.txt"),
    ):
        client.predict(api_name="/file")


def test_files_in_memory_and_addresses(client_of: Any) -> None:
    app = FakeApp({"/draw": b"\x89PNG\r\n\x1a\n", "/size": lambda file: len(file.bytes())})
    with client_of(app, files="memory") as client:
        made = client.predict(api_name="/draw")
        assert made.bytes() == b"\x89PNG\r\n\x1a\n"
        assert client.predict(made, api_name="/size") == 8
    with client_of(app, download_files=False) as client:
        data = client.predict(api_name="/draw")
        assert data.url.startswith(app.url)
        assert client.predict(data, api_name="/size") == 8  # a file that the app has already


# -- sessions -----------------------------------------------------------------------------------------


def test_each_session_has_its_state(client_of: Any) -> None:
    def count(step: int, total: State = ZERO) -> int:
        total.value += step
        return int(total.value)

    def keep(text: str, *, texts: State = State([])) -> list[str]:  # noqa: B008
        texts.value.append(text)
        return list(texts.value)

    app = FakeApp({"/count": count, "/keep": keep})
    with client_of(app) as one, client_of(app) as other:
        assert [one.predict(2, api_name="/count"), one.predict(2, api_name="/count")] == [2, 4]
        assert other.predict(1, api_name="/count") == 1
        assert [one.predict("a", api_name="/keep"), one.predict("b", api_name="/keep")] == [["a"], ["a", "b"]]
        assert other.predict("c", api_name="/keep") == ["c"]
    assert app.calls[0] == ("/count", {"step": 2})


def test_jobs_of_one_client_run_beside_each_other(client_of: Any) -> None:
    gates = [hold(), hold()]
    app = FakeApp({"/first": stream(gates[0], 1), "/second": stream(gates[1], 2)})
    with client_of(app) as client:
        first, second = client.submit(api_name="/first"), client.submit(api_name="/second")
        assert all(gate.reached.wait(SECONDS) for gate in gates)
        gates[1].release()
        assert second.result() == 2
        assert not first.done()
        gates[0].release()
        assert first.result() == 1


def test_many_calls() -> None:
    app = FakeApp({"/double": lambda x: 2 * x})
    with app.client() as client:
        rows = client.map("/double", range(50), concurrency=8, ordered=True)
        assert [row.value for row in rows] == [2 * x for x in range(50)]
    assert sorted(call.arguments["x"] for call in app.calls) == list(range(50))


# -- reaching it --------------------------------------------------------------------------------------


def test_nothing_else_is_reached() -> None:
    app = FakeApp({"/a": 1})
    with pytest.raises(ConnectError, match=r"example\.org cannot be reached from a test.*fake-app"):
        Client("http://example.org/", httpx_kwargs={"transport": app.transport}, verbose=False)


def test_apps_have_addresses_of_their_own() -> None:
    one, other = FakeApp({"/a": 1}), FakeApp({"/a": 2})
    assert one.url != other.url
    with one.client() as first, other.client() as second:
        assert (first.predict(api_name="/a"), second.predict(api_name="/a")) == (1, 2)


async def test_an_async_client_connects_when_it_is_used() -> None:
    app = FakeApp({"/chat": stream("a", "ab")})
    async with app.async_client() as client:
        assert isinstance(client, AsyncClient)
        assert [text async for text in client.submit(api_name="/chat")] == ["a", "ab"]


def test_what_is_asked_besides_is_not_there() -> None:
    import httpx2

    with httpx2.Client(transport=FakeApp({"/a": 1}).transport) as http:
        app = FakeApp({"/a": 1})
        with httpx2.Client(transport=app.transport, base_url=app.url) as client:
            assert client.get("nowhere").status_code == 404
            assert client.get("gradio_api/file=/etc/passwd").status_code == 404
            assert client.post("gradio_api/queue/join", json={"fn_index": 5}).status_code == 500
            assert client.head("config").content == b""
            assert client.get("gradio_api/queue/status").json()["queue_size"] == 0
        with pytest.raises(httpx2.ConnectError):
            http.get(app.url)


def test_a_stream_of_an_unknown_session_is_lost() -> None:
    app = FakeApp({"/wait": stream(1, hold())})
    client = app.client()
    job = client.submit(api_name="/wait")
    assert next(iter(job)) == 1
    app._sessions.close()  # as an app that was restarted
    assert isinstance(job.exception(SECONDS), StreamLostError)
    client.close()


def test_it_says_what_it_is() -> None:
    app = FakeApp({"/a": 1, "/b": 2})
    assert repr(app) == "FakeApp(/a, /b)"
    assert isinstance(hold(), Hold)
