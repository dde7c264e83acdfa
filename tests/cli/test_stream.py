"""``gradlink stream``."""

from __future__ import annotations

import json
import signal

from tests.cli.commands import Command, run, start
from tests.live.servers import Servers


def test_what_is_added_is_written(server: Servers, command: Command) -> None:
    done = command("stream", server().url, "count", "text=@-", "steps=3", stdin=b"n\n")
    assert (done.code, done.out, done.err) == (0, "n0 n1 n2 \n", "")


def test_it_is_written_as_it_arrives(server: Servers) -> None:
    running = server()
    with start("stream", running.url, "gategen", "key=arrives", "n=3") as process:
        assert process.stdout is not None
        try:
            for number in range(3):
                running.open_gate("arrives")
                assert process.stdout.read(len(f"{number}")) != b""
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, b"")


def test_other_values_are_written_one_by_one(server: Servers, command: Command) -> None:
    done = command("stream", server().url, "jsongen", "--format", "json")
    values = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert len(values) > 2
    assert all(isinstance(value, dict) for value in values)
    texts = command("stream", server().url, "count", "text=a", "steps=2", "--format", "json").out
    assert texts.splitlines() == ['"a0 "', '"a0 a1 "']


def test_a_function_that_does_not_stream_has_one_value(server: Servers, command: Command) -> None:
    assert command("stream", server().url, "echo", "text=x").out == "x\n"


def test_an_error_in_the_middle_ends_it(server: Servers, command: Command) -> None:
    done = command("stream", server().url, "generr", "n=2")
    assert done.code == 3
    assert done.out
    assert done.err.startswith("gradlink: ")


def test_who_stops_reading_stops_the_app(server: Servers) -> None:
    running = server()
    with start("stream", running.url, "slowgen", "n=1000", "delay=0.01", "key=sigpipe") as process:
        assert process.stdout is not None
        try:
            assert process.stdout.read(4)
            process.stdout.close()
            process.wait(60)
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()
    assert process.returncode == 141
    running.reach("sigpipe", "ended")
    assert running.counts("sigpipe").get("finished", 0) == 0


def test_ctrl_c_stops_the_app(server: Servers) -> None:
    running = server()
    with start("stream", running.url, "slowgen", "n=1000", "delay=0.01", "key=interrupted") as process:
        assert process.stdout is not None
        try:
            assert process.stdout.read(4)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    running.reach("interrupted", "ended")


def test_it_works_in_a_pipe(server: Servers) -> None:
    assert run("stream", server().url, "count", "text=@-", "steps=2", stdin=b"p").out == "p0 p1 \n"
