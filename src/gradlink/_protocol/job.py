"""A job's state machine, fed with the messages of its event id.

Vectors: jobs.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TypeAlias

from gradlink._dataclass import dataclass
from gradlink._facts import with_facts, with_hint
from gradlink._protocol.dialect import NEWEST, Dialect
from gradlink._protocol.diff import are_edits, replaced
from gradlink._protocol.events import LogEvent, ProgressEvent, StatusEvent
from gradlink._protocol.jsonvalue import JSONValue, misread
from gradlink._protocol.messages import (
    Estimation,
    Log,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    Progress,
    QueueFull,
    SendData,
    SendHash,
    UnexpectedError,
    Unreadable,
    changed_states,
)
from gradlink._protocol.policy import LimitPhase
from gradlink._protocol.replies import app_error
from gradlink._protocol.status import ProgressUnit, Status
from gradlink.errors import (
    AppError,
    Execution,
    GradlinkError,
    JobCancelledError,
    JobTimeoutError,
    ProtocolError,
    QueueError,
    QuotaExceededError,
    ServerStoppedError,
    SessionLostError,
    StreamLostError,
)


class JobPhase(Enum):
    """Where a job is, according to the server's messages."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def ended(self) -> bool:
        """Nothing can follow."""
        # Asked for every message; a set would hash its members, which for an enum is a call in Python.
        return self in (JobPhase.SUCCEEDED, JobPhase.FAILED, JobPhase.CANCELLED, JobPhase.LOST)


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a generator: ``edits`` to the step before, or else ``data`` in full.

    Attributes:
        data: one value per output of the function, None if the step is edits.
        edits: one list of edits per output, None if the step is a value.
        changed_states: ids of the State components that the step has changed, as far as a function listens to that.
        may_hold_files: files are to be looked for in ``data``.
        lost: the server sent edits to a value that it has never sent; there is neither then.
    """

    data: list[JSONValue] | None
    edits: list[JSONValue] | None = None
    changed_states: tuple[int, ...] = ()
    may_hold_files: bool = field(default=True, compare=False)
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The job has a result.

    Attributes:
        data: one value per output of the function.
        is_output: the result is an output of its own, not the repetition of the last step.
        changed_states: ids of the State components that the last step has changed, as far as a function listens to that.
        may_hold_files: files are to be looked for in ``data``.
    """

    data: list[JSONValue]
    is_output: bool
    changed_states: tuple[int, ...] = ()
    may_hold_files: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The job has ended without a result; ``error`` says why and has its facts."""

    error: GradlinkError


Outcome: TypeAlias = Succeeded | Failed
Update: TypeAlias = StatusEvent | ProgressEvent | LogEvent | Step | Outcome


_WHAT: dict[LimitPhase, str] = {
    "upload": "sending its files",
    "queue": "waiting in the queue",
    "run": "running",
    "total": "the whole call",
}

# What an output always has beside its data, in every version.
_OF_A_RESULT = frozenset({"data", "is_generating", "duration", "average_duration"})


class JobTracker:
    """What is known of one job.

    Args:
        mistakes: what was probably meant by arguments that look wrong; an error of the app says so.
        outputs: the component of each output, None if nobody sees it, of an app that mixes runs.

    Attributes:
        phase: where the job is.
        updates: everything that happened, in order; the last is an Outcome once ``phase.ended``.
        event_id: the server's name for the job, None before the join was accepted.
        sent: the server may have run the job, or may run it yet.
    """

    __slots__ = (
        "_dialect",
        "_mistakes",
        "_outputs",
        "_resent",
        "_steps",
        "api_name",
        "event_id",
        "generator",
        "log",
        "outcome",
        "phase",
        "progress",
        "sent",
        "status",
        "updates",
    )

    def __init__(
        self,
        *,
        api_name: str,
        generator: bool = False,
        dialect: Dialect = NEWEST,
        mistakes: tuple[str, ...] = (),
        outputs: tuple[str | None, ...] = (),
    ) -> None:
        self.api_name = api_name
        self.generator = generator
        self._dialect = dialect
        self._mistakes = mistakes
        self._outputs = outputs
        self._steps = 0
        self.event_id: str | None = None
        self.sent = False
        self._resent = False
        self.phase = JobPhase.PENDING
        self.outcome: Outcome | None = None
        self.status = StatusEvent(Status.STARTING)
        self.progress: tuple[ProgressUnit, ...] | None = None
        self.log: LogEvent | None = None
        self.updates: list[Update] = []

    @property
    def started(self) -> bool:
        """The function has started, according to the server's messages."""
        return self.phase is JobPhase.RUNNING

    def receive(self, message: Message) -> None:
        """Take the next message of this job; after the end nothing counts any more.

        A message of which nothing can be made, for whatever reason, ends the job and nothing else.
        """
        if self.outcome is not None:
            return
        self.sent = True
        try:
            self._take(message)
        except Exception as exc:  # an app can say anything
            self.fail(misread(exc, f"a message of {self.api_name}"))

    def _take(self, message: Message) -> None:
        match message:
            case ProcessGenerating():
                self._generating(message)
            case ProcessCompleted():
                self._completed(message)
            case Estimation(rank=rank, queue_size=queue_size, eta=eta):
                if self.phase is not JobPhase.RUNNING:
                    self.phase = JobPhase.QUEUED
                    self._move(StatusEvent(Status.IN_QUEUE, rank, queue_size, eta))
            case ProcessStarts(eta=eta):
                self.phase = JobPhase.RUNNING
                self._move(StatusEvent(Status.PROCESSING, eta=eta))
            case Progress(units=units):
                self.phase = JobPhase.RUNNING
                self.progress = units
                self.status = StatusEvent(Status.PROGRESS, eta=self.status.eta)
                self.updates.append(ProgressEvent(units))
            case Log(log=log):
                self.log = log
                self.status = StatusEvent(Status.LOG, eta=self.status.eta)
                self.updates.append(log)
            case SendHash():
                self._move(StatusEvent(Status.JOINING_QUEUE))
            case SendData():
                self._move(StatusEvent(Status.SENDING_DATA))
            case QueueFull():
                text = f"{self.api_name}: the app's queue is full, the job was not accepted"
                self.fail(QueueError(text, execution="not started"))
            case UnexpectedError():
                self.lose(stream_error(message))
            case Unreadable(error=error):
                self.fail(error)
            case _:
                pass  # heartbeat, close_stream and unknown messages concern no job

    def begin_sending(self) -> bool:
        """Note that the server may run the job from now on; False if it has ended, and must not be sent."""
        if self.phase.ended:
            return False
        self.sent = True
        return True

    def joined(self, event_id: str | None) -> None:
        """Note that the server has accepted the job."""
        self.event_id = event_id
        self.sent = True
        if self.phase is JobPhase.PENDING and not self.updates:
            self._move(StatusEvent(Status.JOINING_QUEUE))

    def restart(self) -> bool:
        """Start over: the job is sent again. Values received so far are kept, and will come again.

        False if it has ended, and stays so.
        """
        if self.phase.ended:
            return False
        self.phase = JobPhase.PENDING
        self.event_id = None
        self._resent = True
        self._steps = 0
        self.status = StatusEvent(Status.STARTING)
        return True

    def expire(self, phase: LimitPhase, seconds: float) -> None:
        """End the job because a time limit ran out."""
        said = f"{self.api_name}: the call's limit of {seconds:g} s for {_WHAT[phase]} ran out"
        if self.sent and not self.started and phase != "upload" and self._dialect.queue_may_stop:
            said += (
                f"; its turn did not come, and the queue of Gradio {self._dialect.release} can stop for good "
                "(a call of a batch function or of an unknown one is enough): the app may have to be restarted"
            )
        self.stop(JobTimeoutError(said, phase=phase, seconds=seconds))

    def succeed(self, data: list[JSONValue]) -> None:
        """End the job with the answer of the direct route."""
        self._end(JobPhase.SUCCEEDED, Succeeded(data, is_output=True))

    def fail(self, error: GradlinkError) -> None:
        """End the job because it failed or was refused."""
        if self._resent and error.execution == "not started":
            with_facts(error, execution="unknown")  # what it was sent for first may have run
        self._end(JobPhase.FAILED, Failed(error))

    def stop(self, error: GradlinkError) -> None:
        """End the job for a reason of this program's, which says nothing of what the server does."""
        self.fail(with_facts(error, execution=self._may_run()))

    def cancel(self) -> None:
        """End the job as cancelled; the outputs so far stay."""
        text = f"{self.api_name}: the job was cancelled"
        self._end(JobPhase.CANCELLED, Failed(JobCancelledError(text, execution=self._may_run())))

    def lose(self, error: GradlinkError) -> None:
        """End the job because no more of its messages can be received."""
        # A job that the server may have accepted may run, whatever phase it was seen in last.
        execution: Execution = "unknown" if self._resent else self._may_run()
        self._end(JobPhase.LOST, Failed(with_facts(error, execution=execution)))

    def _may_run(self) -> Execution:
        """Tell what is known of the function when the job ends without the server saying so."""
        return "unknown" if self.sent else "not started"

    def _generating(self, message: ProcessGenerating) -> None:
        self.phase = JobPhase.RUNNING
        if self.status.code is not Status.ITERATING:
            self.status = StatusEvent(Status.ITERATING, eta=self.status.eta)
        edits = self._dialect.sends_edits and not message.streaming
        self._steps += 1
        if edits and self._steps > 1:
            step = Step(None, message.data, message.changed_states)
        elif edits and self._dialect.mixes_runs and are_edits(message.data, self._outputs):
            values = replaced(message.data, self._outputs)
            step = Step(values, None, message.changed_states, message.may_hold_files, lost=values is None)
        else:
            step = Step(message.data, None, message.changed_states, message.may_hold_files)
        self.updates.append(step)

    def _completed(self, message: ProcessCompleted) -> None:
        if not message.success:
            self.fail(app_error(message.output, message.title, self._dialect, self.api_name))
        elif message.data is not None:
            nothing = all(value is None for value in message.data)
            empty = self.generator and nothing and not message.used_cache
            self._end(
                JobPhase.SUCCEEDED,
                Succeeded(
                    message.data,
                    self._steps == 0 and not empty,
                    changed_states(message.output),
                    message.may_hold_files,
                ),
            )
        elif message.output.keys().isdisjoint(_OF_A_RESULT):
            # The server's answer to /cancel is a success with nothing in it.
            self.cancel()
        else:
            text = f"{self.api_name}: the server completed the job without data: {str(message.output)[:200]}"
            self.fail(ProtocolError(text, execution="unknown"))

    def _move(self, event: StatusEvent) -> None:
        self.status = event
        self.updates.append(event)

    def _end(self, phase: JobPhase, outcome: Outcome) -> None:
        if self.phase.ended:
            return
        self.phase = phase
        self.outcome = outcome
        code = Status.CANCELLED if phase is JobPhase.CANCELLED else Status.FINISHED
        self.status = StatusEvent(code, rank=0)
        if isinstance(outcome, Failed):
            error = outcome.error
            logs = tuple(update.message for update in self.updates if isinstance(update, LogEvent))
            with_facts(
                error,
                execution=error.execution or self._may_run(),
                endpoint=error.endpoint or self.api_name,
                event_id=error.event_id or self.event_id,
                logs=error.logs or logs,
            )
            if self._mistakes and isinstance(error, AppError) and not isinstance(error, QuotaExceededError):
                with_hint(error, "; ".join(self._mistakes))
        self.updates.append(outcome)


def stream_error(message: UnexpectedError) -> StreamLostError:
    """Return what an ``unexpected_error`` of the stream means for the jobs on it."""
    if message.session_not_found:
        return SessionLostError(
            "the server no longer knows this session: it was restarted, or several replicas run "
            f"behind this URL without sticky sessions (it said: {message.message})"
        )
    if "stopped" in message.message.lower():
        return ServerStoppedError(f"the server is shutting down (it said: {message.message})")
    return StreamLostError(f"the server aborted the stream (it said: {message.message})")
