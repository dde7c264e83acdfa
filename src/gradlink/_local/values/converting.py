"""From the values of a call to JSON and files, where the endpoint's schema says which of them are wanted.

A text is a text: it is never taken for a path, a number or a date.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from gradlink._describe.shapes import Anything
from gradlink._local.files import FileObject
from gradlink._local.filesource import FileSource
from gradlink._local.values.dates import component_text, date_text, is_date
from gradlink._local.values.frames import table_of, table_of_rows
from gradlink._local.values.images import png_of_array, png_of_image
from gradlink._local.values.libraries import (
    is_array,
    is_frame,
    is_image,
    is_missing,
    is_scalar,
    is_series,
    type_name,
)
from gradlink._local.values.sound import is_sound, wav_of
from gradlink._local.values.wanted import Wanted, wanted_by
from gradlink._protocol.filedata import FileData, LocalFile, LocalMeta
from gradlink._protocol.jsonvalue import MAX_DEPTH
from gradlink._protocol.schema import Endpoint, Parameter
from gradlink.errors import ArgumentError

# As many as the largest float has.
_MAX_DIGITS: Final = 308
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})

PropsOf = Callable[[Parameter], Mapping[str, object]]


def converted_arguments(
    endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], props_of: PropsOf
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """Return the arguments of a call of ``endpoint`` as JSON and files; what is of neither kind is left to ``bind``.

    Args:
        endpoint: what is called; arguments that it does not have are left as they are.
        args: by position.
        kwargs: by name.
        props_of: gives what /config says of a parameter's component.

    Raises ArgumentError for a value that cannot be made into what the parameter takes.
    """
    by_name = {parameter.name: parameter for parameter in endpoint.parameters}

    def convert(parameter: Parameter | None, value: Any) -> Any:
        if parameter is None or not _needs_conversion(parameter, value):
            return value
        wanted = wanted_by(parameter, lambda: props_of(parameter))
        try:
            return Conversion(f"{endpoint.title}: {parameter.name}").convert(value, wanted)
        except _TooDeepError:
            return value  # bind() says so

    parameters = (*endpoint.parameters, *(None for _ in args))
    return (
        [convert(parameter, value) for parameter, value in zip(parameters, args, strict=False)],
        {name: convert(by_name.get(name), value) for name, value in kwargs.items()},
    )


def _needs_conversion(parameter: Parameter, value: object) -> bool:
    try:
        return _is_foreign(value) or parameter.component.lower() == "gallery"
    except _TooDeepError:
        return False  # bind() says so


class _TooDeepError(Exception):
    """A value is nested too deep, perhaps in itself."""


def _is_foreign(value: object, depth: int = 0) -> bool:
    """Tell whether something in ``value`` is neither JSON nor a Gradio file."""
    kind = type(value)
    if kind in _SCALARS or isinstance(value, FileData | LocalMeta):
        return False
    if depth > MAX_DEPTH:
        raise _TooDeepError
    if kind is dict:
        return any(_is_foreign(item, depth + 1) for item in cast("dict[object, object]", value).values())
    if kind is list or kind is tuple:
        return any(_is_foreign(item, depth + 1) for item in cast("Sequence[object]", value))
    return True


@dataclasses.dataclass(frozen=True, slots=True)
class Conversion:
    """The conversion of one argument.

    Attributes:
        place: the endpoint and the parameter, for messages.
    """

    place: str

    def convert(self, value: Any, wanted: Wanted, depth: int = 0) -> Any:
        """Return ``value`` as JSON and files, with what ``bind`` takes or refuses itself left as it is."""
        if type(value) in _SCALARS:
            return value
        if depth > MAX_DEPTH:
            raise _TooDeepError
        if is_missing(value):
            return None
        if isinstance(value, enum.Enum):
            return self.convert(value.value, wanted, depth + 1)
        if isinstance(value, FileObject):
            value = value.as_argument()
        if wanted.component == "gallery" and not wanted.outermost:
            value = _gallery_entry(value, wanted)
        if isinstance(value, FileData | LocalMeta):
            return value
        if isinstance(value, dict):
            entries = cast("Mapping[Any, Any]", value)
            return {key: self.convert(item, wanted.inside(key), depth + 1) for key, item in entries.items()}
        if is_sound(value) and (wanted.component == "audio" or not wanted.takes_list):
            return self._file(wanted, value, "audio.wav", lambda: wav_of(*value), wanted.component == "audio")
        if isinstance(value, list | tuple):
            items = cast("Sequence[Any]", value)
            return [self.convert(item, wanted.inside(place), depth + 1) for place, item in enumerate(items)]
        return self._single(value, wanted, depth)

    def _single(self, value: Any, wanted: Wanted, depth: int) -> Any:
        if is_image(value):
            return self._file(wanted, value, "image.png", lambda: png_of_image(value), wanted.takes_file)
        if is_array(value):
            return self._array(value, wanted, depth)
        if is_frame(value):
            return self._frame(value, wanted, depth)
        if is_series(value):
            return self._list(value.to_list(), value, wanted, depth, value.name)
        if is_date(value):
            return self._date(value, wanted)
        if is_scalar(value):
            return self.convert(value.item(), wanted, depth + 1)
        if isinstance(value, Decimal):
            return self._decimal(value, wanted)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._object(value, wanted, depth)
        return value

    def _file(
        self, wanted: Wanted, value: object, name: str, encode: Callable[[], bytes], fits: bool
    ) -> LocalFile:
        if not fits:
            raise self._refused(value, wanted)
        try:
            content = encode()
        except (ValueError, OSError, OverflowError) as exc:
            raise self._refused(value, wanted, str(exc)) from exc
        return LocalFile(FileSource.of(content, name))

    def _array(self, value: Any, wanted: Wanted, depth: int) -> Any:
        if wanted.takes_images:
            return self._file(wanted, value, "image.png", lambda: png_of_array(value), True)
        if wanted.component == "audio":
            raise self._refused(value, wanted, "sound is a pair (rate, samples)")
        if value.ndim == 0:
            return self.convert(value.item(), wanted, depth + 1)
        # Dates of numpy would be numbers of nanoseconds as Python's values.
        items = list(value) if value.dtype.kind == "M" else value.tolist()
        return self._list(items, value, wanted, depth)

    def _list(self, items: list[Any], value: object, wanted: Wanted, depth: int, name: object = None) -> Any:
        if not wanted.takes_list:
            raise self._refused(value, wanted)
        if wanted.component != "dataframe":
            return self.convert(items, wanted, depth + 1)
        rows = self._cells(items, wanted, depth)
        return table_of_rows(rows, name) if wanted.outermost else rows

    def _frame(self, value: Any, wanted: Wanted, depth: int) -> Any:
        if wanted.component != "dataframe" or not wanted.outermost:
            raise self._refused(value, wanted)
        return table_of(value, lambda cell: self._cells(cell, wanted, depth))

    def _cells(self, value: Any, wanted: Wanted, depth: int) -> Any:
        """Return a cell of a table, or a list of them: what is no number is a cell without a value."""
        if isinstance(value, list):
            return [self._cells(item, wanted, depth + 1) for item in cast("Sequence[Any]", value)]
        found = self.convert(value, wanted.inside(0), depth + 1)
        if _is_foreign(found):
            raise self._refused(value, wanted, "a cell of a table is a text, a number, a date or a bool")
        return None if isinstance(found, float) and math.isnan(found) else found

    def _date(self, value: Any, wanted: Wanted) -> str:
        if not wanted.takes_text:
            raise self._refused(value, wanted)
        try:
            return component_text(value, wanted) if wanted.component == "datetime" else date_text(value)
        except (ValueError, OverflowError) as exc:
            raise self._refused(value, wanted, str(exc)) from exc

    def _decimal(self, value: Decimal, wanted: Wanted) -> int | float | str:
        if not wanted.takes_number:
            if wanted.takes_text:
                return str(value)
            raise self._refused(value, wanted)
        # A float of more digits is a whole number anyway, and Python would write them all.
        if value.is_finite() and value.adjusted() < _MAX_DIGITS and value == value.to_integral_value():
            return int(value)
        if not wanted.takes_fractions:
            raise self._refused(value, wanted, f"{value} is no whole number")
        return float(value)

    def _object(self, value: Any, wanted: Wanted, depth: int) -> Any:
        if not wanted.takes_object:
            raise self._refused(value, wanted)
        return {
            known.name: self.convert(getattr(value, known.name), wanted.inside(known.name), depth + 1)
            for known in dataclasses.fields(value)
        }

    def _refused(self, value: object, wanted: Wanted, problem: str = "") -> ArgumentError:
        hint = problem or _hint(value, wanted)
        more = f"; {hint}" if hint else ""
        return ArgumentError(
            f"{self.place} takes {wanted.words}, and a {type_name(value)} cannot be made into that{more}"
        )


def _hint(value: object, wanted: Wanted) -> str:
    """Return what would work instead, "" if nothing is known of it."""
    if is_image(value) or is_array(value):
        if wanted.file_key("background"):
            return "give {'background': image, 'layers': [], 'composite': None}"
        if wanted.inside(0).takes_file:
            return "give a list"
        if is_array(value) and wanted.takes_file:
            return "PIL.Image.fromarray(array) says that it is an image"
    if is_frame(value) and wanted.takes_json:
        return "give its rows, such as frame.to_dict('records')"
    if isinstance(wanted.shape, Anything):
        return "the app does not say what it takes: convert the value"
    return ""


def _gallery_entry(value: Any, wanted: Wanted) -> Any:
    """Return an entry of a gallery with its file where the gallery has it: under the kind of the file.

    A pair of a file and a caption is an entry, too, as in Gradio's functions.
    """
    media, caption = value if _is_pair(value) else (value, None)
    kind = _kind_of_media(media)
    return {kind: media, "caption": caption} if kind and wanted.file_key(kind) else value


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(cast("Sequence[object]", value)) == 2


def _kind_of_media(value: Any) -> str | None:
    """Return "image" or "video"; None for what is no file, or of another kind."""
    if is_image(value) or is_array(value):
        return "image"
    if isinstance(value, LocalFile):
        name = value.source.name
    elif isinstance(value, FileData):
        name = str(value.get("orig_name") or value.get("path") or "")
    else:
        source = FileSource.found(value)
        name = "" if source is None else source.name
    media = (mimetypes.guess_type(name)[0] or "").partition("/")[0]
    return media if media in {"image", "video"} else None
