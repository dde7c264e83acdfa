"""The time limits of a job's phases."""

from __future__ import annotations

from gradlink._engine.effects import Effect, SetLimit
from gradlink._engine.state import JobT
from gradlink._protocol.policy import LimitPhase


def begin_phase(job: JobT, phase: LimitPhase, effects: list[Effect[JobT]]) -> None:
    """Let the job enter ``phase``: the limit of the one before ends, that of this one counts from now."""
    if phase != "total":
        job.stage += 1
    seconds = job.timeout.limit_of(phase)
    if seconds is not None:
        effects.append(SetLimit(job, phase, job.stage, seconds))
