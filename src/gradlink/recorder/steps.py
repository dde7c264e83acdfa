"""The steps of a program: calls that are to be written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import Endpoint
from gradlink.codegen.snippets.calls import Value

# What is noted of a call whose result makes components and functions.
RENDERS: Final = "it makes parts of the page (gr.render)"


class Cause(Enum):
    """Who made a call."""

    PERSON = "person"
    CONSEQUENCE = "consequence"
    PAGE = "page"


@dataclass(slots=True)
class Step:
    """One call; it is added to while it runs.

    A ``Variable`` in its values has the place among the results of its call as its first key, even if there is one result
    only: languages differ in whether that is needed.

    Attributes:
        number: place among all steps.
        session: place of its session among all sessions, from 0.
        endpoint: with a name only if that leads to it.
        name: of the variable for its result, "" if it has none.
        values: by the names of parameters.
        event: what the function's ``gr.EventData`` is made of, None for nothing.
        cause: who made it.
        after: title of the endpoint that it is a consequence of, "" for none.
        needed: it is the page's own, but others do not work without it.
        impossible: why a program cannot make it, "" if it can.
        outputs: what callers see of its result, None if it has none yet.
        seen: values that it has given.
        cancelled: the page has cancelled it.
        chunks: further input.
        closed: it was told that no further input comes.
        error: what the app said when it failed.
        notes: what else is to be said of it.
        client: place of its session among those in which a program calls something.
    """

    number: int
    session: int
    endpoint: Endpoint
    name: str = ""
    values: Mapping[str, Value] = field(default_factory=dict[str, "Value"])
    event: Value = None
    cause: Cause = Cause.PERSON
    after: str = ""
    needed: bool = False
    impossible: str = ""
    outputs: list[JSONValue] | None = None
    seen: int = 0
    ended: bool = False
    cancelled: bool = False
    chunks: list[Mapping[str, Value]] = field(default_factory=list[Mapping[str, "Value"]])
    closed: bool = False
    error: str = ""
    notes: list[str] = field(default_factory=list[str])
    client: int = 0

    @property
    def is_call(self) -> bool:
        """It is written as a call, not as a comment."""
        return not self.impossible and (self.cause is not Cause.PAGE or self.needed)

    @property
    def results(self) -> int:
        """How many values a caller sees of its result."""
        return self.endpoint.skipped_outputs.count(False)

    @property
    def streams(self) -> bool:
        """Its values are taken one by one."""
        return bool(self.endpoint.generator or self.endpoint.live or self.cancelled or self.chunks)

    @property
    def words(self) -> list[str]:
        """What is said of it in comments before it."""
        said: list[str] = []
        if self.cause is Cause.PAGE:
            said.append(f"the page calls {self.endpoint.title} by itself" + self._why_needed())
        elif self.after:
            said.append(f"the page calls this by itself after {self.after}")
        if self.impossible:
            said.append(f"{self.endpoint.title} was called: {self.impossible}")
        if self.error:
            said.append(f"the app answered with an error: {self.error[:200]}")
        return [*said, *self.notes]

    def _why_needed(self) -> str:
        return ", and later calls need what it keeps" if self.needed else ""


@dataclass(frozen=True, slots=True)
class Recording:
    """All that a program is written from.

    Attributes:
        sessions: how many clients there are: one for each session in which a program calls something.
        notes: what is to be said at the program's beginning.
    """

    steps: tuple[Step, ...]
    sessions: int
    notes: tuple[str, ...] = ()


def unnamed(endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint`` as one that is called by its number."""
    return replace(endpoint, api_name=None)
