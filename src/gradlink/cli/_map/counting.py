"""Counts the rows of a map, and says where it is; times are given in seconds."""

from __future__ import annotations

from collections import Counter
from dataclasses import field

from gradlink._dataclass import dataclass
from gradlink._html.words import seconds_text

MAX_KINDS = 3


@dataclass(slots=True)
class Count:
    """What became of the rows so far.

    Attributes:
        total: how many there are, None if that is not known.
        began: when it began.
        replayed: rows that the journal had.
        errors: by their classes.
    """

    total: int | None
    began: float
    done: int = 0
    replayed: int = 0
    errors: Counter[str] = field(default_factory=Counter[str])

    def note(self, error: BaseException | None, *, replayed: bool) -> None:
        """Count one more row."""
        self.done += 1
        self.replayed += replayed
        if error is not None:
            self.errors[type(error).__name__] += 1

    def line(self, now: float) -> str:
        """Return where it is: how many of how many, how fast, how long it will take, and what went wrong."""
        called, seconds = self.done - self.replayed, now - self.began
        parts = [f"{self.done:,}" if self.total is None else f"{self.done:,} of {self.total:,}"]
        if called and seconds > 0:
            rate = called / seconds
            parts.append(f"{rate:.3g}/s" if rate < 1000 else f"{rate:,.0f}/s")
            if self.total is not None and self.done < self.total:
                parts.append(f"{seconds_text((self.total - self.done) / rate)} left")
        return ", ".join([*parts, *self._kinds()])

    def summary(self, now: float) -> str:
        """Return what became of all of it."""
        failed = self.errors.total()
        parts = [f"{self.done - failed:,} of {self.done:,} rows have their result"]
        if self.replayed:
            parts.append(f"{self.replayed:,} of them from the journal")
        return ", ".join([*parts, *self._kinds(), f"in {seconds_text(now - self.began)}"])

    def _kinds(self) -> list[str]:
        kinds = [f"{count:,} {name}" for name, count in self.errors.most_common(MAX_KINDS)]
        return kinds if len(self.errors) <= MAX_KINDS else [*kinds, "…"]
