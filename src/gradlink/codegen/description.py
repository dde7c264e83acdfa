"""What a module is generated from: the public endpoints of an app, as far as its callers notice them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._describe.controls import Control, controls
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Choice,
    Many,
    Null,
    Number,
    Scalar,
    Shape,
    Text,
    Union,
    kind_of,
    union,
)
from gradlink._describe.signature import default_text, parameter_note, plain_text
from gradlink._describe.taken import STATED, returned_shape, taken_shape
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object, as_text, get_path
from gradlink._protocol.schema import AppSchema, Endpoint, Parameter
from gradlink.codegen.shape_json import bare

_MAX_TEXT: Final = 2_000
# A longer default is the content of a table or a conversation: only whether it has changed is of interest.
_MAX_DEFAULT: Final = 200
_MAX_CHOICES: Final = 200
_MAX_CHOICE: Final = 200


@dataclass(frozen=True, slots=True)
class Value:
    """A value that an endpoint returns, under the label of its component."""

    label: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Given:
    """What a parameter is if it is left out.

    Attributes:
        value: that, unless it is long.
        digest: stands for a long one, "" for any other.
    """

    value: JSONValue = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter.

    Attributes:
        name: as the app has it.
        shape: what it may be.
        default: None if it must be given.
        text: what the app says about it, in lines.
    """

    name: str
    shape: Shape
    default: Given | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """An endpoint.

    Attributes:
        name: with its slash.
        text: what its author wrote about it.
        streams: it brings several values, one after the other.
    """

    name: str
    arguments: tuple[Argument, ...] = ()
    values: tuple[Value, ...] = ()
    streams: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """The public named endpoints of an app, by name in their order."""

    title: str
    version: str
    functions: tuple[Function, ...] = ()


def describe_app(schema: AppSchema) -> Description:
    """Return what callers of the app that ``schema`` describes can notice of it."""
    endpoints = [
        e for e in schema.endpoints.values() if e.api_name and e.callable and e.visibility == "public"
    ]
    named = {e.api_name or "": e for e in reversed(endpoints)}  # the first of several with one name wins
    return Description(
        title=_text(as_text(schema.config.get("title")) or ""),
        version=_text(str(schema.version)),
        functions=tuple(_function(schema, name, named[name]) for name in sorted(named)),
    )


def _function(schema: AppSchema, name: str, endpoint: Endpoint) -> Function:
    found = zip(endpoint.parameters, controls(schema.config, endpoint), strict=True)
    arguments: dict[str, Argument] = {}
    for parameter, control in found:
        # Of several with one name the first can be given by it.
        arguments.setdefault(parameter.name, argument_of(parameter, control))
    # Where nobody can know whether a function streams, most do not.
    streams = endpoint.generator and schema.dialect.tells_generators
    return Function(
        name, tuple(arguments.values()), values_of(endpoint), streams, _text(endpoint.description)
    )


def values_of(endpoint: Endpoint) -> tuple[Value, ...]:
    """Return the values that ``endpoint`` returns, without those that callers do not see."""
    components = endpoint.shown(endpoint.output_types)
    returns = [as_object(entry) for entry in as_list(get_path(endpoint.info, "returns"))]
    return tuple(
        _value(entry, components[place] if place < len(components) else "")
        for place, entry in enumerate(returns[: len(components)] if components else returns)
    )


def argument_of(parameter: Parameter, control: Control) -> Argument:
    """Return what callers give for ``parameter``, as ``control`` lets the user of the app's page choose it."""
    shape = bare(_controlled(taken_shape(parameter, multiple=control.multiple), control))
    default = _given(parameter.default) if parameter.has_default else None
    if default is not None and parameter.default is None and not _takes_none(shape):
        shape = union([shape, Null()])
    label = parameter.label if parameter.label.lower() != parameter.name.lower() else ""
    said = [
        _sentence(label),
        _sentence(control.info),
        parameter_note(parameter.description),
        *_hints(control, shape, parameter),
    ]
    return Argument(parameter.name, shape, default, _text("\n".join(filter(None, said))))


