"""Which door to the network a client has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradlink._async.plaindoor import AsyncPlainDoor
from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import is_plain

if TYPE_CHECKING:
    from gradlink._async.door import AsyncDoor


def open_door(options: TransportOptions, base: str) -> AsyncDoor:
    """Return the leanest door that does what ``options`` ask for."""
    if is_plain(options):
        return AsyncPlainDoor(options, base)
    from gradlink._async.httpxdoor import AsyncHttpxDoor

    return AsyncHttpxDoor(options, base)
