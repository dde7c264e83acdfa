"""What is done in a chat's page, as calls of the endpoint that is meant."""

from __future__ import annotations

from contextlib import suppress

from gradlink._protocol.jsonvalue import JSONValue
from gradlink.codegen.snippets.calls import Value
from gradlink.codegen.snippets.values import Unwritable
from gradlink.recorder.chat import Chat, Role, text_of_answer
from gradlink.recorder.events import Began
from gradlink.recorder.page import Dependency, Page
from gradlink.recorder.sessions import Session, called, fill
from gradlink.recorder.steps import Step
from gradlink.recorder.values import Values


def in_chat(
    known: Values, number: int, session: Session, dependency: Dependency, began: Began
) -> Step | Role | None:
    """Return the step for a call of a chat's page, the role of one that is part of another, None for any other."""
    found = next(
        (
            (chat, chat.roles[dependency.fn_index])
            for chat in session.chats
            if dependency.fn_index in chat.roles
        ),
        None,
    )
    if found is None:
        return None
    chat, role = found
    match role:
        case Role.MESSAGE:
            session.message = None
            endpoint = session.schema.endpoints[chat.endpoint]
            box = dependency.inputs[0]
            with suppress(Unwritable):
                session.message = known.argument(
                    began.data[0] if began.data else "",
                    endpoint.parameters[0],
                    session.shown.get(box),
                    hidden=False,
                )
            return role
        case Role.ANSWER:
            return _answer(known, number, session, chat, dependency, began)
        case Role.UNDO | Role.CLEAR:
            step = Step(number, session.number, session.schema.endpoints[dependency.fn_index])
            step.impossible = (
                f"it {role.value}, which the page does by itself; a program begins anew with another client"
            )
            return step
        case Role.EDIT | Role.PICK:
            session.message = _message_of(began.event_data, session.message)
            return role
        case _:
            return role


def answer_of(
    page: Page, outputs: tuple[int, ...], step: Step, data: list[JSONValue]
) -> list[JSONValue] | None:
    """Return what a program gets where the page gets ``data``, None if that is not known."""
    # A chat's page gets the history, a program the answer alone, and whatever else there is.
    bots = [raw for raw, key in zip(data, outputs, strict=False) if page.type_of(key) == "chatbot"]
    answer = text_of_answer(bots[0]) if bots else None
    return [answer] if answer is not None and step.results == 1 else None


def _answer(
    known: Values, number: int, session: Session, chat: Chat, dependency: Dependency, began: Began
) -> Step:
    endpoint = session.schema.endpoints[chat.endpoint]
    step = Step(number, session.number, called(endpoint, session.schema))
    fill(known, step, session, dependency, began.data)
    values = dict(step.values)
    values.pop(endpoint.parameters[0].name, None)
    message: Value = session.message if session.message is not None else ""
    step.values = {endpoint.parameters[0].name: message, **values}
    root = session.page.root_of(dependency.fn_index)
    role = chat.roles.get(root.fn_index, Role.OTHER) if root is not None else Role.OTHER
    if role in {Role.RETRY, Role.EDIT}:
        step.notes.append(f"the page {role.value}; a program cannot take messages back, so it asks once more")
    return step


def _message_of(event: JSONValue, otherwise: Value) -> Value:
    """Return the text that was picked, or that a message was changed into."""
    match event:
        case {"value": str(text)}:
            return text
        case {"value": {"text": str(text)}}:
            return text
        case _:
            return otherwise
