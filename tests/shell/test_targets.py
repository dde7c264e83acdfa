"""Addresses that are taken as they are written are what httpx2 would make of them."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._shell.addresses import address_of

HOSTS = st.sampled_from(
    ["127.0.0.1", "localhost", "app.example", "a-b.c.example", "[::1]", "b\u00fccher.example", "APP.example"]
)
PATHS = st.text(st.sampled_from(list("/ab.~%20'\"<>`{}|^[]\\ \u00e4:@,;=+&!$()*-_#?")), max_size=20)


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "user@", "user:p%40ss@"]),
    HOSTS,
    st.sampled_from(["", ":80", ":443", ":7860"]),
    PATHS,
)
def test_every_address_is_asked_for_as_httpx2_does(
    scheme: str, user: str, host: str, port: str, path: str
) -> None:
    url = f"{scheme}://{user}{host}{port}/{path}"
    try:
        there = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        with pytest.raises(ProtocolError, match="invalid address"):
            address_of(url)
        return
    found = address_of(url)
    assert found.scheme == there.scheme
    assert found.host == there.raw_host.decode()
    assert found.port == (there.port or {"http": 80, "https": 443}[scheme])
    assert found.authority == there.netloc.decode()
    assert found.target == there.raw_path.decode()
    assert found.userinfo == there.userinfo


@pytest.mark.parametrize(
    "url",
    ["http://h", "http://h?a=b", "http://h/?a=b/c", "http://h:99/a/b.txt", "https://h:443/", "http://h:80"],
)
def test_short_addresses_too(url: str) -> None:
    found, there = address_of(url), httpx2.URL(url)
    assert (found.authority, found.target) == (there.netloc.decode(), there.raw_path.decode())
