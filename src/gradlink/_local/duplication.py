"""The arguments of ``duplicate()``, and what it prints."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from gradlink._flows.duplicate import Copy, Duplication
from gradlink._local.terminal import show
from gradlink._text import one_line
from gradlink.errors import ArgumentError

SECONDS_PER_MINUTE = 60
BILLING_PAGE = "https://huggingface.co/settings/billing"


def duplication(
    names: tuple[str, str | None],
    private: bool,
    hardware: str | None,
    secrets: Mapping[str, str] | None,
    sleep_timeout: int,
) -> Duplication:
    """Return what is wanted; ``sleep_timeout`` is in minutes. Raises ArgumentError for what cannot be."""
    if not _is_duration(sleep_timeout):
        raise ArgumentError(f"sleep_timeout is a number of minutes above 0, not {sleep_timeout!r}")
    for key, value in (secrets or {}).items():
        if not (_is_text(key) and _is_text(value)):
            raise ArgumentError(
                f"secrets maps names to strings; the value of {key!r} is a {type(value).__name__}"
            )
    from_id, to_id = names
    return Duplication(
        from_id=from_id,
        to_id=to_id,
        private=private,
        # An enumeration of hardware is a string, whatever it shows as.
        hardware=None if hardware is None else str(getattr(hardware, "value", hardware)),
        secrets=secrets,
        sleep_seconds=round(sleep_timeout * SECONDS_PER_MINUTE),
    )


def _is_duration(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and 0 < value < float("inf")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def announce(copy: Copy, wanted: Duplication, *, verbose: bool) -> None:
    """Warn of secrets that were not set, and print what was done if ``verbose``."""
    if wanted.secrets is not None and not copy.created:
        warnings.warn(
            f"secrets are set only when a Space is copied: {one_line(copy.space_id)} exists already, its secrets stay as they are",
            stacklevel=3,
        )
    if not verbose:
        return
    said = "Copied to" if copy.created else "Using your existing Space:"
    show(f"{said} {one_line(copy.link)}")
    if copy.paid_hardware is not None:
        show(f"It runs on paid hardware: {one_line(copy.paid_hardware)}; see {BILLING_PAGE}")
