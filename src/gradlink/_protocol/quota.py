"""What a Space on ZeroGPU says when a caller's GPU time is used up.

Wire: the ``spaces`` package raises a ``gr.Error`` from inside the app's function; its text is all there is.
"""

from __future__ import annotations

import re

from gradlink._dataclass import dataclass

# The text of most: "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 1 day, 3:04:05. ..."
# Every error of an app is looked through, so nothing here may be repeated without bound: an app can say anything.
_EXCEEDED = re.compile(r"exceeded your [\w ]{0,60}?\b(quota|runs limit)|reached its GPU limit", re.IGNORECASE)
_AMOUNTS = re.compile(
    r"(?<![0-9.])([0-9]{1,9}+(?:\.[0-9]{1,9}+)?+)\s{0,4}+s requested vs\.?+\s{0,4}+"
    r"(-?+[0-9]{1,9}+(?:\.[0-9]{1,9}+)?+)\s{0,4}+s left",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:again|retry)\b.{0,40}?\bin (?:([0-9]{1,6}+) days?+, )?+([0-9]{1,6}+):([0-9]{2}):([0-9]{2})",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = "zerogpu quota exceeded"
# The same title stands over a queue in which no GPU became free: that is not a matter of quota.
_NO_GPU = "no gpu was available"


@dataclass(frozen=True, slots=True)
class QuotaMessage:
    """Seconds of GPU time, and seconds until there are more; each None if the message does not say."""

    requested: float | None
    left: float | None
    retry_after: float | None


def read_quota_message(title: str, message: str) -> QuotaMessage | None:
    """Return what an error of an app says about the caller's quota, None if it is another error."""
    titled = title.strip().lower() == _TITLE and _NO_GPU not in message.lower()
    if not titled and _EXCEEDED.search(message) is None:
        return None
    amounts, again = _AMOUNTS.search(message), _AGAIN.search(message)
    retry_after: float | None = None
    if again is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in again.groups())
        retry_after = float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return QuotaMessage(
        requested=float(amounts[1]) if amounts else None,
        left=float(amounts[2]) if amounts else None,
        retry_after=retry_after,
    )
