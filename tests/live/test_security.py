"""What gradlink does not do for an app, a redirect or a file name that it should not trust."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from gradlink import (
    AppError,
    ArgumentError,
    AuthenticationError,
    FileError,
    FileTooLargeError,
    GradlinkError,
    RedirectError,
    Retries,
    handle_file,
)
from gradlink._flows.collect import fetch
from gradlink._flows.exchange import Access
from gradlink._io import Downloaded, HttpDownload
from gradlink._local.store import FileStore
from gradlink._protocol.routes import Routes
from gradlink._shell.addresses import check_addresses
from tests.live.hosts import Answer, Host, host
from tests.live.proxy import Faults, cut, faults, says
from tests.live.servers import Server, Servers
from tests.live.shells import Shell

SECRET = "hf_" + "s3cr3t" * 5
COOKIE = "c00kie" * 5
PASSWORD = "passw0rd" * 3
TOKEN_NAMES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN")
QUICK = Retries(base_seconds=0.01)


@pytest.fixture
def base(server: Servers) -> Server:
    return server()


@pytest.fixture
def proxy(base: Server) -> Iterator[Faults]:
    with faults(base.url) as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Host]:
    with host({"/f.txt": Answer(200, b"from elsewhere"), "/config": Answer(200, b"{}")}) as running:
        yield running


def work(client: Any) -> None:
    """Make every kind of request."""
    client.predict("x", api_name="/echo")
    client.predict("x", api_name="/fast")
    client.predict(1, api_name="/counter")
    client.predict(b"text", api_name="/file_digest")
    client.predict("a.txt", "a", api_name="/make_file")


# Tokens


@pytest.fixture
def saved_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in TOKEN_NAMES:
        monkeypatch.setenv(name, SECRET)
    home = tmp_path / "hf"
    home.mkdir()
    (home / "token").write_text(SECRET, "utf-8")
    (tmp_path / ".huggingface").mkdir()
    (tmp_path / ".huggingface" / "token").write_text(SECRET, "utf-8")
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.usefixtures("saved_token")
def test_a_saved_token_is_not_sent(proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url) as client:
        work(client)
        assert SECRET not in str(client.predict(api_name="/whoami"))
        assert SECRET not in client.predict("x", api_name="/token_of")
    assert len(proxy.passed) > 10
    assert [request for request in proxy.passed if SECRET in str(request.headers)] == []


def test_a_token_that_is_given_is_sent(proxy: Faults, connect: Shell) -> None:
    with connect(proxy.url, token=SECRET) as client:
        work(client)
    assert len(proxy.passed) > 10
    assert [request for request in proxy.passed if SECRET not in str(request.headers)] == []


# Headers and cookies stay with the app's origin


CREDENTIALS: dict[str, Any] = {
    "token": SECRET,
    "headers": {"x-key": SECRET},
    "httpx_kwargs": {"cookies": {"session": COOKIE}},
}


def assert_told_nothing(elsewhere: Host) -> None:
    for asked in elsewhere.asked:
        assert SECRET not in str(asked.headers)
        assert COOKIE not in str(asked.headers)
        assert SECRET.encode() not in asked.body


def test_a_file_elsewhere_is_fetched_without_credentials(
    proxy: Faults, elsewhere: Host, connect: Shell
) -> None:
    with connect(proxy.url, **CREDENTIALS) as client:
        path = client.predict(f"{elsewhere.url}f.txt", "f.txt", api_name="/foreign_file")
        assert Path(path).read_bytes() == b"from elsewhere"
        job = client.submit(handle_file(f"{elsewhere.url}f.txt"), api_name="/nested_files")
        job.exception()
    assert len(elsewhere.asked) >= 1
    assert_told_nothing(elsewhere)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_file_that_moves_elsewhere_is_fetched_without_credentials(
    proxy: Faults, elsewhere: Host, connect: Shell, status: int
) -> None:
    with connect(proxy.url, **CREDENTIALS) as client:
        proxy.inject("/gradio_api/file=", says(status, location=f"{elsewhere.url}f.txt"))
        path = client.predict("a.txt", "a", api_name="/make_file")
        assert Path(path).read_bytes() == b"from elsewhere"
    assert len(elsewhere.asked) == 1
    assert_told_nothing(elsewhere)


@pytest.mark.parametrize(
    ("path", "name", "args"),
    [
        ("/gradio_api/queue/join", "/echo", ("x",)),
        ("/gradio_api/queue/data", "/echo", ("x",)),
        ("/gradio_api/run/", "/fast", ("x",)),
        ("/gradio_api/upload", "/file_digest", (b"text",)),
    ],
)
@pytest.mark.parametrize("status", [302, 307])
def test_no_request_moves_to_another_host(  # noqa: PLR0917
    proxy: Faults, elsewhere: Host, connect: Shell, path: str, name: str, args: Any, status: int
) -> None:
    with connect(proxy.url, **CREDENTIALS, retries=QUICK) as client:
        proxy.inject(path, says(status, location=f"{elsewhere.url}config"), times=9)
        with pytest.raises(GradlinkError):
            client.predict(*args, api_name=name)
    assert elsewhere.asked == []


def test_connecting_does_not_move_to_another_host(proxy: Faults, elsewhere: Host, connect: Shell) -> None:
    proxy.inject("/config", says(302, location=f"{elsewhere.url}config"))
    with pytest.raises(RedirectError), connect(proxy.url, **CREDENTIALS):
        pass
    assert elsewhere.asked == []


# Addresses of the caller's own network


PRIVATE = [
    "http://127.0.0.1/x",
    "http://localhost/x",
    "http://[::1]/x",
    "http://10.0.0.1/x",
    "http://172.16.9.9/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest/meta-data",
    "http://0.0.0.0/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[fd00::1]/x",
    "http://[fe80::1]/x",
]


def public() -> Access:
    return Access(Routes("https://example.org/"))


@pytest.mark.parametrize("url", PRIVATE)
def test_a_public_app_cannot_make_its_callers_ask_their_own_network(url: str) -> None:
    with pytest.raises(FileError, match="private address"):
        next(fetch(public(), url, False, "x"))


@pytest.mark.parametrize("url", PRIVATE)
def test_nor_with_a_redirect(url: str) -> None:
    flow = fetch(public(), "https://example.com/x", False, "x")
    assert next(flow) == HttpDownload("https://example.com/x", "x", same_origin=False)
    with pytest.raises(FileError, match="private address"):
        flow.send(Downloaded(302, {"location": url}, b"", "https://example.com/x", None))


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_nor_with_a_name_for_such_an_address(name: str) -> None:
    with pytest.raises(FileError, match="private address"):
        check_addresses(socket.getaddrinfo(name, None), name)


def test_a_redirect_of_the_apps_own_file_takes_no_credentials_along() -> None:
    flow = fetch(public(), "https://example.org/file=x", True, "x")
    assert next(flow) == HttpDownload("https://example.org/file=x", "x", same_origin=True)
    moved = flow.send(
        Downloaded(302, {"location": "https://cdn.example.com/x"}, b"", "https://example.org/file=x", None)
    )
    assert moved == HttpDownload("https://cdn.example.com/x", "x", same_origin=False)


def test_a_local_app_may_name_local_files() -> None:
    flow = fetch(Access(Routes("http://127.0.0.1:7860/")), "http://192.168.1.1/x", False, "x")
    assert next(flow) == HttpDownload("http://192.168.1.1/x", "x", same_origin=False)


# Names from the server


NAMES = [
    ("../../../../evil.txt", "evil.txt"),
    ("/etc/passwd", "passwd"),
    ("..", "file"),
    (".", "file"),
    ("", "file"),
    ("a\\..\\..\\evil.txt", "evil.txt"),
    ("C:\\Windows\\evil.txt", "evil.txt"),
    ("a\x00b.txt", "a_b.txt"),
    ("CON", "_CON"),
    ("nul.txt", "_nul.txt"),
    ("COM1.tar.gz", "_COM1.tar.gz"),
    ("a:b*c?.txt", "a_b_c_.txt"),
    ("trailing. . ", "trailing"),
    ("ü" * 300 + ".txt", "ü" * 125 + ".txt"),
    ("x" * 300, "x" * 255),
]


@pytest.mark.parametrize(("name", "kept"), NAMES, ids=[repr(name)[:20] for name, _ in NAMES])
def test_a_name_stays_in_its_directory(tmp_path: Path, name: str, kept: str) -> None:
    store = FileStore(tmp_path / "store")
    partial = store.begin(name)
    partial.write(b"content")
    path = Path(partial.finish())
    assert path.name == kept
    assert path.parent.parent == (tmp_path / "store").resolve()
    assert path.read_bytes() == b"content"
    assert len(path.name.encode()) <= 255


@pytest.mark.parametrize("name", ["../../../../evil.txt", "/etc/evil.txt", "..", "a\\..\\evil.txt"])
def test_a_name_of_a_result_stays_in_the_directory(
    base: Server, connect: Shell, tmp_path: Path, name: str
) -> None:
    downloads = tmp_path / "one" / "two"
    with connect(base.url, download_files=downloads) as client:
        path = Path(client.predict(name, api_name="/misnamed_file"))
    assert path.is_relative_to(downloads.resolve())
    assert path.read_bytes() == b"plain"
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


# Sizes


@pytest.mark.parametrize("limit", [1, 2**20 - 1])
def test_a_file_that_says_it_is_too_large_is_not_read(
    proxy: Faults, connect: Shell, tmp_path: Path, limit: int
) -> None:
    with connect(proxy.url, max_download=limit, download_files=tmp_path, retries=0) as client:
        # What comes after the first bytes would never end.
        proxy.inject("/gradio_api/file=", cut(0, "stall"))
        proxy.inject("/gradio_api/file=", cut(1, "stall"))
        with pytest.raises(FileTooLargeError, match=f"max_download={limit:,} bytes"):
            client.predict(1, api_name="/big_file")
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


@contextmanager
def endless() -> Iterator[str]:
    """Give the address of a file that has no length and no end."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    client.recv(65536)
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    while True:
                        client.sendall(b"x" * 65536)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/big"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_file_that_does_not_say_is_read_up_to_the_limit(
    base: Server, connect: Shell, tmp_path: Path
) -> None:
    options = {"max_download": 1_000_000, "download_files": tmp_path}
    with endless() as url, connect(base.url, **options) as client, pytest.raises(FileTooLargeError):
        client.predict(url, "big", api_name="/foreign_file")
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


