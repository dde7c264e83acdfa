"""One session's stream: who gets a message, what is lost with it, and how a job is cancelled alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gradlink._protocol.messages import (
    CloseStream,
    Estimation,
    Heartbeat,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    UnexpectedError,
)
from gradlink._protocol.router import MAX_EARLY_JOBS, MAX_EARLY_MESSAGES, CancelPlan, SessionRouter
from gradlink._protocol.version import CancelWay


def waits(event_id: str) -> Message:
    return Estimation(event_id, 0, 1, None)


def starts(event_id: str) -> Message:
    return ProcessStarts(event_id, None)


def value(event_id: str, number: int) -> Message:
    return ProcessGenerating(event_id, [number], {}, success=True)


def ends(event_id: str) -> Message:
    return ProcessCompleted(event_id, ["x"], {"data": ["x"]}, success=True, title=None, used_cache=False)


def closing(event_id: str) -> Message:
    return ProcessCompleted(event_id, None, {}, success=True, title=None, used_cache=False)


def router(way: CancelWay = CancelWay.SESSION) -> SessionRouter[str]:
    return SessionRouter("session", way)


def with_jobs(*names: str, way: CancelWay = CancelWay.SESSION, fn_index: int = 3) -> SessionRouter[str]:
    """Return a router in which these jobs are pending, each under its name in capitals."""
    session = router(way)
    for name in names:
        session.join_started(name, fn_index)
        session.register(name, name.upper())
    return session


# Who gets what


def test_a_message_goes_to_the_job_of_its_event() -> None:
    session = with_jobs("a", "b")
    assert session.route(starts("A")) == ["a"]
    assert session.route(starts("B")) == ["b"]
    assert session.jobs == ["a", "b"]
    assert (session.fn_index_of("A"), session.fn_index_of("C")) == (3, None)


@pytest.mark.parametrize("message", [Heartbeat(), CloseStream()])
def test_a_message_of_nobody_concerns_nobody(message: Message) -> None:
    session = with_jobs("a")
    assert session.route(message) == []
    assert not session.retired


def test_an_error_of_the_stream_concerns_everybody_and_burns_the_session() -> None:
    session = with_jobs("a", "b")
    assert session.route(UnexpectedError(None, "x", session_not_found=False)) == ["a", "b"]
    assert session.retired


def test_an_error_of_the_stream_of_an_idle_session_burns_nothing() -> None:
    session = router()
    assert session.route(UnexpectedError(None, "x", session_not_found=False)) == []
    assert not session.retired


def test_messages_that_overtake_the_answer_to_their_join_are_delivered_after_it() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_started("b", 3)
    assert [session.route(message) for message in (waits("A"), waits("B"), ends("A"))] == [[], [], []]
    assert session.register("a", "A") == [waits("A"), ends("A")]
    assert session.register("b", "B") == [waits("B")]


def test_messages_of_strangers_are_forgotten_when_no_join_is_on_its_way() -> None:
    session = router()
    session.join_started("a", 3)
    session.route(waits("stranger"))
    session.register("a", "A")
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_messages_of_strangers_are_not_kept_without_a_join() -> None:
    session = with_jobs("a")
    session.route(waits("stranger"))
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_a_refused_join_forgets_the_strangers() -> None:
    session = router()
    session.join_started("a", 3)
    session.route(waits("stranger"))
    session.join_failed("a")
    assert session.idle
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_a_join_that_failed_twice_is_no_harm() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_failed("a")
    session.join_failed("a")
    assert session.idle


def test_strangers_do_not_pile_up() -> None:
    session = router()
    session.join_started("a", 3)
    for number in range(MAX_EARLY_JOBS + 1):
        session.route(waits(f"stranger {number}"))
    session.join_started("b", 3)
    assert session.register("a", "stranger 0") == []  # the oldest one had to go
    assert session.register("b", "stranger 1") == [waits("stranger 1")]


def test_the_end_of_a_stranger_is_kept_however_many_messages_there_are() -> None:
    session = router()
    session.join_started("a", 3)
    for number in range(MAX_EARLY_MESSAGES + 5):
        session.route(value("A", number))
    session.route(ends("A"))
    messages = session.register("a", "A")
    assert len(messages) == MAX_EARLY_MESSAGES + 1
    assert messages[-1] == ends("A")


def test_a_burst_that_overtakes_the_answer_to_its_join_is_kept_whole() -> None:
    # With edits missing, the values after them would be wrong ones.
    session = router()
    session.join_started("a", 3)
    burst = [value("A", number) for number in range(10_000)]
    for message in burst:
        session.route(message)
    assert session.register("a", "A") == burst


def test_places_of_strangers_that_were_delivered_are_free_again() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_started("b", 3)
    for number in range(MAX_EARLY_MESSAGES):
        session.route(value("A", number))
    session.register("a", "A")
    session.route(value("B", 0))
    assert session.register("b", "B") == [value("B", 0)]


# When the stream is wanted


def test_a_stream_is_wanted_when_the_server_knows_the_session() -> None:
    session = router()
    assert not session.start_reading()
    session.join_started("a", 3)
    assert not session.wants_stream  # the server would not know the session
    assert not session.start_reading()
    session.register("a", "A")
    assert session.known
    assert session.start_reading()
    assert not session.start_reading()  # one reader is enough
    session.ended("A")
    session.reading = False
    assert not session.wants_stream
    session.join_started("b", 3)
    assert session.start_reading()  # in advance, while the join is on its way


def test_a_clean_end_loses_nobody() -> None:
    session = with_jobs("a")
    session.stream_opened()
    assert session.stream_closed(clean=True) == []
    assert (session.jobs, session.retired, session.wants_stream) == (["a"], False, True)


def test_a_job_on_its_way_when_the_stream_ends_has_the_next_one_at_once() -> None:
    session = router()
    session.known = True
    session.join_started("a", 3)
    session.stream_closed(clean=True)
    assert session.wants_another(carried=True)
    assert not session.wants_another(carried=False)  # it would be asked for again and again
    session.known = False
    assert not session.wants_another(carried=True)


def test_a_job_whose_end_came_before_its_join_was_answered_needs_no_other_stream() -> None:
    session = router()
    session.known = True
    session.join_started("a", 3)
    session.route(ends("A"))
    session.stream_closed(clean=True)
    assert not session.wants_another(carried=True)
    session.join_started("b", 3)
    assert session.wants_another(carried=True)


def test_after_a_break_a_job_on_its_way_waits_for_its_answer() -> None:
    session = with_jobs("a")
    session.join_started("b", 3)
    session.stream_closed(clean=False)
    assert not session.wants_another(carried=True)


def test_a_break_loses_everybody_and_burns_the_session() -> None:
    session = with_jobs("a", "b")
    session.join_started("c", 3)
    session.stream_opened()
    assert session.stream_closed(clean=False) == ["a", "b"]
    assert (session.jobs, session.retired) == (["c"], True)
    assert session.stream_closed(clean=False) == []


def test_a_break_with_nobody_on_board_burns_nothing() -> None:
    session = router()
    assert session.stream_closed(clean=False) == []
    assert not session.retired


def test_a_stream_that_came_too_early_loses_only_those_before_it() -> None:
    session = with_jobs("a")
    session.stream_opened()
    session.join_started("b", 3)
    session.register("b", "B")
    assert session.stream_closed(clean=False, session_not_found=True) == ["a"]
    assert session.jobs == ["b"]
    assert not session.known
    assert session.wants_stream


def test_a_stream_that_came_too_early_for_all_loses_nobody() -> None:
    session = router()
    session.known = True
    session.stream_opened()
    session.join_started("a", 3)
    session.register("a", "A")
    assert session.stream_closed(clean=False, session_not_found=True) == []
    assert not session.retired


def test_a_stream_that_nobody_waits_for_is_left_at_a_heartbeat() -> None:
    session = router()
    session.known = True
    session.join_started("a", 3)
    assert session.start_reading()
    session.stream_opened()
    assert session.heard_heartbeat()
    session.join_failed("a")
    assert not session.heard_heartbeat()
    assert session.stream_closed(clean=True) == []
    assert (session.retired, session.known, session.has_pending) == (False, False, False)


def test_a_heartbeat_while_a_job_is_pending_changes_nothing() -> None:
    session = with_jobs("a")
    assert session.heard_heartbeat()
    assert (session.known, session.jobs) == (True, ["a"])


# Cancels


def test_a_job_that_is_alone_with_its_function_is_stopped() -> None:
    session = with_jobs("a")
    session.join_started("other function", 4)
    session.started("A")
    assert session.cancel("A") is CancelPlan.STOP
    assert (session.is_cancelling(3), session.is_cancelling(4)) == (True, False)
    session.cancel_answered("A", CancelPlan.STOP)
    assert not session.is_cancelling(3)
    assert not session.busy_with(3)  # only its closing message is missing
    assert (session.jobs, session.pending) == (["other function", "a"], 1)
    assert session.route(closing("A")) == ["a"]


@pytest.mark.parametrize("beside", ["pending", "joining"])
def test_a_job_that_waits_beside_another_is_taken_out_of_the_queue(beside: str) -> None:
    session = with_jobs("a")
    session.join_started("b", 3)
    if beside == "pending":
        session.register("b", "B")
        session.started("B")
    assert session.cancel("A") is CancelPlan.DEQUEUE
    assert not session.is_cancelling(3)  # it concerns nobody else
    session.cancel_answered("A", CancelPlan.DEQUEUE)
    assert session.pending == 1


def test_a_job_that_runs_beside_another_is_cancelled_when_that_one_has_ended() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    session.started("B")
    assert session.cancel("A") is CancelPlan.LATER
    assert not session.is_cancelling(3)
    assert session.ended("B") == ["A"]
    assert session.cancel("A") is CancelPlan.STOP


def test_a_job_that_runs_while_another_joins_is_cancelled_when_that_one_waits() -> None:
    session = with_jobs("a")
    session.started("A")
    session.join_started("b", 3)
    assert session.cancel("A") is CancelPlan.LATER
    session.register("b", "B")
    assert session.queued("B") == ["A"]
    assert session.queued("B") == []  # it is told once
    assert session.cancel("A") is CancelPlan.STOP


def test_a_place_in_the_queue_says_nothing_while_nobody_of_the_function_runs() -> None:
    session = with_jobs("a", "b")
    assert session.queued("B") == []
    session.started("A")
    assert session.cancel("A") is CancelPlan.LATER
    assert session.queued("B") == ["A"]


def test_a_job_that_waited_and_runs_now_is_not_stopped_along() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    session.queued("B")
    session.started("B")
    assert session.cancel("A") is CancelPlan.LATER


@pytest.mark.parametrize("event_id", ["A", "B"])
def test_of_two_that_run_and_are_cancelled_each_is_stopped(event_id: str) -> None:
    session = with_jobs("a", "b", "c")
    for started in ("A", "B", "C"):
        session.started(started)
    assert session.cancel("A") is CancelPlan.LATER
    assert session.cancel("B") is CancelPlan.LATER
    assert session.ended("C") == ["A", "B"]
    other = "B" if event_id == "A" else "A"
    assert session.cancel(event_id) is CancelPlan.STOP
    # The server answers for the one that is named, so that it has to be told of the other as well.
    assert session.cancel_answered(event_id, CancelPlan.STOP) == [other]
    assert session.cancel(other) is CancelPlan.STOP


def test_a_job_that_is_stopped_is_no_neighbour() -> None:
    session = with_jobs("a", "b")
    session.cancel("A")
    session.cancel_answered("A", CancelPlan.DEQUEUE)
    session.started("B")
    assert session.cancel("B") is CancelPlan.STOP


@pytest.mark.parametrize("answer", ["before its start is seen", "after its start is seen"])
def test_a_job_that_leaves_the_queue_while_it_is_taken_out_is_stopped_later(answer: str) -> None:
    # A runs; B is to be taken out of the queue, but begins at this moment: the server closes its event,
    # and the function runs on.
    session = with_jobs("a", "b")
    session.started("A")
    session.queued("B")
    assert session.cancel("B") is CancelPlan.DEQUEUE
    if answer == "before its start is seen":
        session.cancel_answered("B", CancelPlan.DEQUEUE)
    session.started("B")
    if answer == "after its start is seen":
        session.cancel_answered("B", CancelPlan.DEQUEUE)
    assert session.ended("B") == []
    assert session.jobs == ["a", "b"]  # it still runs
    assert session.ended("A") == ["B"]
    assert session.cancel("B") is CancelPlan.STOP
    session.cancel_answered("B", CancelPlan.STOP)
    assert session.ended("B") == []
    assert session.idle


@pytest.mark.parametrize("state", ["unknown", "ended", "cancelling", "stopped"])
def test_a_job_is_not_cancelled_twice_or_after_its_end(state: str) -> None:
    session = with_jobs("a")
    if state == "ended":
        session.ended("A")
    if state in {"cancelling", "stopped"}:
        assert session.cancel("A") is CancelPlan.STOP
    if state == "stopped":
        session.cancel_answered("A", CancelPlan.STOP)
    assert session.cancel("B" if state == "unknown" else "A") is None


def test_a_cancel_that_failed_may_be_tried_again() -> None:
    session = with_jobs("a")
    assert session.cancel("A") is CancelPlan.STOP
    session.cancel_failed("A")
    assert not session.is_cancelling(3)
    assert session.busy_with(3)
    assert session.cancel("A") is CancelPlan.STOP


def test_the_answer_to_a_cancel_may_come_after_the_end() -> None:
    session = with_jobs("a")
    session.cancel("A")
    session.ended("A")
    session.cancel_answered("A", CancelPlan.STOP)
    assert session.idle
    assert not session.is_cancelling(3)


def test_before_5_46_nothing_is_taken_out_of_the_queue_by_its_id() -> None:
    session = with_jobs("a", "b", way=CancelWay.FRAGILE)
    assert session.cancel("A") is CancelPlan.LATER
    assert session.ended("B") == ["A"]
    assert session.cancel("A") is CancelPlan.STOP


def test_before_4_31_each_job_is_reset_for_itself() -> None:
    session = with_jobs("a", "b", way=CancelWay.RESET)
    session.started("A")
    assert session.cancel("A") is CancelPlan.RESET
    assert not session.is_cancelling(3)
    session.cancel_answered("A", CancelPlan.RESET)
    assert session.jobs == ["b"]  # nothing more comes for it, not even its end


# Everything at once


# How many calls of each function the server runs at a time.
LIMITS = {3: 1, 4: 2}


@dataclass
class SimulatedJob:
    """A job and what the server knows of it."""

    name: str
    fn_index: int
    event_id: str | None = None  # the server has accepted it
    answered: bool = False  # and the client knows
    closed: bool = False  # the server has said its end
    runs: bool = False
    over: bool = False  # the function has ended, or will never begin
    said: list[Message] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    lost: int = 0
    refused: bool = False
    unwanted: bool = False

    @property
    def ended(self) -> bool:
        """For the client."""
        return bool(self.lost or self.refused or any(isinstance(m, ProcessCompleted) for m in self.received))


class Sessions(RuleBasedStateMachine):
    """A server as PROTOCOL describes 6.x, a client's shell, and the router between them."""

    def __init__(self) -> None:
        super().__init__()
        self.session: SessionRouter[str] = router()
        self.jobs: dict[str, SimulatedJob] = {}
        self.queue: deque[Message] = deque()  # what the server has for the session
        self.known_to_server = False
        self.burnt = False  # the server waits for ever for the end of jobs that it has dropped
        self.streaming = False
        self.carried = False  # the stream had messages of jobs
        self.cancels: dict[str, CancelPlan] = {}

    # What is there to choose from

    def some(self, data: st.DataObject, **wanted: Any) -> SimulatedJob | None:
        found = [j for j in self.jobs.values() if all(getattr(j, k) == v for k, v in wanted.items())]
        return data.draw(st.sampled_from(found)) if found else None

    def at_server(self) -> list[SimulatedJob]:
        return [job for job in self.jobs.values() if job.event_id is not None and not job.over]

    def running(self, fn_index: int) -> list[SimulatedJob]:
        return [job for job in self.at_server() if job.runs and job.fn_index == fn_index]

    def say(self, job: SimulatedJob, message: Message) -> None:
        job.said.append(message)
        job.closed = job.closed or isinstance(message, ProcessCompleted)
        self.queue.append(message)

    # The client

    @rule(fn_index=st.sampled_from([3, 4]))
    def join(self, fn_index: int) -> None:
        if self.session.retired or self.session.is_cancelling(fn_index) or len(self.jobs) > 8:
            return
        name = f"job {len(self.jobs)}"
        self.jobs[name] = SimulatedJob(name, fn_index)
        self.session.join_started(name, fn_index)
        self.read()

    def read(self) -> None:
        if self.session.start_reading():
            self.session.stream_opened()
            self.streaming = True

    def hand_over(self, name: str, message: Message) -> None:
        job = self.jobs[name]
        assert not job.lost or job.unwanted
        job.received.append(message)
        event_id = str(message.event_id)
        told: list[str] = []
        if isinstance(message, Estimation):
            told = self.session.queued(event_id)
        elif isinstance(message, (ProcessStarts, ProcessGenerating)):
            self.session.started(event_id)
        elif isinstance(message, ProcessCompleted):
            for _, hit in self.session.hit_by_stop(event_id, cancelled=message.data is None):
                self.lose(self.jobs[hit])
            told = self.session.ended(event_id, cancelled=message.data is None)
        self.tell_all(told)

    def lose(self, job: SimulatedJob) -> None:
        if job.ended:  # nothing happens to it; it was known because it still runs
            assert job.unwanted, "a job that has ended cannot be lost"
            return
        job.lost += 1
        job.unwanted = True

    def tell_all(self, event_ids: list[str]) -> None:
        for event_id in event_ids:
            (job,) = (job for job in self.jobs.values() if job.event_id == event_id)
            assert job.unwanted, "a job is to be cancelled that nobody has cancelled"
            self.tell_cancelled(event_id)

    @rule(data=st.data())
    def answer_to_join(self, data: st.DataObject) -> None:
        job = self.some(data, answered=False, refused=False)
        if job is not None and job.event_id is not None:
            self.answer(job)

    def answer(self, job: SimulatedJob) -> None:
        job.answered = True
        assert job.event_id is not None
        for message in self.session.register(job.name, job.event_id):
            self.hand_over(job.name, message)
        if self.session.is_doubtful(job.name):
            self.lose(job)
            self.read()
            return
        self.read()
        if job.unwanted:
            self.tell_cancelled(job.event_id)

    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        job = self.some(data, event_id=None, refused=False)
        if job is not None:
            job.refused = True
            self.session.join_failed(job.name)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job = self.some(data, unwanted=False)
        if job is None or job.ended:
            return
        job.unwanted = True
        if job.event_id is not None and job.answered and self.session.has(job.event_id):
            self.tell_cancelled(job.event_id)

    def tell_cancelled(self, event_id: str) -> None:
        plan = self.session.cancel(event_id)
        if plan is None or plan is CancelPlan.LATER:
            return
        if plan is CancelPlan.STOP:
            fn_index = self.session.fn_index_of(event_id)
            for job in self.jobs.values():
                if job.fn_index == fn_index and not job.unwanted and not job.ended and not job.refused:
                    assert job.event_id is not None, "a job is stopped while another of its function joins"
                    assert job.answered, "a job is stopped while another of its function joins"
                    assert starts(job.event_id) not in job.received, "this would stop another one that runs"
        self.cancels[event_id] = plan

    # The server

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        job = self.some(data, event_id=None, refused=False)
        if job is not None:
            self.take(job)

    def take(self, job: SimulatedJob) -> None:
        job.event_id = job.name.upper()
        self.known_to_server = True
        self.say(job, waits(job.event_id))

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        busy = self.at_server()
        if not busy:
            return
        job = data.draw(st.sampled_from(busy))
        assert job.event_id is not None
        if not job.runs:
            if len(self.running(job.fn_index)) < LIMITS[job.fn_index]:
                job.runs = True
                self.say(job, starts(job.event_id))
            else:
                self.say(job, waits(job.event_id))
        elif data.draw(st.booleans()):
            self.say(job, value(job.event_id, len(job.said)))
        else:
            self.finish(job)

    def finish(self, job: SimulatedJob) -> None:
        job.over = True
        self.say(job, ends(str(job.event_id)))

    @rule(data=st.data())
    def carry_out_cancel(self, data: st.DataObject) -> None:
        if self.cancels:
            self.carry_out(data.draw(st.sampled_from(sorted(self.cancels))))

    def carry_out(self, event_id: str) -> None:
        plan = self.cancels.pop(event_id)
        (job,) = (job for job in self.jobs.values() if job.event_id == event_id)
        if plan is CancelPlan.STOP:
            for stopped in self.running(job.fn_index):
                stopped.over = True  # without a word, the one that is named excepted
        if not job.runs:
            job.over = True
        if self.known_to_server:
            self.say(job, closing(event_id))
        self.tell_all(self.session.cancel_answered(event_id, plan))

    @rule(data=st.data())
    def fail_to_cancel(self, data: st.DataObject) -> None:
        if self.cancels:
            event_id = data.draw(st.sampled_from(sorted(self.cancels)))
            del self.cancels[event_id]
            self.session.cancel_failed(event_id)

    # The stream

    @precondition(lambda self: self.streaming)
    @rule()
    def deliver(self) -> None:
        if not self.known_to_server:
            self.stream_ends(clean=False, session_not_found=True)
        elif self.queue:
            message = self.queue.popleft()
            self.carried = True
            for name in self.session.route(message):
                self.hand_over(name, message)
        elif self.has_ended_all():
            self.stream_ends(clean=True)
        # A heartbeat comes, if nothing else does.
        if self.streaming and not self.session.heard_heartbeat():
            self.known_to_server = False
            self.stream_ends(clean=True)  # the shell leaves it

    def has_ended_all(self) -> bool:
        return not self.burnt and all(job.closed for job in self.jobs.values() if job.event_id is not None)

    @precondition(lambda self: self.streaming and self.known_to_server)
    @rule(rarely=st.integers(0, 9))
    def break_stream(self, rarely: int) -> None:
        if rarely == 0:
            self.break_off()

    def break_off(self) -> None:
        # The server drops the jobs of the session when its stream breaks off.
        for job in self.at_server():
            job.over = job.closed = self.burnt = True
        self.queue.clear()
        self.known_to_server = False
        self.stream_ends(clean=False)

    def stream_ends(self, *, clean: bool, session_not_found: bool = False) -> None:
        for name in self.session.stream_closed(clean=clean, session_not_found=session_not_found):
            self.lose(self.jobs[name])
        self.session.reading = self.streaming = self.session.wants_another(carried=self.carried)
        self.carried = False
        if self.streaming:
            self.session.stream_opened()

    # What always holds

    @invariant()
    def messages_come_in_order_and_nobody_elses(self) -> None:
        for job in self.jobs.values():
            # What a break took along is missing, and nothing else.
            assert job.received == job.said[: len(job.received)] or self.burnt
            assert len(set(map(id, job.received))) == len(job.received)
            assert job.lost <= 1

    @invariant()
    def a_stream_is_read_exactly_when_it_is_wanted(self) -> None:
        assert self.session.reading == self.streaming
        if self.session.has_pending:
            assert self.streaming

    @invariant()
    def the_jobs_of_the_session_are_those_that_have_not_ended(self) -> None:
        known = self.session.jobs
        assert [job.name for job in self.jobs.values() if not job.ended and job.name not in known] == []
        # A job that was closed while it began runs on, and is known until it was stopped.
        assert all(not self.jobs[name].ended or self.jobs[name].unwanted for name in known)
        assert self.session.idle == (known == [])

    def teardown(self) -> None:
        """Let everything come to its end, and look whether anybody is left."""
        for job in list(self.jobs.values()):
            if not job.answered and not job.refused:
                if job.event_id is None:
                    self.take(job)
                self.answer(job)
        while self.cancels or self.at_server() or self.queue:
            for event_id in sorted(self.cancels):
                self.carry_out(event_id)
            for job in self.at_server():
                self.finish(job)
            while self.streaming and self.queue:
                self.deliver()
            if not self.streaming:
                self.queue.clear()  # nobody waits for it
        for _ in range(3):
            if self.streaming:
                self.deliver()
        for job in self.jobs.values():
            assert job.ended, "a job is waited for that nothing comes of any more"
            assert job.lost or job.refused or job.unwanted or job.received == job.said
        assert self.session.idle, "a job is kept that has ended"
        assert not self.streaming