def _value(entry: JSONObject, component: str) -> Value:
    return Value(_text(as_text(entry.get("label")) or ""), bare(returned_shape(entry, component)))


def _controlled(shape: Shape, control: Control) -> Shape:
    """Return ``shape`` as the app's page restricts it, or widens it by values that its user may write."""
    if control.custom:
        return _relaxed(shape)
    if control.choices and (chosen := _choice(control)) is not None:
        return _chosen(shape, chosen, multiple=control.multiple)
    if isinstance(shape, Number):
        return replace(
            shape,
            minimum=control.minimum if shape.minimum is None else shape.minimum,
            maximum=control.maximum if shape.maximum is None else shape.maximum,
        )
    return shape


def _choice(control: Control) -> Choice | None:
    """Return what can be chosen; None if that is too much to write down."""
    values: list[Scalar] = []
    for _, value in control.choices:
        if isinstance(value, (list, dict)) or (isinstance(value, str) and len(value) > _MAX_CHOICE):
            return None
        values.append(value)
    distinct = {repr(value): value for value in values}
    return Choice(tuple(distinct.values())) if len(distinct) <= _MAX_CHOICES else None


def _chosen(shape: Shape, chosen: Choice, *, multiple: bool) -> Shape:
    """Put the choices where the schema has a mere text or nothing."""
    match shape:
        case Many():
            return Many(_chosen(shape.items, chosen, multiple=False))
        case Union():
            return union(_chosen(member, chosen, multiple=multiple) for member in shape.members)
        case Text() | Anything():
            return Many(chosen) if multiple else chosen
        case _:
            return shape


def _relaxed(shape: Shape) -> Shape:
    match shape:
        case Many():
            return Many(_relaxed(shape.items))
        case Union():
            return union(map(_relaxed, shape.members))
        case Choice():
            kinds = dict.fromkeys(map(kind_of, shape.values))
            members = [STATED.get(kind, Null() if kind == "None" else Anything()) for kind in kinds]
            return union([Text(), *(member for member in members if not isinstance(member, Text))])
        case _:
            return shape


def _takes_none(shape: Shape) -> bool:
    match shape:
        case Union():
            return any(map(_takes_none, shape.members))
        case Choice():
            return None in shape.values
        case _:
            return isinstance(shape, Null | Anything | AnyJson)


def _hints(control: Control, shape: Shape, parameter: Parameter) -> list[str]:
    """Return what the page says of the values in no other way than by what it offers."""
    hints: list[str] = []
    if isinstance(shape, Number):
        low, high = shape.minimum, shape.maximum
        if low is not None and high is not None:
            hints.append(f"From {low:g} to {high:g}.")
        elif low is not None or high is not None:
            hints.append(f"At least {low:g}." if high is None else f"At most {high:g}.")
        if control.step is not None:
            hints.append(f"In steps of {control.step:g}.")
    if control.custom and control.choices:
        hints.append(f"Such as {', '.join(repr(value) for _, value in control.choices[:5])[:_MAX_CHOICE]}.")
    if control.file_types:
        hints.append(f"Files: {', '.join(control.file_types)[:_MAX_CHOICE]}.")
    if parameter.has_default and parameter.default is not None and not _is_scalar(parameter.default):
        hints.append(f"Left out: {default_text(parameter.default)}.")
    return hints


def _is_scalar(value: JSONValue) -> bool:
    return not isinstance(value, (list, dict))


def _given(default: JSONValue) -> Given:
    try:
        text = json.dumps(default, sort_keys=True)
    except RecursionError:
        return Given(digest="deep")
    if len(text) <= _MAX_DEFAULT:
        return Given(default)
    return Given(digest=hashlib.sha256(text.encode()).hexdigest()[:16])


def _sentence(text: str) -> str:
    text = plain_text(text)
    return text if not text or text[-1] in ".!?:" else f"{text}."


def _text(text: str) -> str:
    return plain_text(text[:_MAX_TEXT])
