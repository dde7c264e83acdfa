"""Files that come out of a call: when they are fetched, from where, with what, and where they are put."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import (
    Client,
    FileData,
    FileError,
    FileTooLargeError,
    NotFoundError,
    OutputEvent,
    RedirectError,
    ResponseError,
    TransportError,
)
from tests.live.hosts import Answer, host
from tests.live.servers import Request, Server, Servers
from tests.live.shells import Shell

SECRETS: dict[str, Any] = {
    "token": "hf_secret",
    "headers": {"authorization": "Bearer secret", "x-own": "secret"},
    "httpx_kwargs": {"cookies": {"pin": "secret"}, "headers": {"x-more": "secret"}, "auth": ("me", "secret")},
}


def fetched(server: Server, since: int) -> list[Request]:
    return [request for request in server.requests(since) if "/file=" in request.path]


def place(directory: Path, content: bytes, name: str) -> str:
    """Return where a file belongs: it is kept by its content, under its name."""
    return str(directory / hashlib.sha256(content).hexdigest() / name)


def files_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def served(server: Server, connect: Shell, *args: Any, api_name: str) -> Any:
    """Let the app make a file and return it; named by its URL, /foreign_file gives it to another client."""
    with connect(server.url, download_files=False) as client:
        return client.predict(*args, api_name=api_name)


def route(file: Any) -> str:
    """Return the path at which the server gives a file."""
    return f"/gradio_api/file={file.path}"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path.resolve() / "results"


@pytest.fixture(autouse=True)
def _own_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test forgets to place out of the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own cache"))


def test_a_file_is_a_path_with_its_name_and_content(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        path = client.predict("a b ü.txt", "hällo", api_name="/make_file")
    assert path == place(directory, "hällo".encode(), "a b ü.txt")
    assert Path(path).read_text("utf-8") == "hällo"
    assert files_in(directory) == [Path(path)]


def test_nothing_is_fetched_before_the_value_is_taken(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    with connect(base.url, download_files=directory) as client:
        since = len(base.requests())
        job = client.submit("x.txt", "x", api_name="/make_file")
        assert job.exception() is None
        assert job.done()
        assert fetched(base, since) == []
        assert files_in(directory) == []
        assert job.result() == place(directory, b"x", "x.txt")
    assert len(fetched(base, since)) == 1


def test_a_value_is_fetched_once_however_often_it_is_taken(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    with connect(base.url, download_files=directory) as client:
        since = len(base.requests())
        job = client.submit("x.txt", "x", api_name="/make_file")
        result = job.result()
        assert job.result() is result
        assert job.outputs() == job.outputs() == list(job) == [result]
        values = [event.value for event in job.events() if isinstance(event, OutputEvent)]
    assert values == [result]
    assert len(fetched(base, since)) == 1


def test_the_result_of_a_generator_of_files_fetches_the_last_one(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    with connect(base.url, download_files=directory) as client:
        since = len(base.requests())
        assert client.predict(3, api_name="/filegen") == place(directory, b"part 2", "part2.txt")
    assert [request.path.rpartition("/")[2] for request in fetched(base, since)] == ["part2.txt"]


def test_a_generator_of_files_gives_one_after_the_other(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    with connect(base.url, download_files=directory) as client:
        since = len(base.requests())
        job = client.submit(3, api_name="/filegen")
        paths = list(job)
        result = job.result()
    assert paths == [place(directory, f"part {n}".encode(), f"part{n}.txt") for n in range(3)]
    assert [Path(path).read_text("utf-8") for path in paths] == ["part 0", "part 1", "part 2"]
    assert result == paths[-1]
    assert len(fetched(base, since)) == 3


def test_files_are_found_wherever_they_are(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        text, one, picture, gallery = client.predict(2, api_name="/assorted")
    assert text == "text"
    assert one == place(directory, b"one", "one.txt")
    assert [entry["caption"] for entry in gallery] == ["picture 0", "picture 1"]
    pictures = [Path(picture), *(Path(entry["image"]) for entry in gallery)]
    assert len(set(pictures)) == 3
    for path in pictures:
        content = path.read_bytes()
        assert content.startswith((b"RIFF", b"\x89PNG"))
        assert str(path) == place(directory, content, path.name)


def test_a_list_of_files_keeps_its_order(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        paths = client.predict(9, api_name="/make_files")
    assert paths == [place(directory, f"content {n}".encode(), f"file {n}.txt") for n in range(9)]


def test_files_are_fetched_at_once(server: Servers, connect: Shell, directory: Path) -> None:
    # Nobody gets an answer before three have asked.
    answers = {f"/{n}.txt": Answer(200, f"{n}".encode(), after=3) for n in range(5)}
    with host(answers) as elsewhere, connect(server().url, download_files=directory) as client:
        urls = [f"{elsewhere.url}{n}.txt" for n in range(5)]
        paths = client.predict(urls, api_name="/foreign_files")
    assert paths == [place(directory, f"{n}".encode(), f"{n}.txt") for n in range(5)]


def test_one_of_several_that_fails_fails_the_value(server: Servers, connect: Shell, directory: Path) -> None:
    answers = {f"/{n}.txt": Answer(200, f"{n}".encode()) for n in (0, 2)}
    with host(answers) as elsewhere, connect(server().url, download_files=directory) as client:
        urls = [f"{elsewhere.url}{n}.txt" for n in range(3)]
        with pytest.raises(NotFoundError, match=r"the file '1\.txt': .*/1\.txt answered 404: nothing here"):
            client.predict(urls, api_name="/foreign_files")


def test_equal_contents_are_one_file(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        paths = {client.predict("same.txt", "same", api_name="/make_file") for _ in range(2)}
        other = client.predict("other.txt", "same", api_name="/make_file")
    assert paths == {place(directory, b"same", "same.txt")}
    assert other == place(directory, b"same", "other.txt")
    assert len(files_in(directory)) == 2


def test_equal_files_may_be_fetched_at_the_same_time(
    server: Servers, connect: Shell, directory: Path
) -> None:
    with connect(server().url, download_files=directory) as client, ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(client.predict, "s.txt", "same", api_name="/make_file") for _ in range(8)]
        paths = {job.result() for job in jobs}
    assert paths == {place(directory, b"same", "s.txt")}
    assert files_in(directory) == [Path(paths.pop())]


@pytest.mark.parametrize("name", ["../../evil.txt", "..\\..\\evil.txt", "/etc/evil", "C:\\evil", "", "a\0b"])
def test_the_name_that_an_app_claims_does_not_leave_the_directory(
    server: Servers, connect: Shell, directory: Path, name: str
) -> None:
    with connect(server().url, download_files=directory) as client:
        path = client.predict(name, api_name="/misnamed_file")
    assert path == place(directory, b"plain", "plain.txt")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("a/..%2F..%2Fevil.txt", "evil.txt"),
        ("..%5C..%5Cevil.txt", "evil.txt"),
        ("%2E%2E", "file"),
        ("a/%2E", "file"),
        ("con.txt", "_con.txt"),
        ("C%3Aevil.txt", "C_evil.txt"),
        ("a%00b", "a_b"),
        ("line%0Aname", "line_name"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
        ("%F0%9F%99%82" * 100, "🙂" * 63),
        ("trailing.%20.", "trailing"),
        ("a%20b.txt?name=evil/../x", "a b.txt"),
    ],
)
def test_a_name_made_of_an_address_stays_in_the_directory(
    server: Servers, connect: Shell, directory: Path, address: str, name: str
) -> None:
    path = "/" + address.partition("?")[0]
    with (
        host({path: Answer(200, b"evil")}) as elsewhere,
        connect(server().url, download_files=directory) as client,
    ):
        result = client.predict(elsewhere.url + address, "", api_name="/foreign_file")
    assert result == place(directory, b"evil", name)
    assert files_in(directory.parent) == [Path(result)]


def test_a_download_that_is_cut_leaves_nothing_behind(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    file = served(base, connect, 256, api_name="/big_file")
    with connect(base.url, download_files=directory, retries=0) as client:
        since = len(base.requests())
        job = client.submit(file.url, "", api_name="/foreign_file")

        def cut_when_begun() -> None:
            base.reach(f"GET {route(file)}", "asked")
            while fetched(base, since)[0].status is None:
                pass  # the next answer of the server tells
            base.cut(route(file))

        with ThreadPoolExecutor(1) as threads:
            cutting = threads.submit(cut_when_begun)
            with pytest.raises(
                TransportError, match=r"the download of http://.*/file=.*big\.bin broke after "
            ):
                job.result()
            cutting.result()
        assert len(fetched(base, since)) == 1
        assert files_in(directory) == []
        # The job has its result all the same: it can be asked for again.
        assert Path(job.result()).stat().st_size == 256 << 20


def test_a_body_that_is_shorter_than_said_is_no_file(
    server: Servers, connect: Shell, directory: Path
) -> None:
    short = Answer(200, b"short", {"content-length": "1000", "connection": "close"})
    with (
        host({"/x.txt": short}) as elsewhere,
        connect(server().url, download_files=directory, retries=0) as client,
        pytest.raises(TransportError, match=r"the download of http://.*/x\.txt broke after "),
    ):
        client.predict(f"{elsewhere.url}x.txt", "", api_name="/foreign_file")
    assert files_in(directory) == []


def test_a_refused_file_can_be_asked_for_again(server: Servers, connect: Shell, directory: Path) -> None:
    base = server()
    file = served(base, connect, "again.txt", "again", api_name="/make_file")
    with connect(base.url, download_files=directory) as client:
        job = client.submit(file.url, "", api_name="/foreign_file")
        base.answer(route(file), 500, "out of order")
        with pytest.raises(ResponseError, match=r"the file 'again\.txt': .* answered 500: out of order") as e:
            job.result()
        assert e.value.status == 500
        assert job.result() == place(directory, b"again", "again.txt")
    assert files_in(directory) == [Path(place(directory, b"again", "again.txt"))]


def test_nothing_is_fetched_where_that_is_not_wanted(
    server: Servers, connect: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "unused"))
    base = server()
    with connect(base.url, download_files=False) as client:
        since = len(base.requests())
        file = client.predict("a b#?%ü.txt", "hello", api_name="/make_file")
        text, one, _, gallery = client.predict(1, api_name="/assorted")
        parts = list(client.submit(2, api_name="/filegen"))
    assert fetched(base, since) == []
    assert not (tmp_path / "unused").exists()
    assert isinstance(file, FileData)
    assert (file.url, file.path, file.size) == (file["url"], file["path"], file["size"])
    assert httpx2.get(file.url, trust_env=False).text == "hello"
    assert text == "text"
    files = [one, gallery[0]["image"], *parts]
    assert all(isinstance(found, FileData) for found in files)
    contents = [httpx2.get(found["url"], trust_env=False).raise_for_status().content for found in files]
    assert contents[0] == b"one"
    assert contents[2:] == [b"part 0", b"part 1"]


def test_a_directory_is_made_and_may_be_relative(
    server: Servers, connect: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with connect(server().url, download_files="not/there/yet") as client:
        path = client.predict("x.txt", "x", api_name="/make_file")
    assert path == place(tmp_path.resolve() / "not/there/yet", b"x", "x.txt")


def test_a_directory_that_went_away_is_made_again(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        directory.rmdir()
        path = client.predict("x.txt", "x", api_name="/make_file")
    assert Path(path).read_bytes() == b"x"


def test_the_directory_of_gradio_is_used_where_it_is_set(
    server: Servers, connect: Shell, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(directory))
    with connect(server().url) as client:
        assert client.predict("x.txt", "x", api_name="/make_file") == place(directory, b"x", "x.txt")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the cache is elsewhere there")
def test_the_default_directory_is_the_users_own(
    server: Servers, connect: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = os.umask(0)
    try:
        with connect(server().url) as client:
            path = client.predict("x.txt", "x", api_name="/make_file")
    finally:
        os.umask(before)
    directory = tmp_path.resolve() / "cache/gradlink/files"
    assert path == place(directory, b"x", "x.txt")
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_file_of_another_host_is_fetched_without_credentials(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    # Cookies know hosts, not ports: the app's own are set for 127.0.0.1, too.
    base.answer(
        "/config", 307, headers={"location": f"{base.url}config?", "set-cookie": "pinned=secret; Path=/"}
    )
    with (
        host({"/x.txt": Answer(200, b"elsewhere")}) as elsewhere,
        connect(base.url, download_files=directory, **SECRETS) as client,
    ):
        since = len(base.requests())
        path = client.predict(f"{elsewhere.url}x.txt?sig=1", "", api_name="/foreign_file")
    assert path == place(directory, b"elsewhere", "x.txt")
    (join,) = [request for request in base.requests(since) if request.path == "/gradio_api/queue/join"]
    assert {"pin=secret", "pinned=secret"} <= set(join.headers["cookie"].split("; "))
    (asked,) = elsewhere.asked
    assert asked.path == "/x.txt?sig=1"
    assert "secret" not in str(asked)
    assert {"cookie", "authorization", "x-own", "x-more", "x-hf-authorization"}.isdisjoint(asked.headers)


def test_an_own_file_is_fetched_with_credentials(server: Servers, connect: Shell, directory: Path) -> None:
    base = server()
    with connect(base.url, download_files=directory, **SECRETS) as client:
        since = len(base.requests())
        client.predict("x.txt", "x", api_name="/make_file")
    (request,) = fetched(base, since)
    assert request.headers["x-own"] == "secret"
    assert request.headers["x-hf-authorization"] == "Bearer hf_secret"
    assert request.headers["cookie"] == "pin=secret"


def test_credentials_do_not_follow_a_redirect_to_another_host(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    file = served(base, connect, "there.txt", "there", api_name="/make_file")
    with (
        host({"/moved.txt": Answer(200, b"moved")}) as elsewhere,
        connect(base.url, download_files=directory, **SECRETS) as client,
    ):
        base.answer(route(file), 302, headers={"location": f"{elsewhere.url}moved.txt"})
        path = client.predict(file.url, "", api_name="/foreign_file")
    assert path == place(directory, b"moved", "there.txt")
    (asked,) = elsewhere.asked
    assert "secret" not in str(asked)


def test_credentials_do_not_come_back_with_a_redirect(
    server: Servers, connect: Shell, directory: Path
) -> None:
    base = server()
    file = served(base, connect, "back.txt", "back", api_name="/make_file")
    with (
        host({"/x.txt": Answer(302, headers={"location": file.url})}) as elsewhere,
        connect(base.url, download_files=directory, **SECRETS) as client,
    ):
        since = len(base.requests())
        path = client.predict(f"{elsewhere.url}x.txt", "", api_name="/foreign_file")
    assert path == place(directory, b"back", "x.txt")
    (request,) = fetched(base, since)
    assert "secret" not in str(request.headers)


def test_redirects_of_a_file_end(server: Servers, connect: Shell, directory: Path) -> None:
    with (
        host({"/x.txt": Answer(302, headers={"location": "/x.txt"})}) as elsewhere,
        connect(server().url, download_files=directory) as client,
        pytest.raises(RedirectError, match=r"/x\.txt: gave up after 5 redirects"),
    ):
        client.predict(f"{elsewhere.url}x.txt", "", api_name="/foreign_file")
    assert len(elsewhere.asked) == 5


def test_what_was_packed_on_the_way_is_unpacked(server: Servers, connect: Shell, directory: Path) -> None:
    # Stores of objects send what they were given, whatever the client says that it accepts.
    packed = Answer(200, gzip.compress(b"unpacked"), {"content-encoding": "gzip"})
    with host({"/x.txt": packed}) as elsewhere, connect(server().url, download_files=directory) as client:
        path = client.predict(f"{elsewhere.url}x.txt", "", api_name="/foreign_file")
    assert Path(path).read_bytes() == b"unpacked"
    assert path == place(directory, b"unpacked", "x.txt")


@pytest.mark.parametrize("variant", ["root", "mounted"])
def test_a_file_is_fetched_from_the_typed_url(
    server: Servers, connect: Shell, directory: Path, variant: str
) -> None:
    app = server(variant)
    with connect(app.url, download_files=directory) as client:
        since = len(app.requests())
        assert client.predict("x.txt", "x", api_name="/make_file") == place(directory, b"x", "x.txt")
        assert len(fetched(app, since)) == 1
    with connect(app.url, download_files=False) as client:
        file = client.predict("x.txt", "x", api_name="/make_file")
        assert file.url.startswith(app.url + "gradio_api/file=")
        # It goes in again, though its own address is not the one that the server knows.
        assert client.predict([file], api_name="/files_info") == [{"name": "x.txt", "size": 1}]


def test_a_file_is_fetched_after_a_new_login(server: Servers, connect: Shell, directory: Path) -> None:
    auth = server("auth")
    with connect(auth.url, download_files=directory, auth=("user", "pass")) as client:
        job = client.submit("x.txt", "x", api_name="/make_file")
        assert job.exception() is None
        auth.log_everybody_out()
        since = len(auth.requests())
        assert job.result() == place(directory, b"x", "x.txt")
    assert [request.status for request in fetched(auth, since)] == [401, 200]


def test_an_endpoint_without_queue_gives_files(server: Servers, connect: Shell, directory: Path) -> None:
    with connect(server().url, download_files=directory) as client:
        path = client.predict(b"text", api_name="/fast_file")
    assert path == place(directory, b"TEXT", "upper.txt")


STREAMS = """
import resource, sys
import anyio
import gradlink

