"""Jobs of functions without the queue, which are called directly."""

from __future__ import annotations

from gradlink import ClientClosedError, JobCancelledError, TransportError
from gradlink._engine.effects import Notify, RunDirect, SetLimit
from gradlink._protocol.job import Succeeded
from gradlink._protocol.policy import Timeout
from tests.engine.engines import engine, error_of, job


def test_a_direct_call_ends_with_the_values_of_its_answer() -> None:
    made, sent = engine(), job(queued=False)
    assert made.submit(sent) == [RunDirect(sent)]
    assert made.running_directly(sent) == (True, [])
    assert made.ran_directly(sent, ["x"]) == [Notify(sent)]
    assert sent.tracker.outcome == Succeeded(["x"], is_output=True)


def test_its_phases_have_their_limits() -> None:
    made, sent = engine(), job(timeout=Timeout(total=9, upload=1, run=2), queued=False)
    assert made.submit(sent)[0] == SetLimit(sent, "total", 0, 9)
    [upload] = made.uploading(sent)
    assert upload == SetLimit(sent, "upload", 1, 1)
    _, [run] = made.running_directly(sent)
    assert run == SetLimit(sent, "run", 2, 2)
    assert isinstance(upload, SetLimit)
    assert made.limit_reached(upload) == []
    assert not sent.ended


def test_one_that_is_cancelled_before_it_is_sent_is_not_sent() -> None:
    made, sent = engine(), job(queued=False)
    made.submit(sent)
    made.cancel(sent)
    assert made.running_directly(sent) == (False, [])
    assert error_of(sent).execution == "not started"


def test_one_that_is_cancelled_while_it_runs_stays_so() -> None:
    made, sent = engine(), job(queued=False)
    made.submit(sent)
    made.running_directly(sent)
    # Nothing can stop it on the server, so nothing is asked of it.
    assert made.cancel(sent) == [Notify(sent)]
    made.ran_directly(sent, ["x"])
    assert isinstance(error_of(sent), JobCancelledError)
    assert error_of(sent).execution == "unknown"


def test_one_that_fails_ends_with_the_error() -> None:
    made, sent = engine(), job(queued=False)
    made.submit(sent)
    error = TransportError("refused", execution="not started")
    assert made.fail(sent, error) == [Notify(sent)]
    assert error_of(sent) is error


def test_the_end_of_the_client_ends_it() -> None:
    made, sent = engine(), job(queued=False)
    made.submit(sent)
    made.running_directly(sent)
    assert made.close() == [Notify(sent)]
    assert isinstance(error_of(sent), ClientClosedError)