TestEverythingAtOnce = Sessions.TestCase
TestEverythingAtOnce.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None, derandomize=True
)


def test_a_join_that_crosses_a_break_is_not_waited_for_in_vain() -> None:
    # The server has accepted job 1 when the stream breaks, and drops it; job 2 it accepts after that.
    state = Sessions()
    for _ in range(3):
        state.join(fn_index=3)
    first, second, third = state.jobs.values()
    state.take(first)
    state.answer(first)
    state.take(second)
    state.break_off()
    state.take(third)
    state.answer(second)
    state.answer(third)
    state.teardown()
    assert (first.lost, second.lost) == (1, 1)


def test_a_job_that_starts_while_another_of_its_function_is_stopped_does_not_wait_in_vain() -> None:
    # Job 1 waits behind job 0, whose caller cancels it; at that moment it ends, and job 1 begins.
    state = Sessions()
    for _ in range(2):
        state.join(fn_index=3)
    first, second = state.jobs.values()
    for job in (first, second):
        state.take(job)
        state.answer(job)
    first.runs = True
    state.say(first, starts("JOB 0"))
    state.say(second, waits("JOB 1"))
    while state.queue:
        state.deliver()
    first.unwanted = True
    state.tell_cancelled("JOB 0")
    state.finish(first)
    second.runs = True
    state.say(second, starts("JOB 1"))
    state.teardown()
    assert second.lost == 1 or second.received[-1] == ends("JOB 1")


