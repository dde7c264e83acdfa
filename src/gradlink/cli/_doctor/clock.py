"""Whether this machine and the server agree on what time it is."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, said, skipped, warning

# The header has whole seconds, and an answer takes some.
TOLERANCE_SECONDS = 60.0


def look_at_clock(case: Case) -> Result:
    """Compare the date of an answer with this machine's."""
    moment = case.moment
    if moment is None:
        return skipped("no answer had a date")
    try:
        date = parsedate_to_datetime(moment.date)
        there = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() + moment.age
    except (ValueError, OverflowError, TypeError):
        return skipped(f"the date of the answer is none: {said(moment.date)}")
    apart = moment.here - there
    if abs(apart) <= TOLERANCE_SECONDS:
        return ok("this machine and the server agree to a minute")
    how = "ahead of" if apart > 0 else "behind"
    return warning(
        f"this machine's clock is {_span(abs(apart))} {how} the server's, which says {said(moment.date)}",
        "Set the one that is wrong (timedatectl set-ntp true): certificates, cookies and tokens count as expired, or not valid yet.",
    )


def _span(seconds: float) -> str:
    for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {name}"
    return f"{seconds:.0f} s"