def test_a_file_within_the_limit_is_fetched(base: Server, connect: Shell, tmp_path: Path) -> None:
    with connect(base.url, max_download=2**20, download_files=tmp_path) as client:
        assert Path(client.predict(1, api_name="/big_file")).stat().st_size == 2**20


# Texts are texts


def test_a_text_is_never_read_as_a_file(base: Server, connect: Shell, tmp_path: Path) -> None:
    private = tmp_path / "private.txt"
    private.write_text(SECRET, "utf-8")
    with faults(base.url) as proxy, connect(proxy.url) as client:
        assert client.predict(str(private), api_name="/echo") == str(private)
        with pytest.raises(ArgumentError, match=r"^/file_upper: file is a file: did you mean handle_file\("):
            client.submit(str(private), api_name="/file_upper")
        job = client.submit([str(private)], api_name="/nested_files")
        job.exception()
        assert proxy.paths("/gradio_api/upload") == []
        assert client.predict(private, api_name="/file_digest")["size"] == len(SECRET)
        assert client.predict(handle_file(str(private)), api_name="/file_digest")["size"] == len(SECRET)
        assert len(proxy.paths("/gradio_api/upload")) == 2


# Secrets are not shown


def texts_of(error: BaseException | None) -> str:
    """Return everything that an error and its causes say."""
    said = ""
    while error is not None:
        said += f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    return said


