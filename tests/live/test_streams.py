"""What a job tells while it runs: its values, the text they add, its events and its status."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from gradlink import (
    AppError,
    Client,
    DoneEvent,
    LogEvent,
    OutputEvent,
    ProgressEvent,
    ProgressUnit,
    Status,
    StatusEvent,
)
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import follow, is_log, new_key, output_is, progress_is, status_is


def said(role: str, text: str) -> dict[str, Any]:
    """Return a message of a chat history as the server writes it."""
    return {
        "role": role,
        "metadata": None,
        "content": [{"text": text, "type": "text"}],
        "options": None,
    }


M0, M1, M2, M3 = said("user", "m0"), said("assistant", "m1"), said("user", "m2"), said("assistant", "m3")
OBJECTS: list[Any] = [
    {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True},
    {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None},
    {"a": 2, "s": "x+yz", "list": [1, 4], "new": {"k": "v"}},
    {"a": 2, "s": "other", "list": [], "new": {"k": "vv", "k2": [{"t": "u"}]}},
    {"new": {"k": "vv", "k2": [{"t": "u+", "n": [[1, 2, 3], [4, 5, 6]]}, {}]}, "list": [{"x": [0]}]},
]
TABLES: list[Any] = [
    {"headers": ["a", "b", "c"], "data": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "metadata": None},
    {"headers": ["a"], "data": [[1], [4]], "metadata": None},
    {"headers": ["a", "b"], "data": [[1, 2], [4, 5], [7, 8]], "metadata": None},
]
CONFIDENCES = [{"label": "cat", "confidence": 0.75}, {"label": "dog", "confidence": 0.25}]
STREAMS: list[Any] = [
    pytest.param("/count", ("w", 3), ["w0 ", "w0 w1 ", "w0 w1 w2 "], id="count"),
    pytest.param("/fast_count", ("w", 3), ["w0 ", "w0 w1 ", "w0 w1 w2 "], id="count without a queue"),
    pytest.param(
        "/chat",
        ("hi", [said("user", "before")]),
        [
            ("", [said("user", "before"), said("user", "hi"), said("assistant", text)])
            for text in ("You", "You said", "You said: ", "You said: hi")
        ],
        id="chat",
    ),
    pytest.param("/jsongen", (), OBJECTS, id="jsongen"),
    pytest.param("/dictgen", (5,), OBJECTS, id="dictgen"),
    pytest.param("/chatlist", (), [[M0], [M0, M1, M2], [M0, M1, M2, M3], [M0], [M0, M1]], id="chatlist"),
    pytest.param("/tablegen", (), TABLES, id="tablegen"),
    pytest.param("/samegen", (), ["same", "same", "same"], id="samegen"),
    pytest.param("/emptygen", (), [], id="emptygen"),
    pytest.param("/twogen", (), [("a", "x"), ("ab", "x"), ("ab", "xy"), ("abc", "xyz")], id="twogen"),
    pytest.param("/count", ("w", 1), ["w0 "], id="one value"),
]


# Values


@pytest.mark.parametrize(("api_name", "args", "expected"), STREAMS)
def test_a_generator_gives_each_value_once(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...], expected: list[Any]
) -> None:
    with connect(server().url) as client:
        job = client.submit(*args, api_name=api_name)
        assert list(job) == expected
        assert job.outputs() == expected
        assert job.result() == (expected[-1] if expected else None)
        assert job.status().success is True


@pytest.mark.parametrize(("api_name", "args", "expected"), STREAMS)
def test_a_value_stays_right_when_later_ones_come(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...], expected: list[Any]
) -> None:
    with connect(server().url) as client:
        handed_out = [(value, copy.deepcopy(value)) for value in client.submit(*args, api_name=api_name)]
    assert [value for value, _ in handed_out] == expected
    assert [value for _, value in handed_out] == expected


def test_a_value_is_there_before_the_next_one_is_made(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, 2, api_name="/gategen")
        base.open_gate(key)
        assert next(job) == "tick 0"
        assert base.counts(key) == {"started": 1, "ticked": 1}
        base.open_gate(key)
        assert next(job) == "tick 1"
        with pytest.raises(StopIteration):
            next(job)
    assert base.counts(key) == {"started": 1, "ticked": 2, "finished": 1, "ended": 1}


def test_outputs_are_those_so_far(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, 3, api_name="/gategen")
        events = job.events()
        assert job.outputs() == []
        base.open_gate(key, 2)
        follow(events, output_is(1))
        assert job.outputs() == ["tick 0", "tick 1"]
        assert not job.done()
        base.open_gate(key)
        follow(events, output_is(2))
        assert job.result() == "tick 2"
        assert job.outputs() == ["tick 0", "tick 1", "tick 2"]
        assert list(events) == [DoneEvent(success=True)]


def test_a_plain_function_gives_one_value(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        assert job.outputs() == []
        base.open_gate(key)
        assert list(job) == [f"passed {key}"]
        assert job.outputs() == [f"passed {key}"]
        assert list(client.submit("a", api_name="/multi")) == [
            ("a", 1, {"label": "cat", "confidences": CONFIDENCES})
        ]


def test_a_function_without_outputs_gives_an_empty_tuple_once(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit(new_key(), api_name="/no_output")
        assert list(job) == [()]
        assert job.result() == ()


def test_loops_over_a_job_go_on_where_the_last_one_was_left(server: Servers) -> None:
    with Client(server().url, verbose=False) as client:
        job = client.submit("w", 3, api_name="/count")
        assert next(iter(job)) == "w0 "
        assert next(job) == "w0 w1 "
        assert list(job) == ["w0 w1 w2 "]
        assert list(job) == []


def test_jobs_of_one_client_stream_side_by_side(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(3)]
    with connect(base.url) as client:
        jobs = [client.submit(key, 3, api_name="/gategen") for key in keys]
        for step in range(3):
            for key, job in zip(keys, jobs, strict=True):
                base.open_gate(key)
                assert next(job) == f"tick {step}"
        assert [list(job) for job in jobs] == [[], [], []]
        assert [job.outputs() for job in jobs] == [["tick 0", "tick 1", "tick 2"]] * 3


# Large and strange values


def test_a_message_of_megabytes_arrives(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(3_000_000, api_name="/big") == "x" * 3_000_000
        job = client.submit("é" * 700_000, 3, api_name="/count")
        # Not compared by assert: its report of a difference would take minutes.
        grown = ["é" * 700_000 + "0 "]
        grown += [grown[0] + "é" * 700_000 + "1 "]
        grown += [grown[1] + "é" * 700_000 + "2 "]
        values = list(job)
        same = values == grown
        assert same, [len(value) for value in values]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("line\u2028separator\u2029paragraph", id="line separators"),
        pytest.param("next\x85line\x0bvertical\x0cform", id="what splitlines takes for an end"),
        pytest.param("a\nb\r\nc\rd\n\ndata: e\n\n", id="line ends"),
        pytest.param("naïve 漢字 😀 👩‍👩‍👧 é", id="several bytes"),
        pytest.param("\x00\x01\x1f\x7f\ufeff\uffff", id="controls"),
        pytest.param("", id="nothing"),
        pytest.param("\"\\'</script>{}[]", id="quotes"),
        pytest.param("€" * 100_000, id="cut in the middle of a character"),
    ],
)
def test_every_text_comes_back_as_it_was(server: Servers, connect: Shell, text: str) -> None:
    with connect(server().url) as client:
        assert client.predict(text, api_name="/echo") == text
        assert client.predict(text, api_name="/fast") == text
        assert list(client.submit(text, 2, api_name="/count")) == [f"{text}0 ", f"{text}0 {text}1 "]
        assert list(client.submit(text, 2, api_name="/count").deltas()) == [f"{text}0 ", f"{text}1 "]


# Deltas


@pytest.mark.parametrize(
    ("api_name", "args", "expected"),
    [
        ("/count", ("w", 3), ["w0 ", "w1 ", "w2 "]),
        ("/fast_count", ("w", 3), ["w0 ", "w1 ", "w2 "]),
        ("/chat", ("hi", []), ["You", " said", ": ", "hi"]),
        ("/twogen", (), ["a", "b", "c"]),
        ("/samegen", (), ["same"]),
        ("/echo", ("all at once",), ["all at once"]),
        ("/emptygen", (), []),
        ("/add", (1,), []),
    ],
)
def test_deltas_are_what_each_value_adds(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...], expected: list[str]
) -> None:
    with connect(server().url) as client:
        assert list(client.submit(*args, api_name=api_name).deltas()) == expected


def test_deltas_add_up_to_the_final_text(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("word", 200, api_name="/count")
        deltas = list(job.deltas())
        assert len(deltas) == 200
        assert "".join(deltas) == job.result()


def test_deltas_of_a_chat_add_up_to_its_last_answer(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("a longer message", [], api_name="/chat")
        deltas = list(job.deltas())
        assert deltas == ["You", " said", ": ", "a longer message"]
        assert job.result()[1][-1] == said("assistant", "".join(deltas))


def test_a_delta_is_there_before_the_next_one_is_made(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        deltas = client.submit(key, 2, api_name="/gategen").deltas()
        base.open_gate(key)
        assert next(deltas) == "tick 0"
        assert base.counts(key) == {"started": 1, "ticked": 1}
        base.open_gate(key)
        assert list(deltas) == ["tick 1"]  # it does not begin with the text before, so all of it is new


def test_deltas_begin_with_the_job_whenever_they_are_asked_for(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("w", 3, api_name="/count")
        assert job.result() == "w0 w1 w2 "
        assert list(job.deltas()) == ["w0 ", "w1 ", "w2 "]
        assert list(job.deltas()) == ["w0 ", "w1 ", "w2 "]
        assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]


def test_deltas_of_a_job_that_fails_raise_its_error_after_the_texts(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        texts: list[str] = []
        with pytest.raises(AppError, match="failed in the middle"):
            texts.extend(client.submit(2, api_name="/generr").deltas())
        assert texts == ["step 0", "step 1"]


# Events


def test_events_tell_how_a_job_waits_runs_and_ends(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(3)]
    with connect(base.url) as client:
        first = client.submit(keys[0], api_name="/gate")
        base.reach(keys[0], "started")
        second = client.submit(keys[1], api_name="/gate")
        waiting_second = second.events()
        follow(waiting_second, status_is(Status.IN_QUEUE))
        third = client.submit(keys[2], api_name="/gate")
        waiting_third = third.events()
        seen = follow(waiting_third, status_is(Status.IN_QUEUE))

        assert [(event.code, event.rank, event.queue_size) for event in seen] == [
            (Status.JOINING_QUEUE, None, None),
            (Status.IN_QUEUE, 1, 2),
        ]
        base.open_gate(keys[0])
        assert first.result() == f"passed {keys[0]}"
        base.reach(keys[1], "started")
        (moved,) = follow(waiting_third, status_is(Status.IN_QUEUE))
        assert (moved.rank, moved.queue_size) == (0, 1)
        assert isinstance(moved.eta, float)  # one call of the function has ended, so there is an estimate
        assert (third.status().rank, third.status().queue_size) == (0, 1)
        assert third.status().code is Status.IN_QUEUE
        base.open_gate(keys[1])
        assert second.result() == f"passed {keys[1]}"
        assert list(waiting_second)[-1] == DoneEvent(success=True)

        (running,) = follow(waiting_third, status_is(Status.PROCESSING))
        assert (running.rank, running.queue_size) == (None, None)
        base.open_gate(keys[2])
        assert list(waiting_third) == [
            OutputEvent(value=f"passed {keys[2]}", index=0),
            DoneEvent(success=True),
        ]


def test_events_of_a_stream_are_its_values(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        events = list(client.submit("w", 3, api_name="/count").events())
        assert [event.code for event in events[:3]] == [
            Status.JOINING_QUEUE,
            Status.IN_QUEUE,
            Status.PROCESSING,
        ]
        assert events[3:] == [
            OutputEvent(value="w0 ", index=0),
            OutputEvent(value="w0 w1 ", index=1),
            OutputEvent(value="w0 w1 w2 ", index=2),
            DoneEvent(success=True),
        ]
        assert [event.type for event in events] == ["status"] * 3 + ["output"] * 3 + ["done"]


def test_events_begin_with_the_job_whenever_they_are_asked_for(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("w", 3, api_name="/count")
        live = list(job.events())
        assert len(live) == 7
        assert list(job.events()) == live
        assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]


def test_events_without_a_queue_are_the_value_and_the_end(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert list(client.submit("x", api_name="/fast").events()) == [
            OutputEvent(value="x", index=0),
            DoneEvent(success=True),
        ]


def test_events_tell_of_progress(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()

    def bar(index: int) -> ProgressUnit:
        return ProgressUnit(index=index, length=2, unit="gates", progress=None, desc="Waiting")

    with connect(base.url) as client:
        job = client.submit(key, 2, api_name="/progressgate")
        events = job.events()
        follow(events, status_is(Status.PROCESSING))
        assert follow(events, progress_is(0)) == [ProgressEvent(units=(bar(0),))]
        assert job.status().code is Status.PROGRESS
        assert job.status().progress_data == [bar(0)]
        base.open_gate(key)
        assert follow(events, progress_is(1)) == [ProgressEvent(units=(bar(1),))]
        assert job.status().progress_data == [bar(1)]
        base.open_gate(key)
        assert list(events) == [OutputEvent(value="done", index=0), DoneEvent(success=True)]


def test_events_tell_of_bars_within_bars(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(1, key, api_name="/nested_progress")
        events = job.events()
        follow(events, status_is(Status.PROCESSING))
        inner = ProgressUnit(index=0, length=2, unit="steps", progress=None, desc="inner")
        outer = ProgressUnit(index=1, length=1, unit="rounds", progress=None, desc="outer")
        assert follow(events, progress_is(1, 0))[-1] == ProgressEvent(units=(outer, inner))
        assert job.status().progress_data == [outer, inner]
        base.open_gate(key, 2)
        assert job.result() == "done"
        assert list(events)[-2:] == [OutputEvent(value="done", index=0), DoneEvent(success=True)]


def test_events_tell_what_the_app_says(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        events = list(client.submit("x", api_name="/logs").events())
        assert events[3:] == [
            LogEvent("info:x", level="info", title="Info", duration=10, visible=True),
            LogEvent("warn:x", level="warning", title="My title", duration=3, visible=True),
            LogEvent("good:x", level="success", title="Success", duration=10, visible=False),
            OutputEvent(value="x", index=0),
            DoneEvent(success=True),
        ]


def test_logs_come_between_the_values_where_the_app_said_them(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        events = list(client.submit(2, api_name="/loggen").events())
        assert events[3:] == [
            LogEvent("before 0", level="info", title="Info", duration=10),
            OutputEvent(value="step 0", index=0),
            LogEvent("before 1", level="info", title="Info", duration=10),
            OutputEvent(value="step 1", index=1),
            DoneEvent(success=True),
        ]


def test_events_of_a_job_that_fails_end_with_its_error(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        *before, done = client.submit(2, api_name="/generr").events()
        assert before[3:] == [OutputEvent(value="step 0", index=0), OutputEvent(value="step 1", index=1)]
        assert (done.type, done.success, done.cancelled) == ("done", False, False)
        assert isinstance(done.error, AppError)
        assert (done.error.message, done.error.title) == ("failed in the middle", "Halfway")


# Status


def test_the_status_follows_the_job(server: Servers, connect: Shell) -> None:
    base, before, key = server(), new_key(), new_key()
    with connect(base.url) as client:
        first = client.submit(before, 1, api_name="/gategen_one")
        base.reach(before, "started")
        job = client.submit(key, 2, api_name="/gategen_one")
        events = job.events()

        follow(events, status_is(Status.IN_QUEUE))
        waiting = job.status()
        assert (waiting.code, waiting.rank, waiting.queue_size) == (Status.IN_QUEUE, 0, 1)
        assert (waiting.success, waiting.progress_data, waiting.log) == (None, None, None)
        assert waiting.type == "status"

        base.open_gate(before)
        assert first.result() == "tick 0"
        follow(events, status_is(Status.PROCESSING))
        running = job.status()
        assert (running.code, running.rank, running.queue_size) == (Status.PROCESSING, None, None)
        assert (running.success, job.done()) == (None, False)

        base.open_gate(key)
        follow(events, output_is(0))
        assert (job.status().code, job.status().success) == (Status.ITERATING, None)

        base.open_gate(key)
        assert job.result() == "tick 1"
        ended = job.status()
        assert (ended.code, ended.success, ended.rank) == (Status.FINISHED, True, 0)
        assert (ended.queue_size, ended.eta, ended.progress_data, ended.log) == (None, None, None, None)
        assert isinstance(ended.time, datetime)
        assert isinstance(waiting.time, datetime)
        assert waiting.time <= ended.time


def test_the_status_of_a_job_that_was_not_sent_yet_is_starting(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url, max_workers=1) as client:
        first = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        waiting = client.submit("x", api_name="/echo")
        status = waiting.status()
        assert (status.code, status.success, status.rank, status.eta) == (Status.STARTING, None, None, None)
        base.open_gate(key)
        assert first.result() == f"passed {key}"
        assert waiting.result() == "x"


def test_the_status_has_the_log_that_came_last(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/loggate")
        events = job.events()
        follow(events, is_log)
        assert job.status().log == ("the gate is closed", "warning")
        assert job.status().success is None
        base.open_gate(key)
        assert job.result() == "passed"
        assert job.status().log is None


@pytest.mark.parametrize("api_name", ["/err", "/boom"])
def test_the_status_of_a_job_that_failed_is_finished_without_success(
    server: Servers, connect: Shell, api_name: str
) -> None:
    with connect(server().url) as client:
        job = client.submit("x", api_name=api_name)
        with pytest.raises(AppError):
            job.result()
        status = job.status()
        assert (status.code, status.success) == (Status.FINISHED, False)
        assert job.done()
        assert not job.cancelled()


def test_stages_can_be_compared() -> None:
    stages = [Status.STARTING, Status.IN_QUEUE, Status.PROCESSING, Status.ITERATING, Status.FINISHED]
    assert sorted([stages[3], *stages[:3], stages[4]]) == stages


def test_a_status_event_is_a_value() -> None:
    assert StatusEvent(Status.IN_QUEUE, 1, 2, None) == StatusEvent(Status.IN_QUEUE, 1, 2)
