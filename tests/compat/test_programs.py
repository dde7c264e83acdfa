"""Programs for gradio_client print the same when gradlink stands in for it, without a change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live.processes import free_port
from tests.live.servers import Servers

PROGRAMS = Path(__file__).parent / "programs"


def printed(command: list[str], path: Path, *arguments: str) -> str:
    """Return what a program prints, in a directory of its own."""
    environment = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(path / "files"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(path / "home"),
    }
    path.mkdir()
    ended = subprocess.run(
        [sys.executable, *command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def arguments_of(name: str, url: str, path: Path) -> list[str]:
    """Return what the program is given beside the app's address."""
    match name:
        case "waiting":
            return [url, f"http://127.0.0.1:{free_port()}/", f"{url}nowhere/"]
        case "tooling":
            return [url, str(path)]
        case _:
            return [url]


@pytest.mark.live
@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.py")))
def test_a_program_prints_what_it_prints_with_gradio_client(
    name: str, server: Servers, tmp_path: Path
) -> None:
    program = str(PROGRAMS / f"{name}.py")
    arguments: Any = arguments_of(name, server("hideerr" if name == "retrying" else "base").url, tmp_path)
    expected = printed([program], tmp_path / "theirs", *arguments)
    assert expected.strip()
    assert printed(["-m", "gradlink.compat", program], tmp_path / "ours", *arguments) == expected
