"""The functions of the outer app: each calls one of the loaded app, in the session of its visitor."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any, Final, cast

from gradlink._async.page import Happening
from gradlink._dataclass import dataclass
from gradlink._protocol.events import LogEvent, ProgressEvent, StatusEvent
from gradlink._protocol.filedata import LocalFile
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.payload import PageEvent
from gradlink._protocol.status import Status
from gradlink._text import one_line
from gradlink.errors import (
    AppError,
    ArgumentError,
    ClientClosedError,
    EndpointError,
    FileError,
    GradlinkError,
    QueueError,
    SessionLostError,
    ValidationError,
)
from gradlink.loading._gradio import blocks, queue
from gradlink.loading._gradio.release import gr
from gradlink.loading.converting import Conversion
from gradlink.loading.files import Files
from gradlink.loading.plan import Event
from gradlink.loading.signatures import signed
from gradlink.loading.untrusted import harmless
from gradlink.loading.values import sound_text
from gradlink.loading.visitors import Visitors

_log = logging.getLogger("gradlink.load")

# What a visitor may be told: it is about their own call. Anything else could name hosts of the loader's network.
_TOLD: Final = (
    AppError,
    ArgumentError,
    FileError,
    QueueError,
    SessionLostError,
    EndpointError,
)


@dataclass(frozen=True, slots=True)
class Slots:
    """Where the values of a function go.

    Attributes:
        inputs: for each input of the outer function, its place among the app's.
        outputs: for each output of the outer function, its place among the app's; None for a State that is listened to.
        states: for each output that is such a State, the app's id of it, else None.
        input_count: how many inputs the app's function has.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int | None, ...]
    states: tuple[int | None, ...]
    input_count: int


@dataclass(frozen=True, slots=True)
class Relay:
    """Calls the functions of one loaded app.

    Attributes:
        title: the app, for messages.
        files: of the app.
        visitors: their sessions at it.
        app_id: from the outer app's id of a component to the loaded one's.
        conversions: how data change between its Gradio and this one, by its ids of the components.
        kinds: the types of the components whose properties are not trusted, by the same ids; empty for an app that is trusted.
    """

    title: str
    files: Files
    visitors: Visitors
    app_id: Mapping[int, int]
    conversions: Mapping[int, Conversion]
    kinds: Mapping[int, str]

    def function(
        self, event: Event, slots: Slots, parameters: Sequence[inspect.Parameter], description: str
    ) -> Any:
        """Return the function that the outer app has for an event of the loaded one."""
        if event.generator:

            async def call(*given: Any) -> Any:
                async with aclosing(self._values(event, slots, given)) as values:
                    async for value in values:
                        yield value

            return signed(call, event, parameters, description)

        async def call_once(*given: Any) -> Any:
            result: Any = None
            async with aclosing(self._values(event, slots, given)) as values:
                async for value in values:
                    result = value
            return result

        return signed(call_once, event, parameters, description)

    async def _values(self, event: Event, slots: Slots, given: Sequence[Any]) -> AsyncGenerator[Any, None]:
        """Call the app's function; yield what gradio takes for its outputs, as often as there is something new."""
        *values, request, event_data, _ = given
        telling = _Showing()
        session_hash = getattr(request, "session_hash", None)
        try:
            async with self.visitors.page(session_hash) as page:
                data: list[Any] = [None] * slots.input_count
                for place, value in zip(slots.inputs, values, strict=True):
                    data[place] = self.files.incoming(self._given(event, place, _plain(value)))
                happenings = page.call(event.id, data, self._event(event_data))
                async with aclosing(happenings):
                    async for happening in happenings:
                        telling.show(happening)
                        if happening.values is not None or _changes(happening):
                            yield self._outputs(event, slots, happening)
        except ValidationError as exc:
            raise _refusal(exc, slots) from exc
        except SessionLostError as exc:
            await self.visitors.leave(session_hash)
            raise self._shown(exc) from exc
        except GradlinkError as exc:
            raise self._shown(exc) from exc

    def _event(self, data: Any) -> PageEvent:
        """Return what the visitor's page says of the event, as a page of the loaded app would."""
        if data is None:
            return PageEvent()
        target = getattr(data.target, "_id", None)
        trigger = self.app_id.get(target) if isinstance(target, int) else None
        said = data._data  # noqa: SLF001
        if trigger is not None and trigger in self.conversions:
            said = self.conversions[trigger].event(said)
        return PageEvent(_sent(self.files.incoming(said)), trigger)

    def _given(self, event: Event, place: int, value: Any) -> Any:
        """Return what the visitor's page says of an input, as a page of the loaded app would."""
        conversion = self.conversions.get(event.inputs[place])
        if conversion is None:
            return value
        if place in event.whole_inputs and isinstance(value, dict):
            properties = cast("dict[str, Any]", value)
            return {**properties, "value": conversion.incoming(properties.get("value"))}
        return conversion.incoming(value)

    def _outputs(self, event: Event, slots: Slots, happening: Happening) -> Any:
        changed = _changes(happening)
        found = [
            self._state(state, changed) if place is None else self._value(event, happening.values, place)
            for place, state in zip(slots.outputs, slots.states, strict=True)
        ]
        return found[0] if len(found) == 1 else (tuple(found) or None)

    def _value(self, event: Event, values: Sequence[JSONValue] | None, place: int) -> Any:
        if values is None or place >= len(values):
            return blocks.AsItIs(__type__="update")
        conversion = self.conversions.get(event.outputs[place])
        value = values[place] if conversion is None else conversion.outgoing(values[place])
        value = self.files.outgoing(value)
        if isinstance(value, dict) and value.get("__type__") == "update":
            kind = self.kinds.get(event.outputs[place])
            return blocks.AsItIs(value if kind is None else harmless(kind, value))
        return value

    def _state(self, state: int | None, changed: Sequence[int]) -> Any:
        # Any other value than before makes gradio tell the page that the State has changed.
        return object() if state in changed else gr.skip()

    def _shown(self, error: GradlinkError) -> Exception:
        """Return what the visitor sees of an error."""
        made: Callable[..., Exception] = gr.Error
        if isinstance(error, AppError):
            message, title = sound_text(error.message), sound_text(error.title)
            return made(message, error.duration, error.visible, title, print_exception=False)
        if isinstance(error, _TOLD):
            return made(one_line(error), print_exception=False)
        # Who has closed the page is told nothing any more.
        level = logging.DEBUG if isinstance(error, ClientClosedError) else logging.WARNING
        _log.log(level, "%s: %s", one_line(self.title), one_line(error))
        return made(
            "The app behind this page cannot be reached right now. Try again in a moment.",
            print_exception=False,
        )