def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def call_sync(url, path):
    with gradlink.Client(url, verbose=False, download_files=path) as client:
        client.predict(1, api_name="/big_file")
        before = rss()
        print(client.predict(64, api_name="/big_file"), rss() - before)

async def call_async(url, path):
    async with gradlink.AsyncClient(url, verbose=False, download_files=path) as client:
        await client.predict(1, api_name="/big_file")
        before = rss()
        print(await client.predict(64, api_name="/big_file"), rss() - before)

kind, url, path = sys.argv[1:]
if kind == "sync":
    call_sync(url, path)
else:
    anyio.run(call_async, url, path, backend=kind)
"""


def test_a_big_file_is_never_whole_in_memory(server: Servers, connect: Shell, directory: Path) -> None:
    command = [sys.executable, "-c", STREAMS, connect.name, server().url, str(directory)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100).stdout
    path, grown = printed.split()
    assert Path(path).is_relative_to(directory)
    assert Path(path).name == "big.bin"
    assert Path(path).stat().st_size == 64 << 20
    assert int(grown) < 24 << 20


@pytest.mark.parametrize("download", [True, False])
def test_json_that_looks_like_files_goes_in_and_out_as_it_is(
    server: Servers, connect: Shell, tmp_path: Path, download: bool
) -> None:
    value = {
        "entries": [{"name": "notes.txt", "is_file": True}, {"name": "src", "is_file": False}],
        "index": [{"path": "docs/a.md", "url": None, "orig_name": "a.md", "size": 3}],
        "old": {"name": "/srv/a.txt", "data": None, "is_file": True},
        "older": {"path": "a.md", "url": None, "orig_name": "a.md", "size": 3, "mime_type": None},
    }
    with connect(server().url, download_files=tmp_path if download else False) as client:
        assert client.predict("", 1, js=value, api_name="/kitchen")[-1] == value
    assert not list(tmp_path.iterdir())


# Files whose content is in the value itself


def drawings(result: Any) -> list[Any]:
    image, update, gallery, slider, chat = result
    return [image, update["value"], gallery[0]["image"], *slider, chat[0]["content"][0]["value"]]


def test_drawings_are_files_wherever_they_stand(server: Servers, connect: Shell, tmp_path: Path) -> None:
    with connect(server().url, download_files=tmp_path) as client:
        since = len(server().requests())
        paths = drawings(client.predict("\u00fc", api_name="/drawings"))
        assert fetched(server(), since) == []
    for path in paths:
        assert (Path(path).name, Path(path).read_text("utf-8")[-14:]) == (
            "drawing.svg",
            "\u00fc</text></svg>",
        )
        assert Path(path).is_relative_to(tmp_path)


def test_drawings_that_are_not_wanted_as_paths_are_file_data_and_can_be_sent_on(
    server: Servers, connect: Shell
) -> None:
    with connect(server().url, download_files=False) as client:
        files = drawings(client.predict("hi", api_name="/drawings"))
        assert {type(file) for file in files} == {FileData}
        assert {(file.path, file.orig_name, file.url[:19]) for file in files} == {
            (None, "drawing.svg", "data:image/svg+xml,")
        }
        [read] = client.predict(files[:1], api_name="/nested_files")
    assert (read["orig_name"], read["text"][-15:]) == ("drawing.svg", "hi</text></svg>")


def test_drawings_are_bounded_like_downloads(server: Servers, connect: Shell, tmp_path: Path) -> None:
    with (
        connect(server().url, download_files=tmp_path, max_download=20) as client,
        pytest.raises(FileTooLargeError, match=r"'drawing\.svg' has more than max_download=20 bytes"),
    ):
        client.predict("hi", api_name="/drawings")
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_whoever_fetches_no_file_needs_no_directory(
    server: Servers, connect: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    with connect(server().url) as client:
        assert client.predict("x", api_name="/fast") == "x"
        with pytest.raises(
            FileError, match=r"^download_files: .*gradlink.* cannot be made .*another directory"
        ):
            client.predict("x.txt", "x", api_name="/make_file")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the cache is elsewhere there")
def test_a_pickled_client_takes_the_directory_of_whoever_unpickles_it(
    server: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    with Client(server().url, verbose=False) as client:
        client.predict("x.txt", "x", api_name="/make_file")
        pickled = pickle.dumps(client)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    with pickle.loads(pickled) as client:  # noqa: S301 - made a moment ago
        path = client.predict("x.txt", "x", api_name="/make_file")
    assert path == place(tmp_path.resolve() / "there/gradlink/files", b"x", "x.txt")
