"""Where a server of this machine listens, and how a browser names that."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from gradlink._dataclass import dataclass

ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # is compared with, not bound


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen.

    Attributes:
        host: a name or an address of this machine.
        port: 0 for any that is free.
    """

    host: str = "127.0.0.1"
    port: int = 0

    def bind(self) -> socket.socket:
        """Listen. Raises OSError if that cannot be."""
        found = socket.getaddrinfo(
            self.host or None, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, _, _, _, place = found[0]
        return socket.create_server(place[:2], family=family)

    def origin(self, bound: socket.socket) -> str:
        """Return scheme, host and port as a browser of this machine has them."""
        name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # what it is called
        shown = f"[{name}]" if ":" in name and not name.startswith("[") else name
        return f"http://{shown}:{bound.getsockname()[1]}"


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
