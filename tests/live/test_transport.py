"""The network below a client: certificates, proxies, redirects, cookies, and which host hears what."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from gradlink import (
    ConnectError,
    Job,
    NotFoundError,
    ProtocolError,
    RedirectError,
    ResponseError,
    TransportError,
    handle_file,
)
from tests.live.hosts import Answer, host, listener_that_counts, proxy
from tests.live.servers import Request, Server, Servers
from tests.live.shells import Shell

JOIN = "/gradio_api/queue/join"
STREAM = "/gradio_api/queue/data"


def asked(server: Server, since: int, path: str) -> list[Request]:
    return [request for request in server.requests(since) if request.path == path]


# Certificates


def test_an_unknown_authority_is_named(server: Servers, connect: Shell) -> None:
    url = server("tls").url
    with (
        pytest.raises(
            ConnectError, match=rf"^no connection to {url}config: .*certificate verify failed"
        ) as e,
        connect(url),
    ):
        pass
    assert (e.value.url, e.value.execution) == (f"{url}config", "not started")


@pytest.mark.parametrize("form", ["False", "text", "Path", "context"])
def test_an_authority_can_be_given(server: Servers, connect: Shell, form: str) -> None:
    tls = server("tls")
    assert tls.ca_file is not None
    options: dict[str, Any] = {
        "False": False,
        "text": tls.ca_file,
        "Path": Path(tls.ca_file),
        "context": ssl.create_default_context(cafile=tls.ca_file),
    }
    with connect(tls.url, ssl_verify=options[form]) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        assert client.predict(b"text", api_name="/file_digest")["size"] == 4
        assert Path(client.predict("a.txt", "a", api_name="/make_file")).read_text("utf-8") == "a"
        assert client.predict("x", api_name="/fast") == "x"


def test_a_server_without_tls_is_not_asked_again(server: Servers, connect: Shell) -> None:
    url = server().url.replace("http://", "https://")
    with (
        pytest.raises(ConnectError, match=r"an address that begins with http:// may be meant$") as e,
        connect(url),
    ):
        pass
    assert not e.value.transient


def test_the_verification_of_httpx2_is_understood(server: Servers, connect: Shell) -> None:
    tls = server("tls")
    with connect(tls.url, httpx_kwargs={"verify": tls.ca_file}) as client:
        assert client.predict("x", api_name="/echo") == "x"


def test_an_authority_that_cannot_be_read_is_named(server: Servers, connect: Shell, tmp_path: Path) -> None:
    missing = str(tmp_path / "ca.pem")
    with (
        pytest.raises(ValueError, match=r"ssl_verify: the CA file '.*ca\.pem' cannot be read: "),
        connect(server("tls").url, ssl_verify=missing),
    ):
        pass


@pytest.mark.parametrize("ssl_verify", [True, False, "file"])
def test_a_client_makes_one_tls_context(
    server: Servers, connect: Shell, monkeypatch: pytest.MonkeyPatch, ssl_verify: Any
) -> None:
    # To load the certificates of the system takes longer than a call.
    tls = server("tls")
    made: list[ssl.SSLContext] = []
    new = ssl.SSLContext.__new__

    def noted(kind: type[ssl.SSLContext], *args: Any, **kwargs: Any) -> ssl.SSLContext:
        context = new(kind, *args, **kwargs)
        made.append(context)
        return context

    url = server().url if ssl_verify is True else tls.url
    monkeypatch.setattr(ssl.SSLContext, "__new__", noted)
    with (
        host({"/x.txt": Answer(200, b"x")}) as elsewhere,
        connect(url, ssl_verify=tls.ca_file if ssl_verify == "file" else ssl_verify) as client,
    ):
        assert client.predict("x", api_name="/echo") == "x"
        client.predict(f"{elsewhere.url}x.txt", "", api_name="/foreign_file")
    # Without TLS it may do without.
    assert len(made) == 1 or (url != tls.url and not made)


# Proxies and other options


def test_everything_goes_through_a_proxy_that_is_given(
    server: Servers, connect: Shell, tmp_path: Path
) -> None:
    base = server()
    with (
        proxy() as between,
        host({"/f.txt": Answer(200, b"f"), "/in.txt": Answer(200, b"in")}) as elsewhere,
        connect(base.url, httpx_kwargs={"proxy": between.url}, download_files=tmp_path) as client,
    ):
        since = len(base.requests())
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        assert client.predict("x", api_name="/fast") == "x"
        assert client.predict(b"text", api_name="/file_digest")["size"] == 4
        client.predict("a.txt", "a", api_name="/make_file")
        client.predict(f"{elsewhere.url}f.txt", "", api_name="/foreign_file")
        client.predict(handle_file(f"{elsewhere.url}in.txt"), api_name="/nested_files")
        key = uuid.uuid4().hex
        job = client.submit(key, 3, api_name="/gategen")
        base.reach(key, "started")
        assert job.cancel()
        base.reach(key, "ended")
        direct = {request.connection for request in base.requests(since)}
        passed = between.paths()
    assert direct  # the app was asked ...
    for method, path in [
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("POST", JOIN),
        ("GET", STREAM),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/cancel"),
        ("GET", "/f.txt"),
        ("GET", "/in.txt"),
    ]:
        assert (method, path) in passed
    assert any("/gradio_api/file=" in path for _, path in passed)
    # ... by nobody but the proxy.
    for path in (JOIN, STREAM, "/gradio_api/upload"):
        assert len(asked(base, since, path)) == [passing for _, passing in passed].count(path)


def test_a_tunnel_is_made_for_https(server: Servers, connect: Shell) -> None:
    tls = server("tls")
    with (
        proxy() as between,
        connect(tls.url, httpx_kwargs={"proxy": between.url}, ssl_verify=tls.ca_file) as client,
    ):
        assert client.predict("x", api_name="/echo") == "x"
    assert {method for method, _ in between.requests} == {"CONNECT"}
    assert {target for _, target in between.requests} == {urlsplit(tls.url).netloc}


def test_a_proxy_that_is_not_there_is_a_connect_error(server: Servers, connect: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with (
        pytest.raises(ConnectError, match="no connection to "),
        connect(server().url, httpx_kwargs={"proxy": f"http://127.0.0.1:{port}"}),
    ):
        pass


@pytest.mark.parametrize("trust_env", [True, False])
def test_a_proxy_of_the_environment_hears_of_nobody_but_the_app(
    server: Servers, connect: Shell, monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    base = server()
    with proxy() as between:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, between.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with connect(base.url, httpx_kwargs={"trust_env": trust_env}, token="hf_x") as client:
            assert client.predict("x", api_name="/echo") == "x"
            client.view_api(print_info=False)
            client.predict(b"text", api_name="/file_digest")
            client.predict("a.txt", "a", api_name="/make_file")
            client.predict(1, api_name="/counter")
    hosts = {urlsplit(url if "//" in url else f"//{url}").netloc for _, url in between.requests}
    assert hosts == ({urlsplit(base.url).netloc} if trust_env else set())


NOBODY_ELSE = """
import sys
kind, url = sys.argv[1:]
spoken = []

