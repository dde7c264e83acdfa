"""``gradlink chat``."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from gradlink import Client
from gradlink._describe.fields import fields_of
from gradlink.cli import arguments, chat
from gradlink.cli.conversation import Conversation, chat_endpoint, mentioned_files
from gradlink.cli.markdown import Blocks
from tests.cli.commands import Command
from tests.cli.terminals import terminal
from tests.live.servers import Servers


def test_each_line_is_a_message(server: Servers, command: Command) -> None:
    done = command("chat", server().url, stdin=b"hello\n\nagain\n")
    assert done.code == 0, done.err
    assert [line for line in done.out.splitlines() if "hello" in line or "again" in line]


def test_the_endpoint_has_to_be_named_where_it_cannot_be_found(server: Servers, command: Command) -> None:
    done = command("chat", server().url, "/ping", stdin=b"x\n")
    assert done.code == 2
    assert "takes no text" in done.err


def test_an_error_ends_a_conversation_of_a_program(server: Servers, command: Command) -> None:
    done = command("chat", server().url, "/err", stdin=b"x\nnever\n")
    assert done.code == 3
    assert done.err.count("gradlink: ") == 1


def test_a_person_talks_to_the_app(server: Servers) -> None:
    with terminal("chat", server().url, "/count", "steps=2") as screen:
        place = screen.expect("> ")
        screen.send("n\n")
        place = screen.expect("n0 n1", place + 1)
        place = screen.expect("> ", place)
        screen.send("/new\n")
        place = screen.expect("a new conversation", place)
        screen.expect("> ", place)
        screen.send("\x04")
        assert screen.end() == 0


def test_ctrl_c_stops_the_answer_but_not_the_program(server: Servers) -> None:
    running = server()
    try:
        with terminal("chat", running.url, "/gategen", "n=1", "--plain") as screen:
            place = screen.expect("> ")
            screen.send("chat-stopped\n")
            running.reach("chat-stopped", "started")
            screen.interrupt()
            place = screen.expect("stopped", place + len("chat-stopped"))
            screen.expect("> ", place)
            running.reach("chat-stopped", "ended")
            screen.interrupt()  # at the prompt, it only says how to leave
            screen.expect("Ctrl-D leaves", place)
            screen.send("/quit\n")
            assert screen.end() == 0
    finally:
        running.open_gate("chat-stopped")


def test_ctrl_c_while_a_message_is_sent_stops_its_answer(
    server: Servers, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    running, sent = server(), "chat-sent"
    try:
        with Client(running.url, verbose=False) as client:
            endpoint = chat_endpoint(client, "/gategen")
            name, value = arguments.split_item("n=1")
            conversation = Conversation(client, endpoint, fields_of(client.config, endpoint), {name: [value]})
            send = conversation.send

            def interrupted(message: str) -> Any:
                answer = send(message)
                running.reach(sent, "started")
                signal.raise_signal(signal.SIGINT)
                return answer

            monkeypatch.setattr(conversation, "send", interrupted)
            assert chat._turn(conversation, sent, markdown=False) is True
            running.reach(sent, "ended")
    finally:
        running.open_gate(sent)
    assert "stopped" in capfd.readouterr().err


def test_markdown_is_shown_as_such(server: Servers) -> None:
    with terminal("chat", server().url, "/echo") as screen:
        place = screen.expect("> ")
        screen.send("**bold** [link](http://h/?x) and `code`\n")
        screen.expect("bold link (http://h/?x) and code", place)
        # A link that is hidden behind a text could not be judged.
        assert "\x1b]8;" not in screen.written


def test_no_escape_sequence_of_an_app_reaches_the_terminal(server: Servers) -> None:
    for option in ((), ("--plain",)):
        with terminal("chat", server().url, "/echo", *option) as screen:
            place = screen.expect("> ")
            screen.send("a\x16\x1b[2Jb\n")  # Ctrl-V takes the next character as it is
            screen.expect("\\x1b[2Jb", place)
            assert screen.written.count("\x1b[2J") == 0


def test_blocks_are_finished_at_empty_lines_and_fences() -> None:
    blocks = Blocks()
    finished: list[str] = []
    text = "# head\n\nsome `text`\nmore\n\n```python\na\n\nb\n```\nafter"
    for character in text:
        finished += blocks.add(character)
    assert finished == ["# head\n", "some `text`\nmore\n", "```python\na\n\nb\n```"]
    assert blocks.rest == "after"


def test_words_that_name_files_are_found() -> None:
    message = """see @a.png and @"my b.png", not me@home or @ alone; '@c d' @'e f'"""
    assert [(word, str(path)) for word, path in mentioned_files(message)] == [
        ("@a.png", "a.png"),
        ('@"my b.png"', "my b.png"),
        ("@'e f'", "e f"),
    ]


def test_files_are_sent_along(server: Servers, command: Command, tmp_path: Path) -> None:
    note = tmp_path / "my note.txt"
    note.write_text("dear")
    done = command("chat", server().url, "/multimodal", stdin=f'look @"{note}"\n'.encode())
    assert done.code == 0, done.err
    refused = command("chat", server().url, "/echo", stdin=f'look @"{note}"\n'.encode())
    assert (refused.code, "takes no files" in refused.err) == (2, True)


def test_the_history_goes_along(server: Servers) -> None:
    with Client(server().url, verbose=False) as client:
        endpoint = chat_endpoint(client, None)
        assert endpoint.api_name == "/chat"
        conversation = Conversation(client, endpoint, fields_of(client.config, endpoint), {})
        for message in ("one", "two"):
            assert message in "".join(conversation.send(message))
        said = str(conversation.history)
        assert said.index("one") < said.index("two")
        conversation.begin_anew()
        assert conversation.history is None