class _Showing:
    """Shows a visitor what happens to a call, beside its values."""

    def __init__(self) -> None:
        self._telling = queue.Telling()

    def show(self, happening: Happening) -> None:
        match happening.update:
            case StatusEvent(code=Status.IN_QUEUE) as status:
                self._telling.waits(status.rank, status.queue_size, status.eta)
            case StatusEvent(code=Status.PROCESSING) as status:
                self._telling.starts(status.eta)
            case ProgressEvent(units=units):
                self._telling.progress(units)
            case LogEvent() as log:
                said = {"warning": gr.Warning, "success": gr.Success}.get(log.level, gr.Info)
                titled = {} if log.title is None else {"title": sound_text(log.title)}
                said(sound_text(log.message), log.duration, log.visible, **titled)
            case _:
                pass


def _sent(event_data: Any) -> Any:
    """Return what is said of an event, without files that would have to be uploaded: they are among the values."""
    match event_data:
        case LocalFile():
            return None
        case dict():
            fields = cast("dict[str, Any]", event_data)
            return {key: _sent(item) for key, item in fields.items()}
        case list():
            return [_sent(item) for item in cast("Sequence[Any]", event_data)]
        case _:
            return event_data


def _refusal(error: ValidationError, slots: Slots) -> Exception:
    """Return what lets the page show beside each field why the app refused its value, as for a validator of its own."""
    said = dict(zip(error.places, (sound_text(message) for _, message in error.problems), strict=False))
    of_inputs = [
        {"__type__": "validate", "is_valid": place not in said, "message": said.get(place, "")}
        for place in slots.inputs
    ]
    refusal: Exception = gr.Error(of_inputs, print_exception=False)
    return refusal


def _changes(happening: Happening) -> tuple[int, ...]:
    return getattr(happening.update, "changed_states", ())


def _plain(properties: Any) -> Any:
    """Return all properties of a component as the page sends them; gradio makes an object of those."""
    return vars(properties) if isinstance(properties, SimpleNamespace) else properties
