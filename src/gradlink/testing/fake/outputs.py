"""What a script gives, as the values of its endpoint's outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradlink._protocol.jsonvalue import JSONValue
from gradlink.testing.fake.endpoint import FakeEndpoint, as_tuple, is_function
from gradlink.testing.fake.files import checked
from gradlink.testing.fake.script import Happening, Hold, Queued, Script, Stream


class WrongResultError(Exception):
    """What was given is nothing that the endpoint can give; the text says why, and is shown to the caller."""


def outputs_of(endpoint: FakeEndpoint, value: object, sent: Callable[[object], JSONValue]) -> list[JSONValue]:
    """Return the values of the outputs, each made by ``sent``.

    Raises WrongResultError if there are too few or too many, or if one is neither JSON nor a file.
    """
    count = len(endpoint.outputs)
    values: tuple[object, ...] = (value,)
    if count == 1:
        is_several: bool = isinstance(value, tuple)
        if is_several and not endpoint.declared:
            kinds = ", ".join(type(item).__name__ for item in as_tuple(value))
            raise WrongResultError(
                "it gave a tuple, and does not say that it has several outputs; annotate it, as with "
                f"'-> tuple[{kinds}]', or give a list for one output"
            )
    elif count == 0 and value is None:
        values = ()
    else:
        values = as_tuple(value, (tuple, list))
        if len(values) != count:
            raise WrongResultError(f"it has {count} outputs, and gave {value!r}")
    try:
        return [sent(one) for one in values]
    except TypeError as exc:
        raise WrongResultError(str(exc)) from exc


def check_script(endpoint: FakeEndpoint, script: Any = None) -> None:
    """Raise WrongResultError if the script of an endpoint, as far as it is known before it is called, cannot be played."""
    script = endpoint.script if script is None else script
    match script:
        case Queued(then=then):
            if then is not None:
                check_script(endpoint, then)
        case Stream(items=items):
            for item in items:
                check_item(item)
                if not isinstance(item, Happening | Hold | BaseException):
                    outputs_of(endpoint, item, checked)
        case BaseException():
            pass
        case _ if not is_function(script):
            outputs_of(endpoint, script, checked)
        case _:
            pass


def check_item(item: object) -> None:
    """Raise WrongResultError for what cannot stand in a stream."""
    if isinstance(item, Script):
        raise WrongResultError(f"{type(item).__name__.lower()}() cannot stand inside of a stream")


def edits(old: JSONValue, new: JSONValue) -> JSONValue:
    """Return what leads from one value of an output to the next, as the wire has it."""
    if type(old) is type(new) and old == new:
        return []
    if isinstance(old, str) and isinstance(new, str) and old and new.startswith(old):
        return [["append", [], new[len(old) :]]]
    return [["replace", [], new]]
