"""The events of a loaded app, made events of the outer one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gradio.blocks import Block

from gradlink._dataclass import dataclass
from gradlink._protocol.schema import Endpoint
from gradlink._text import one_line
from gradlink.loading._gradio.release import gr
from gradlink.loading.plan import Chained, Event, Plan, Trigger
from gradlink.loading.relay import Relay, Slots
from gradlink.loading.signatures import parameters


@dataclass(frozen=True, slots=True)
class Wiring:
    """Connects the events of one loaded app.

    Attributes:
        root: the Blocks that is being built.
        plan: the app.
        made: its components here, by its own ids.
        relay: calls its functions.
        endpoints: what it says of its functions, by its own ids.
        left_out: says what cannot be carried over.
        api_prefix: put before the names of its endpoints.
    """

    root: Any
    plan: Plan
    made: Mapping[int, Block]
    relay: Relay
    endpoints: Mapping[int, Endpoint]
    left_out: Callable[[str], None]
    api_prefix: str

    def connect(self) -> None:
        """Make every event of the app one of the outer app."""
        dependencies: dict[int, Any] = {}
        for event in self.plan.events:
            dependency = self._one(event, dependencies)
            if dependency is not None:
                dependencies[event.id] = dependency

    def _one(self, event: Event, dependencies: Mapping[int, Any]) -> Any:
        listen = self._listen(event, dependencies)
        if listen is None:
            return None
        slots, inputs, outputs = self._slots(event)
        settings: dict[str, Any] = dict(event.settings)
        if event.shows_on is not None:
            settings["show_progress_on"] = [self.made[n] for n in event.shows_on if n in self.made]
        settings |= self._visibility(event)
        if event.cancels:
            cancels = [dependencies[n] for n in event.cancels if n in dependencies]
            return listen(fn=None, cancels=cancels, **_only(settings, "trigger_mode")) if cancels else None
        if not event.backend:
            outside = _only(settings, "trigger_mode", "show_progress", "scroll_to_output")
            return listen(fn=None, inputs=inputs, outputs=outputs, js=event.javascript, **outside)
        function = self.relay.function(event, slots, self._parameters(event, slots), self._description(event))
        return listen(
            fn=function,
            inputs=inputs,
            outputs=outputs,
            js=event.javascript,
            preprocess=False,
            postprocess=False,
            # The app's own queue decides how many run at once.
            concurrency_limit=None,
            **settings,
        )

    def _listen(self, event: Event, dependencies: Mapping[int, Any]) -> Callable[..., Any] | None:
        """Return what takes the function of an event, None if it cannot happen here."""
        match event.triggers:
            case Chained(after=after, when=when):
                dependency = dependencies.get(after)
                chained: Callable[..., Any] | None = getattr(dependency, when, None)
                if chained is None and dependency is not None:
                    self.left_out(
                        f"what follows /{event.api_name} ({when}): gradio {gr.__version__} has no such event"
                    )
                return None if dependency is None else chained
            case triggers:
                found = [
                    listener
                    for trigger in triggers
                    if (listener := self._trigger(trigger, event)) is not None
                ]
                if triggers and not found:
                    return None
                return partial(gr.on, found)

    def _trigger(self, trigger: Trigger, event: Event) -> Any:
        block = self.root if trigger.part is None else self.made.get(trigger.part)
        listener = getattr(block, trigger.event, None)
        if listener is None or not hasattr(listener, "event_name"):
            name = "the page" if trigger.part is None else type(block).__name__
            self.left_out(
                f"{name}.{one_line(trigger.event)} of /{one_line(event.api_name)}: there is no such event here"
            )
            return None
        return listener

    def _slots(self, event: Event) -> tuple[Slots, list[Any], list[Any]]:
        inputs = [(place, n) for place, n in enumerate(event.inputs) if self._carried(n)]
        outputs: list[tuple[int | None, int | None, int]] = []
        for place, number in enumerate(event.outputs):
            if number in self.plan.states:
                outputs.append((None, number, number))
            elif self._carried(number):
                outputs.append((place, None, number))
        slots = Slots(
            tuple(place for place, _ in inputs),
            tuple(place for place, _, _ in outputs),
            tuple(state for _, state, _ in outputs),
            len(event.inputs),
        )
        return slots, [self.made[n] for _, n in inputs], [self.made[n] for _, _, n in outputs]

    def _carried(self, number: int) -> bool:
        return number in self.made and number not in self.plan.states

    def _parameters(self, event: Event, slots: Slots) -> list[inspect.Parameter]:
        """Return the parameters of a function, named as the app names them."""
        endpoint = self.endpoints.get(event.id)
        names = {} if endpoint is None else {p.slot: p.name for p in endpoint.parameters}
        whole = {place: type(self.made[event.inputs[place]]) for place in event.whole_inputs}
        return parameters({place: names.get(place, "") for place in slots.inputs}, whole)

    def _description(self, event: Event) -> str:
        endpoint = self.endpoints.get(event.id)
        return "" if endpoint is None else endpoint.description

    def _visibility(self, event: Event) -> dict[str, Any]:
        """Return how gr.on is told who may call a function, which its releases take in different words."""
        name = self.api_prefix.strip("/") + event.api_name
        takes = inspect.signature(gr.on).parameters
        if "api_visibility" in takes:
            return {"api_name": name or None, "api_visibility": event.visibility}
        return {
            "api_name": False if event.visibility == "private" else (name or None),
            "show_api": event.visibility == "public",
        }


def _only(settings: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: settings[name] for name in names if name in settings}
