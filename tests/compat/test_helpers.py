"""The helpers of ``utils``, beside those of gradio_client."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.compat import utils

theirs: Any = importlib.import_module("gradio_client.utils")
META = {"_type": "gradio.FileData"}

VALUES: list[Any] = [
    None, 1, "a.png", "http://a/b", "https://", "ftp://a", {"path": "a"}, {"path": 1}, {"path": "a", "meta": META},
    {"path": "a", "meta": META, "url": "/file=a"}, {"path": "a", "meta": META, "url": None}, {"meta": META}, [], [{"path": "a"}],
]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["is_file_obj", "is_file_obj_with_meta", "is_file_obj_with_url", "is_http_url_like"]
)
def test_a_value_is_told_apart_in_the_same_way(name: str) -> None:
    for value in VALUES:
        assert getattr(utils, name)(value) == getattr(theirs, name)(value)


def test_a_meta_that_is_none_is_no_file() -> None:
    # Theirs fails.
    assert not utils.is_file_obj_with_meta({"path": "a", "meta": None})
    assert not utils.is_file_obj_with_meta({"path": "a", "meta": "x"})


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just({"path": "a"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(json_values)
def test_values_are_walked_through_in_the_same_way(value: Any) -> None:
    def replace(found: Any) -> Any:
        return ("seen", found["path"])

    async def replace_soon(found: Any) -> Any:
        return replace(found)

    expected = theirs.traverse(value, replace, theirs.is_file_obj)
    assert utils.traverse(value, replace, utils.is_file_obj) == expected
    assert asyncio.run(utils.async_traverse(value, replace_soon, utils.is_file_obj)) == expected


NAMES = [
    "a.png", "A.PNG", "a.webp", "a.vtt", "a.wav", "a.flac", "a.mp3", "a", ".png", "a b.tar.gz", "/x/y.jpg", "a.nothing", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_media_type_of_a_name_is_the_same(name: str) -> None:
    assert utils.get_mimetype(name) == theirs.get_mimetype(name)
    for types in [["image"], [".png"], ["file"], ["audio", ".gz"], [], [".PNG"]]:
        assert utils.is_valid_file(name, types) == theirs.is_valid_file(name, types)


@pytest.mark.parametrize("kind", ["image/png", "audio/wav", "audio/flac", "text/plain", "nothing/x", ""])
def test_the_extension_of_a_data_uri_is_the_same(kind: str) -> None:
    uri = f"data:{kind};base64,YWJj"
    assert utils.get_extension(uri) == theirs.get_extension(uri)
    assert (
        utils.decode_base64_to_binary(uri)
        == theirs.decode_base64_to_binary(uri)
        == (b"abc", utils.get_extension(uri))
    )


@pytest.mark.parametrize("text", ["a b", "A Label (with) marks!", "ä_ö", "", "1. first"])
def test_a_parameter_is_named_in_the_same_way(text: str) -> None:
    assert utils.sanitize_parameter_names(text) == theirs.sanitize_parameter_names(text)


@pytest.mark.parametrize(
    "name",
    ["a.png", "a/b\\c.png", "<a>|?*.txt", "a\x00b.txt", "$(rm){}`.sh", "ünïcode (1).png", "#.txt", "a. ", "?.txt", "a" * 300 + ".png"],
)  # fmt: skip
def test_a_file_name_is_made_safe_in_the_same_way(name: str) -> None:
    assert utils.strip_invalid_filename_characters(name) == theirs.strip_invalid_filename_characters(name)


@given(st.text(max_size=300), st.integers(20, 250))
def test_a_safe_name_is_a_name(name: str, size: int) -> None:
    safe = utils.strip_invalid_filename_characters(name, size)
    assert safe
    assert len(safe.encode()) <= size
    assert "/" not in safe
    assert "\x00" not in safe


def test_a_file_goes_into_a_text_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a b.png"
    path.write_bytes(b"\x89PNG")
    uri = utils.encode_file_to_base64(path)
    assert uri == theirs.encode_file_to_base64(path) == utils.encode_url_or_file_to_base64(str(path))
    with utils.decode_base64_to_file(uri, dir=tmp_path / "out") as file:
        stored = Path(file.name)
    assert (stored.suffix, stored.read_bytes()) == (".png", b"\x89PNG")
    with utils.decode_base64_to_file(uri, file_path="x/my.name.gif", dir=tmp_path) as file:
        stored = Path(file.name)
    assert stored.name.startswith("my")
    assert stored.name.endswith(".name.gif")
    with utils.decode_base64_to_file("YWJj", prefix="p/q", dir=tmp_path) as file:
        assert Path(file.name).name.startswith("pq")
    assert utils.is_filepath(path)
    assert not utils.is_filepath(str(tmp_path))
    assert not utils.is_filepath(3)
    copied = Path(utils.create_tmp_copy_of_file(str(path), dir=tmp_path))
    assert (copied.name, copied.read_bytes(), copied != path) == (path.name, path.read_bytes(), True)


def test_json_goes_into_a_file_and_back(tmp_path: Path) -> None:
    for given_value in [{"a": [1]}, '{"a": [1]}']:
        with utils.dict_or_str_to_json_file(given_value, dir=tmp_path / "json") as file:
            assert utils.file_to_json(file.name) == {"a": [1]}


def test_a_path_is_written_into_an_address() -> None:
    assert utils.encode_file_path("/tmp/a b#ä.png") == theirs.encode_file_path("/tmp/a b#ä.png")  # noqa: S108


def test_the_messages_of_a_server_have_the_same_names() -> None:
    assert {m.name: m.value for m in utils.ServerMessage} == {m.name: m.value for m in theirs.ServerMessage}
    assert utils.ServerMessage.log == "log"
    assert {s.name for s in utils.Status} == {s.name for s in theirs.Status}
    assert set(utils.INVALID_RUNTIME) == {str(stage.value) for stage in theirs.INVALID_RUNTIME}
    assert set(utils.SKIP_COMPONENTS) == set(theirs.SKIP_COMPONENTS)


def test_is_valid_url_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match="is_http_url_like"):
        assert not utils.is_valid_url("nothing")


@pytest.mark.live
def test_an_address_is_asked(server: Any) -> None:
    url = server().url
    assert utils.probe_url(url)
    assert not utils.probe_url(f"{url}nowhere/at/all")
    assert not utils.probe_url("http://127.0.0.1:1/")
    assert not utils.probe_url("http://[")
    assert utils.encode_url_or_file_to_base64(f"{url}config").startswith("data:")