def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        spoken.append(args[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        spoken.append(args[:2])

sys.addaudithook(note)
import anyio
import gradlink

def call_sync():
    with gradlink.Client(url, analytics_enabled=True) as client:
        client.view_api(print_info=False)
        client.predict("x", api_name="/echo")
        client.predict(b"x", api_name="/file_digest")
        client.predict("a.txt", "a", api_name="/make_file")
        client.predict(1, api_name="/counter")

async def call_async():
    async with gradlink.AsyncClient(url, analytics_enabled=True) as client:
        await client.view_api(print_info=False)
        await client.predict("x", api_name="/echo")
        await client.predict(b"x", api_name="/file_digest")
        await client.predict("a.txt", "a", api_name="/make_file")
        await client.predict(1, api_name="/counter")

if kind == "sync":
    call_sync()
else:
    anyio.run(call_async, backend=kind)
named = [(host.decode() if isinstance(host, bytes) else str(host), port) for host, port in spoken if host is not None]
internet = {(host, int(port or 0)) for host, port in named}
print(sorted(internet))
"""


def test_a_process_speaks_with_nobody_but_the_app(
    server: Servers, connect: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    command = [sys.executable, "-c", NOBODY_ELSE, connect.name, server().url]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    assert printed.stderr == f"Loaded as API: {server().url}\n"
    assert printed.stdout == f"[('127.0.0.1', {urlsplit(server().url).port})]\n"


@pytest.mark.parametrize("timeout", [0.4, httpx2.Timeout(0.4)])
def test_a_timeout_is_kept(server: Servers, connect: Shell, timeout: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with (
            pytest.raises(TransportError, match=rf"^{url}config did not answer in time: ") as e,
            connect(url, httpx_kwargs={"timeout": timeout}, retries=0),
        ):
            pass
    assert not isinstance(e.value, ConnectError)


def test_a_timeout_does_not_limit_the_functions_of_the_app(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url, httpx_kwargs={"timeout": 3}) as client:
        assert client.predict(4, api_name="/slow") == "slept 4"
        assert client.predict([1, 2], api_name="/nested_files") == []


def test_cookies_and_headers_go_with_every_request(server: Servers, connect: Shell) -> None:
    base = server()
    mark = uuid.uuid4().hex
    headers = {"X-Probe": "mine", "x-both": "of headers", "x-mark": mark}
    httpx_kwargs = {"cookies": {"pin": "a"}, "headers": {"x-more": "more", "x-both": "of httpx"}}
    since = len(base.requests())
    with connect(base.url, headers=headers, httpx_kwargs=httpx_kwargs) as client:
        seen = client.predict(api_name="/whoami")
        client.predict(b"text", api_name="/file_digest")
        client.predict("a.txt", "a", api_name="/make_file")
        client.predict("x", api_name="/fast")
        client.predict(1, api_name="/counter")
        base.reach(f"GET /gradio_api/heartbeat/{client.session_hash}", "asked")
    assert seen["cookies"] == {"pin": "a"}
    assert seen["headers"]["x-probe"] == "mine"
    own = [request for request in base.requests(since) if request.headers.get("x-mark") == mark]
    kinds = {request.path.split("=")[0].split("/heartbeat/")[0] for request in own}
    assert kinds == {
        "/config",
        "/gradio_api",
        "/gradio_api/info",
        JOIN,
        STREAM,
        "/gradio_api/upload",
        "/gradio_api/file",
        "/gradio_api/run/predict",
    }
    for request in own:
        assert request.headers["cookie"] == "pin=a"
        assert request.headers["x-probe"] == "mine"
        assert request.headers["x-more"] == "more"
        assert request.headers["x-both"] == "of headers"


def test_cookies_of_every_answer_are_kept(server: Servers, connect: Shell) -> None:
    base = server()
    base.answer("/config", 307, headers={"location": "/config?again", "set-cookie": "balancer=one; Path=/"})
    with connect(base.url) as client:
        assert client.predict(api_name="/whoami")["cookies"] == {"balancer": "one"}
        base.answer("/gradio_api/run/predict", 500, "no", headers={"set-cookie": "balancer=two; Path=/"})
        with pytest.raises(ResponseError):
            client.predict("x", api_name="/fast")
        assert client.predict(api_name="/whoami")["cookies"] == {"balancer": "two"}


@pytest.mark.parametrize(
    "wrong", [{"nonsense": 1}, {"timeout": "soon"}, {"timeout": [1]}], ids=["name", "text", "list"]
)
def test_an_unknown_option_is_a_type_error(server: Servers, connect: Shell, wrong: dict[str, Any]) -> None:
    base = server()
    since = len(base.requests())
    with (
        pytest.raises(TypeError, match=r"nonsense|timeout is a number of seconds"),
        connect(base.url, httpx_kwargs=wrong),
    ):
        pass
    assert asked(base, since, "/config") == []


# Addresses


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_app_is_followed(server: Servers, connect: Shell, status: int) -> None:
    mounted = server("mounted")
    # The typed URL leads to the one that the app is really under, as a balancer would do it.
    mounted.answer("/old/config", status, headers={"location": "/sub/app/config"})
    with connect(mounted.origin + "/old") as client:
        assert client.src == mounted.url
        assert client.predict("x", api_name="/echo") == "x"
        assert Path(client.predict("a.txt", "a", api_name="/make_file")).read_text("utf-8") == "a"


def test_a_redirect_to_another_host_is_refused(server: Servers, connect: Shell) -> None:
    base = server()
    with host({"/config": Answer(200, b"{}")}) as elsewhere:
        base.answer("/config", 302, headers={"location": f"{elsewhere.url}config"})
        with (
            pytest.raises(
                RedirectError,
                match=rf"^{base.url}config redirects to {elsewhere.url}config, which is another host; "
                "if it is the app, use that URL$",
            ),
            connect(base.url, headers={"authorization": "Bearer secret"}),
        ):
            pass
        assert elsewhere.asked == []


def test_a_call_that_is_redirected_to_another_host_is_refused(server: Servers, connect: Shell) -> None:
    base = server()
    with host({JOIN: Answer(200, b"{}")}) as elsewhere, connect(base.url) as client:
        base.answer(JOIN, 307, headers={"location": f"{elsewhere.url[:-1]}{JOIN}"})
        with pytest.raises(RedirectError, match="which is another host") as e:
            client.predict("x", api_name="/echo")
        assert (elsewhere.asked, e.value.execution) == ([], "not started")


@pytest.mark.parametrize("location", ["http://127.0.0.1:99999/config", "http://[::1", "mailto:x"])
def test_a_redirect_to_nowhere_is_an_error_of_ours(server: Servers, connect: Shell, location: str) -> None:
    base = server()
    base.answer("/config", 302, headers={"location": location})
    with pytest.raises((TransportError, ProtocolError)), connect(base.url):
        pass


def test_a_call_that_is_redirected_keeps_its_body_or_fails(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        base.answer(JOIN, 307, headers={"location": f"{JOIN}?x"})
        assert client.predict("x", api_name="/echo") == "x"
        base.answer(JOIN, 302, headers={"location": f"{JOIN}?x"})
        with pytest.raises(
            RedirectError, match=r"join redirects to .*join, which would drop the POST; use that URL"
        ):
            client.predict("x", api_name="/echo")


def test_redirects_end(server: Servers, connect: Shell) -> None:
    base = server()
    base.answer("/config", 302, headers={"location": "/config"}, times=5)
    with pytest.raises(RedirectError, match=r"/config: gave up after 5 redirects"), connect(base.url):
        pass
    assert httpx2.get(f"{base.url}config", trust_env=False).status_code == 200


def test_the_step_to_https_is_followed(server: Servers, connect: Shell) -> None:
    # A port speaks http or https, so a proxy gives one host two: it sends http on to the host below,
    # and makes tunnels to the server.
    tls = server("tls")
    port = urlsplit(tls.url).port
    location = {"location": f"https://127.0.0.1:{port}/config"}
    with (
        host({"/config": Answer(308, headers=location)}) as plain,
        proxy({f"127.0.0.1:{port}": f"127.0.0.1:{plain.port}"}) as between,
        connect(
            f"http://127.0.0.1:{port}", httpx_kwargs={"proxy": between.url}, ssl_verify=tls.ca_file
        ) as client,
    ):
        assert client.src == tls.url
        assert client.predict("x", api_name="/echo") == "x"
    assert {asked.path for asked in plain.asked} <= {"/config", "/gradio_api/info?all_endpoints=true"}


def test_the_step_from_https_is_refused(server: Servers, connect: Shell) -> None:
    tls = server("tls")
    plain = tls.url.replace("https", "http")
    tls.answer("/config", 302, headers={"location": f"{plain}config"})
    with (
        pytest.raises(RedirectError, match=rf"{tls.url}config redirects to {plain}config, which is another"),
        connect(tls.url, ssl_verify=tls.ca_file),
    ):
        pass


def test_a_refused_connection_names_the_url(connect: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(ConnectError, match=rf"^no connection to {url}config: .+") as e, connect(url):
        pass
    assert isinstance(e.value, ConnectionError)
    assert e.value.execution == "not started"


def test_credentials_of_a_url_are_in_no_message(connect: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ConnectError) as e, connect(f"http://me:secret@127.0.0.1:{port}/?token=secret"):
        pass
    assert "secret" not in str(e.value)
    assert e.value.url == f"http://127.0.0.1:{port}/config"


def test_what_is_no_app_is_named(connect: Shell) -> None:
    with (
        host({"/": Answer(200, b"<html>a blog</html>")}) as blog,
        pytest.raises(
            NotFoundError, match=rf"^{blog.url} is not a Gradio app: neither /config nor its page"
        ) as e,
        connect(blog.url),
    ):
        pass
    assert (e.value.status, e.value.url) == (200, blog.url)


def test_what_speaks_no_http_breaks_the_exchange(connect: Shell) -> None:
    with (
        listener_that_counts() as (port, _),
        pytest.raises(TransportError, match=rf"the exchange with http://127\.0\.0\.1:{port}/config broke: "),
        connect(f"http://127.0.0.1:{port}", retries=0),
    ):
        pass


@pytest.mark.parametrize("status", [404, 405, 200])
def test_the_page_stands_in_for_a_missing_config(server: Servers, connect: Shell, status: int) -> None:
    base = server()
    base.answer("/config", status, "<html>not here</html>")
    since = len(base.requests())
    with connect(base.url) as client:
        assert asked(base, since, "/")[0].status == 200
        assert client.predict("x", api_name="/echo") == "x"


def test_an_app_without_a_description_is_callable(server: Servers, connect: Shell) -> None:
    base = server()
    base.answer("/gradio_api/info", 500, "Internal Server Error")
    with connect(base.url) as client:
        assert client.predict("x", api_name="/echo") == "x"
        assert client.predict(3, 4, "sub", api_name="/add") == -1


def test_a_config_that_fails_is_told(server: Servers, connect: Shell) -> None:
    base = server()
    base.answer("/config", 500, "Oh no")
    with (
        pytest.raises(ResponseError, match=r"the app's /config: .* answered 500: Oh no") as e,
        connect(base.url),
    ):
        pass
    assert (e.value.status, e.value.server_text) == (500, "Oh no")


def test_a_config_that_is_nonsense_is_told(server: Servers, connect: Shell) -> None:
    base = server()
    base.answer("/config", 200, "[1]")
    with pytest.raises(ProtocolError, match=r"/config is not a JSON object: \[1\]"), connect(base.url):
        pass
    base.answer("/config", 200, "{nonsense")
    with (
        pytest.raises(ProtocolError, match=r"the answer to the app's /config is not JSON: '\{nonsense'"),
        connect(base.url),
    ):
        pass


# Connections


def test_calls_reuse_the_connections(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        mark = uuid.uuid4().hex
        for n in range(5):
            assert client.predict(f"{mark}{n}", api_name="/echo") == f"{mark}{n}"
    joins = [r for r in asked(base, since, JOIN) if str(r.json["data"][0]).startswith(mark)]
    session = joins[0].json["session_hash"]
    streams = [r for r in asked(base, since, STREAM) if session in r.query]
    assert len(joins) == len(streams) == 5
    assert len({request.connection for request in joins}) == 1
    assert len({request.connection for request in streams}) == 1


def test_calls_without_queue_reuse_the_connection(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        mark = uuid.uuid4().hex
        for n in range(5):
            client.predict(f"{mark}{n}", api_name="/fast")
    runs = [
        r for r in asked(base, since, "/gradio_api/run/predict") if str(r.json["data"][0]).startswith(mark)
    ]
    assert len(runs) == 5
    assert len({request.connection for request in runs}) == 1


def test_a_join_is_never_sent_twice(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        since = len(base.requests())
        key = uuid.uuid4().hex
        assert client.predict(key, api_name="/echo") == key
    joins = [r for r in asked(base, since, JOIN) if r.json["data"] == [key]]
    assert len(joins) == 1


def test_an_error_belongs_to_its_endpoint(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        base.answer(JOIN, 500, "<html>Oh no</html>")
        job: Job = client.submit("x", api_name="/echo")
        error = job.exception()
    assert isinstance(error, ResponseError)
    assert (error.endpoint, error.status, error.execution) == ("/echo", 500, "not started")
    assert error.url == f"{base.url[:-1]}{JOIN}"
    assert error.server_text == "<html>Oh no</html>"
