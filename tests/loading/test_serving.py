"""Files of a loaded app at the outer app's address: what is served, to whom, how, and what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from tests.loading.bare import BIG, CONTENT, ETAG, WAIT_SECONDS, Original, content, file, serving
from tests.loading.opening import Outer

pytestmark = pytest.mark.live

PNG = content("image/png")
# What another app on the same host has, and nobody who visits this one may get.
SECRET = "secret.txt"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture
def original() -> Iterator[Original]:
    with serving(Original()) as original:
        original.files[SECRET] = content("text/plain", b"secret")
        yield original


@pytest.fixture(scope="module")
def shared(outer: Outer, client: httpx2.Client) -> Iterator[tuple[Original, str]]:
    """Give an app that has one picture, and the picture's address at the outer app."""
    with serving(Original()) as original:
        original.files["a.png"] = PNG
        original.says(picture=file("a.png"))
        yield original, addresses(client, outer.url(original.url))["picture"]


def addresses(client: httpx2.Client, outer_url: str) -> dict[str, str]:
    """Return the addresses of files that a page of the outer app gets, by the labels of their components."""
    components = client.get(f"{outer_url}config").json()["components"]
    values = {
        one["props"].get("label"): one["props"].get("value") for one in components if one["type"] == "file"
    }
    return {label: value["url"] for label, value in values.items() if value is not None}


@pytest.fixture
def given(outer: Outer, client: httpx2.Client, original: Original) -> Callable[..., str]:
    """Give the address that a file has at the outer app, as the loaded one says it."""

    def given(value: dict[str, Any], **options: Any) -> str:
        original.says(it=value)
        return addresses(client, outer.url(original.url, **options))["it"]

    return given


# -- as they come ---------------------------------------------------------------------------------


def test_a_file_is_served_whole(shared: tuple[Original, str], client: httpx2.Client) -> None:
    answer = client.get(shared[1])
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert "content-disposition" not in answer.headers


def test_a_file_is_served_in_parts(shared: tuple[Original, str], client: httpx2.Client) -> None:
    answer = client.get(shared[1], headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, CONTENT[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(CONTENT)}"
    assert client.get(shared[1], headers={"range": "bytes=10200-"}).content == CONTENT[10200:]


def test_a_part_that_is_not_there_is_refused(shared: tuple[Original, str], client: httpx2.Client) -> None:
    answer = client.get(shared[1], headers={"range": "bytes=99999-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


def test_a_file_that_did_not_change_is_not_sent_again(
    shared: tuple[Original, str], client: httpx2.Client
) -> None:
    answer = client.get(shared[1], headers={"if-none-match": ETAG})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == ETAG
    assert client.get(shared[1], headers={"if-none-match": '"other"'}).status_code == 200


def test_the_head_of_a_file_has_its_length(shared: tuple[Original, str], client: httpx2.Client) -> None:
    answer = client.head(shared[1])
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_files_are_only_read(shared: tuple[Original, str], client: httpx2.Client, method: str) -> None:
    original, address = shared
    before = len(original.asked)
    assert client.request(method, address).status_code in {404, 405}
    assert len(original.asked) == before


def test_a_large_file_is_handed_on_as_it_comes(
    given: Callable[..., str], original: Original, outer: Outer, client: httpx2.Client
) -> None:
    address = given(file("big.bin"))
    before = outer.memory()
    with client.stream("GET", address) as answer:
        assert answer.headers["content-length"] == str(BIG)
        read = 0
        for chunk in answer.iter_raw():
            read += len(chunk)
            if read > 1 << 20:
                break
    # The request to the app ends with the visitor's.
    assert original.big_ended.wait(WAIT_SECONDS)
    assert original.sent < BIG / 2
    assert outer.memory() - before < BIG / 16


def test_the_end_of_a_file_is_not_taken_for_its_whole(
    given: Callable[..., str], original: Original, client: httpx2.Client
) -> None:
    async def some() -> Any:
        yield b"some"
        raise ConnectionError

    headers = {"content-length": "100"}
    original.files["cut.png"] = lambda request: StreamingResponse(some(), 200, headers, "image/png")
    original.files["open.png"] = lambda request: StreamingResponse(some(), 200, None, "image/png")
    address = given(file("a.png"))
    for name in ("cut.png", "open.png"):
        original.files["a.png"] = original.files[name]
        with pytest.raises(httpx2.TransportError):
            client.get(address)
    original.files["a.png"] = PNG
    assert client.get(address).content == CONTENT


# -- what a browser makes of them -------------------------------------------------------------------


SAFE = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}


def kind_of(client: httpx2.Client, address: str) -> tuple[str, str | None]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'; ")
    assert "script" not in answer.headers["content-security-policy"]
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert len(answer.headers.get_list("content-type")) == 1
    return answer.headers["content-type"], answer.headers.get("content-disposition")


@pytest.mark.parametrize(
    "kind", ["image/png", "IMAGE/JPEG", "audio/wav", "video/mp4", "text/plain; charset=utf-8"]
)
def test_what_a_browser_only_shows_is_shown(
    shared: tuple[Original, str], client: httpx2.Client, kind: str
) -> None:
    original, address = shared
    original.files["a.png"] = content(kind, b"x")
    assert kind_of(client, address) == (kind, None)


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "text/javascript",
        "application/pdf",
        "x/y",
        "Text/HTML; a=b",
    ],
)
def test_what_a_browser_could_run_is_saved(
    shared: tuple[Original, str], client: httpx2.Client, kind: str
) -> None:
    original, address = shared
    for disposition in ("inline", 'inline; filename="a.html"', "inline;attachment"):
        original.files["a.png"] = content(kind, b"<script>", content_disposition=disposition)
        assert kind_of(client, address) == (kind, "attachment")
    original.files["a.png"] = content(kind, b"<script>", content_disposition='attachment; filename="a"')
    assert kind_of(client, address) == (kind, 'attachment; filename="a"')


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (None, "application/octet-stream"),
        ("", "application/octet-stream"),
        ("image", "application/octet-stream"),
        ("audio/x, text/html", "application/octet-stream"),
        ("video/<script>", "application/octet-stream"),
        ("image/png text/html", "application/octet-stream"),
    ],
)
def test_what_is_no_type_is_saved(
    shared: tuple[Original, str], client: httpx2.Client, kind: str | None, written: str
) -> None:
    original, address = shared
    original.files["a.png"] = content(kind, b"<script>")
    assert kind_of(client, address) == (written, "attachment")


