"""The fields of an endpoint's form: its parameters, with what the app's page lets its user do with each."""

from __future__ import annotations

from gradlink._dataclass import dataclass
from gradlink._describe.controls import Control, Labelled, controls
from gradlink._describe.shapes import Choice, Many, Shape
from gradlink._describe.signature import shown_type
from gradlink._describe.taken import taken_shape
from gradlink._describe.typehints import entry_type, parameter_type
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_text, get_path
from gradlink._protocol.schema import Endpoint, Parameter


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an endpoint, what the app's page lets its user do with it, and which values it takes."""

    parameter: Parameter
    control: Control
    shape: Shape

    @property
    def name(self) -> str:
        """The app's name of it."""
        return self.parameter.name

    @property
    def label(self) -> str:
        """The component's label on the app's page."""
        return self.parameter.label

    @property
    def choices(self) -> tuple[Labelled, ...]:
        """Label and value of what can be chosen."""
        return self.control.choices


def fields_of(config: JSONObject, endpoint: Endpoint) -> list[Field]:
    """Return the fields of an endpoint, in the order of its parameters; ``config`` is the app's /config."""
    return [
        Field(parameter, control, taken_shape(parameter, multiple=control.multiple))
        for parameter, control in zip(endpoint.parameters, controls(config, endpoint), strict=True)
    ]


def type_of(field: Field) -> str:
    """Return the type of what a parameter takes, as text."""
    parameter = field.parameter
    return shown_type(parameter_type(parameter), parameter.has_default, parameter.default)


def returns_of(endpoint: Endpoint) -> list[tuple[str, str, str]]:
    """Return label, type and component of each value of a result."""
    entries = as_list(get_path(endpoint.info, "returns"))
    components = endpoint.shown(endpoint.output_types)
    return [
        (
            as_text(get_path(entry, "label")) or f"value {position}",
            entry_type(entry),
            as_text(get_path(entry, "component"))
            or (components[position] if position < len(components) else ""),
        )
        for position, entry in enumerate(entries)
    ]


def choices_of(field: Field) -> tuple[JSONValue, ...]:
    """Return the values that can be chosen, by the app's page or else by its schema; none if anything can be given."""
    if field.control.choices:
        return tuple(value for _, value in field.control.choices)
    shape = field.shape.items if isinstance(field.shape, Many) else field.shape
    return shape.values if isinstance(shape, Choice) and not (shape.others or shape.left_out) else ()
