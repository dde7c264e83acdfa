"""A TypeScript module for one app: the types of its endpoints, and a client that knows them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from gradlink._describe.signature import joined_start, parameter_note, plain_text
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object, as_text, get_path
from gradlink._protocol.schema import AppSchema, Endpoint, Parameter
from gradlink.codegen.description import describe_app
from gradlink.codegen.fingerprint import MARK, fingerprint
from gradlink.codegen.quoting import comment_line, comment_lines, label_of, name_of, text_literal
from gradlink.codegen.typescript_types import property_name, typescript_type

# Types where an old server's /info has no schema, by its word for Python's.
_OF_PYTHON: Final = {
    "str": "string",
    "float": "number",
    "int": "number",
    "bool": "boolean",
}
# Names that the module has already.
_TAKEN: Final = frozenset(
    {
        "Client", "CallOptions", "ClientOptions", "FileData", "PredictReturn", "SubmitIterable", "FileArgument",
        "Endpoints", "App", "Names", "Given", "Rest", "Record", "Omit", "Partial", "Promise",
    }
)  # fmt: skip
_MAX_INLINE: Final = 72
_MAX_DEFAULT: Final = 200
_MAX_TITLE: Final = 200
_MAX_DEPTH: Final = 20
_SENT: Final = "FileArgument"
_GOT: Final = "FileData"

_HEAD: Final = """\
// Made by gradlink from {title}. Do not edit it, make it again:
//   gradlink generate --lang ts {source} -o {target}

import {{ Client, type CallOptions, type ClientOptions, type FileData, type PredictReturn, type SubmitIterable }} from "gradlink";

/** A file for the app: what `handle_file()` returns, a `FileData`, or content such as a `Blob`. */
export type FileArgument = object;
"""
_TAIL: Final = """\
type Names = keyof Endpoints;
type Given<K extends Names> = Endpoints[K]["args"] | Endpoints[K]["values"];
type Rest<K extends Names, More extends unknown[]> =
  Record<never, never> extends Endpoints[K]["args"] ? [given?: Given<K>, ...more: Partial<More>] : [given: Given<K>, ...more: Partial<More>];

/** A client that knows the endpoints of the app. */
export interface App extends Omit<Client, "predict" | "submit"> {
  /** Call an endpoint and return its values; of a generator, the last ones. */
  predict<K extends Names>(endpoint: K, ...call: Rest<K, [event_data: unknown, options: CallOptions]>): Promise<PredictReturn<Endpoints[K]["data"]>>;
  /** Call an endpoint and return its job at once; iterate over it for its events. */
  submit<K extends Names>(endpoint: K, ...call: Rest<K, [event_data: unknown, options: CallOptions]>): SubmitIterable<Endpoints[K]["data"]>;
}

/** Connect to the app. */
export async function connect(app: string = APP, options: ClientOptions = {}): Promise<App> {
  return (await Client.connect(app, options)) as unknown as App;
}

// What this was made from; `gradlink check` compares it with the app.
"""


def typescript_module(schema: AppSchema, source: str, target: str = "app.ts") -> str:
    """Return the text of the module for the app that ``schema`` describes.

    Args:
        source: the app as its users name it, the default of ``connect()``.
        target: the file's name, for the command that makes it again.
    """
    endpoints = [
        e for e in schema.endpoints.values() if e.api_name and e.callable and e.visibility == "public"
    ]
    named = {e.api_name or "": e for e in reversed(endpoints)}
    types = _Types()
    lines = [line for name in sorted(named) for line in _endpoint(name, named[name], types)]
    blocks = [
        _HEAD.format(title=_title(schema), source=_argument(source), target=_argument(target)),
        f"/** The app that was read. */\nexport const APP = {text_literal(source)};\n",
        *(f"export type {name} = {text};\n" for text, name in types.named.items()),
        "/** What each endpoint takes, by name (`args`) or in order (`values`), and the values that it gives (`data`). */",
        "export interface Endpoints {",
        *lines,
        "}\n",
        _TAIL + "\n".join(MARK + line for line in fingerprint(describe_app(schema))),
    ]
    return "\n".join(blocks) + "\n"


class _Types:
    """Long types, which get a name and are written once."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}
        self._taken = set(_TAKEN)
        self._counts: dict[str, int] = {}

    def short(self, text: str, *words: str) -> str:
        """Return ``text``, or its name if it is long: one that is made of ``words``."""
        if len(text) <= _MAX_INLINE:
            return text
        if text not in self.named:
            self.named[text] = self._new(name_of(list(words), "Type"))
        return self.named[text]

    def _new(self, name: str) -> str:
        """Return ``name``, with a number that makes it the only one. The numbers go on: many share a name."""
        unique = name
        while unique in self._taken:
            self._counts[name] = self._counts.get(name, 1) + 1
            unique = f"{name}{self._counts[name]}"
        self._taken.add(unique)
        return unique


