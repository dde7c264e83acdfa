"""The work of one map, whatever the shell: rows go in and are to be sent, ends go in and rows come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gradlink._dataclass import dataclass
from gradlink._facts import with_facts
from gradlink.errors import ClientClosedError, GradlinkError
from gradlink.mapping.concurrency import Bounds, Concurrency
from gradlink.mapping.options import MapOptions
from gradlink.mapping.results import Kept
from gradlink.mapping.rows import MapRow
from gradlink.mapping.schedule import Item, Schedule
from gradlink.mapping.standing import asked_pause, is_called_again, is_refused

if TYPE_CHECKING:
    from gradlink.mapping.journal import Claim, Journal

# How often it is looked whether another process has done its rows: it cannot tell.
LOOK_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class End:
    """How a call of a row has ended.

    Attributes:
        row: what the caller gets, unless it is called again.
        at: when that was.
        fatal: why nothing can go on, None if it can.
    """

    item: Item
    row: MapRow
    again: bool
    at: float
    fatal: GradlinkError | None = None


class Work:
    """Everything of a map that does not wait; times are those of one clock, in seconds.

    Only :meth:`end` may be called while another method runs.

    Attributes:
        schedule: which row is next.
        journal: None for none.
    """

    def __init__(
        self,
        options: MapOptions,
        bounds: Bounds,
        journal: Journal | None,
        now: float,
        rank: Callable[[], int | None],
    ) -> None:
        self.journal = journal
        self.schedule = Schedule(Concurrency(bounds, now), ordered=options.ordered)
        self._options = options
        self._rank = rank
        self._look_at = now

    # -- rows that go in --------------------------------------------------------------------------

    def take_row(self, row: Any) -> Item:
        """Note a row that was pulled; return it with its place."""
        return Item(self.schedule.pulled(), row)

    def named(self, item: Item) -> Item | None:
        """Return a row with its key for the journal; None if it has none, which is how it has ended then.

        This reads its files.
        """
        try:
            return self._options.named(item)
        except GradlinkError as exc:
            self.schedule.ended(item.ended(None, exc))
            return None

    def to_send(self, item: Item, now: float) -> Item | None:
        """Return a row that is to be sent now; None if the journal has its end, or another process has the row."""
        if self.journal is None:
            return self._begun(item, now)
        return self._follow(self.journal.claim(item), now)

    def next_again(self, now: float) -> Item | None:
        """Return the next row that is to be sent once more, None if there is none."""
        item = self.schedule.next_again()
        return None if item is None else self._begun(item, now)

    def look(self, now: float) -> list[Item]:
        """Look what has become of the rows of other processes; return those that are to be sent now."""
        if self.journal is None or now < self._look_at or not self.schedule.awaits_others:
            return []
        self._look_at = now + LOOK_SECONDS
        items = [self._follow(self.journal.claim_again(item), now) for item in self.schedule.awaited()]
        return [item for item in items if item is not None]

    def seconds_to_wait(self, now: float) -> float | None:
        """Return how long nothing can be done unless a row ends; None for ever."""
        paused = self.schedule.seconds_paused(now)
        if not self.schedule.awaits_others:
            return paused
        look = max(0.0, self._look_at - now)
        return look if paused is None else min(paused, look)

    # -- ends that go in --------------------------------------------------------------------------

    def end(self, item: Item, value: Any, error: GradlinkError | None, now: float, *, leaving: bool) -> End:
        """Write down how a call has ended; return what that means.

        Args:
            value: what the caller gets; with a journal, a :class:`Kept`.
            leaving: nothing is called any more.
        """
        again = (
            error is not None and not leaving and is_called_again(error, item.attempts, self._options.again)
        )
        fatal: GradlinkError | None = error if isinstance(error, ClientClosedError) else None
        stored = value if isinstance(value, Kept) else None
        if self.journal is not None and not again:
            try:
                self.journal.finish(item, stored, error)
            except GradlinkError as exc:
                fatal = exc
        given = value if stored is None else stored.value
        return End(item, item.ended(given, error), again, now, fatal)

    def absorb(self, end: End) -> None:
        """Take an end; raises why nothing can go on, if that is so."""
        if end.fatal is not None:
            raise end.fatal
        error = end.row.error
        if error is None or error.execution == "failed":
            self.schedule.worked(end.at, self._rank)
        elif is_refused(error):
            self.schedule.refused(end.item.index, end.at, asked_pause(error))
        if end.again:
            self.schedule.put_back(end.item)
        else:
            self.schedule.ended(end.row)

    # -- rows that come out -----------------------------------------------------------------------

    def next_row(self) -> MapRow | None:
        """Return the next row for the caller, None if there is none yet. Raises its error if that is wanted."""
        while (row := self.schedule.take()) is not None:
            if row.error is None or self._options.errors == "yield":
                return row
            if self._options.errors == "raise":
                raise row.error
        return None

    def _follow(self, claim: Claim, now: float) -> Item | None:
        if claim.step == "call":
            return self._begun(claim.item, now)
        if claim.row is not None:
            self.schedule.ended(claim.row)
        else:
            self.schedule.await_other(claim.item)
        return None

    def _begun(self, item: Item, now: float) -> Item:
        item = replace(item, attempts=item.attempts + 1)
        self.schedule.began(item, now)
        return item


def unexpected(cause: Exception) -> GradlinkError:
    """Return the error of a row whose result cannot be had, for a reason that gradlink has no class for."""
    return with_facts(GradlinkError(f"the result cannot be had: {cause!r}", execution="unknown"), cause=cause)
