"""What of an app can be put into another one: its components, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final, Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, JSONValue

Visibility: TypeAlias = Literal["public", "undocumented", "private"]

# Buttons that sign in, copy or share at the app's own page. gradio's classes of them change the app that they are made in.
OF_ITS_PAGE: Final = frozenset({"loginbutton", "duplicatebutton", "deeplinkbutton", "flagbutton"})


@dataclass(frozen=True, slots=True)
class Part:
    """A component or a layout of the app.

    Attributes:
        id: the app's id of it.
        kind: its type in /config, such as "textbox" or "tabitem".
        name: its class in small letters, such as "textarea" or "tab".
        props: its properties as the app sends them to a page.
        children: what lies in it.
        described: what its values are: ``api_info``, ``example_inputs`` and their like.
    """

    id: int
    kind: str
    name: str
    props: JSONObject = field(repr=False)
    children: tuple[Part, ...] = ()
    described: JSONObject = field(default_factory=dict[str, JSONValue], repr=False)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts an event: the component that it happens to, None for the page itself, and the event's name."""

    part: int | None
    event: str


@dataclass(frozen=True, slots=True)
class Chained:
    """An event that starts when another one has ended; ``when`` is "then", "success" or "failure"."""

    after: int
    when: Literal["then", "success", "failure"]


@dataclass(frozen=True, slots=True)
class Event:
    """A function of the app, and what calls it.

    Attributes:
        id: the app's id of the function.
        triggers: what starts it, or the event that it follows.
        inputs: ids of the components whose values it takes; State is among them.
        outputs: ids of the components that it changes; State is among them.
        whole_inputs: places of the inputs of which it takes all properties.
        settings: keyword arguments of ``gr.on`` that the app says.
        backend: the app's server has a function for it.
        generator: it may bring several values.
        javascript: what the page runs before it, as far as that may be carried over.
        cancels: ids of the functions that it cancels.
        visibility: who may call it through the API.
        shows_on: ids of the components that show its progress, None for its outputs.
        api_name: its name in the API, without a slash; "" if it has none.
    """

    id: int
    triggers: tuple[Trigger, ...] | Chained
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    whole_inputs: tuple[int, ...] = ()
    settings: Mapping[str, JSONValue] = field(default_factory=dict[str, JSONValue])
    backend: bool = True
    generator: bool = False
    javascript: str | None = None
    cancels: tuple[int, ...] = ()
    visibility: Visibility = "public"
    shows_on: tuple[int, ...] | None = None
    api_name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An app as it is to be put into another one.

    Attributes:
        title: the app's own.
        parts: what lies at the top.
        events: in the app's order, so that each follows what it is chained to.
        root: the app's id of its page.
        states: ids of the State components that a function listens to.
        left_out: what cannot be carried over, a sentence each.
        scripts: what of the app runs or styles in the page, carried over only for apps that are trusted.
    """

    title: str
    parts: tuple[Part, ...]
    events: tuple[Event, ...]
    root: int
    states: frozenset[int]
    left_out: tuple[str, ...]
    scripts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def walk(self) -> Iterator[Part]:
        """Yield every part, each before what lies in it."""
        waiting = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))
