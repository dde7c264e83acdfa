"""``dataclass`` as in the standard library, with methods that are made when they are first used.

Importing the client makes a hundred dataclasses, of which a first call makes objects of less than half; the standard library
compiles six methods for each of them.
"""

from __future__ import annotations

import sys
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from dataclasses import dataclass as stdlib_dataclass
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, cast

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> type | Callable[[type], type]:
        """Make a class a dataclass, as the standard library does with the same arguments."""

        def make(cls: type) -> type:
            # The standard library's own where methods are inherited from a dataclass, or instances have a __dict__.
            if not slots or any(is_dataclass(base) for base in cls.__mro__):
                return stdlib_dataclass(cls, frozen=frozen, slots=slots, eq=eq)
            return _made(cls, frozen=frozen, eq=eq)

        return make if cls is None else make(cls)


def _made(cls: Any, *, frozen: bool, eq: bool) -> Any:
    written = set(cls.__dict__)
    # A class with an __eq__ of its own has None here unless it says otherwise.
    hashes = cls.__dict__.get("__hash__") is not None
    bare = cast("Callable[[Any], Any]", stdlib_dataclass(init=False, repr=False, eq=False, slots=True))
    made = bare(cls)
    methods: dict[str, Any] = {"__init__": _Init(made), "__repr__": _repr}
    if eq:
        methods["__eq__"] = _equality(made)
        if not hashes:
            made.__hash__ = _hash(made) if frozen else None
    if frozen:
        methods["__setattr__"], methods["__delattr__"] = _refusals(made)
        methods |= {"__getstate__": _getstate, "__setstate__": _setstate}
    for name in methods.keys() - written:
        setattr(made, name, methods[name])
    params = made.__dataclass_params__
    params.init, params.repr, params.eq, params.frozen = True, True, eq, frozen
    return made


class _MadeEachTime:
    """What a signature shows as the default of a field that is made anew for each object."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE_EACH_TIME = _MadeEachTime()


class _Init:
    """What stands for ``__init__`` until somebody asks for it."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def __get__(self, instance: object, owner: object) -> Any:
        init = _init(self._owner)
        self._owner.__init__ = init
        return init if instance is None else init.__get__(instance)


def _init(owner: Any) -> Any:
    known: dict[str, object] = {"MISSING": _MADE_EACH_TIME}
    parameters: list[str] = ["self"]
    body: list[str] = []
    for each in fields(owner):
        name, value = each.name, each.name
        known[f"set_{name}"] = getattr(owner, name).__set__
        if each.default_factory is not MISSING:
            known[f"make_{name}"] = each.default_factory
            value = f"make_{name}() if {name} is MISSING else {name}" if each.init else f"make_{name}()"
            parameters += [f"{name}=MISSING"] * each.init
        elif each.default is not MISSING:
            known[f"default_{name}"] = each.default
            value = name if each.init else f"default_{name}"
            parameters += [f"{name}=default_{name}"] * each.init
        elif each.init:
            parameters.append(name)
        else:
            continue
        body.append(f"  set_{name}(self, {value})")
    if hasattr(owner, "__post_init__"):
        body.append("  self.__post_init__()")
    lines = [
        f"def make({', '.join(known)}):",
        f" def __init__({', '.join(parameters)}):",
        *body,
        "  return None",
    ]
    made: dict[str, Any] = {}
    exec("\n".join([*lines, " return __init__"]), vars(sys.modules[owner.__module__]), made)  # noqa: S102
    init = made["make"](**known)
    init.__qualname__ = f"{owner.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.type for each in fields(owner) if each.init} | {"return": None}
    return init


def _key(cls: Any) -> Callable[[Any], object]:
    names = [each.name for each in fields(cls) if each.compare]
    return attrgetter(*names) if names else lambda _: None


def _equality(cls: Any) -> Callable[[Any, object], bool]:
    key = _key(cls)

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(cls: Any) -> Callable[[Any], int]:
    key = _key(cls)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(key(self))

    return __hash__


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refusals(cls: Any) -> tuple[Callable[[Any, str, object], None], Callable[[Any, str], None]]:
    names = {each.name for each in fields(cls)}

    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        cast("Any", super(cls, self)).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        cast("Any", super(cls, self)).__delattr__(name)

    return __setattr__, __delattr__


def _getstate(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]


def _setstate(self: Any, state: list[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        # Past the class's own __setattr__, which refuses.
        object.__setattr__(self, each.name, value)
