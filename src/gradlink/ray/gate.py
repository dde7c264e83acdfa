"""The gate that the actors of one ``Call`` pass with each call: a Ray actor that leases permits."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
import warnings
import weakref
from contextlib import suppress
from typing import Any, Final, Protocol, cast
from uuid import uuid4

from gradlink._facts import with_facts
from gradlink.errors import GradlinkError
from gradlink.ray.permits import Permit, Permits

# Gates are found by their names, in any job of the cluster.
NAMESPACE: Final = "gradlink"
# How often in each lease an actor says that it is there.
RENEWALS: Final = 3
# A gate that was left by all ends after this time; whoever comes just then makes another one.
_LINGER_SECONDS: Final = 1.0
_TRIES: Final = 5


class Gate:
    """The gate itself, in a process of its own; all of it happens on its event loop."""

    def __init__(self, name: str, most: int, lease: float) -> None:
        self._name = name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Ray about itself
            # Ray has started it again after a crash.
            rebuilt = bool(_ray().get_runtime_context().was_current_actor_reconstructed)
        self._permits = Permits(most, lease, time.monotonic(), rebuilt=rebuilt)
        self._waiting: dict[Permit, asyncio.Future[bool]] = {}
        self._timer: asyncio.TimerHandle | None = None
        # Whoever made it may have been killed since, and nobody else need come.
        self._look_in(lease)

    async def take(self, holder: str, number: int) -> bool:
        """Wait for a permit; False if the holder was not heard of meanwhile, and has to ask again."""
        permit = holder, number
        waiting = self._waiting.setdefault(permit, asyncio.get_running_loop().create_future())
        self._perform(self._permits.ask(permit, time.monotonic()))
        return await waiting

    async def give_back(self, holder: str, number: int) -> None:
        """Take a permit back."""
        self._perform(self._permits.give_back((holder, number), time.monotonic()))

    async def renew(self, holder: str, numbers: list[int]) -> None:
        """Hear that a holder is there, and has these permits."""
        self._perform(self._permits.renew(holder, numbers, time.monotonic()))

    async def leave(self, holder: str) -> None:
        """Take everything back from a holder."""
        self._perform(self._permits.leave(holder, time.monotonic()))

    def _look(self) -> None:
        if self._permits.deserted:
            ray = _ray()
            ray.kill(ray.get_actor(self._name, namespace=NAMESPACE))
        else:
            self._perform(self._permits.look(time.monotonic()))

    def _perform(self, given: list[Permit]) -> None:
        """Tell those whose permits are given, and those who are no longer in line."""
        for permit in given:
            self._answer(permit, given=True)
        for permit in [permit for permit in self._waiting if not self._permits.is_asked(permit)]:
            self._answer(permit, given=False)
        now = time.monotonic()
        self._look_in(_LINGER_SECONDS if self._permits.deserted else self._permits.seconds_to_look(now))

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _answer(self, permit: Permit, *, given: bool) -> None:
        waiting = self._waiting.pop(permit, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(given)


class _Method(Protocol):
    def remote(self, *args: object) -> object: ...


class _Handle(Protocol):
    """What Ray gives of a gate."""

    take: _Method
    give_back: _Method
    renew: _Method
    leave: _Method


class Entrance:
    """Where one actor passes the gate, from any of its threads."""

    def __init__(self, name: str, most: int, lease: float) -> None:
        """Find the gate of this name, or make it.

        Args:
            name: the same in all actors that share it.
            most: how many permits it has.
            lease: seconds after which those of an actor come back that is not there any more.
        """
        self._name, self._most, self._lease = name, most, lease
        self._holder = uuid4().hex
        self._numbers = itertools.count()
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._gate = self._find()
        self._renew()
        threading.Thread(
            target=_keep_renewing,
            args=(weakref.ref(self), self._closed, lease / RENEWALS),
            name="gradlink-permits",
            daemon=True,
        ).start()

    def take(self) -> int:
        """Wait for a permit; return its number. Raises GradlinkError if there is no gate to be had."""
        ray = _ray()
        number = next(self._numbers)
        self._check_connected()
        for tried in itertools.count(1):
            gate = self._gate
            try:
                while not ray.get(gate.take.remote(self._holder, number)):
                    pass
                break
            except ray.exceptions.RayActorError as exc:
                if tried == _TRIES:
                    error = GradlinkError(
                        f"no permit for a call can be had from the Ray actor {self._name!r}: {exc}",
                        execution="not started",
                    )
                    raise with_facts(error, cause=exc) from exc
                self._replace(gate)
        with self._lock:
            self._held.add(number)
        return number

    def give_back(self, number: int) -> None:
        """Give a permit back; this waits for nothing."""
        with self._lock:
            self._held.discard(number)
        self._tell(self._gate.give_back, number)

    def close(self) -> None:
        """Give everything back; it may be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._tell(self._gate.leave)

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held)
        self._tell(self._gate.renew, held)

    def _tell(self, method: _Method, *args: object) -> None:
        # A gate that is gone has nothing to be told, and neither has a cluster that has ended: Ray would start another.
        with suppress(Exception):
            self._check_connected()
            method.remote(self._holder, *args)

    def _check_connected(self) -> None:
        if not _ray().is_initialized():
            raise GradlinkError("this process has no connection to Ray any more", execution="not started")

    def _find(self) -> _Handle:
        actor = (
            _ray()
            .remote(Gate)
            .options(
                name=self._name,
                namespace=NAMESPACE,
                get_if_exists=True,
                lifetime="detached",  # whoever made it may be the next to be killed
                num_cpus=0,
                max_restarts=-1,
                max_task_retries=-1,
            )
        )
        return cast("_Handle", actor.remote(self._name, self._most, self._lease))

    def _replace(self, gone: _Handle) -> None:
        self._check_connected()
        with self._lock:
            if self._gate is gone:
                self._gate = self._find()
        self._renew()


def entrance(name: str, most: int, lease: float) -> Entrance | None:
    """Return the entrance of this process; None outside of Ray, where no other process shares the calls."""
    ray = _ray()
    return Entrance(name, most, lease) if ray.is_initialized() else None


def _keep_renewing(entrance: weakref.ref[Entrance], closed: threading.Event, seconds: float) -> None:
    while not closed.wait(seconds):
        there = entrance()
        if there is None:
            return
        there._renew()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        del there


def _ray() -> Any:
    """Return Ray, which takes its time to import and has no complete types."""
    import ray

    return cast("Any", ray)