def _title(schema: AppSchema) -> str:
    title = (as_text(schema.config.get("title")) or "an app").strip()[:_MAX_TITLE]
    return comment_line(f"{title!r}, Gradio {str(schema.version)[:_MAX_TITLE]}")


def _argument(text: str) -> str:
    """Return an argument of the command that makes the module, as a shell takes it."""
    return comment_line(shlex.quote(text))


def _endpoint(name: str, endpoint: Endpoint, named: _Types) -> Iterator[str]:
    entries = [as_object(entry) for entry in endpoint.parameters_info or []]
    entries += [{}] * (len(endpoint.parameters) - len(entries))
    types = [
        named.short(_type(entry, _SENT, sent=True), name, parameter.name)
        for entry, parameter in zip(entries, endpoint.parameters, strict=False)
    ]
    returns = [as_object(entry) for entry in as_list(get_path(endpoint.info, "returns"))]
    yield from _comment(endpoint.description, "  ")
    yield f"  {text_literal(name)}: {{"
    yield "    args: {" if endpoint.parameters else "    args: Record<string, never>;"
    for parameter, text in _by_name(endpoint.parameters, types):
        yield from _comment(_note(parameter), "      ")
        mark = "?" if parameter.has_default else ""
        yield f"      {property_name(parameter.name)}{mark}: {_with_null(text, parameter)};"
    if endpoint.parameters:
        yield "    };"
    values = ", ".join(_members(endpoint.parameters, types))
    data = ", ".join(
        f"{label}: {named.short(_type(entry, _GOT, sent=False), name, label, 'output')}"
        for label, entry in _labelled(returns)
    )
    yield f"    values: [{values}];"
    yield f"    data: [{data}];"
    yield "  };"


def _by_name(parameters: tuple[Parameter, ...], types: list[str]) -> Iterator[tuple[Parameter, str]]:
    """Yield parameters and types; of several with one name the first, since a type has each name once."""
    seen: set[str] = set()
    for parameter, text in zip(parameters, types, strict=False):
        if parameter.name not in seen:
            seen.add(parameter.name)
            yield parameter, text


def _members(parameters: tuple[Parameter, ...], types: list[str]) -> Iterator[str]:
    """Yield the members of the tuple of values: only a tail of them can be left out."""
    required = [index for index, parameter in enumerate(parameters) if not parameter.has_default]
    first_optional = required[-1] + 1 if required else 0
    labels = _labels([parameter.name for parameter in parameters])
    for index, (label, parameter, text) in enumerate(zip(labels, parameters, types, strict=False)):
        yield f"{label}{'?' if index >= first_optional else ''}: {_with_null(text, parameter)}"


def _with_null(text: str, parameter: Parameter) -> str:
    """Add null where it is the default, which may be given as well."""
    null = parameter.has_default and parameter.default is None and "null" not in text and text != "unknown"
    return f"{text} | null" if null else text


def _note(parameter: Parameter) -> str:
    default = f"Default {_written(parameter.default)}." if parameter.has_default else ""
    said = [
        parameter.label if parameter.label != parameter.name else "",
        default,
        parameter_note(parameter.description),
    ]
    return " ".join(filter(None, said))


def _written(default: JSONValue) -> str:
    """Return a default as it would be written in a call; a long one is cut."""
    text = _json(default, _MAX_DEPTH)
    return text if len(text) <= _MAX_DEFAULT else f"{text[:_MAX_DEFAULT]}..."


def _json(value: JSONValue, depth: int) -> str:
    """Return as much of a value as is shown anyway, as JSON."""
    fields, items = as_object(value), as_list(value)
    if depth == 0 and (fields or items):
        return "..."
    if fields:
        return f"{{{joined_start(f'{_json(key, 0)}: {_json(item, depth - 1)}' for key, item in fields.items())}}}"
    if items:
        return f"[{joined_start(_json(item, depth - 1) for item in items)}]"
    return json.dumps(value[: _MAX_DEFAULT + 1] if isinstance(value, str) else value, ensure_ascii=False)


def _labelled(returns: list[JSONObject]) -> Iterator[tuple[str, JSONObject]]:
    yield from zip(
        _labels([as_text(entry.get("label")) or "value" for entry in returns]), returns, strict=True
    )


def _labels(names: list[str]) -> list[str]:
    """Return names for the members of a tuple: identifiers, not necessarily different ones."""
    return [label_of(name, f"value{index}") for index, name in enumerate(names)]


def _comment(text: str, indent: str) -> Iterator[str]:
    lines = comment_lines(plain_text(text))
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}".rstrip() for line in lines)
        yield f"{indent} */"


def _type(entry: Mapping[str, object], file: str, *, sent: bool) -> str:
    text = typescript_type(entry.get("type"), file=file, sent=sent)
    if text != "unknown":
        return text
    said = as_text(get_path(entry, "python_type", "type")) or ""
    return file if said == "filepath" else _OF_PYTHON.get(said, "unknown")
