"""What is said of jobs at each moment."""

from __future__ import annotations

import math

import pytest

from gradlink import (
    AppError,
    DoneEvent,
    LogEvent,
    ProgressEvent,
    ProgressUnit,
    Status,
    StatusEvent,
    TransferEvent,
    WatchedEvent,
    WatchedJob,
)
from gradlink._progress.board import MAX_BARS, MAX_KEPT, MAX_LINES, Bar, Board, Line, View

HOSTILE = "\x1b[2J\u202e<b>[red]\nx"
DONE = DoneEvent(True)


def board(*events: WatchedEvent, api_name: str = "/f", at: float = 0.0) -> Board:
    made = Board()
    for event in events:
        made.take(WatchedJob(1, api_name, "e"), event, at)
    return made


def line(*events: WatchedEvent, now: float = 0.0) -> Line:
    (only,) = board(*events).view(now).lines
    return only


def many(made: Board, first: int, count: int, *events: WatchedEvent) -> None:
    for number in range(first, first + count):
        for event in events:
            made.take(WatchedJob(number, f"/f{number}", None), event, 0.0)


@pytest.mark.parametrize(
    ("event", "mark", "text"),
    [
        (StatusEvent(Status.STARTING), "waiting", "starting"),
        (StatusEvent(Status.JOINING_QUEUE), "waiting", "joining the queue"),
        (StatusEvent(Status.IN_QUEUE), "waiting", "in the queue"),
        (StatusEvent(Status.IN_QUEUE, 2), "waiting", "position 3 in the queue"),
        (
            StatusEvent(Status.IN_QUEUE, 0, 12, 8.4),
            "waiting",
            "position 1 of 12 in the queue, about 8.4 s left",
        ),
        (
            StatusEvent(Status.IN_QUEUE, 10**4000, 10**4000, 1e300),
            "waiting",
            "position inf of inf in the queue",
        ),
        (StatusEvent(Status.SENDING_DATA), "waiting", "sending its data"),
        (StatusEvent(Status.QUEUE_FULL), "waiting", "the queue is full"),
        (StatusEvent(Status.PROCESSING), "running", "running 0.0 s"),
        (StatusEvent(Status.PROCESSING, eta=75), "running", "running 0.0 s, about 1 min 15 s left"),
        (StatusEvent(Status.PROCESSING, eta=math.nan), "running", "running 0.0 s"),
        (StatusEvent(Status.ITERATING), "running", "streaming 0.0 s"),
        (DONE, "done", "done in 0.0 s"),
        (DoneEvent(False, AppError("no"), False), "failed", "failed after 0.0 s: no"),
        (DoneEvent(False, AppError("no", endpoint="/f"), False), "failed", "failed after 0.0 s: no"),
        (DoneEvent(False, AppError("no"), True), "cancelled", "cancelled after 0.0 s"),
    ],
)
def test_each_stage_has_its_words(event: WatchedEvent, mark: str, text: str) -> None:
    assert line(event) == Line(mark, "/f", text)


def test_the_time_goes_on_between_events() -> None:
    made = board(StatusEvent(Status.IN_QUEUE, 0, 1, 30.0), at=100.0)
    assert made.view(112.0).lines[0].text == "position 1 of 1 in the queue, about 18 s left"
    # What takes longer than was thought.
    assert made.view(131.0).lines[0].text == "position 1 of 1 in the queue"
    made.take(WatchedJob(1, "/f", "e"), StatusEvent(Status.PROCESSING), 140.0)
    assert made.view(152.5).lines[0].text == "running 12 s"
    made.take(WatchedJob(1, "/f", "e"), DONE, 160.0)
    assert made.view(999.0).lines[0].text == "done in 1 min 0 s"


def test_the_apps_own_bars_come_outermost_first() -> None:
    units = (ProgressUnit(1, 4, "rounds", None, "outer"), ProgressUnit(None, None, None, 0.5, None))
    shown = line(StatusEvent(Status.PROCESSING), ProgressEvent(units))
    assert shown.bars == (Bar("outer 1/4 rounds", 0.25), Bar("", 0.5))
    assert shown.mark == "running"
    assert line(ProgressEvent(units * 9)).bars[MAX_BARS:] == ()
    # A job that is sent again begins anew.
    assert line(ProgressEvent(units), StatusEvent(Status.IN_QUEUE, 0)).bars == ()


@pytest.mark.parametrize(
    ("index", "length", "progress", "fraction"),
    [
        (3, None, None, None),
        (None, 3, None, None),
        (3, 0, None, None),
        (3, -1, None, None),
        (9, 3, None, 1.0),
        (-9, 3, None, 0.0),
        (math.nan, 3, None, None),
        (3, math.nan, None, None),
        (3, math.inf, None, None),
        (math.inf, 3, None, 1.0),
        (None, None, math.nan, None),
        (None, None, 1e300, 1.0),
    ],
)
def test_a_bar_is_never_outside_of_itself(
    index: float | None, length: float | None, progress: float | None, fraction: float | None
) -> None:
    (bar,) = line(ProgressEvent((ProgressUnit(index, length, "u", progress, "d"),))).bars
    assert bar.fraction == fraction
    assert len(bar.text) < 100


