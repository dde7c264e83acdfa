"""The end of a client, which can be interrupted at any line: who waits for a job hears of its end all the same."""

from __future__ import annotations

import pytest

from gradlink import ClientClosedError, JobCancelledError, SessionLostError, StreamLostError
from gradlink._engine.effects import LeaveStream, Notify
from tests.engine.engines import accepted, engine, error_of, job


def test_what_an_interrupted_close_has_not_told_is_told_by_the_next() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    assert made.close() == [Notify(sent), LeaveStream(session)]
    first = error_of(sent)
    assert isinstance(first, ClientClosedError)
    assert Notify(sent) in made.close()
    assert error_of(sent) is first


def test_nobody_is_told_twice() -> None:
    made, sent = engine(), job()
    accepted(made, sent, "E1")
    made.close()
    made.settled(sent)
    assert Notify(sent) not in made.close()


def test_an_end_of_which_nobody_was_told_before_stays_what_it_was() -> None:
    made, sent = engine(), job()
    accepted(made, sent, "E1")
    made.cancel(sent)
    assert Notify(sent) in made.close()
    assert isinstance(error_of(sent), JobCancelledError)


def test_a_job_that_was_not_taken_is_not_kept() -> None:
    made, holder, refused = engine(), job(stateful=True), job(stateful=True)
    session = accepted(made, holder, "E1")
    made.stream_ended(session, StreamLostError("broken"), carried=False)
    made.settled(holder)
    with pytest.raises(SessionLostError):
        made.submit(refused)
    assert made.close() == []
