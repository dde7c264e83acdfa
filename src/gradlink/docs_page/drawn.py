"""Which control of a form gives the value of a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gradlink._describe.fields import Field, choices_of
from gradlink._describe.shapes import Boolean, Choice, File, Many, Null, Number, Record, Shape, Text, Union
from gradlink.docs_page.document import ControlKind

# Those that say what they are; what all others take is said by their shapes.
_BY_COMPONENT: Final[Mapping[str, ControlKind]] = {
    "colorpicker": "color",
    "datetime": "date",
    "dataframe": "dataframe",
    "gallery": "gallery",
    "imageeditor": "picture",
}
_TEXTS: Final = frozenset({"text", "files"})


def control_of(field: Field, *, secret: bool = False) -> ControlKind:
    """Return what to draw for a parameter; ``secret`` tells that its text is not to be seen."""
    if choices_of(field):
        return "choices" if field.control.multiple or isinstance(field.shape, Many) else "choice"
    drawn = _by_component(field)
    if drawn is not None:
        return drawn
    kind = _by_shape(_without_null(field.shape))
    if kind == "text" and secret:
        return "password"
    bounded = field.control.minimum is not None and field.control.maximum is not None
    return "range" if kind == "number" and bounded else kind


def is_whole(field: Field) -> bool:
    """Tell whether a number has to be a whole one."""
    shape = _without_null(field.shape)
    return isinstance(shape, Number) and shape.whole


def _by_component(field: Field) -> ControlKind | None:
    kind = _BY_COMPONENT.get(field.parameter.component.lower())
    shape = _without_null(field.shape)
    match kind:
        case "color" | "date":
            # A gr.DateTime of type "timestamp" takes a number.
            return kind if isinstance(shape, Text) else None
        case "dataframe" | "picture":
            return kind if isinstance(shape, Record) else None
        case "gallery":
            return kind if isinstance(shape, Many) else None
        case _:
            return None


def _by_shape(shape: Shape) -> ControlKind:
    match shape:
        case Text():
            return "text"
        case Boolean():
            return "checkbox"
        case Number():
            return "number"
        case File():
            return "file"
        case Choice():
            return "text" if all(isinstance(value, str) for value in shape.values) else "json"
        case Many(items=File()):
            return "files"
        case Record() if frozenset(one.name for one in shape.fields) == _TEXTS:
            return "message"
        case _:
            return "json"


def _without_null(shape: Shape) -> Shape:
    """Return what is left of a choice between something and nothing: the something."""
    if not isinstance(shape, Union):
        return shape
    left = [member for member in shape.members if not isinstance(member, Null)]
    return left[0] if len(left) == 1 else shape