def test_a_job_of_a_function_that_runs_several_times_is_not_taken_to_wait_for_a_place() -> None:
    session: SessionRouter[str] = SessionRouter("s")
    for name in ("a", "b", "c"):
        session.join_started(name, 4)
        session.register(name, name.upper())
    session.started("A")
    assert session.queued("B") == []  # it may wait for the place of A, or for its own turn
    session.started("B")
    assert session.queued("C") == []  # Gradio says the same of it, but A and B do run at once
    assert session.cancel("A") is CancelPlan.LATER
    assert session.ended("B", cancelled=False) == []  # C may have begun
    assert session.ended("C", cancelled=False) == ["A"]
    assert session.cancel("A") is CancelPlan.STOP


def test_a_job_that_gets_the_place_of_one_that_is_stopped_does_not_run_beside_it() -> None:
    session: SessionRouter[str] = SessionRouter("s")
    for name in ("a", "b", "c"):
        session.join_started(name, 3)
        session.register(name, name.upper())
    session.started("A")
    for name in ("B", "C"):
        session.queued(name)
    assert session.cancel("A") is CancelPlan.STOP
    session.started("B")  # its messages come before the answer to the cancel, and before the end of A
    session.cancel_answered("A", CancelPlan.STOP)
    session.ended("A", cancelled=True)
    assert session.cancel("B") is CancelPlan.STOP
