"""From the arguments of a call to what is sent."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ArgumentError, Endpoint, EndpointError, FileData, FileError, Parameter, handle_file
from gradlink._local.filesource import FileSource
from gradlink._protocol.dialect import NEWEST, Dialect, FileForm, dialect_of
from gradlink._protocol.filedata import LocalFile
from gradlink._protocol.payload import REMOVED_ARGUMENTS, Payload, Upload, bind, takes, with_event
from gradlink._protocol.routes import Routes
from gradlink._protocol.version import AppVersion

ROUTES = Routes("http://127.0.0.1:7860/", "/gradio_api")
META = {"_type": "gradio.FileData"}


def parameter(name: str, slot: int, *, component: str = "Textbox", **default: Any) -> Parameter:
    return Parameter(
        name, name.title(), component, "str", "", "default" in default, default.get("default"), slot
    )


# A State lies between b and op.
ADD = Endpoint(
    3,
    "/add",
    parameters=(parameter("a", 0), parameter("b", 1, default=10), parameter("op", 3, default="add")),
    input_count=4,
)
ANY = Endpoint(4, "/any", parameters=(parameter("value", 0),), input_count=1)


def bound(*args: Any, endpoint: Endpoint = ADD, dialect: Dialect = NEWEST, **kwargs: Any) -> Payload:
    return bind(endpoint, args, kwargs, ROUTES, dialect, FileSource)


def sent(value: Any) -> Any:
    return bound(value, endpoint=ANY).data[0]


# Which argument is which


@pytest.mark.parametrize(
    ("args", "kwargs", "data"),
    [
        ((1,), {}, [1, 10, None, "add"]),
        ((1, 2), {}, [1, 2, None, "add"]),
        ((1, 2, "sub"), {}, [1, 2, None, "sub"]),
        ((), {"a": 1}, [1, 10, None, "add"]),
        ((), {"op": "sub", "a": 1}, [1, 10, None, "sub"]),
        ((1,), {"op": "sub"}, [1, 10, None, "sub"]),
        ((None,), {"b": None}, [None, None, None, "add"]),
    ],
)
def test_arguments_find_their_places(args: tuple[Any, ...], kwargs: dict[str, Any], data: list[Any]) -> None:
    assert bound(*args, **kwargs).data == data


def test_a_default_may_be_none() -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0, default=None),), input_count=1)
    assert bound(endpoint=endpoint).data == [None]


def test_a_function_without_components_takes_its_parameters() -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0), parameter("b", 1)), input_count=0)
    assert bound(1, 2, endpoint=endpoint).data == [1, 2]


def test_a_function_without_parameters_takes_nothing() -> None:
    endpoint = Endpoint(3, "/f", input_count=1)
    assert bound(endpoint=endpoint).data == [None]
    assert takes(endpoint) == "it takes no arguments"
    with pytest.raises(
        ArgumentError, match=r"^/f takes 0 arguments, 1 were given; it takes no arguments$"
    ) as e:
        bound(1, endpoint=endpoint)
    assert isinstance(e.value, TypeError)


TAKES = r"it takes: a, b \(default 10\), op \(default 'add'\)$"


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((1, 2, 3, 4), {}, r"^/add takes 3 arguments, 4 were given; " + TAKES),
        ((), {}, r"^/add needs a; " + TAKES),
        ((), {"op": "sub"}, r"^/add needs a; " + TAKES),
        ((1,), {"a": 2}, r"^/add got 'a' twice, by position and by name; " + TAKES),
        ((1,), {"opp": 2}, r"^/add has no parameter 'opp', did you mean 'op'\? " + TAKES),
        ((1,), {"nonsense": 2}, r"^/add has no parameter 'nonsense'; " + TAKES),
    ],
)
def test_wrong_arguments_are_named_with_what_would_be_right(
    args: tuple[Any, ...], kwargs: dict[str, Any], text: str
) -> None:
    with pytest.raises(ArgumentError, match=text):
        bound(*args, **kwargs)


def test_several_that_are_missing_are_named_together() -> None:
    endpoint = Endpoint(3, None, parameters=tuple(parameter(f"p{n}", n) for n in range(14)), input_count=14)
    with pytest.raises(
        ArgumentError, match=r"^fn_index=3 needs p0, p1, .*, p11 and 2 more; it takes: p0, p1"
    ):
        bound(endpoint=endpoint)


@pytest.mark.parametrize(("name", "hint"), REMOVED_ARGUMENTS.items())
def test_arguments_that_were_removed_name_what_to_write_instead(name: str, hint: str) -> None:
    with pytest.raises(ArgumentError) as e:
        bound(1, **{name: True})
    assert str(e.value) == f"/add has no parameter {name!r}; {hint}"


def test_a_parameter_may_have_the_name_of_what_was_removed() -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("serialize", 0),), input_count=1)
    assert bound(serialize=1, endpoint=endpoint).data == [1]


def test_a_long_default_is_shown_in_part() -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0, default="x" * 100),), input_count=1)
    assert takes(endpoint) == "it takes: a (default '" + "x" * 56 + "...)"


def test_a_function_of_the_page_cannot_be_called() -> None:
    with pytest.raises(
        ArgumentError, match=r"^/js runs only in the app's page; the server has no function for it$"
    ):
        bound(endpoint=Endpoint(3, "/js", callable=False))


@pytest.mark.parametrize("version", ["4.0.0", "4.8.0", "4.9.1", "4.15.0"])
def test_a_batch_that_would_stop_the_server_for_everybody_is_not_sent(version: str) -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0),), input_count=1, batch=True)
    with pytest.raises(EndpointError, match=rf"^/f is a batch function: on Gradio {version} one call of it"):
        bound(1, endpoint=endpoint, dialect=dialect_of("sse_v3", AppVersion(version)))
    for good in ("3.50.2", "4.16.0", "6.31.0"):
        assert bound(1, endpoint=endpoint, dialect=dialect_of("sse_v3", AppVersion(good))).data == [1]


# What is sent


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES)
def test_json_is_sent_as_it_is(value: Any) -> None:
    payload = bound(value, endpoint=ANY)
    assert payload.data == [value]
    assert payload.uploads == ()
    assert json.dumps(payload.data) == json.dumps([value])


def test_what_is_sent_is_a_copy() -> None:
    inner = [1]
    value = {"a": inner}
    payload = bound(value, endpoint=ANY)
    inner.append(2)
    value["b"] = []
    assert payload.data == [{"a": [1]}]


def test_tuples_are_lists_and_numbers_are_keys() -> None:
    assert sent((1, (2, [3]))) == [1, [2, [3]]]
    assert sent({1: "a", "b": 2}) == {"1": "a", "b": 2}


@pytest.mark.parametrize(
    ("value", "name"), [(object(), "object"), ({1, 2}, "set"), (1j, "complex"), ([{"a": [str]}], "type")]
)
def test_what_is_neither_json_nor_a_file_is_refused(value: Any, name: str) -> None:
    with pytest.raises(
        ArgumentError,
        match=rf"^/any: value holds a {name}, which is neither JSON \(None, bool, int, float, str, list, dict\) "
        r"nor a file \(handle_file\(\), Path, bytes, open file\)$",
    ):
        sent(value)


@pytest.mark.parametrize("key", [None, 1.5, (1, 2)])
def test_a_key_that_is_no_text_is_refused(key: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^/any: value has the key .*; JSON requires strings$"):
        sent({key: 1})


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"a": endless})
    with pytest.raises(ArgumentError, match=r"^/any: value is nested more than 200 deep$"):
        sent(endless)


def test_a_deep_value_is_sent() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    assert sent(deep) == deep


def test_a_text_is_never_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    assert bound(str(path), endpoint=ANY).uploads == ()
    assert sent("http://127.0.0.1:1/a.txt") == "http://127.0.0.1:1/a.txt"


# Files


def handed_in(upload: Upload) -> Any:
    assert isinstance(upload.source, FileSource)
    return upload.source.given


def uploads_of(value: Any, **options: Any) -> list[tuple[tuple[str | int, ...], Any, str]]:
    return [
        (upload.path, handed_in(upload), upload.source.name)
        for upload in bound(value, endpoint=ANY, **options).uploads
    ]


class OnlyBytes:
    def __fspath__(self) -> bytes:
        return b"/d/\xc3\xbc \xff.txt"


def test_files_are_found_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.touch()
    value = {"a": [b"x", ({"b": Path("d/b.txt")},)], "c": handle_file(path), "d": "text"}
    payload = bound(value, endpoint=ANY)
    assert payload.data == [{"a": [None, [{"b": None}]], "c": None, "d": "text"}]
    assert [(upload.path, handed_in(upload), upload.source.name) for upload in payload.uploads] == [
        ((0, "a", 0), b"x", "file"),
        ((0, "a", 1, 0, "b"), "d/b.txt", "b.txt"),
        ((0, "c"), str(path), "c.txt"),
    ]


def test_each_kind_of_file_has_a_source_and_a_name() -> None:
    memory = io.BytesIO(b"x")
    named = io.BytesIO(b"x")
    named.name = "C:\\docs\\n.txt"  # type: ignore[misc]
    numbered = io.BytesIO(b"x")
    numbered.name = 5  # type: ignore[misc, assignment]
    assert uploads_of([b"x", bytearray(b"y"), memoryview(b"z")]) == [
        ((0, 0), b"x", "file"),
        ((0, 1), b"y", "file"),
        ((0, 2), b"z", "file"),
    ]
    assert uploads_of(PurePosixPath("/a/b c.txt")) == [((0,), "/a/b c.txt", "b c.txt")]
    assert uploads_of(OnlyBytes()) == [((0,), "/d/ü \udcff.txt", "ü \udcff.txt")]
    assert uploads_of([memory, named, numbered]) == [
        ((0, 0), memory, "file"),
        ((0, 1), named, "n.txt"),
        ((0, 2), numbered, "file"),
    ]


def test_uploaded_files_take_their_places() -> None:
    payload = bound({"a": [b"x"], "b": handle_file(b"y", name="y.txt")}, endpoint=ANY)
    assert payload.with_files(["/up/1", "/up/2"]) == [
        {
            "a": [{"path": "/up/1", "orig_name": "file", "meta": META}],
            "b": {"path": "/up/2", "orig_name": "y.txt", "meta": META},
        }
    ]


def test_a_file_alone_takes_the_place_of_its_argument() -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0), parameter("b", 2)), input_count=3)
    payload = bound(1, b"x", endpoint=endpoint)
    assert payload.with_files(["/up/1"]) == [1, None, {"path": "/up/1", "orig_name": "file", "meta": META}]


def test_each_upload_has_its_file() -> None:
    with pytest.raises(ValueError, match="shorter"):
        bound([b"x", b"y"], endpoint=ANY).with_files(["/up/1"])


@pytest.mark.parametrize(
    ("version", "component", "form", "placed"),
    [
        ("6.31.0", "Image", FileForm.FILE_DATA, {"path": "up", "orig_name": "n.png", "meta": META}),
        ("4.0.0", "Image", FileForm.FILE_DATA, {"path": "up", "orig_name": "n.png", "meta": META}),
        (
            "3.50.2",
            "File",
            FileForm.NAMED,
            {"name": "up", "data": None, "is_file": True, "orig_name": "n.png"},
        ),
        ("3.50.2", "image", FileForm.DATA_URI, "up"),
        ("3.16.2", "Image", FileForm.DATA_URI, "up"),
        ("3.16.2", "File", FileForm.INLINE, {"name": "n.png", "data": "up"}),
    ],
)
def test_a_file_is_sent_as_its_server_takes_it(
    version: str, component: str, form: FileForm, placed: Any
) -> None:
    endpoint = Endpoint(3, "/f", parameters=(parameter("a", 0, component=component),), input_count=1)
    payload = bound(
        [handle_file(b"x", name="n.png")],
        endpoint=endpoint,
        dialect=dialect_of("sse_v3", AppVersion(version)),
    )
    assert [upload.form for upload in payload.uploads] == [form]
    assert payload.uploads[0].inline is (form in {FileForm.INLINE, FileForm.DATA_URI})
    assert payload.with_files(["up"]) == [[placed]]


def test_a_url_of_elsewhere_is_left_to_the_server() -> None:
    value = handle_file("https://example.com/d/my%20file.txt?x=1")
    assert bound(value, endpoint=ANY).uploads == ()
    assert sent(value) == {
        "path": "https://example.com/d/my%20file.txt?x=1",
        "url": "https://example.com/d/my%20file.txt?x=1",
        "orig_name": "my file.txt",
        "meta": META,
    }


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "x.localhost", "10.1.2.3", "192.168.0.1", "[::1]", "169.254.1.1"]
)
def test_a_url_that_only_this_machine_reaches_is_to_be_fetched(host: str) -> None:
    url = f"http://{host}:8000/d/a.txt"
    (upload,) = bound([handle_file(url)], endpoint=ANY).uploads
    assert upload == Upload((0, 0), upload.source)
    assert (handed_in(upload), upload.source.name, upload.source.remote) == (url, "a.txt", True)


def test_a_dict_that_looks_like_a_file_of_elsewhere_is_sent_as_it_is() -> None:
    value = {"path": "http://127.0.0.1:1/a", "url": "http://127.0.0.1:1/a", "meta": META}
    assert bound(value, endpoint=ANY).uploads == ()
    assert sent(value) == value


@pytest.mark.parametrize("kind", [FileData, dict])
def test_a_file_of_the_app_is_named_by_its_path(kind: Any) -> None:
    came_out = kind(
        path="/tmp/x/a b.txt",  # noqa: S108
        url="http://127.0.0.1:7860/gradio_api/file=/tmp/x/a%20b.txt",
        orig_name="a b.txt",
        size=5,
        mime_type=None,
        meta=META,
    )
    assert sent([came_out]) == [
        {
            "path": "/tmp/x/a b.txt",  # noqa: S108
            "url": "http://127.0.0.1:7860/gradio_api/file=/tmp/x/a%20b.txt",
            "orig_name": "a b.txt",
            "size": 5,
            "meta": META,
        }
    ]


def test_the_url_of_a_file_of_the_app_becomes_its_path() -> None:
    url = "http://127.0.0.1:7860/gradio_api/file=/srv/x/a%20b.txt"
    assert sent(handle_file(url))["path"] == "/srv/x/a b.txt"


@pytest.mark.parametrize("url", ["http://[::1", "http://"])
def test_a_url_that_is_none_is_refused_or_left_to_the_server(url: str) -> None:
    with suppress(FileError):
        assert sent(handle_file(url)) == {"path": url, "url": url, "orig_name": "file", "meta": META}


def test_a_local_file_is_a_file() -> None:
    file = LocalFile(FileSource(b"x", "x.txt"))
    assert (file.path, file.orig_name, file["meta"]) == ("x.txt", "x.txt", META)


# The body


def test_the_body_names_function_and_session() -> None:
    payload = bound(1)
    assert payload.body(payload.data, "s", None) == {
        "data": [1, 10, None, "add"],
        "fn_index": 3,
        "session_hash": "s",
        "event_data": None,
        "trigger_id": None,
    }


@pytest.mark.parametrize(
    ("takes_token", "token", "present"),
    [("required", "t", True), ("optional", "t", True), (None, "t", False), ("required", None, False)],
)
def test_a_token_goes_only_to_functions_that_ask_for_one(
    takes_token: str | None, token: str | None, present: bool
) -> None:
    payload = bound(endpoint=Endpoint(3, "/f", takes_oauth_token=takes_token))
    assert payload.body([], "s", token).get("oauth_token") == ("t" if present else None)


# The event that a call stands for


def test_a_call_may_have_the_data_of_its_event() -> None:
    given = {"index": [0, 1], "value": "a"}
    payload = with_event(bound(1), given)
    given["index"] = "changed"
    assert payload.event_data == {"index": [0, 1], "value": "a"}


def test_without_an_event_a_call_stays_as_it_is() -> None:
    payload = bound(1)
    assert with_event(payload, None) is payload


@pytest.mark.parametrize("wrong", [{"value": b"content"}, {"value": Path("a.txt")}])
def test_an_event_holds_no_file(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="/add: event_data holds a file"):
        with_event(bound(1), wrong)


def test_a_data_uri_that_is_broken_is_refused() -> None:
    with pytest.raises(ArgumentError, match="/any: value has a file whose data URI is broken"):
        bound(FileData({"url": "data:text/plain;base64,%%%"}), endpoint=ANY)


def test_a_file_whose_content_is_its_url_is_uploaded_again() -> None:
    payload = bound(FileData({"url": "data:image/svg+xml,<svg/>", "orig_name": "a.svg"}), endpoint=ANY)
    assert [(handed_in(upload), upload.source.name) for upload in payload.uploads] == [(b"<svg/>", "a.svg")]
