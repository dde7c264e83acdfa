"""What the page of a ``gr.ChatInterface`` does, and which endpoint is meant by it.

The page never calls the endpoint for programs: it saves the message, shows it, asks a function of its own for the
answer, and keeps the history, each by a call. Wire: gradio chat_interface.py, 4.44, 5.49 and 6.31.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue, as_list
from gradlink._protocol.schema import Endpoint
from gradlink.recorder.page import Dependency, Page


class Role(Enum):
    """What a function of such a page is for."""

    MESSAGE = "saves the message"
    ANSWER = "answers"
    RETRY = "takes the last message back, to ask again"
    UNDO = "takes the last message back"
    EDIT = "changes a message, to ask again"
    CLEAR = "begins anew"
    PICK = "asks with an example or an option"
    OTHER = "keeps the page up to date"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat interface of a page.

    Attributes:
        endpoint: the id of the function for programs.
        roles: what the page's functions are for.
    """

    endpoint: int
    roles: Mapping[int, Role] = field(default_factory=dict[int, Role])


_EVENTS = {
    "retry": Role.RETRY, "undo": Role.UNDO, "edit": Role.EDIT, "clear": Role.CLEAR,
    "option_select": Role.PICK, "example_select": Role.PICK,
}  # fmt: skip


# A page with more functions was made by a program, and takes long to be looked through.
_MAX_FUNCTIONS = 2_000


def find_chats(page: Page, endpoints: Mapping[int, Endpoint]) -> list[Chat]:
    """Return the chat interfaces of a page."""
    chats: list[Chat] = []
    if len(page.dependencies) > _MAX_FUNCTIONS:
        return chats
    for saving in page.dependencies.values():
        found = _chat_of(page, endpoints, saving)
        if found is not None:
            chats.append(found)
    return chats


def text_of_answer(history: JSONValue) -> str | None:
    """Return the text of the last message in what a chatbot shows, None if it is no text alone."""
    match as_list(history)[-1:]:
        case [{"role": "assistant", "content": str(text)}] | [[_, str(text)]]:
            return text
        case [{"role": "assistant", "content": [{"type": "text", "text": str(text)}]}]:
            return text
        case _:
            return None


def _chat_of(page: Page, endpoints: Mapping[int, Endpoint], saving: Dependency) -> Chat | None:
    """Return the chat whose message ``saving`` saves: it empties a box, and puts its text into State."""
    if len(saving.inputs) != 1 or len(saving.outputs) != 2 or saving.outputs[0] != saving.inputs[0]:
        return None
    box, saved = saving.outputs
    if page.type_of(saved) != "state" or "textbox" not in page.type_of(box):
        return None
    chain = [one for one in page.dependencies.values() if _begins(page, one, saving) and one is not saving]
    asking = [one for one in chain if one.inputs[:1] == (saved,) and len(one.inputs) > 1 and _bots(page, one)]
    # The message is shown first, by a function that takes the same in 4.x.
    answer = max(asking, key=lambda one: page.depth_of(one.fn_index), default=None)
    if answer is None:
        return None
    meant = next(
        (one for one in page.dependencies.values() if _is_meant(page, endpoints, one, box, answer)), None
    )
    return None if meant is None else Chat(meant.fn_index, _roles(page, saving, answer))


def _is_meant(
    page: Page, endpoints: Mapping[int, Endpoint], one: Dependency, box: int, answer: Dependency
) -> bool:
    """Tell whether ``one`` is the function for programs: it takes the message itself, the history, and the rest."""
    endpoint = endpoints.get(one.fn_index)
    if endpoint is None or not endpoint.api_name or endpoint.visibility != "public" or one.after is not None:
        return False
    takes = one.inputs[:1] == (box,) and one.inputs[2:] == answer.inputs[2:] and bool(endpoint.parameters)
    return takes and len(one.inputs) > 1 and page.type_of(one.inputs[1]) == "state"


def _roles(page: Page, saving: Dependency, answer: Dependency) -> dict[int, Role]:
    saved = saving.outputs[1]
    bots = _bots(page, answer)
    roots = {
        one.fn_index: Role.MESSAGE if one is saving else _role_of_root(page, one, answer)
        for one in page.dependencies.values()
        if one.after is None and (saved in one.outputs or _events_on(one, bots))
    }
    # It shows a conversation that was kept.
    for one in page.dependencies.values():
        if (
            one.after is None
            and one.events == frozenset(["change"])
            and page.states(one.inputs)
            and bots & set(one.outputs)
        ):
            roots.setdefault(one.fn_index, Role.OTHER)
    roles: dict[int, Role] = dict(roots)
    for one in page.dependencies.values():
        root = page.root_of(one.fn_index)
        if one.after is not None and root is not None and root.fn_index in roots:
            roles[one.fn_index] = Role.ANSWER if _answers(page, one, root, answer) else Role.OTHER
    return roles


def _role_of_root(page: Page, one: Dependency, answer: Dependency) -> Role:
    """Return what a function is for that a chain begins with."""
    events = _events_on(one, _bots(page, answer))
    if events:
        return _EVENTS[min(events)] if one.inputs or "example_select" in events else Role.OTHER
    # 4.x has buttons. The one that begins anew takes nothing.
    if not one.inputs:
        return Role.CLEAR
    asks = any(_answers(page, other, one, answer) for other in page.dependencies.values())
    return Role.RETRY if asks else Role.UNDO


def _answers(page: Page, one: Dependency, root: Dependency, answer: Dependency) -> bool:
    """Tell whether ``one`` gives the answer in the chain that ``root`` begins: the last one that is like ``answer``."""
    alike = [
        other.fn_index
        for other in page.dependencies.values()
        if (other.inputs, other.outputs) == (answer.inputs, answer.outputs) and _begins(page, other, root)
    ]
    return bool(alike) and one.fn_index == max(alike, key=page.depth_of)


def _begins(page: Page, one: Dependency, root: Dependency) -> bool:
    return page.root_of(one.fn_index) == root


def _events_on(one: Dependency, bots: set[int]) -> set[str]:
    return {event for target, event in one.targets if target in bots and event in _EVENTS}


def _bots(page: Page, one: Dependency) -> set[int]:
    return {component for component in one.outputs if page.type_of(component) == "chatbot"}
