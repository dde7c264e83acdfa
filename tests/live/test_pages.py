"""Apps of several pages: the address of each page leads to the whole app."""

from __future__ import annotations

import pytest

from gradlink import AuthenticationError, NotFoundError
from tests.live.servers import Servers
from tests.live.shells import Shell


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("", ""),
        ("second", ""),
        ("second/", ""),
        ("second?x=1", ""),
        ("second/?__theme=dark#top", ""),
        ("hidden~page", ""),
        ("hidden%7Epage", ""),
        ("sub/app/second", "sub/app/"),
        ("sub/app/second/?x=1", "sub/app/"),
        ("behind/second", "behind/"),
        ("behind/sub/app/second/", "behind/sub/app/"),
    ],
)
def test_the_address_of_a_page_leads_to_the_app(
    server: Servers, connect: Shell, typed: str, base: str
) -> None:
    url = server("pages").url
    with connect(url + typed) as client:
        assert client.src == url + base
        assert client.predict("x", api_name="/first") == "x"
        assert client.predict("y", api_name="/other") == "y"


@pytest.mark.parametrize("typed", ["gated", "gated/second", "gated/second/?x=1", "behind/gated/second"])
def test_a_page_behind_a_login_leads_to_the_app(server: Servers, connect: Shell, typed: str) -> None:
    url = server("pages").url
    with connect(url + typed, auth=("user", "pass")) as client:
        assert client.src == url + typed.partition("gated")[0] + "gated/"
        assert client.predict("y", api_name="/other") == "y"


def test_a_page_behind_a_login_asks_for_it(server: Servers, connect: Shell) -> None:
    url = server("pages").url + "gated/second"
    with pytest.raises(AuthenticationError, match="auth="), connect(url):
        pass
    with pytest.raises(AuthenticationError, match="'nobody'"), connect(url, auth=("nobody", "pass")):
        pass


def test_an_address_that_is_no_page_is_no_app(server: Servers, connect: Shell) -> None:
    with pytest.raises(NotFoundError, match="is not a Gradio app"), connect(server("pages").url + "third"):
        pass
