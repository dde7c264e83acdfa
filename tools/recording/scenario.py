"""What a scenario is, and for which releases it makes sense."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tools.recording.jobs import Lab

Version = tuple[int, ...]
Run = Callable[[Lab], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One exchange worth recording.

    It makes sense from the release ``first`` on and before ``below``, but for the ranges in ``not_in``:
    (first, below, reason). ``why`` is the reason outside of ``first`` and ``below``.
    """

    name: str
    comment: str
    variant: str
    run: Run
    first: Version
    below: Version
    why: str
    not_in: tuple[tuple[Version, Version, str], ...]

    def reason_against(self, version: Version) -> str | None:
        """Return why ``version`` cannot play it, or None if it can."""
        if not self.first <= version < self.below:
            return self.why
        for first, below, reason in self.not_in:
            if first <= version < below:
                return reason
        return None


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    *,
    variant: str = "base",
    first: Version = (3,),
    below: Version = (999,),
    why: str = "",
    not_in: tuple[tuple[Version, Version, str], ...] = (),
) -> Callable[[Run], Run]:
    """Register a function as the scenario of its name; its docstring is the comment of its recordings."""

    def register(run: Run) -> Run:
        name = getattr(run, "__name__", "")
        SCENARIOS[name] = Scenario(name, run.__doc__ or "", variant, run, first, below, why, not_in)
        return run

    return register
