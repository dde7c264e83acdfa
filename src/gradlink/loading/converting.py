"""What a component says and is told, between the Gradio of a loaded app and that of the outer one.

Wire: values, updates, event data and properties, where the major versions of Gradio differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import Dialect, FileMark
from gradlink._protocol.filedata import META, find_files, replaced
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink.loading import chats
from gradlink.loading.plan import Part
from gradlink.loading.renaming import rename


@dataclass(frozen=True, slots=True)
class Conversion:
    """How one component's data changes on the way.

    Attributes:
        kind: the component's type in /config.
        before: its properties there.
        theirs: the major version of the loaded app's Gradio.
        ours: that of the outer app's.
        dialect: what the app's files look like; None if they do here, too.
    """

    kind: str
    before: JSONObject = field(repr=False)
    theirs: int
    ours: int
    dialect: Dialect | None = None

    @property
    def changes_values(self) -> bool:
        """Tell whether a value has another form here, so that what the app says of it does not hold."""
        match self.kind:
            case "chatbot":
                return self._theirs() != self._ours()
            case "video":
                return self._new(self.theirs) != self._new(self.ours)
            case _:
                return False

    def properties(self, props: JSONObject) -> JSONObject:
        """Return properties of the app's component, all or those of an update, as they are here."""
        found = rename(self.kind, self._marked(props), self.theirs, self.ours, self.before)
        if self.kind == "chatbot" and "__type__" not in props:
            self._tell_of_chat(found)
        if "value" not in found or not self.changes_values:
            return found
        value = self._value(found["value"])
        if isinstance(value, dict) and value.get("__type__") == "update":
            return found | {key: item for key, item in value.items() if key != "__type__"}
        if self.kind == "video" and isinstance(value, dict) and "subtitles" in value:
            value["subtitles"] = found.get("subtitles")
        return found | {"value": value}

    def outgoing(self, value: JSONValue) -> JSONValue:
        """Return what the app's function brought for the component, as it is here."""
        if isinstance(value, dict) and value.get("__type__") == "update":
            return self.properties(value)
        return self._value(self._marked(value))

    def _value(self, value: JSONValue) -> JSONValue:
        match self.kind:
            case "chatbot":
                return chats.convert(value, self._theirs(), self._ours())
            case "video" if self.changes_values:
                return _video_of_6(value) if self._new(self.ours) else _video_of_5(value)
            case _:
                return value

    def incoming(self, value: Any) -> Any:
        """Return what a visitor's page says of the component, as a page of the app would."""
        match self.kind:
            case "chatbot":
                return chats.convert(value, self._ours(), self._theirs())
            case "video" if self.changes_values:
                return _file_of(value) if self._new(self.theirs) else _video_of_5(value)
            case _:
                return value

    def event(self, data: JSONValue) -> JSONValue:
        """Return what a visitor's page says of an event of the component, as a page of the app would."""
        if self.kind != "chatbot":
            return data
        said = chats.convert_event(data, self._ours(), self._theirs())
        return _first_and_last(said) if self.theirs == 4 else said

    def missing(self) -> str | None:
        """Return what of the component cannot be seen here, None if all can."""
        template = self.before.get("html_template")
        if self.kind == "html" and not self._new(self.ours) and template not in {None, "${value}"}:
            return "the template of an HTML component"
        return None

    def _tell_of_chat(self, props: JSONObject) -> None:
        if not self._new(self.ours):
            props["type"] = "tuples" if self._ours() == "pairs" else "messages"
        elif self._theirs() == "pairs":
            # Those releases that cannot say otherwise show each by itself, and one likes each by itself.
            props.setdefault("group_consecutive_messages", False)

    def _marked(self, value: Any) -> Any:
        """Return a value with its files marked as Gradio does since 4.21; in gr.JSON a dict is a dict."""
        if self.dialect is None or self.kind == "json":
            return value
        files = find_files(value, self.dialect)
        return replaced(value, {file.path: {**file.data, "meta": dict(META)} for file in files})

    def _theirs(self) -> chats.Form:
        return chats.form_of(self.theirs, self.before)

    def _ours(self) -> chats.Form:
        if self._new(self.ours):
            return "parts"
        return "pairs" if self._theirs() == "pairs" else "single"

    def _new(self, generation: int) -> bool:
        return generation >= 6


def _first_and_last(data: JSONValue) -> JSONValue:
    """Return a like of messages, those that are shown as one, with both their places, as Gradio 4 has it."""
    if not isinstance(data, dict):
        return data
    first, liked = data.get("index"), data.get("value")
    if not isinstance(first, int) or not isinstance(liked, list):
        return data
    return {**data, "index": [first, first + len(liked) - 1]}


def conversions(parts: Iterable[Part], dialect: Dialect, version: str, here: str) -> dict[int, Conversion]:
    """Return how the data of an app's components change between two versions of Gradio, by their ids.

    Args:
        parts: the components.
        dialect: of the app.
        version: its Gradio.
        here: the Gradio of the outer app.
    """
    theirs, ours = _major(version), _major(here)
    if theirs == ours:
        return {}
    unmarked = dialect if dialect.file_mark is not FileMark.META else None
    return {part.id: Conversion(part.kind, part.props, theirs, ours, unmarked) for part in parts}


def _major(version: str) -> int:
    first = version.partition(".")[0]
    return int(first) if first.isdecimal() else 0


def _video_of_6(value: JSONValue) -> JSONValue:
    """Return what a video of Gradio 4 and 5 is in Gradio 6, where its subtitles are a property."""
    subtitles = value.get("subtitles") if isinstance(value, dict) else None
    video = _file_of(value)
    return video if subtitles is None else {"__type__": "update", "value": video, "subtitles": subtitles}


def _video_of_5(value: JSONValue) -> JSONValue:
    is_file = isinstance(value, dict) and "path" in value
    return {"video": value, "subtitles": None} if is_file else value


def _file_of(value: JSONValue) -> JSONValue:
    return value["video"] if isinstance(value, dict) and "video" in value else value
