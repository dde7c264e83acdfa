"""The bytes of files are counted for those who watch, and not otherwise."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

from gradlink import TransferEvent
from gradlink._io import HttpRequest
from gradlink._local.filesource import FileSource
from gradlink._local.store import FileStore
from gradlink._progress.calls import at_once
from gradlink._shell.multipart import multipart
from gradlink._shell.timing import Scope, TotalTime, within
from gradlink._shell.transfers import CountedFile, download_of
from gradlink._shell.watched import WatchedEvent, WatchedJob
from gradlink._shell.watching import JobWatch

STEP = 64 << 10


def watch() -> tuple[Scope, list[TransferEvent]]:
    heard: list[Any] = []

    def hear(job: WatchedJob, event: WatchedEvent) -> None:
        heard.append(event)

    made = JobWatch("/f", at_once)
    made.add(hear)
    scope = Scope()
    scope.watch = made
    return scope, heard


def sent(request: HttpRequest) -> bytes:
    """Return the body that httpx2 makes of the files."""
    with ExitStack() as stack:
        files: Any = multipart(request, stack)
        return httpx2.Request("POST", "http://app.test/", files=files).read()


def request_of(*given: object) -> HttpRequest:
    return HttpRequest(
        "POST", "http://app.test/", files=tuple(FileSource.of(one, f"{n}.bin") for n, one in enumerate(given))
    )


def test_an_upload_is_counted_as_it_is_read() -> None:
    content = bytes(2 * STEP + 1)
    scope, heard = watch()
    with within(scope):
        body = sent(request_of(content))
    assert content in body
    assert heard == [
        TransferEvent("upload", "0.bin", done, len(content)) for done in (0, STEP, 2 * STEP, 2 * STEP + 1)
    ]


def test_nothing_is_counted_for_nobody() -> None:
    with ExitStack() as stack:
        ((_, (_, opened)),) = multipart(request_of(b"abc"), stack)
        assert type(opened) is io.BytesIO
    with within(Scope()), ExitStack() as stack:
        ((_, (_, opened)),) = multipart(request_of(b"abc"), stack)
        assert type(opened) is io.BytesIO


def test_files_are_told_apart_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    scope, heard = watch()
    request = request_of(b"", tmp_path / "a", b"123")
    with within(scope):
        sent(request)
    assert heard == [
        TransferEvent("upload", "0.bin", 0, 0, number=0),
        TransferEvent("upload", "1.bin", 0, 5, number=1),
        TransferEvent("upload", "1.bin", 5, 5, number=1),
        TransferEvent("upload", "2.bin", 0, 3, number=2),
        TransferEvent("upload", "2.bin", 3, 3, number=2),
    ]
    # Another attempt begins anew, with the same files.
    heard.clear()
    with within(scope):
        sent(request)
    assert [event.number for event in heard] == [0, 1, 1, 2, 2]


def test_a_file_without_a_size_has_one_when_it_has_ended() -> None:
    class Pipe:
        def __init__(self) -> None:
            self._file = io.BytesIO(b"12345")

        def read(self, size: int = -1) -> bytes:
            return self._file.read(size)

    scope, heard = watch()
    with within(scope):
        assert b"12345" in sent(request_of(Pipe()))
    assert heard == [TransferEvent("upload", "0.bin", 0, None), TransferEvent("upload", "0.bin", 5, 5)]


def test_a_file_that_is_read_again_is_counted_again() -> None:
    scope, heard = watch()
    with within(scope), ExitStack() as stack:
        ((_, (_, opened)),) = multipart(request_of(b"123"), stack)
        assert isinstance(opened, CountedFile)
        opened.read(2)
        opened.read(2)
        opened.seek(0)
        assert opened.read() + opened.read() == b"123"
    assert [event.done for event in heard] == [0, 3]


def test_a_download_is_counted_as_it_is_written(tmp_path: Path) -> None:
    scope, heard = watch()
    file = FileStore(tmp_path).begin("a.bin")
    file.begin(200, {"content-length": str(2 * STEP)})
    with within(scope):
        transfer = download_of(file, "a.bin")
        for _ in range(2048):
            file.write(bytes(64))
            transfer.at(file.size)
        transfer.end(file.size)
        transfer.stop()
    file.discard()
    assert heard == [TransferEvent("download", "a.bin", done, 2 * STEP) for done in (0, STEP, 2 * STEP)]


def test_a_download_that_breaks_says_so_and_goes_on(tmp_path: Path) -> None:
    scope, heard = watch()
    file = FileStore(tmp_path).begin("a.bin")
    file.begin(200, {"content-length": "10"})
    with within(scope):
        transfer = download_of(file, "a.bin")
        file.write(b"1234")
        transfer.at(file.size)
        transfer.stop()
        again = download_of(file, "a.bin")
        file.write(b"567890")
        again.end(file.size)
    file.discard()
    assert heard == [
        TransferEvent("download", "a.bin", 0, 10),
        TransferEvent("download", "a.bin", 0, 10, failed=True),
        TransferEvent("download", "a.bin", 4, 10),
        TransferEvent("download", "a.bin", 10, 10),
    ]


def test_a_large_file_does_not_flood(tmp_path: Path) -> None:
    scope, heard = watch()
    file = FileStore(tmp_path).begin("a.bin")
    file.begin(200, {"content-length": str(1 << 30)})
    with within(scope):
        transfer = download_of(file, "a.bin")
        for done in range(0, 1 << 30, 1 << 14):
            transfer.at(done)
        transfer.end(1 << 30)
    file.discard()
    assert len(heard) == 1025


def test_files_are_watched_within_what_is_left_of_the_call() -> None:
    made = JobWatch("/f", at_once)
    assert TotalTime(None).for_files() is None
    scope = TotalTime(None).for_files(made)
    assert scope is not None
    assert scope.watch is made
    total = TotalTime(30.0)
    total.begin()
    bounded = total.for_files(made)
    assert bounded is not None
    assert bounded.watch is made
    assert not bounded.ran_out
