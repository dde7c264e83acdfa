"""The signed names of files."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink.loading.addresses import MAX_LENGTH, Address, Names

NAMES = Names(b"secret" * 5, "key")
# Half characters, too: JSON may have them.
TEXT = st.text(st.characters(), max_size=200)
PLAIN = st.text(st.characters(exclude_characters="/\\?#%"), min_size=1, max_size=60).filter(
    lambda text: text not in {".", ".."}
)
FILE = Address("file", "/app/gradio/a b.wav", "/gradio_api/file=/app/gradio/a%20b.wav")
STREAM = Address("stream", "x/playlist.m3u8", "/gradio_api/stream/x/playlist.m3u8")


def named(names: Names, address: Address, shown: str = "a.wav") -> str:
    name = names.name(address, shown)
    assert name is not None
    return name


@given(st.sampled_from(["file", "elsewhere"]), TEXT, TEXT, PLAIN)
def test_a_file_is_found_by_its_name(kind: str, path: str, url: str, shown: str) -> None:
    address = Address(kind, path, url)
    name = NAMES.name(address, shown)
    if name is not None:
        assert len(name) <= MAX_LENGTH
        assert NAMES.read(name) == address
        assert name.endswith(f"/{shown}")
        assert all(len(segment) <= 120 for segment in name.split("/"))
    else:
        assert len(json.dumps([path, url], ensure_ascii=False).encode("utf-8", "surrogatepass")) > 1500


@given(TEXT, TEXT)
def test_a_stream_is_found_by_its_name(path: str, url: str) -> None:
    address = Address("stream", path, f"/{url}")
    name = NAMES.name(address, "ignored.wav")
    assert name is None or NAMES.read(name) == address


def test_names_have_a_length_that_addresses_may_have() -> None:
    assert NAMES.name(Address("file", "", "/" + "é" * 5000), "a") is None
    assert NAMES.read("key/" + "a" * MAX_LENGTH) is None


@given(st.text())
def test_nothing_else_is_a_name(text: str) -> None:
    for name in (text, f"key/{text}", f"key/{'0' * 32}/{text}", f"key/{text}/YQ/a"):
        assert NAMES.read(name) is None


@given(st.integers(min_value=0), st.characters())
def test_a_name_that_was_changed_is_none(place: int, put: str) -> None:
    name = named(NAMES, FILE)
    place %= len(name)
    changed = name[:place] + put + name[place + 1 :]
    # What is behind the last slash is for people. Of base64, some last letters mean the same.
    assert (
        NAMES.read(changed) in ((None, FILE) if place > name.rindex("/") - 2 else (None,)) or changed == name
    )


@given(st.integers(min_value=0))
def test_a_part_of_a_name_is_none(length: int) -> None:
    name = named(NAMES, FILE)
    assert NAMES.read(name[: length % (name.rindex("/"))]) is None


def test_content_that_somebody_else_wrote_is_refused() -> None:
    _, signature, *_ = named(NAMES, FILE).split("/")
    content = base64.urlsafe_b64encode(json.dumps(["elsewhere", "", "http://evil/"]).encode()).decode()
    for forged in (
        signature,
        "",
        "0" * 32,
        signature[:-1],
        signature.upper(),
        signature + "0",
        "é",
        "\ud800",
    ):
        assert NAMES.read(f"key/{forged}/{content}/a") is None


def test_names_of_another_app_or_another_process_are_refused() -> None:
    for other in (Names(b"secret" * 5, "other"), Names(b"other" * 6, "key"), Names(b"", "key")):
        name = named(other, FILE)
        assert NAMES.read(name) is None
        # Nor may the key be exchanged: it is part of what signs.
        assert NAMES.read("key/" + name.partition("/")[2]) is None


def test_the_parts_of_a_stream_lie_beside_it() -> None:
    beside = named(NAMES, STREAM).removesuffix("playlist.m3u8")
    assert NAMES.read(beside + "segment1.ts") == Address(
        "stream", "x/playlist.m3u8", "/gradio_api/stream/x/segment1.ts"
    )


@pytest.mark.parametrize(
    "last",
    ["", ".", "..", "../x", "..\\x", "%2e%2e", "..%2fx", "a?b", "a#b", "a\\..\\b", "a/b", "/etc/passwd"],
)
def test_nothing_else_is_a_part_of_a_stream(last: str) -> None:
    beside = named(NAMES, STREAM).removesuffix("playlist.m3u8")
    assert NAMES.read(beside + last) is None


@pytest.mark.parametrize("url", ["/stream/", "/stream/a?b", "/stream/a%2fb", "/stream/..", "/stream/a#b"])
def test_a_stream_whose_own_name_is_not_plain_has_none(url: str) -> None:
    assert NAMES.name(Address("stream", "", url), "a") is None


def test_a_file_has_no_parts() -> None:
    name = named(NAMES, FILE)
    assert NAMES.read(name.removesuffix("a.wav") + "b.wav") == FILE
