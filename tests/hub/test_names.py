"""What names a Space, and what does not."""

from __future__ import annotations

import pytest

from gradlink._hub.names import HubRoutes, SpaceReference, space_reference

NAMED = SpaceReference("user/my.Space_1")


@pytest.mark.parametrize(
    "src",
    [
        "user/my.Space_1",
        " user/my.Space_1/ ",
        "spaces/user/my.Space_1",
        "huggingface.co/spaces/user/my.Space_1",
        "https://huggingface.co/spaces/user/my.Space_1",
        "https://huggingface.co/spaces/user/my.Space_1/",
        "https://huggingface.co/spaces/user/my.Space_1/tree/main?a=b#c",
        "http://www.huggingface.co/spaces/user/my.Space_1",
        "https://hf.co/spaces/user/my.Space_1?theme=dark",
        "https://hub.example:8443/spaces/user/my.Space_1",
    ],
)
def test_a_name_and_a_page_of_the_hub_name_a_space(src: str) -> None:
    assert space_reference(src, "https://hub.example:8443") == NAMED


@pytest.mark.parametrize(
    ("src", "subdomain", "base"),
    [
        ("https://user-space.hf.space", "user-space", "https://user-space.hf.space/"),
        ("HTTPS://User-Space.HF.space/", "user-space", "https://User-Space.HF.space/"),
        ("https://user-space.hf.space/a/b?c=d", "user-space", "https://user-space.hf.space/a/b/"),
    ],
)
def test_the_address_of_a_space_is_kept(src: str, subdomain: str, base: str) -> None:
    assert space_reference(src) == SpaceReference(None, subdomain, base)


@pytest.mark.parametrize(
    "src",
    [
        "http://127.0.0.1:7860",
        "https://app.example/spaces/user/space",
        "https://0123456789abcdef.gradio.live/",
        "https://huggingface.co/user/model",
        "https://huggingface.co/spaces/user",
        "https://hf.space",
        "https://user-space.hf.space.evil.example",
        "https://evil.example/user-space.hf.space",
        # What is sent there can be read on the way.
        "http://user-space.hf.space",
        # The part before the @ would be sent as a password.
        "https://me:pass@user-space.hf.space",
        "localhost:7860/app",
        "user/space/more",
        "user",
        "ümlaut/space",
        "../space",
        "user/..",
        "",
    ],
)
def test_any_other_address_names_none(src: str) -> None:
    assert space_reference(src) is None


@pytest.mark.parametrize(
    ("reference", "placeholder"),
    [
        (SpaceReference("User/my.Space_1"), "https://user-my-space-1.hf.space/"),
        (SpaceReference(None, "a-b", "https://a-b.hf.space/x/"), "https://a-b.hf.space/x/"),
    ],
)
def test_an_address_to_begin_with(reference: SpaceReference, placeholder: str) -> None:
    assert reference.placeholder == placeholder


def test_the_addresses_on_the_hub() -> None:
    routes = HubRoutes("https://hub.example")
    assert routes.space(NAMED) == "https://hub.example/api/spaces/user/my.Space_1"
    assert routes.space(SpaceReference(None, "a-b")) == "https://hub.example/api/spaces/by-subdomain/a-b"
    assert routes.of_space("user/a", "runtime") == "https://hub.example/api/spaces/user/a/runtime"
    assert routes.page("user/a") == "https://hub.example/spaces/user/a"
    assert routes.whoami == "https://hub.example/api/whoami-v2"
    assert HubRoutes().quota == "https://huggingface.co/api/spaces/zero-gpu/quota"
