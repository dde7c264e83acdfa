"""The pages of chat interfaces, as three series of Gradio make them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradlink._protocol.schema import AppSchema
from gradlink.recorder.chat import Role, find_chats, text_of_answer
from gradlink.recorder.files import RecordedFiles
from gradlink.recorder.page import read_page
from tests.recorder.apps import Page, app, component, function

BOX, BOTS, SAVED, HISTORY, ANSWER, MOOD, NOTHING = range(1, 8)
COMPONENTS = [
    component(BOX, "textbox"),
    component(BOTS, "chatbot"),
    component(SAVED, "state"),
    component(HISTORY, "state"),
    component(ANSWER, "json"),
    component(MOOD, "textbox", value="calm"),
    component(NOTHING, "state"),
]


def then(key: int, before: int, inputs: list[int], outputs: list[int]) -> dict[str, Any]:
    return function(
        key, f"f{key}", inputs, outputs, **hidden(), targets=[[None, "then"]], trigger_after=before
    )


def hidden() -> dict[str, Any]:
    return {"api_visibility": "undocumented"}


def new_chat() -> AppSchema:
    """5.x and 6.x."""
    asks = [SAVED, HISTORY, MOOD]
    return app(
        COMPONENTS,
        [
            function(0, "save", [BOX], [BOX, SAVED], **hidden(), targets=[[BOX, "submit"]]),
            then(1, 0, [SAVED, BOTS], [BOTS]),
            then(2, 1, asks, [NOTHING, BOTS]),
            then(3, 2, [BOTS], [HISTORY]),
            function(4, "chat", [BOX, HISTORY, MOOD], [ANSWER, HISTORY]),
            function(5, "retry", [HISTORY], [HISTORY, SAVED], **hidden(), targets=[[BOTS, "retry"]]),
            then(6, 5, [SAVED, HISTORY], [BOTS]),
            then(7, 6, asks, [NOTHING, BOTS]),
            function(8, "undo", [BOTS], [BOTS, BOX], **hidden(), targets=[[BOTS, "undo"]]),
            function(9, "other", [MOOD], [MOOD]),
        ],
    )


def old_chat() -> AppSchema:
    """4.x: the message is shown by a function that takes and gives the same as the one that answers."""
    return app(
        COMPONENTS,
        [
            function(0, "save", [BOX], [BOX, SAVED], **hidden(), targets=[[BOX, "submit"], [90, "click"]]),
            then(1, 0, [SAVED, BOTS], [BOTS]),
            then(2, 1, [SAVED, BOTS], [BOTS]),
            function(4, "chat", [BOX, HISTORY], [ANSWER, HISTORY]),
            function(5, "retry", [SAVED, BOTS], [BOTS, SAVED], **hidden(), targets=[[91, "click"]]),
            then(6, 5, [SAVED, BOTS], [BOTS]),
            then(7, 6, [SAVED, BOTS], [BOTS]),
            function(8, "undo", [SAVED, BOTS], [BOTS, SAVED], **hidden(), targets=[[92, "click"]]),
            function(10, "clear", [], [BOTS, SAVED], **hidden(), targets=[[93, "click"]]),
        ],
    )


@pytest.mark.parametrize("make", [new_chat, old_chat])
def test_what_the_functions_of_the_page_are_for(make: Any) -> None:
    schema = make()
    (chat,) = find_chats(read_page(schema.config), schema.endpoints)
    assert chat.endpoint == 4
    wanted = {
        0: Role.MESSAGE,
        1: Role.OTHER,
        2: Role.ANSWER,
        5: Role.RETRY,
        6: Role.OTHER,
        7: Role.ANSWER,
        8: Role.UNDO,
    }
    assert {key: chat.roles[key] for key in wanted} == wanted
    assert 4 not in chat.roles
    assert 9 not in chat.roles
    assert chat.roles.get(10, Role.CLEAR) is Role.CLEAR


def test_a_message_is_a_call_of_the_endpoint_that_is_meant(tmp_path: Path) -> None:
    page = Page(new_chat(), RecordedFiles(tmp_path / "f", "f"))
    shown = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    page.call(0, ["hi"], "", None, trigger_id=BOX)
    page.call(1, [None, []], shown[:1], trigger_id=BOX)
    page.call(2, [None, None, "merry"], None, shown, trigger_id=BOX)
    page.call(3, [shown], None, trigger_id=BOX)
    page.call(5, [None], None, None, trigger_id=BOTS)
    page.call(7, [None, None, "calm"], None, shown, trigger_id=BOTS)
    page.call(8, [shown], [], "hi", trigger_id=BOTS)
    assert page.lines == [
        'chat = client.predict(textbox_1="hi", textbox_6="merry", api_name="/chat")',
        "print(chat)",
        "# the page takes the last message back, to ask again; a program cannot take messages back, so it asks once more",
        'chat_2 = client.predict(textbox_1="hi", api_name="/chat")',
        "print(chat_2)",
        "# /undo was called: it takes the last message back, which the page does by itself; a program begins anew with another client",
    ]
    assert page.recorder.recording.steps[0].outputs == ["hello"]


def test_an_app_without_one_has_none() -> None:
    schema = app(COMPONENTS, [function(0, "chat", [BOX, HISTORY], [ANSWER, HISTORY])])
    assert find_chats(read_page(schema.config), schema.endpoints) == []


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([["hi", "hello"]], "hello"),
        ([{"role": "assistant", "content": "hello"}], "hello"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "hello"}]}], "hello"),
        ([{"role": "user", "content": "hi"}], None),
        ([["hi", None]], None),
        ([], None),
        (None, None),
    ],
)
def test_the_text_of_an_answer(history: Any, expected: str | None) -> None:
    assert text_of_answer(history) == expected
