"""Tickets: what is written is read, and what is none, or another app's, is refused with its own error."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.schema import AppSchema, read_app
from gradlink._protocol.ticket import MAX_CHARACTERS, Ticket, endpoint_of, process_of, read_ticket
from gradlink.errors import ForeignTicketError, MalformedTicketError, RestartedTicketError

BASE = "http://127.0.0.1:7860/"
TICKET = Ticket(BASE, "/bake", 0, "ab" * 16, "cd" * 16, "123")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def packed(value: Any) -> str:
    """Return a value as a ticket whose check is right."""
    items = json.dumps(value).encode()
    return base64.urlsafe_b64encode(items + zlib.crc32(items).to_bytes(4, "big")).decode().rstrip("=")


def app(app_id: Any = 123) -> AppSchema:
    bake: Any = {"id": 0, "api_name": "bake", "inputs": [], "outputs": [], "targets": [], "backend_fn": True}
    config: Any = {"version": "6.31.0", "protocol": "sse_v3", "dependencies": [bake], "components": []}
    return read_app({**config, "app_id": app_id}, None)


@given(TEXT, st.none() | TEXT, st.integers(0, 10**6), TEXT, TEXT, st.none() | TEXT)
def test_a_ticket_is_read_as_it_was_written(
    base: str, api_name: str | None, fn_index: int, session_hash: str, event_id: str, app_id: str | None
) -> None:
    ticket = Ticket(base, api_name, fn_index, session_hash, event_id, app_id)
    text = ticket.write()
    assert text.isascii()
    assert text.replace("-", "a").replace("_", "a").isalnum()
    assert text[0].isalpha()  # a command would take a "-" for an option
    assert read_ticket(f" {text}\n") == ticket


def test_a_ticket_is_short() -> None:
    assert len(TICKET.write()) < 200


@given(st.integers(0, 10_000), st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_"))
def test_a_letter_that_was_changed_is_noticed(place: int, letter: str) -> None:
    text = TICKET.write()
    place %= len(text) - 1  # the last letter may have bits that mean nothing
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(MalformedTicketError):
        read_ticket(changed)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has 0 characters"),
        ("a" * (MAX_CHARACTERS + 1), "it has 8,193 characters"),
        ("not a ticket!", "characters that no ticket has"),
        ("tické", "characters that no ticket has"),
        (TICKET.write()[:-4], "cut or changed"),
        (packed("text"), "does not say where its job is"),
        (packed([1, BASE]), "does not say where its job is"),
        (packed([1, BASE, "/bake", "0", "s", "e", None]), "does not say where its job is"),
        (packed([2, BASE]), "written by a newer one .format 2."),
        (packed([0, BASE]), "does not say where its job is"),
        (base64.urlsafe_b64encode(b"{" + zlib.crc32(b"{").to_bytes(4, "big")).decode(), "does not say where"),
    ],
)
def test_what_is_no_ticket_is_refused(text: str, says: str) -> None:
    with pytest.raises(MalformedTicketError, match=says):
        read_ticket(text)


def test_an_error_shows_no_more_than_the_beginning_of_what_was_given() -> None:
    with pytest.raises(MalformedTicketError) as caught:
        read_ticket("\x1b[31m" + "s" * 1000)
    assert len(str(caught.value)) < 150
    assert "\x1b" not in str(caught.value)


def test_the_endpoint_is_that_of_the_app() -> None:
    assert endpoint_of(TICKET, BASE, app()).api_name == "/bake"


def test_one_process_may_have_several_addresses() -> None:
    assert endpoint_of(TICKET, "http://localhost:7860/", app()).api_name == "/bake"


def test_a_ticket_of_another_app_is_refused() -> None:
    with pytest.raises(ForeignTicketError, match="a job of /bake at http"):
        endpoint_of(TICKET, "http://127.0.0.1:7861/", app(124))
    with pytest.raises(ForeignTicketError):
        endpoint_of(TICKET, "http://127.0.0.1:7861/", app(None))


def test_a_ticket_from_before_a_restart_is_refused() -> None:
    with pytest.raises(RestartedTicketError, match="was restarted since the job was detached") as caught:
        endpoint_of(TICKET, BASE, app(124))
    assert caught.value.execution == "unknown"


@pytest.mark.parametrize("app_id", [None, 1 << 200, "x" * 65, [1], 1.5])
def test_an_app_that_does_not_name_its_process_is_known_by_its_address(app_id: Any) -> None:
    assert process_of(app(app_id)) is None
    assert endpoint_of(TICKET, BASE, app(app_id)).api_name == "/bake"
    assert endpoint_of(replace(TICKET, app_id=None), BASE, app()).api_name == "/bake"


@pytest.mark.parametrize(("app_id", "name"), [(123, "123"), ("abc", "abc")])
def test_a_process_is_named_by_a_number_or_a_text(app_id: Any, name: str) -> None:
    assert process_of(app(app_id)) == name


@pytest.mark.parametrize("change", [{"fn_index": 7}, {"api_name": "/boil"}, {"api_name": None}])
def test_an_endpoint_that_the_app_does_not_have_is_refused(change: Any) -> None:
    with pytest.raises(ForeignTicketError, match=r"has no .* any more"):
        endpoint_of(replace(TICKET, **change), BASE, app())


def test_an_endpoint_without_a_name_has_its_number_in_messages() -> None:
    assert replace(TICKET, api_name=None).title == "fn_index=0"
