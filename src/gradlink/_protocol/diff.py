"""Edits to a value, as Gradio streams them since 4.17.

Wire: ``process_generating.output.data`` of protocol sse_v2 and later holds, for each output, a list of
``[action, path, value]``. Vectors: diffs.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue
from gradlink.errors import ProtocolError

_ACTIONS = ("replace", "append", "add", "delete")

# Components of which an empty list is no value.
_NEVER_LISTS = frozenset(
    {
        "audio",
        "checkbox",
        "code",
        "html",
        "image",
        "label",
        "markdown",
        "number",
        "radio",
        "slider",
        "textbox",
        "video",
    }
)


def apply_edits(previous: JSONValue, edits: Sequence[JSONValue]) -> JSONValue:
    """Return ``previous`` with ``edits`` applied; ``previous`` itself is not changed.

    Only the containers on the way from the root to a change are copied, the rest is shared.

    Args:
        edits: list of ``[action, path, value]``; path is keys and indexes from the root, [] the root itself.

    Raises:
        ProtocolError: an edit has an unknown action, or a path that does not exist.
    """
    match edits:
        case [["append", [*path], str() as added]] if len(path) <= MAX_DEPTH:
            # As nearly every message of a model that writes.
            try:
                return _with_text(previous, path, added)
            except (KeyError, IndexError, TypeError) as exc:
                raise _misfit(edits[0]) from exc
        case _:
            pass
    top = [previous]
    # Containers made by this call may be changed again without another copy. The objects are kept, not
    # only their ids: an id is free again as soon as its object is dropped.
    own: dict[int, JSONValue] = {}
    for edit in edits:
        action, path, value = _parts(edit)
        if len(path) > MAX_DEPTH:
            # They could nest a value deeper than JSON can be written, and than anything can walk through.
            raise ProtocolError(f"the server's edit {_shown(edit)} leads more than {MAX_DEPTH} levels deep")
        try:
            _apply(top, action, path, value, own)
        except (KeyError, IndexError, TypeError) as exc:
            raise _misfit(edit) from exc
    return top[0]


def are_edits(values: Sequence[JSONValue], outputs: Sequence[str | None]) -> bool:
    """Tell whether what stands for values are edits: a list of them for each output, which cannot be its value.

    Args:
        values: one per output.
        outputs: the component of each, None if nobody sees it; as far as they are known.
    """
    sure = False
    for index, of_output in enumerate(values):
        if not (isinstance(of_output, list) and all(map(_is_edit, of_output))):
            return False
        sure = sure or bool(of_output) or (index < len(outputs) and outputs[index] in _NEVER_LISTS)
    return sure


def replaced(edits: Sequence[JSONValue], outputs: Sequence[str | None] = ()) -> list[JSONValue] | None:
    """Return the values that edits make of any others; None if what somebody sees depends on those."""
    values: list[JSONValue] = []
    for index, of_output in enumerate(edits):
        match of_output:
            case [["replace", [], value]]:
                values.append(value)
            case _ if index < len(outputs) and outputs[index] is None:
                values.append(None)
            case _:
                return None
    return values


def _with_text(previous: JSONValue, path: Sequence[JSONValue], added: str) -> JSONValue:
    """Return ``previous`` with ``added`` at the end of the text at ``path``; no text is copied more than once."""
    top: list[JSONValue] = [previous]
    parent: JSONValue = top
    key: JSONValue = 0
    for step in path:
        child = _child(parent, key)
        if not isinstance(child, (dict, list)):
            raise TypeError(type(child).__name__)
        child = child.copy()
        parent[key] = child  # type: ignore[index]  # _child has checked key against parent
        parent, key = child, step
    text = _child(parent, key)
    if not isinstance(text, str):
        raise TypeError(key)
    parent[key] = text + added  # type: ignore[index]
    return top[0]


def _apply(
    top: list[JSONValue], action: str, path: list[JSONValue], value: JSONValue, own: dict[int, JSONValue]
) -> None:
    """Change the value in ``top`` by one edit."""
    parent: JSONValue = top
    key: JSONValue = 0
    for step in path:
        child = _owned(_child(parent, key), own)
        parent[key] = child  # type: ignore[index]  # _child has checked key against parent
        parent, key = child, step
    if action == "append":
        _lengthen(parent, key, value)
    elif not path:
        top[0] = None if action == "delete" else value
    else:
        _set(parent, key, action, value)


def _set(parent: JSONValue, key: JSONValue, action: str, value: JSONValue) -> None:
    match parent:
        case dict() if isinstance(key, str):
            if action == "delete":
                del parent[key]
            elif action == "add" or key in parent:
                parent[key] = value
            else:
                raise KeyError(key)
        case list() if isinstance(key, int):
            # The index of a delete has three meanings by version, one of them wrong. The server compares
            # position by position, so what it deletes and adds always is the end of a list.
            if action == "delete":
                parent.pop()
            elif action == "add":
                parent.append(value)
            else:
                parent[key] = value
        case _:
            raise TypeError(key)


def _lengthen(parent: JSONValue, key: JSONValue, value: JSONValue) -> None:
    text = _child(parent, key)
    if not isinstance(text, str) or not isinstance(value, str):
        raise TypeError(key)
    # Let go of first: Python lengthens a text in place if nothing else refers to it, or each of many edits would copy it.
    parent[key] = None  # type: ignore[index]  # _child has checked key against parent
    text += value
    parent[key] = text  # type: ignore[index]


def _child(parent: JSONValue, key: JSONValue) -> JSONValue:
    if isinstance(parent, dict) and isinstance(key, str):
        return parent[key]
    if isinstance(parent, list) and isinstance(key, int):
        return parent[key]
    raise TypeError(key)


def _owned(container: JSONValue, own: dict[int, JSONValue]) -> JSONValue:
    if id(container) in own:
        return container
    if not isinstance(container, (dict, list)):
        raise TypeError(type(container).__name__)
    copy: JSONValue = container.copy()
    own[id(copy)] = copy
    return copy


def _is_edit(value: JSONValue) -> bool:
    match value:
        case [str() as action, [*path], _] if action in _ACTIONS:
            return all(isinstance(step, (str, int)) for step in path)
        case _:
            return False


def _parts(edit: JSONValue) -> tuple[str, list[JSONValue], JSONValue]:
    if isinstance(edit, list) and len(edit) == 3:
        action, path, value = edit
        if isinstance(path, list) and action in _ACTIONS:
            return str(action), path, value
    raise ProtocolError(
        f"the server sent the edit {_shown(edit)}; supported are [action, path, value] with the actions "
        "replace, append, add and delete"
    )


def _misfit(edit: JSONValue) -> ProtocolError:
    return ProtocolError(f"the server's edit {_shown(edit)} does not fit the value before it")


def _shown(edit: JSONValue) -> str:
    text = repr(edit)
    return text if len(text) <= 120 else text[:117] + "..."
