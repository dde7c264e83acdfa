"""``gradlink call --detach`` and ``gradlink jobs collect``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gradlink._protocol.ticket import read_ticket
from tests.cli.commands import Command
from tests.live.servers import Servers
from tests.live.waits import new_key


def test_a_ticket_collects_the_result(server: Servers, command: Command) -> None:
    base = server()
    done = command("call", base.url, "multi", "text=abc", "--detach")
    assert (done.code, done.err) == (0, "")
    ticket = done.out.strip()
    assert read_ticket(ticket).base == base.url
    straight = command("call", base.url, "multi", "text=abc")
    collected = command("jobs", "collect", ticket)
    assert (collected.code, collected.out, collected.err) == (0, straight.out, straight.err)


def test_the_result_may_be_json(server: Servers, command: Command) -> None:
    base, key = server(), new_key()
    ticket = command("call", base.url, "gate_parallel", f"key={key}", "--detach").out.strip()
    base.reach(key, "started")
    base.open_gate(key)
    assert command("jobs", "collect", ticket, "--format", "json").out == f'"passed {key}"\n'


def test_files_of_the_result_go_where_they_are_wanted(
    server: Servers, command: Command, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear you")
    ticket = command("call", server().url, "file_upper", f"file=@{letter}", "--detach").out.strip()
    target = tmp_path / "answer.txt"
    assert command("jobs", "collect", ticket, "-o", str(target)).out == f"{target}\n"
    assert target.read_text() == "DEAR YOU"


def test_what_cannot_be_collected_is_told(server: Servers, command: Command) -> None:
    done = command("jobs", "collect", "nonsense")
    assert (done.code, done.out) == (2, "")
    assert "'nonsense' is not a ticket" in done.err
    ticket = command("call", server().url, "echo", "text=once", "--detach").out.strip()
    unknown = replace(read_ticket(ticket), session_hash=new_key()).write()
    done = command("jobs", "collect", unknown)
    assert (done.code, done.out) == (1, "")
    assert "/echo: the server has nothing for this ticket" in done.err
