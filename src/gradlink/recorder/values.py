"""From the values that a page sends to those of a program: variables, files, secrets, literals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.datauri import content_of, is_data_uri, media_type
from gradlink._protocol.filedata import find_files, is_file
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue, as_object, as_text
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import Parameter
from gradlink.codegen.snippets.calls import LocalFile, Secret, Value, Variable, WebFile
from gradlink.codegen.snippets.values import Unwritable
from gradlink.recorder.hidden import Secrets, environment_name

# A longer literal is nothing to read; it is not written.
MAX_TEXT: Final = 100_000
# Files of results that are known; an app could make others without end.
MAX_FILES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows in a component.

    Attributes:
        step: the call that it is from.
        value: as the app sent it.
        variable: how a program has it, None if it has it in no variable.
    """

    step: int
    value: JSONValue = field(repr=False)
    variable: Variable | None = None


class Values:
    """What is known of values: one for all sessions.

    Args:
        routes: addresses of the app.
        secrets: what must not be written.
        keep: keeps a file of this name; returns how a program names it, None if it does not keep it.
    """

    def __init__(self, routes: Routes, secrets: Secrets, keep: Callable[[str, bytes], str | None]) -> None:
        self._keep = keep
        self.routes = routes
        self._secrets = secrets
        self._uploads: dict[str, str | None] = {}
        self._produced: dict[str, Variable] = {}

    def uploaded(self, path: str, recorded: str | None) -> None:
        """Note that the app calls a file ``path`` which a program has at ``recorded``, None if it was not kept."""
        self._uploads[path] = recorded

    def produced(self, value: JSONValue, variable: Variable) -> None:
        """Note the files in a value that a program has as ``variable``."""
        for found in find_files(value):
            path = as_text(found.data.get("path"))
            if path and len(self._produced) < MAX_FILES:
                keys = (*variable.keys, *found.path)
                self._produced[path] = Variable(variable.name, keys, file=True)

    def argument(self, raw: JSONValue, parameter: Parameter, shown: Shown | None, *, hidden: bool) -> Value:
        """Return the value for a parameter; ``shown`` is what calls have put into its component.

        Raises Unwritable if there is none.
        """
        if hidden and isinstance(raw, str) and raw:
            return Secret(self._secrets.add(raw, environment_name(parameter.name)))
        if (
            shown is not None
            and shown.variable is not None
            and not _is_trivial(raw)
            and same(raw, shown.value)
        ):
            if parameter.plain or not find_files(raw):
                return shown.variable
            return self._sent_on(raw, shown.variable, parameter.name)
        return self.read(raw, parameter.name, plain=parameter.plain)

    def read(self, raw: JSONValue, name: str, *, plain: bool = False, depth: int = 0) -> Value:
        """Return a value as it stands in a program; ``name`` is what it is for.

        Raises Unwritable if there is none.
        """
        if depth > MAX_DEPTH:
            raise Unwritable(f"{name} is nested too deep")
        if not plain and is_file(raw):
            return self._file(as_object(raw), name)
        match raw:
            case {"url": str(url)} if not plain and not as_object(raw).get("path") and is_data_uri(url):
                return self._inline(url, name)
            case str():
                return self._text(raw, name)
            case dict():
                for key in raw:
                    if self._secrets.contains(key):
                        raise Unwritable(f"a key in {name} is secret")
                return {key: self.read(one, name, plain=plain, depth=depth + 1) for key, one in raw.items()}
            case list():
                return [self.read(one, name, plain=plain, depth=depth + 1) for one in raw]
            case _:
                return raw

    def without_secrets(self, text: str) -> str:
        """Return what an app says as it may be written."""
        return "(it is left out, since there is a secret in it)" if self._secrets.contains(text) else text

    def _sent_on(self, raw: JSONValue, variable: Variable, name: str) -> Value:
        """Return a value with files in it that a program has as ``variable``: each of them is to be sent."""
        if is_file(raw):
            return replace(variable, file=True)
        if not find_files(raw):
            return self.read(raw, name)
        match raw:
            case dict():
                return {key: self._sent_on(one, _part(variable, key), name) for key, one in raw.items()}
            case list():
                return [self._sent_on(one, _part(variable, place), name) for place, one in enumerate(raw)]
            case _:
                return raw

    def _text(self, text: str, name: str) -> Value:
        secret = self._secrets.name_of(text)
        if secret is None and self._secrets.contains(text):
            secret = self._secrets.add(text, environment_name(name))
        if secret is not None:
            return Secret(secret)
        if len(text) > MAX_TEXT:
            raise Unwritable(f"{name} has {len(text):,} characters")
        return text

    def _file(self, raw: Mapping[str, JSONValue], name: str) -> Value:
        path, url = as_text(raw.get("path")) or "", as_text(raw.get("url")) or ""
        if path in self._uploads:
            recorded = self._uploads[path]
            if recorded is None:
                raise Unwritable(f"the file for {name} was too large to be recorded")
            return LocalFile(recorded)
        if path in self._produced:
            return self._produced[path]
        if path.startswith(("http://", "https://")):
            return self._web_file(path, name)
        if not path and is_data_uri(url):
            return self._inline(url, name)
        if not path and url.startswith(("http://", "https://")):
            return self._web_file(url, name)
        return self._web_file(self.routes.file(path), name)

    def _inline(self, uri: str, name: str) -> Value:
        """Return a picture or sound that stands in the value itself, as pages send those of a camera: a file, too."""
        try:
            content = content_of(uri)
        except ValueError as exc:
            raise Unwritable(f"the content of {name} is broken") from exc
        suffix = media_type(uri).rpartition("/")[2].removeprefix("x-") or "bin"
        recorded = self._keep(f"{name}.{suffix}", content)
        if recorded is None:
            raise Unwritable(f"there is no room for the files of {name}")
        return LocalFile(recorded)

    def _web_file(self, url: str, name: str) -> Value:
        if self._secrets.contains(url):
            raise Unwritable(f"the address for {name} has a secret in it")
        return WebFile(url)


