"""Which door to the network a client has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import is_plain
from gradlink._sync.plaindoor import PlainDoor

if TYPE_CHECKING:
    from gradlink._sync.door import Door, Opened


def open_door(options: TransportOptions, base: str, opened: Opened) -> Door:
    """Return the leanest door that does what ``options`` ask for."""
    if is_plain(options):
        return PlainDoor(options, base, opened)
    from gradlink._sync.httpxdoor import HttpxDoor

    return HttpxDoor(options, base, opened)
