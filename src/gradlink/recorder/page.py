"""What an app's page does by itself and what a person makes it do, as its /config says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text, get_path

# The page fires them without anybody doing anything.
_OWN_EVENTS = frozenset({"load", "tick", "unload", "timeout"})
# The page fires them for what it is sent as well as for what is typed.
_BOTH_EVENTS = frozenset({"change"})


@dataclass(frozen=True, slots=True)
class Dependency:
    """A function as the page has it.

    Attributes:
        fn_index: its id.
        targets: components with the events of theirs that call it.
        after: the function that it follows, None if it follows none.
        wants_event: it takes a ``gr.EventData``.
    """

    fn_index: int
    targets: tuple[tuple[int | None, str], ...] = ()
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    after: int | None = None
    wants_event: bool = False

    @property
    def events(self) -> frozenset[str]:
        """What it is called by, on whatever component."""
        return frozenset(event for _, event in self.targets)

    def event_of(self, trigger: int | None) -> str:
        """Return the event that ``trigger`` has called it with, "" if that cannot be known."""
        named = [event for target, event in self.targets if target == trigger and trigger is not None]
        if len(set(named)) == 1:
            return named[0]
        # Before 6.0 nothing is said of the page's own component.
        own = [event for _, event in self.targets if event in _OWN_EVENTS]
        if own and (trigger is None or named):
            return own[0]
        return self.targets[0][1] if len(self.targets) == 1 else (named or [""])[0]


@dataclass(frozen=True, slots=True)
class Component:
    """A component of the page: its type, such as "textbox", and whether what is typed there is hidden."""

    type: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The functions and components of an app, by their ids."""

    dependencies: Mapping[int, Dependency] = field(default_factory=dict[int, Dependency], repr=False)
    components: Mapping[int, Component] = field(default_factory=dict[int, Component], repr=False)

    def type_of(self, component: int) -> str:
        """Return the type of a component, "" if it is not known."""
        found = self.components.get(component)
        return "" if found is None else found.type

    def is_hidden(self, component: int) -> bool:
        """Tell whether what is typed into a component is hidden on the screen."""
        found = self.components.get(component)
        return found is not None and found.hidden

    def states(self, components: tuple[int, ...]) -> set[int]:
        """Return those of ``components`` that are State."""
        return {component for component in components if self.type_of(component) == "state"}

    def root_of(self, fn_index: int) -> Dependency | None:
        """Return the function that a chain begins with, None if it is not known or has no beginning."""
        chain = self._chain(fn_index)
        return chain[-1] if chain and chain[-1].after is None else None

    def depth_of(self, fn_index: int) -> int:
        """Return how many functions stand before this one in its chain."""
        return len(self._chain(fn_index)) - 1

    def _chain(self, fn_index: int) -> list[Dependency]:
        """Return a function and those that it follows, the first of them last."""
        chain: list[Dependency] = []
        found = self.dependencies.get(fn_index)
        while found is not None and found not in chain:
            chain.append(found)
            found = None if found.after is None else self.dependencies.get(found.after)
        return chain

    def with_rendered(self, rendered: JSONObject) -> Page:
        """Return this page with what ``gr.render`` has made."""
        made = read_page(rendered)
        return Page(
            {**self.dependencies, **made.dependencies},
            {**self.components, **made.components},
        )


def read_page(config: JSONObject) -> Page:
    """Return what a /config, or a ``render_config``, says."""
    dependencies: dict[int, Dependency] = {}
    for index, raw in enumerate(map(as_object, as_list(config.get("dependencies")))):
        own = as_int(raw.get("id"))
        fn_index = index if own is None else own  # before 4.32 the index is the id
        dependencies[fn_index] = Dependency(
            fn_index,
            tuple(_target(target) for target in as_list(raw.get("targets"))),
            _ids(raw.get("inputs")),
            _ids(raw.get("outputs")),
            as_int(raw.get("trigger_after")),
            raw.get("collects_event_data") is True,
        )
    components: dict[int, Component] = {}
    for raw in map(as_object, as_list(config.get("components"))):
        key = as_int(raw.get("id"))
        if key is not None:
            hidden = get_path(raw, "props", "type") == "password"
            components[key] = Component(as_text(raw.get("type")) or "", hidden)
    return Page(dependencies, components)


def is_own(event: str) -> bool:
    """Tell whether the page fires ``event`` by itself."""
    return event in _OWN_EVENTS


def is_ambiguous(event: str) -> bool:
    """Tell whether ``event`` may come of what the page was sent."""
    return event in _BOTH_EVENTS


def _target(raw: JSONValue) -> tuple[int | None, str]:
    match raw:
        case [int() as component, str(event)]:
            return component, event
        case [_, str(event)]:
            return None, event
        case _:
            return None, ""


def _ids(raw: JSONValue) -> tuple[int, ...]:
    return tuple(key for key in as_list(raw) if isinstance(key, int) and not isinstance(key, bool))