def test_secrets_are_not_shown(
    proxy: Faults, connect: Shell, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with connect(proxy.url, **CREDENTIALS, oauth_token=SECRET, verbose=True, retries=QUICK) as client:
        work(client)
        shown = f"{client!r} {client} "
        job = client.submit("x", api_name="/echo")
        assert job.result() == "x"
        for path, fault in [
            ("/gradio_api/queue/join", says(500, b"no")),
            ("/gradio_api/queue/data", cut(10)),
            ("/gradio_api/queue/data", says(404, b"no")),
            ("/gradio_api/queue/join", cut(-1)),
        ]:
            proxy.inject(path, fault)
            job = client.submit("x", api_name="/echo", headers={"x-more": SECRET})
            shown += f"{job!r} {texts_of(job.exception())} "
            shown += f"{job._inner if hasattr(job, '_inner') else job!r}"
        proxy.inject("/gradio_api/file=", says(403, b"no"))
        with pytest.raises(GradlinkError) as e:
            client.predict("a.txt", "a", api_name="/make_file")
        shown += texts_of(e.value)
        with pytest.raises(AppError) as failed:
            client.predict("x", api_name="/err")
        shown += texts_of(failed.value)
        inner = getattr(client, "_inner", client)
        live = inner._shared.live
        core = getattr(job, "_inner", job)._core
        for part in (inner._shared.settings, live, live.settings, live.access, core, core.call):
            shown += f"{part!r} {part}"
    printed = capsys.readouterr()
    for said in (shown, caplog.text, printed.out, printed.err):
        for secret in (SECRET, COOKIE):
            assert secret not in said
    assert "answered 500" in shown


def test_a_password_of_the_address_is_not_shown(
    proxy: Faults, connect: Shell, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with connect(proxy.url.replace("://", f"://someone:{PASSWORD}@"), verbose=True, retries=0) as client:
        work(client)
        shown = f"{client!r} {client.src}"
        for path in ("/gradio_api/queue/join", "/gradio_api/queue/data"):
            proxy.inject(path, cut(-1))
            shown += texts_of(client.submit("x", api_name="/echo").exception())
    assert len(proxy.passed) > 10
    assert [request for request in proxy.passed if "authorization" not in request.headers] == []
    printed = capsys.readouterr()
    for said in (shown, printed.out, printed.err, caplog.text):
        assert PASSWORD not in said


def test_a_refused_login_does_not_show_the_password(server: Servers, connect: Shell) -> None:
    with pytest.raises(AuthenticationError) as e, connect(server("auth").url, auth=("user", PASSWORD)):
        pass
    assert PASSWORD not in texts_of(e.value)


def test_a_pickle_has_no_cookies_that_the_app_set(base: Server) -> None:
    from gradlink import Client

    with Client(base.url, verbose=False) as client:
        base.answer("/gradio_api/run/predict", 500, "no", headers={"set-cookie": f"access={COOKIE}; Path=/"})
        with pytest.raises(GradlinkError):
            client.predict("x", api_name="/fast")
        assert client.predict(api_name="/whoami")["cookies"] == {"access": COOKIE}
        pickled = pickle.dumps(client)
    assert COOKIE.encode() not in pickled
    assert os.environ.get("HOME", "-").encode() not in pickled
