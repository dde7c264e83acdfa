"""A Ray of this machine, for the tests of a folder that are played by one worker."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Ray gives its own processes 15 s to start, which a busy machine may need for one.
TRIES = 5
CPUS = 4
# Ray reads these when it is imported, which any test of this folder may do.
os.environ |= {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),  # or it would write one to the home directory
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_raylet_start_wait_time_s": "120",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Ray that runs.

    Attributes:
        address: where it is.
        logs: the folder with everything that its processes have said.
    """

    address: str
    logs: Path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Start Ray, whose processes have the code of this tree, connect to it, and end it."""
    pytest.importorskip("ray", reason="Ray has no release for this Python")
    import ray.data

    with (
        pytest.MonkeyPatch.context() as patch,
        # Short: the paths of its sockets begin with it.
        tempfile.TemporaryDirectory(prefix="gl-ray-", ignore_cleanup_errors=True) as folder,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT / "src"), str(ROOT))))
        process, address = _started(folder)
        try:
            ray.init(address, log_to_driver=False)
            ray.data.DataContext.get_current().enable_progress_bars = False
            yield Cluster(address, Path(folder, "session_latest", "logs"))
        finally:
            ray.shutdown()
            _end(process)


def _started(folder: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--port=0"]
    options = [f"--num-cpus={CPUS}", "--include-dashboard=false", f"--temp-dir={folder}"]
    said = ""
    for _ in range(TRIES):
        process = subprocess.Popen(
            [*command, *options, f"--object-store-memory={100 << 20}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        for line in process.stdout or ():
            said += line
            if found := re.search(r"--address='(.*?)'", line):
                return process, found[1]
        _end(process)
    raise AssertionError(f"Ray did not start:\n{said}")


def _end(process: subprocess.Popen[str]) -> None:
    # All of its processes: asked to end, it would wait half a minute for those that have nothing to save.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
