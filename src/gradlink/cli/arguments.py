"""From what stands on the command line to the values that an endpoint takes, checked before anything is sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, cast

import click

from gradlink._dataclass import dataclass
from gradlink._describe import fitting
from gradlink._describe.fields import Field
from gradlink._describe.fitting import Misfit


@dataclass(frozen=True, slots=True)
class Given:
    """What stands after the ``=``.

    Attributes:
        json: it was ``:=``, so the text is JSON.
    """

    text: str
    json: bool = False


class StandardInput:
    """Standard input, which can be read once."""

    def __init__(self) -> None:
        self._taken_by: str | None = None

    def read(self, name: str) -> bytes:
        """Return all of it, for the parameter ``name``."""
        if self._taken_by is not None:
            raise click.UsageError(
                f"{name}: standard input is {self._taken_by}'s already; only one can have @-"
            )
        self._taken_by = name
        return sys.stdin.buffer.read()


def split_item(item: str) -> tuple[str, Given]:
    """Return name and value of ``NAME=VALUE`` or ``NAME:=JSON``. Raises click.UsageError for anything else."""
    name, equals, text = item.partition("=")
    if item.startswith("-"):
        raise click.NoSuchOption(name)
    if not equals or not name:
        raise click.UsageError(f"{item!r} is not NAME=VALUE")
    if name.endswith(":"):
        return name[:-1], Given(text, json=True)
    return name, Given(text)


def read(fields: Sequence[Field], given: Mapping[str, Sequence[Given]], base: str | None) -> dict[str, Any]:
    """Return the value of each parameter that is given.

    Args:
        base: arguments as JSON, or ``@FILE`` or ``@-`` which has it; ``given`` wins.

    Raises click.UsageError for a parameter that is unknown, missing, or given a value that it does not take.
    """
    stdin = StandardInput()
    named = {field.name: field for field in fields}
    values: dict[str, Any] = {}
    for name, value in _base(fields, base, stdin).items():
        if name not in given:
            field = _named(named, name)
            values[name] = _checked(field, partial(fitting.fit, value, field, file_of))
    values |= read_given(fields, given, stdin)
    missing = [field.name for field in fields if field.name not in values and not field.parameter.has_default]
    if missing:
        need = " and ".join(f"{name}=…" for name in missing[:10])
        raise click.UsageError(f"missing: {need}")
    return values


def read_given(
    fields: Sequence[Field], given: Mapping[str, Sequence[Given]], stdin: StandardInput
) -> dict[str, Any]:
    """Return the values of ``NAME=VALUE`` alone. Raises click.UsageError for one that is unknown or not taken."""
    named = {field.name: field for field in fields}
    values: dict[str, Any] = {}
    for name, texts in given.items():
        field = _named(named, name)
        values[name] = _checked(field, partial(_value, field, texts, stdin))
    return values


def _checked(field: Field, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except Misfit as exc:
        raise click.UsageError(f"{field.name}: {exc}") from exc


def _named(named: Mapping[str, Field], name: str) -> Field:
    if name in named:
        return named[name]
    close = get_close_matches(name, named, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    known = ", ".join(list(named)[:30]) or "nothing"
    raise click.UsageError(f"there is no parameter {name!r}{hint} The endpoint takes: {known}")


def _value(field: Field, texts: Sequence[Given], stdin: StandardInput) -> Any:
    if len(texts) == 1:
        return single(field, texts[0], stdin)
    if not fitting.takes_list(field.shape):
        raise Misfit("given twice")
    return [item for one in texts for item in _items(single(field, one, stdin))]


def single(field: Field, given: Given, stdin: StandardInput) -> Any:
    """Return the value that stands after one ``=``. Raises Misfit for one that is not taken."""
    text = given.text
    if given.json:
        return fitting.fit(_json(text), field, file_of)
    if text.startswith("@@"):
        return fitting.read(text[1:], field, file_of)
    if not text.startswith("@") or len(text) == 1:
        return fitting.read(text, field, file_of)
    if fitting.takes_file(field.shape):
        from gradlink import handle_file

        sent = handle_file(stdin.read(field.name), "stdin") if text == "@-" else handle_file(_path(text[1:]))
        return [sent] if not fitting.takes_one_file(field.shape) else sent
    content = stdin.read(field.name) if text == "@-" else _path(text[1:]).read_bytes()
    try:
        decoded = content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Misfit(f"{text} is not text in UTF-8, and no file is taken here") from exc
    # What a command or an editor wrote ends with a line end that nobody meant.
    return fitting.read(decoded.removesuffix("\n").removesuffix("\r"), field, file_of)


def file_of(text: str) -> Any:
    """Return the file that a text of JSON, or of an argument, means: ``@PATH``, or a URL. Raises Misfit if it means none."""
    from gradlink import handle_file
    from gradlink.errors import FileError

    if text.startswith(("http://", "https://")):
        return handle_file(text)
    if not text.startswith("@") or len(text) == 1:
        raise Misfit(f"a file is wanted: write @{text} for one of this machine, or give a URL")
    try:
        return handle_file(text[1:])
    except FileError as exc:
        raise Misfit(str(exc)) from exc


def _items(value: Any) -> list[Any]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _path(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.exists():
        raise Misfit(f"there is no file {text!r}; a text that begins with @ is written with two of them")
    if path.is_dir():
        raise Misfit(f"{text!r} is a directory")
    return path


def _base(fields: Sequence[Field], base: str | None, stdin: StandardInput) -> dict[str, Any]:
    if base is None:
        return {}
    try:
        if base == "@-":
            base = stdin.read("--json").decode("utf-8")
        elif base.startswith("@"):
            base = _path(base[1:]).read_text(encoding="utf-8")
        value = _json(base)
    except (Misfit, UnicodeDecodeError) as exc:
        raise click.UsageError(f"--json: {exc}") from exc
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if not isinstance(value, list):
        raise click.UsageError("--json is an object, or a list of values by position")
    listed = cast("list[object]", value)
    if len(listed) > len(fields):
        raise click.UsageError(f"--json has {len(listed)} values, the endpoint takes {len(fields)}")
    return {field.name: item for field, item in zip(fields, listed, strict=False)}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise Misfit(f"not JSON: {exc}") from exc
