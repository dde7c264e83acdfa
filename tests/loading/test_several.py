"""Several apps in one, the same app twice, an app that has another one in it, and a private Space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from gradlink import Client, SpaceNotFoundError
from gradlink.testing.hub import LocalHub
from tests.live.processes import free_port, process
from tests.loading.opening import Outer


def connected(url: str, **options: Any) -> Client:
    return Client(url, verbose=False, files="memory", **options)


def test_apps_beside_each_other_have_names_and_states_of_their_own(loaded: str) -> None:
    with connected(f"{loaded}several") as client:
        assert [client.predict(api_name="/more") for _ in range(3)][-1] == "3 times"
        assert client.predict(api_name="/second_more") == "1 times"


def test_of_two_with_one_name_the_later_gets_a_number(originals: str, outer: Outer) -> None:
    url = outer.url(f"{originals}counter", f"{originals}counter", f"{originals}image")
    with connected(url) as client:
        assert [client.predict(api_name="/more") for _ in range(2)][-1] == "2 times"
        assert client.predict(api_name="/more_1") == "1 times"


def test_a_loaded_app_can_be_loaded(loaded: str, outer: Outer) -> None:
    with connected(outer.url(f"{loaded}counter")) as client:
        assert [client.predict(api_name="/more") for _ in range(2)] == ["1 times", "2 times"]
    # Its file goes through both, and back.
    with connected(outer.url(f"{loaded}image")) as client:
        inverted: Any = client.predict(Image.new("RGB", (7, 5), (255, 255, 255)), api_name="/lambda")
        again: Any = client.predict(inverted, api_name="/lambda")
        with inverted.image() as black, again.image() as white:
            assert black.size == white.size == (7, 5)
            assert max(black.convert("RGB").getpixel((2, 2))) < 5
            assert min(white.convert("RGB").getpixel((2, 2))) > 250


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    """Give a Hub with a private Space, which is one of the originals."""
    port = free_port()
    with process("tests.loading.apps.alone", "image", port), LocalHub() as hub:
        hub.add_account("me", "hf_me")
        hub.add_space("me/pictures", f"http://127.0.0.1:{port}", private=True)
        yield hub


def test_a_private_space_is_shown_with_the_loaders_token(hub: LocalHub, outer: Outer) -> None:
    url = outer.url("me/pictures", token="hf_me", environment={"HF_ENDPOINT": hub.url})
    with connected(url) as client:
        inverted: Any = client.predict(Image.new("RGB", (7, 5), (255, 255, 255)), api_name="/lambda")
        with inverted.image() as black:
            assert black.size == (7, 5)
        assert "hf_me" not in str(client.config)
        assert hub.url not in str(client.config)


def test_a_private_space_is_nobodys_without_it(hub: LocalHub, outer: Outer) -> None:
    opened = outer.open("me/pictures", token=False, environment={"HF_ENDPOINT": hub.url})
    assert opened.error is not None
    assert opened.error[0] == SpaceNotFoundError.__name__
