"""Whether one shape takes all that another one takes."""

from __future__ import annotations

from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Field,
    Intersection,
    Kind,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Scalar,
    Shape,
    Text,
    Union,
    kind_of,
)


def contains(outer: Shape, inner: Shape, *, sent: bool) -> bool:
    """Tell whether ``outer`` takes every value of ``inner``; False where that is not known.

    Args:
        sent: the values go to the app, which may refuse keys that it does not know. Otherwise they come from it, with
            all keys that have a default.
    """
    if outer == inner or isinstance(outer, Anything | AnyJson) or isinstance(inner, Never):
        return True
    match inner:
        case Union():
            return all(contains(outer, member, sent=sent) for member in inner.members)
        case Choice():
            kinds = (*inner.others, *inner.left_out)
            return all(_takes(outer, value) for value in inner.values) and all(
                _takes_kind(outer, kind) for kind in kinds
            )
        case _:
            pass
    if isinstance(outer, Union):
        return any(contains(member, inner, sent=sent) for member in outer.members)
    if isinstance(outer, Intersection):
        return all(contains(part, inner, sent=sent) for part in outer.parts)
    return _contains_kind(outer, inner, sent=sent)


def _contains_kind(outer: Shape, inner: Shape, *, sent: bool) -> bool:
    match outer, inner:
        case Number(), Number():
            return (inner.whole or not outer.whole) and _within(inner, outer)
        case Choice(), Boolean():
            return _takes(outer, value=True) and _takes(outer, value=False)
        case Choice(), Null():
            return None in outer.values
        case Many(), Many():
            return contains(outer.items, inner.items, sent=sent)
        case Many(), Row():
            items = [*inner.items, *([] if inner.rest is None else [inner.rest])]
            return all(contains(outer.items, item, sent=sent) for item in items)
        case Row(), Row():
            if len(outer.items) != len(inner.items):
                return False
            pairs = [*zip(outer.items, inner.items, strict=True)]
            if inner.rest is not None:
                pairs.append((outer.rest or Never(), inner.rest))
            return all(contains(one, other, sent=sent) for one, other in pairs)
        case Record(), Record():
            return _contains_record(outer, inner, sent=sent)
        case _:
            return False


def _contains_record(outer: Record, inner: Record, *, sent: bool) -> bool:
    if outer.left_out or inner.left_out:
        return False
    known = {field.name: field for field in outer.fields}
    given = {field.name: field for field in inner.fields}
    for name, field in known.items():
        other = given.get(name)
        if _always(field, sent=sent) and (other is None or not _always(other, sent=sent)):
            return False
        if other is not None and not contains(field.shape, other.shape, sent=sent):
            return False
    others = [field.shape for name, field in given.items() if name not in known]
    if inner.rest is not None:
        others.append(inner.rest)
    if outer.rest is not None:
        return all(contains(outer.rest, other, sent=sent) for other in others)
    # Where nothing is said of other keys, an app that knows some keys may refuse the rest.
    return not (sent and known and others)


def _always(field: Field, *, sent: bool) -> bool:
    return field.required or (not sent and field.has_default)


def _within(inner: Number, outer: Number) -> bool:
    low = outer.minimum is None or (inner.minimum is not None and inner.minimum >= outer.minimum)
    return low and (outer.maximum is None or (inner.maximum is not None and inner.maximum <= outer.maximum))


def _takes(shape: Shape, value: Scalar) -> bool:
    match shape:
        case Union():
            return any(_takes(member, value) for member in shape.members)
        case Choice():
            # 1 and True are equal in Python.
            same = any(one == value and type(one) is type(value) for one in shape.values)
            return same or kind_of(value) in shape.others + shape.left_out
        case Number():
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            whole = isinstance(value, int)
            return (whole or not shape.whole) and _within(Number(whole, value, value), shape)
        case _:
            return _takes_kind(shape, kind_of(value))


def _takes_kind(shape: Shape, kind: Kind) -> bool:
    """Tell whether ``shape`` takes every value of a kind."""
    match shape:
        case Anything() | AnyJson():
            return True
        case Union():
            return any(_takes_kind(member, kind) for member in shape.members)
        case Choice():
            return kind in shape.others + shape.left_out
        case Text():
            return kind == "str"
        case Boolean():
            return kind == "bool"
        case Null():
            return kind == "None"
        case Number():
            unbound = shape.minimum is None and shape.maximum is None
            return unbound and (kind == "int" or (kind == "float" and not shape.whole))
        case _:
            return False