def test_of_several_types_in_one_there_is_one(shared: tuple[Original, str], client: httpx2.Client) -> None:
    original, address = shared
    original.files["a.png"] = content("text/plain;x=,text/html", b"<script>")
    assert kind_of(client, address) == ("text/plain", None)

    def twice(request: Request) -> Response:
        answer = content("text/plain", b"<script>")(request)
        answer.headers.append("content-type", "text/html")
        return answer

    original.files["a.png"] = twice
    assert kind_of(client, address) == ("text/plain", None)


def test_names_of_files_are_handed_on_byte_for_byte(
    shared: tuple[Original, str], client: httpx2.Client
) -> None:
    original, address = shared
    raw = 'attachment; filename="日本.png"'.encode()

    def named(request: Request) -> Response:
        answer = content("image/png")(request)
        answer.raw_headers.append((b"content-disposition", raw))
        return answer

    original.files["a.png"] = named
    (given,) = (
        value for name, value in client.get(address).headers.raw if name.lower() == b"content-disposition"
    )
    assert given == raw


def test_no_other_header_of_the_app_comes_through(
    shared: tuple[Original, str], client: httpx2.Client
) -> None:
    original, address = shared
    original.files["a.png"] = content(
        "image/png",
        set_cookie="a=b",
        access_control_allow_origin="*",
        content_security_policy="default-src *",
        x_content_type_options="sniff",
        refresh="0; url=http://evil/",
        link="</x.js>; rel=preload",
        service_worker_allowed="/",
        clear_site_data='"*"',
        location="http://evil/",
    )
    kind_of(client, address)
    headers = client.get(address).headers
    for name in ("set-cookie", "refresh", "link", "service-worker-allowed", "clear-site-data", "location"):
        assert name not in headers
    assert headers["content-security-policy"].startswith("sandbox;")


# -- no open proxy ----------------------------------------------------------------------------------


def split(address: str) -> tuple[str, str, list[str]]:
    """Return what is before a name, the app's key, and the rest of its parts."""
    before, mark, name = address.partition("file=")
    key, *rest = name.split("/")
    return before + mark, key, rest


