"""Who may use the page, and what every answer says of itself."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from gradlink._serving.listening import is_loopback
from gradlink.docs_page.guard import POLICY, Guard, Message, Receive, Scope, Send

TOKEN = "t" * 32
HOST = "127.0.0.1:4321"


async def _application(scope: Scope, _: Receive, send: Send) -> None:
    headers = [(b"content-security-policy", b"own")] if scope["path"] == "/own" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def asked(
    path: str = f"/{TOKEN}/", *, method: str = "GET", listening: str = "127.0.0.1", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of an answer."""
    given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        await Guard(_application, TOKEN, listening)(scope, receive, send)

    anyio.run(run)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"].decode()


def test_who_has_the_token_sees_what_is_behind_it() -> None:
    assert asked(f"/{TOKEN}/page.js")[::2] == (200, "/page.js")


@pytest.mark.parametrize(
    "path", ["/", "", f"/{TOKEN}", f"/{TOKEN}x/", f"/{TOKEN[:-1]}/", "/größe/", f"//{TOKEN}/", f"/x/{TOKEN}/"]
)
def test_without_the_token_there_is_nothing(path: str) -> None:
    assert asked(path)[0] == 404


@pytest.mark.parametrize("host", ["127.0.0.1:4321", "localhost:4321", "LOCALHOST", "[::1]:80"])
def test_this_machine_may_call_it_by_any_of_its_own_names(host: str) -> None:
    assert asked(host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example:4321", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[", ""]
)
def test_a_name_that_dns_leads_here_is_refused(host: str) -> None:
    assert asked(host=host)[0] == 403


@pytest.mark.parametrize(
    ("listening", "name", "status"),
    [
        ("box.example", "box.example:80", 200),
        ("box.example", "localhost", 403),
        ("0.0.0.0", "192.0.2.7:80", 200),  # noqa: S104
        ("0.0.0.0", "evil.example", 403),  # noqa: S104
        ("::", "[2001:db8::1]:80", 200),
        ("192.0.2.7", "192.0.2.7:80", 200),
    ],
)
def test_a_host_that_was_named_is_the_one_that_is_answered_for(
    listening: str, name: str, status: int
) -> None:
    assert asked(listening=listening, host=name)[0] == status


@pytest.mark.parametrize(
    ("site", "status"), [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_other_pages_of_the_browser_are_refused(site: str, status: int) -> None:
    assert asked(sec_fetch_site=site)[0] == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"http://{HOST}", 200),
        ("http://127.0.0.1:9", 403),
        ("http://evil.example", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_only_the_page_itself_may_send(origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert asked(f"/{TOKEN}/call", method="POST", **headers)[0] == status


@pytest.mark.parametrize("path", [f"/{TOKEN}/", "/wrong/"])
def test_every_answer_says_what_may_be_done_with_it(path: str) -> None:
    _, headers, _ = asked(path)
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_a_stricter_policy_stays() -> None:
    assert asked(f"/{TOKEN}/own")[1]["content-security-policy"] == "own"


def test_the_policy_lets_nothing_be_loaded_from_elsewhere() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("x", False),
    ],
)
def test_what_only_this_machine_reaches_is_known(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
