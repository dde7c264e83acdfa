"""Names of Python for what an app calls its endpoints, parameters and results."""

from __future__ import annotations

import keyword
from collections.abc import Container, Sequence
from typing import Final

from gradlink._protocol.names import identifiers

# What a generated module uses by name: no method, field or type of it may hide one of these.
USED: Final = frozenset(
    {
        "Any", "Final", "Literal", "NamedTuple", "NotRequired", "TypeAlias", "TypedDict", "Unpack", "annotations",
        "AsyncTypedClient", "AsyncTypedJob", "TypedClient", "TypedJob", "FileInput", "Options", "APP", "APP_DEFAULT",
        "bool", "dict", "float", "int", "list", "str", "super", "tuple", "None", "True", "False",
    }
)  # fmt: skip
# What a client has besides its endpoints, and what every object has.
OF_CLIENTS: Final = USED | {"client", "close", "with_options"}
OF_TUPLES: Final = USED | {"count", "index"}
OF_ARGUMENTS: Final = frozenset({"self"})


def names(wanted: Sequence[str], taken: Container[str]) -> tuple[str, ...]:
    """Return an identifier for each of ``wanted``, all different and none of ``taken``.

    None begins with an underscore: in a class two of them would change the name, and a tuple's fields have none. A name that
    is taken gets an underscore behind it, one that is there before a number.
    """
    found: list[str] = []
    for place, name in enumerate(identifiers(wanted)):
        public = name.lstrip("_")
        if not public.isidentifier():
            public = f"value_{public or place}"
        if keyword.iskeyword(public) or public in taken:
            public += "_"
        found.append(public)
    return _distinct(found, taken)


def _distinct(found: list[str], taken: Container[str]) -> tuple[str, ...]:
    own = set(found)
    seen: set[str] = set()
    for place, name in enumerate(found):
        unique, number = name, 1
        while unique in seen or (unique != name and (unique in own or unique in taken)):
            number += 1
            unique = f"{name}_{number}"
        seen.add(unique)
        found[place] = unique
    return tuple(found)
