"""What programs for gradio_client poll a job by."""

from __future__ import annotations

import threading
from dataclasses import field
from typing import Any, Protocol

from gradlink._dataclass import dataclass
from gradlink._protocol.status import Status, StatusUpdate


class Polled(Protocol):
    """What is asked of the job."""

    lock: Any

    @property
    def event_id(self) -> str | None: ...

    def outputs(self) -> list[Any]: ...

    def status(self) -> StatusUpdate: ...

    def done(self) -> bool: ...

    def cancelled(self) -> bool: ...

    def cancel(self) -> bool: ...


class JobStatus:
    """What a job has brought so far, as it is at the moment when it is asked for.

    Args:
        job: None for one that has not been sent yet.
    """

    def __init__(self, job: Polled | None = None) -> None:
        self._job = job

    @property
    def outputs(self) -> list[Any]:
        """The values so far."""
        return [] if self._job is None else self._job.outputs()

    @property
    def latest_status(self) -> StatusUpdate:
        """Where the job stands."""
        if self._job is None:
            return StatusUpdate(Status.STARTING, None, None, None, None, None, None)
        return self._job.status()


@dataclass
class Communicator:
    """What programs poll a job by: ``job.communicator.job.outputs``, ``.job.latest_status``, ``.event_id``.

    It can be had for a call that has not been made yet, from ``client.new_helper()``.

    Attributes:
        sent: the job, None as long as the call has not been made.
        request_headers: what the call is sent with beside the client's headers.
    """

    sent: Polled | None = None
    request_headers: dict[str, str] | None = None
    lock: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.sent is not None:
            self.lock = self.sent.lock

    @property
    def job(self) -> JobStatus:
        """What the job has brought so far."""
        return JobStatus(self.sent)

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        return None if self.sent is None else self.sent.event_id

    @property
    def thread_complete(self) -> bool:
        """The job has ended."""
        return self.sent is not None and self.sent.done()

    @property
    def should_cancel(self) -> bool:
        """The job was cancelled; setting it to True cancels it."""
        return self.sent is not None and self.sent.cancelled()

    @should_cancel.setter
    def should_cancel(self, value: bool) -> None:
        if value and self.sent is not None:
            self.sent.cancel()
