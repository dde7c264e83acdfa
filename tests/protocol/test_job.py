"""A job's state machine: every message in every phase, and nothing after the end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import (
    AppError,
    GradlinkError,
    JobCancelledError,
    LogEvent,
    ProgressEvent,
    ProgressUnit,
    ProtocolError,
    QueueError,
    ServerStoppedError,
    SessionLostError,
    Status,
    StatusEvent,
    StreamLostError,
)
from gradlink._protocol.dialect import PROTOCOLS, dialect_of
from gradlink._protocol.job import Failed, JobPhase, JobTracker, Step, Succeeded, Update, stream_error
from gradlink._protocol.messages import (
    Message,
    ProcessStarts,
    UnexpectedError,
    Unreadable,
    decode_message,
    read_message,
)
from gradlink._protocol.version import AppVersion


def tracker(*, generator: bool = False, protocol: str = "sse_v3", version: str = "6.31.0") -> JobTracker:
    return JobTracker(
        api_name="/predict", generator=generator, dialect=dialect_of(protocol, AppVersion(version))
    )


def said(msg: str, **fields: Any) -> Message:
    return read_message({"msg": msg, "event_id": "e", **fields})


def generating(*data: Any) -> Message:
    return said("process_generating", output={"data": list(data), "is_generating": True}, success=True)


def completed(*data: Any, **fields: Any) -> Message:
    return said("process_completed", output={"data": list(data)}, success=True, **fields)


def failed(output: dict[str, Any], **fields: Any) -> Message:
    return said("process_completed", output=output, success=False, **fields)


def feed(job: JobTracker, *messages: Message) -> list[Update]:
    for message in messages:
        job.receive(message)
    return job.updates


def error_of(job: JobTracker) -> GradlinkError:
    outcome = job.outcome
    assert isinstance(outcome, Failed)
    assert job.updates[-1] is outcome
    return outcome.error


STARTS = said("process_starts", eta=2.0)
WAITS = said("estimation", rank=1, queue_size=2, rank_eta=4.0)
CANCELLED = said("process_completed", output={}, success=True)
BAR = ProgressUnit(index=1, length=3, unit="steps", progress=None, desc="Working")
PROGRESS = said(
    "progress",
    progress_data=[{"index": 1, "length": 3, "unit": "steps", "progress": None, "desc": "Working"}],
)
LOG = said("log", log="hi", level="info", title="Info", duration=10, visible=True)


def test_a_job_begins_with_nothing() -> None:
    job = tracker()
    assert (job.phase, job.outcome, job.event_id, job.updates) == (JobPhase.PENDING, None, None, [])
    assert job.status == StatusEvent(Status.STARTING)
    assert not job.started


def test_a_call_goes_from_the_queue_to_its_result() -> None:
    job = tracker()
    job.joined("e")
    assert feed(job, WAITS, STARTS, completed("x", None)) == [
        StatusEvent(Status.JOINING_QUEUE),
        StatusEvent(Status.IN_QUEUE, 1, 2, 4.0),
        StatusEvent(Status.PROCESSING, eta=2.0),
        Succeeded(["x", None], is_output=True),
    ]
    assert (job.phase, job.status) == (JobPhase.SUCCEEDED, StatusEvent(Status.FINISHED, rank=0))


def test_an_answer_from_a_cache_comes_alone() -> None:
    job = tracker(generator=True)
    job.joined("e")
    assert feed(job, completed("x", used_cache="full"))[-1] == Succeeded(["x"], is_output=True)


def test_the_first_message_may_come_before_the_join_is_answered() -> None:
    job = tracker()
    feed(job, WAITS)
    job.joined("e")
    assert job.event_id == "e"
    assert job.updates == [StatusEvent(Status.IN_QUEUE, 1, 2, 4.0)]


@pytest.mark.parametrize(
    ("protocol", "second"),
    [
        ("ws", Step(["ab"])),
        ("sse", Step(["ab"])),
        ("sse_v1", Step(["ab"])),
        ("sse_v2", Step(None, ["ab"])),
        ("sse_v2.1", Step(None, ["ab"])),
        ("sse_v3", Step(None, ["ab"])),
    ],
)
def test_steps_after_the_first_are_edits_since_4_17(protocol: str, second: Step) -> None:
    job = tracker(generator=True, protocol=protocol)
    assert feed(job, STARTS, generating("a"), generating("ab"), completed("ab")) == [
        StatusEvent(Status.PROCESSING, eta=2.0),
        Step(["a"]),
        second,
        Succeeded(["ab"], is_output=False),
    ]


def test_the_steps_of_a_live_endpoint_are_values() -> None:
    job = tracker(generator=True)
    steps = [said("process_streaming", output={"data": [n]}, success=True) for n in range(3)]
    assert feed(job, *steps) == [Step([0]), Step([1]), Step([2])]


@pytest.mark.parametrize(
    ("generator", "data", "cache", "is_output"),
    [
        (True, [None], None, False),  # yielded nothing
        (True, [None, None], None, False),
        (True, [None], "full", True),
        (True, ["x", None], None, True),
        (True, [], None, False),
        (False, [None], None, True),
        (False, [], None, True),
    ],
)
def test_a_generator_that_yields_nothing_has_no_output(
    generator: bool, data: list[Any], cache: Any, is_output: bool
) -> None:
    job = tracker(generator=generator)
    assert feed(job, STARTS, completed(*data, used_cache=cache))[-1] == Succeeded(data, is_output)


def test_progress_and_logs_are_told_and_stay_to_be_asked_for() -> None:
    job = tracker()
    updates = feed(job, WAITS, STARTS, PROGRESS, LOG)
    log = LogEvent("hi", "info", "Info", 10)
    assert updates[2:] == [ProgressEvent((BAR,)), log]
    assert (job.progress, job.log) == ((BAR,), log)
    assert job.status == StatusEvent(Status.LOG, eta=2.0)
    assert job.started


def test_progress_tells_that_the_job_runs() -> None:
    job = tracker()
    feed(job, WAITS, PROGRESS)
    assert (job.phase, job.status.code) == (JobPhase.RUNNING, Status.PROGRESS)


def test_a_value_tells_that_the_job_runs() -> None:
    job = tracker()
    feed(job, WAITS, generating("a"))
    assert (job.phase, job.status.code) == (JobPhase.RUNNING, Status.ITERATING)


def test_a_place_in_the_queue_counts_no_more_once_the_job_runs() -> None:
    job = tracker()
    updates = feed(job, STARTS, WAITS)
    assert updates == [StatusEvent(Status.PROCESSING, eta=2.0)]
    assert job.started


def test_what_a_socket_asks_is_told() -> None:
    job = tracker(protocol="sse", version="4.8.0")
    updates = feed(job, read_message({"msg": "send_hash"}), read_message({"msg": "send_data"}))
    assert updates == [StatusEvent(Status.JOINING_QUEUE), StatusEvent(Status.SENDING_DATA)]


@pytest.mark.parametrize("msg", ["heartbeat", "close_stream", "process_paused"])
def test_what_concerns_no_job_changes_nothing(msg: str) -> None:
    job = tracker()
    feed(job, WAITS, said(msg))
    assert (job.phase, len(job.updates)) == (JobPhase.QUEUED, 1)


# Ends


def test_an_error_of_the_app_keeps_everything_it_was_raised_with() -> None:
    job = tracker()
    job.joined("e")
    error = told_error(
        job, {"error": "bad", "duration": 5, "visible": False, "title": "Oops", "print_exception": False}
    )
    assert (error.message, error.title, error.duration, error.visible) == ("bad", "Oops", 5, False)
    assert error.print_exception is False
    assert (error.endpoint, error.event_id, error.execution) == ("/predict", "e", "failed")
    assert str(error) == "/predict: Oops: bad"
    assert isinstance(error, ValueError)


def told_error(job: JobTracker, output: dict[str, Any], **fields: Any) -> AppError:
    feed(job, STARTS, failed(output, **fields))
    error = error_of(job)
    assert isinstance(error, AppError)
    assert job.phase is JobPhase.FAILED
    return error


def test_an_error_takes_the_logs_before_it_along() -> None:
    job = tracker()
    feed(job, LOG, said("log", log="more", level="warning"))
    assert told_error(job, {"error": "bad"}).logs == ("hi", "more")


@pytest.mark.parametrize(
    ("output", "title", "expected"),
    [
        ({"error": "x", "title": "of output"}, "of message", "of output"),
        ({"error": "x", "title": None}, "of message", "of message"),
        ({"error": "x"}, "of message", "of message"),
        ({"error": "x"}, None, "Error"),
    ],
)
def test_the_title_of_an_error_is_that_of_its_output(output: Any, title: Any, expected: str) -> None:
    assert told_error(tracker(), output, title=title).title == expected


@pytest.mark.parametrize(
    ("duration", "expected"),
    [({}, 10), ({"duration": None}, None), ({"duration": 0}, 0), ({"duration": 2.5}, 2.5)],
)
def test_the_duration_of_an_error_may_be_missing_or_none(duration: Any, expected: Any) -> None:
    assert told_error(tracker(), {"error": "x", **duration}).duration == expected


@pytest.mark.parametrize(
    ("version", "text", "expected"),
    [
        ("5.1.0", "'user error: bad'", "user error: bad"),
        ("4.44.1", '"it\'s bad"', "it's bad"),
        ("4.44.1", "''", ""),
        ("4.44.1", "'", "'"),
        ("4.44.1", "", ""),
        ("4.44.1", "'a\"", "'a\""),
        ("4.44.1", "plain", "plain"),
        ("4.44.1", "''quoted''", "''quoted''"),
        ("4.44.1", "'two\\nlines, one \\'quote\\' and \\\\'", "two\nlines, one 'quote' and \\"),
        ("4.44.1", "'\\x1b[1m'", "\x1b[1m"),
        ("5.2.0", "'user error: bad'", "'user error: bad'"),
        ("6.31.0", "'quoted'", "'quoted'"),
    ],
)
def test_the_quotes_of_errors_before_5_2_are_taken_off(version: str, text: str, expected: str) -> None:
    assert told_error(tracker(version=version), {"error": text}).message == expected


HIDDEN = (
    "the app raised an exception and hides its details; its author can show them with "
    "show_error=True in launch(), or by raising gr.Error"
)


@pytest.mark.parametrize(
    ("version", "output", "hidden"),
    [
        ("6.31.0", {"error": None}, True),
        ("6.31.0", {}, True),
        ("4.8.0", {"error": "None"}, True),
        ("3.50.2", {"error": "None"}, True),
        ("4.22.0", {"error": "None"}, True),
        ("4.22.0", {"error": "'None'"}, False),
        ("6.31.0", {"error": "None"}, False),
    ],
)
def test_a_hidden_error_says_how_to_show_it(version: str, output: dict[str, Any], hidden: bool) -> None:
    assert told_error(tracker(version=version), output).message == (HIDDEN if hidden else "None")


def test_what_was_generated_before_an_error_stays() -> None:
    job = tracker(generator=True)
    updates = feed(job, STARTS, generating("a"), failed({"error": "in the middle"}))
    assert updates[1] == Step(["a"])
    assert isinstance(updates[2], Failed)


def test_an_empty_success_is_a_cancel() -> None:
    job = tracker()
    job.joined("e")
    feed(job, STARTS, CANCELLED)
    assert job.phase is JobPhase.CANCELLED
    assert job.status == StatusEvent(Status.CANCELLED, rank=0)
    error = error_of(job)
    assert isinstance(error, JobCancelledError)
    assert str(error) == "/predict: the job was cancelled"


def test_a_success_without_data_is_an_error_of_the_protocol() -> None:
    job = tracker()
    feed(job, STARTS, said("process_completed", output={"duration": 1}, success=True))
    error = error_of(job)
    assert isinstance(error, ProtocolError)
    assert str(error) == "/predict: the server completed the job without data: {'duration': 1}"
    assert error.execution == "unknown"


def test_a_full_queue_refuses_the_job() -> None:
    job = tracker(protocol="ws")
    feed(job, read_message({"msg": "queue_full"}))
    error = error_of(job)
    assert isinstance(error, QueueError)
    assert str(error) == "/predict: the app's queue is full, the job was not accepted"
    assert error.execution == "not started"


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        (
            {"message": "404: Session not found."},
            SessionLostError,
            (
                "the server no longer knows this session: it was restarted, or several replicas run "
                "behind this URL without sticky sessions (it said: 404: Session not found.)"
            ),
        ),
        (
            {"message": "Server stopped unexpectedly."},
            ServerStoppedError,
            "the server is shutting down (it said: Server stopped unexpectedly.)",
        ),
        (
            {"message": "'e'"},
            StreamLostError,
            "the server aborted the stream (it said: 'e')",
        ),
    ],
)
def test_an_error_of_the_stream_loses_the_job(
    fields: dict[str, Any], kind: type[StreamLostError], text: str
) -> None:
    job = tracker()
    job.joined("e")
    feed(job, WAITS, said("unexpected_error", **fields))
    error = error_of(job)
    assert type(error) is kind
    assert str(error) == f"/predict: {text}; the job e may have run"
    assert (job.phase, error.execution) == (JobPhase.LOST, "unknown")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (UnexpectedError(None, "x", session_not_found=True), SessionLostError),
        (UnexpectedError(None, "Server STOPPED", session_not_found=False), ServerStoppedError),
        (UnexpectedError(None, "x", session_not_found=False), StreamLostError),
    ],
)
def test_a_stream_fails_in_one_of_three_ways(message: UnexpectedError, kind: type[StreamLostError]) -> None:
    assert type(stream_error(message)) is kind


def test_a_job_that_was_not_accepted_has_not_started() -> None:
    lost, cancelled = tracker(), tracker()
    lost.lose(StreamLostError("gone"))
    cancelled.cancel()
    assert error_of(lost).execution == error_of(cancelled).execution == "not started"


def test_a_job_that_was_accepted_may_run_unseen() -> None:
    lost, cancelled = tracker(), tracker()
    for job in (lost, cancelled):
        assert job.begin_sending()
        job.joined("e")
    lost.lose(StreamLostError("gone"))
    cancelled.cancel()
    assert error_of(lost).execution == error_of(cancelled).execution == "unknown"


def test_a_job_that_was_sent_once_before_may_have_run() -> None:
    lost, failed_again = tracker(), tracker()
    for job in (lost, failed_again):
        job.joined("e")
        job.restart()
    lost.lose(StreamLostError("gone"))
    failed_again.fail(QueueError("full", execution="not started"))
    assert error_of(lost).execution == error_of(failed_again).execution == "unknown"


def test_the_direct_route_brings_a_result_at_once() -> None:
    job = tracker()
    job.succeed(["x"])
    assert (job.phase, job.outcome, job.updates) == (
        JobPhase.SUCCEEDED,
        Succeeded(["x"], is_output=True),
        [Succeeded(["x"], is_output=True)],
    )


def test_a_job_that_is_sent_once_more_begins_anew() -> None:
    job = tracker(generator=True)
    job.joined("e")
    feed(job, STARTS, generating("a"), generating("ab"))
    job.restart()
    assert (job.phase, job.event_id, job.status) == (JobPhase.PENDING, None, StatusEvent(Status.STARTING))
    job.joined("f")
    # The first value of the second run is not an edit of the last one of the first.
    assert feed(job, STARTS, generating("a"))[-1] == Step(["a"])
    assert job.event_id == "f"


@pytest.mark.parametrize(
    ("phase", "text", "execution"),
    [
        ("upload", "sending its files", "not started"),
        ("queue", "waiting in the queue", "not started"),
        ("run", "running", "unknown"),
        ("total", "the whole call", "unknown"),
    ],
)
def test_a_limit_that_runs_out_is_named(phase: Any, text: str, execution: str) -> None:
    job = tracker()
    if execution == "unknown":
        assert job.begin_sending()
    job.expire(phase, 1.5)
    error = error_of(job)
    assert str(error) == f"/predict: the call's limit of 1.5 s for {text} ran out"
    assert isinstance(error, TimeoutError)
    assert (error.execution, job.phase) == (execution, JobPhase.FAILED)


# After the end


def ended_jobs() -> dict[str, JobTracker]:
    jobs = {name: tracker() for name in ("succeeded", "failed", "cancelled", "lost")}
    feed(jobs["succeeded"], completed("x"))
    feed(jobs["failed"], failed({"error": "x"}))
    jobs["cancelled"].cancel()
    jobs["lost"].lose(StreamLostError("x"))
    return jobs


LATE = [WAITS, STARTS, PROGRESS, LOG, generating("y"), completed("y"), failed({"error": "y"}), CANCELLED]
LATE.append(said("unexpected_error", message="y"))


@pytest.mark.parametrize("name", ["succeeded", "failed", "cancelled", "lost"])
def test_nothing_counts_after_the_end(name: str) -> None:
    job = ended_jobs()[name]
    before = (job.phase, job.outcome, job.status, list(job.updates), job.progress, job.log)
    assert job.phase.ended
    feed(job, *LATE)
    job.succeed(["y"])
    job.fail(GradlinkError("y"))
    job.cancel()
    job.lose(StreamLostError("y"))
    job.expire("total", 1)
    assert (job.phase, job.outcome, job.status, job.updates, job.progress, job.log) == before


MESSAGES = st.sampled_from([*LATE, said("heartbeat"), said("send_data"), said("queue_full")])


@given(messages=st.lists(MESSAGES, max_size=12), generator=st.booleans(), protocol=st.sampled_from(PROTOCOLS))
def test_every_order_of_messages_keeps_the_order_of_things(
    messages: list[Message], generator: bool, protocol: str
) -> None:
    job = tracker(generator=generator, protocol=protocol)
    for message in messages:
        before = list(job.updates)
        was = job.phase
        job.receive(message)
        assert job.updates[: len(before)] == before  # what was told stays told
        assert not was.ended or (job.phase is was and job.updates == before)
        assert (job.outcome is not None) is job.phase.ended
    outcomes = [update for update in job.updates if isinstance(update, (Succeeded, Failed))]
    assert outcomes == ([job.outcome] if job.outcome is not None else [])
    if outcomes:
        assert job.updates[-1] is job.outcome
    steps = [update for update in job.updates if isinstance(update, Step)]
    assert all((step.data is None) is (step.edits is not None) for step in steps)
    assert not steps or steps[0].edits is None


@given(text=st.text(max_size=20))
def test_any_text_is_a_text_of_an_error(text: str) -> None:
    job = tracker()
    feed(job, decode_message('{"msg": "process_starts"}'), failed({"error": text}))
    assert error_of(job).args == (text,)


class TooDeep(ProcessStarts):
    """A message that cannot be looked at."""

    @property
    def eta(self) -> float | None:  # type: ignore[override]
        raise RecursionError("too deep")


def test_what_cannot_be_read_ends_the_job_and_says_so() -> None:
    job = tracker()
    job.receive(TooDeep.__new__(TooDeep))
    assert isinstance(job.outcome, Failed)
    assert isinstance(job.outcome.error, ProtocolError)
    assert str(job.outcome.error) == "a message of /predict cannot be read: RecursionError: too deep"


def test_a_message_that_was_unreadable_ends_the_job_with_its_error() -> None:
    job, error = tracker(), ProtocolError("nested too deep")
    job.receive(Unreadable("e", error, is_end=True))
    assert isinstance(job.outcome, Failed)
    assert job.outcome.error is error


def test_where_a_queue_can_stop_for_good_the_limit_says_so() -> None:
    job = tracker(protocol="sse", version="4.8.0")
    job.receive(said("estimation", rank=0, queue_size=1))
    job.expire("queue", 5)
    assert isinstance(job.outcome, Failed)
    assert "the queue of Gradio 4.8.0 can stop for good" in str(job.outcome.error)


def test_a_job_that_has_ended_is_not_begun_anew() -> None:
    job = tracker()
    job.cancel()
    assert job.restart() is False
    assert job.phase is JobPhase.CANCELLED
