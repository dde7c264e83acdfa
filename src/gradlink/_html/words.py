"""Numbers and texts as people read them."""

from __future__ import annotations

from gradlink._text import one_line
from gradlink.errors import AppError


def short(text: object, width: int) -> str:
    """Return a text of an app on one line, safe to show, cut where it is longer than ``width`` characters."""
    # Cut before as well: an app may send megabytes, several characters of which may stand for one.
    shown = one_line(str(text)[: width + 1])
    return shown if len(shown) <= width else f"{shown[: width - 1].rstrip()}…"


def failure_text(error: object, width: int) -> str:
    """Return what a failure says, cut as by :func:`short`, without the endpoint, which stands beside it."""
    return short(error.said if isinstance(error, AppError) else error, width)


def bytes_text(count: int) -> str:
    """Return a number of bytes as 0 B, 1.5 kB, 20 MB, ..."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        # What would be rounded to 1000 is 1 of the next.
        if value < 999.5 or unit == "TB":
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
    raise AssertionError("the last unit takes all")


def seconds_text(seconds: float) -> str:
    """Return a time as 0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if not 0 <= seconds < 1e9:
        return "?"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def number_text(value: float) -> str:
    """Return a number of steps: whole ones without a point."""
    try:
        return f"{value:,.0f}" if abs(value) < 1e15 and value == int(value) else f"{value:.6g}"
    except OverflowError:  # an integer that no float can hold
        return "inf"
