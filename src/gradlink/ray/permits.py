"""Decides who may call the app: a number of permits, which are leased.

Times are those of one clock, in seconds, and come with each event.
"""

from __future__ import annotations

from typing import TypeAlias

Permit: TypeAlias = tuple[str, int]
"""A holder, and the number that it has given this permit: no holder gives a number twice."""


class Permits:
    """The permits of all that call one app together.

    A permit is given in the order of asking. Those of a holder that is not heard of come back when its lease has ended, which
    is when its calls are taken to have ended at the app.
    """

    def __init__(self, most: int, lease: float, now: float, *, rebuilt: bool = False) -> None:
        """Begin.

        Args:
            most: how many there are.
            lease: seconds for which a holder has its permits after it was heard of.
            rebuilt: there were others before, and what they had given is only known when their holders are heard of: none
                is given before a lease has passed.
        """
        self._most = most
        self._lease = lease
        self._closed_until = now + lease if rebuilt else now
        # When each loses its permits unless it is heard of before.
        self._holders: dict[str, float] = {}
        self._given: dict[Permit, None] = {}
        self._asked: dict[Permit, None] = {}

    # -- what holders say: each returns the permits that are given now ----------------------------

    def ask(self, permit: Permit, now: float) -> list[Permit]:
        """Take the wish for a permit; one that was given already is given again."""
        self._heard(permit[0], now)
        if permit in self._given:
            return [permit, *self.look(now)]
        self._asked[permit] = None
        return self.look(now)

    def give_back(self, permit: Permit, now: float) -> list[Permit]:
        """Take a permit back, or the wish for it."""
        self._given.pop(permit, None)
        self._asked.pop(permit, None)
        return self.look(now)

    def renew(self, holder: str, numbers: list[int], now: float) -> list[Permit]:
        """Hear from a holder, which has these permits."""
        self._heard(holder, now)
        for number in numbers:
            self._given[holder, number] = None
            self._asked.pop((holder, number), None)
        return self.look(now)

    def leave(self, holder: str, now: float) -> list[Permit]:
        """Take everything back from a holder that has ended."""
        self._forget(holder)
        return self.look(now)

    def look(self, now: float) -> list[Permit]:
        """Take back what belongs to holders that were not heard of; return what is given now."""
        for name in [name for name, until in self._holders.items() if until <= now]:
            self._forget(name)
        given: list[Permit] = []
        while now >= self._closed_until and self._asked and len(self._given) < self._most:
            permit = next(iter(self._asked))
            del self._asked[permit]
            self._given[permit] = None
            given.append(permit)
        return given

    # -- what is to be known ----------------------------------------------------------------------

    @property
    def given(self) -> int:
        """How many permits are with their holders."""
        return len(self._given)

    def is_asked(self, permit: Permit) -> bool:
        """Tell whether somebody waits for this permit."""
        return permit in self._asked

    @property
    def deserted(self) -> bool:
        """Nobody is there that could ask."""
        return not self._holders

    def seconds_to_look(self, now: float) -> float:
        """Return when :meth:`look` has something to do, whatever is said before; not negative."""
        times = list(self._holders.values())
        if self._asked and now < self._closed_until:
            times.append(self._closed_until)
        return max(0.0, min(times, default=now + self._lease) - now)

    def _heard(self, name: str, now: float) -> None:
        self._holders[name] = now + self._lease

    def _forget(self, name: str) -> None:
        self._holders.pop(name, None)
        for known in (self._given, self._asked):
            for permit in [permit for permit in known if permit[0] == name]:
                del known[permit]
