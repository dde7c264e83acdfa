"""Making a copy of a Space, or taking the one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeVar

from gradlink._dataclass import dataclass
from gradlink._flows.hub import Hub, ask, post, request_facts, runtime, user_name
from gradlink._hub.names import SpaceReference, is_space_id, space_reference
from gradlink._hub.replies import hub_json
from gradlink._hub.stages import Runtime
from gradlink._io import Flow
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink.errors import (
    ArgumentError,
    HubAuthenticationError,
    HubError,
    SpaceDuplicationError,
    SpaceNotFoundError,
)

T = TypeVar("T")

BASIC_HARDWARE = "cpu-basic"


@dataclass(frozen=True, slots=True)
class Duplication:
    """What is to be copied, and how.

    Attributes:
        to_id: name of the copy, with or without its owner; None for the original's.
        hardware: None for the original's, and for a copy that exists its own.
        sleep_seconds: of inactivity after which a copy on paid hardware falls asleep.
    """

    from_id: str
    to_id: str | None
    private: bool
    hardware: str | None
    secrets: Mapping[str, str] | None = field(repr=False)
    sleep_seconds: int


@dataclass(frozen=True, slots=True)
class Copy:
    """The Space that came of it.

    Attributes:
        created: it was made just now; otherwise it was there.
        paid_hardware: hardware that was requested for it, None if that is free or was not changed.
    """

    space_id: str
    link: str
    created: bool
    paid_hardware: str | None


def duplicate(hub: Hub, wanted: Duplication) -> Flow[Copy]:
    """Return a copy of a Space in the token's account, made unless it is there.

    Secrets are set only on a copy that is made; hardware and sleep time are requested only where they differ.

    Raises:
        ArgumentError: a name is none of a Space.
        HubAuthenticationError: there is no token, or the Hub refuses it.
        SpaceNotFoundError: there is no original.
        SpaceDuplicationError: the Hub refuses something.
    """
    original = _named(hub, wanted.from_id)
    if hub.token is None:
        raise HubAuthenticationError(
            f"copying the Space {original.title} requires a token with write access: pass token= or set HF_TOKEN "
            f"(tokens are made at {hub.routes.tokens})"
        )
    source = yield from runtime(hub, original.title)
    target = yield from _target(hub, original, wanted.to_id)
    existing = yield from _existing(hub, target)
    hardware = wanted.hardware
    created = False
    if existing is None:
        hardware = hardware or source.requested_hardware or source.hardware or BASIC_HARDWARE
        created = yield from _create(hub, original, target, wanted, hardware)
        existing = yield from _refusable(runtime(hub, target), original, target, created=created)
    equip = _equip(hub, target, existing, hardware, wanted)
    changed = yield from _refusable(equip, original, target, created=created)
    paid = hardware if (changed or created) and hardware != BASIC_HARDWARE else None
    return Copy(target, hub.routes.page(target), created, paid)


def _named(hub: Hub, name: str) -> SpaceReference:
    reference = space_reference(name, hub.routes.endpoint)
    if reference is None or reference.space_id is None:
        raise ArgumentError(f"{name!r} is not the name of a Space; write it as 'user/space'")
    return reference


def _target(hub: Hub, original: SpaceReference, to_id: str | None) -> Flow[str]:
    """Return the full name of the copy; the owner is the token's account unless ``to_id`` names one."""
    name = original.title.partition("/")[2] if to_id is None else to_id.strip()
    full = name if "/" in name else f"{(yield from user_name(hub))}/{name}"
    if not is_space_id(full):
        raise ArgumentError(
            f"to_id: {to_id!r} is not the name of a Space; write it as 'space' or 'user/space'"
        )
    return full


def _existing(hub: Hub, target: str) -> Flow[Runtime | None]:
    try:
        return (yield from runtime(hub, target))
    except SpaceNotFoundError:
        return None


def _create(
    hub: Hub, original: SpaceReference, target: str, wanted: Duplication, hardware: str
) -> Flow[bool]:
    """Make the copy with all that is wanted, in one request; return whether it is ours."""
    body: JSONObject = {
        "repository": target,
        "visibility": "private" if wanted.private else "public",
        "hardware": hardware,
    }
    if hardware != BASIC_HARDWARE:
        body["sleepTimeSeconds"] = wanted.sleep_seconds
    if wanted.secrets:
        secrets: list[JSONValue] = [{"key": key, "value": value} for key, value in wanted.secrets.items()]
        body["secrets"] = secrets
    what = f"copying the Space {original.title} to {target}"
    url = hub.routes.of_space(original.title, "duplicate")
    try:
        reply = yield from ask(hub, "POST", url, what, body)
        if reply.status == 409:
            # It was not there a moment ago: another program made it, or our own request whose answer was lost.
            return False
        hub_json(reply, what)
    except HubError as exc:
        raise _refusal(exc, original, target, created=False) from exc
    return True


def _equip(hub: Hub, target: str, now: Runtime, hardware: str | None, wanted: Duplication) -> Flow[bool]:
    """Request hardware and sleep time where they differ; return whether the hardware does."""
    has = now.requested_hardware or now.hardware or BASIC_HARDWARE
    if hardware is not None and hardware != has:
        body: JSONObject = {"flavor": hardware}
        if hardware != BASIC_HARDWARE:
            body["sleepTimeSeconds"] = wanted.sleep_seconds
        what = f"the hardware {hardware} for the Space {target}"
        yield from post(hub, hub.routes.of_space(target, "hardware"), body, what)
        return True
    if has != BASIC_HARDWARE and now.sleep_seconds != wanted.sleep_seconds:
        what = f"the sleep time of the Space {target}"
        body = {"seconds": wanted.sleep_seconds}
        yield from post(hub, hub.routes.of_space(target, "sleeptime"), body, what)
    return False


def _refusable(flow: Flow[T], original: SpaceReference, target: str, *, created: bool) -> Flow[T]:
    try:
        return (yield from flow)
    except HubError as exc:
        raise _refusal(exc, original, target, created=created) from exc


def _refusal(
    cause: HubError, original: SpaceReference, target: str, *, created: bool
) -> SpaceDuplicationError:
    rest = f" (the copy {target} was made, but is not set up)" if created else ""
    text = f"the Space {original.title} could not be duplicated to {target}{rest}: {cause}"
    return SpaceDuplicationError(text, code=cause.code, **request_facts(cause))
