"""The routes of a local Hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from gradlink._dataclass import dataclass
from gradlink.testing.hub.accounts import Account
from gradlink.testing.hub.spaces import BASIC_HARDWARE, HubSpace, SpacePlan
from gradlink.testing.hub.state import HubState

HARDWARE = (
    BASIC_HARDWARE, "cpu-upgrade", "zero-a10g", "t4-small", "t4-medium", "l4x1", "l4x4", "l40sx1", "a10g-small",
    "a10g-large", "a100-large",
)  # fmt: skip
RESET_MOMENT = "2026-12-31T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the Hub: its path in parts, its JSON object or an empty one, and who sent it."""

    method: str
    parts: tuple[str, ...]
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    account: Account | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Hub says; ``value`` is sent as JSON unless it is a text."""

    status: int
    value: Any
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def body(self) -> bytes:
        """The same as bytes."""
        return (self.value if isinstance(self.value, str) else json.dumps(self.value)).encode()


def refusal(status: int, message: str, code: str | None = None, **more: Any) -> Answer:
    """Return a refusal with its text where the Hub has it: in the body, and in headers."""
    headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
    return Answer(status, {"error": message, **more}, headers)


class HubApi:
    """Answers requests to the Hub."""

    def __init__(self, state: HubState) -> None:
        self._state = state
        self._of_space: dict[tuple[str, str], Callable[[Asked, HubSpace], Answer]] = {
            ("GET", ""): self._info,
            ("GET", "runtime"): self._runtime,
            ("GET", "host"): self._host,
            ("GET", "jwt"): self._jwt,
            ("HEAD", "discussions"): self._discussions,
            ("GET", "discussions"): self._discussions,
            ("GET", "secrets"): self._secrets,
            ("POST", "secrets"): self._add_secret,
            ("DELETE", "secrets"): self._drop_secret,
            ("POST", "hardware"): self._hardware,
            ("POST", "sleeptime"): self._sleep_time,
            ("POST", "pause"): self._pause,
            ("POST", "restart"): self._restart,
            ("POST", "duplicate"): self._duplicate,
        }

    def answer(self, asked: Asked) -> Answer:
        """Return what the Hub says to ``asked``."""
        if asked.account is None and asked.headers.get("authorization", "").lower().startswith("bearer"):
            return refusal(401, "Invalid credentials in Authorization header")
        match asked.parts:
            case ("api", "whoami-v2"):
                return _whoami(asked.account)
            case ("api", "spaces"):
                shown = [space for space in self._state.spaces() if space.readable_by(asked.account)]
                return Answer(200, [space.describe(space.peek()) for space in shown])
            case ("api", "spaces", "zero-gpu", "quota") if self._state.tells_quotas:
                return _quota(asked.account)
            case ("api", "spaces", "by-subdomain", subdomain):
                return self._ask_space(asked, self._state.space_at(subdomain), "")
            case ("api", "spaces", owner, name, *rest) if len(rest) <= 1:
                return self._ask_named(asked, f"{owner}/{name}", rest[0] if rest else "")
            case ("spaces", owner, name, *_):
                return Answer(200, f"<h1>{owner}/{name}</h1>", {"content-type": "text/html"})
            case _:
                return refusal(404, "Sorry, there is nothing at this address")

    def _ask_named(self, asked: Asked, space_id: str, what: str) -> Answer:
        renamed = self._state.renamed.get(space_id)
        if renamed is not None:
            place = f"/api/spaces/{renamed}{'/' if what else ''}{what}"
            return Answer(307, {"error": "It was renamed"}, {"location": place})
        return self._ask_space(asked, self._state.space(space_id), what)

    def _ask_space(self, asked: Asked, space: HubSpace | None, what: str) -> Answer:
        if space is None or not space.readable_by(asked.account):
            # What is private looks like what does not exist.
            if asked.account is None:
                # The code is for the library, which knows a 401 for what it is over https only.
                return refusal(401, "Invalid username or password.", "RepoNotFound")
            return refusal(404, "Repository not found", "RepoNotFound")
        perform = self._of_space.get((asked.method, what))
        if perform is None:
            return refusal(404, "Sorry, there is nothing at this address")
        refused = (
            _forbidden(asked, space) if what not in {"", "runtime", "host", "jwt", "discussions"} else None
        )
        return refused or perform(asked, space)

    def _info(self, _: Asked, space: HubSpace) -> Answer:
        return Answer(200, space.describe(space.look()))

    def _runtime(self, _: Asked, space: HubSpace) -> Answer:
        return Answer(200, space.look())

    def _host(self, _: Asked, space: HubSpace) -> Answer:
        return Answer(200, {"subdomain": space.subdomain, "host": space.url})

    def _discussions(self, _: Asked, space: HubSpace) -> Answer:
        return Answer(200, {"discussions": [], "count": 0, "start": 0, "space": space.space_id})

    def _jwt(self, asked: Asked, space: HubSpace) -> Answer:
        if asked.account is None:
            return refusal(401, "Invalid username or password.")
        return Answer(200, {"token": self._state.sign(space, asked.account)})

    def _secrets(self, _: Asked, space: HubSpace) -> Answer:
        return Answer(200, {key: {"updatedAt": RESET_MOMENT} for key in space.secrets})

    def _add_secret(self, asked: Asked, space: HubSpace) -> Answer:
        key, value = _text(asked.body, "key"), _text(asked.body, "value")
        if key is None or value is None:
            return refusal(400, "key and value are required")
        space.secrets[key] = value
        return Answer(200, {})

    def _drop_secret(self, asked: Asked, space: HubSpace) -> Answer:
        space.secrets.pop(_text(asked.body, "key") or "", None)
        return Answer(200, {})

    def _hardware(self, asked: Asked, space: HubSpace) -> Answer:
        flavor = _text(asked.body, "flavor")
        refused = _no_hardware(flavor, asked.account)
        if refused is not None or flavor is None:
            return refused or refusal(400, "flavor is required")
        space.requested_hardware = flavor
        seconds = asked.body.get("sleepTimeSeconds")
        if isinstance(seconds, int):
            space.sleep_seconds = seconds
        return Answer(200, space.peek())

    def _sleep_time(self, asked: Asked, space: HubSpace) -> Answer:
        seconds = asked.body.get("seconds")
        if not isinstance(seconds, int):
            return refusal(400, "seconds is required")
        space.sleep_seconds = seconds
        return Answer(200, space.peek())

    def _pause(self, _: Asked, space: HubSpace) -> Answer:
        space.play(["PAUSED"])
        return Answer(200, space.peek())

    def _restart(self, _: Asked, space: HubSpace) -> Answer:
        space.play(["APP_STARTING", "RUNNING"])
        return Answer(200, space.peek())

    def _duplicate(self, asked: Asked, space: HubSpace) -> Answer:
        body = asked.body
        name = _text(body, "repository") or ""
        if asked.account is None or not asked.account.owns(name):
            return refusal(403, f"You have no right to create a repository under {name.partition('/')[0]!r}")
        page = f"{self._state.url}/spaces/{name}"
        if self._state.space(name) is not None:
            return refusal(409, "You already created this space repo", url=page)
        hardware = _text(body, "hardware") or BASIC_HARDWARE
        refused = _no_hardware(hardware, asked.account)
        if refused is not None:
            return refused
        private = {"private": True, "public": False}.get(_text(body, "visibility") or "", space.private)
        if isinstance(body.get("private"), bool):
            private = body["private"]
        plan = SpacePlan(private=private, stages=self._state.copy_stages, hardware=hardware)
        copy = self._state.add_space(name, space.app_url, plan)
        copy.sleep_seconds = body.get("sleepTimeSeconds")
        given: list[dict[str, str]] = body.get("secrets") or []
        copy.secrets.update({secret["key"]: secret["value"] for secret in given})
        return Answer(200, {"url": page, "filesCopyPending": False})


def _whoami(account: Account | None) -> Answer:
    if account is None:
        return refusal(401, "Invalid username or password.")
    return Answer(
        200,
        {
            "type": "user",
            "id": f"id-of-{account.name}",
            "name": account.name,
            "fullname": account.name,
            "isPro": account.pays,
            "orgs": [{"type": "org", "name": name} for name in account.organisations],
            "auth": {"type": "access_token", "accessToken": {"displayName": "test", "role": account.role}},
        },
    )


def _quota(account: Account | None) -> Answer:
    if account is None:
        return refusal(401, "Invalid username or password.")
    used = account.quota_left < account.quota_base
    return Answer(
        200,
        {
            "base": account.quota_base,
            "current": account.quota_left,
            "resetsAt": RESET_MOMENT if used else None,
            "overquotaUsed": 0,
        },
    )


def _forbidden(asked: Asked, space: HubSpace) -> Answer | None:
    """Return the refusal for whoever may see a Space and not change it."""
    duplicates = asked.parts[-1] == "duplicate"  # everybody may copy what everybody may see
    if asked.account is None:
        return refusal(401, "Invalid username or password.")
    if asked.account.role != "write" or not (duplicates or asked.account.owns(space.space_id)):
        return refusal(403, "This token has no write access to this repository")
    return None


def _no_hardware(flavor: str | None, account: Account | None) -> Answer | None:
    if flavor not in HARDWARE:
        return refusal(400, f"Invalid hardware {flavor!r}")
    if flavor != BASIC_HARDWARE and (account is None or not account.pays):
        return refusal(402, "A payment method is required for this hardware")
    return None


def _text(body: Mapping[str, Any], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) else None
