"""What of an app can be put into another one, read from its /config.

Wire: /config of Gradio 4 to 6: components, layout and dependencies. What the app says is read, never run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text
from gradlink._text import one_line
from gradlink.loading.scripts import constant_function

Visibility: TypeAlias = Literal["public", "undocumented", "private"]

# What becomes another loaded app's, or a visitor's, before it is shown: the app has no say in it.
_ONLY_TRUSTED: Final = ("js", "head", "css")
_CHAINED: Final = ("then", "success", "failure")
DESCRIBED: Final = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")
# A hostile app could have the loader build for ever.
MAX_COMPONENTS: Final = 10_000
MAX_EVENTS: Final = 10_000
MAX_DEPTH: Final = 100


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
        live: it is fed with further input while it runs.
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
    live: bool = False
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


def read_plan(config: JSONObject, *, trust: bool) -> Plan:
    """Return what of an app can be put into another one.

    Args:
        config: the app's /config.
        trust: its JavaScript and CSS are carried over, too.
    """
    return _Reader(config, trust=trust).plan()


class _Reader:
    """Reads one /config."""

    def __init__(self, config: JSONObject, *, trust: bool) -> None:
        self._config = config
        self._trust = trust
        self._left_out: list[str] = []
        self._blocks: dict[int, JSONObject] = {}
        for item in as_list(config.get("components"))[:MAX_COMPONENTS]:
            block = as_object(item)
            number = as_int(block.get("id"))
            if number is not None:
                self._blocks[number] = block
        self._placed: set[int] = set()

    def plan(self) -> Plan:
        config = self._config
        layout = as_object(config.get("layout"))
        root = as_int(layout.get("id")) or 0
        rendered = {
            number
            for item in as_list(config.get("dependencies"))
            for number in _render_targets(as_object(item))
        }
        parts = tuple(self._parts(layout, rendered, 0))
        self._note_pages()
        events = self._events(root)
        listened = {
            trigger.part
            for event in events
            if not isinstance(event.triggers, Chained)
            for trigger in event.triggers
            if trigger.part is not None
        }
        states = frozenset(n for n in listened if self._kind(n) == "state")
        scripts = self._scripts()
        return Plan(
            one_line(as_text(config.get("title")) or ""),
            parts,
            events,
            root,
            states,
            tuple(self._left_out),
            scripts,
        )

    # -- components -------------------------------------------------------------------------------

    def _parts(self, layout: JSONObject, rendered: set[int], depth: int) -> Iterator[Part]:
        if depth > MAX_DEPTH:
            return
        for item in as_list(layout.get("children")):
            node = as_object(item)
            number = as_int(node.get("id"))
            block = self._blocks.get(number) if number is not None else None
            if number is None or block is None or number in self._placed:
                continue
            self._placed.add(number)
            if number in rendered:
                self._left_out.append(f"what gr.render makes (in component {number})")
                continue
            children = tuple(self._parts(node, rendered, depth + 1))
            props = as_object(block.get("props"))
            kind = self._kind(number)
            described: JSONObject = {key: block[key] for key in DESCRIBED if key in block}
            yield Part(number, kind, as_text(props.get("name")) or kind, props, children, described)

    def _kind(self, number: int) -> str:
        return as_text(self._blocks.get(number, {}).get("type")) or ""

    def _name(self, number: int | None) -> str:
        """Return what people call a component: its label or text, else its type."""
        if number is None or number not in self._blocks:
            return "the page"
        props = as_object(self._blocks[number].get("props"))
        for key in ("label", "value"):
            text = props.get(key)
            if isinstance(text, str) and text.strip():
                return f"{self._kind(number)} {one_line(text)[:60]!r}"
        return self._kind(number)

    def _note_pages(self) -> None:
        for item in as_list(self._config.get("pages"))[1:]:
            page = as_list(item)
            if page and isinstance(page[0], str):
                self._left_out.append(
                    f"the page {one_line(page[0])!r}: an app inside another one has one page"
                )

    def _scripts(self) -> Mapping[str, str]:
        found = {
            name: text
            for name in _ONLY_TRUSTED
            if isinstance(text := self._config.get(name), str) and text.strip()
        }
        if self._trust:
            return found
        self._left_out.extend(f"the app's {name}: it is not trusted (trust=True)" for name in found)
        return {}

    # -- events -----------------------------------------------------------------------------------

    def _events(self, root: int) -> tuple[Event, ...]:
        dependencies = [as_object(item) for item in as_list(self._config.get("dependencies"))[:MAX_EVENTS]]
        events: dict[int, Event] = {}
        for place, dependency in enumerate(dependencies):
            event = self._event(place, dependency, root, events)
            if event is not None:
                events[event.id] = event
        # One may cancel what comes after it, and what was left out cannot be cancelled.
        return tuple(
            replace(event, cancels=tuple(n for n in event.cancels if n in events))
            for event in events.values()
        )

    def _event(
        self, place: int, dependency: JSONObject, root: int, before: Mapping[int, Event]
    ) -> Event | None:
        number = as_int(dependency.get("id"))
        number = place if number is None else number
        api_name = as_text(dependency.get("api_name")) or ""
        triggers = self._triggers(dependency, root, before)
        name = self._title(triggers, api_name)
        if as_int(dependency.get("render_id")) is not None or triggers is None:
            return None  # what renders was named with its place; what follows something left out goes with it
        if isinstance(triggers, tuple) and any(trigger.event == "unload" for trigger in triggers):
            return None  # the app's own session has its own end
        inputs, outputs = _ids(dependency.get("inputs")), _ids(dependency.get("outputs"))
        unknown = [n for n in (*inputs, *outputs) if n not in self._blocks]
        if unknown:
            self._left_out.append(f"{name}: it uses components that are not in the page")
            return None
        backend = dependency.get("backend_fn") is True
        javascript = self._javascript(dependency, name, backend=backend)
        cancels = _ids(dependency.get("cancels"))
        if not backend and javascript is None and not cancels and dependency.get("js"):
            # One without a script stays: Gradio sends such an event beside one that cancels, and others may follow it.
            return None
        shows_on = dependency.get("show_progress_on")
        return Event(
            id=number,
            triggers=triggers,
            inputs=inputs,
            outputs=outputs,
            whole_inputs=_ids(dependency.get("component_prop_inputs")),
            settings=_settings(dependency),
            backend=backend,
            generator=as_object(dependency.get("types")).get("generator") is True,
            javascript=javascript,
            cancels=cancels,
            visibility=_visibility(dependency),
            shows_on=tuple(n for n in _ids(shows_on) if n in self._blocks) if shows_on else None,
            live=dependency.get("connection") == "stream",
            api_name=api_name,
        )

    def _triggers(
        self, dependency: JSONObject, root: int, before: Mapping[int, Event]
    ) -> tuple[Trigger, ...] | Chained | None:
        """Return what starts an event; None if nothing does that can be carried over."""
        found: list[Trigger] = []
        for item in as_list(dependency.get("targets")):
            target = as_list(item)
            if len(target) != 2 or not isinstance(target[1], str):
                continue
            number, event = as_int(target[0]), target[1]
            if event in _CHAINED:
                after = as_int(dependency.get("trigger_after"))
                if after is None or after not in before:
                    return None
                return Chained(after, _when(dependency))
            if number == root or number is None:
                found.append(Trigger(None, event))
            elif number in self._blocks:
                found.append(Trigger(number, event))
        return tuple(found)

    def _javascript(self, dependency: JSONObject, name: str, *, backend: bool) -> str | None:
        """Return what the page runs before the function; noted if it has to be left out."""
        script = dependency.get("js")
        if not script:
            return None
        if isinstance(script, str):
            constant = constant_function(script)
            if constant is not None and not backend:
                return constant
            if self._trust:
                return script
        # Gradio writes true where it made JavaScript of a Python function; the script itself is beside it.
        made = dependency.get("js_implementation")
        if script is True and isinstance(made, str) and self._trust:
            return made
        rest = "; its function is called all the same" if backend else ""
        self._left_out.append(f"the JavaScript of {name}: the app is not trusted (trust=True){rest}")
        return None

    def _title(self, triggers: tuple[Trigger, ...] | Chained | None, api_name: str) -> str:
        if api_name and not api_name.startswith(("js_fn", "unnamed", "lambda")):
            return f"/{one_line(api_name)}"
        if isinstance(triggers, tuple) and triggers:
            return f"{self._name(triggers[0].part)}.{one_line(triggers[0].event)}"
        return f"/{one_line(api_name)}"


def _render_targets(dependency: JSONObject) -> tuple[int, ...]:
    """Return the containers that a ``gr.render`` fills."""
    return _ids(dependency.get("outputs")) if as_int(dependency.get("render_id")) is not None else ()


def _ids(value: JSONValue) -> tuple[int, ...]:
    return tuple(item for item in as_list(value) if isinstance(item, int) and not isinstance(item, bool))


def _when(dependency: JSONObject) -> Literal["then", "success", "failure"]:
    if dependency.get("trigger_only_on_success") is True:
        return "success"
    return "failure" if dependency.get("trigger_only_on_failure") is True else "then"


def _visibility(dependency: JSONObject) -> Visibility:
    stated = dependency.get("api_visibility")
    if stated == "private" or dependency.get("api_name") is False:
        return "private"
    if stated == "undocumented" or (stated is None and dependency.get("show_api") is not True):
        return "undocumented"
    return "public"


_SHOWN: Final = ("full", "minimal", "hidden")
_MODES: Final = ("once", "multiple", "always_last")


def _settings(dependency: JSONObject) -> Mapping[str, JSONValue]:
    """Return the keyword arguments of ``gr.on`` that the app says, each of its kind."""
    settings: dict[str, JSONValue] = {
        "scroll_to_output": dependency.get("scroll_to_output") is True,
        "queue": dependency.get("queue") is not False,
    }
    shown = dependency.get("show_progress")
    if shown in _SHOWN:
        settings["show_progress"] = shown
    mode = dependency.get("trigger_mode")
    if mode in _MODES:
        settings["trigger_mode"] = mode
    every = dependency.get("stream_every")
    if isinstance(every, (int, float)) and not isinstance(every, bool) and every > 0:
        settings["stream_every"] = every
    limit = as_int(dependency.get("time_limit"))
    if limit is not None and limit > 0:
        settings["time_limit"] = limit
    return settings
