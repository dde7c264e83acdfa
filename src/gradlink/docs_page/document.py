"""The document that the page and its exports are made of: an app's API, as JSON.

Texts that people read are safe to show in it. Names, choices, defaults and examples are the app's own, to the letter,
since calls are made with them: whoever shows them has to make them safe.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from gradlink._protocol.jsonvalue import JSONValue

# What a page draws to have a value given.
ControlKind = Literal[
    "text",  # a text, of several lines too
    "password",
    "number",
    "range",  # a number between two bounds
    "checkbox",
    "choice",  # one of `choices`
    "choices",  # several of them
    "file",
    "files",
    "gallery",  # files with captions
    "picture",  # a file that is a picture with layers
    "message",  # a text with files
    "dataframe",
    "color",
    "date",
    "json",
]


class Choice(TypedDict):
    """One thing that can be chosen."""

    label: str
    value: JSONValue


class ParameterDocument(TypedDict):
    """A parameter of an endpoint.

    Keys:
        type: what it takes, as a type of Python.
        required: it has no default, and must be given.
        default: what it is if it is left out; None where ``required``.
        default_text: that as it is written in a call, not longer than a line; "" where ``required``.
        default_long: the default is left out of this document, since it is too large.
        choices: what can be chosen; none where anything can be given.
        custom: other values than the choices are taken, too.
        multiple: several choices make a list, and several files, too.
        minimum, maximum, step: of a number; None for none.
        file_types: suffixes and kinds of files that are taken; none for all.
        info: what the app's page says below the label, "" for nothing.
        note: what the app's schema says of it, "" for nothing.
        placeholder: what the app's page shows in an empty field.
    """

    name: str
    label: str
    component: str
    type: str
    required: bool
    default: JSONValue
    default_text: str
    default_long: bool
    control: ControlKind
    choices: list[Choice]
    custom: bool
    multiple: bool
    minimum: float | None
    maximum: float | None
    step: float | None
    whole: bool
    file_types: list[str]
    info: str
    note: str
    placeholder: str


class ReturnDocument(TypedDict):
    """One value that an endpoint returns: ``component`` is the class of what shows it, "" if it is not known."""

    label: str
    type: str
    component: str


class SnippetDocument(TypedDict):
    """A program that makes a call: ``code``, or why it is ``impossible``."""

    language: str
    title: str
    code: str
    impossible: str


class ExampleDocument(TypedDict):
    """Values that the app offers to try, by the names of the parameters.

    Keys:
        snippets: the programs that make this call; only in a page that cannot ask for them.
    """

    label: str
    values: dict[str, JSONValue]
    snippets: NotRequired[list[SnippetDocument]]


class EndpointDocument(TypedDict):
    """An endpoint.

    Keys:
        id: of the function; no other endpoint has it.
        name: with a slash, None if it has none.
        title: the name to show.
        slug: what names it in an address: no other endpoint has it.
        group: what it has in common with its neighbours in a long list, "" for nothing.
        streams: it may bring several values.
        queued: it goes through the app's queue.
        state: it reads or writes the session's State.
        batch: the server may run it for several callers at once.
        live: it takes further input while it runs.
        login: "required", "optional", or "" for what its user's login with Hugging Face is to it.
        snippets: the programs that call it; only in a page that cannot ask for them.
    """

    id: int
    name: str | None
    title: str
    slug: str
    group: str
    description: str
    streams: bool
    queued: bool
    state: bool
    batch: bool
    live: bool
    login: str
    parameters: list[ParameterDocument]
    returns: list[ReturnDocument]
    examples: list[ExampleDocument]
    snippets: NotRequired[list[SnippetDocument]]


class AppDocument(TypedDict):
    """The app.

    Keys:
        source: its URL, or the name of a Space, as the user gave it.
        url: its URL, with a slash at the end.
        version: of Gradio.
        max_file_size: bytes that a file may have, None for no limit.
    """

    title: str
    source: str
    url: str
    version: str
    protocol: str
    max_file_size: int | None


class Document(TypedDict):
    """All of it."""

    app: AppDocument
    endpoints: list[EndpointDocument]
