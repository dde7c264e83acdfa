"""One request, as a door to the network sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._io import HttpRequest

Use: TypeAlias = Literal["requests", "streams", "foreign", "checked"]
"""What connections are used for.

- requests: what is answered at once; so many at a time.
- streams: streams and requests without a read timeout, which each hold a connection as long as they last.
- foreign: files of other hosts: no credentials of the app.
- checked: the same, and no connection is made to a private address.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a door sends it.

    Attributes:
        headers: beside those that every request of its use has, which they override.
        upload: has the files of a multipart body, None if there is none.
    """

    use: Use
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    upload: HttpRequest | None = None

    @property
    def to_app(self) -> bool:
        """It goes to the app's own origin."""
        return self.use in {"requests", "streams"}
