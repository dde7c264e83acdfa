"""What has changed between two descriptions of an app, and what of it breaks callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias, TypeVar

from gradlink._dataclass import dataclass
from gradlink._describe.shapes import Choice, Many, Number, Scalar, Shape, Union
from gradlink._describe.signature import default_text
from gradlink._describe.typehints import type_text
from gradlink._protocol.jsonvalue import shortened
from gradlink.codegen.containing import contains
from gradlink.codegen.description import Argument, Description, Function, Given

T = TypeVar("T", Function, Argument)

Kind: TypeAlias = Literal[
    "endpoint gone", "endpoint new", "parameter gone", "parameter new", "type", "choice gone", "choice new",
    "range", "default gone", "default new", "default changed", "returns", "streams", "text",
]  # fmt: skip
# Names that have less in common are not the same thing under another one.
_ALIKE: Final = 0.6
_MAX_TYPE: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now.

    Attributes:
        breaking: a call that the module makes may fail, or its result may be another one than it says.
        endpoint: its name, with the slash.
        parameter: the app's name of it, "" if the change is of the endpoint.
        text: what has changed, in a clause whose subject is the parameter or the endpoint.
    """

    breaking: bool
    kind: Kind
    endpoint: str
    parameter: str
    text: str


def drift(before: Description, now: Description) -> list[Change]:
    """Return what is different in ``now``, the breaking changes first; titles and versions are not compared."""
    old = {function.name: function for function in before.functions}
    new = {function.name: function for function in now.functions}
    changes = [*_endpoints(old, new)]
    for name, function in old.items():
        if name in new:
            changes += _function(function, new[name])
    return sorted(changes, key=lambda change: not change.breaking)


def _endpoints(old: Mapping[str, Function], new: Mapping[str, Function]) -> Iterator[Change]:
    gone = [function for name, function in old.items() if name not in new]
    added = [function for name, function in new.items() if name not in old]
    for function in gone:
        hint = _renamed(function, gone, added)
        yield Change(True, "endpoint gone", function.name, "", f"is gone{hint}")
    for function in added:
        yield Change(False, "endpoint new", function.name, "", "is new")


def _function(old: Function, new: Function) -> Iterator[Change]:
    if old.streams != new.streams:
        text = "streams now" if new.streams else "does not stream any more"
        yield Change(True, "streams", old.name, "", text)
    yield from _arguments(old, new)
    yield from _results(old, new)
    if old.text != new.text:
        yield Change(False, "text", old.name, "", "is described in other words")


def _arguments(old: Function, new: Function) -> Iterator[Change]:
    before = {argument.name: argument for argument in old.arguments}
    now = {argument.name: argument for argument in new.arguments}
    gone = [argument for name, argument in before.items() if name not in now]
    added = [argument for name, argument in now.items() if name not in before]
    for argument in gone:
        hint = _renamed(argument, gone, added)
        yield Change(True, "parameter gone", old.name, argument.name, f"is gone{hint}")
    for argument in added:
        required = argument.default is None
        text = "is a new required parameter" if required else "is a new parameter that may be left out"
        yield Change(required, "parameter new", old.name, argument.name, text)
    for name, argument in before.items():
        if name in now:
            yield from _argument(old.name, argument, now[name])


def _argument(endpoint: str, old: Argument, new: Argument) -> Iterator[Change]:
    found = False
    for breaking, kind, text in [*_taken(old.shape, new.shape), *_defaults(old.default, new.default)]:
        found = True
        yield Change(breaking, kind, endpoint, old.name, text)
    # What is said of a range or a default changes with it.
    if old.text != new.text and not found:
        yield Change(False, "text", endpoint, old.name, "is described in other words")


