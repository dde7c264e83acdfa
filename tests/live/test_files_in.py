"""Files that go into a call: every form of them, anywhere in the values, and what is refused before sending."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from gradlink import AppError, FileData, FileError, FileTooLargeError, ResponseError, handle_file
from tests.live.hosts import Answer, host
from tests.live.servers import Request, Server, Servers
from tests.live.shells import Shell

UPLOAD = "/gradio_api/upload"
JOIN = "/gradio_api/queue/join"
CONTENT = "Grüße\nfrom\there\u2028\n".encode()


class Named:
    """A path of a class of its own."""

    def __init__(self, path: Path, kind: type) -> None:
        self._path = str(path) if kind is str else os.fsencode(path)

    def __fspath__(self) -> Any:
        return self._path


def opened(path: Path, stack: ExitStack, *, buffering: int = -1) -> BinaryIO:
    return stack.enter_context(path.open("rb", buffering=buffering))


def piped(path: Path, stack: ExitStack) -> BinaryIO:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        end.write(path.read_bytes())
    return stack.enter_context(os.fdopen(reading, "rb"))


class OnlyRead:
    """An object that can be read and nothing else."""

    def __init__(self, path: Path) -> None:
        self._file = io.BytesIO(path.read_bytes())

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def begun(path: Path, stack: ExitStack) -> BinaryIO:
    file = opened(path, stack)
    file.read(3)
    return file


# What may stand where a file belongs, and the name that it travels under.
FORMS: dict[str, tuple[Callable[[Path, ExitStack], Any], str]] = {
    "handle_file of a text": (lambda path, _: handle_file(str(path)), "a b.txt"),
    "handle_file of a Path": (lambda path, _: handle_file(path), "a b.txt"),
    "handle_file of bytes": (lambda path, _: handle_file(path.read_bytes(), name="n.txt"), "n.txt"),
    "handle_file of a file": (lambda path, stack: handle_file(opened(path, stack)), "a b.txt"),
    "handle_file with a name": (lambda path, _: handle_file(path, name="other.txt"), "other.txt"),
    "Path": (lambda path, _: path, "a b.txt"),
    "PathLike": (lambda path, _: Named(path, str), "a b.txt"),
    "PathLike of bytes": (lambda path, _: Named(path, bytes), "a b.txt"),
    "bytes": (lambda path, _: path.read_bytes(), "file"),
    "bytearray": (lambda path, _: bytearray(path.read_bytes()), "file"),
    "memoryview": (lambda path, _: memoryview(path.read_bytes()), "file"),
    "BytesIO": (lambda path, _: io.BytesIO(path.read_bytes()), "file"),
    "open file": (opened, "a b.txt"),
    "open file, begun": (begun, "a b.txt"),
    "unbuffered file": (lambda path, stack: opened(path, stack, buffering=0), "a b.txt"),
    "pipe": (piped, "file"),
    "handle_file of a pipe": (lambda path, stack: handle_file(piped(path, stack)), "file"),
    "object with read": (lambda path, _: OnlyRead(path), "file"),
}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close what a test opens."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a b.txt"
    path.write_bytes(CONTENT)
    return path


def asked(server: Server, since: int, path: str) -> list[Request]:
    return [request for request in server.requests(since) if request.path == path]


def sent_data(server: Server, since: int) -> Any:
    (join,) = asked(server, since, JOIN)
    return join.json["data"]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_goes_in_in_every_form(
    server: Servers, connect: Shell, path: Path, stack: ExitStack, form: str
) -> None:
    make, name = FORMS[form]
    with connect(server().url) as client:
        found = client.predict(make(path, stack), api_name="/nested_files")
    assert found == [{"orig_name": name, "size": len(CONTENT), "text": CONTENT.decode()}]


def test_the_function_of_a_file_component_gets_the_bytes(server: Servers, connect: Shell, path: Path) -> None:
    with connect(server().url) as client:
        found = client.predict(file=path, api_name="/file_digest")
    assert found == {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}


def test_files_may_stand_anywhere_in_a_value(server: Servers, connect: Shell, path: Path) -> None:
    value = {"a": [path, {"b": (handle_file(path, name="second.txt"), 1)}], "c": b"third", "d": "text"}
    with connect(server().url) as client:
        found = client.predict(value, api_name="/nested_files")
    assert [(file["orig_name"], file["text"]) for file in found] == [
        ("a b.txt", CONTENT.decode()),
        ("second.txt", CONTENT.decode()),
        ("file", "third"),
    ]
    assert value["c"] == b"third"  # what the caller gave is as it was


def test_a_message_takes_its_files_along(server: Servers, connect: Shell, path: Path) -> None:
    with connect(server().url) as client:
        found = client.predict(
            {"text": "hi", "files": [path, handle_file(b"x", name="x.txt")]}, api_name="/multimodal"
        )
    assert found == ["hi", ["a b.txt", "x.txt"]]


def test_a_list_of_files_keeps_its_order(server: Servers, connect: Shell, tmp_path: Path) -> None:
    paths = [tmp_path / f"file {number}.txt" for number in range(9)]
    for number, path in enumerate(paths):
        path.write_bytes(b"x" * number)
    with connect(server().url) as client:
        found = client.predict(paths, api_name="/files_info")
    assert found == [{"name": f"file {number}.txt", "size": number} for number in range(9)]


def test_a_text_that_names_a_file_stays_a_text(server: Servers, connect: Shell, path: Path) -> None:
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        assert client.predict(str(path), api_name="/echo") == str(path)
        assert client.predict({"files": [str(path)]}, api_name="/nested_files") == []
    assert asked(base, since, UPLOAD) == []


@pytest.mark.parametrize(
    "name",
    [
        "a b.txt",
        "Ünï 名前 🙂.txt",
        "e\u0301.txt",
        "quo\"te's.txt",
        "no suffix",
        "100%41.txt",
        "semi;colon,=.txt",
        ".hidden",
        "two.dots.tar.gz",
        "tab\tname.txt",
        "line\nname.txt",
    ],
)
def test_the_app_sees_the_name_of_a_file(server: Servers, connect: Shell, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    with connect(server().url) as client:
        found = client.predict(path, api_name="/nested_files")
    assert found == [{"orig_name": name, "size": 1, "text": "x"}]


def test_an_empty_file_goes_in(server: Servers, connect: Shell, tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    with connect(server().url) as client:
        assert client.predict([path, b""], api_name="/nested_files") == [
            {"orig_name": "empty.txt", "size": 0, "text": ""},
            {"orig_name": "file", "size": 0, "text": ""},
        ]


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="such files are Linux's")
def test_a_file_whose_size_nobody_knows_goes_in_whole(server: Servers, connect: Shell) -> None:
    path = Path("/proc/version")
    assert path.stat().st_size == 0
    with connect(server().url) as client:
        (found,) = client.predict(path, api_name="/nested_files")
    assert (found["orig_name"], found["text"]) == ("version", path.read_text(encoding="utf-8"))


def test_an_endpoint_without_queue_takes_files(server: Servers, connect: Shell, path: Path) -> None:
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        result = client.predict(path, api_name="/fast_file")
    assert Path(result).read_bytes() == CONTENT.decode().upper().encode()
    assert asked(base, since, JOIN) == []


def test_a_file_that_came_out_goes_in_again(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url, download_files=False) as client:
        came_out = client.predict("out.txt", "hello", api_name="/make_file")
        assert isinstance(came_out, FileData)
        since = len(base.requests())
        found = client.predict([came_out, {"deep": came_out}], api_name="/nested_files")
    assert found == [{"orig_name": "out.txt", "size": 5, "text": "hello"}] * 2
    assert asked(base, since, UPLOAD) == []


def test_several_files_that_came_out_go_in_again(server: Servers, connect: Shell) -> None:
    with connect(server().url, download_files=False) as client:
        came_out = client.predict(2, api_name="/make_files")
        found = client.predict(came_out, api_name="/files_info")
    assert found == [{"name": "file 0.txt", "size": 9}, {"name": "file 1.txt", "size": 9}]


def test_the_url_of_a_file_of_the_app_goes_in_without_a_round(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url, download_files=False) as client:
        url = client.predict("ü 1#?.txt", "hello", api_name="/make_file").url
        since = len(base.requests())
        (found,) = client.predict(handle_file(url), api_name="/nested_files")
    assert (found["size"], found["text"]) == (5, "hello")
    assert asked(base, since, UPLOAD) == []
    assert [request.path for request in base.requests(since) if "file=" in request.path] == []


@pytest.mark.parametrize("download_files", [None, False])
def test_a_url_that_only_this_machine_reaches_is_fetched_here(
    server: Servers, connect: Shell, download_files: Any
) -> None:
    base = server()
    secrets = {
        "token": "hf_secret",
        "headers": {"authorization": "Bearer secret"},
        "httpx_kwargs": {"cookies": {"pin": "secret"}, "headers": {"x-more": "secret"}},
    }
    with (
        host({"/d%C3%BC/my%20file.txt": Answer(200, b"from elsewhere")}) as elsewhere,
        connect(base.url, download_files=download_files, **secrets) as client,
    ):
        since = len(base.requests())
        url = f"{elsewhere.url}d%C3%BC/my%20file.txt"
        found = client.predict(handle_file(url), api_name="/nested_files")
        named = client.predict([handle_file(url, name="n.txt")], api_name="/nested_files")
    assert found == [{"orig_name": "my file.txt", "size": 14, "text": "from elsewhere"}]
    assert named == [{"orig_name": "n.txt", "size": 14, "text": "from elsewhere"}]
    assert len(asked(base, since, UPLOAD)) == 2
    assert len(elsewhere.asked) == 2
    assert "secret" not in str(elsewhere.asked)
    assert {"cookie", "authorization", "x-hf-authorization"}.isdisjoint(elsewhere.asked[0].headers)


def test_a_url_that_answers_badly_fails_the_call(server: Servers, connect: Shell) -> None:
    base = server()
    with host() as elsewhere, connect(base.url) as client:
        since = len(base.requests())
        with pytest.raises(
            ResponseError, match=r"the file 'x\.txt': .*/x\.txt answered 404: nothing here"
        ) as e:
            client.predict(handle_file(f"{elsewhere.url}x.txt"), api_name="/nested_files")
    assert e.value.execution == "not started"
    assert asked(base, since, UPLOAD) == asked(base, since, JOIN) == []


def test_several_files_travel_at_once(server: Servers, connect: Shell, tmp_path: Path) -> None:
    base = server()
    paths = [tmp_path / f"{number}.bin" for number in range(8)]
    for path in paths:
        path.write_bytes(os.urandom(2 << 20))  # so that none is over before the others begin
    with connect(base.url) as client:
        since = len(base.requests())
        found = client.predict(paths, api_name="/files_info")
    assert [file["size"] for file in found] == [2 << 20] * 8
    uploads = asked(base, since, UPLOAD)
    assert 1 < len(uploads) <= 8
    # One after the other they would all go over one connection.
    assert len({upload.connection for upload in uploads}) > 1


def test_a_file_that_was_asked_for_a_login_is_sent_again_whole(
    server: Servers, connect: Shell, path: Path
) -> None:
    auth = server("auth")
    with connect(auth.url, auth=("user", "pass")) as client:
        auth.log_everybody_out()
        found = client.predict([path, io.BytesIO(CONTENT), CONTENT], api_name="/files_info")
    assert [file["size"] for file in found] == [len(CONTENT)] * 3


STREAMS = """
import resource, sys
import anyio
import gradlink

