"""Where downloaded files are put: under a safe name, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import IO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradlink import FileError, FileTooLargeError, GradlinkError
from gradlink._io import HttpDownload, StoreDataUri
from gradlink._local.partial import MAX_NAMESAKES, NAMED_BYTES
from gradlink._local.store import MAX_NAME_BYTES, FileStore, Stores, safe_name

RESERVED = {"con", "prn", "aux", "nul"} | {f"{name}{n}" for name in ("com", "lpt") for n in "0123456789¹²³"}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.txt", "a.txt"),
        ("a b ü 名 🙂.txt", "a b ü 名 🙂.txt"),
        (".hidden", ".hidden"),
        ("two.dots.tar.gz", "two.dots.tar.gz"),
        ("no suffix", "no suffix"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\evil.txt", "evil.txt"),
        ("/", "file"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("...", "file"),
        (" . ", "file"),
        ("a/..", "file"),
        ("a.txt.", "a.txt"),
        ("a.txt ", "a.txt"),
        ("a\0b", "a_b"),
        ("a\nb\x7f", "a_b_"),
        ('<>:"|?*', "_______"),
        ("C:evil", "C_evil"),
        ("con", "_con"),
        ("CON.txt", "_CON.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("lpt³", "_lpt³"),
        ("console.txt", "console.txt"),
        ("com10", "com10"),
        ("\ud800.txt", "_.txt"),
        ("x" * 300, "x" * 255),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
        ("🙂" * 100 + ".txt", "🙂" * 62 + ".txt"),
        ("a." + "x" * 300, "a." + "x" * 253),
        ("." + "x" * 300, "." + "x" * 254),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


NAMES = (
    st.text(max_size=20)
    | st.text(alphabet="./\\ :con1🙂\ud800\0", max_size=12)
    | st.text(min_size=250, max_size=300)
)


@given(name=NAMES)
@example("a" * 254 + " b")
@example("a" * 254 + "..b")
@example("nul ")
def test_any_name_is_one_file_in_its_directory_on_every_system(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode("utf-8")) <= MAX_NAME_BYTES
    assert not set(safe) & set('/\\<>:"|?*')
    assert all(ord(character) >= 32 and ord(character) != 127 for character in safe)
    assert safe.strip(". ")
    assert safe[-1] not in ". "  # Windows drops them
    assert safe.split(".")[0].lower() not in RESERVED
    assert os.path.normpath(os.path.join("d", safe)) == os.path.join("d", safe)  # noqa: PTH118 - as the system does it


@given(name=NAMES)
def test_a_safe_name_stays_what_it_is(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


# Files


def files_in(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    directory = tmp_path / "made" / "for it"
    partial = FileStore(directory).begin("../a b.txt")
    partial.write(b"con")
    partial.write(b"tent")
    assert files_in(directory) == []
    path = Path(partial.finish())
    assert path == directory.resolve() / hashlib.sha256(b"content").hexdigest() / "a b.txt"
    assert path.read_bytes() == b"content"
    assert files_in(directory) == [path]


def test_a_file_that_was_given_up_is_gone(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    partial.write(b"half")
    partial.discard()
    partial.discard()
    assert files_in(tmp_path) == []


def test_a_file_that_is_there_cannot_be_given_up(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    path = Path(partial.finish())
    partial.discard()
    assert path.read_bytes() == b""


def test_equal_files_are_one(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    partials = [store.begin("a.txt") for _ in range(3)]
    for partial in partials:
        partial.write(b"same")
    assert len({partial.finish() for partial in partials}) == 1
    assert len(files_in(tmp_path)) == 1


def test_a_file_that_somebody_changed_is_whole_again(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    first = store.begin("a.txt")
    first.write(b"right")
    path = Path(first.finish())
    path.write_bytes(b"wrong")
    second = store.begin("a.txt")
    second.write(b"right")
    assert Path(second.finish()) == path
    assert path.read_bytes() == b"right"


def stored(store: FileStore, *chunks: bytes) -> Path:
    partial = store.begin("a.bin")
    for chunk in chunks:
        partial.write(chunk)
    return Path(partial.finish())


BEGINNING = bytes(NAMED_BYTES)


def test_a_file_of_the_largest_size_that_is_named_by_all_of_it_is(tmp_path: Path) -> None:
    path = stored(FileStore(tmp_path), BEGINNING[:-1], b"x")
    assert path.parent.name == hashlib.sha256(BEGINNING[:-1] + b"x").hexdigest()


def test_equal_large_files_are_one_however_they_come(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    path = stored(store, BEGINNING + b"end")
    assert path == stored(store, BEGINNING[:-3], b"\0\0\0end")
    assert path.read_bytes() == BEGINNING + b"end"
    assert files_in(tmp_path) == [path]


def test_a_large_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    ends = [b"%03d" % number for number in range(MAX_NAMESAKES + 2)]
    paths = [stored(store, BEGINNING, end) for end in ends]
    assert [path.read_bytes()[-3:] for path in paths] == ends
    assert {path.name for path in paths} == {"a.bin"}
    assert len(set(paths)) == len(ends)
    assert stored(store, BEGINNING, ends[3]) == paths[3]
    # Those of another size, or another beginning, have nothing to do with them.
    assert len({path.parent.name.split("-")[0] for path in paths}) == 1
    others = [stored(store, BEGINNING, b"0000"), stored(store, b"x" + BEGINNING, b"00")]
    assert len({path.parent.name for path in [paths[0], *others]}) == 3


def test_a_large_file_that_somebody_changed_is_beside_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    path = stored(store, BEGINNING, b"right")
    path.write_bytes(b"mine")
    again = stored(store, BEGINNING, b"right")
    assert (path.read_bytes(), again.read_bytes()) == (b"mine", BEGINNING + b"right")


def test_a_large_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.bin")
    partial.write(BEGINNING)
    assert files_in(tmp_path) == []
    partial.write(b"end")
    (unfinished,) = files_in(tmp_path)
    assert unfinished.parent == tmp_path
    path = Path(partial.finish())
    partial.discard()
    assert files_in(tmp_path) == [path]
    given_up = FileStore(tmp_path).begin("a.bin")
    given_up.write(BEGINNING + b"end")
    given_up.discard()
    assert files_in(tmp_path) == [path]


def test_a_large_file_begins_anew(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.bin")
    partial.write(BEGINNING + b"wrong")
    partial.restart()
    partial.write(BEGINNING + b"right")
    path = Path(partial.finish())
    assert path == stored(FileStore(tmp_path), BEGINNING, b"right")


def test_a_path_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(FileStore(Path("here")).begin("a.txt").finish())
    assert path.is_absolute()
    assert path.is_relative_to(tmp_path.resolve() / "here")


# Going on where a download broke


def test_a_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    assert partial.range_headers() == {}
    partial.begin(200, {"content-length": "7", "etag": '"v1"'})
    partial.write(b"con")
    assert partial.range_headers() == {"range": "bytes=3-6", "if-range": '"v1"'}
    partial.begin(206, {"content-range": "bytes 3-6/7"})
    partial.write(b"tent")
    assert (partial.size, partial.total) == (7, 7)
    assert Path(partial.finish()).read_bytes() == b"content"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"content-length": "5", "etag": '"v2"'}),
        (206, {"content-range": "bytes 0-4/5", "content-length": "5"}),
        (206, {"content-length": "5"}),
    ],
)
def test_what_is_not_the_rest_is_the_whole(tmp_path: Path, status: int, headers: dict[str, str]) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    partial.begin(200, {"content-length": "7", "etag": '"v1"'})
    partial.write(b"con")
    partial.begin(status, headers)
    partial.write(b"other")
    assert (partial.size, partial.total, partial.etag) == (5, 5, headers.get("etag"))
    path = Path(partial.finish())
    assert path.read_bytes() == b"other"
    assert path.parent.name == hashlib.sha256(b"other").hexdigest()


def test_a_file_of_unknown_size_is_asked_for_to_its_end(tmp_path: Path) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    partial.begin(200, {})
    partial.write(b"con")
    assert partial.range_headers() == {"range": "bytes=3-"}
    partial.discard()


@pytest.mark.parametrize("length", ["", "x", "-1", "²", "1.5", "9" * 5_000])
def test_a_length_that_is_no_number_is_none(tmp_path: Path, length: str) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    try:
        partial.begin(200, {"content-length": length})
    finally:
        partial.discard()
    assert partial.total is None


# Files in the values themselves


@pytest.mark.parametrize(
    ("uri", "name", "stored", "content"),
    [
        ("data:text/plain;base64,aGk=", "a.txt", "a.txt", b"hi"),
        ("data:image/png;base64,aGk=", "image", "image.png", b"hi"),
        ("data:x/unknown;base64,aGk=", "file", "file", b"hi"),
        ("data:text/plain;charset=utf-8;base64,", "empty.txt", "empty.txt", b""),
        ("data:image/svg+xml,%3Csvg/%3E", "file", "file.svg", b"<svg/>"),
    ],
)
def test_a_data_uri_is_stored(tmp_path: Path, uri: str, name: str, stored: str, content: bytes) -> None:
    path = Path(FileStore(tmp_path).store_data_uri(uri, name))
    assert (path.name, path.read_bytes()) == (stored, content)
    assert files_in(tmp_path) == [path]


def test_a_data_uri_that_is_broken_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(GradlinkError):
        FileStore(tmp_path).store_data_uri("data:text/plain;base64,a", "a.txt")
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("uri", ["data:text/plain;base64,aGkh", "data:text/plain,h%69!"])
def test_a_data_uri_is_bounded_like_a_download(tmp_path: Path, uri: str) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(FileTooLargeError, match=r"'a\.txt' has more than max_download=2 bytes"):
        store.store_data_uri(uri, "a.txt", 2)
    assert files_in(tmp_path) == []
    assert Path(store.store_data_uri(uri, "a.txt", 3)).read_bytes() == b"hi!"


# The stores of a connection


def test_what_was_only_passed_on_is_gone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stores = Stores(None)
    stores.close()  # nothing was there
    assert list(tmp_path.iterdir()) == []
    path = Path(stores.temporary().begin("a.txt").finish())
    assert Path(stores.temporary().begin("b.txt").finish()).is_relative_to(path.parents[1])
    assert path.is_relative_to(tmp_path)
    assert path.parents[1].stat().st_mode & 0o077 == 0
    stores.close()
    assert list(tmp_path.iterdir()) == []


def test_results_that_are_wanted_without_a_directory_go_to_that_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "own"))
    stores = Stores(None)
    assert not (tmp_path / "own").exists()
    assert stores.results.directory == tmp_path / "own"


def test_a_download_goes_where_its_request_says(tmp_path: Path) -> None:
    stores = Stores(tmp_path)
    partial = stores.begin(HttpDownload("http://h/a", "a.txt", in_memory=True))
    partial.write(b"ab")
    assert partial.range_headers() == {"range": "bytes=2-"}
    partial.begin(206, {"content-range": "bytes 2-3/4"})
    partial.write(b"cd")
    done = partial.downloaded({}, "http://h/a")
    assert (done.complete, done.path, done.content, done.body) == (True, None, b"abcd", b"")
    partial.restart()
    partial.write(b"x")
    partial.discard()
    assert (partial.size, partial.downloaded({}, "").content) == (1, b"x")
    assert list(tmp_path.iterdir()) == []
    stored = stores.begin(HttpDownload("http://h/a", "a.txt"))
    stored.write(b"ab")
    done = stored.downloaded({}, "http://h/a")
    assert done.complete
    assert Path(str(done.path)).read_bytes() == b"ab"


def test_a_data_uri_goes_where_its_request_says(tmp_path: Path) -> None:
    stores = Stores(tmp_path)
    uri = "data:text/plain;base64,aGkh"
    assert stores.take_data_uri(StoreDataUri(uri, "a.txt", in_memory=True), 3) == b"hi!"
    with pytest.raises(FileTooLargeError, match=r"the file 'a\.txt' has more than max_download=2 bytes"):
        stores.take_data_uri(StoreDataUri(uri, "a.txt", in_memory=True), 2)
    assert list(tmp_path.iterdir()) == []
    assert Path(str(stores.take_data_uri(StoreDataUri(uri, "a.txt"), None))).read_bytes() == b"hi!"


def test_results_are_kept(tmp_path: Path) -> None:
    stores = Stores(tmp_path / "results")
    path = Path(stores.results.begin("a.txt").finish())
    stores.close()
    assert path.exists()


# Disks


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be made, and nothing be written to them."""

    def opened(path: Path, mode: str, buffering: int = -1) -> IO[bytes]:
        path.touch(exist_ok=False)
        return open("/dev/full", mode.replace("x", "w"), buffering=buffering)  # noqa: PTH123  # Path's is replaced

    monkeypatch.setattr(Path, "open", opened)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("size", [1, NAMED_BYTES, NAMED_BYTES + 1])
def test_a_full_disk_is_an_error_that_names_the_place(tmp_path: Path, size: int) -> None:
    partial = FileStore(tmp_path).begin("a.txt")
    if size <= NAMED_BYTES:
        partial.write(bytes(size))  # kept in memory until it is whole
    with pytest.raises(FileError, match=rf"cannot be stored in {tmp_path}: No space left on device") as e:
        partial.finish() if size <= NAMED_BYTES else partial.write(bytes(size))
    assert isinstance(e.value.__cause__, OSError)
    assert e.value.__cause__.errno == errno.ENOSPC
    partial.discard()
    assert files_in(tmp_path) == []


def test_a_directory_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match=rf"cannot be stored in {tmp_path}/file/below: Not a directory"):
        FileStore(tmp_path / "file" / "below").begin("a.txt")
    with pytest.raises(FileError, match="File exists"):
        FileStore(tmp_path / "file").begin("a.txt")
