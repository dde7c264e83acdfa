"""The command ``gradlink``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.hostile import CODE, HOSTILE, spoiled
from tests.hostile.playing import Hostile
from tests.live.servers import Servers
from tests.vectors.cases import app


def run(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradlink", *arguments],
        capture_output=True,
        encoding=encoding,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


def test_generate_writes_a_module_for_an_app(server: Servers, tmp_path: Path) -> None:
    url = server().url
    target = tmp_path / "app.ts"
    done = run("generate", "--lang", "ts", url, "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    text = target.read_text(encoding="utf-8")
    assert f'export const APP = "{url}";' in text
    assert '  "/echo": {\n    args: {\n' in text
    assert run("generate", "--lang", "ts", url).stdout == text.replace(str(target), "app.ts")


def test_generate_says_what_is_wrong_in_one_line() -> None:
    done = run("generate", "--lang", "ts", "http://127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (7, "")
    assert done.stderr.startswith("gradlink: ")
    assert "http://127.0.0.1:1/" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_login_is_given_on_the_command_line(server: Servers) -> None:
    url = server("auth").url
    refused = run("generate", "--lang", "ts", url)
    assert refused.returncode == 5
    assert "login required" in refused.stderr
    assert "export interface Endpoints" in run("generate", "--lang", "ts", url, "--auth", "user:pass").stdout


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_what_an_app_says_is_no_code_and_can_be_written(
    hostile: Hostile, tmp_path: Path, encoding: str
) -> None:
    text = "".join(said for name, said in HOSTILE.items() if name != "very long") + "\u20ac"
    config, info = app("6.31.0")
    url = hostile.script(
        # A prefix of its own would only lead to an address that is none.
        config={**spoiled(config, text, thorough=False, config=True), "api_prefix": "/gradio_api"},
        info=spoiled(info, text, thorough=False, config=False),
    )
    target = tmp_path / "app.ts"
    done = run("generate", "--lang", "ts", url, "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    module = target.read_text(encoding="utf-8")
    assert not any(line.startswith(CODE) for line in module.splitlines())
    assert "\u20ac" in module
    printed = run("generate", "--lang", "ts", url, encoding=encoding)
    assert printed.returncode == 0, printed.stderr
    expected = module.replace(str(target), "app.ts")
    assert printed.stdout == expected.encode(encoding, "backslashreplace").decode(encoding)


def test_a_file_that_cannot_be_written_is_an_error_in_one_line(hostile: Hostile, tmp_path: Path) -> None:
    done = run("generate", "--lang", "ts", hostile.app("honest"), "-o", str(tmp_path / "nothing" / "app.ts"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gradlink: ")
    assert done.stderr.count("\n") == 1
