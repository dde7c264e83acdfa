"""From the name of a Space to its address: found, woken up, waited for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

from gradlink._dataclass import dataclass
from gradlink._flows.hub import Hub, runtime, space_info
from gradlink._hub.names import SpaceReference
from gradlink._hub.replies import SpaceInfo
from gradlink._hub.stages import Meaning, Runtime, SpaceStatus, describe_stage, not_running
from gradlink._io import Flow, HttpRequest, pause, run_callback, send
from gradlink._text import one_line
from gradlink.errors import HubError, SpaceNotFoundError, TransportError

_log = logging.getLogger("gradlink.space")

# A Space that starts takes seconds, one that builds minutes: looks come fast at first, then every ten seconds.
# The Hub counts 500 requests in five minutes for callers without a token.
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Space:
    """A Space that is to be called.

    Attributes:
        wait: seconds to wait until it runs; 0 waits for nothing.
        on_status: called with each stage before it runs.
        info: what the Hub said of it, None before it was asked.
        was_ready: it ran when the Hub was asked, so that nothing was waited for.
    """

    reference: SpaceReference
    hub: Hub = field(default_factory=Hub)
    wait: float = 300.0
    on_status: Callable[[Any], object] | None = field(default=None, repr=False)
    info: SpaceInfo | None = None
    was_ready: bool = False

    @property
    def space_id(self) -> str | None:
        """The Space's name, None as long as only its address is known."""
        return self.info.space_id if self.info is not None else self.reference.space_id


def find_running(space: Space) -> Flow[Space]:
    """Return the Space with what the Hub says of it, when it runs.

    Raises:
        SpaceNotFoundError: the Hub shows no such Space.
        SpaceNotRunningError: it does not run and will not, or not within ``space.wait`` seconds.
        HubError: the Hub refuses to answer, or is away.
    """
    info = yield from space_info(space.hub, space.reference)
    yield from _wait_until_ready(space, info)
    return replace(space, info=info, was_ready=info.runtime.meaning is Meaning.READY)


def _wait_until_ready(space: Space, info: SpaceInfo) -> Flow[None]:
    """Poll the stage, with pauses, until the Space runs or cannot run."""
    now = info.runtime
    link = space.hub.routes.page(info.space_id)
    waited, longest = 0.0, FIRST_PAUSE_SECONDS
    reported: str | None = None
    problem: HubError | None = None
    while True:
        if now.stage != reported and (now.meaning is not Meaning.READY or reported is not None):
            reported = now.stage
            yield from _report(space, info.space_id, now, link, waited)
        if now.meaning is Meaning.READY:
            return
        if now.meaning is Meaning.BROKEN:
            raise not_running(info.space_id, now, link)
        remaining = space.wait - waited
        if remaining <= 0:
            raise problem or not_running(info.space_id, now, link, waited)
        if now.meaning is Meaning.ASLEEP:
            yield from _wake(info)
        waited += yield from (
            pause(longest / 2, longest) if longest < remaining else pause(remaining, remaining)
        )
        longest = min(2 * longest, LONGEST_PAUSE_SECONDS)
        try:
            now = yield from runtime(space.hub, info.space_id)
            problem = None
        except SpaceNotFoundError:
            raise
        except HubError as exc:
            # A Space may build for half an hour; the Hub may be away for a minute of it.
            if exc.status is not None and exc.status < 500 and exc.status != 429:
                raise
            problem = exc


def _report(space: Space, space_id: str, now: Runtime, link: str, waited: float) -> Flow[None]:
    message = describe_stage(space_id, now.stage)
    _log.info("%s (waited %.0f s)", one_line(message), waited)
    if space.on_status is not None:
        yield from run_callback(space.on_status, SpaceStatus(space_id, now.stage, message, link, waited))


def _wake(info: SpaceInfo) -> Flow[None]:
    """Ask the Space for something, which wakes it up; what it answers does not matter."""
    if info.host is None:
        return
    try:
        yield from send(HttpRequest("GET", info.host))
    except TransportError as exc:
        _log.debug(
            "the Space %s was asked to wake up and did not answer: %s", one_line(info.space_id), one_line(exc)
        )
