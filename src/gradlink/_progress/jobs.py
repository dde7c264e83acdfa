"""A job, as a notebook shows it."""

from __future__ import annotations

from gradlink._html.page import framed, tag
from gradlink._html.words import failure_text, seconds_text, short
from gradlink._progress.board import MAX_ETA_SECONDS, Line, Mark, bars_of, place_of, stage_of
from gradlink._progress.html import line_html
from gradlink._protocol.events import StatusEvent
from gradlink._protocol.status import Status, StatusUpdate

_WAITING = frozenset(
    {Status.STARTING, Status.JOINING_QUEUE, Status.QUEUE_FULL, Status.IN_QUEUE, Status.SENDING_DATA}
)


def job_html(kind: str, api_name: str, event_id: str | None, status: StatusUpdate, error: object) -> str:
    """Return what a job shows of itself: its endpoint, where it stands, its progress, and how it ended."""
    head = tag("span", "title", kind) + tag("span", "dim", short(event_id, 60) if event_id else "")
    return framed(
        f'<div class="gl-card"><div class="gl-head">{head}</div>{line_html(job_line(api_name, status, error))}</div>'
    )


def job_line(api_name: str, status: StatusUpdate, error: object) -> Line:
    """Return what is said of a job; ``error`` is why it has no result, None as long as it may have one."""
    title = short(api_name, 40)
    if status.success is not None:
        mark: Mark = (
            "done" if status.success else "cancelled" if status.code is Status.CANCELLED else "failed"
        )
        said = mark if error is None or mark == "cancelled" else f"failed: {failure_text(error, 300)}"
        return Line(mark, title, said)
    waiting = status.code in _WAITING
    said = (
        place_of(status.rank, status.queue_size)
        if status.code is Status.IN_QUEUE
        else stage_of(StatusEvent(status.code))
    )
    if status.eta is not None and 0 < status.eta < MAX_ETA_SECONDS:
        said += f", estimated to take {seconds_text(status.eta)}"
    note = short(status.log[0], 160) if status.log is not None else ""
    return Line("waiting" if waiting else "running", title, said, bars_of(status.progress_data or ()), note)
