"""Files in values: to a visitor under signed names, back as the app's own, and nothing else of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.filedata import META, LocalFile
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue
from gradlink._protocol.routes import Routes
from gradlink.errors import ArgumentError, ProtocolError
from gradlink.loading.addresses import Address, Names
from gradlink.loading.files import Files
from gradlink.loading.serving import is_below

BASE = "http://app.example/sub/"
ROUTES = Routes(BASE, "/gradio_api")
NAMES = Names(b"secret" * 5, "key")
TEXT = st.text(st.characters(), max_size=30)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ADDRESSES = st.sampled_from(
    [
        "/etc/passwd", "../../x", "http://other.example/a", "http://app.example/a", "http://[", "//other.example/x",
        "/gradio_api/file=/app/x", "/gradio_api/file=%2e%2e/x", "/gradio_api/stream/a/b.m3u8", "data:text/plain,x",
        "javascript:alert(1)", "file:///etc/passwd", "http://app.example:99999/", "http://user:pw@app.example/x", "",
    ]
)  # fmt: skip
FIELDS = st.fixed_dictionaries(
    {"path": TEXT | ADDRESSES, "meta": st.just(dict(META))},
    optional={
        "url": TEXT | ADDRESSES | LEAVES,
        "orig_name": TEXT | LEAVES,
        "is_stream": st.booleans(),
        "size": LEAVES,
    },
)
VALUES = st.recursive(
    LEAVES | FIELDS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


def files_in(folder: Path | str) -> Files:
    return Files(
        NAMES,
        lambda: ROUTES,
        lambda name, streams: f"/{'stream' if streams else 'file'}/{name}",
        lambda: str(folder),
    )


FILES = files_in("/nowhere/uploads")


def file(path: str, **fields: Any) -> dict[str, Any]:
    return {"path": path, "meta": dict(META), **fields}


def shown(value: Any) -> Any:
    made = FILES.outgoing(value)
    assert isinstance(made, dict)
    return made


def found(value: JSONValue) -> list[dict[str, Any]]:
    """Return all files in a value."""
    match value:
        case list():
            return [one for item in value for one in found(item)]
        case dict():
            inside = [one for item in value.values() for one in found(item)]
            return [value, *inside] if value.get("meta") == META else inside
        case _:
            return []


# -- to a visitor ---------------------------------------------------------------------------------


@given(VALUES)
def test_whatever_an_app_sends_can_be_shown_and_names_no_path(value: Any) -> None:
    made = FILES.outgoing(value)
    json.dumps(made, ensure_ascii=False).encode()
    for one in found(made):
        address = NAMES.read(one["path"])
        assert address is not None
        # What was no plain string of its own is not the app's to set.
        assert one["url"] in {f"/file/{one['path']}", f"/stream/{one['path']}"}
        assert FILES.url_at_app(address).startswith(("http://", "https://"))


@given(PLAIN)
def test_a_visitor_gets_every_value_that_is_no_file_as_it_was(value: Any) -> None:
    assert FILES.outgoing(value) == value
    assert FILES.incoming(value) == value


@pytest.mark.parametrize(
    "path", ["/app/gradio/a b.wav", "/app/ü/日本.png", "C:\\a\\b.txt", "a%2fb", "x" * 400]
)
def test_a_file_of_the_app_comes_back_as_its_own(path: str) -> None:
    made = shown(file(path, orig_name="x.wav", size=3))
    assert path not in json.dumps(made)
    assert (made["orig_name"], made["size"]) == ("x.wav", 3)
    back = FILES.incoming(made)
    assert back == file(path, orig_name="x.wav", size=3, url=ROUTES.file(path))


def test_a_page_that_sends_only_the_address_of_a_file_means_the_same() -> None:
    made = shown(file("/app/gradio/a b.wav"))
    address = f"https://outer.example/mine{made['url'].replace(' ', '%20')}?x=1"
    assert FILES.incoming(file("whatever", url=address))["path"] == "/app/gradio/a b.wav"


def test_files_are_found_wherever_they_are() -> None:
    one = file("/app/a.png")
    made = FILES.outgoing({"a": [[{"image": one, "caption": "c"}], one], "b": {**one, "more": [one]}})
    assert [NAMES.read(f["path"]) for f in found(made)] == [
        Address("file", "/app/a.png", "/sub/gradio_api/file=/app/a.png")
    ] * 4
    assert all(f["path"] == "/app/a.png" for f in found(FILES.incoming(made)))


def test_what_says_that_it_is_no_file_is_none() -> None:
    for value in (
        {"path": "/etc/passwd"},
        {"path": 1, "meta": dict(META)},
        {"path": "x", "meta": {"_type": "other"}},
    ):
        assert FILES.outgoing(value) == value


@pytest.mark.parametrize(
    "url", ["http://other.example/a.png", "https://app.example/a.png", "http://app.example:81/a.png"]
)
def test_a_file_of_another_host_stays_there(url: str) -> None:
    for value in (file(url), file(url, url=url), file("", url=url)):
        made = shown(value)
        assert NAMES.read(made["path"]) == Address("elsewhere", "", url)
        assert FILES.incoming(made)["path"] == url


def test_the_apps_own_origin_is_not_another_host() -> None:
    made = shown(file("http://app.example/elsewhere/a.png"))
    assert NAMES.read(made["path"]) == Address(
        "file", "http://app.example/elsewhere/a.png", "/elsewhere/a.png"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,<script>", "ftp://x/y"]
)
def test_no_other_scheme_is_handed_on(url: str) -> None:
    made = FILES.outgoing(file("", url=url))
    assert made is None
    assert url not in json.dumps(FILES.outgoing(file("/app/x", url=url)))


def test_a_playlist_is_named_beside_its_parts() -> None:
    made = shown(file("s/playlist.m3u8", url=f"{BASE}gradio_api/stream/s/playlist.m3u8", is_stream=True))
    assert made["url"].startswith("/stream/")
    assert made["path"].endswith("/playlist.m3u8")
    part = NAMES.read(made["path"].replace("playlist.m3u8", "1.ts"))
    assert part is not None
    assert FILES.url_at_app(part) == f"{BASE}gradio_api/stream/s/1.ts"


@pytest.mark.parametrize("orig_name", ["../../a.png", "a/b\\..\\a.png", "/etc/a.png", "..a.png", "?#%a.png"])
def test_the_name_that_is_shown_is_a_plain_one(orig_name: str) -> None:
    last = shown(file("/app/x", orig_name=orig_name))["path"].rpartition("/")[2]
    assert last in {"a.png", "___a.png"}


def test_a_name_that_would_be_too_long_is_nothing() -> None:
    assert FILES.outgoing(file("x" * 5000)) is None


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: {"a": v}, lambda v: file("/x", more=v)])
def test_values_that_are_nested_too_deep_are_refused(wrap: Any) -> None:
    value: Any = 0
    for _ in range(MAX_DEPTH):
        value = wrap(value)
    FILES.outgoing(value)
    for _ in range(200):
        value = wrap(value)
    with pytest.raises(ProtocolError, match="the loaded app sent a value that is nested more than 200 deep"):
        FILES.outgoing(value)
    with pytest.raises(ArgumentError, match="nested more than 200 deep"):
        FILES.incoming(value)


def test_what_no_page_can_be_sent_is_mended() -> None:
    assert FILES.outgoing(["\ud800a", {"\udfff": "ü"}, 2**63, -(2**64), 10**400, True]) == [
        "\ufffda", {"\ufffd": "ü"}, 2.0**63, -(2.0**64), None, True,
    ]  # fmt: skip


# -- and back -------------------------------------------------------------------------------------


@given(VALUES)
def test_whatever_a_visitor_sends_names_no_file_of_this_machine(value: Any) -> None:
    try:
        made = FILES.incoming(value)
    except ArgumentError:
        return  # it was neither uploaded nor made by the app
    for one in found(made):
        seen = str(one.get("url", "")).startswith("data:") and "/" not in one["path"]
        assert seen or one["path"].startswith(("http://", "https://"))


def test_an_upload_is_sent_on(uploads: Path) -> None:
    (uploads / "abc").mkdir()
    path = uploads / "abc" / "a.txt"
    path.write_text("x")
    made = files_in(uploads).incoming([file(str(path), orig_name="mine.txt")])
    assert isinstance(made[0], LocalFile)
    assert made[0].source.name == "mine.txt"
    assert files_in(uploads).incoming(file(str(path), orig_name=7)).source.name == "a.txt"


def test_only_uploads_are_sent_on(uploads: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    beside = tmp_path / "uploads2"
    beside.mkdir()
    (beside / "a.txt").write_text("x")
    (uploads / "link.txt").symlink_to(secret)
    (uploads / "folder").symlink_to(tmp_path)
    (uploads / "circle").symlink_to(uploads / "circle")
    here = files_in(uploads)
    for path in (
        str(secret),
        f"{uploads}/../secret.txt",
        f"{uploads}/link.txt",
        f"{uploads}/folder/secret.txt",
        f"{uploads}/circle",
        f"{beside}/a.txt",
        f"{uploads}",
        f"{uploads}/missing.txt",
        "/etc/passwd",
        "/proc/self/environ",
        "secret.txt",
        "~/.ssh/id_rsa",
        "",
        "\0",
        f"{uploads}/\0",
        f"{uploads}/\ud800",
        f"{uploads}/" + "x" * 5000,
        "file:///etc/passwd",
        f"/sub/gradio_api/file={secret}",
        f"key/{'0' * 32}/YQ/a",
    ):
        with pytest.raises(ArgumentError, match="was neither uploaded nor made by the app") as error:
            here.incoming({"a": [file(path, url=f"/gradio_api/file={path}")]})
        assert str(tmp_path) not in str(error.value)
        assert len(str(error.value)) < 500


def test_an_upload_in_a_folder_that_is_a_link_is_one(tmp_path: Path, uploads: Path) -> None:
    (tmp_path / "link").symlink_to(uploads)
    (uploads / "a.txt").write_text("x")
    assert isinstance(files_in(tmp_path / "link").incoming(file(f"{uploads}/a.txt")), LocalFile)


def test_a_file_hidden_in_the_fields_of_another_is_looked_at(uploads: Path) -> None:
    for outside in (shown(file("/app/x")), file("http://other.example/a")):
        with pytest.raises(ArgumentError, match="'passwd' was neither"):
            files_in(uploads).incoming({**outside, "more": [file("/etc/passwd")]})


def test_an_address_of_the_internet_is_the_apps_to_fetch() -> None:
    given = file("http://other.example/a.png", url="http://outer.example/x", orig_name="a.png")
    assert FILES.incoming(given) == file("http://other.example/a.png", orig_name="a.png")


def test_what_a_camera_sees_is_in_the_address() -> None:
    seen = "data:image/png;base64,AA=="
    assert FILES.incoming(file("/etc/frame.png", url=seen)) == file("frame.png", url=seen)


def test_an_address_that_is_none_names_no_file(uploads: Path) -> None:
    with pytest.raises(ArgumentError, match="'x' was neither"):
        files_in(uploads).incoming(file("x", url="http://[/file=key/a"))


def test_what_is_no_file_is_sent_as_it_is() -> None:
    value = {"path": "/etc/passwd", "a": [1, "x", None, {"meta": dict(META)}], "t": ("tuple",)}
    assert FILES.incoming(value) == {**value, "t": ["tuple"]}


# -- what is asked of the app ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}gradio_api/file=/a",
        f"{BASE}a/..b/c..",
        f"{BASE}a?x=../..",
        "HTTP://APP.EXAMPLE/sub/a",
        "http://app.example:80/sub/a",
        f"{BASE}%E6%97%A5",
    ],
)
def test_the_apps_own_addresses_are_asked_for(url: str) -> None:
    assert is_below(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example/",
        "http://app.example/subsub/a",
        "http://app.example/sub",
        "http://app.example//sub/a",
        f"{BASE}../other",
        f"{BASE}a/../../other",
        f"{BASE}%2e%2e/other",
        f"{BASE}%2e%2e%2fother",
        f"{BASE}..%2fother",
        f"{BASE}..%5cother",
        f"{BASE}..\\other",
        f"{BASE}.%2e/",
        f"{BASE}gradio_api/file=a/../../../../secret",
        "https://app.example/sub/a",
        "http://app.example:81/sub/a",
        "http://app.example.evil/sub/a",
        "http://app.example@evil/sub/a",
        "http://evil/sub/a",
        "//evil/sub/a",
        "/sub/a",
        "",
        "http://[/sub/",
        f"{BASE}\0",
    ],
)
def test_no_other_address_is_asked_for(url: str) -> None:
    assert not is_below(url, BASE)


@given(TEXT | ADDRESSES)
def test_whatever_an_address_is_it_can_be_judged(url: str) -> None:
    assert not is_below(url, "http://other.example/sub/") or url.startswith("http://other.example/sub/")
    is_below(BASE + url, BASE)
