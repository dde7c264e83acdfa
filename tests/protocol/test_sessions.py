"""Which session a job goes into, how many are at the server, and in what order the others follow."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gradlink import Endpoint
from gradlink._protocol.cancelling import CancelPlan, cancel, cancel_answered
from gradlink._protocol.dialect import dialect_of
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.sessions import Placement, SessionPool, placement_of
from gradlink._protocol.version import AppVersion
from tests.unit import examples


def pool(*, max_jobs: int = 100, max_sessions: int = 3, one_session: bool = False) -> SessionPool[str]:
    numbers = itertools.count()
    return SessionPool(
        lambda: SessionRouter[str](f"session {next(numbers)}"),
        max_jobs=max_jobs,
        max_sessions=max_sessions,
        one_session=one_session,
    )


def place(sessions: SessionPool[str], job: str, placement: Placement) -> str | None:
    """Send a job; return the hash of its session, None if it waits."""
    session = sessions.place(job, placement)
    return None if session is None else session.session_hash


def arrive(sessions: SessionPool[str], job: str) -> SessionRouter[str]:
    """Let the server accept a job, under its name in capitals."""
    (session,) = (session for session in sessions if session.is_joining(job))
    session.join_sent(job, session.joining[job])
    session.register(job, job.upper())
    return session


def end(sessions: SessionPool[str], job: str) -> list[tuple[str, str]]:
    """Let a job end; return who may be sent now, and where."""
    (session,) = (session for session in sessions if session.has(job.upper()))
    session.ended(job.upper(), cancelled=False)
    return [(other, admitted.session_hash) for other, admitted in sessions.admit()]


PLAIN, OTHER, STATE = Placement(3), Placement(4), Placement(5, "")


@pytest.mark.parametrize(
    ("endpoint", "version", "placement"),
    [
        (Endpoint(3, "/a"), "6.31.0", Placement(3)),
        (Endpoint(3, "/a", stateful=True), "6.31.0", Placement(3, "")),
        (Endpoint(3, "/a", session_hash="s"), "6.31.0", Placement(3, "s")),
        (Endpoint(3, "/a", stateful=True, session_hash="s"), "6.31.0", Placement(3, "s")),
        (Endpoint(3, "/a", batch=True), "4.16.0", Placement(3, alone=True)),
        (Endpoint(3, "/a", batch=True), "4.19.2", Placement(3, alone=True)),
        (Endpoint(3, "/a", batch=True), "4.20.0", Placement(3)),
    ],
)
def test_an_endpoint_says_where_its_calls_belong(
    endpoint: Endpoint, version: str, placement: Placement
) -> None:
    assert placement_of(endpoint, dialect_of("sse_v3", AppVersion(version))) == placement


def test_jobs_of_different_functions_share_the_clients_own_session() -> None:
    sessions = pool()
    assert [place(sessions, "a", PLAIN), place(sessions, "b", OTHER)] == ["session 0", "session 0"]


def test_jobs_of_one_function_get_sessions_of_their_own_as_long_as_there_are_any() -> None:
    sessions = pool(max_sessions=3)
    assert [place(sessions, f"job {n}", PLAIN) for n in range(3)] == ["session 0", "session 1", "session 2"]
    # From then on the one with the fewest jobs is shared.
    assert place(sessions, "other", OTHER) == "session 0"
    assert [place(sessions, f"more {n}", PLAIN) for n in range(3)] == ["session 1", "session 2", "session 0"]


def test_many_jobs_of_different_functions_are_spread_so_that_a_broken_stream_takes_few_along() -> None:
    sessions = pool(max_sessions=4)
    places = [place(sessions, f"job {n}", Placement(n)) for n in range(32)]
    assert places == [f"session {n // 8}" for n in range(32)]
    # From then on the one with the fewest jobs is shared.
    arrive(sessions, "job 17")
    end(sessions, "job 17")
    assert place(sessions, "a", Placement(40)) == "session 2"
    assert place(sessions, "b", Placement(41)) == "session 0"
    assert [place(sessions, f"state {n}", STATE) for n in range(9)] == ["session 0"] * 9


def test_many_jobs_of_different_functions_stay_together_if_there_is_one_session() -> None:
    sessions = pool(one_session=True)
    assert {place(sessions, f"job {n}", Placement(n)) for n in range(40)} == {"session 0"}


def test_a_spare_session_is_used_again() -> None:
    sessions = pool()
    for job in ("a", "b"):
        place(sessions, job, PLAIN)
        arrive(sessions, job)
    end(sessions, "b")
    assert place(sessions, "c", PLAIN) == "session 1"
    arrive(sessions, "c")
    end(sessions, "a")
    assert place(sessions, "d", PLAIN) == "session 0"


def test_jobs_with_state_stay_in_the_clients_own_session() -> None:
    sessions = pool()
    assert [place(sessions, f"job {n}", STATE) for n in range(3)] == ["session 0"] * 3


def test_one_session_is_one_session() -> None:
    sessions = pool(one_session=True)
    assert [place(sessions, f"job {n}", PLAIN) for n in range(3)] == ["session 0"] * 3


def test_a_job_of_a_rendered_endpoint_goes_where_that_was_made() -> None:
    sessions = pool()
    for job in ("a", "b"):
        place(sessions, job, PLAIN)
    assert place(sessions, "c", Placement(9, "session 1")) == "session 1"
    assert place(sessions, "d", Placement(9, "session of yesterday")) == "session 0"


def test_a_function_that_is_being_cancelled_is_not_joined_in_that_session() -> None:
    sessions = pool()
    place(sessions, "a", STATE)
    session = arrive(sessions, "a")
    session.started("A")
    assert cancel(session, "A") is CancelPlan.STOP
    assert place(sessions, "b", STATE) is None
    assert place(sessions, "c", PLAIN) is None  # it came later, and nothing happened since
    assert [(job, s.session_hash) for job, s in sessions.admit()] == [("c", "session 0")]
    assert sessions.waiting == ["b"]
    cancel_answered(session, "A", CancelPlan.STOP)
    assert [(job, s.session_hash) for job, s in sessions.admit()] == [("b", "session 0")]


def test_a_job_avoids_a_spare_session_in_which_its_function_is_being_cancelled() -> None:
    sessions = pool()
    for job in ("a", "b"):
        place(sessions, job, PLAIN)
        arrive(sessions, job)
    spare = next(s for s in sessions if s.has("B"))
    spare.started("B")
    assert cancel(spare, "B") is CancelPlan.STOP
    spare.ended("B")  # the answer is still on its way
    assert place(sessions, "c", PLAIN) == "session 2"


def test_batches_of_old_servers_are_of_one() -> None:
    sessions = pool()
    alone = Placement(3, alone=True)
    assert place(sessions, "a", alone) == "session 0"
    assert place(sessions, "b", alone) is None
    arrive(sessions, "a")
    assert end(sessions, "a") == [("b", "session 0")]


# How many


def test_no_more_than_max_jobs_are_at_the_server() -> None:
    sessions = pool(max_jobs=2)
    assert [place(sessions, name, PLAIN) for name in "abcd"] == ["session 0", "session 1", None, None]
    assert sessions.waiting == ["c", "d"]
    arrive(sessions, "a")
    assert sessions.admit() == []
    assert end(sessions, "a") == [("c", "session 0")]
    arrive(sessions, "b")
    assert end(sessions, "b") == [("d", "session 1")]
    assert sessions.waiting == []


def test_a_job_that_is_stopped_takes_no_place() -> None:
    sessions = pool(max_jobs=1)
    place(sessions, "a", PLAIN)
    session = arrive(sessions, "a")
    place(sessions, "b", PLAIN)
    session.started("A")
    cancel(session, "A")
    assert sessions.admit() == []
    cancel_answered(session, "A", CancelPlan.STOP)
    assert [job for job, _ in sessions.admit()] == ["b"]


def test_a_job_that_was_refused_takes_no_place() -> None:
    sessions = pool(max_jobs=1)
    place(sessions, "a", PLAIN)
    place(sessions, "b", PLAIN)
    sessions.own.join_failed("a")
    assert [job for job, _ in sessions.admit()] == ["b"]


def test_who_comes_later_waits_behind_those_who_wait() -> None:
    sessions = pool(max_jobs=1)
    for name in "abc":
        place(sessions, name, PLAIN)
    arrive(sessions, "a")
    sessions.own.ended("A")
    assert place(sessions, "d", OTHER) is None  # there is a place, but not for d
    assert [job for job, _ in sessions.admit()] == ["b"]
    assert sessions.waiting == ["c", "d"]


def test_a_waiting_job_can_be_withdrawn() -> None:
    sessions = pool(max_jobs=1)
    for name in "abc":
        place(sessions, name, PLAIN)
    assert sessions.withdraw("b")
    assert not sessions.withdraw("b")
    assert not sessions.withdraw("a")  # it is on its way
    assert sessions.waiting == ["c"]


# Sessions that come and go


def test_a_new_session_leaves_the_jobs_of_the_old_one_where_they_are() -> None:
    sessions = pool()
    place(sessions, "a", STATE)
    arrive(sessions, "a")
    sessions.renew_own()
    assert sessions.own.session_hash == "session 1"
    assert place(sessions, "b", STATE) == "session 1"
    assert [session.session_hash for session in sessions] == ["session 1", "session 0"]
    assert end(sessions, "a") == []
    sessions.tidy()
    assert [session.session_hash for session in sessions] == ["session 1"]


def test_the_clients_own_session_can_be_given() -> None:
    sessions = pool()
    sessions.renew_own("mine")
    assert place(sessions, "a", STATE) == "mine"


@pytest.mark.parametrize("detour", [["other", "session 0"], ["session 0"], [None, "session 0"]])
def test_a_session_that_is_gone_on_with_is_the_one_whose_stream_is_read(detour: list[Any]) -> None:
    # Two readers of one session would steal each other's messages.
    sessions = pool()
    place(sessions, "a", STATE)
    before = arrive(sessions, "a")
    for session_hash in detour:
        sessions.renew_own(session_hash)
    assert sessions.own is before
    assert not sessions.own.retired
    assert [session.session_hash for session in sessions].count("session 0") == 1


def test_a_burnt_session_takes_no_new_jobs() -> None:
    sessions = pool()
    for job in ("a", "b"):
        place(sessions, job, PLAIN)
        arrive(sessions, job)
    for session in list(sessions):
        session.stream_closed(clean=False)
    assert place(sessions, "c", PLAIN) == "session 2"
    assert [session.session_hash for session in sessions] == ["session 2"]


def test_state_that_was_lost_is_told() -> None:
    sessions = pool()
    assert sessions.claim_state() is None
    place(sessions, "a", STATE)
    arrive(sessions, "a")
    sessions.own.stream_closed(clean=False)
    assert sessions.claim_state() == "session 0"
    assert sessions.claim_state() == "session 0"  # until the caller decides
    sessions.renew_own()
    assert sessions.claim_state() is None


def test_a_session_without_state_is_replaced_without_a_word() -> None:
    sessions = pool()
    place(sessions, "a", PLAIN)
    arrive(sessions, "a")
    sessions.own.stream_closed(clean=False)
    assert sessions.claim_state() is None
    assert sessions.own.session_hash == "session 1"


def test_what_a_restarted_server_knew_is_forgotten() -> None:
    sessions = pool()
    sessions.claim_state()
    for job in ("a", "b"):
        place(sessions, job, PLAIN)
        arrive(sessions, job)
    sessions.own.stream_closed(clean=False)
    sessions.claim_state()
    sessions.forget()
    assert sessions.claim_state() is None
    assert [session.registered for session in sessions] == [False] * 2


# Everything at once

PLACEMENTS = [PLAIN, OTHER, STATE, Placement(3, alone=True)]


class Pools(RuleBasedStateMachine):
    """Many jobs, and few places and sessions."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = pool(max_jobs=3, max_sessions=3)
        self.placements: dict[str, Placement] = {}
        self.entered: list[str] = []
        self.sent: list[str] = []
        self.joining: set[str] = set()
        self.pending: dict[str, SessionRouter[str]] = {}
        self.cancels: dict[str, tuple[SessionRouter[str], CancelPlan]] = {}

    def chosen(self, data: st.DataObject, names: Any) -> str | None:
        sorted_names = sorted(names)
        return data.draw(st.sampled_from(sorted_names)) if sorted_names else None

    def goes(self, job: str, session: SessionRouter[str]) -> None:
        placement = self.placements[job]
        assert not session.retired
        assert not session.is_cancelling(placement.fn_index)
        assert placement.session_hash is None or session is self.sessions.own
        self.sent.append(job)
        self.joining.add(job)

    def admit(self) -> None:
        waited = self.sessions.waiting
        admitted = self.sessions.admit()
        assert [job for job in waited if job in dict(admitted)] == [job for job, _ in admitted]
        for job, session in admitted:
            self.goes(job, session)
        if sum(session.pending for session in self.sessions) < 3:
            for job in self.sessions.waiting:
                fn_index = self.placements[job].fn_index
                assert any(s.is_cancelling(fn_index) for s in self.sessions) or self.placements[job].alone, (
                    "a job waits though there is a place"
                )

    @rule(placement=st.sampled_from(PLACEMENTS))
    def place(self, placement: Placement) -> None:
        job = f"job {len(self.placements)}"
        self.placements[job] = placement
        self.entered.append(job)
        session = self.sessions.place(job, placement)
        if session is not None:
            self.goes(job, session)

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.joining)) is not None:
            self.take(job)

    def take(self, job: str) -> None:
        self.joining.remove(job)
        session = arrive(self.sessions, job)
        if session.has(job.upper()):
            self.pending[job] = session
        else:
            self.admit()  # it crossed a break, and is lost

    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.joining)) is not None:
            self.joining.remove(job)
            (session,) = (session for session in self.sessions if session.is_joining(job))
            session.join_failed(job)
            self.admit()

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.pending)) is not None:
            self.pending[job].started(job.upper())

    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.pending)) is not None:
            self.pending.pop(job).ended(job.upper(), cancelled=False)
            self.admit()

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.pending)) is not None:
            plan = cancel(self.pending[job], job.upper())
            if plan is not None and plan is not CancelPlan.LATER:
                self.cancels[job] = (self.pending[job], plan)

    @rule(data=st.data())
    def answer_to_cancel(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.cancels)) is not None:
            session, plan = self.cancels.pop(job)
            cancel_answered(session, job.upper(), plan)
            self.admit()

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if (job := self.chosen(data, self.sessions.waiting)) is not None:
            assert self.sessions.withdraw(job)
            self.entered.remove(job)

    @rule(rarely=st.integers(0, 4))
    def renew(self, rarely: int) -> None:
        if rarely == 0:
            self.sessions.renew_own()
            self.admit()

    @rule(rarely=st.integers(0, 4))
    def burn(self, rarely: int) -> None:
        if rarely == 0:
            own = self.sessions.own
            for job in own.stream_closed(clean=False):
                assert self.pending.pop(job) is own
            self.admit()

    @invariant()
    def no_more_than_max_jobs_are_at_the_server(self) -> None:
        at_server = len(self.joining) + len(self.pending)
        stopped = sum(len(s.jobs) - s.pending for s in self.sessions)
        assert at_server - stopped <= 3

    @invariant()
    def there_are_no_more_sessions_than_allowed_and_no_two_of_one_name(self) -> None:
        names = [session.session_hash for session in self.sessions]
        assert len(set(names)) == len(names)
        assert len([session for session in self.sessions if not session.retired]) <= 3

    @invariant()
    def every_job_is_somewhere(self) -> None:
        waiting = self.sessions.waiting
        assert sorted([*waiting, *self.sent]) == sorted(self.entered)
        known = sorted(job for session in self.sessions for job in session.jobs)
        assert known == sorted([*self.joining, *self.pending])

    def teardown(self) -> None:
        for job, (session, plan) in self.cancels.items():
            cancel_answered(session, job.upper(), plan)
        self.admit()
        while self.joining or self.pending:
            for job in sorted(self.joining):
                self.take(job)
            for job in sorted(self.pending):
                self.pending.pop(job).ended(job.upper(), cancelled=False)
            self.admit()
        assert self.sessions.waiting == []
        self.sessions.tidy()
        assert all(session.idle and not session.retired for session in self.sessions)


TestEverythingAtOnce = Pools.TestCase
TestEverythingAtOnce.settings = settings(
    max_examples=examples(200), stateful_step_count=40, deadline=None, derandomize=True
)
