"""A disk that does not take the files of a result."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import FileError
from tests.interleaved.app import URL, App, options
from tests.live.shells import AsyncShell, Shell, SyncShell

SHELLS: tuple[Shell, ...] = (SyncShell(), AsyncShell("asyncio", "asyncio"), AsyncShell("trio", "trio"))
FILE = {"path": "/srv/a.bin", "url": None, "orig_name": "a.bin", "meta": {"_type": "gradio.FileData"}}


class Files(App):
    """An app whose only function gives a file of 200,000 bytes."""

    def finish(self, event_id: str) -> None:
        self._complete(event_id, {"data": [FILE], "is_generating": False, "duration": 1.0})

    def answer(self, request: httpx2.Request, body: bytes) -> tuple[int, Any]:
        return (200, "x" * 200_000) if "/file=" in request.url.path else super().answer(request, body)


@pytest.fixture(params=["full", "read-only"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A file system of its own, which takes a system's administrator, and the error that it gives."""
    how = {"full": "size=64k", "read-only": "ro"}[request.param]
    mount = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only an administrator can mount a disk")
    try:
        yield tmp_path, {"full": errno.ENOSPC, "read-only": errno.EROFS}[request.param]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)  # noqa: S607  # that of the system


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
def test_a_disk_that_takes_no_file_is_the_callers_matter(shell: Shell, disk: tuple[Path, int]) -> None:
    path, number = disk
    app = Files()
    with shell(URL, **{**options(app), "download_files": path}) as client:
        job = client.submit("x", api_name="/f")
        with pytest.raises(FileError, match=str(path)) as e:
            job.result()
        assert isinstance(e.value.__cause__, OSError)
        assert e.value.__cause__.errno == number
        assert [file for file in path.rglob("*") if file.is_file()] == []
