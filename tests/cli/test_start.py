"""How the command starts: its help, its version, and what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gradlink import __version__
from gradlink.cli import exits
from gradlink.cli.running import COMMANDS
from tests.cli.commands import ROOT, Command
from tests.live.servers import Servers

# They take longer to load than printing the help does.
HEAVY = {"httpx2", "rich", "anyio", "trio", "asyncio", "gradlink._sync.client", "numpy"}


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that the command has loaded when it ends."""
    program = (
        "import sys; from gradlink.cli import main; main(sys.argv[1:]); "
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    return set(done.stderr.split())


def test_help_and_version_load_little() -> None:
    for arguments in (["--version"], ["--help"]):
        assert loaded_by(*arguments).isdisjoint(HEAVY)
    for name in COMMANDS:
        assert loaded_by(name, "--help").isdisjoint(HEAVY - {"asyncio"}), name


def test_every_command_has_a_help_of_80_columns(command: Command) -> None:
    assert command("--version").out == f"gradlink {__version__}\n"
    for arguments in ([], *([name] for name in COMMANDS)):
        done = command(*arguments, "--help")
        assert (done.code, done.err) == (0, "")
        # Commands to copy stay on one line.
        lines = [line for line in done.out.splitlines() if "gradlink" not in line]
        assert max(map(len, lines)) <= 80, arguments


def test_without_its_extra_the_command_says_what_to_install() -> None:
    program = (
        "import sys, importlib.util as u; found = u.find_spec; "
        "u.find_spec = lambda name, *a: None if name == 'rich' else found(name, *a); "
        "from gradlink.cli import main; sys.exit(main(['--help']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'gradlink[cli]'" in done.stderr


def test_colours_are_for_terminals(
    server: Servers, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in command("info", server().url).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in command("info", server().url).out
    assert "\x1b[3" not in command("info", server().url, "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in command("info", server().url).out


def test_a_mistake_is_told_in_one_line_with_the_way_to_the_help(command: Command) -> None:
    done = command("inf")
    assert (done.code, done.out) == (exits.USAGE, "")
    assert done.err.splitlines()[-1] == "See: gradlink --help"
    assert command("info").code == exits.USAGE
    assert command("info", "nonsense").code == exits.USAGE


def test_a_mistake_of_ours_is_no_traceback_either(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("gradlink.Client", fail)
    done = command("info", "http://127.0.0.1:1")
    assert (done.code, done.out) == (exits.FAILED, "")
    assert done.err.splitlines()[0] == "gradlink: ZeroDivisionError: of ours"
    assert "--debug" in done.err
    with pytest.raises(ZeroDivisionError):
        command("info", "http://127.0.0.1:1", "--debug")
