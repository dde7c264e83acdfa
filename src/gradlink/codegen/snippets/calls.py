"""A call of an endpoint as it is to be written down: which app, which endpoint, which values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.schema import Endpoint


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the machine that the program runs on.

    Attributes:
        path: as the program names it.
    """

    path: str


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file that the app fetches from an address."""

    url: str


@dataclass(frozen=True, slots=True)
class Variable:
    """What a line before has got.

    Attributes:
        name: an identifier of both Python and JavaScript.
        keys: where it is in the variable's value.
        file: it is a file that an endpoint has returned, and is to be sent.
    """

    name: str
    keys: tuple[str | int, ...] = ()
    file: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """What must not stand in a program.

    Attributes:
        name: the variable of the environment that has it.
    """

    name: str


Leaf: TypeAlias = bool | int | float | str | LocalFile | WebFile | Variable | Secret | None
Value: TypeAlias = "Leaf | Sequence[Value] | Mapping[str, Value]"


@dataclass(frozen=True, slots=True)
class Target:
    """An app as a program connects to it.

    Attributes:
        src: its URL, or the name of a Space.
        url: its URL in any case, with a slash at the end.
        api_prefix: what its API is below, "/gradio_api" or "".
        has_calls: it has the address /call, for programs without a client.
        takes_file_data: files are sent to it as they are since Gradio 4.
        user: the variable of the environment with the user's name, "" where no login is needed.
        password: the variable with the password.
        token: the variable with the token of the Hub, "" where none is needed.
    """

    src: str
    url: str
    api_prefix: str = ""
    has_calls: bool = True
    takes_file_data: bool = True
    user: str = ""
    password: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        values: by the names of the endpoint's parameters, in their order; the app's defaults are left out.
    """

    target: Target
    endpoint: Endpoint
    values: Mapping[str, Value] = field(default_factory=dict[str, "Value"])


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program that makes a call.

    Attributes:
        language: "python", "python-async", "python-typed", "typescript", "curl" or "shell".
        code: the program; "" where there is none.
        impossible: why there is none; "" where there is one.
    """

    language: str
    code: str = ""
    impossible: str = ""
