"""What a test expects of a result: what was equal both times exactly, and of the rest what kind of value it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final, cast

from gradlink._protocol.filedata import find_files, is_file
from gradlink._protocol.jsonvalue import JSONValue, as_object, as_text
from gradlink.codegen.quoting import python_text
from gradlink.codegen.snippets.layout import before, lines
from gradlink.codegen.snippets.python import value_code
from gradlink.codegen.snippets.values import Unwritable, check
from gradlink.recorder.hidden import Secrets

_MAX_LITERAL: Final = 2_000
_MAX_ITEMS: Final = 10
_MAX_DEPTH: Final = 4


def expectations(
    name: str, results: Sequence[JSONValue], again: object, secrets: Secrets, indent: str
) -> Iterator[str]:
    """Yield the assertions about a call's results.

    Args:
        name: the variable that has them.
        results: as they were recorded.
        again: as the client gave them when the session was played again.
        secrets: what must not be written.
        indent: what stands before each line.
    """
    reader = _Checks(secrets, indent)
    if len(results) == 1:
        yield from reader.of(name, results[0], again, 0)
        return
    others = _items(again)
    yield f"{indent}assert len({name}) == {len(results)}"
    for place, one in enumerate(results):
        other = others[place] if place < len(others) else _UNKNOWN
        yield from reader.of(f"{name}[{place}]", one, other, 0)


class _Checks:
    def __init__(self, secrets: Secrets, indent: str) -> None:
        self._secrets = secrets
        self._indent = indent

    def of(self, name: str, one: JSONValue, other: object, depth: int) -> Iterator[str]:
        """Yield what can be expected of the value ``name``, which was ``one``, and ``other`` when it was made again."""
        if is_file(one):
            yield from self._file(name, one, other)
        elif not find_files(one) and one == other and isinstance(one, bool) == isinstance(other, bool):
            exact = self._exact(name, one)
            yield from exact or self._kind(name, one, other, depth)
        else:
            yield from self._kind(name, one, other, depth)

    def _file(self, name: str, one: JSONValue, other: object) -> Iterator[str]:
        suffix = PurePosixPath(as_text(as_object(one).get("path")) or "").suffix
        if (
            isinstance(other, str)
            and suffix
            and other.endswith(suffix)
            and not self._secrets.contains(suffix)
        ):
            yield f"{self._indent}assert {name}.endswith({python_text(suffix)})"
        else:
            yield f"{self._indent}assert isinstance({name}, str)"

    def _exact(self, name: str, one: JSONValue) -> list[str]:
        shown = repr(one)
        if len(shown) > _MAX_LITERAL or any(self._secrets.contains(text) for text in _texts(one)):
            return []
        if one is None or isinstance(one, bool):
            return [f"{self._indent}assert {name} is {one}"]
        try:
            check(one)
            code = value_code(one)
        except Unwritable:
            return []
        return list(lines(before(f"assert {name} == ", code), self._indent))

    def _kind(self, name: str, one: JSONValue, other: object, depth: int) -> Iterator[str]:
        match one:
            case dict() if as_object(other) and depth < _MAX_DEPTH:
                entries = as_object(other)
                yield f"{self._indent}assert isinstance({name}, dict)"
                for key, value in list(one.items())[:_MAX_ITEMS]:
                    if key in entries and not self._secrets.contains(key) and value is not None:
                        yield from self.of(f"{name}[{python_text(key)}]", value, entries[key], depth + 1)
            case list() if len(one) == len(_items(other)) and depth < _MAX_DEPTH:
                yield f"{self._indent}assert len({name}) == {len(one)}"
                for place, value in enumerate(one[:_MAX_ITEMS]):
                    yield from self.of(f"{name}[{place}]", value, _items(other)[place], depth + 1)
            case dict():
                yield f"{self._indent}assert isinstance({name}, dict)"
            case list():
                yield f"{self._indent}assert isinstance({name}, list)"
            case bool():
                yield f"{self._indent}assert isinstance({name}, bool)"
            case int() | float():
                yield f"{self._indent}assert isinstance({name}, (int, float))"
            case str():
                yield f"{self._indent}assert isinstance({name}, str)"
            case _:
                return


def _items(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else ()


def _texts(value: JSONValue) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case list(items):
                waiting += items
            case dict(entries):
                yield from entries
                waiting += entries.values()
            case _:
                continue


_UNKNOWN: Final = object()
