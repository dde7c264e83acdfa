"""Whether a value fits what an endpoint takes: a text is converted, anything else is checked.

The app's schema says what is wanted; nothing is guessed of a text that a schema wants as a text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeAlias, assert_never, cast

from gradlink._describe.controls import Control
from gradlink._describe.fields import Field
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    File,
    Intersection,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    merged,
)

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_NULL = frozenset({"null", "none"})
_MAX_LISTED = 20
# Makes a file of a text where one is taken. Raises Misfit for a text that means none.
FileOf: TypeAlias = Callable[[str], Any]


class Misfit(Exception):  # noqa: N818  # says what is wrong, and is raised again as a usage error
    """A value is not what the endpoint takes."""


def read(text: str, field: Field, file_of: FileOf) -> Any:
    """Return the value that ``text`` means for a parameter. Raises Misfit if it means none."""
    choices = field.control.choices
    if choices and not field.control.multiple:
        for label, value in choices:
            if text in {_shown(value), label}:
                return value
        if not field.control.custom:
            raise _not_among(text, [_shown(value) for _, value in choices])
        if all(isinstance(value, str) for _, value in choices):
            return text
    return fit(_converted(text, _shape_of(field), file_of), field, file_of)


def fit(value: Any, field: Field, file_of: FileOf) -> Any:
    """Return ``value`` as it is sent, with a file for each text where a file is taken. Raises Misfit for what is not taken."""
    checked: Any = _fitted(value, _shape_of(field), file_of)
    _check_control(checked, field.control)
    return checked


def _shape_of(field: Field) -> Shape:
    """Return the shape of what a parameter takes: where others than the choices are taken, a schema has these alone."""
    return _opened(field.shape) if field.control.custom else field.shape


def _opened(shape: Shape) -> Shape:
    if isinstance(shape, Many):
        return Many(_opened(shape.items))
    return replace(shape, others=(*shape.others, "str")) if isinstance(shape, Choice) else shape


def _check_control(checked: object, control: Control) -> None:
    if control.choices and not control.custom and checked is not None:
        allowed = [value for _, value in control.choices]
        for one in (
            cast("list[object]", checked) if control.multiple and isinstance(checked, list) else [checked]
        ):
            if one not in allowed:
                raise _not_among(_shown(one), [_shown(value) for value in allowed])
    if isinstance(checked, (int, float)) and not isinstance(checked, bool):
        _check_range(checked, control.minimum, control.maximum)


def takes_list(shape: Shape) -> bool:
    """Tell whether a list is taken."""
    return any(isinstance(one, (Many, Row, AnyJson, Anything)) for one in _members(shape))


def takes_file(shape: Shape) -> bool:
    """Tell whether a file is taken, or a list of them."""
    return takes_one_file(shape) or any(
        isinstance(one, Many) and takes_one_file(one.items) for one in _members(shape)
    )


def takes_one_file(shape: Shape) -> bool:
    """Tell whether a single file is taken."""
    return any(isinstance(one, File) for one in _members(shape))


def _members(shape: Shape) -> tuple[Shape, ...]:
    return shape.members if isinstance(shape, Union) else (shape,)


def _converted(text: str, shape: Shape, file_of: FileOf) -> Any:
    match shape:
        case Text() | File():
            return text
        case Boolean():
            return _boolean(text)
        case Number(whole=whole):
            return _number(text, whole=whole)
        case Null():
            if text.lower() not in _NULL and text:
                raise Misfit(f"{text!r} is not null")
            return None
        case Choice(values=values):
            for value in values:
                if text == _shown(value):
                    return value
            if shape.others or shape.left_out:
                return _json_or_text(text)
            raise _not_among(text, map(_shown, values))
        case Many(items=items):
            return _json(text) if text.lstrip().startswith("[") else [_converted(text, items, file_of)]
        case Row():
            return _json(text)
        case Record():
            # A message of gr.MultimodalTextbox is a text with files, mostly without.
            if {field.name for field in shape.fields} >= {"text", "files"} and not text.lstrip().startswith(
                "{"
            ):
                return {"text": text, "files": []}
            return _json(text)
        case Intersection() | AnyJson() | Anything():
            return _json_or_text(text)
        case Union(members=members):
            return _any_of(text, members, file_of)
        case Never():
            raise Misfit("nothing can be given here")
        case _:
            assert_never(shape)


def _any_of(text: str, members: tuple[Shape, ...], file_of: FileOf) -> Any:
    """Convert to the first that fits: what has few values before what has many, texts at the end."""
    misfits: list[str] = []
    for member in sorted(members, key=_rank):
        try:
            return _fitted(_converted(text, member, file_of), member, file_of)
        except Misfit as exc:
            misfits.append(str(exc))
    raise Misfit(", and ".join(dict.fromkeys(misfits)))


def _rank(shape: Shape) -> int:
    match shape:
        case Null():
            return 0
        case Choice() | Boolean():
            return 1
        case Number():
            return 2
        case Record() | Row() | Many() | Intersection():
            return 3
        case File():
            return 4
        case Text() | Never() | Union():
            return 5
        case AnyJson() | Anything():
            return 6
        case _:
            assert_never(shape)


def _fitted(value: Any, shape: Shape, file_of: FileOf) -> Any:
    match shape:
        case Text():
            return _instance(value, str, "a text")
        case Boolean():
            return _instance(value, bool, "true or false")
        case Null():
            if value is not None:
                raise Misfit(f"{_shown(value)} is not null")
            return None
        case Number():
            return _fitted_number(value, shape)
        case Choice(values=values):
            if value not in values and not shape.others and not shape.left_out:
                raise _not_among(_shown(value), map(_shown, values))
            return value
        case Many(items=items):
            return [
                _at(position, one, items, file_of)
                for position, one in enumerate(_instance(value, list, "a list"))
            ]
        case Row():
            return _fitted_row(_instance(value, list, "a list"), shape, file_of)
        case Record():
            return _fitted_record(_instance(value, dict, "an object"), shape, file_of)
        case File():
            return _file(value, file_of)
        case Union(members=members):
            return _fits_any(value, members, file_of)
        case Intersection(parts=parts):
            whole = merged(parts)
            return value if whole is None else _fitted(value, whole, file_of)
        case AnyJson() | Anything():
            return value
        case Never():
            raise Misfit("nothing can be given here")
        case _:
            assert_never(shape)


def _fits_any(value: Any, members: tuple[Shape, ...], file_of: FileOf) -> Any:
    misfits: list[str] = []
    for member in members:
        try:
            return _fitted(value, member, file_of)
        except Misfit as exc:
            misfits.append(str(exc))
    raise Misfit(", and ".join(dict.fromkeys(misfits)))


def _fitted_number(value: Any, shape: Number) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Misfit(f"{_shown(value)} is not a number")
    if shape.whole and isinstance(value, float) and not value.is_integer():
        raise Misfit(f"{_shown(value)} is not a whole number")
    _check_range(value, shape.minimum, shape.maximum)
    return value


def _fitted_row(values: list[Any], shape: Row, file_of: FileOf) -> list[Any]:
    if len(values) < len(shape.items):
        raise Misfit(f"{_shown(values)} has {len(values)} items of {len(shape.items)}")
    shapes: list[Shape] = [*shape.items, *[shape.rest or Anything()] * (len(values) - len(shape.items))]
    return [
        _at(position, one, part, file_of)
        for position, (one, part) in enumerate(zip(values, shapes, strict=True))
    ]


def _fitted_record(value: dict[str, Any], shape: Record, file_of: FileOf) -> dict[str, Any]:
    known = {field.name: field for field in shape.fields}
    fitted: dict[str, Any] = {}
    for name, one in value.items():
        if name in known:
            fitted[name] = _at(name, one, known[name].shape, file_of)
        elif isinstance(shape.rest, Never) and not shape.left_out:
            raise Misfit(f"the key {name!r} is unknown; the keys are {', '.join(list(known)[:_MAX_LISTED])}")
        else:
            fitted[name] = one if shape.rest is None else _at(name, one, shape.rest, file_of)
    missing = [name for name, field in known.items() if field.required and name not in value]
    if missing:
        raise Misfit(f"the key {missing[0]!r} is missing")
    return fitted


def _at(place: str | int, value: Any, shape: Shape, file_of: FileOf) -> Any:
    try:
        return _fitted(value, shape, file_of)
    except Misfit as exc:
        raise Misfit(f"[{place!r}]: {exc}") from exc


def _file(value: Any, file_of: FileOf) -> Any:
    if isinstance(value, str):
        return file_of(value)
    if isinstance(value, (int, float, list)) or value is None:
        raise Misfit(f"{_shown(value)} is not a file")
    # A file already, or nothing that this could tell anything of.
    return value


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise Misfit(f"{text!r} is neither true nor false")


def _number(text: str, *, whole: bool) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misfit(f"{text!r} is not a {'whole ' if whole else ''}number")
    return number


def _check_range(value: float, minimum: float | None, maximum: float | None) -> None:
    if minimum is not None and value < minimum:
        raise Misfit(f"{value:g} is less than the minimum, {minimum:g}")
    if maximum is not None and value > maximum:
        raise Misfit(f"{value:g} is more than the maximum, {maximum:g}")


def _instance(value: Any, kind: type, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise Misfit(f"{_shown(value)} is not {wanted}")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise Misfit(f"not JSON, which is wanted here: {text[:80]!r}") from exc


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _not_among(text: str, allowed: Iterable[str]) -> Misfit:
    known = list(allowed)
    close = get_close_matches(text, known, n=1)
    hint = f"; did you mean {close[0]!r}? They are" if close else ""
    more = f", … {len(known) - _MAX_LISTED} more" if len(known) > _MAX_LISTED else ""
    return Misfit(f"{text!r} is not one of the choices{hint}: {', '.join(known[:_MAX_LISTED])}{more}")
