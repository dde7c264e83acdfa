"""The accounts of a local Hub."""

from __future__ import annotations

from typing import Literal

from gradlink._dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the Hub, known by one token.

    Attributes:
        organisations: names whose Spaces the account may see and change like its own.
        role: what the token may do; "read" changes nothing.
        pays: it may have paid hardware.
        quota_base: seconds of ZeroGPU time that it has.
        quota_left: seconds that are left of them.
    """

    name: str
    token: str
    organisations: tuple[str, ...] = ()
    role: Literal["read", "write"] = "write"
    pays: bool = True
    quota_base: float = 300.0
    quota_left: float = 300.0

    def owns(self, space_id: str) -> bool:
        """Tell whether a Space of that name is this account's, or one of its organisations'."""
        return space_id.partition("/")[0] in {self.name, *self.organisations}
