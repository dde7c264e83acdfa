"""The Spaces of a local Hub: where their apps are, and the script of their stages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from gradlink._dataclass import dataclass
from gradlink.testing.hub.accounts import Account

RUNS = frozenset({"RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"})
ASLEEP = frozenset({"SLEEPING", "STOPPED"})
WAKES_THROUGH = ("APP_STARTING", "RUNNING")
BASIC_HARDWARE = "cpu-basic"
# After so long a Space on free hardware falls asleep, which cannot be changed.
BASIC_SLEEP_SECONDS = 172_800


@dataclass(frozen=True, slots=True)
class SpacePlan:
    """How a Space begins.

    Attributes:
        stages: where it stands, one for each time somebody asks the Hub; the last one stays.
        wakes_through: the same from the request on that wakes it.
        problem: what the Hub says is wrong with it.
    """

    private: bool = False
    stages: tuple[str, ...] = ("RUNNING",)
    wakes_through: tuple[str, ...] = WAKES_THROUGH
    hardware: str = BASIC_HARDWARE
    problem: str | None = None


class HubSpace:
    """A Space.

    Attributes:
        space_id: "user/name".
        app_url: where its app really is.
        url: where the Hub has it, as soon as it is served.
        secrets: values by name.
    """

    def __init__(self, space_id: str, app_url: str, plan: SpacePlan) -> None:
        self.space_id = space_id
        self.app_url = app_url
        self.url = ""
        self.private = plan.private
        self.problem = plan.problem
        self.hardware: str | None = plan.hardware if plan.stages[0] in RUNS else None
        self.requested_hardware = plan.hardware
        self.sleep_seconds: int | None = None
        self.secrets: dict[str, str] = {}
        self._wakes_through = plan.wakes_through
        self._lock = threading.Lock()
        self._stages = list(plan.stages)

    @property
    def subdomain(self) -> str:
        """The first part of the host that it would have at the real Hub."""
        return re.sub(r"[^a-z0-9-]", "-", self.space_id.lower().replace("/", "-"))

    @property
    def stage(self) -> str:
        """Where it stands now."""
        return self._stages[0]

    def play(self, stages: Iterable[str]) -> None:
        """Begin another script of stages."""
        with self._lock:
            self._stages = list(stages)

    def wake(self) -> None:
        """Begin to wake up if it sleeps."""
        with self._lock:
            if self._stages[0] in ASLEEP:
                self._stages = list(self._wakes_through)

    def readable_by(self, account: Account | None) -> bool:
        """Tell whether ``account`` may see it."""
        return not self.private or (account is not None and account.owns(self.space_id))

    def look(self) -> dict[str, Any]:
        """Return its runtime as the Hub tells it; the script goes on by one stage."""
        with self._lock:
            stage = self._stages[0]
            if len(self._stages) > 1:
                del self._stages[0]
            current = self.hardware
            if stage in RUNS:
                self.hardware = current = self.requested_hardware
        return self._runtime(stage, current)

    def peek(self) -> dict[str, Any]:
        """Return the same without going on."""
        return self._runtime(self.stage, self.hardware)

    def describe(self, runtime: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the Hub tells of it as a repository."""
        return {
            "_id": f"{abs(hash(self.space_id)):024x}"[:24],
            "id": self.space_id,
            "author": self.space_id.partition("/")[0],
            "sha": "0" * 40,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "lastModified": "2026-01-01T00:00:00.000Z",
            "private": self.private,
            "gated": False,
            "disabled": False,
            "likes": 0,
            "sdk": "gradio",
            "tags": ["gradio"],
            "cardData": {"title": self.space_id.partition("/")[2], "sdk": "gradio"},
            "siblings": [{"rfilename": "app.py"}],
            "subdomain": self.subdomain,
            "host": self.url,
            "runtime": dict(runtime),
        }

    def _runtime(self, stage: str, current: str | None) -> dict[str, Any]:
        free = self.requested_hardware == BASIC_HARDWARE
        runtime: dict[str, Any] = {
            "stage": stage,
            "hardware": {"current": current, "requested": self.requested_hardware},
            "storage": None,
            "gcTimeout": BASIC_SLEEP_SECONDS if free else self.sleep_seconds,
            "replicas": {"current": int(stage in RUNS), "requested": 1},
            "devMode": False,
            "domains": [{"domain": self.url.partition("://")[2], "stage": "READY"}],
        }
        if self.problem is not None and stage.endswith("ERROR"):
            runtime["errorMessage"] = self.problem
        return runtime
