"""What of an app can be put into another one, read from its /config.

Wire: /config of Gradio 4 to 6: components, layout and dependencies. What the app says is read, never run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text
from gradlink._text import one_line
from gradlink.errors import LoadError
from gradlink.loading.notes import Notes
from gradlink.loading.plan import OF_ITS_PAGE, Chained, Event, Part, Plan, Trigger, Visibility
from gradlink.loading.scripts import constant_function
from gradlink.loading.values import sound

# What becomes another loaded app's, or a visitor's, before it is shown: the app has no say in it.
_ONLY_TRUSTED: Final = ("js", "head", "css")
_CHAINED: Final = ("then", "success", "failure")
DESCRIBED: Final = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")
# A hostile app could have the loader build for ever; real ones have hundreds of each.
MAX_COMPONENTS: Final = 5_000
MAX_EVENTS: Final = 2_000
MAX_DEPTH: Final = 100
# How many components one event may listen to, take and change.
MAX_ENDS: Final = 1_000
MAX_NAME: Final = 200
# Gradio's own limits are lower.
_MAX_SECONDS: Final = 1_000_000
# What Gradio calls functions that have no name.
_NAMELESS: Final = ("js_fn", "unnamed", "lambda")


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
        self._notes = Notes()
        self._page = _first_page(config)
        self._blocks = self._read_blocks()
        self._placed: set[int] = set()
        self._api_names: dict[str, int] = {}
        self._titles: dict[int, str] = {}
        self._dependencies = self._read_dependencies()
        self._followed = {as_int(dependency.get("trigger_after")) for _, dependency in self._dependencies}

    def _read_blocks(self) -> dict[int, JSONObject]:
        components = as_list(self._config.get("components"))
        _check_count("components", len(components), MAX_COMPONENTS)
        blocks: dict[int, JSONObject] = {}
        for item in components:
            block = as_object(item)
            number = as_int(block.get("id"))
            if number is not None:
                blocks[number] = block
        return blocks

    def _read_dependencies(self) -> list[tuple[int, JSONObject]]:
        """Return the functions of the page with their ids; before 4.36 that is their place."""
        items = as_list(self._config.get("dependencies"))
        _check_count("events", len(items), MAX_EVENTS)
        here = set(_ids(self._page["dependencies"])) if "dependencies" in self._page else None
        found: dict[int, JSONObject] = {}
        for place, item in enumerate(items):
            dependency = as_object(item)
            stated = as_int(dependency.get("id"))
            number = place if stated is None else stated
            if (here is None or number in here) and number not in found:
                found[number] = dependency
        return list(found.items())

    def plan(self) -> Plan:
        config = self._config
        layout = as_object(self._page.get("layout", config.get("layout")))
        root = as_int(layout.get("id")) or 0
        rendered = {number for _, dependency in self._dependencies for number in _render_targets(dependency)}
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
            one_line(as_text(config.get("title")) or "")[:MAX_NAME],
            parts,
            events,
            root,
            states,
            self._notes.all(),
            scripts,
        )

    # -- components -------------------------------------------------------------------------------

    def _parts(self, layout: JSONObject, rendered: set[int], depth: int) -> Iterator[Part]:
        if depth > MAX_DEPTH:
            raise LoadError(f"the app's layout is nested more than {MAX_DEPTH} deep, which no page is")
        for item in as_list(layout.get("children")):
            node = as_object(item)
            number = as_int(node.get("id"))
            block = self._blocks.get(number) if number is not None else None
            if number is None or block is None or number in self._placed:
                continue
            self._placed.add(number)
            if number in rendered:
                continue  # named with the event that fills it
            children = tuple(self._parts(node, rendered, depth + 1))
            props = as_object(sound(block.get("props")))
            kind = self._kind(number)
            name = as_text(props.get("name")) or kind
            if name in OF_ITS_PAGE:
                self._notes.add(f"what {self._name(number)} does, which is for the app's own page")
            described: JSONObject = {key: sound(block[key]) for key in DESCRIBED if key in block}
            yield Part(number, kind, name, props, children, described)

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
                return f"{_short(self._kind(number))} {_short(text)!r}"
        return _short(self._kind(number))

    def _note_pages(self) -> None:
        for item in as_list(self._config.get("pages"))[1:]:
            page = as_list(item)
            if page and isinstance(page[0], str):
                # A page has its address, and the title that its visitors know.
                title = page[1] if len(page) > 1 and isinstance(page[1], str) else page[0]
                self._notes.add(f"the page {_short(title)!r}: an app inside another one has one page")

    def _scripts(self) -> Mapping[str, str]:
        found = {
            name: text
            for name in _ONLY_TRUSTED
            if isinstance(text := self._config.get(name), str) and text.strip()
        }
        if self._trust:
            return found
        for name in found:
            self._notes.add(f"the app's {name}: it is not trusted (trust=True)")
        return {}

    # -- events -----------------------------------------------------------------------------------

    def _events(self, root: int) -> tuple[Event, ...]:
        events: dict[int, Event] = {}
        for number, dependency in self._dependencies:
            event = self._event(number, dependency, root, events)
            if event is not None:
                events[number] = event
        # One may cancel what comes after it, and what was left out cannot be cancelled.
        return tuple(
            replace(event, cancels=tuple(n for n in event.cancels if n in events))
            for event in events.values()
        )

    def _event(
        self, number: int, dependency: JSONObject, root: int, before: Mapping[int, Event]
    ) -> Event | None:
        triggers = self._triggers(dependency, root, before)
        if isinstance(triggers, tuple) and any(trigger.event == "unload" for trigger in triggers):
            return None  # the app's own session has its own end
        name = self._titles[number] = self._title(dependency, triggers)
        if as_int(dependency.get("render_id")) is not None:
            self._notes.add(f"what gr.render makes ({self._happening(triggers) or name})")
            return None
        if triggers is None:
            self._notes.add(f"{name}: what it follows is left out")
            return None
        inputs, outputs = _ids(dependency.get("inputs")), _ids(dependency.get("outputs"))
        if any(n not in self._blocks for n in (*inputs, *outputs)):
            self._notes.add(f"{name}: it uses components that are not in the page")
            return None
        if len(inputs) + len(outputs) > MAX_ENDS:
            self._notes.add(f"{name}: it uses more than {MAX_ENDS} components")
            return None
        backend = dependency.get("backend_fn") is True
        javascript = self._javascript(dependency, name, backend=backend)
        cancels = _ids(dependency.get("cancels"))
        if not backend and javascript is None and not cancels and dependency.get("js"):
            # One without a script stays: Gradio sends such an event beside one that cancels, and others may follow it.
            if number not in self._followed:
                return None
            inputs = outputs = ()
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
            shows_on=tuple(n for n in _ids(shows_on)[:MAX_ENDS] if n in self._blocks) if shows_on else None,
            api_name=self._api_name(dependency),
        )

    def _api_name(self, dependency: JSONObject) -> str:
        """Return the name of an endpoint, as no other of the app has it: Gradio counts the others of one name each time."""
        name = _short(as_text(dependency.get("api_name")) or "", MAX_NAME)
        if not name or name not in self._api_names:
            self._api_names[name] = 0
            return name
        while (other := f"{name}_{self._api_names[name] + 1}") in self._api_names:
            self._api_names[name] += 1
        self._api_names[name] += 1
        self._api_names[other] = 0
        return other

    def _triggers(
        self, dependency: JSONObject, root: int, before: Mapping[int, Event]
    ) -> tuple[Trigger, ...] | Chained | None:
        """Return what starts an event; None if nothing does that can be carried over."""
        found: dict[Trigger, None] = {}
        for item in as_list(dependency.get("targets")):
            target = as_list(item)
            if len(target) != 2 or not isinstance(target[1], str) or len(found) == MAX_ENDS:
                continue
            number, event = as_int(target[0]), target[1]
            if event in _CHAINED:
                after = as_int(dependency.get("trigger_after"))
                if after is None or after not in before:
                    return None
                return Chained(after, _when(dependency))
            if number == root or number is None:
                found[Trigger(None, event)] = None
            elif number in self._blocks:
                found[Trigger(number, event)] = None
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
        self._notes.add(f"the JavaScript of {name}: the app is not trusted (trust=True){rest}")
        return None

    def _title(self, dependency: JSONObject, triggers: tuple[Trigger, ...] | Chained | None) -> str:
        """Return what people call an event: the name of its function, else what it happens to."""
        api_name = as_text(dependency.get("api_name")) or ""
        if api_name and not api_name.startswith(_NAMELESS):
            return f"/{_short(api_name)}"
        after = self._titles.get(as_int(dependency.get("trigger_after")) or 0)
        follows = None if after is None else f"what follows {after.removeprefix('what follows ')}"
        return self._happening(triggers) or follows or f"/{_short(api_name)}"

    def _happening(self, triggers: tuple[Trigger, ...] | Chained | None) -> str | None:
        if not isinstance(triggers, tuple) or not triggers:
            return None
        return f"{self._name(triggers[0].part)}.{_short(triggers[0].event)}"


def _first_page(config: JSONObject) -> JSONObject:
    """Return which components and functions lie in an app's first page; empty for an app with one page."""
    pages = as_list(config.get("pages"))
    first = as_list(pages[0]) if len(pages) > 1 else []
    return as_object(as_object(config.get("page")).get(str(first[0]))) if first else {}


def _check_count(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise LoadError(f"the app has {count:,} {what}; at most {limit:,} are put into another app")


def _short(text: str, limit: int = 60) -> str:
    return one_line(text)[:limit]


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
    if isinstance(every, (int, float)) and not isinstance(every, bool) and 0 < every < _MAX_SECONDS:
        settings["stream_every"] = every
    limit = as_int(dependency.get("time_limit"))
    if limit is not None and 0 < limit < _MAX_SECONDS:
        settings["time_limit"] = limit
    return settings
