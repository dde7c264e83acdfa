"""Runs the command, in this process or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradlink.cli import main

ROOT = Path(__file__).parents[2]
END_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has written, and how it ended."""

    code: int
    out: str
    err: str


class Command:
    """Runs commands in this process, which spares the start of an interpreter for each."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Done:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = main(arguments)
        said = self._capsys.readouterr()
        return Done(code, said.out, said.err)


def start(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Run the command in a process of its own, with pipes to it and from it."""
    return subprocess.Popen(
        [sys.executable, "-m", "gradlink", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )


def run(*arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
    """Run the command in a process of its own, to its end."""
    with start(*arguments, env=env) as process:
        try:
            out, err = process.communicate(stdin, END_SECONDS)
        finally:
            process.kill()
    return Done(process.returncode, out.decode(), err.decode())
