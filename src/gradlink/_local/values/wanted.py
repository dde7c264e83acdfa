"""What a place of an argument takes, as the app's schema says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._describe.schema_reader import read_shape
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Choice,
    File,
    Intersection,
    Kind,
    Many,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    kind_of,
    union,
)
from gradlink._describe.taken import speaks_of_text
from gradlink._describe.typehints import type_text
from gradlink._protocol.jsonvalue import as_text, get_path
from gradlink._protocol.mistakes import FILE_COMPONENTS
from gradlink._protocol.schema import Parameter

# What components take whose schema is missing (before 4.0).
_TEXTS: Final = frozenset({"textbox", "markdown", "code", "html", "colorpicker", "radio"})
_NUMBERS: Final = frozenset({"number", "slider"})
# Any JSON: the cells of a table may be everything.
_JSON: Final = frozenset({"json", "dataframe", "browserstate"})
# Whose arrays are images.
_IMAGES: Final = frozenset(
    {"image", "imageeditor", "imagemask", "sketchpad", "paint", "imageslider", "gallery"}
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a place of an argument takes.

    Attributes:
        shape: the values that it may have.
        component: the class of the parameter's component in lower case, such as "image"; "api" if it has none.
        description: the value in words, "" if there are none.
        props: what /config says of the component; it is asked only if that matters.
        outermost: it is the parameter itself, no part of it.
    """

    shape: Shape
    component: str = "api"
    description: str = ""
    props: Callable[[], Mapping[str, object]] = field(default=dict, repr=False, compare=False)
    outermost: bool = True

    @property
    def words(self) -> str:
        """What it takes, for messages: "str | None", "filepath (Image)"."""
        kind = type_text(self.shape)
        return kind if self.component == "api" else f"{kind} ({self.component})"

    @property
    def takes_images(self) -> bool:
        """It takes files, and those are images."""
        return self.component in _IMAGES and self.takes_file

    @property
    def takes_file(self) -> bool:
        return any(isinstance(member, File) for member in self._members())

    @property
    def takes_json(self) -> bool:
        """It takes any JSON, on purpose."""
        return any(isinstance(member, AnyJson) for member in self._members())

    @property
    def takes_text(self) -> bool:
        return self._takes(Text, "str")

    @property
    def takes_number(self) -> bool:
        return self._takes(Number, "int", "float")

    @property
    def takes_fractions(self) -> bool:
        """It takes numbers that are not whole."""
        numbers = [member for member in self._members() if isinstance(member, Number)]
        return not numbers or not all(number.whole for number in numbers)

    @property
    def takes_list(self) -> bool:
        return self.takes_json or any(isinstance(member, Many | Row) for member in self._members())

    @property
    def takes_object(self) -> bool:
        return self.takes_json or any(isinstance(member, Record) for member in self._members())

    def inside(self, key: str | int) -> Wanted:
        """Return what it takes under a key of an object, or at a place in a list."""
        found = [shape for member in self._members() for shape in _inside(member, key)]
        return replace(self, shape=union(found) if found else Anything(), outermost=False)

    def file_key(self, key: str) -> bool:
        """Tell whether it takes an object that has a file under ``key``, as the entries of a gallery do."""
        return any(
            known.name == key and Wanted(known.shape).takes_file
            for member in self._members()
            if isinstance(member, Record)
            for known in member.fields
        )

    def _takes(self, kind: type[Text | Number], *kinds: Kind) -> bool:
        if self.takes_json:
            return True
        for member in self._members():
            if isinstance(member, kind):
                return True
            if isinstance(member, Choice):
                listed = {*map(kind_of, member.values), *member.others, *member.left_out}
                if not listed.isdisjoint(kinds):
                    return True
        return False

    def _members(self) -> Iterator[Shape]:
        yield from _members(self.shape)


def wanted_by(parameter: Parameter, props: Callable[[], Mapping[str, object]]) -> Wanted:
    """Return what ``parameter`` takes; ``props`` gives what /config says of its component."""
    component = parameter.component.lower() or "api"
    shape = _known(component, read_shape(parameter.schema))
    description = as_text(get_path(parameter.schema, "description")) or parameter.description
    return Wanted(shape, component, description, props)


def _known(component: str, shape: Shape) -> Shape:
    """Return ``shape`` with what is known of Gradio's own components."""
    if component in _JSON:
        return AnyJson()
    if component in FILE_COMPONENTS:
        return union([File(), Many(File())]) if speaks_of_text(shape) else shape
    if isinstance(shape, Anything) and component in _TEXTS:
        return Text()
    if isinstance(shape, Anything) and component in _NUMBERS:
        return Number()
    return shape


def _members(shape: Shape) -> Iterator[Shape]:
    match shape:
        case Union():
            for member in shape.members:
                yield from _members(member)
        case Intersection():
            for part in shape.parts:
                yield from _members(part)
        case _:
            yield shape


def _inside(member: Shape, key: str | int) -> Iterator[Shape]:
    match member, key:
        case AnyJson(), _:
            yield member
        case Many(items=items), int():
            yield items
        case Row(items=items, rest=rest), int():
            if key < len(items):
                yield items[key]
            elif rest is not None:
                yield rest
        case Record(fields=fields, rest=rest), str():
            named = [known.shape for known in fields if known.name == key]
            yield from named
            if not named and rest is not None:
                yield rest
        case _:
            return
