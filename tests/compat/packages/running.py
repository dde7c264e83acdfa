"""Packages of an environment without gradio_client, run with gradlink in its place: drivers, and commands of the packages."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.matrix.servers import PROJECT, tool

ENVIRONMENT: Final = "for-packages"
DRIVERS: Final = Path(__file__).parent
SECONDS: Final = 120  # a hang, on any machine


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process has left: its exit code, and what it said on its two outputs."""

    code: int
    output: str
    errors: str

    @property
    def last_line(self) -> str:
        """The last line of what it said about errors, where a traceback has the error."""
        return self.errors.rstrip().rpartition("\n")[2]


def python(folder: Path, *arguments: str) -> Ended:
    """Run the environment's Python with gradlink's sources; what packages store goes into ``folder``."""
    tool().install([ENVIRONMENT])
    program, variables = tool().interpreter(ENVIRONMENT)
    variables |= {
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)]),
        "COLUMNS": "1000",  # of a traceback, which is broken into lines otherwise
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(folder / "files"),
        "HF_HOME": str(folder / "home"),
        "HF_HUB_OFFLINE": "1",
        "TRACKIO_DIR": str(folder / "trackio"),
    }
    done = subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        env=variables,
        cwd=folder,
        timeout=SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def command(name: str, folder: Path, *arguments: str) -> Ended:
    """Run a console script of the environment."""
    script = tool().cache_directory() / ENVIRONMENT / "bin" / name
    return python(folder, "-m", "gradlink.compat", str(script), *arguments)


@cache
def driven(package: str, url: str, folder: Path) -> dict[str, Any]:
    """Return what the driver of a package told, by name; asked again, it is not run again."""
    ended = python(folder, "-m", "gradlink.compat", str(DRIVERS / f"with_{package}.py"), url, str(folder))
    assert ended.code == 0, ended.errors
    lines = [line for line in ended.output.splitlines() if line.startswith('{"name": ')]
    told = {said["name"]: said["value"] for said in map(json.loads, lines)}
    assert told.pop("gradio_client") == "gradlink.compat"
    return told
