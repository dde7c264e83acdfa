"""The engine as a flow has it, without a shell: what it wants done is written down."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeGuard, TypeVar

from gradlink._engine.effects import Effect, Join, LeaveStream
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._flows.exchange import Access
from gradlink._flows.sending import Sendable
from gradlink._flows.submit import Call
from gradlink._local.filesource import FileSource
from gradlink._protocol.messages import Message
from gradlink._protocol.payload import Payload
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint
from tests.engine.engines import STARTED_AT

T = TypeVar("T")


class Written:
    """A port.

    Attributes:
        wanted: the effects, in order.
    """

    def __init__(self, access: Access, schema: AppSchema) -> None:
        numbers = itertools.count(1)
        self.access = access
        self.engine: Engine[Sendable] = Engine(
            EngineOptions(40, 8), lambda: f"S{next(numbers)}", STARTED_AT, schema
        )
        self.wanted: list[Effect[Sendable]] = []

    def now(self) -> float:
        return STARTED_AT

    def ask(self, question: Callable[[], T]) -> T:
        return question()

    def apply(self, decide: Callable[[], list[Effect[Sendable]]]) -> None:
        self.wanted += decide()

    def apply_rest(
        self, decide: Callable[[], list[Effect[Sendable]]], own: Callable[[Effect[Sendable]], TypeGuard[T]]
    ) -> list[T]:
        effects = decide()
        self.wanted += [effect for effect in effects if not own(effect)]
        return [effect for effect in effects if own(effect)]

    def deliver(self, session: SessionRouter[Sendable], messages: Sequence[Message]) -> bool:
        effects = self.engine.received(session, messages)
        self.wanted += effects
        return not any(isinstance(effect, LeaveStream) for effect in effects)

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[Sendable]]]]) -> bool:
        wanted, effects = decide()
        self.wanted += effects
        return wanted

    def job(self) -> Sendable:
        """Return a call of /f without files."""
        payload = Payload(Endpoint(0, "/f"), ["x"], (), FileSource)
        job = Sendable(Call(self.access, self.engine.schema.dialect, payload))
        job.scope = job.joining = None
        return job

    def joined(self, event_id: str) -> tuple[Sendable, SessionRouter[Sendable]]:
        """Return a job that the server has accepted, and its session."""
        job = self.job()
        [session] = [effect.session for effect in self.engine.submit(job) if isinstance(effect, Join)]
        self.may_send(partial(self.engine.joining, job, session))
        self.apply(partial(self.engine.joined, job, session, event_id, STARTED_AT))
        return job, session
