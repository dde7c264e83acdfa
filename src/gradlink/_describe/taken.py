"""Which values a parameter takes, and an endpoint returns, where a schema alone does not say it."""

from __future__ import annotations

from typing import Final

from gradlink._describe.schema_reader import read_shape
from gradlink._describe.shapes import Anything, Boolean, File, Many, Number, Shape, Text, Union
from gradlink._protocol.jsonvalue import JSONObject, as_text, get_path
from gradlink._protocol.mistakes import FILE_COMPONENTS
from gradlink._protocol.schema import Parameter

# Those that take several at once.
_SEVERAL: Final = frozenset({"file", "uploadbutton"})
# What servers write for people, where they have no schema.
STATED: Final[dict[str, Shape]] = {
    "str": Text(),
    "float": Number(),
    "int": Number(whole=True),
    "int | float": Number(),
    "bool": Boolean(),
    "filepath": File(),
    "list[str]": Many(Text()),
}


def taken_shape(parameter: Parameter, *, multiple: bool) -> Shape:
    """Return the values that ``parameter`` takes; ``multiple`` tells whether its component takes several at once."""
    stated = _stated(parameter.stated_type, parameter.description)
    return _shape(read_shape(parameter.schema), stated, parameter.component, multiple=multiple)


def returned_shape(entry: JSONObject, component: str) -> Shape:
    """Return the values that one output may bring; ``entry`` is what /info says of it."""
    said = [as_text(get_path(entry, "python_type", key)) or "" for key in ("type", "description")]
    return _shape(read_shape(entry.get("type")), _stated(*said), component, multiple=False)


def speaks_of_text(shape: Shape) -> bool:
    """Tell whether a text, or anything, is among the values, or among those of a list."""
    match shape:
        case Text() | Anything():
            return True
        case Many():
            return speaks_of_text(shape.items)
        case Union():
            return any(map(speaks_of_text, shape.members))
        case _:
            return False


def _shape(shape: Shape, stated: Shape, component: str, *, multiple: bool) -> Shape:
    kind = component.lower()
    if kind in FILE_COMPONENTS and speaks_of_text(shape):
        listed = multiple or isinstance(shape, Many)
        return Many(File()) if listed and kind in _SEVERAL else File()
    return stated if isinstance(shape, Anything) else shape


def _stated(text: str, description: str) -> Shape:
    # The official client of 3.x wanted such a value in a file; the server takes the value itself.
    return Anything() if description == "filepath to JSON file" else STATED.get(text, Anything())
