"""An endpoint's parameters as a Python signature and docstring."""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeAlias

from gradlink._describe.typehints import Described, entry_type, parameter_type
from gradlink._protocol.jsonvalue import as_list, as_object, as_text, get_path
from gradlink._protocol.names import identifiers
from gradlink._text import one_line

# Characters of a default that are shown: the start of a long text, not all of it.
_MAX_DEFAULT: Final = 200
_MAX_DEPTH: Final = 20

Returned: TypeAlias = tuple[str, str]


class _Marker(enum.Enum):
    REQUIRED = enum.auto()

    def __repr__(self) -> str:  # pyright: ignore[reportImplicitOverride]  # typing.override came with 3.12
        return "<required>"


# Stands as default for a parameter that must be given but follows one that need not be: Python knows no
# such signature, and making it keyword-only would break calls by position.
REQUIRED: Final = _Marker.REQUIRED


class ParameterLike(Described, Protocol):
    """What is read of a parameter; see ``schema.Parameter``."""

    @property
    def name(self) -> str | None: ...
    @property
    def label(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def has_default(self) -> bool: ...
    @property
    def default(self) -> object: ...


def signature(
    parameters: Sequence[ParameterLike], returns: Sequence[Returned] | None = None
) -> inspect.Signature:
    """Return the signature of the function that calls an endpoint.

    The names are those of ``parameter_names``. Parameters of servers that send no names (before 4.23) are
    positional-only. Annotations are texts.

    Shapes:
        returns: label and type of each value, as ``returned`` gives them; None if unknown.
    """
    made: list[inspect.Parameter] = []
    nameless = all(parameter.name is None for parameter in parameters)
    optional = False
    for name, parameter in zip(parameter_names(parameters), parameters, strict=True):
        optional = optional or parameter.has_default
        missing = REQUIRED if optional else inspect.Parameter.empty
        made.append(
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_ONLY if nameless else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=parameter.default if parameter.has_default else missing,
                annotation=shown_type(parameter_type(parameter), parameter.has_default, parameter.default),
            )
        )
    return inspect.Signature(made, return_annotation=_return_type(returns))


def docstring(
    title: str,
    description: str,
    parameters: Sequence[ParameterLike],
    returns: Sequence[Returned] | None = None,
) -> str:
    """Return the docstring of the function that calls the endpoint ``title``, such as ``/predict``."""
    parts = [plain_text(description) or f"Call the endpoint {one_line(title)}."]
    if parameters:
        names = parameter_names(parameters)
        parts.append("\n".join(["Parameters:", *map(_documented, names, parameters)]))
    if returns:
        lines = [f"    {one_line(label)}: {one_line(type_text)}" for label, type_text in returns]
        parts.append("\n".join(["Returns:", *lines]))
    return "\n\n".join(parts)


def parameter_names(parameters: Sequence[ParameterLike]) -> tuple[str, ...]:
    """Return the keyword of each parameter: its name, or an identifier made from it or from its label."""
    # Labels are written for people: the existing client shows them in lower case.
    return identifiers([p.label.lower() if p.name is None else p.name for p in parameters])


def returned(info: object) -> list[Returned]:
    """Return label and type of each value of an endpoint that ``/info`` describes as ``info``."""
    entries = as_list(get_path(info, "returns"))
    return [(as_text(get_path(entry, "label")) or "value", entry_type(entry)) for entry in entries]


def shown_type(type_text: str, has_default: bool, default: object) -> str:
    """Return ``type_text``, with None added if that is the default."""
    if not has_default or default is not None or type_text == "Any":
        return type_text
    return type_text if re.search(r"(^|\| )None($| \|)", type_text) else f"{type_text} | None"


def default_text(default: object) -> str:
    """Return a default as it would be written in a call; a long one is cut.

    A file reads ``handle_file("https://...")``.
    """
    text = _written(default, _MAX_DEPTH)
    return text if len(text) <= _MAX_DEFAULT else f"{text[:_MAX_DEFAULT]}..."


def plain_text(text: str) -> str:
    """Return what a server sent as lines that are safe to show: control characters escaped, no outer space."""
    lines = (one_line(line.replace("\t", " ")).rstrip() for line in text.splitlines())
    return "\n".join(lines).strip()


def parameter_note(description: str | None) -> str:
    """Return the description of a parameter or value; "" for one that says nothing about it."""
    # From 4.44 on, the docstring of the server's own FileData class stands with every file.
    if not description or description.startswith("The FileData class"):
        return ""
    return plain_text(description)


def joined_start(texts: Iterable[str]) -> str:
    """Join as many ``texts`` as are shown anyway."""
    kept: list[str] = []
    length = 0
    for text in texts:
        kept.append(text)
        length += len(text)
        if length > _MAX_DEFAULT:
            break
    return ", ".join(kept)


def _documented(name: str, parameter: ParameterLike) -> str:
    type_text = one_line(shown_type(parameter_type(parameter), parameter.has_default, parameter.default))
    default = f", default {default_text(parameter.default)}" if parameter.has_default else ""
    said = [one_line(parameter.component), one_line(parameter.label) if parameter.label != name else ""]
    about = ", ".join(filter(None, said))
    note = parameter_note(parameter.description).replace("\n", " ")
    return (
        f"    {name}: {type_text}{default}" + (f" ({about})" if about else "") + (f": {note}" if note else "")
    )


def _return_type(returns: Sequence[Returned] | None) -> object:
    if returns is None:
        return inspect.Signature.empty
    types = [type_text for _, type_text in returns]
    return types[0] if len(types) == 1 else f"tuple[{', '.join(types) or '()'}]"


def _written(value: object, depth: int) -> str:
    if isinstance(value, str):
        return repr(value[: _MAX_DEFAULT + 1])
    fields, items = as_object(value), as_list(value)
    if depth == 0 and (fields or items):
        return "..."
    path = fields.get("path")
    if isinstance(path, str) and get_path(fields, "meta", "_type") == "gradio.FileData":
        source = as_text(fields.get("url")) or path
        return (
            f'handle_file("{source}")'
            if source.isprintable() and '"' not in source
            else f"handle_file({source!r})"
        )
    if fields:
        return f"{{{joined_start(f'{key[:_MAX_DEFAULT]!r}: {_written(item, depth - 1)}' for key, item in fields.items())}}}"
    return f"[{joined_start(_written(item, depth - 1) for item in items)}]" if items else repr(value)
