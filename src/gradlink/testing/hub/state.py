"""All that a local Hub knows, and who may know it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from gradlink.testing.hub.accounts import Account
from gradlink.testing.hub.records import Records
from gradlink.testing.hub.spaces import HubSpace, SpacePlan

BEARER = "bearer "
SIGN = "__sign"


class HubState:
    """Accounts, Spaces and records.

    Attributes:
        url: the Hub's address.
        serve: gives a Space an address, which stands in its ``url`` then.
        copy_stages: the script of stages of a Space that is made by duplicating another.
        renamed: new names of Spaces by the old ones.
        tells_quotas: there is a route for ZeroGPU quotas.
    """

    def __init__(self, serve: Callable[[HubSpace], None]) -> None:
        self.url = ""
        self.records = Records()
        self.copy_stages: tuple[str, ...] = ("BUILDING", "APP_STARTING", "RUNNING")
        self.renamed: dict[str, str] = {}
        self.tells_quotas = True
        self._serve = serve
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}
        self._spaces: dict[str, HubSpace] = {}
        self._signatures: dict[str, tuple[str, Account]] = {}

    def add_account(self, account: Account) -> None:
        """Add somebody; another one with the same token is replaced."""
        with self._lock:
            self._accounts[account.token] = account

    def add_space(self, space_id: str, app_url: str, plan: SpacePlan) -> HubSpace:
        """Return a new Space, served. Raises ValueError if there is one of this name."""
        space = HubSpace(space_id, app_url, plan)
        with self._lock:
            if space_id in self._spaces:
                raise ValueError(f"there is a Space {space_id} already")
            self._spaces[space_id] = space
        self._serve(space)
        return space

    def space(self, space_id: str) -> HubSpace | None:
        """Return the Space of this name."""
        with self._lock:
            return self._spaces.get(space_id)

    def space_at(self, subdomain: str) -> HubSpace | None:
        """Return the Space whose host would begin with ``subdomain``."""
        with self._lock:
            return next((space for space in self._spaces.values() if space.subdomain == subdomain), None)

    def spaces(self) -> list[HubSpace]:
        """Return all Spaces."""
        with self._lock:
            return list(self._spaces.values())

    def account(self, headers: Mapping[str, str], *names: str) -> Account | None:
        """Return whose token stands in the first of the headers ``names`` that has one."""
        for name in names:
            value = headers.get(name, "")
            if value.lower().startswith(BEARER):
                with self._lock:
                    found = self._accounts.get(value[len(BEARER) :].strip())
                if found is not None:
                    return found
        return None

    def sign(self, space: HubSpace, account: Account) -> str:
        """Return a signature that opens the Space in the account's name, where headers cannot go."""
        signature = ".".join(secrets.token_urlsafe(12) for _ in range(3))
        with self._lock:
            self._signatures[signature] = (space.space_id, account)
        return signature

    def visitor(self, space: HubSpace, headers: Mapping[str, str], query: str) -> Account | None:
        """Return who visits a Space: by the Hub's own header, the usual one, or a signature in the query."""
        account = self.account(headers, "x-hf-authorization", "authorization")
        if account is not None:
            return account
        for signature in parse_qs(query).get(SIGN, []):
            with self._lock:
                space_id, signer = self._signatures.get(signature, ("", None))
            if space_id == space.space_id:
                return signer
        return None
