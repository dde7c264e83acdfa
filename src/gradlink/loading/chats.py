"""The history of a chat in the form of another Gradio.

Wire: the value of ``gr.Chatbot``. Gradio 4 and 5 have pairs of what the user and the bot said, ``[user, bot]``, or with
type="messages" one message for each text or file; Gradio 6 has messages of several parts. Between any two of these,
what was converted becomes what it was when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object

# "single" are messages of one content, "parts" those of several.
Form: TypeAlias = Literal["pairs", "single", "parts"]

# In a message of one content, which the page hands back as it is: it belongs to the message before, or has no content.
_MARK: Final = "gradlink"
_ROLES: Final = ("user", "assistant")
_PARTS: Final = ("text", "file", "component")


def form_of(generation: int, props: JSONObject) -> Form:
    """Return the form that a chatbot of a generation of Gradio, 4, 5 or 6, has by its properties in /config."""
    if generation >= 6:
        return "parts"
    return "single" if props.get("type") == "messages" else "pairs"


def convert(value: JSONValue, has: Form, wants: Form) -> JSONValue:
    """Return a history in another form; what is no history of the form that it has stays as it is."""
    if has == wants or not isinstance(value, list) or not all(_fits(item, has) for item in value):
        return value
    messages = _messages(value, has)
    match wants:
        case "pairs":
            return list(_pairs(messages))
        case "single":
            return [single for message in messages for single in _singles(message)]
        case _:
            return list(messages)


def _messages(value: list[JSONValue], has: Form) -> list[JSONObject]:
    """Return a history as Gradio 6 has it."""
    match has:
        case "pairs":
            return [message for pair in value for message in _of_pair(pair)]
        case "single":
            return _joined(value)
        case _:
            return [{**item, "content": [*_parts(item.get("content"))]} for item in _objects(value)]


def convert_event(data: JSONValue, has: Form, wants: Form) -> JSONValue:
    """Return what a page says of an event of a chat, as a page of the other form would.

    Without the history, so that a place is found only because each pair is exactly two messages.
    """
    if not isinstance(data, dict) or wants != "pairs" or has == "pairs":
        return data
    place, value = data.get("index"), data.get("value")
    if isinstance(place, bool) or not isinstance(place, int) or place < 0 or _is_example(value):
        return data
    # One likes all that was said at a time; a side of a pair is one text or file.
    said = value[0] if isinstance(value, list) and value else value
    return {**data, "index": [place // 2, place % 2], "value": said}


def _is_example(value: JSONValue) -> bool:
    return isinstance(value, dict) and "text" in value


def _fits(item: JSONValue, form: Form) -> bool:
    if form == "pairs":
        return isinstance(item, list) and len(item) == len(_ROLES)
    return isinstance(item, dict) and isinstance(item.get("role"), str)


def _objects(value: list[JSONValue]) -> Iterator[JSONObject]:
    return (item for item in value if isinstance(item, dict))


# -- pairs ----------------------------------------------------------------------------------------


def _of_pair(pair: JSONValue) -> Iterator[JSONObject]:
    """Yield exactly two messages: a side that says nothing is one without parts, which is not shown."""
    for role, content in zip(_ROLES, as_list(pair), strict=True):
        yield {"role": role, "content": [*_parts(content)], "metadata": None, "options": None}


def _pairs(messages: list[JSONObject]) -> Iterator[JSONValue]:
    asked: JSONValue = None
    is_open = False
    for message in messages:
        said: list[JSONValue] = [_single(part) for part in as_list(message.get("content"))] or [None]
        match message.get("role"):
            case "user":
                for content in said:
                    if is_open:
                        yield [asked, None]
                    asked, is_open = content, True
            case "assistant":
                for content in said:
                    yield [asked if is_open else None, content]
                    is_open = False
            case _:
                pass  # no side of a pair
    if is_open:
        yield [asked, None]


# -- messages of one content ----------------------------------------------------------------------


def _singles(message: JSONObject) -> Iterator[JSONObject]:
    parts = as_list(message.get("content"))
    if not parts:
        yield {**message, "content": "", _MARK: "empty"}
    for place, part in enumerate(parts):
        yield {**message, "content": _single(part)} | ({_MARK: "more"} if place else {})


def _joined(value: list[JSONValue]) -> list[JSONObject]:
    messages: list[JSONObject] = []
    for item in _objects(value):
        content = [] if item.get(_MARK) == "empty" else _parts(item.get("content"))
        if item.get(_MARK) == "more" and messages and messages[-1].get("role") == item.get("role"):
            messages[-1]["content"] = [*as_list(messages[-1]["content"]), *content]
        else:
            kept = {key: kept for key, kept in item.items() if key != _MARK}
            messages.append({**kept, "content": [*content]})
    return messages


# -- their contents -------------------------------------------------------------------------------


def _parts(content: JSONValue) -> list[JSONObject]:
    """Return a content as the parts of a message of Gradio 6; what is none of them, nobody can show."""
    items = content if isinstance(content, list) else [content]
    return [part for item in items if (part := _part(item)) is not None]


def _part(item: JSONValue) -> JSONObject | None:
    if isinstance(item, str):
        return {"text": item, "type": "text"}
    if not isinstance(item, dict):
        return None
    if item.get("type") in _PARTS:
        return item
    kind = next((kind for kind in ("file", "component") if kind in item), None)
    return None if kind is None else {**item, "type": kind}


def _single(part: JSONValue) -> JSONValue:
    """Return a part as Gradio 4 and 5 have it."""
    fields = as_object(part)
    if fields.get("type") == "text":
        return fields.get("text")
    return {key: item for key, item in fields.items() if key != "type"}