def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def report(before, digest):
    print(rss() - before, digest["size"], digest["sha256"])

def call_sync(url, path):
    with gradlink.Client(url, verbose=False) as client:
        client.predict(gradlink.handle_file(b"warm"), api_name="/file_digest")
        before = rss()
        report(before, client.predict(gradlink.handle_file(path), api_name="/file_digest"))

async def call_async(url, path):
    async with gradlink.AsyncClient(url, verbose=False) as client:
        await client.predict(gradlink.handle_file(b"warm"), api_name="/file_digest")
        before = rss()
        report(before, await client.predict(gradlink.handle_file(path), api_name="/file_digest"))

kind, url, path = sys.argv[1:]
if kind == "sync":
    call_sync(url, path)
else:
    anyio.run(call_async, url, path, backend=kind)
"""


def test_a_big_file_is_never_whole_in_memory(server: Servers, connect: Shell, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    block = os.urandom(1 << 20)
    path.write_bytes(block * 64)
    command = [sys.executable, "-c", STREAMS, connect.name, server().url, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100).stdout
    grown, size, digest = printed.split()
    assert (int(size), digest) == (64 << 20, hashlib.sha256(block * 64).hexdigest())
    assert int(grown) < 24 << 20


TOO_LARGE = ("Path", "handle_file of a text", "bytes", "BytesIO", "open file", "open file, begun")


@pytest.mark.parametrize("form", TOO_LARGE)
def test_a_file_that_is_too_large_is_not_sent(
    server: Servers, connect: Shell, tmp_path: Path, stack: ExitStack, form: str
) -> None:
    tiny = server("tiny")
    make, _ = FORMS[form]
    path = tmp_path / "large.txt"
    path.write_bytes(bytes(65537))
    with connect(tiny.url) as client:
        since = len(tiny.requests())
        with pytest.raises(
            FileTooLargeError,
            match=r"^/files_info: the file '.*' has 65,537 bytes; the app takes at most 65,536$",
        ) as e:
            client.submit([b"text", make(path, stack)], api_name="/files_info")
        assert tiny.requests(since) == []
    assert isinstance(e.value, FileError)
    assert e.value.execution == "not started"


def test_a_file_of_just_the_size_is_sent(server: Servers, connect: Shell) -> None:
    with connect(server("tiny").url) as client:
        assert client.predict(bytes(65536), api_name="/file_digest")["size"] == 65536


def test_a_pipe_that_is_too_large_is_refused_by_the_server(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(bytes(65537))
    with (
        connect(server("tiny").url) as client,
        pytest.raises(FileTooLargeError, match=r"upload answered 413: File size exceeded maximum") as e,
    ):
        client.predict(OnlyRead(path), api_name="/file_digest")
    assert (e.value.status, e.value.execution) == (413, "not started")


WRONG: dict[str, tuple[Callable[[Path, ExitStack], Any], str]] = {
    "directory": (lambda path, _: path.parent, r"' is a directory; a call takes single files$"),
    "missing": (lambda path, _: path.parent / "nope.txt", r"nope\.txt' does not exist, and is not a URL$"),
    "text mode": (
        lambda path, stack: stack.enter_context(path.open()),
        r"a b\.txt' is open in text mode; open it with mode 'rb'$",
    ),
    "StringIO": (lambda *_: io.StringIO("x"), r"'file' is open in text mode; open it with mode 'rb'$"),
    "null byte": (lambda *_: Path("a\0b"), r"'a\\x00b' cannot be read: "),
}


@pytest.mark.parametrize("form", WRONG)
def test_what_is_no_file_fails_at_the_call(
    server: Servers, connect: Shell, path: Path, stack: ExitStack, form: str
) -> None:
    make, message = WRONG[form]
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        with pytest.raises(FileError, match=message):
            client.submit({"files": [make(path, stack)]}, api_name="/nested_files")
        assert base.requests(since) == []


@pytest.mark.parametrize("form", ["directory", "missing"])
def test_handle_file_looks_at_the_path_at_once(path: Path, stack: ExitStack, form: str) -> None:
    make, message = WRONG[form]
    with pytest.raises(FileError, match=message):
        handle_file(str(make(path, stack)))


def test_a_file_that_is_gone_when_it_is_sent_fails_the_job(
    server: Servers, connect: Shell, path: Path
) -> None:
    file = path.open("rb")
    file.close()
    with connect(server().url) as client, pytest.raises(Exception, match="closed file") as e:
        client.predict(file, api_name="/file_digest")
    assert e.value.execution == "not started"  # type: ignore[attr-defined]


def test_an_upload_that_fails_fails_the_job(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        base.answer(UPLOAD, 500, "out of disk")
        since = len(base.requests())
        with pytest.raises(ResponseError, match=r"the upload: .*/upload answered 500: out of disk") as e:
            client.predict(b"x", api_name="/file_digest")
        assert (e.value.status, e.value.execution, e.value.endpoint) == (500, "not started", "/file_digest")
        assert asked(base, since, JOIN) == []


@pytest.mark.parametrize("form", ["pipe", "object with read", "BytesIO", "open file", "Path", "bytes"])
def test_an_upload_that_was_refused_is_never_repeated_with_half_of_a_file(
    server: Servers, connect: Shell, path: Path, stack: ExitStack, form: str
) -> None:
    base = server()
    with connect(base.url) as client:
        base.answer(UPLOAD, 503, "one moment")
        job = client.submit(FORMS[form][0](path, stack), api_name="/file_digest")
        if form in {"pipe", "object with read"}:
            with pytest.raises(ResponseError, match=r"answered 503: one moment"):
                job.result()
        else:
            assert job.result()["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_an_upload_that_answers_nonsense_fails_the_job(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        base.answer(UPLOAD, 200, '["one", "two"]')
        with pytest.raises(ValueError, match=r'1 files were uploaded, the server named 2: \["one", "two"\]'):
            client.predict(b"x", api_name="/file_digest")


def test_a_path_of_the_server_is_no_way_to_its_files(server: Servers, connect: Shell) -> None:
    secret = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
    with connect(server().url) as client, pytest.raises(AppError):
        client.predict(secret, api_name="/file_digest")


def test_a_call_of_many_files_joins_once(server: Servers, connect: Shell, path: Path) -> None:
    base = server()
    key = uuid.uuid4().hex
    with connect(base.url) as client:
        since = len(base.requests())
        client.predict({"key": key, "files": [path] * 5}, api_name="/nested_files")
    (data,) = sent_data(base, since)
    assert data["key"] == key
    assert [file["orig_name"] for file in data["files"]] == ["a b.txt"] * 5
    assert all(file["meta"] == {"_type": "gradio.FileData"} for file in data["files"])
