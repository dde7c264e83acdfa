"""What gradlink.load warns of."""

from __future__ import annotations


class LoadWarning(UserWarning):
    """Something of an app could not be carried over into another one; the rest works."""
