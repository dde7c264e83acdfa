"""``gradlink completion``: what shells complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, Command
from tests.codegen.hostile import HOSTILE, spoiled
from tests.hostile.playing import Hostile
from tests.live.servers import Servers
from tests.vectors.cases import app

BASH = shutil.which("bash")
FISH = shutil.which("fish")


def run_with_command(shell: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell that finds ``gradlink`` in ``folder``."""
    command = folder / "gradlink"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradlink "$@"\n')
    command.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run(
        shell,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=90,
        check=False,
        env={**os.environ, "PATH": path},
    )


def complete(line: str, folder: Path) -> list[str]:
    """Return what bash completes at the end of ``line``, by the code that `gradlink completion bash` prints."""
    script = """
        eval "$(gradlink completion bash)"
        COMP_LINE=$1 COMP_POINT=${#1}
        _gradlink_completion
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = run_with_command([BASH or "bash", "-c", script, "bash", line], folder)
    # Outside of a completion bash says that compopt has nothing to set.
    assert "Traceback" not in done.stderr
    return done.stdout.split()


@pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")
def test_bash_completes_what_the_app_has(server: Servers, tmp_path: Path) -> None:
    url = server().url
    assert complete("gradlink in", tmp_path) == ["info"]
    assert complete(f"gradlink info {url} /typ", tmp_path) == ["/typed"]
    assert complete(f"gradlink call {url} /kitchen multi", tmp_path) == ["multi_drop="]
    assert complete(f"gradlink call {url} /kitchen number=1 radio=s", tmp_path) == ["sub"]
    assert complete(f"gradlink call {url} /kitchen --sli", tmp_path) == ["--slider"]
    assert complete(f"gradlink call {url} /kitchen --retr", tmp_path) == ["--retries"]


@pytest.mark.skipif(FISH is None, reason="there is no fish on this machine")
def test_fish_completes_what_the_app_has(server: Servers, tmp_path: Path) -> None:
    url = server().url

    def by_fish(line: str) -> list[str]:
        program = f"gradlink completion fish | source; complete -C '{line}'"
        done = run_with_command([FISH or "fish", "-c", program], tmp_path)
        return [one.partition("\t")[0] for one in done.stdout.splitlines()]

    assert by_fish(f"gradlink info {url} /typ") == ["/typed"]
    assert by_fish(f"gradlink call {url} /kitchen radio=s") == ["radio=sub"]


@pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")
def test_an_app_that_does_not_answer_completes_nothing(tmp_path: Path) -> None:
    assert complete("gradlink info http://127.0.0.1:1 /x", tmp_path) == []
    assert complete("gradlink call http://127.0.0.1:1 /x a", tmp_path) == []


@pytest.mark.skipif(BASH is None, reason="there is no bash on this machine")
def test_what_an_app_calls_its_things_is_not_run(hostile: Hostile, tmp_path: Path) -> None:
    config, info = app("6.31.0")
    ran = tmp_path / "ran"
    text = f"$(touch {ran})`touch {ran}`;touch {ran}*" + HOSTILE["quotes"]
    url = hostile.script(
        config={**spoiled(config, text, thorough=False, config=True), "api_prefix": "/gradio_api"},
        info=spoiled(info, text, thorough=False, config=False),
    )
    assert complete(f"gradlink call {url} /", tmp_path) == []
    assert not ran.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_code(command: Command, shell: str) -> None:
    done = command("completion", shell)
    assert done.code == 0, done.err
    assert "_GRADLINK_COMPLETE" in done.out


def test_a_shell_that_is_not_known_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    done = command("completion")
    assert (done.code, "name the shell: bash, zsh, fish" in done.err) == (2, True)
