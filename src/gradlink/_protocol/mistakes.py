"""What was probably meant by an argument that cannot be a value of its parameter.

Wire: docs/protocol.md, "Files". Vectors: payloads/mistakes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from gradlink._dataclass import dataclass
from gradlink._protocol.datauri import is_data_uri
from gradlink._protocol.dialect import Dialect, FileForm
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import Parameter

# Components whose values are files: the schemas of 3.x call them texts or objects.
FILE_COMPONENTS: Final = frozenset({"file", "uploadbutton", "image", "audio", "video", "model3d"})
_NUMBERS: Final = frozenset({"number", "slider"})
# A text with files, which is an object in every release that has the component.
_MESSAGE: Final = "multimodaltextbox"
_SHOWN_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Mistake:
    """An argument that looks wrong.

    Attributes:
        text: the parameter, and what was probably meant.
        certain: the app is certain to refuse it; the others may be what the app wants.
    """

    text: str
    certain: bool


def mistakes_in(
    parameters: Sequence[Parameter], given: Mapping[int, tuple[str, Any]], dialect: Dialect
) -> tuple[Mistake, ...]:
    """Return the arguments that look wrong.

    Args:
        parameters: those of the endpoint that is called.
        given: by slot, the name of a parameter and what the caller gives for it; defaults are the app's own.
        dialect: that of the app.
    """
    found: list[Mistake] = []
    for parameter in parameters:
        if parameter.slot in given:
            text = _mistake(parameter, given[parameter.slot][1], dialect)
            if text is not None:
                certain = dialect.checks_files and parameter.component.lower() not in _NUMBERS
                found.append(Mistake(text, certain))
    return tuple(found)


def _mistake(parameter: Parameter, value: Any, dialect: Dialect) -> str | None:
    kind, name = parameter.component.lower(), parameter.name
    if kind in FILE_COMPONENTS:
        if dialect.file_form is not FileForm.FILE_DATA:
            return _mistaken_old_file(name, value)
        return _mistaken_files(name, value) if _takes_many(parameter) else _mistaken_file(name, value)
    if not isinstance(value, str):
        return None
    if kind == _MESSAGE:
        meant = {"text": _shortened(value), "files": list[str]()}
        return f"{name} is a text with files: did you mean {meant!r}?"
    if kind in _NUMBERS:
        return f"{name} is a number{f': did you mean {value}?' if _is_number(value) else f', not {_shown(value)}'}"
    return None


def _mistaken_file(name: str, value: Any) -> str | None:
    if isinstance(value, str):
        return f"{name} is a file: {_meant(value)}"
    if isinstance(value, (int, float)):
        return f"{name} is a file, not {value!r}"
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[Any]", value)
        if items and isinstance(items[0], str):
            return f"{name} is one file: {_meant(items[0])}"
        return f"{name} is one file, not a list of {len(items)}"
    return None


def _mistaken_files(name: str, value: Any) -> str | None:
    if isinstance(value, str):
        return f"{name} is a list of files: {_meant(value, '[{}]')}"
    if isinstance(value, (list, tuple)):
        text = next((item for item in cast("Sequence[Any]", value) if isinstance(item, str)), None)
        return None if text is None else f"{name} is a list of files: {_meant(text, '[{}, ...]')}"
    if isinstance(value, (int, float)):
        return f"{name} is a list of files, not {value!r}"
    return None if value is None else f"{name} is a list of files: put the one in brackets, [...]"


def _mistaken_old_file(name: str, value: Any) -> str | None:
    # What 3.x takes for an image is the text of a data URI.
    if not isinstance(value, str) or is_data_uri(value):
        return None
    return f"{name} is a file: {_meant(value)}"


def _meant(path: str, pattern: str = "{}") -> str:
    """Return what to write in place of the text of a path, or of a URL."""
    if is_data_uri(path):
        return "give its content as bytes, not as a data URI"
    return f"did you mean {pattern.replace('{}', f'handle_file({_shown(path)})') if path else None}?"


def _takes_many(parameter: Parameter) -> bool:
    schema: JSONValue = parameter.schema
    return isinstance(schema, dict) and schema.get("type") == "array"


def _is_number(text: str) -> bool:
    digits = text.lstrip("+-").replace(".", "", 1)
    return len(text) < _SHOWN_CHARACTERS and digits.isascii() and digits.isdigit()


def _shown(text: str) -> str:
    return repr(_shortened(text))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."
