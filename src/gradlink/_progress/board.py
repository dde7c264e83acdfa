"""What is said of jobs to those who look at them: one line for each that matters, the rest counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import chain, islice
from typing import Final, Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._html.words import bytes_text, failure_text, number_text, seconds_text, short
from gradlink._protocol.events import DoneEvent, LogEvent, ProgressEvent, StatusEvent
from gradlink._protocol.status import ProgressUnit, Status
from gradlink._shell.watched import TransferEvent, WatchedEvent, WatchedJob

# As many jobs are shown one by one; of more, those that run.
MAX_LINES: Final = 8
MAX_BARS: Final = 4
# Jobs that have ended alike, of which downloads may still come.
MAX_KEPT: Final = 1000
# An estimate of more is none.
MAX_ETA_SECONDS: Final = 7 * 24 * 3600

Mark: TypeAlias = Literal["waiting", "running", "done", "failed", "cancelled"]
_MARKS: Final[tuple[Mark, ...]] = ("waiting", "running", "done", "failed", "cancelled")
_WAITING: Final = frozenset(
    {Status.STARTING, Status.JOINING_QUEUE, Status.QUEUE_FULL, Status.IN_QUEUE, Status.SENDING_DATA}
)
_STAGES: Final = {
    Status.STARTING: "starting",
    Status.JOINING_QUEUE: "joining the queue",
    Status.QUEUE_FULL: "the queue is full",
    Status.IN_QUEUE: "in the queue",
    Status.SENDING_DATA: "sending its data",
    Status.ITERATING: "streaming",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """How far something is.

    Attributes:
        text: what it is, and how much of it.
        fraction: from 0 to 1, None if unknown.
    """

    text: str
    fraction: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one job; all its texts are on one line, and safe to show.

    Attributes:
        note: the app's last message to its user, "" for none.
    """

    mark: Mark
    title: str
    text: str
    bars: tuple[Bar, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen at one moment.

    Attributes:
        summary: all jobs counted, "" where each has its line.
    """

    lines: tuple[Line, ...]
    summary: str


@dataclass(slots=True)
class _Job:
    """What is known of one job; times are those of one clock, in seconds."""

    title: str
    began: float
    mark: Mark = "waiting"
    status: StatusEvent = field(default_factory=lambda: StatusEvent(Status.STARTING))
    moved: float = 0.0
    started: float | None = None
    units: tuple[ProgressUnit, ...] = ()
    log: LogEvent | None = None
    files: dict[int, TransferEvent] = field(default_factory=dict[int, TransferEvent])
    outcome: DoneEvent | None = None
    ended: float = 0.0


class Board:
    """What is known of the jobs that are watched together."""

    def __init__(self) -> None:
        self._jobs: dict[Mark, dict[int, _Job]] = {mark: {} for mark in _MARKS}
        # Jobs that ended long ago are only counted.
        self._forgotten: Counter[Mark] = Counter()

    def take(self, seen: WatchedJob, event: WatchedEvent, now: float) -> None:
        """Take what has happened to a job at the time ``now``."""
        job = self._remove(seen.number) or _Job("", now)
        job.title = short(seen.api_name, 40)
        match event:
            case StatusEvent():
                _move(job, event, now)
            case ProgressEvent(units=units):
                job.units = units
                job.started = now if job.started is None else job.started
            case LogEvent():
                job.log = event
            case TransferEvent():
                _transfer(job, event)
            case DoneEvent():
                job.outcome, job.ended = event, now
        job.mark = _mark_of(job)
        alike = self._jobs[job.mark]
        alike[seen.number] = job
        if job.mark not in {"waiting", "running"} and len(alike) > MAX_KEPT:
            del alike[next(iter(alike))]
            self._forgotten[job.mark] += 1

    def view(self, now: float) -> View:
        """Return what is to be seen at the time ``now``."""
        count = sum(map(len, self._jobs.values())) + self._forgotten.total()
        if count <= MAX_LINES:
            every = sorted(chain.from_iterable(jobs.items() for jobs in self._jobs.values()))
            return View(tuple(_line(job, now) for _, job in every), self._counts() if count > 1 else "")
        running = islice(self._jobs["running"].values(), MAX_LINES)
        return View(tuple(_line(job, now) for job in running), self._counts())

    def _counts(self) -> str:
        counts = {mark: len(jobs) + self._forgotten[mark] for mark, jobs in self._jobs.items()}
        return ", ".join(f"{count} {mark}" for mark, count in counts.items() if count)

    def _remove(self, number: int) -> _Job | None:
        for jobs in self._jobs.values():
            if (job := jobs.pop(number, None)) is not None:
                return job
        return None


def _move(job: _Job, event: StatusEvent, now: float) -> None:
    job.status, job.moved = event, now
    if event.code in _WAITING:
        job.started, job.units = None, ()
    elif job.started is None:
        job.started = now


def _transfer(job: _Job, event: TransferEvent) -> None:
    if event.failed or event.done == event.total:
        job.files.pop(event.number, None)
    else:
        job.files[event.number] = event


def _mark_of(job: _Job) -> Mark:
    downloads = any(file.direction == "download" for file in job.files.values())
    if job.outcome is not None and not (job.outcome.success and downloads):
        if job.outcome.cancelled:
            return "cancelled"
        return "done" if job.outcome.success else "failed"
    if job.files or job.started is not None:
        return "running"
    return "waiting"


def stage_of(status: StatusEvent) -> str:
    """Return where a job is, in words."""
    return _STAGES.get(status.code, "running")


def place_of(rank: int | None, queue_size: int | None) -> str:
    """Return which place a job has in the queue, in words."""
    if rank is None:
        return "in the queue"
    of = f" of {number_text(queue_size)}" if queue_size is not None else ""
    return f"position {number_text(rank + 1)}{of} in the queue"


def bars_of(units: Sequence[ProgressUnit]) -> tuple[Bar, ...]:
    """Return the bars of the app's own progress, the outermost first."""
    return tuple(map(_bar, units[:MAX_BARS]))


def _line(job: _Job, now: float) -> Line:
    note = "" if job.log is None else short(job.log.message, 160)
    if job.mark in {"waiting", "running"}:
        bars = (*islice(_transfers(job), MAX_BARS), *bars_of(job.units))
        return Line(job.mark, job.title, _stage(job, now), bars, note)
    return Line(job.mark, job.title, _end(job), (), note)


def _end(job: _Job) -> str:
    took = seconds_text(job.ended - job.began)
    if job.mark == "failed":
        error = job.outcome.error if job.outcome is not None else None
        return f"failed after {took}: {failure_text(error, 160)}"
    return f"{job.mark} {'after' if job.mark == 'cancelled' else 'in'} {took}"


def _stage(job: _Job, now: float) -> str:
    if job.files:
        downloads = any(file.direction == "download" for file in job.files.values())
        return "fetching files" if downloads else "sending files"
    status = job.status
    if status.code is Status.IN_QUEUE:
        said = place_of(status.rank, status.queue_size)
    else:
        said = stage_of(status)
        if job.started is not None:
            said += f" {seconds_text(now - job.started)}"
    left = None if status.eta is None else status.eta - (now - job.moved)
    # What takes longer than the server has thought takes as long as it takes.
    return (
        said if left is None or not 0 < left < MAX_ETA_SECONDS else f"{said}, about {seconds_text(left)} left"
    )


def _transfers(job: _Job) -> Iterator[Bar]:
    for file in job.files.values():
        of = "" if file.total is None else f" of {bytes_text(file.total)}"
        text = f"{short(file.name, 40)} {bytes_text(file.done)}{of}"
        yield Bar(text, _fraction(file.done, file.total))


def _bar(unit: ProgressUnit) -> Bar:
    counted = [number_text(value) for value in (unit.index, unit.length) if value is not None]
    parts = [short(unit.desc or "", 60), "/".join(counted), short(unit.unit or "", 20) if counted else ""]
    fraction = unit.progress if unit.progress is not None else _fraction(unit.index, unit.length)
    return Bar(" ".join(filter(None, parts)), _fraction(fraction, 1.0))


def _fraction(done: float | None, total: float | None) -> float | None:
    """Return a part as a number from 0 to 1; None if there is no such, whatever an app says."""
    if done is None or total is None or not 0 < total < float("inf") or done != done:  # noqa: PLR0124  # NaN
        return None
    return min(max(done / total, 0.0), 1.0)
