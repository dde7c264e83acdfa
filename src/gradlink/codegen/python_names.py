"""Names of Python for what an app calls its endpoints, parameters and results."""

from __future__ import annotations

import keyword
from collections.abc import Container, Mapping, Sequence
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.names import identifiers
from gradlink.codegen.description import Description
from gradlink.codegen.quoting import name_of

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
# What a title says of an app that has none.
_NO_TITLES: Final = frozenset({"", "Gradio"})


@dataclass(frozen=True, slots=True)
class ModuleNames:
    """How a module of typed clients calls what an app has.

    Attributes:
        client: the class for threads.
        asynchronous: the class for event loops.
        methods: of each endpoint by its own name, the method and its arguments, in the order of the parameters.
    """

    client: str
    asynchronous: str
    methods: Mapping[str, tuple[str, tuple[str, ...]]]

    @property
    def taken(self) -> frozenset[str]:
        """All of these names."""
        inner = (name for method, arguments in self.methods.values() for name in (method, *arguments))
        return frozenset({self.client, self.asynchronous, *inner})


def module_names(description: Description) -> ModuleNames:
    """Return the names of the module for the app that ``description`` describes."""
    functions = description.functions
    methods = names([function.name.lstrip("/") for function in functions], OF_CLIENTS)
    arguments = [names([one.name for one in f.arguments], OF_ARGUMENTS) for f in functions]
    taken = {*USED, *methods, *(name for listed in arguments for name in listed)}
    title = "App" if description.title in _NO_TITLES else description.title
    client = _free(name_of([name_of([title], "App"), "Client"], "Type"), taken)
    asynchronous = _free(name_of(["Async", client], "Type"), {*taken, client})
    found = zip(functions, methods, arguments, strict=True)
    return ModuleNames(client, asynchronous, {f.name: (method, own) for f, method, own in found})


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


def _free(name: str, taken: Container[str]) -> str:
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}{number}"
    return unique


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
