"""The options of a client, checked and put where they belong."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from gradlink import ArgumentError, AsyncClient, Client
from gradlink._local.options import (
    REMOVED_OPTIONS,
    as_list_of_callbacks,
    base_url,
    client_parts,
    reject_removed,
)
from gradlink._protocol.routes import Routes

URL = "http://127.0.0.1:7860"


def test_the_url_becomes_the_base() -> None:
    assert client_parts("HTTP://h:1/a?b#c", None, None, None, False).access.routes == Routes("http://h:1/a/")


@pytest.mark.parametrize(
    "src", ["", "user/space", "h:7860", "ftp://h/", "http://", "http:///a", "/a", "https://:80/"]
)
def test_what_is_no_url_is_told(src: str) -> None:
    with pytest.raises(ArgumentError) as e:
        base_url(src)
    assert str(e.value).startswith(
        f"{src!r} is not the URL of a Gradio app; give one such as 'http://127.0.0.1:7860' "
    )


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("localhost:7860", "http://localhost:7860/"),
        ("localhost", "http://localhost/"),
        ("LocalHost/app", "http://LocalHost/app/"),
        ("127.0.0.1:7860/app/", "http://127.0.0.1:7860/app/"),
        ("0.0.0.0:7860", "http://0.0.0.0:7860/"),
        ("[::1]:7860", "http://[::1]:7860/"),
        ("app.example", "https://app.example/"),
        ("app.example:8443/a?b", "https://app.example:8443/a/"),
        ("server:7860", "https://server:7860/"),
    ],
)
def test_an_address_may_be_without_its_scheme(typed: str, base: str) -> None:
    assert client_parts(f" {typed} ", None, None, None, False).access.routes == Routes(base)


def test_a_login_may_be_in_an_address_without_scheme() -> None:
    parts = client_parts("me:secret@localhost:7860", None, None, None, False)
    assert parts.access.routes == Routes("http://localhost:7860/")
    assert parts.headers == {"authorization": "Basic bWU6c2VjcmV0"}


@pytest.mark.parametrize(
    "src", ["app", "no address", "a b.c", ".", "localhost:x", "/a.b", ":80", "mailto:me"]
)
def test_what_is_no_host_is_no_address(src: str) -> None:
    with pytest.raises(ArgumentError, match="is not the URL of a Gradio app") as caught:
        client_parts(src, None, None, None, False)
    assert caught.value.execution == "not started"


@pytest.mark.parametrize("src", ["http://[::1", "http://h:99999", "http://h:x/"])
def test_what_only_looks_like_a_url_is_told(src: str) -> None:
    with pytest.raises(ArgumentError) as e:
        client_parts(src, None, None, None, False)
    assert repr(src) in str(e.value)


@pytest.mark.parametrize("src", [None, 5, Path("/a"), b"http://h"])
def test_what_is_no_text_is_told(src: Any) -> None:
    with pytest.raises(ArgumentError, match="is not the URL of a Gradio app"):
        client_parts(src, None, None, None, False)


def test_a_token_travels_in_a_header_of_its_own() -> None:
    parts = client_parts(URL, "hf_x", None, {"Authorization": "Basic x"}, False)
    assert parts.headers == {"x-hf-authorization": "Bearer hf_x", "Authorization": "Basic x"}
    assert client_parts(URL, None, None, None, False).headers == {}
    assert "hf_x" not in repr(parts)


def test_a_header_that_is_given_wins() -> None:
    parts = client_parts(URL, "hf_x", None, {"X-HF-Authorization": "mine", "a": "1", "A": "2"}, False)
    assert parts.headers == {"X-HF-Authorization": "mine", "A": "2"}


@pytest.mark.parametrize(
    ("src", "base", "basic"),
    [
        ("http://me:pass@h:1/a", "http://h:1/a/", "me:pass"),
        ("http://me@h/", "http://h/", "me:"),
        ("http://m%40e:p%2Fss@h/", "http://h/", "m@e:p/ss"),
        ("http://me:p@ss@h/", "http://h/", "me:p@ss"),
        ("http://h/a@b", "http://h/a@b/", None),
        ("http://h/a?x=b@c", "http://h/a/", None),
        ("http://h?x=b@c", "http://h/", None),
        ("http://h#b@c", "http://h/", None),
    ],
)
def test_a_password_in_the_url_becomes_a_header(src: str, base: str, basic: str | None) -> None:
    parts = client_parts(src, None, None, None, False)
    assert parts.access.routes.base == base
    header = None if basic is None else "Basic " + base64.b64encode(basic.encode()).decode()
    assert parts.headers == ({} if header is None else {"authorization": header})
    own = client_parts(src, None, None, {"Authorization": "mine"}, False)
    assert own.headers == {"Authorization": "mine"}


def test_a_login_is_a_pair() -> None:
    parts = client_parts(URL, None, ("user", "pass"), None, False)
    assert parts.access.auth == ("user", "pass")
    assert "pass" not in repr(parts)


@pytest.mark.parametrize(
    "auth", ["user", ("user",), ("user", 5), ("a", "b", "c"), {"a": "b"}, 5, ("a", None)]
)
def test_another_login_is_told(auth: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^auth is a pair of strings: \(username, password\)$"):
        client_parts(URL, None, auth, None, False)


def test_a_list_of_two_is_a_pair_as_well() -> None:
    pair: Any = ["user", "pass"]
    assert client_parts(URL, None, pair, None, False).access.auth is not None


def test_files_are_fetched_unless_they_are_not(tmp_path: Path) -> None:
    assert client_parts(URL, None, None, None, False).downloads is None
    assert client_parts(URL, None, None, None, tmp_path / "a").downloads == tmp_path / "a"


def test_callbacks_are_a_list() -> None:
    assert as_list_of_callbacks(None) == []
    assert as_list_of_callbacks(print) == [print]
    assert as_list_of_callbacks([print, len]) == [print, len]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("name", REMOVED_OPTIONS)
def test_options_that_were_removed_name_what_to_write(kind: Any, name: str) -> None:
    with pytest.raises(TypeError) as e:
        kind(URL, **{name: True})
    assert str(e.value) == f"{kind.__name__}() has no option {name!r}; {REMOVED_OPTIONS[name]}"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_options_that_never_were_are_told(kind: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) has no option 'nonsense'$"):
        kind(URL, nonsense=1)


def test_no_option_is_no_error() -> None:
    reject_removed("Client", {})