def test_only_names_that_were_given_out_are_served(
    shared: tuple[Original, str], client: httpx2.Client
) -> None:
    original, address = shared
    before, key, (signature, *cut) = split(address)
    last = cut[-1]
    asked = len(original.asked)
    for name in (
        "",
        "a.png",
        f"{key}/",
        f"{key}/a.png",
        f"{key}/{last}",
        f"{key}/{'0' * 32}/{'/'.join(cut)}",
        f"{key}/{signature[:-1]}/{'/'.join(cut)}",
        f"{key}//{'/'.join(cut)}",
        f"{key}/{signature}/{cut[0][:-4]}AAAA/{last}",
        f"{key}/{signature}/WyJmaWxlIiwgIiIsICIvIl0/{last}",
        f"{'0' * 12}/{signature}/{'/'.join(cut)}",
        f"{original.url}gradio_api/file=a.png",
        "http://127.0.0.1:1/",
        "/etc/passwd",
        "../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        f"{key}/../../../etc/passwd",
        "x" * 10_000,
        "%00",
        "%ed%a0%80",
    ):
        answer = client.get(before + name)
        # Some of them are no addresses of the outer app at all, or gradio's own and refused there.
        assert answer.status_code in {400, 403, 404}, name
    assert len(original.asked) == asked


def test_addresses_of_other_hosts_are_not_fetched(
    shared: tuple[Original, str], client: httpx2.Client
) -> None:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(shared[1]))
    with serving(Original()) as other:
        for path in (f"gradio_api/proxy={other.url}", f"proxy={other.url}gradio_api/file=x"):
            assert client.get(f"{origin}/{path}").status_code >= 400
        assert other.asked == []


def test_nothing_beside_the_app_is_asked_for(original: Original, outer: Outer, client: httpx2.Client) -> None:
    origin = original.url.removesuffix("/sub/")
    urls = [
        f"{origin}/other/secret.txt",
        f"{origin}/subsub/secret.txt",
        f"{origin}/sub/../secret.txt",
        f"{origin}/sub/%2e%2e/secret.txt",
        f"{origin}/sub/..%2fsecret.txt",
        f"{origin}/sub/..%5csecret.txt",
        f"{origin}/sub/a/..\\..\\secret.txt",
        f"{origin}//sub/secret.txt",
        "/other/secret.txt",
        f"{origin}/sub/gradio_api/file=a/../../../secret.txt",
        f"{origin}/sub/gradio_api/file=../../secret.txt",
    ]
    said = [file("", url=url) for url in urls] + [file(url) for url in urls]
    said += [
        file("x", url=f"{origin}/sub/gradio_api/stream/{path}", is_stream=True)
        for path in ("../../../secret.txt", "%2e%2e/secret.txt")
    ]
    said.append(file("../../secret.txt"))
    original.says(**{f"it{n}": value for n, value in enumerate(said)})
    found = addresses(client, outer.url(original.url))
    assert len(found) > len(urls)
    for address in found.values():
        client.get(address)
    # The path of a file of the app, which is its own to give or refuse.
    assert {one.path for one in original.asked_for("secret")} == {"/sub/gradio_api/file=/other/secret.txt"}


def test_redirects_are_not_followed(
    given: Callable[..., str], original: Original, client: httpx2.Client
) -> None:
    with serving(Original()) as other:
        other.files["a.png"] = PNG
        address = given(file("a.png"))
        for status in (301, 302, 303, 307, 308):
            for target in (f"{other.url}gradio_api/file=a.png", "/other/secret.txt", "secret.txt"):
                original.files["a.png"] = lambda request, to=target, code=status: RedirectResponse(to, code)
                answer = client.get(address)
                assert answer.status_code == 404
                assert "location" not in answer.headers
        assert other.asked == []
    assert original.asked_for("secret") == []


def test_answers_that_are_no_file_are_none(shared: tuple[Original, str], client: httpx2.Client) -> None:
    original, address = shared
    for status in (201, 204, 400, 401, 403, 404, 500, 503):
        original.files["a.png"] = lambda request, code=status: Response(
            b"" if code == 204 else b"secret", code
        )
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, "Not found")


