"""Files on the wire: found in values of every release, and where they are fetched."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import FileData
from gradlink._protocol.datauri import is_data_uri
from gradlink._protocol.dialect import NEWEST, FileForm, dialect_of
from gradlink._protocol.filedata import (
    base_name,
    file_address,
    file_name,
    find_files,
    find_in_outputs,
    find_inline,
    form_of,
    is_file,
    is_private_address,
    own_server_path,
    replaced,
)
from gradlink._protocol.fileschema import mentions_file
from gradlink._protocol.routes import Routes
from gradlink._protocol.version import AppVersion

META = {"_type": "gradio.FileData"}
BASE = "https://app.example/sub/"
NEW = Routes(BASE, "/gradio_api")
OLD = Routes(BASE)

# As servers send them.
SHAPES: dict[str, dict[str, Any]] = {
    "3.50": {"orig_name": "a.txt", "name": "/srv/x/a.txt", "size": 5, "data": None, "is_file": True},
    "4.0": {"path": "/srv/x/a.txt", "url": None, "size": 5, "orig_name": "a.txt", "mime_type": None},
    "4.18": {
        "path": "/srv/x/a.txt",
        "url": "http://wrong.example/file=/srv/x/a.txt",
        "size": None,
        "orig_name": "a.txt",
        "mime_type": None,
        "is_stream": False,
    },
    "4.21": {
        "path": "/srv/x/a.txt",
        "url": "http://wrong.example/file=/srv/x/a.txt",
        "size": None,
        "orig_name": "a.txt",
        "mime_type": None,
        "is_stream": False,
        "meta": META,
    },
    "6.31": {
        "path": "/srv/x/a.txt",
        "url": "http://wrong.example/gradio_api/file=/srv/x/a.txt",
        "size": None,
        "orig_name": "a.txt",
        "mime_type": None,
        "is_stream": False,
        "meta": META,
    },
}


@pytest.mark.parametrize("release", SHAPES)
def test_a_file_is_known_in_every_shape(release: str) -> None:
    assert is_file(SHAPES[release])


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"path": "/srv/a.txt"},
        {"path": "/srv/a.txt", "url": None, "orig_name": "a.txt"},
        {"path": None, "url": None, "orig_name": None, "size": None},
        {"path": "/srv/a.txt", "meta": {"_type": "other"}},
        {"path": None, "meta": META},
        {"path": "/srv/a.txt", "url": None, "orig_name": "a.txt", "size": 3},
        {"name": "/srv/a.txt", "is_file": False},
        {"name": "/srv/a.txt", "is_file": True},
        {"name": "a", "data": "b"},
        "/srv/a.txt",
        None,
        [SHAPES["6.31"]],
    ],
)
def test_what_only_looks_like_a_file_is_none(value: Any) -> None:
    assert not is_file(value)


@pytest.mark.parametrize(
    ("version", "own"),
    [
        ("3.50.2", {"3.50"}),
        # With ``meta`` it has all fields of a file, too.
        ("4.0.0", {"4.0", "4.18", "4.21", "6.31"}),
        ("4.20.1", {"4.0", "4.18", "4.21", "6.31"}),
        ("4.21.0", {"4.21", "6.31"}),
        ("6.31.0", {"4.21", "6.31"}),
        ("", {"4.21", "6.31"}),
    ],
)
def test_only_the_form_of_its_own_version_is_a_file(version: str, own: set[str]) -> None:
    assert {
        release
        for release, shape in SHAPES.items()
        if is_file(shape, dialect_of("sse_v3", AppVersion(version)))
    } == own


def test_files_of_plain_outputs_are_data() -> None:
    file = SHAPES["6.31"]
    found = find_in_outputs([[file], [file], file], [True, False], NEWEST)
    assert [item.path for item in found] == [(1, 0), (2,)]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, False),
        ({"type": "object", "additionalProperties": {}}, False),
        ({"type": "array", "items": {"properties": {"meta": {"properties": {"_type": {"const": "gradio.FileData"}}}}}}, True),
        ({"anyOf": [{"type": "null"}, {"properties": {"path": {}, "meta": {}}}]}, True),
        ({"const": "FileData"}, False),
    ],
)  # fmt: skip
def test_a_schema_says_whether_there_are_files(schema: Any, expected: bool) -> None:
    assert mentions_file(schema) is expected


def test_files_are_found_anywhere_in_order() -> None:
    a, b, c = SHAPES["6.31"], SHAPES["4.0"], SHAPES["3.50"]
    value = ["text", {"x": [a, {"caption": "c", "image": b}], "y": None}, [[c]], 5]
    assert [(found.path, found.data) for found in find_files(value)] == [
        ((1, "x", 0), a),
        ((1, "x", 1, "image"), b),
        ((2, 0, 0), c),
    ]
    assert [found.path for found in find_files(a)] == [()]
    assert find_files("text") == []


def test_a_file_in_a_file_is_not_looked_for() -> None:
    assert [found.path for found in find_files({**SHAPES["6.31"], "inner": SHAPES["4.0"]})] == [()]


def test_files_are_replaced_and_the_rest_is_shared() -> None:
    value: Any = {"a": [SHAPES["6.31"], {"kept": [1]}], "b": {"kept": 2}}
    new = replaced(value, {("a", 0): "/here/a.txt"})
    assert new == {"a": ["/here/a.txt", {"kept": [1]}], "b": {"kept": 2}}
    assert new["a"][1] is value["a"][1]
    assert new["b"] is value["b"]
    assert value["a"][0] is SHAPES["6.31"]
    assert replaced(value, {}) is value
    assert replaced(value, {(): "all"}) == "all"


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(list(SHAPES.values())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(value=VALUES)
def test_what_was_found_can_be_replaced(value: Any) -> None:
    found = find_files(value)
    assert find_files(replaced(value, {file.path: "here" for file in found})) == []
    back = replaced(value, {file.path: file.data for file in found})
    assert back == value


# Addresses


@pytest.mark.parametrize(
    ("release", "routes", "address"),
    [
        ("3.50", OLD, BASE + "file=/srv/x/a.txt"),
        ("4.0", OLD, BASE + "file=/srv/x/a.txt"),
        ("4.18", OLD, BASE + "file=/srv/x/a.txt"),
        ("4.21", OLD, BASE + "file=/srv/x/a.txt"),
        ("6.31", NEW, BASE + "gradio_api/file=/srv/x/a.txt"),
    ],
)
def test_a_file_is_fetched_from_the_typed_url(release: str, routes: Routes, address: str) -> None:
    assert file_address(routes, SHAPES[release]) == (address, True)


@pytest.mark.parametrize(
    ("data", "address", "own"),
    [
        # A name is quoted, its slashes are not.
        ({"path": "/srv/ü 1#?%.txt"}, BASE + "gradio_api/file=/srv/%C3%BC%201%23%3F%25.txt", True),
        ({"path": "C:\\up\\a.txt"}, BASE + "gradio_api/file=C:\\up\\a.txt", True),
        # The path behind file= counts, and a signature.
        (
            {"path": "/srv/a b", "url": "http://x/file=/srv/a%20b?__sign=s&y=1"},
            BASE + "gradio_api/file=/srv/a%20b?__sign=s&y=1",
            True,
        ),
        ({"path": "/srv/a", "url": "http://x/file=/srv/a?y=1"}, BASE + "gradio_api/file=/srv/a", True),
        ({"path": "/srv/a", "url": "/gradio_api/file=/srv/a"}, BASE + "gradio_api/file=/srv/a", True),
        # The own host counts whatever path the server gives.
        ({"path": "other", "url": BASE + "gradio_api/file=/srv/a"}, BASE + "gradio_api/file=/srv/a", True),
        # A file that another app serves.
        (
            {"path": "other", "url": "https://cdn.example/file=/srv/a"},
            "https://cdn.example/file=/srv/a",
            False,
        ),
        # A file of another host.
        ({"path": "https://cdn.example/a?x=1"}, "https://cdn.example/a?x=1", False),
        ({"path": "https://cdn.example/a", "url": "https://cdn.example/b"}, "https://cdn.example/b", False),
        ({"path": "", "url": "https://cdn.example/b"}, "https://cdn.example/b", False),
        ({"path": "", "url": "static/b.png"}, BASE + "static/b.png", True),
        ({"path": "http://app.example/sub/a"}, "http://app.example/sub/a", False),  # another scheme
        ({"path": "https://app.example:8443/a"}, "https://app.example:8443/a", False),  # another port
        ({"path": "https://APP.example:443/a"}, "https://APP.example:443/a", True),
        # A url of another kind beside a path says nothing.
        ({"path": "/srv/a", "url": "https://cdn.example/a"}, BASE + "gradio_api/file=/srv/a", True),
        # A stream that grows is not a file.
        (
            {
                "path": "s/1/2/playlist.m3u8",
                "url": "http://x/gradio_api/stream/s/1/2/playlist.m3u8",
                "is_stream": True,
            },
            BASE + "gradio_api/stream/s/1/2/playlist.m3u8",
            True,
        ),
        (
            {"path": "s/p", "url": "http://x/stream/s/p?__sign=s", "is_stream": True},
            BASE + "gradio_api/stream/s/p?__sign=s",
            True,
        ),
        # What is not an address counts as missing.
        ({"path": "/srv/a", "url": "http://[::1"}, BASE + "gradio_api/file=/srv/a", True),
        ({"path": "/srv/a", "url": "http://x:99999/file=/srv/a"}, BASE + "gradio_api/file=/srv/a", True),
        ({"path": "/srv/a", "url": 5}, BASE + "gradio_api/file=/srv/a", True),
    ],
)
def test_each_kind_of_address(data: dict[str, Any], address: str, own: bool) -> None:
    assert file_address(NEW, data) == (address, own)


ADDRESSES = st.none() | st.sampled_from(
    [
        "",
        "/srv/a",
        "http://",
        "http://[",
        "//",
        "http://h:x/",
        "https://h:99999/a",
        "file=",
        "stream/",
        "/stream/x",
    ]
)


@given(
    path=ADDRESSES | st.text(max_size=8),
    url=ADDRESSES | st.text(max_size=8) | st.integers(),
    is_stream=st.booleans(),
)
def test_any_file_has_an_address_and_a_name(path: Any, url: Any, is_stream: bool) -> None:
    data = {"path": path, "url": url, "is_stream": is_stream, "meta": META}
    address, own = file_address(NEW, data)
    if own:  # then credentials go along
        assert urlsplit(address)[:2] == ("https", "app.example")
    name = file_name(data)
    assert name
    assert "/" not in name
    assert "\\" not in name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SHAPES["6.31"], "a.txt"),
        (SHAPES["3.50"], "a.txt"),
        ({"path": "/srv/real.txt", "orig_name": "claimed.txt"}, "real.txt"),
        ({"path": "C:\\up\\a.txt"}, "a.txt"),
        ({"path": "https://h/d/my%20file.txt?x=1/2"}, "my file.txt"),
        ({"path": "https://h/..%2F..%2Fevil"}, "evil"),
        ({"url": "https://h/b.txt"}, "b.txt"),
        ({"path": "https://h/", "orig_name": "../o.txt"}, "o.txt"),
        ({"path": "", "orig_name": ""}, "file"),
        ({}, "file"),
    ],
)
def test_a_file_has_a_name(data: dict[str, Any], name: str) -> None:
    assert file_name(data) == name


@pytest.mark.parametrize(
    ("path", "name"), [("a", "a"), ("/d/a", "a"), ("d\\a", "a"), ("d/", ""), ("", ""), ("/d\\e/a b", "a b")]
)
def test_a_base_name_follows_the_last_slash(path: str, name: str) -> None:
    assert base_name(path) == name


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (BASE + "gradio_api/file=/srv/a%20b%23?__sign=x", "/srv/a b#"),
        (BASE + "gradio_api/file/srv/a", "srv/a"),
        (BASE + "gradio_api/file=C:%5Cup%5Ca", "C:\\up\\a"),
        (BASE + "file=/srv/a", None),
        ("https://other.example/sub/gradio_api/file=/srv/a", None),
        ("/srv/a", None),
        ("", None),
    ],
)
def test_the_app_knows_its_own_files(url: str, path: str | None) -> None:
    assert own_server_path(NEW, url) == path


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:7860/", True),
        ("http://127.9.9.9/", True),
        ("http://10.0.0.1/", True),
        ("http://172.16.0.1/", True),
        ("http://192.168.1.1/", True),
        ("http://169.254.169.254/", True),
        ("http://0.0.0.0/", True),
        ("http://[::1]/", True),
        ("http://[fe80::1]/", True),
        ("http://[::ffff:10.0.0.1]/", True),
        ("http://localhost/", True),
        ("http://LOCALHOST./", True),
        ("http://a.localhost/", True),
        ("http://8.8.8.8/", False),
        ("http://[2606:4700::1111]/", False),
        ("https://example.com/", False),
        ("https://localhost.example.com/", False),
        ("http://[::1", False),
        ("no url", False),
    ],
)
def test_a_private_address_is_known(url: str, private: bool) -> None:
    assert is_private_address(url) is private


# Forms of 3.x


@pytest.mark.parametrize(
    ("component", "version", "form"),
    [
        ("Image", "6.31.0", FileForm.FILE_DATA),
        ("File", "4.0.0", FileForm.FILE_DATA),
        ("File", "", FileForm.FILE_DATA),
        ("File", "3.50.2", FileForm.NAMED),
        ("File", "3.19.0", FileForm.NAMED),
        ("File", "3.18.0", FileForm.INLINE),
        ("Image", "3.50.2", FileForm.DATA_URI),
        ("image", "3.16.2", FileForm.DATA_URI),
    ],
)
def test_the_form_of_a_file_depends_on_the_release(component: str, version: str, form: FileForm) -> None:
    assert form_of(component, dialect_of("sse_v3", AppVersion(version))) is form


URI = "data:image/png;base64,aGk="


@pytest.mark.parametrize(
    ("value", "component", "paths"),
    [
        (URI, "image", [()]),
        (URI, "textbox", []),
        ([URI, "x", [URI]], "gallery", [(0,), (2, 0)]),
        ({"name": "a.wav", "data": URI}, "audio", [()]),
        ({"type": "matplotlib", "plot": URI}, "plot", []),
        ({"data": "no uri"}, "file", []),
        (None, "image", []),
        ("data:text/plain,hi", "file", [()]),
        ("a data:text/plain,hi", "file", []),
    ],
)
def test_files_that_are_in_the_value_itself_are_found(value: Any, component: str, paths: Any) -> None:
    assert [found.path for found in find_inline(value, component)] == paths


def test_a_data_uri_is_known_by_its_head() -> None:
    assert is_data_uri(URI)
    assert not is_data_uri("data:" + "x" * 200 + ";base64,aGk=")
    assert not is_data_uri("a data:image/png;base64,aGk=")


# FileData


def test_file_data_is_a_dict_with_attributes() -> None:
    file = FileData(SHAPES["6.31"])
    assert file == SHAPES["6.31"]
    assert (file.path, file.url) == ("/srv/x/a.txt", "http://wrong.example/gradio_api/file=/srv/x/a.txt")
    assert (file.orig_name, file.size, file.mime_type, file.is_stream) == ("a.txt", None, None, False)
    empty = FileData()
    assert (empty.path, empty.url, empty.orig_name, empty.size, empty.mime_type) == (None,) * 5
    assert not empty.is_stream


def test_a_data_uri_as_the_value_of_a_medium_is_a_file_at_any_depth() -> None:
    value = ["data:image/png;base64,AA==", 1, None, ["data:image/png;base64,AA==", "a text"]]
    assert [file.path for file in find_inline(value, "gallery")] == [(0,), (3, 0)]


@pytest.mark.parametrize("host", ["256.1.1.1", "1.x.1", "300.1"])
def test_numbers_that_are_no_address_are_a_name(host: str) -> None:
    assert not is_private_address(f"http://{host}/")
