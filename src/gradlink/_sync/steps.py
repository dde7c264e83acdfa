"""A flow that is run step by step: between two steps it waits in no thread, and any thread may go on with it."""

from __future__ import annotations

from typing import Any

from gradlink._io import Flow, Intent, Scoped
from gradlink._protocol.jsonvalue import misread
from gradlink._shell.timing import Scope


class Steps:
    """A flow, as far as it has come.

    Attributes:
        scope: what bounds what it asks for next, None for nothing.
    """

    def __init__(self, flow: Flow[None]) -> None:
        # The flow, and those that it runs within a scope, the innermost last.
        self._flows: list[tuple[Flow[Any], Scope | None]] = [(flow, None)]

    @property
    def scope(self) -> Scope | None:
        return self._flows[-1][1] if self._flows else None

    def next(self, answer: Any = None) -> Intent | None:
        """Answer what it asked for, with nothing at its beginning; return what it asks for then, None at its end."""
        return self._advance(answer, None)

    def throw(self, error: Exception) -> Intent | None:
        """Let what it asked for fail; return what it asks for then, None at its end."""
        return self._advance(None, error)

    def _advance(self, answer: Any, error: Exception | None) -> Intent | None:
        while self._flows:
            flow, scope = self._flows[-1]
            try:
                intent = flow.send(answer) if error is None else flow.throw(error)
            except StopIteration as stop:
                self._flows.pop()
                answer, error = stop.value, None
            except Exception as exc:  # an app can say anything
                self._flows.pop()
                error = misread(exc, "an answer of the server")
            else:
                if not isinstance(intent, Scoped):
                    return intent
                answer, error = None, None
                self._flows.append((intent.flow, intent.scope if isinstance(intent.scope, Scope) else scope))
        if error is not None:
            raise error
        return None
