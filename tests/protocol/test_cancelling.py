"""How a job is cancelled alone, whatever else runs in its session."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gradlink._protocol.cancelling import (
    CancelPlan,
    cancel,
    cancel_answered,
    cancel_failed,
    cancellable,
    collateral_of_stop,
    look,
)
from gradlink._protocol.dialect import CancelWay
from gradlink._protocol.messages import Message, ProcessCompleted, ProcessGenerating, ProcessStarts
from gradlink._protocol.router import SessionRouter
from tests.protocol.routers import closing, ends, router, starts, value, waits, with_jobs
from tests.unit import examples


def wait(session: SessionRouter[str]) -> list[str]:
    """Let a second pass while a cancel waits; return whose cancel can be sent now."""
    look(session)
    look(session)
    return cancellable(session)


def test_a_job_that_is_alone_with_its_function_is_stopped() -> None:
    session = with_jobs("a")
    session.join_started("other function", 4)
    session.join_sent("other function", 4)
    session.started("A")
    assert cancel(session, "A") is CancelPlan.STOP
    assert (session.is_cancelling(3), session.is_cancelling(4)) == (True, False)
    cancel_answered(session, "A", CancelPlan.STOP)
    assert not session.is_cancelling(3)
    assert not session.busy_with(3)  # only its closing message is missing
    assert (session.jobs, session.pending) == (["other function", "a"], 1)
    assert session.route(closing("A")) == ["a"]


def test_a_job_that_may_begin_this_moment_is_taken_out_of_the_queue_and_then_stopped() -> None:
    # A task of Gradio that is stopped before its first step keeps its place for ever; it has made it when the stop comes.
    session = with_jobs("a")
    assert cancel(session, "A") is CancelPlan.DEQUEUE
    assert session.is_cancelling(3)
    cancel_answered(session, "A", CancelPlan.DEQUEUE)
    session.ended("A")
    assert not session.has_pending
    assert session.is_cancelling(3)
    assert cancellable(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP
    cancel_answered(session, "A", CancelPlan.STOP)
    assert session.idle
    assert not session.is_cancelling(3)


def test_a_generator_that_may_begin_this_moment_is_stopped_when_it_is_seen_to_run() -> None:
    # Gradio begins a generator once more if it is taken out of the queue while it runs.
    session = router()
    session.join_started("a", 3)
    session.join_sent("a", 3, generator=True)
    session.register("a", "A")
    assert cancel(session, "A") is CancelPlan.LATER
    assert session.is_cancelling(3)
    assert session.started("A") is True
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_generator_that_has_waited_is_stopped_if_it_is_alone() -> None:
    # It may run unheard where the stream is slow, and would be begun once more if it were taken out of the queue.
    session = router()
    session.join_started("a", 3)
    session.join_sent("a", 3, generator=True)
    session.register("a", "A")
    assert cancel(session, "A") is CancelPlan.LATER
    assert wait(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_generator_that_waits_beside_another_is_taken_out_of_the_queue() -> None:
    session = with_jobs("a", "b")
    session.generators.add(3)
    session.started("A")
    assert cancel(session, "B") is CancelPlan.LATER
    assert wait(session) == ["B"]
    assert cancel(session, "B") is CancelPlan.DEQUEUE


@pytest.mark.parametrize("end", ["before the stop", "during the stop", "after the stop"])
def test_the_closing_message_of_a_job_that_was_taken_out_may_come_late(end: str) -> None:
    session = with_jobs("a")
    assert cancel(session, "A") is CancelPlan.DEQUEUE
    cancel_answered(session, "A", CancelPlan.DEQUEUE)
    if end == "before the stop":
        session.ended("A")
    assert cancel(session, "A") is CancelPlan.STOP
    if end == "during the stop":
        session.ended("A")
    cancel_answered(session, "A", CancelPlan.STOP)
    if end == "after the stop":
        assert session.has_pending
        session.ended("A")
    assert session.idle


def test_until_6_13_a_job_is_stopped_when_it_is_seen_to_run() -> None:
    session = with_jobs("a", way=CancelWay.RUNNING)
    assert cancel(session, "A") is CancelPlan.LATER
    assert (look(session), session.is_cancelling(3)) == (True, True)
    assert (look(session), session.is_cancelling(3)) == (True, False)
    assert cancellable(session) == []
    assert session.started("A") is True
    assert cancellable(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_job_that_waits_is_taken_out_of_the_queue() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    assert cancel(session, "B") is CancelPlan.LATER
    assert session.is_cancelling(3)
    assert wait(session) == ["B"]
    assert not session.is_cancelling(3)  # it concerns nobody else
    assert cancel(session, "B") is CancelPlan.DEQUEUE
    cancel_answered(session, "B", CancelPlan.DEQUEUE)
    assert cancellable(session) == []
    session.ended("B")
    assert session.jobs == ["a"]


def test_a_job_that_runs_beside_another_is_stopped_when_that_one_has_ended() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    session.started("B")
    assert cancel(session, "A") is CancelPlan.LATER
    assert not session.is_cancelling(3)
    assert wait(session) == []
    session.ended("B", cancelled=False)
    assert cancellable(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_job_that_runs_while_another_joins_is_stopped_when_that_one_waits() -> None:
    session = with_jobs("a")
    session.started("A")
    session.join_started("b", 3)
    session.join_sent("b", 3)
    assert cancel(session, "A") is CancelPlan.LATER
    assert wait(session) == []
    session.register("b", "B")
    assert cancellable(session) == []
    assert wait(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_job_whose_files_are_being_sent_is_not_hit_by_a_stop() -> None:
    session = with_jobs("a")
    session.started("A")
    session.join_started("b", 3)
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_look_counts_only_while_a_cancel_waits() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    assert look(session) is False
    assert cancel(session, "A") is CancelPlan.LATER
    assert (look(session), cancellable(session)) == (True, [])
    assert (look(session), cancellable(session)) == (True, ["A"])


def test_a_job_that_waited_and_runs_now_is_not_stopped_along() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    assert cancel(session, "A") is CancelPlan.LATER
    assert wait(session) == ["A"]
    session.started("B")
    assert cancellable(session) == []
    assert cancel(session, "A") is CancelPlan.LATER


def test_a_job_that_may_have_got_a_place_is_not_counted_among_those_that_wait() -> None:
    session = with_jobs("a", "b", "c")
    session.started("A")
    assert cancel(session, "A") is CancelPlan.LATER
    assert wait(session) == ["A"]
    session.ended("B", cancelled=False)  # it had started without a word
    assert cancellable(session) == []


@pytest.mark.parametrize("event_id", ["A", "B"])
def test_of_two_that_run_and_are_cancelled_each_is_stopped(event_id: str) -> None:
    session = with_jobs("a", "b", "c")
    for started in ("A", "B", "C"):
        session.started(started)
    assert cancel(session, "A") is CancelPlan.LATER
    assert cancel(session, "B") is CancelPlan.LATER
    session.ended("C")
    assert cancellable(session) == ["A", "B"]
    other = "B" if event_id == "A" else "A"
    assert cancel(session, event_id) is CancelPlan.STOP
    # The server answers for the one that is named, so that it has to be told of the other as well.
    cancel_answered(session, event_id, CancelPlan.STOP)
    assert cancellable(session) == [other]
    assert cancel(session, other) is CancelPlan.STOP


def test_a_job_that_is_stopped_is_no_neighbour() -> None:
    session = with_jobs("a", "b")
    cancel(session, "A")
    wait(session)
    assert cancel(session, "A") is CancelPlan.DEQUEUE
    cancel_answered(session, "A", CancelPlan.DEQUEUE)
    session.started("B")
    assert cancel(session, "B") is CancelPlan.STOP


@pytest.mark.parametrize("answer", ["before its start is seen", "after its start is seen"])
@pytest.mark.parametrize("stop", ["carried out", "not carried out"])
def test_a_job_that_leaves_the_queue_while_it_is_taken_out_is_stopped_later(answer: str, stop: str) -> None:
    # A runs; B is to be taken out of the queue, but begins at this moment: the server closes its event,
    # and the function runs on.
    session = with_jobs("a", "b")
    session.started("A")
    cancel(session, "B")
    assert wait(session) == ["B"]
    assert cancel(session, "B") is CancelPlan.DEQUEUE
    if answer == "before its start is seen":
        cancel_answered(session, "B", CancelPlan.DEQUEUE)
    session.started("B")
    if answer == "after its start is seen":
        cancel_answered(session, "B", CancelPlan.DEQUEUE)
    session.ended("B")
    assert cancellable(session) == []
    assert session.jobs == ["a", "b"]  # it still runs
    session.ended("A")
    assert cancellable(session) == ["B"]
    assert not session.has_pending  # nothing more comes for it
    assert cancel(session, "B") is CancelPlan.STOP
    if stop == "carried out":
        cancel_answered(session, "B", CancelPlan.STOP)
    else:
        cancel_failed(session, "B")
    assert session.idle


@pytest.mark.parametrize("state", ["unknown", "ended", "cancelling", "stopped"])
def test_a_job_is_not_cancelled_twice_or_after_its_end(state: str) -> None:
    session = with_jobs("a")
    session.started("A")
    if state == "ended":
        session.ended("A")
    if state in {"cancelling", "stopped"}:
        assert cancel(session, "A") is CancelPlan.STOP
    if state == "stopped":
        cancel_answered(session, "A", CancelPlan.STOP)
    assert cancel(session, "B" if state == "unknown" else "A") is None


def test_a_cancel_that_failed_may_be_tried_again() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    wait_for_b = cancel(session, "A")
    assert wait_for_b is CancelPlan.LATER
    assert wait(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP
    cancel_failed(session, "A")
    assert not session.is_cancelling(3)
    assert session.busy_with(3)
    assert cancellable(session) == []
    session.ended("B", cancelled=False)
    assert cancellable(session) == ["A"]
    assert cancel(session, "A") is CancelPlan.STOP


def test_a_cancel_that_failed_keeps_nobody_back() -> None:
    session = with_jobs("a")
    assert cancel(session, "A") is CancelPlan.DEQUEUE
    cancel_failed(session, "A")
    assert not session.is_cancelling(3)


def test_the_answer_to_a_cancel_may_come_after_the_end() -> None:
    session = with_jobs("a")
    session.started("A")
    cancel(session, "A")
    session.ended("A")
    cancel_answered(session, "A", CancelPlan.STOP)
    assert session.idle
    assert not session.is_cancelling(3)


def test_what_is_said_of_a_job_that_is_not_known_changes_nothing() -> None:
    session = with_jobs("a")
    session.ended("B")
    cancel_answered(session, "B", CancelPlan.STOP)
    cancel_failed(session, "B")
    assert collateral_of_stop(session, "B") == []
    assert session.jobs == ["a"]


def test_a_job_that_is_cancelled_on_its_way_keeps_those_of_its_function_back() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_sent("a", 3)
    session.withdraw("a")
    assert (session.is_cancelling(3), session.is_cancelling(4)) == (True, False)
    session.register("a", "A")
    assert session.is_cancelling(3)
    assert session.started("A") is True
    assert cancel(session, "A") is CancelPlan.STOP
    cancel_answered(session, "A", CancelPlan.STOP)
    assert not session.is_cancelling(3)


def test_a_job_that_was_cancelled_before_it_was_sent_keeps_nobody_back() -> None:
    session = router()
    session.join_started("a", 3)
    session.withdraw("a")
    assert not session.is_cancelling(3)


def test_a_job_that_began_when_another_had_ended_by_itself_may_have_been_hit() -> None:
    session = with_jobs("a", "b")
    session.started("A")
    cancel(session, "A")
    wait(session)
    assert cancel(session, "A") is CancelPlan.STOP
    assert collateral_of_stop(session, "A") == ["b"]
    assert collateral_of_stop(session, "A") == []  # once


def test_a_job_that_waited_and_has_ended_had_got_the_place_of_the_one_that_was_stopped() -> None:
    session = with_jobs("a", "b", "c")
    session.started("A")
    cancel(session, "A")
    wait(session)
    assert cancel(session, "A") is CancelPlan.STOP
    assert collateral_of_stop(session, "B") == []


def test_a_job_that_gets_the_place_of_one_that_is_stopped_does_not_run_beside_it() -> None:
    session = with_jobs("a", "b", "c")
    session.started("A")
    cancel(session, "A")
    wait(session)
    assert cancel(session, "A") is CancelPlan.STOP
    session.started("B")  # its messages come before the answer to the cancel, and before the end of A
    cancel_answered(session, "A", CancelPlan.STOP)
    session.ended("A", cancelled=True)
    assert cancel(session, "B") is CancelPlan.LATER  # C may have begun
    assert wait(session) == ["B"]
    assert cancel(session, "B") is CancelPlan.STOP


def test_before_4_31_each_job_is_reset_for_itself() -> None:
    session = with_jobs("a", "b", way=CancelWay.RESET)
    session.started("A")
    assert cancel(session, "A") is CancelPlan.RESET
    assert not session.is_cancelling(3)
    cancel_answered(session, "A", CancelPlan.RESET)
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
    created: bool = False  # it has its place, and has not made its first step
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
        self.unusable = False  # the server waits for ever for the end of jobs that it has dropped
        self.streaming = False
        self.carried = False  # the stream had messages of jobs
        self.cancels: dict[str, CancelPlan] = {}
        # How many have ended by themselves, of how many the client knew when it sent each stop.
        self.completed = self.heard = 0
        self.heard_then: dict[str, int] = {}
        # Who had a place and had not made the first step when a stop was sent: they make it before it arrives.
        self.created_then: dict[str, list[SimulatedJob]] = {}

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
        self.session.join_sent(name, fn_index, generator=fn_index == 4)
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
        if isinstance(message, (ProcessStarts, ProcessGenerating)):
            self.session.started(event_id)
        elif isinstance(message, ProcessCompleted):
            cancelled = message.data is None
            if not cancelled:
                self.heard += 1
                for hit in collateral_of_stop(self.session, event_id):
                    self.lose(self.jobs[hit])
            self.session.ended(event_id, cancelled=cancelled)
        self.tell_ready()

    def lose(self, job: SimulatedJob) -> None:
        if job.ended:  # nothing happens to it; it was known because it still runs
            assert job.unwanted, "a job that has ended cannot be lost"
            return
        job.lost += 1
        job.unwanted = True

    def tell_ready(self) -> None:
        for event_id in cancellable(self.session):
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
        if self.session.is_in_doubt(job.name):
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
        else:
            self.session.withdraw(job.name)

    def tell_cancelled(self, event_id: str) -> None:
        plan = cancel(self.session, event_id)
        if plan is None or plan is CancelPlan.LATER:
            return
        if plan is CancelPlan.STOP:
            fn_index = self.session.fn_index_of(event_id)
            self.heard_then[event_id] = self.heard
            self.created_then[event_id] = self.created(fn_index)
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
        if job.runs:
            if data.draw(st.booleans()):
                self.say(job, value(str(job.event_id), len(job.said)))
            else:
                self.finish(job)
        else:
            self.go_on(job)

    def go_on(self, job: SimulatedJob) -> None:
        """Let a job take a place, or make its first step; or say that it waits."""
        busy = [other for other in self.at_server() if other.fn_index == job.fn_index]
        if job.created:
            job.created, job.runs = False, True
            self.say(job, starts(str(job.event_id)))
        elif sum(other.runs or other.created for other in busy) < LIMITS[job.fn_index]:
            job.created = True
        else:
            self.say(job, waits(str(job.event_id)))

    @rule()
    def let_a_second_pass(self) -> None:
        """Whatever can start has started, and was heard of."""
        for job in self.jobs.values():
            if job.event_id is not None and not job.answered and not job.refused:
                self.answer(job)
        for _ in range(2):
            for job in self.at_server():
                if not job.runs:
                    self.go_on(job)
        while self.streaming and self.known_to_server and self.queue:
            self.deliver()
        if look(self.session):
            self.tell_ready()

    def finish(self, job: SimulatedJob) -> None:
        job.over = True
        self.completed += 1
        self.say(job, ends(str(job.event_id)))

    @rule(data=st.data())
    def carry_out_cancel(self, data: st.DataObject) -> None:
        if self.cancels:
            self.carry_out(data.draw(st.sampled_from(sorted(self.cancels))))

    def carry_out(self, event_id: str) -> None:
        plan = self.cancels.pop(event_id)
        (job,) = (job for job in self.jobs.values() if job.event_id == event_id)
        if plan is CancelPlan.STOP:
            for other in self.created_then.pop(event_id):
                if other.created and not other.over:
                    self.go_on(other)
            for stopped in self.running(job.fn_index):
                stopped.over = True  # without a word, the one that is named excepted
            if self.heard_then[event_id] == self.completed:
                # If a job ends by itself, and its place is given away, while the stop is on its way, nothing helps.
                assert [other.name for other in self.created(job.fn_index)] == [], "a place is lost for ever"
        if not (job.runs or job.created):
            job.over = True
        if self.known_to_server and not job.closed:
            self.say(job, closing(event_id))
        cancel_answered(self.session, event_id, plan)
        self.tell_ready()

    def created(self, fn_index: int | None) -> list[SimulatedJob]:
        return [job for job in self.at_server() if job.created and job.fn_index == fn_index]

    @rule(data=st.data())
    def fail_to_cancel(self, data: st.DataObject) -> None:
        if self.cancels:
            event_id = data.draw(st.sampled_from(sorted(self.cancels)))
            del self.cancels[event_id]
            cancel_failed(self.session, event_id)

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
        return not self.unusable and all(job.closed for job in self.jobs.values() if job.event_id is not None)

    @precondition(lambda self: self.streaming and self.known_to_server)
    @rule(rarely=st.integers(0, 9))
    def break_stream(self, rarely: int) -> None:
        if rarely == 0:
            self.break_off()

    def break_off(self) -> None:
        # The server drops the jobs of the session when its stream breaks off.
        for job in self.at_server():
            job.over = job.closed = self.unusable = True
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
            assert job.received == job.said[: len(job.received)] or self.unusable
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

    @invariant()
    def those_that_are_stopped_take_no_place(self) -> None:
        stopped = [entry for entry in self.session.entries.values() if entry.stopped]
        assert self.session.pending == len(self.session.jobs) - len(stopped)

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
    max_examples=examples(300), stateful_step_count=40, deadline=None, derandomize=True
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
