"""The stages of a Space: their names, and what they mean for its callers."""

from __future__ import annotations

from enum import Enum, StrEnum

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, as_int, as_object, as_text, get_path
from gradlink._text import one_line
from gradlink.errors import SpaceNotRunningError


class SpaceStage(StrEnum):
    """Where a Space stands, in the Hub's words; each value is the string itself."""

    RUNNING = "RUNNING"
    """It runs."""
    RUNNING_BUILDING = "RUNNING_BUILDING"
    """It runs, while a new version of it is built."""
    RUNNING_APP_STARTING = "RUNNING_APP_STARTING"
    """It runs, while a new version of it starts."""
    BUILDING = "BUILDING"
    """Its image is built; it will run."""
    APP_STARTING = "APP_STARTING"
    """It is built and starts; it will run."""
    SLEEPING = "SLEEPING"
    """Nobody has used it for a while; the next request wakes it."""
    STOPPED = "STOPPED"
    """The same, on hardware that was given back; the next request wakes it."""
    PAUSED = "PAUSED"
    """Its author has paused it, and only its author can restart it."""
    NO_APP_FILE = "NO_APP_FILE"
    """It has no app."""
    CONFIG_ERROR = "CONFIG_ERROR"
    """Its configuration, at the top of its README, is wrong."""
    BUILD_ERROR = "BUILD_ERROR"
    """Its image could not be built."""
    RUNTIME_ERROR = "RUNTIME_ERROR"
    """Its app crashed."""
    DELETING = "DELETING"
    """It is being deleted."""


class Meaning(Enum):
    """What a stage means to a caller."""

    READY = "call it"
    PENDING = "wait"
    ASLEEP = "wake it, then wait"
    BROKEN = "waiting does not help"


_MEANINGS = {
    SpaceStage.RUNNING: Meaning.READY,
    SpaceStage.RUNNING_BUILDING: Meaning.READY,
    SpaceStage.RUNNING_APP_STARTING: Meaning.READY,
    SpaceStage.BUILDING: Meaning.PENDING,
    SpaceStage.APP_STARTING: Meaning.PENDING,
    SpaceStage.SLEEPING: Meaning.ASLEEP,
    SpaceStage.STOPPED: Meaning.ASLEEP,
    SpaceStage.PAUSED: Meaning.BROKEN,
    SpaceStage.NO_APP_FILE: Meaning.BROKEN,
    SpaceStage.CONFIG_ERROR: Meaning.BROKEN,
    SpaceStage.BUILD_ERROR: Meaning.BROKEN,
    SpaceStage.RUNTIME_ERROR: Meaning.BROKEN,
    SpaceStage.DELETING: Meaning.BROKEN,
}

_SAID = {
    SpaceStage.RUNNING: "is running",
    SpaceStage.RUNNING_BUILDING: "is running, a new version is being built",
    SpaceStage.RUNNING_APP_STARTING: "is running, a new version is starting",
    SpaceStage.BUILDING: "is being built",
    SpaceStage.APP_STARTING: "is starting",
    SpaceStage.SLEEPING: "is asleep",
    SpaceStage.STOPPED: "is stopped",
    SpaceStage.PAUSED: "is paused: only its author can restart it, others can make a copy with Client.duplicate()",
    SpaceStage.NO_APP_FILE: "has no app file",
    SpaceStage.CONFIG_ERROR: "has an error in its configuration, at the top of its README",
    SpaceStage.BUILD_ERROR: "could not be built",
    SpaceStage.RUNTIME_ERROR: "has crashed",
    SpaceStage.DELETING: "is being deleted",
}
_MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class SpaceStatus:
    """What ``on_status`` is called with, once for each stage that a Space is found in before it runs.

    Attributes:
        space_id: the Space's name.
        stage: a :class:`SpaceStage`, or the Hub's word for one that gradlink does not know.
        message: the same for people.
        link: the Space's page on the Hub.
        waited: seconds that were waited for it so far.
    """

    space_id: str
    stage: str
    message: str
    link: str
    waited: float


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the Hub says of a Space that it runs, or does not.

    Attributes:
        hardware: what it runs on, None before it has run.
        requested_hardware: what it will run on, None if that is not known.
        sleep_seconds: after how many seconds without a request it falls asleep, None for the Hub's default.
        problem: what the Hub says is wrong, None if nothing is.
    """

    stage: str
    hardware: str | None = None
    requested_hardware: str | None = None
    sleep_seconds: int | None = None
    problem: str | None = None

    @property
    def meaning(self) -> Meaning:
        """What the stage means to a caller: a stage that is not known is tried."""
        return _MEANINGS.get(SpaceStage(self.stage), Meaning.READY) if self.stage in _KNOWN else Meaning.READY


_KNOWN = frozenset(stage.value for stage in SpaceStage)


def read_runtime(value: object) -> Runtime:
    """Return the runtime that the Hub describes with ``value``; a Space without a stage runs."""
    data: JSONObject = as_object(value)
    stage = as_text(data.get("stage")) or SpaceStage.RUNNING.value
    return Runtime(
        stage=SpaceStage(stage) if stage in _KNOWN else stage,
        hardware=as_text(get_path(data, "hardware", "current")),
        requested_hardware=as_text(get_path(data, "hardware", "requested")),
        sleep_seconds=as_int(data.get("gcTimeout")),
        problem=as_text(data.get("errorMessage")),
    )


def describe_stage(space_id: str, stage: str) -> str:
    """Return where the Space stands, for people."""
    said = _SAID[SpaceStage(stage)] if stage in _KNOWN else f"is in the stage {one_line(stage)}"
    return f"the Space {one_line(space_id)} {said}"


def not_running(
    space_id: str, runtime: Runtime, link: str, waited: float | None = None
) -> SpaceNotRunningError:
    """Return the error for a Space that does not run; ``waited`` is None if waiting does not help."""
    text = describe_stage(space_id, runtime.stage)
    if runtime.problem:
        text += f" ({runtime.problem.strip()[:_MAX_SHOWN]})"
    if waited is not None:
        text += (
            f", and was not ready after {waited:.0f} s; a longer wait= may help" if waited else ", and wait=0"
        )
    return SpaceNotRunningError(
        f"{text}: see {link}", space_id=space_id, stage=runtime.stage, link=link, execution="not started"
    )