def test_files_are_shown_as_long_as_they_come() -> None:
    half = TransferEvent("upload", "a.wav", 1_500_000, 3_000_000)
    unknown = TransferEvent("upload", "pipe", 700, None, number=1)
    shown = line(StatusEvent(Status.STARTING), half, unknown)
    assert shown == Line(
        "running", "/f", "sending files", (Bar("a.wav 1.5 MB of 3.0 MB", 0.5), Bar("pipe 700 B", None))
    )
    ended = TransferEvent("upload", "a.wav", 3_000_000, 3_000_000)
    assert line(half, unknown, ended).bars == (Bar("pipe 700 B", None),)
    assert line(half, TransferEvent("upload", "a.wav", 1_500_000, 3_000_000, failed=True)).bars == ()


def test_a_job_that_has_ended_fetches_its_files() -> None:
    half = TransferEvent("download", "a.png", 5, 10)
    assert line(DONE, half) == Line("running", "/f", "fetching files", (Bar("a.png 5 B of 10 B", 0.5),))
    assert line(DONE, half, TransferEvent("download", "a.png", 10, 10)).text == "done in 0.0 s"
    assert line(DONE, half, TransferEvent("download", "a.png", 5, 10, failed=True)).text == "done in 0.0 s"
    # What was on its way when the job failed does not make it run.
    failed = DoneEvent(False, AppError("no"))
    assert line(TransferEvent("upload", "a.png", 5, 10), failed).mark == "failed"


def test_the_last_message_of_the_app_is_its_note() -> None:
    assert line(LogEvent("one", "info"), LogEvent("two", "warning")).note == "two"


@pytest.mark.parametrize(
    "event",
    [
        LogEvent(HOSTILE, "info"),
        ProgressEvent((ProgressUnit(1, 2, HOSTILE, None, HOSTILE),)),
        TransferEvent("upload", HOSTILE, 1, 2),
        DoneEvent(False, AppError(HOSTILE)),
    ],
)
def test_what_an_app_says_is_on_one_line_and_moves_nothing(event: WatchedEvent) -> None:
    (shown,) = board(StatusEvent(Status.PROCESSING), event, api_name=HOSTILE).view(0.0).lines
    texts = [shown.title, shown.text, shown.note, *(bar.text for bar in shown.bars)]
    assert all(text.isprintable() for text in texts)
    assert r"\x1b[2J\u202e<b>[red]\nx" in "".join(texts)


def test_long_texts_are_cut() -> None:
    long = "\x00" * 1_000_000
    events = [LogEvent(long, "info"), ProgressEvent((ProgressUnit(1, 2, long, None, long),) * 50)]
    shown = board(*events, TransferEvent("upload", long, 1, 2), api_name=long).view(0.0).lines[0]
    assert len(shown.title) <= 40
    assert len(repr(shown)) < 2_000
    assert shown.title.endswith("…")


def test_few_jobs_have_a_line_each_in_their_order() -> None:
    made = Board()
    many(made, 1, 2, DONE)
    many(made, 3, 2, StatusEvent(Status.PROCESSING))
    many(made, 5, 1, StatusEvent(Status.IN_QUEUE, 0))
    view = made.view(0.0)
    assert [(shown.title, shown.mark) for shown in view.lines] == [
        ("/f1", "done"), ("/f2", "done"), ("/f3", "running"), ("/f4", "running"), ("/f5", "waiting"),
    ]  # fmt: skip
    assert view.summary == "1 waiting, 2 running, 2 done"


def test_of_many_jobs_those_that_run_have_a_line_and_all_are_counted() -> None:
    made = Board()
    many(made, 100, 12, StatusEvent(Status.IN_QUEUE, 0))
    many(made, 200, 3, StatusEvent(Status.PROCESSING))
    many(made, 300, 40, StatusEvent(Status.PROCESSING), DONE)
    many(made, 400, 1, DoneEvent(False, AppError("no")))
    view = made.view(0.0)
    assert [shown.title for shown in view.lines] == ["/f200", "/f201", "/f202"]
    assert view.summary == "12 waiting, 3 running, 40 done, 1 failed"
    many(made, 500, 100, StatusEvent(Status.PROCESSING))
    assert len(made.view(0.0).lines) == MAX_LINES


def test_jobs_that_ended_long_ago_are_only_counted() -> None:
    made = Board()
    many(made, 0, 3 * MAX_KEPT, StatusEvent(Status.STARTING), DONE)
    many(made, 3 * MAX_KEPT, 2, DoneEvent(False, AppError("no")))
    assert made.view(0.0) == View((), f"{3 * MAX_KEPT} done, 2 failed")
    assert sum(map(len, made._jobs.values())) == MAX_KEPT + 2
    # The last ones may still have files to fetch.
    many(made, 3 * MAX_KEPT - 1, 1, TransferEvent("download", "a.txt", 1, 2))
    assert made.view(0.0).summary == f"1 running, {3 * MAX_KEPT - 1} done, 2 failed"


def test_nothing_is_said_of_no_job() -> None:
    assert Board().view(0.0) == View((), "")
