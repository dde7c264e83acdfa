"""What of an app could not be carried over, named once each and not thousands of times."""

from __future__ import annotations

from typing import Final

from gradlink._text import one_line

MAX_NOTES: Final = 100
_MAX_LENGTH: Final = 500


class Notes:
    """Collects sentences for the one who loads an app."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        """Take a sentence, if it was not said before."""
        self._texts[one_line(text)[:_MAX_LENGTH]] = None

    def all(self) -> tuple[str, ...]:
        """Return them in the order in which they came; beyond a hundred, how many there are."""
        texts = tuple(self._texts)
        more = len(texts) - MAX_NOTES
        return texts if more <= 1 else (*texts[:MAX_NOTES], f"and {more} more things")
