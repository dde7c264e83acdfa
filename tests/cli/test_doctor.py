"""``gradlink doctor``, against apps and gateways that are well, and that are not."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from gradlink.cli._doctor.client import Messages, judge_messages
from gradlink.testing.hub import LocalHub
from tests.cli.commands import Command, run
from tests.cli.gateway import Gateway, serving
from tests.hostile.app import config
from tests.hostile.playing import Hostile
from tests.live.servers import Servers
from tests.matrix.servers import ReleaseServers

pytestmark = pytest.mark.live

# Longer than any machine takes; where the time runs out in a test, nothing would ever come.
PATIENT = ("--patience", "60", "--timeout", "60")
HOSTILE_TEXT = "\x1b[31mred\x07\x9b2J\u202e\n\ud800"
OLD_DATE = "Sat, 01 Jan 2000 00:00:00 GMT"


@dataclass(frozen=True)
class Outcome:
    """What the doctor has printed for programs, by check, and its exit code."""

    code: int
    findings: dict[str, dict[str, Any]]

    def levels(self, level: str) -> set[str]:
        return {name for name, finding in self.findings.items() if finding["level"] == level}

    def found(self, check: str) -> tuple[str, str]:
        finding = self.findings[check]
        return finding["level"], finding["found"]

    def changes(self, check: str) -> str:
        return " | ".join(self.findings[check]["change"])


Doctor = Callable[..., Outcome]


@pytest.fixture
def doctor(command: Command) -> Doctor:
    """Run the doctor: ``doctor(url, "--auth", "a:b")``."""

    def examine(app: str, *arguments: str) -> Outcome:
        done = command("doctor", app, "--format", "json", *PATIENT, *arguments)
        return Outcome(done.code, {finding["check"]: finding for finding in json.loads(done.out)})

    return examine


# -- apps that are well ---------------------------------------------------------------------------


def test_an_app_that_is_well_has_no_problem(server: Servers, doctor: Doctor) -> None:
    done = doctor(server().url)
    assert (done.code, done.levels("problem"), done.levels("warning")) == (0, set(), set())
    assert done.levels("skipped") == {"certificate", "call"}
    assert "Gradio 6." in done.found("version")[1]


def test_no_function_is_called_unless_one_is_named(server: Servers, doctor: Doctor) -> None:
    running = server()
    before = len(running.requests())
    doctor(running.url)
    paths = {(request.method, request.path) for request in running.requests(before)}
    assert {method for method, path in paths if "upload" in path} == {"POST"}
    assert not any("/queue/" in path and method != "OPTIONS" for method, path in paths)
    assert not any(part in path for _, path in paths for part in ("/run/", "/call/", "/cancel"))


def test_the_body_that_is_sent_is_stored_nowhere(server: Servers, doctor: Doctor) -> None:
    running = server()
    before = len(running.requests())
    assert "reaches it" in doctor(running.url).found("upload")[1]
    (upload,) = (one for one in running.requests(before) if one.path.endswith("/upload"))
    assert upload.status == 400


def test_an_app_with_functions_that_run_when_a_stream_is_closed_has_none_opened(
    server: Servers, doctor: Doctor
) -> None:
    running = server("unload")
    before = len(running.requests())
    done = doctor(running.url)
    assert done.found("stream")[0] == "skipped"
    assert "unload" in done.found("stream")[1]
    assert not any("heartbeat" in request.path for request in running.requests(before))


def test_a_function_that_is_named_is_called(server: Servers, doctor: Doctor) -> None:
    done = doctor(server().url, "--call", "ping")
    assert done.found("call")[0] == "ok"
    assert done.found("call")[1].startswith("/ping answered")


def test_a_function_that_cannot_be_called_without_arguments_is_a_problem(
    server: Servers, doctor: Doctor
) -> None:
    done = doctor(server().url, "--call", "/nothing_of_this_name")
    assert (done.code, done.found("call")[0]) == (2, "problem")


def test_a_limit_of_the_app_for_files_is_said(server: Servers, doctor: Doctor) -> None:
    level, found = doctor(server("tiny").url).found("upload")
    assert level == "ok"
    assert "65,536 bytes (max_file_size)" in found


def test_the_page_of_an_app_leads_to_the_app(server: Servers, doctor: Doctor) -> None:
    done = doctor(server("pages").url + "second")
    assert done.code == 0
    assert "is a page of the Gradio app" in done.found("app")[1]


@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    servers = ReleaseServers()
    yield servers
    servers.close()


@pytest.mark.slow("starts an old release")
@pytest.mark.parametrize(
    ("release", "stream", "text"),
    [
        ("3.50.2", "ok", "a WebSocket opens"),
        ("4.8.0", "skipped", "this release has no stream that says something without a call"),
        ("4.44.1", "ok", "the first message of a stream came"),
    ],
)
def test_an_old_app(release: str, stream: str, text: str, releases: ReleaseServers, doctor: Doctor) -> None:
    done = doctor(releases(release).url("base"), "--call", "/ping")
    assert (done.code, done.levels("problem")) == (0, set())
    assert done.found("stream")[0] == stream
    assert text in done.found("stream")[1]
    assert done.found("call")[0] == "ok"


@pytest.mark.slow("starts an old release")
def test_a_gateway_that_takes_no_websockets(releases: ReleaseServers, doctor: Doctor) -> None:
    # It hands no "Upgrade" on, as nginx does without being told to.
    with serving(Gateway([releases("3.50.2").url("base")])) as url:
        done = doctor(url)
    assert (done.code, done.levels("problem")) == (7, {"stream"})
    assert "a WebSocket is refused" in done.found("stream")[1]
    assert 'proxy_set_header Connection "upgrade";' in done.changes("stream")


def test_gradio_lets_only_local_pages_use_a_local_app(server: Servers, doctor: Doctor) -> None:
    done = doctor(server().url, "--origin", "https://example.com")
    assert (done.code, done.levels("problem")) == (1, {"cors"})
    assert "only pages of localhost" in done.changes("cors")


@pytest.mark.parametrize("origin", ["localhost:3000", "http://", "http://a\nb"])
def test_an_origin_that_is_none_is_wrong_usage(origin: str, command: Command) -> None:
    done = command("doctor", "http://127.0.0.1:1/", "--origin", origin)
    assert done.code == 2
    assert "is not an origin such as https://example.com" in done.err


# -- the way there --------------------------------------------------------------------------------


def test_nothing_listens(doctor: Doctor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = doctor(f"http://127.0.0.1:{port}/")
    assert (done.code, done.levels("problem"), done.levels("ok")) == (7, {"connection"}, {"name"})
    assert done.found("client") == ("skipped", "Connection has to work first")
    assert "launch(server_name='0.0.0.0')" in done.changes("connection")


def test_a_name_that_does_not_resolve(doctor: Doctor) -> None:
    done = doctor("http://nobody.invalid/")
    assert (done.code, done.levels("problem"), done.levels("ok")) == (7, {"name"}, set())
    assert "nslookup nobody.invalid" in done.changes("name")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Give the addresses of further names, by name."""
    known: dict[str, list[str]] = {}
    look_up = socket.getaddrinfo

    def found(host: Any, *others: Any, **named: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        return [one for place in known.get(name, [host]) for one in look_up(place, *others, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return known


def test_an_address_that_refuses_is_no_problem_if_another_does_not(
    server: Servers, doctor: Doctor, names: dict[str, list[str]]
) -> None:
    # As localhost is, where an app listens at 127.0.0.1 only.
    names["app.example"] = ["127.0.0.2", "127.0.0.1"]
    done = doctor(server().url.replace("127.0.0.1", "app.example"))
    assert (done.code, done.levels("problem"), done.levels("warning")) == (0, set(), set())
    assert done.found("name")[1] == "app.example is 127.0.0.2, 127.0.0.1"
    assert "at 127.0.0.1, not at 127.0.0.2 (Connection refused)" in done.found("connection")[1]


def test_a_proxy_that_hides_the_host(server: Servers, doctor: Doctor, names: dict[str, list[str]]) -> None:
    names["app.example"] = ["127.0.0.1"]
    with serving(Gateway([server().url], host="localhost:7860")) as url:
        done = doctor(url.replace("127.0.0.1", "app.example"))
    assert (done.code, done.levels("problem"), done.levels("warning")) == (0, set(), {"root", "cors"})
    assert "http://localhost:7860/" in done.found("root")[1]
    assert "pages of https://example.com may not use the app" in done.found("cors")[1]
    for check in ("root", "cors"):
        assert "proxy_set_header Host $http_host;" in done.changes(check)


def test_what_goes_through_a_proxy_is_not_looked_at_without_it(
    server: Servers, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://user:secret@127.0.0.1:1/")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    done = doctor("http://app.example/")
    assert {"name", "connection"} <= done.levels("skipped")
    assert "http://127.0.0.1:1/" in done.found("name")[1]
    assert done.levels("problem") == {"app"}
    assert "NO_PROXY=app.example" in done.changes("app")
    assert "secret" not in json.dumps(done.findings)


@pytest.mark.parametrize("url", ["ftp://example.com/", "no address", "http://"])
def test_what_is_no_address_is_wrong_usage(url: str, command: Command) -> None:
    done = command("doctor", url)
    assert done.code == 2
    assert "is not the URL of a Gradio app" in done.err


# -- certificates ---------------------------------------------------------------------------------


def test_a_certificate_of_an_unknown_authority(
    server: Servers, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = server("tls")
    done = doctor(running.url)
    assert (done.code, done.levels("problem")) == (7, {"certificate"})
    assert "an authority that this machine does not know" in done.found("certificate")[1]
    assert "--insecure" in done.changes("certificate")
    assert done.found("app") == ("skipped", "Certificate has to work first")
    # What it says helps.
    unchecked = doctor(running.url, "--insecure")
    assert (unchecked.code, unchecked.levels("warning")) == (0, {"certificate"})
    assert running.ca_file is not None
    monkeypatch.setenv("SSL_CERT_FILE", running.ca_file)
    trusted = doctor(running.url)
    assert (trusted.code, trusted.levels("warning")) == (0, set())


def authority_itself(_: trustme.CA) -> trustme.LeafCert | None:
    return None


CERTIFICATES: dict[str, tuple[Callable[[trustme.CA], trustme.LeafCert | None], str]] = {
    "self-signed": (authority_itself, "is self-signed"),
    "expired": (
        lambda ca: ca.issue_cert(
            "127.0.0.1",
            not_before=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
            not_after=dt.datetime(2001, 1, 1, tzinfo=dt.UTC),
        ),
        "has expired",
    ),
    "other address": (lambda ca: ca.issue_cert("10.0.0.1"), "is for another address"),
}


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_certificate_that_is_wrong(
    kind: str, doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, expected = CERTIFICATES[kind]
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = make(authority)
    if issued is None:
        both = tmp_path / "self.pem"
        both.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
        context.load_cert_chain(both)
    else:
        issued.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]  # takes pyOpenSSL's, too
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serving(Gateway(), context) as url:
        done = doctor(url)
        assert (done.code, done.levels("problem")) == (7, {"certificate"})
        assert expected in done.found("certificate")[1]
        assert done.changes("certificate")
        # The next problem is what it is: there is no app.
        assert doctor(url, "--insecure").levels("problem") == {"app"}


def test_a_scheme_that_the_port_does_not_speak(server: Servers, doctor: Doctor) -> None:
    plain = doctor(server().url.replace("http://", "https://"))
    assert (plain.code, plain.levels("problem")) == (7, {"certificate"})
    assert "use http://" in plain.changes("certificate")
    encrypted = doctor(server("tls").url.replace("https://", "http://"))
    assert (encrypted.code, encrypted.levels("problem")) == (7, {"app"})
    assert "use https://" in encrypted.changes("app")


# -- the app --------------------------------------------------------------------------------------


def test_what_is_not_a_gradio_app(doctor: Doctor) -> None:
    with serving(Gateway()) as url:
        done = doctor(url)
    assert (done.code, done.levels("problem")) == (7, {"app"})
    assert (
        done.found("app")[1]
        == rf"no Gradio app answers at {url}: /config is 200, <html>A page\x1b[31m</html>"
    )


def test_a_path_too_deep_leads_to_the_app_above_it(server: Servers, doctor: Doctor) -> None:
    url = server().url
    done = doctor(f"{url}some/path")
    assert (done.code, done.levels("problem")) == (7, {"app"})
    assert done.findings["app"]["change"][0] == f"Use that address: {url}"


@pytest.mark.parametrize(
    ("status", "code", "change"),
    [(403, 7, "firewall"), (429, 6, "wait"), (502, 7, "Start the app"), (418, 7, "Look at the log")],
)
def test_a_gateway_that_answers_in_the_app_s_stead(
    status: int, code: int, change: str, hostile: Hostile, doctor: Doctor
) -> None:
    url = hostile.script(replies={"/config": {"status": status, "body": "the page of a gateway"}})
    done = doctor(url)
    assert (done.code, done.levels("problem")) == (code, {"app"})
    assert f"answers {status}: the page of a gateway" in done.found("app")[1]
    assert change in done.changes("app")


def test_a_redirect_to_another_host(hostile: Hostile, doctor: Doctor) -> None:
    login = {"status": 302, "headers": {"location": "https://login.example/?next=app"}}
    done = doctor(hostile.script(replies={"/config": login}), "--header", "authorization: Bearer secret")
    assert (done.code, done.levels("problem")) == (7, {"app"})
    assert "https://login.example/" in done.found("app")[1]
    assert "--header 'Cookie: …'" in done.changes("app")
    assert "secret" not in json.dumps(done.findings)


def test_a_login_that_is_not_gradio_s(hostile: Hostile, doctor: Doctor) -> None:
    basic = {"status": 401, "headers": {"www-authenticate": 'Basic realm="proxy"'}, "body": "<html>"}
    done = doctor(hostile.script(replies={"/config": basic}))
    assert (done.code, done.levels("problem")) == (5, {"app"})
    assert 'Basic realm="proxy"' in done.found("app")[1]


def test_a_login_that_is_missing_wrong_or_right(server: Servers, doctor: Doctor) -> None:
    url = server("auth").url
    missing = doctor(url)
    assert (missing.code, missing.levels("problem")) == (5, {"login"})
    assert missing.found("login")[1].startswith("the app asks for a login")
    assert "--auth USER:PASSWORD" in missing.changes("login")
    wrong = doctor(url, "--auth", "user:secret")
    assert (wrong.code, wrong.levels("problem")) == (5, {"login"})
    assert "secret" not in json.dumps(wrong.findings)
    right = doctor(url, "--auth", "user:pass")
    assert (right.code, right.levels("problem")) == (0, set())
    assert right.found("login") == ("ok", "the app takes the login of user")


def test_a_login_whose_cookies_do_not_pass(server: Servers, doctor: Doctor) -> None:
    gateway = Gateway([server("auth").url], drops=frozenset({"set-cookie"}))
    with serving(gateway) as url:
        done = doctor(url, "--auth", "user:pass")
    assert (done.code, done.levels("problem")) == (5, {"login"})
    assert "asks for it again" in done.found("login")[1]
    assert "Set-Cookie" in done.changes("login")


def test_a_protocol_that_gradlink_does_not_speak(hostile: Hostile, doctor: Doctor) -> None:
    done = doctor(hostile.script(config={**config("http://other.example"), "protocol": "pigeons"}))
    assert (done.code, done.levels("problem")) == (7, {"version"})
    assert "'pigeons'" in done.found("version")[1]


def test_a_protocol_that_is_newer_is_a_warning(hostile: Hostile, doctor: Doctor) -> None:
    done = doctor(hostile.script(config={**config(""), "protocol": "sse_v9"}))
    assert "version" in done.levels("warning")
    assert "pip install -U gradlink" in done.changes("version")


def test_a_root_that_is_not_where_the_app_is(server: Servers, doctor: Doctor) -> None:
    url = server("root").url
    done = doctor(url)
    assert (done.code, done.levels("warning")) == (0, {"root"})
    assert f"{url}sub/app/" in done.found("root")[1]
    assert "without root_path=" in done.changes("root")


@pytest.mark.parametrize(
    ("root", "change"),
    [
        ("https://{place}", "X-Forwarded-Proto"),
        ("http://internal:7860", "proxy_set_header Host"),
        ("javascript:alert(1)", "root_path='/script"),
    ],
)
def test_a_root_elsewhere(root: str, change: str, hostile: Hostile, doctor: Doctor) -> None:
    place = hostile.url.removeprefix("http://").rstrip("/")
    done = doctor(hostile.script(config=config(root.format(place=place))))
    assert "root" in done.levels("warning")
    assert change in done.changes("root")


def test_an_info_that_fails_is_a_warning(hostile: Hostile, doctor: Doctor) -> None:
    done = doctor(hostile.script(replies={"/info": {"status": 500, "body": "oops"}}))
    assert done.found("description")[0] == "warning"
    assert done.found("client")[0] == "ok"


# -- what is between ------------------------------------------------------------------------------


def test_a_gateway_that_does_nothing_wrong(server: Servers, doctor: Doctor) -> None:
    with serving(Gateway([server().url])) as url:
        done = doctor(url, "--call", "/progress")
    assert (done.code, done.levels("problem"), done.levels("warning")) == (0, set(), set())


def test_a_proxy_that_buffers_a_stream(server: Servers, doctor: Doctor) -> None:
    with serving(Gateway([server().url], buffers=True)) as url:
        # However long is waited, a stream that does not end never passes.
        done = doctor(url, "--patience", "0.5")
    assert (done.code, done.levels("problem")) == (7, {"stream"})
    assert "no message of a stream came within 0.5 s" in done.found("stream")[1]
    assert "proxy_buffering off;" in done.changes("stream")


@pytest.mark.parametrize(
    ("moments", "level", "text"),
    [
        ([3.9, 3.95, 4.0], "problem", "all of its 3 messages came together then"),
        ([0.1, 0.2, 4.0], "ok", "came while it ran, the first after 0.1 s"),
        ([0.1, 0.2, 0.3], "ok", "too short to tell"),
        ([3.9, 4.0], "warning", "without a message before its end"),
    ],
)
def test_what_the_moments_of_messages_mean(moments: list[float], level: str, text: str) -> None:
    messages = Messages()
    for moment in moments:
        messages.add(moment)
    result = judge_messages("/predict", messages)
    assert result.level == level
    assert text in result.found


@pytest.mark.parametrize(
    ("headers", "level", "text"),
    [
        ({"content-type": "text/html"}, "problem", "with text/html"),
        ({"content-type": "text/event-stream", "content-encoding": "gzip"}, "warning", "compressed (gzip)"),
        ({"content-type": "text/event-stream"}, "ok", "the first message"),
    ],
)
def test_a_stream_as_it_comes(
    headers: dict[str, str], level: str, text: str, hostile: Hostile, doctor: Doctor
) -> None:
    url = hostile.script(replies={"/heartbeat/": {"headers": headers, "body": "data: ALIVE\n\n"}})
    found = doctor(url).found("stream")
    assert found[0] == level
    assert text in found[1]


def test_a_websocket_that_says_nothing(hostile: Hostile, doctor: Doctor) -> None:
    said = {**config(""), "version": "3.50.2"}
    del said["protocol"], said["api_prefix"]
    url = hostile.script(config=said, replies={"/queue/join": {"status": 101}})
    done = doctor(url, "--patience", "0.5")
    assert done.found("stream")[0] == "problem"
    assert "no message of a stream came within 0.5 s" in done.found("stream")[1]


def test_a_stream_that_is_cut(hostile: Hostile, doctor: Doctor) -> None:
    stream = {"headers": {"content-type": "text/event-stream"}, "body": "data: ALIVE\n\n"}
    done = doctor(hostile.script(replies={"/heartbeat/": stream}), "--heartbeat")
    assert (done.code, done.found("stream")[0]) == (7, "problem")
    assert "is cut after" in done.found("stream")[1]
    assert "proxy_read_timeout" in done.changes("stream")


def test_replicas_without_stickiness(server: Servers, doctor: Doctor) -> None:
    gateway = Gateway([server().url, server("single").url])
    with serving(gateway) as url:
        done = doctor(url)
    assert "replicas" in done.levels("problem")
    assert done.found("replicas")[1].startswith("2 processes answered 8 questions")
    assert "sessionAffinity" in done.changes("replicas")


def test_replicas_with_a_cookie_that_keeps_clients(server: Servers, doctor: Doctor) -> None:
    gateway = Gateway([server().url, server("single").url], sticky=True)
    with serving(gateway) as url:
        done = doctor(url)
    assert done.found("replicas") == ("ok", "the same process answered 8 times")


def test_a_gateway_that_takes_no_large_body(server: Servers, doctor: Doctor) -> None:
    with serving(Gateway([server().url], max_body=1 << 20)) as url:
        done = doctor(url)
    assert (done.code, done.levels("warning")) == (0, {"upload"})
    assert "client_max_body_size" in done.changes("upload")


@pytest.mark.parametrize(
    ("gateway", "text", "change"),
    [
        (
            {"drops": frozenset({"access-control-allow-origin"})},
            "may not use the app (OPTIONS allows nothing)",
            "Let OPTIONS and the header Origin pass",
        ),
        ({"adds": {"access-control-allow-origin": "*"}}, "twice", "add_header"),
    ],
)
def test_pages_of_another_origin_that_are_kept_out(
    gateway: dict[str, Any], text: str, change: str, server: Servers, doctor: Doctor
) -> None:
    with serving(Gateway([server().url], **gateway)) as url:
        done = doctor(url)
        asked = doctor(url, "--origin", "http://localhost:5173")
    assert (done.code, done.levels("warning")) == (0, {"cors"})
    assert text in done.found("cors")[1]
    assert change in done.changes("cors")
    assert (asked.code, asked.levels("problem")) == (1, {"cors"})


def test_what_a_browser_asks_first_has_no_credentials(server: Servers, doctor: Doctor) -> None:
    gateway = Gateway([server("auth").url])
    with serving(gateway) as url:
        done = doctor(
            url, "--auth", "user:pass", "--header", "x-key: secret", "--origin", "http://localhost:5173"
        )
    assert done.found("cors") == ("ok", "pages of http://localhost:5173 may use the app")
    (preflight,) = (
        headers
        for (method, _), headers in zip(gateway.asked, gateway.headers, strict=True)
        if method == "OPTIONS"
    )
    assert not {"x-key", "cookie"} & preflight.keys()


def test_a_clock_that_is_wrong(hostile: Hostile, doctor: Doctor) -> None:
    said = {"headers": {"date": OLD_DATE}, "body": json.dumps(config(""))}
    level, found = doctor(hostile.script(replies={"/config": said})).found("clock")
    assert level == "warning"
    assert re.fullmatch(
        rf"this machine's clock is [0-9,]+ days ahead of the server's, which says {OLD_DATE}", found
    )


# -- Spaces ---------------------------------------------------------------------------------------


def test_a_private_space(server: Servers, hub: LocalHub, doctor: Doctor) -> None:
    hub.add_space("me/app", server().url, private=True)
    hidden = doctor("me/app")
    assert (hidden.code, hidden.levels("problem")) == (7, {"space"})
    assert "--token" in hidden.changes("space")
    shown = doctor("me/app", "--token", "hf_me")
    assert (shown.code, shown.levels("problem")) == (0, set())
    assert shown.found("space")[1].startswith("me/app runs, private, at http://")
    assert "private Space" in shown.found("cors")[1]


def test_a_space_that_is_paused(server: Servers, hub: LocalHub, doctor: Doctor) -> None:
    hub.add_space("me/app", server().url, stages=["PAUSED"])
    done = doctor("me/app")
    assert (done.code, done.levels("problem")) == (7, {"space"})
    assert "is paused" in done.found("space")[1]


# -- hostile apps ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "slow-head@config",
        "slow-body@config",
        "silence@config",
        "informational@config",
        "endless@config",
        "gzip-bomb@config",
    ],
)
def test_an_answer_that_does_not_end_is_a_problem(attack: str, hostile: Hostile, doctor: Doctor) -> None:
    done = doctor(hostile.app(attack), "--timeout", "1")
    assert done.code in {7, 8}
    assert done.levels("problem") == {"app"}


def test_what_an_app_says_reaches_no_terminal(hostile: Hostile) -> None:
    said = {
        **config(HOSTILE_TEXT),
        "version": HOSTILE_TEXT,
        "protocol": f"sse_v{HOSTILE_TEXT}",
        "app_id": HOSTILE_TEXT,
    }
    url = hostile.script(
        config=said,
        replies={
            "/heartbeat/": {
                "headers": {"content-type": "\x9b2J\x1b[31m"},
                "body": HOSTILE_TEXT.replace("\ud800", ""),
            },
            "/upload": {"status": 502, "body": HOSTILE_TEXT.replace("\ud800", "")},
        },
    )
    for arguments in ([], ["--format", "json"]):
        done = run("doctor", url, *PATIENT, *arguments)
        assert not [char for char in done.out + done.err if not char.isprintable() and char != "\n"]
        assert r"\x1b[31m" in done.out


# -- what it looks like ---------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", "✓!✗\N{EN DASH}"), ("ascii", "+!x-")])
def test_each_check_is_a_line_of_at_most_80_columns(encoding: str, marks: str, server: Servers) -> None:
    done = run("doctor", f"{server().url}a/b", env={"PYTHONIOENCODING": encoding})
    lines = done.out.splitlines()
    assert done.code == 7
    assert done.err == ""
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.out
    begun = [line for line in lines if line[:1] in marks and line[1:2] == " "]
    assert [line.split()[1] for line in begun[:4]] == ["Name", "Connection", "Certificate", "App"]
    assert lines[-1] == "1 problem, 0 warnings; 3 ok, 11 skipped"


def test_the_summary_of_an_app_that_is_well(server: Servers) -> None:
    done = run("doctor", server().url, *PATIENT)
    assert done.code == 0
    assert done.out.splitlines()[-1] == "no problem found; 13 ok, 2 skipped"
