"""What programs of all languages have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gradlink._dataclass import dataclass
from gradlink.codegen.quoting import comment_line
from gradlink.codegen.snippets.calls import Secret, Target, Value, Variable
from gradlink.codegen.snippets.values import secrets
from gradlink.recorder.steps import Recording, Step

_MAX_COMMENT: Final = 300


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one step, for a terminal.

    Attributes:
        dim: it is the page's own, or no call.
    """

    lines: tuple[str, ...]
    dim: bool


def comments(step: Step, mark: str) -> list[str]:
    """Return what is said of a step, as comments that begin with ``mark``."""
    return [f"{mark} {comment_line(text)[:_MAX_COMMENT]}".rstrip() for text in step.words]


def client_name(step_client: int) -> str:
    """Return the variable for the client of a session."""
    return "client" if step_client == 0 else f"client{step_client + 1}"


def values_of(recording: Recording) -> list[Value]:
    """Return all values that a program sends."""
    sent: list[Value] = []
    for step in recording.steps:
        if step.is_call:
            sent += [*step.values.values(), step.event]
            sent += [value for chunk in step.chunks for value in chunk.values()]
    return sent


def environment(recording: Recording, target: Target) -> list[str]:
    """Return the variables of the environment that a program reads."""
    named = [name for name in (target.user, target.password, target.token) if name]
    found: list[Secret] = [secret for value in values_of(recording) for secret in secrets(value)]
    return list(dict.fromkeys([*named, *(secret.name for secret in found)]))


def resolved(value: Value, variable: Callable[[Variable], Variable]) -> Value:
    """Return ``value`` with each variable as a language writes it."""
    if isinstance(value, Variable):
        return variable(value)
    if isinstance(value, Mapping):
        return {key: resolved(one, variable) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [resolved(one, variable) for one in value]
    return value


def results_of(recording: Recording) -> dict[str, int]:
    """Return how many results the call behind each variable has."""
    return {step.name: step.results for step in recording.steps if step.name}
