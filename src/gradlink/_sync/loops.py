"""Loops over a job: who has left one early needs the job no more when nothing else has it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Iterator
from typing import Any, Generic, TypeVar

from gradlink._shell.raised import public

T = TypeVar("T")


class Loop(Iterator[T], Generic[T]):
    """An iterator that has a job cancelled once it was dropped, or closed, and nobody else has the job.

    A ``for`` statement drops its iterator when it is left, a generator when it is closed. Where that is not
    noticed at once (not on CPython), the job goes on.

    Args:
        job: what the loop is over.
        values: what it gives; it refers to ``job`` itself or not at all.
        leave: has the job cancelled; it does not refer to it.
    """

    def __init__(self, job: object, values: Iterator[T], leave: Callable[[], object]) -> None:
        # All that refers to the job is in here, so that it can be let go of.
        self._held: list[Any] = [job, values]
        self._end = weakref.finalize(self, _leave, self._held, leave)
        self._end.atexit = False

    @public
    def __next__(self) -> T:
        if not self._held:
            raise StopIteration
        value: T = next(self._held[1])
        return value

    def close(self) -> None:
        """Leave the loop, as by dropping it; servers do so with what they send to somebody who has gone."""
        self._end()


def _leave(held: list[Any], leave: Callable[[], object]) -> None:
    job, values = held
    held.clear()
    if isinstance(values, Generator):
        values.close()
    del values
    # At once where nobody else has it, or when that one drops it: from Python 3.15 on a generator expression over a job has
    # it until it is closed itself.
    weakref.finalize(job, leave).atexit = False
