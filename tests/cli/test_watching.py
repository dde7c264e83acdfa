"""What the command shows while a call runs."""

from __future__ import annotations

from tests.cli.commands import Command, run
from tests.cli.terminals import terminal
from tests.live.ptys import HIDE_CURSOR, SHOW_CURSOR
from tests.live.servers import Servers


def test_a_person_sees_progress_until_there_is_a_result(server: Servers) -> None:
    running = server()
    with terminal("call", running.url, "progressgate", "key=cli-progress", "n=2") as screen:
        running.reach("cli-progress", "started")
        place = screen.expect("/progressgate")
        screen.expect("0/2", place)
        running.open_gate("cli-progress", 3)
        assert screen.end() == 0
    # What was drawn is taken away again, and the cursor is back.
    assert screen.written.rstrip().endswith("done")
    assert screen.written.rfind(SHOW_CURSOR) > screen.written.rfind(HIDE_CURSOR)


def test_a_program_sees_no_progress(server: Servers) -> None:
    done = run("call", server().url, "progress", "n=2")
    assert (done.code, done.err) == (0, "")


def test_what_the_app_says_to_its_user_is_told(server: Servers, command: Command) -> None:
    done = command("call", server().url, "logs", "text=x")
    assert done.code == 0
    assert "info: " in done.err
    assert "warning: " in done.err
    assert "x" in done.out


def test_the_place_in_the_queue_is_shown(server: Servers) -> None:
    running = server()
    with terminal("call", running.url, "gate", "key=cli-first") as first:
        running.reach("cli-first", "started")
        with terminal("call", running.url, "gate", "key=cli-second") as second:
            second.expect("position 1 of 1 in the queue")
            running.open_gate("cli-first")
            assert first.end() == 0
            running.open_gate("cli-second")
            assert second.end() == 0


def test_ctrl_c_takes_the_display_away(server: Servers) -> None:
    running = server()
    with terminal("call", running.url, "gate", "key=cli-interrupted") as screen:
        running.reach("cli-interrupted", "started")
        place = screen.expect("/gate")
        screen.interrupt()
        screen.expect("cancelled; the app was asked to stop, too", place)
        assert screen.end() == 130
    running.open_gate("cli-interrupted")
    assert screen.written.rfind(SHOW_CURSOR) > screen.written.rfind(HIDE_CURSOR)
