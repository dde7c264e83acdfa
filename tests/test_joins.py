"""How many joins are sent at once: as many as connections allow, and more where they stay in line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradlink._io import Flow, HttpReply, HttpRequest, send
from gradlink._shell.limits import STUCK_SECONDS
from gradlink._sync.joins import MAX_LANES, Joins

URL = "http://app.example/gradio_api/queue/join"
REQUEST = HttpRequest("POST", URL, b"{}", begins_job=True)


class Far:
    """An app that takes its time, with no connection that is there: all that joins need of a client.

    Attributes:
        lanes: those that are to be watched.
        waiting: what threads do that may wait.
        due: what is to be called in a moment.
        sent: how many joins were begun.
    """

    def __init__(self) -> None:
        self.lanes: list[Any] = []
        self.waiting: list[Callable[[], None]] = []
        self.due: list[Callable[[], None]] = []
        self.sent = 0
        self.hold: Any = None
        self.watch: Any = self
        self.openers: Any = self
        this: Any = self
        self.joins = Joins(this, URL, self.begin, this, this)

    def begin(self, _: object) -> Flow[None]:
        def flow() -> Flow[None]:
            self.sent += 1
            yield from send(REQUEST)

        return flow()

    def reserve(self, _: str) -> None:
        """There is none."""

    def add(self, lane: Any) -> bool:
        self.lanes.append(lane)
        return True

    def run(self, task: Callable[[], None]) -> bool:
        self.waiting.append(task)
        return True

    def after(self, seconds: float, task: Callable[[], None]) -> None:
        assert seconds == STUCK_SECONDS
        self.due.append(task)

    def finish(self, steps: Any, intent: Any) -> None:
        assert intent is REQUEST
        assert steps.next(HttpReply(200, {}, b"{}", URL)) is None

    def submit(self, count: int) -> None:
        for _ in range(count):
            join: Any = type("Join", (), {"job": type("Job", (), {"sender": None})()})()
            self.joins.add(join)

    def watch_all(self) -> None:
        """Do what the thread that watches does."""
        while self.lanes:
            assert self.lanes.pop(0).wait_on() is None

    def pass_time(self) -> None:
        due, self.due = self.due, []
        for task in due:
            task()
        self.watch_all()


def test_where_joins_stay_in_line_more_are_sent_at_once() -> None:
    far = Far()
    far.submit(100)
    far.watch_all()
    at_once = [far.sent]
    while far.due:
        far.pass_time()
        at_once.append(far.sent)
    assert at_once == [1, 1, 2, 4, MAX_LANES]  # the first one was begun in the first moment
    while far.waiting:
        far.waiting.pop(0)()
        far.watch_all()
    assert far.sent == 100
    assert far.joins._lanes == 0
    far.submit(1)
    far.watch_all()
    assert far.sent == 101


def test_for_want_of_connections_no_more_lanes_are_tried() -> None:
    far = Far()
    far.submit(1)
    far.watch_all()
    for _ in range(10):
        far.submit(1)
        far.watch_all()
    assert far.joins._lanes == 1
    far.submit(5)
    assert not far.lanes


def test_a_join_alone_looks_for_nothing() -> None:
    far = Far()
    far.submit(1)
    far.watch_all()
    assert (far.sent, far.due) == (1, [])
    far.waiting.pop()()
    far.watch_all()
    assert far.joins._lanes == 0
