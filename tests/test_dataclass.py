"""The package's dataclasses do what the standard library's do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
import subprocess
import sys
import threading
import typing
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._dataclass import dataclass as late

Maker = Callable[..., Any]

SHAPES = """
@dataclass(frozen=True, slots=True)
class Point:
    '''A point.'''

    x: int
    y: "int | None" = None
    tags: list[str] = field(default_factory=list)
    hidden: str = field(default="h", repr=False, compare=False)
    late: int = field(init=False, default=4)
    later: list[int] = field(init=False, default_factory=list)

@dataclass(frozen=True, slots=True)
class Pair:
    x: int
    y: "int | None" = None
    tags: list[str] = field(default_factory=list)

@dataclass(frozen=True, slots=True)
class Empty:
    pass

@dataclass(frozen=True, slots=True)
class One:
    x: object

    def __repr__(self):
        return f"<{self.x}>"

    def __eq__(self, other):
        return True

@dataclass(frozen=True, slots=True)
class Hashed:
    x: int

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 3

@dataclass(slots=True)
class Board:
    x: int
    y: int = 0

    def __post_init__(self):
        self.y += self.x

@dataclass(frozen=True, slots=True)
class Checked:
    x: int

    def __post_init__(self):
        if self.x < 0:
            raise ValueError("below 0")

@dataclass(slots=True, eq=False)
class Kept:
    x: int

@dataclass
class Open:
    x: int = 1

@dataclass(frozen=True)
class Fixed:
    x: int = 1

@dataclass(frozen=True, slots=True)
class Wider(Point):
    z: int = 9

class Child(Point):
    pass

@dataclass(frozen=True, slots=True)
class Own:
    x: int

    def __init__(self):
        object.__setattr__(self, "x", 7)

    def __getstate__(self):
        return [8]
"""


def module(dataclass: Maker, name: str) -> Any:
    made = ModuleType(name)
    sys.modules[name] = made
    vars(made).update(dataclass=dataclass, field=dataclasses.field)
    exec(f"from __future__ import annotations\n{SHAPES}", vars(made))  # noqa: S102
    return made


THEIRS, OURS = module(dataclasses.dataclass, "shapes_theirs"), module(late, "shapes_ours")
NAMES = re.findall(r"^class (\w+)", SHAPES, re.MULTILINE)


def told(act: Callable[[], object]) -> object:
    """What it returns, in words, or what it raises."""
    try:
        return act()
    except Exception as error:
        return type(error).__name__, str(error).replace("shapes_ours", "shapes_theirs")


def changed(made: object, name: str) -> list[object]:
    return [told(lambda: setattr(made, name, 5)), told(lambda: delattr(made, name))]


VALUES: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(st.integers(), st.none(), st.text(), st.just([])), max_size=5
)
KEYWORDS = st.dictionaries(st.sampled_from(["x", "y", "tags", "hidden", "late", "z", "no"]), st.integers())


@given(st.sampled_from(NAMES), VALUES, KEYWORDS, VALUES)
def test_objects_are_made_shown_compared_and_copied_as_the_standard_librarys(
    name: str, args: list[Any], kwargs: dict[str, Any], others: list[Any]
) -> None:
    def acts(shapes: Any) -> list[object]:
        cls = getattr(shapes, name)
        made = told(lambda: cls(*args, **kwargs))
        if isinstance(made, tuple):
            return [made]
        other = told(lambda: cls(*others))
        return [
            repr(made),
            made == other,
            made == cls(*args, **kwargs),
            made != other,
            told(lambda: hash(made) == hash(cls(*args, **kwargs))),
            dataclasses.asdict(typing.cast("Any", made)),
            repr(copy.copy(made)),
            repr(copy.deepcopy(made)),
            told(lambda: repr(pickle.loads(pickle.dumps(made)))),  # noqa: S301
            told(lambda: repr(dataclasses.replace(typing.cast("Any", made), x=1))),
            *(changed(made, field.name) for field in dataclasses.fields(typing.cast("Any", made))),
            told(lambda: repr(made)),
        ]

    assert acts(OURS) == acts(THEIRS)


@pytest.mark.parametrize("name", NAMES)
def test_classes_look_as_the_standard_librarys(name: str) -> None:
    theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert typing.get_type_hints(ours.__init__) == typing.get_type_hints(theirs.__init__)
    assert ours.__init__.__qualname__ == theirs.__init__.__qualname__
    assert ours.__match_args__ == theirs.__match_args__
    assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)
    assert [repr(each) for each in dataclasses.fields(ours)] == [
        repr(each) for each in dataclasses.fields(theirs)
    ]
    assert getattr(ours, "__slots__", None) == getattr(theirs, "__slots__", None)
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)


def test_a_value_that_holds_itself_is_shown() -> None:
    made = OURS.Board(1)
    made.y = made
    assert repr(made) == "Board(x=1, y=...)"


def test_a_users_class_may_be_a_dataclass_of_ours() -> None:
    @dataclasses.dataclass(frozen=True)
    class Named(OURS.Pair):  # type: ignore[misc,name-defined]
        name: str = "a"

    assert repr(Named(1)).endswith("Named(x=1, y=None, tags=[], name='a')")


def test_a_child_may_have_what_its_parent_has_not() -> None:
    child = OURS.Child(1)
    child.own = 2
    del child.own
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        child.x = 2
    assert child.x == 1


def test_threads_that_make_the_first_object_together_all_get_one() -> None:
    fresh = module(late, "shapes_threads")
    gate = threading.Barrier(8)
    made: list[object] = []

    def make() -> None:
        gate.wait(30)
        made.append(fresh.Point(1, 2))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == [fresh.Point(1, 2)] * 8


@pytest.mark.live
def test_importing_the_client_makes_no_methods() -> None:
    program = """
import sys
from gradlink import Client
from gradlink._dataclass import _Init
own = [module for name, module in sys.modules.items() if name.startswith("gradlink.")]
classes = {each for module in own for each in vars(module).values() if isinstance(each, type)}
made = {each for each in classes if "__dataclass_fields__" in vars(each)}
late = {each for each in made if isinstance(vars(each)["__init__"], _Init)}
print(len(late), *sorted(each.__name__ for each in made - late))
"""
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    late, *rest = printed.split()
    assert int(late) > 60
    # Defaults of arguments, and what others inherit from.
    assert len(rest) < 10, rest
