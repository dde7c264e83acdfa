"""The files of a request as httpx2 sends them."""

from __future__ import annotations

import gzip
import io
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from gradlink._io import HttpRequest
from gradlink._local.filesource import FileSource
from gradlink._shell.multipart import multipart

URL = "http://me:secret@h:1/a?token=secret"


class OnlyRead:
    def read(self, size: int = -1) -> bytes:
        return b"x"


def test_files_are_opened_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    memory = io.BytesIO(b"y")
    request = HttpRequest(
        "POST",
        "http://h/",
        files=(FileSource(str(path), "n.txt"), FileSource(memory, "m"), FileSource(b"z", "b")),
    )
    with ExitStack() as stack:
        parts = multipart(request, stack)
        assert [(field, name) for field, (name, _) in parts] == [
            ("files", "n.txt"),
            ("files", "m"),
            ("files", "b"),
        ]
        opened, given, content = (source for _, (_, source) in parts)
        assert opened.read() == b"content"
        assert given is memory
        assert content.read() == b"z"
    assert opened.closed
    assert not memory.closed  # it is the caller's


def test_what_has_no_size_shows_none() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    with ExitStack() as stack, os.fdopen(reading, "rb") as pipe:
        request = HttpRequest("POST", "http://h/", files=(FileSource(pipe, "p"), FileSource(OnlyRead(), "r")))  # type: ignore[arg-type]
        sources = [source for _, (_, source) in multipart(request, stack)]
        assert [hasattr(source, "fileno") for source in sources] == [False, False]
        assert [source.read(3) for source in sources] == [b"pip", b"x"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_a_file_whose_size_the_system_does_not_know_is_sent_whole(tmp_path: Path) -> None:
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(bytes(100_000)))
    with ExitStack() as stack, Path("/proc/self/status").open("rb") as status, gzip.open(packed) as unpacked:
        status.read(10)
        unpacked.read(10)
        files = (FileSource.of(status), FileSource.of(unpacked), FileSource.of("/proc/self/status"))
        for _ in range(2):  # an upload that broke is sent again
            sources = [source for _, (_, source) in multipart(HttpRequest("POST", URL, files=files), stack)]
            assert [hasattr(source, "fileno") for source in sources] == [False, False, False]
            assert [source.read(5) for source in sources] == [b"Name:", bytes(5), b"Name:"]
            assert len(sources[1].read()) == 99_995


def test_a_file_that_was_read_is_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    with ExitStack() as stack, path.open("rb") as file:
        file.read(3)
        ((_, (_, source)),) = multipart(HttpRequest("POST", URL, files=(FileSource(file, "f"),)), stack)
        assert source is file
        assert source.read() == b"tent"
