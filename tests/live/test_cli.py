"""The command ``gradlink``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live.servers import Servers


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradlink", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
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
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gradlink: ")
    assert "http://127.0.0.1:1/" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_login_is_given_on_the_command_line(server: Servers) -> None:
    url = server("auth").url
    refused = run("generate", "--lang", "ts", url)
    assert refused.returncode == 1
    assert "the app wants a login" in refused.stderr
    assert "export interface Endpoints" in run("generate", "--lang", "ts", url, "--auth", "user:pass").stdout
