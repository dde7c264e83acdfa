"""What a check has found, and what to change."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._text import one_line
from gradlink.cli import exits

# An app chooses much of what is shown: an error page, a version, a header.
_MAX_SHOWN: Final = 300


class Level(StrEnum):
    """How bad a finding is; each value is the string itself."""

    OK = "ok"
    WARNING = "warning"
    """Clients work, or some do."""
    PROBLEM = "problem"
    """Clients do not work."""
    SKIPPED = "skipped"
    """It was not looked at."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check has found.

    Attributes:
        found: what it is, with the value that was found; why, if it was skipped.
        changes: what to change, each by itself; empty if there is nothing.
        exit_code: what a problem makes the command end with, see :mod:`gradlink.cli.exits`.
    """

    level: Level
    found: str
    changes: tuple[str, ...] = ()
    exit_code: int = exits.OK


@dataclass(frozen=True, slots=True)
class Finding:
    """A result, and the check that it is of.

    Attributes:
        check: name of the check, for programs.
        title: the same, for people.
    """

    check: str
    title: str
    result: Result

    def as_json(self) -> dict[str, object]:
        """Return the finding as it is printed for programs."""
        result = self.result
        return {
            "check": self.check,
            "level": result.level.value,
            "found": one_line(result.found),
            "change": [one_line(change) for change in result.changes],
        }


def ok(found: str) -> Result:
    return Result(Level.OK, found)


def skipped(why: str) -> Result:
    return Result(Level.SKIPPED, why)


def warning(found: str, *changes: str) -> Result:
    return Result(Level.WARNING, found, changes)


def problem(found: str, *changes: str, code: int = exits.FAILED) -> Result:
    return Result(Level.PROBLEM, found, changes, code)


def failure(error: BaseException, *changes: str) -> Result:
    """Return the problem that ``error`` is; it says what kind of problem."""
    return problem(said(error), *changes, code=exits.exit_code(error))


def said(text: object) -> str:
    """Return what somebody else has said: on one line, safe to show, and not too long."""
    shown = " ".join(one_line(str(text)[: 4 * _MAX_SHOWN].strip()).split())
    return shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"
