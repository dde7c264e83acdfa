"""One endpoint of an app as a ``gr.Interface`` of the outer one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from gradio.blocks import Block

from gradlink._dataclass import dataclass
from gradlink._protocol.schema import Endpoint
from gradlink.errors import EndpointError, LoadError
from gradlink.loading._gradio import blocks
from gradlink.loading.components import Building
from gradlink.loading.plan import Part, Plan
from gradlink.loading.relay import Relay, Slots
from gradlink.loading.signatures import parameters


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an endpoint is to be shown.

    Attributes:
        api_name: its name, None for the only one that the app has.
        inputs: components or their names in place of the app's own, None for those.
        outputs: the same for what it returns.
        options: of ``gr.Interface``: title, description, article, examples, live.
    """

    api_name: str | None
    inputs: Any
    outputs: Any
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Single:
    """Puts one endpoint of an app into the Blocks that is being built.

    Attributes:
        building: makes components of the app.
        plan: the app.
        endpoints: what it says of its functions.
        relay: makes the function that calls it, once the components are known.
        api_prefix: put before its name.
    """

    building: Building
    plan: Plan
    endpoints: Mapping[int, Endpoint]
    relay: Callable[[Mapping[int, Block]], Relay]
    api_prefix: str

    def build(self, wanted: Wanted) -> dict[int, Block]:
        """Make the interface; return its components by the app's ids, where the app has them.

        Raises:
            EndpointError: the app has no such endpoint, or several where none is named.
            LoadError: it has another number of values than components were given for.
        """
        endpoint = self._endpoint(wanted.api_name)
        event = next((event for event in self.plan.events if event.id == endpoint.fn_index), None)
        if event is None:
            raise LoadError(f"{endpoint.title} is not in the app's page: it cannot be loaded by itself")
        parts = {part.id: part for part in self.plan.walk()}
        places = self._places(event.inputs, parts)
        returned = self._places(event.outputs, parts)
        inputs = self._components(wanted.inputs, [parts[event.inputs[place]] for place in places], endpoint)
        outputs = self._components(
            wanted.outputs, [parts[event.outputs[place]] for place in returned], endpoint
        )
        slots = Slots(tuple(places), tuple(returned), (None,) * len(returned), len(event.inputs))
        made = {event.outputs[place]: block for place, block in zip(returned, outputs, strict=True)}
        made |= {event.inputs[place]: block for place, block in zip(places, inputs, strict=True)}
        names = {parameter.slot: parameter.name for parameter in endpoint.parameters}
        given: list[inspect.Parameter] = parameters({place: names.get(place, "") for place in places})
        function = self.relay(made).function(event, slots, given, endpoint.description)
        blocks.interface(
            function, inputs, outputs, self.api_prefix.strip("/") + event.api_name, dict(wanted.options)
        )
        return made

    def _endpoint(self, api_name: str | None) -> Endpoint:
        usable = [one for one in self.endpoints.values() if one.callable and one.api_name and one.is_valid]
        public = [one for one in usable if one.visibility == "public"]
        names = ", ".join(str(one.api_name) for one in usable) or "none"
        if api_name is None:
            if len(public) == 1:
                return public[0]
            raise EndpointError(
                f"the app has {len(public)} public endpoints; name one with api_name: {names}"
            )
        found = next((one for one in usable if one.api_name == "/" + api_name.lstrip("/")), None)
        if found is None:
            raise EndpointError(f"the app has no endpoint {api_name!r}; it has: {names}")
        return found

    def _places(self, numbers: Sequence[int], parts: Mapping[int, Part]) -> list[int]:
        """Return the places of the values that a person gives or sees: State stays at the app."""
        return [
            place for place, number in enumerate(numbers) if number in parts and parts[number].kind != "state"
        ]

    def _components(self, given: Any, parts: Sequence[Part], endpoint: Endpoint) -> list[Any]:
        """Return the components that were given, else the app's own."""
        if given is None:
            return [self.building.loose(part) for part in parts]
        listed = list(cast("Sequence[Any]", given)) if isinstance(given, (list, tuple)) else [given]
        if len(listed) != len(parts):
            kinds = ", ".join(part.kind for part in parts) or "none"
            raise LoadError(
                f"{endpoint.title} has {len(parts)} values here ({kinds}), {len(listed)} components were given"
            )
        return [self.building.adopted(blocks.component(one)) for one in listed]
