"""The text within a value, and what was added to it since the value before."""

from __future__ import annotations

from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.outputs import Output

TextPath = tuple[str | int, ...]


class TextWalk:
    """Finds what each output of a job adds to its text.

    The text is the first output that is a string, or the last answer of the first one that is a chat
    history; the first output that brings any text is kept to.
    """

    __slots__ = ("_index", "_path", "_text")

    def __init__(self) -> None:
        self._index: int | None = None
        self._path: TextPath = ()
        self._text: list[str] = []

    def advance(self, output: Output) -> str:
        """Return the text that ``output`` adds, "" if none.

        A text that was replaced by one that does not begin with it counts as new from its start.
        """
        added = self._appended(output)
        if added is not None:
            self._text.append(added)
            return added
        found = self._find(output.data)
        if found is None:
            return ""
        path, text = found
        before = "".join(self._text)
        same_place = path == self._path
        self._path = path
        self._text = [text]
        return text.removeprefix(before) if same_place and text.startswith(before) else text

    def _appended(self, output: Output) -> str | None:
        """Return the added text if the edits only append to the known place: no look at the whole."""
        if output.edits is None or self._index is None or self._index >= len(output.edits):
            return None
        edits = output.edits[self._index]
        if not isinstance(edits, list):
            return None
        added: list[str] = []
        for edit in edits:
            match edit:
                case ["append", list() as path, str() as text] if tuple(path) == self._path:
                    added.append(text)
                case _:
                    return None
        return "".join(added)

    def _find(self, data: list[JSONValue]) -> tuple[TextPath, str] | None:
        if self._index is not None:
            return text_of(data[self._index]) if self._index < len(data) else None
        for index, value in enumerate(data):
            found = text_of(value)
            if found is not None and found[1]:
                self._index = index
                return found
        return None


def text_of(value: JSONValue) -> tuple[TextPath, str] | None:
    """Return the path and text of a string, or of the last answer of a chat history; None if neither."""
    match value:
        case str():
            return (), value
        case [*_, {"role": "assistant", "content": str() as text}]:
            return (len(value) - 1, "content"), text
        case [*_, {"role": "assistant", "content": [*parts]}]:
            return _last_part((len(value) - 1, "content"), parts)
        case {"role": "assistant", "content": str() as text}:
            return ("content",), text
        case {"role": "assistant", "content": [*parts]}:
            return _last_part(("content",), parts)
        case [*_, [_, str() as text]]:
            return (len(value) - 1, 1), text
        case _:
            return None


def _last_part(path: TextPath, parts: list[JSONValue]) -> tuple[TextPath, str] | None:
    for index in range(len(parts) - 1, -1, -1):
        match parts[index]:
            case {"type": "text", "text": str() as text}:
                return (*path, index, "text"), text
            case _:
                continue
    return None
