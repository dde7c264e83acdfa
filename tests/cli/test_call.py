"""``gradlink call``."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.commands import Command, run, start
from tests.live.processes import free_port, process
from tests.live.servers import Servers


def test_values_are_what_the_endpoint_takes(server: Servers, command: Command) -> None:
    url = server().url
    assert command("call", url, "add", "a=2", "b=3.5", "op=sub").out == "-1.5\n"
    assert command("call", url, "/add", "--a", "2", "--op", "sub").out == "-8\n"
    assert command("call", url, "/add", "a=2", "--b=1").out == "3\n"
    assert command("call", url, "/echo", "text=007").out == "007\n"
    assert command("call", url, "/echo", "text=true").out == "true\n"


def test_the_kitchen_takes_everything(server: Servers, command: Command) -> None:
    url = server().url
    done = command(
        "call", url, "kitchen", "text=a=b", "number=1e3", "slider=7", "--no-check", "radio=sub", "drop=y",
        "multi_drop=p", "multi_drop=r", 'js:={"a": [1]}', "--format", "json",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == ["a=b", 1000, 7, False, "sub", "y", ["p", "r"], {"a": [1]}]


def test_arguments_may_be_json(server: Servers, command: Command, tmp_path: Path) -> None:
    url = server().url
    given = tmp_path / "args.json"
    given.write_text('{"a": 2, "op": "sub"}')
    assert command("call", url, "add", "--json", f"@{given}").out == "-8\n"
    assert command("call", url, "add", "--json", f"@{given}", "a=5").out == "-5\n"
    assert command("call", url, "add", "--json", "[1, 2]").out == "3\n"
    assert command("call", url, "add", "--json", "@-", stdin=b'{"a": 1}').out == "11\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["kitchen", "numbr=1"], "there is no parameter 'numbr'; did you mean 'number'?"),
        (["add", "a=one"], "a: 'one' is not a number"),
        (["add"], "missing: a="),
        (["add", "a=1", "op=ad"], "op: 'ad' is not one of the choices; did you mean 'add'?"),
        (["kitchen", "text=", "number=1", "slider=101"], "slider: 101 is more than the maximum, 100"),
        (["kitchen", "text=", "number=1", "check=perhaps"], "check: 'perhaps' is neither true nor false"),
        (["add", "--nmber", "1"], "No such option '--nmber'"),
        (["add", "a=1", "a=2"], "a: given twice"),
        (["add", "a:=[1]"], "a: [1] is not a number"),
        (["add", "a:=[1"], "a: not JSON"),
        (["add", "--json", "[1,2,3,4]"], "--json has 4 values, the endpoint takes 3"),
        (["add", "1"], "'1' is not NAME=VALUE"),
        (["file_upper", "file=letter.txt"], "write @letter.txt"),
        (["file_upper", "file=@/no/such/file"], "there is no file '/no/such/file'"),
        (["echo", "text=@/no/such/file"], "is written with two of them"),
        (["nothing"], "no endpoint /nothing"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_sent(
    server: Servers, command: Command, arguments: list[str], said: str
) -> None:
    before = len(server().requests())
    done = command("call", server().url, *arguments)
    assert (done.code, done.out) == (2, "")
    assert all(request.method == "GET" for request in server().requests(before))
    assert said in done.err
    assert "Traceback" not in done.err


def test_texts_and_files_are_read(server: Servers, command: Command, tmp_path: Path) -> None:
    url = server().url
    letter = tmp_path / "letter.txt"
    letter.write_text("dear\n")
    assert command("call", url, "echo", f"text=@{letter}").out == "dear\n"
    assert command("call", url, "echo", "text=@-", stdin="grüße\n".encode()).out == "grüße\n"
    assert command("call", url, "echo", "text=@@home").out == "@home\n"
    assert command("call", url, "echo", "text=@").out == "@\n"
    done = command("call", url, "file_upper", f"file=@{letter}", "-o", str(tmp_path / "out.txt"))
    assert (done.code, (tmp_path / "out.txt").read_text()) == (0, "DEAR\n")
    assert done.out == f"{tmp_path / 'out.txt'}\n"
    assert command("call", url, "file_upper", "file=@-", stdin=b"abc").code == 0
    into = tmp_path / "folder"
    command("call", url, "file_upper", f"file=@{letter}", "-o", f"{into}/")
    command("call", url, "file_upper", f"file=@{letter}", "-o", str(into))
    assert len(list(into.iterdir())) == 2


def test_several_files_are_a_list(server: Servers, command: Command, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    files = [f"files=@{tmp_path / name}" for name in ("a.txt", "b.txt")]
    done = command("call", server().url, "files_info", *files)
    assert done.code == 0, done.err
    assert ["a.txt" in done.out, "b.txt" in done.out] == [True, True]
    assert command("call", server().url, "files_info", files[0]).code == 0


def test_several_values_have_their_names(server: Servers, command: Command) -> None:
    done = command("call", server().url, "multi", "text=ab")
    assert done.out.splitlines()[:2] == ["text out: ab", "number out: 2"]
    assert json.loads(command("call", server().url, "multi", "text=ab", "--format", "json").out)[:2] == [
        "ab",
        2,
    ]


def test_the_only_endpoint_needs_no_name(server: Servers, command: Command) -> None:
    done = command("call", server().url, "text=hi")
    assert done.code == 2
    assert "name one: /" in done.err


@pytest.mark.parametrize(
    ("variant", "arguments", "code"),
    [
        ("base", ["err", "text=x"], 3),
        ("base", ["boom", "text=x"], 3),
        ("base", ["validated", "n=-1"], 4),
        ("auth", ["echo", "text=x"], 5),
        ("base", ["slow", "seconds=30", "--timeout", "0.5"], 8),
    ],
)
def test_exit_codes_say_what_kind_of_failure_it_was(
    server: Servers, command: Command, variant: str, arguments: list[str], code: int
) -> None:
    done = command("call", server(variant).url, *arguments)
    assert (done.code, done.out) == (code, ""), done.err
    assert done.err.startswith("gradlink: ")
    assert "Traceback" not in done.err


def test_nothing_that_listens_is_a_connection_error(command: Command) -> None:
    assert command("call", "http://127.0.0.1:1/", "echo", "text=x").code == 7


def test_a_login_is_given(server: Servers, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    url = server("auth").url
    assert command("call", url, "echo", "text=x", "--auth", "user:pass").out == "x\n"
    monkeypatch.setenv("GRADLINK_AUTH", "user:pass")
    assert command("call", url, "echo", "text=x").out == "x\n"
    assert command("call", url, "echo", "text=x", "--auth", "user").code == 2


def test_headers_are_sent(server: Servers, command: Command) -> None:
    done = command("call", server().url, "whoami", "--header", "X-Probe: 7")
    assert json.loads(done.out)["headers"]["x-probe"] == "7"
    assert command("call", server().url, "whoami", "--header", "nonsense").code == 2


def test_the_help_is_that_of_the_endpoint(server: Servers, command: Command) -> None:
    done = command("call", server().url, "kitchen", "--help")
    assert done.code == 0
    assert "--check/--no-check" in done.out
    assert "required" in done.out
    assert "Usage: gradlink call [OPTIONS] APP" in command("call", "--help").out


def test_ctrl_c_cancels_on_the_server(server: Servers) -> None:
    running = server()
    with start("call", running.url, "gate", "key=ctrl-c") as process:
        try:
            running.reach("ctrl-c", "started")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
            running.open_gate("ctrl-c")
    assert (process.returncode, out) == (130, b"")
    assert b"cancelled; the app was asked to stop, too" in err
    assert b"Traceback" not in err


def test_a_traceback_is_there_for_those_who_want_it(server: Servers) -> None:
    assert "Traceback" in run("call", server().url, "err", "text=x", "--debug").err


def test_requests_are_shown_without_secrets(server: Servers) -> None:
    done = run("call", server("auth").url, "echo", "text=x", "--auth", "user:pass", "--verbose")
    assert (done.code, done.out) == (0, "x\n")
    assert "POST" in done.err
    assert "/queue/join: 200" in done.err
    assert "pass" not in done.err
    logged = run("call", server().url, "echo", "text=x", env={"GRADLINK_LOG": "debug"})
    assert "/queue/join: 200" in logged.err


def test_parameters_may_be_called_like_options(command: Command) -> None:
    port = free_port()
    with process("tests.apps.namesakes", port):
        url = f"http://127.0.0.1:{port}"
        done = command("call", url, "echo", "timeout=7", "headers=mine", "--format", "json")
        assert (done.code, done.err) == (0, "")
        assert json.loads(done.out) == [7, "r", False, "mine"]
