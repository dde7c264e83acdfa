"""How a job is cancelled without touching another one.

Gradio's ``/cancel`` stops *every* running job of one function in the session. Vectors: routers.
"""

from __future__ import annotations

from enum import Enum

from gradlink._protocol.dialect import CancelWay
from gradlink._protocol.router import Entry, JobT, SessionRouter

# A job that has a place where it runs is started within milliseconds; a busy server takes longer.
LOOK_SECONDS = 1.0


class CancelPlan(Enum):
    """How one job can be cancelled without touching another one.

    A job is never stopped while it may be about to make its first step: a task of Gradio that is stopped before it keeps
    its place for ever, and when all places are gone the app runs nothing any more, for anyone. One that is alone of its
    function is taken out of the queue; if it had its place by then, it has made its first step when the stop comes that
    follows. Not so a generator, which Gradio would begin once more if it is taken out while it runs.
    """

    STOP = "stop"
    """Cancel its function in this session: no other job of it runs there."""
    DEQUEUE = "dequeue"
    """Take it out of the queue by its id alone: it has waited there for a while, or is alone and no generator."""
    RESET = "reset"
    """Reset its event (4.9 - 4.30): that concerns no other job."""
    LATER = "later"
    """It may be about to start, or others of its function run, or may start, in this session."""


def cancel(session: SessionRouter[JobT], event_id: str) -> CancelPlan | None:
    """Note that a job's caller has cancelled it, and return how; None if it is not pending."""
    entry = session.entries.get(event_id)
    if entry is None or entry.stopped or event_id in session.cancelling:
        return None
    entry.cancel_wanted = True
    plan = _plan(session, entry)
    entry.dequeued = plan is CancelPlan.DEQUEUE
    entry.unsure = entry.dequeued and _is_alone(session, entry)
    if plan is CancelPlan.STOP:
        entry.collateral = tuple(
            other_id
            for other_id, other in session.entries.items()
            if other.fn_index == entry.fn_index
            and not (other.started or other.stopped or other.cancel_wanted)
        )
    if plan is not CancelPlan.LATER:
        # With -1 nothing but the id is named, so a joining sibling is in no danger.
        session.cancelling[event_id] = entry.fn_index if plan is CancelPlan.STOP else -1
    return plan


def cancel_answered(session: SessionRouter[JobT], event_id: str, plan: CancelPlan) -> None:
    """Note that the server has carried out a cancel."""
    session.cancelling.pop(event_id, None)
    entry = session.entries.get(event_id)
    if entry is None:
        return
    if plan is CancelPlan.RESET or (plan is CancelPlan.STOP and entry.closed):
        session.forget(event_id)  # not even its end comes
    elif plan is CancelPlan.DEQUEUE and entry.unsure and not entry.started:
        entry.taken_out = True
    else:
        # One that had started before it was taken out of the queue runs on.
        session.mark_stopped(entry, stopped=plan is CancelPlan.STOP or not entry.started)
    if plan is CancelPlan.STOP:
        session.place_freed(entry.fn_index)


def cancel_failed(session: SessionRouter[JobT], event_id: str) -> None:
    """Note that the cancel failed; the job is pending at the server until it ends by itself."""
    session.cancelling.pop(event_id, None)
    entry = session.entries.get(event_id)
    if entry is None:
        return
    session.mark_failed(entry)
    if entry.closed:
        session.forget(event_id)  # nobody will hear of its end


def cancellable(session: SessionRouter[JobT]) -> list[str]:
    """Return the event ids of those whose cancel waited and can be sent now."""
    return [
        event_id
        for event_id, entry in session.entries.items()
        if _is_kept_back(session, event_id, entry) and _plan(session, entry) is not CancelPlan.LATER
    ]


def look(session: SessionRouter[JobT]) -> bool:
    """Count how long jobs have waited for their place; return whether a cancel depends on it.

    To be called every ``LOOK_SECONDS`` as long as there is. Gradio gives a place in the queue to a job that starts at
    once, too: only a job that has not started after a while waits for the place of another one.
    """
    if not any(_is_kept_back(session, event_id, entry) for event_id, entry in session.entries.items()):
        return False
    session.look()
    return True


def collateral_of_stop(session: SessionRouter[JobT], event_id: str) -> list[JobT]:
    """Return the jobs that a stop on its way may have hit, now that this one has ended by itself.

    They waited for a place when the cancel was sent, and may have got its place before the stop came, so that they
    were stopped, too. They are to be stopped and treated as lost, since the server reports nothing about such a job, and waiting
    for it would never end. The place of a job that was stopped is what they get after the stop.
    """
    ended = session.entries.get(event_id)
    hit: list[JobT] = []
    if ended is None:
        return hit
    for stopping in session.entries.values():
        # One that waited as well has got the place of the job that was stopped: Gradio frees it before it has done so.
        if stopping.fn_index != ended.fn_index or event_id in stopping.collateral:
            continue
        for other_id in stopping.collateral:
            other = session.entries.get(other_id)
            if other is not None and not (other.cancel_wanted or other.stopped):
                other.cancel_wanted = True
                hit.append(other.job)
    return hit


def _plan(session: SessionRouter[JobT], entry: Entry[JobT]) -> CancelPlan:
    if session.way is CancelWay.RESET:
        return CancelPlan.RESET
    if not (entry.started or entry.taken_out):
        return _plan_before_start(session, entry)
    if _joins(session, entry.fn_index):
        return CancelPlan.LATER
    siblings = _siblings(session, entry)
    # One that waits for its place does not run, so a stop does not hit it.
    if any(other.started or not other.waits for other in siblings):
        return CancelPlan.LATER
    # They have its place when the next stop comes.
    stopping = siblings and entry.fn_index in session.cancelling.values()
    return CancelPlan.LATER if stopping else CancelPlan.STOP


def _plan_before_start(session: SessionRouter[JobT], entry: Entry[JobT]) -> CancelPlan:
    if session.way is not CancelWay.SESSION:
        return CancelPlan.LATER
    alone = _is_alone(session, entry)
    if entry.fn_index in session.generators:
        if not entry.waits:
            return CancelPlan.LATER
        # It may run unheard where the stream is slow.
        return CancelPlan.STOP if alone else CancelPlan.DEQUEUE
    return CancelPlan.DEQUEUE if alone or entry.waits else CancelPlan.LATER


def _is_alone(session: SessionRouter[JobT], entry: Entry[JobT]) -> bool:
    """Tell whether a stop hits no other job, even if that one has begun unheard."""
    return not _joins(session, entry.fn_index) and not _siblings(session, entry)


def _joins(session: SessionRouter[JobT], fn_index: int) -> bool:
    return any(session.joining[job] == fn_index for job in session.sent)


def _siblings(session: SessionRouter[JobT], entry: Entry[JobT]) -> list[Entry[JobT]]:
    """Return the other jobs of its function that are not to be stopped along."""
    return [
        other
        for other in session.entries.values()
        if other is not entry
        and other.fn_index == entry.fn_index
        and not other.stopped
        # One that is to be cancelled as well may be stopped as well; its own cancel is sent after this.
        and not (other.started and other.cancel_wanted)
    ]


def _is_kept_back(session: SessionRouter[JobT], event_id: str, entry: Entry[JobT]) -> bool:
    """Tell whether the cancel of a job waits until it hits no other one."""
    return entry.cancel_wanted and not entry.cancel_failed and event_id not in session.cancelling