def content_of_update(raw: JSONValue) -> tuple[JSONValue, tuple[str, ...]] | None:
    """Return the value that an output brings, and where it is there; None if it brings none."""
    if isinstance(raw, dict) and raw.get("__type__") == "update":
        return (raw["value"], ("value",)) if "value" in raw else None
    return raw, ()


def weighs_less(value: JSONValue, limit: int) -> bool:
    """Tell whether a value has fewer characters and parts than ``limit``."""
    waiting: list[JSONValue] = [value]
    weight = 0
    while waiting and weight < limit:
        one = waiting.pop()
        weight += 1
        match one:
            case str():
                weight += len(one)
            case list():
                waiting += one
            case dict():
                weight += sum(map(len, one))
                waiting += one.values()
            case _:
                continue
    return weight < limit


def same(one: JSONValue, other: JSONValue, depth: int = 0) -> bool:
    """Tell whether a page has sent back what it was sent: it leaves out nulls, and files have other addresses then."""
    if depth > MAX_DEPTH:
        return False
    if is_file(one) and is_file(other):
        return as_object(one).get("path") == as_object(other).get("path")
    match one, other:
        case dict(), dict():
            keys = {key for side in (one, other) for key, value in side.items() if value is not None}
            return all(same(one.get(key), other.get(key), depth + 1) for key in keys)
        case list(), list():
            return len(one) == len(other) and all(
                same(a, b, depth + 1) for a, b in zip(one, other, strict=True)
            )
        case _:
            return isinstance(one, bool) == isinstance(other, bool) and one == other


def _part(variable: Variable, key: str | int) -> Variable:
    return replace(variable, keys=(*variable.keys, key))


def _is_trivial(raw: JSONValue) -> bool:
    return isinstance(raw, bool) or raw in (None, "", [], {})
