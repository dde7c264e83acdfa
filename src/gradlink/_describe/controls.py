"""What the components of an app let a caller choose: choices, ranges, kinds of files.

Wire: ``components[].props`` of /config, which the schemas of /info leave out in part: the bounds of a slider, the labels
of choices, the suffixes that a file may have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import (
    JSONObject,
    JSONValue,
    as_list,
    as_number,
    as_object,
    as_text,
)
from gradlink._protocol.schema import Endpoint, input_components

Labelled: TypeAlias = "tuple[str, JSONValue]"

_CHOOSING: Final = frozenset({"dropdown", "radio", "checkboxgroup"})
_MEASURING: Final = frozenset({"slider", "number"})
_MAX_CHOICES: Final = 10_000
_MAX_FILE_TYPES: Final = 100


@dataclass(frozen=True, slots=True)
class Control:
    """What a component of the app's page lets its user do with a parameter.

    Attributes:
        choices: label and value of each thing that can be chosen; none where anything can be given.
        custom: values that are not among the choices are taken, too.
        multiple: several choices make a list.
        minimum: the least number, None for no bound.
        maximum: the greatest number, None for no bound.
        step: the distance of the numbers that the page offers, None for any.
        file_types: suffixes and kinds of files that are taken, such as ".txt" or "image"; none for all.
        info: what the page says below the label, "" for nothing.
    """

    choices: tuple[Labelled, ...] = ()
    custom: bool = False
    multiple: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    file_types: tuple[str, ...] = ()
    info: str = ""


def controls(config: JSONObject, endpoint: Endpoint) -> tuple[Control, ...]:
    """Return the control of each parameter of ``endpoint``; an empty one for a parameter without a component."""
    components = input_components(config, endpoint.fn_index)
    return tuple(
        _control(components[parameter.slot] if parameter.slot < len(components) else {})
        for parameter in endpoint.parameters
    )


def _control(component: Mapping[str, JSONValue]) -> Control:
    kind = as_text(component.get("type"))
    props = as_object(component.get("props"))
    info = as_text(props.get("info")) or ""
    if kind in _CHOOSING:
        return Control(
            choices=_choices(as_list(props.get("choices"))),
            custom=props.get("allow_custom_value") is True,
            multiple=kind == "checkboxgroup" or props.get("multiselect") is True,
            info=info,
        )
    if kind in _MEASURING:
        return Control(
            minimum=_bound(props.get("minimum")),
            maximum=_bound(props.get("maximum")),
            step=_bound(props.get("step")) or None,
            info=info,
        )
    types = [text for kind in as_list(props.get("file_types"))[:_MAX_FILE_TYPES] if (text := as_text(kind))]
    return Control(
        file_types=tuple(types), multiple=props.get("file_count") in {"multiple", "directory"}, info=info
    )


def _choices(listed: list[JSONValue]) -> tuple[Labelled, ...]:
    """Return label and value of each choice: pairs since 4.0, the value alone before."""
    pairs: list[Labelled] = []
    for choice in listed[:_MAX_CHOICES]:
        pair = as_list(choice)
        value = pair[1] if len(pair) == 2 else choice
        label = as_text(pair[0]) if len(pair) == 2 else None
        pairs.append((str(value) if label is None else label, value))
    return tuple(pairs)


def _bound(value: JSONValue) -> float | None:
    number = as_number(value)
    return number if number is not None and math.isfinite(number) and not isinstance(number, bool) else None