def _taken(old: Shape, new: Shape) -> Iterator[tuple[bool, Kind, str]]:
    """Yield how what may be given has changed."""
    if old == new:
        return
    before, now = _choices(old), _choices(new)
    if before is not None and now is not None:
        gone = [text for text in before if text not in now]
        added = [text for text in now if text not in before]
        if gone:
            yield True, "choice gone", f"has no choice {shortened(gone)} any more"
        if added:
            yield False, "choice new", f"has a new choice: {shortened(added)}"
        if gone or added:
            return
    numbers = isinstance(old, Number) and isinstance(new, Number) and old.whole == new.whole
    kind: Kind = "range" if numbers else "type"
    if isinstance(old, Number) and isinstance(new, Number) and numbers:
        text = f"takes numbers {_range(new)} now, not {_range(old)}"
    else:
        text = f"takes {_type(new)} now, not {_type(old)}"
    if contains(new, old, sent=True):
        yield False, kind, f"{text}, which includes it"
    else:
        yield True, kind, text


def _defaults(old: Given | None, new: Given | None) -> Iterator[tuple[bool, Kind, str]]:
    if old == new and repr(old) == repr(new):  # 1, 1.0 and True are equal in Python
        return
    if new is None:
        yield True, "default gone", "must be given now"
    elif old is None:
        yield False, "default new", "may be left out now"
    else:
        yield False, "default changed", f"is {_given(new)} now if it is left out, not {_given(old)}"


def _results(old: Function, new: Function) -> Iterator[Change]:
    if len(old.values) != len(new.values):
        text = f"returns {len(new.values)} values now, not {len(old.values)}"
        yield Change(True, "returns", old.name, "", text)
        return
    for place, (before, now) in enumerate(zip(old.values, new.values, strict=True)):
        which = f"value {place + 1} ({before.label})" if len(old.values) > 1 else "its value"
        if before.shape != now.shape:
            narrower = contains(before.shape, now.shape, sent=False)
            more = ", which is less than that" if narrower else ""
            text = f"returns {_type(now.shape)} now as {which}, not {_type(before.shape)}{more}"
            yield Change(not narrower, "returns", old.name, "", text)
        elif before.label != now.label:
            yield Change(False, "text", old.name, "", f"calls {which} {now.label} now")


def _renamed(gone: T, all_gone: list[T], added: list[T]) -> str:
    """Return a question, if something that is new may be what is gone."""
    alike = [(_likeness(gone, one), one) for one in added]
    likeness, best = max(alike, key=lambda pair: pair[0], default=(0.0, gone))
    alone = len(all_gone) == len(added) == 1
    return f"; renamed to {best.name}?" if likeness >= _ALIKE or (alone and _same(gone, best)) else ""


def _likeness(one: Function | Argument, other: Function | Argument) -> float:
    # The whole of a long name is no longer alike than its beginning, and takes quadratic time.
    return SequenceMatcher(None, one.name[:100].lower(), other.name[:100].lower()).ratio()


def _same(one: Function | Argument, other: Function | Argument) -> bool:
    """Tell whether two things are the same but for their names."""
    if isinstance(one, Function) and isinstance(other, Function):
        return [a.name for a in one.arguments] == [a.name for a in other.arguments] and [
            v.shape for v in one.values
        ] == [v.shape for v in other.values]
    return isinstance(one, Argument) and isinstance(other, Argument) and one.shape == other.shape


def _choices(shape: Shape) -> list[str] | None:
    """Return the choices of a shape that has nothing else but a list of them, or None beside them."""
    match shape:
        case Choice(others=(), left_out=()):
            return _written(shape.values)
        case Many():
            inner = _choices(shape.items)
            return None if inner is None else [f"{text} in a list" for text in inner]
        case Union(members=(Choice() as choice, other)) | Union(members=(other, Choice() as choice)):
            return _written([*choice.values, *([None] if type_text(other) == "None" else [])])
        case _:
            return None


def _written(values: Iterable[Scalar]) -> list[str]:
    return list(map(repr, values))


def _range(number: Number) -> str:
    low, high = number.minimum, number.maximum
    if low is None and high is None:
        return "of any size"
    if low is None:
        return f"up to {high:g}"
    return f"from {low:g}" if high is None else f"from {low:g} to {high:g}"


def _type(shape: Shape) -> str:
    text = type_text(shape)
    return text if len(text) <= _MAX_TYPE else f"{text[:_MAX_TYPE]}..."


def _given(default: Given) -> str:
    return "another long value" if default.digest else default_text(default.value)