def test_a_file_of_another_host_is_for_the_browser_to_fetch(
    given: Callable[..., str], client: httpx2.Client
) -> None:
    with serving(Original()) as other:
        elsewhere = f"{other.url}gradio_api/file=a.png"
        address = given(file(elsewhere), headers={"x-secret": "of-the-loader"})
        answer = client.get(address)
        assert answer.status_code == 307
        assert answer.headers["location"] == elsewhere
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "of-the-loader" not in str(answer.headers)
        assert other.asked == []


# -- whose credentials ------------------------------------------------------------------------------


def test_the_loaders_credentials_go_to_the_app_and_nowhere_else(
    given: Callable[..., str], original: Original, client: httpx2.Client
) -> None:
    original.password = "pw"
    original.files["a.png"] = PNG
    with serving(Original()) as other:
        original.files["away.png"] = lambda request: RedirectResponse(f"{other.url}x")
        options: dict[str, Any] = {"auth": ("user", "pw"), "headers": {"x-secret": "of-the-loader"}}
        assert client.get(given(file("a.png"), **options)).content == CONTENT
        (asked,) = original.asked_for("a.png")
        assert asked.headers["x-secret"] == "of-the-loader"
        assert "access-token=let-me-in" in asked.headers["cookie"]
        client.get(given(file("away.png"), **options))
        client.get(given(file(f"{other.url}x"), **options))
        assert other.asked == []


def test_nothing_of_a_visitor_goes_to_the_app(
    given: Callable[..., str], original: Original, client: httpx2.Client
) -> None:
    original.files["a.png"] = PNG
    headers = {
        "authorization": "mine",
        "cookie": "session=mine",
        "x-mine": "mine",
        "referer": "http://mine/",
        "user-agent": "mine",
    }
    assert client.get(given(file("a.png")), headers=headers).status_code == 200
    (asked,) = original.asked_for("a.png")
    assert "mine" not in str(asked.headers)


def test_the_outer_apps_login_is_asked_for(outer: Outer, original: Original, client: httpx2.Client) -> None:
    original.files["a.png"] = PNG
    original.says(it=file("a.png"))
    url = outer.url(original.url, launch={"auth": ("visitor", "pw")})
    with httpx2.Client(trust_env=False, timeout=WAIT_SECONDS) as visitor:
        assert visitor.post(f"{url}login", data={"username": "visitor", "password": "pw"}).status_code == 200
        address = addresses(visitor, url)["it"]
        assert visitor.get(address).content == CONTENT
    for cookie in ("", "; ".join(f"{name}=x" for name in visitor.cookies)):
        answer = client.get(address, headers={"cookie": cookie})
        assert (answer.status_code, answer.text) == (401, "Not authenticated")
        assert client.head(address).status_code == 401
    assert len(original.asked_for("a.png")) == 1


def test_apps_beside_each_other_serve_their_own_files(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    with serving(Original()) as other:
        for one, label in ((original, "a"), (other, "b")):
            one.files["x.png"] = content("image/png", label.encode())
            one.says(**{label: file("x.png")})
        found = addresses(client, outer.url(original.url, other.url))
        assert {label: client.get(address).text for label, address in found.items()} == {"a": "a", "b": "b"}
        (before, first, name), (_, second, their_name) = (split(found[label]) for label in ("a", "b"))
        assert client.get(f"{before}{second}/{'/'.join(name)}").status_code == 404
        assert client.get(f"{before}{first}/{'/'.join(their_name)}").status_code == 404
        assert [len(one.asked_for("x.png")) for one in (original, other)] == [1, 1]


def test_names_of_another_outer_app_are_not_served(
    outer: Outer, original: Original, client: httpx2.Client
) -> None:
    original.files["a.png"] = PNG
    original.says(it=file("a.png"))
    first, second = (outer.url(original.url) for _ in range(2))
    address = addresses(client, first)["it"]
    assert client.get(address).status_code == 200
    assert client.get(address.replace(first, second)).status_code == 404


def test_an_app_that_is_away_is_an_error_that_names_no_address(outer: Outer, client: httpx2.Client) -> None:
    with serving(Original()) as original:
        original.says(it=file("a.png"))
        address = addresses(client, outer.url(original.url))["it"]
        original.files["a.png"] = PNG
        assert client.get(address).status_code == 200
    answer = client.get(address)
    assert answer.status_code == 502
    assert answer.text == "The app behind this page cannot be reached right now"
    assert "127.0.0.1" not in str(answer.headers)
