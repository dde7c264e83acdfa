"""Apps as notebooks show them; nothing that an app says is markup."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink._html.app import Card, api_html, client_html
from gradlink._html.page import link, safe
from gradlink._protocol.schema import read_app
from tests.codegen.hostile import CODE, HOSTILE, spoiled
from tests.html.markup import markup
from tests.vectors.cases import app

RELEASES = ["3.50.2", "4.44.1", "5.49.1", "6.31.0"]
MARKUP = "<img src=x onerror=alert(1)></td></style></div>&amp;\"'><script>alert(1)</script>"


def card(config: Any, info: Any, url: str = "http://app.test/", space_id: str | None = None) -> Card:
    return Card("Client", url, space_id, read_app(config, info))


@pytest.mark.parametrize("release", RELEASES)
def test_a_client_lists_its_endpoints(release: str) -> None:
    config, info = app(release)
    found = markup(client_html(card(config, info, space_id="me/space")))
    assert "http://app.test/" in found.texts
    assert f"Gradio {release}" in found.texts
    assert "me/space" in found.texts
    assert "/echo" in found.texts
    assert ("href", "http://app.test/") in found.attributes


def test_a_client_that_has_not_connected_says_so() -> None:
    found = markup(client_html(Card("AsyncClient", "http://app.test/", None, None)))
    assert found.texts == ["AsyncClient", "http://app.test/", "not connected"]


def test_of_very_many_endpoints_some_are_listed() -> None:
    config, info = app("6.31.0")
    (key, described), *_ = info["named_endpoints"].items()
    template = next(one for one in config["dependencies"] if one["api_name"] == key.strip("/"))
    config = {**config, "dependencies": [{**template, "id": n, "api_name": f"f{n}"} for n in range(1000)]}
    info = {"named_endpoints": {f"/f{n}": described for n in range(1000)}, "unnamed_endpoints": {}}
    found = markup(client_html(card(config, info)))
    assert "/f49" in found.texts
    assert "/f50" not in found.texts
    assert "and 950 more: client.view_api()" in found.texts


@pytest.mark.parametrize("release", RELEASES)
def test_view_api_has_all_that_its_text_has(release: str) -> None:
    config, info = app(release)
    schema = read_app(config, info)
    found = markup(api_html(schema.info, True))
    assert found.elements.count("details") == len(schema.info["named_endpoints"]) + len(
        schema.info["unnamed_endpoints"]
    )
    assert any('api_name="/echo"' in text for text in found.texts)
    assert "Returns" in found.texts


@pytest.mark.parametrize("said", [*HOSTILE, "all"])
def test_nothing_that_an_app_says_is_markup(said: str) -> None:
    text = MARKUP + ("".join(HOSTILE.values()) if said == "all" else HOSTILE[said]) + CODE
    config, info = app("6.31.0")
    for thorough in (False, True):
        spoiled_config = spoiled(config, text, thorough=thorough, config=True)
        spoiled_info = spoiled(info, text, thorough=thorough, config=False)
        schema = read_app(spoiled_config, spoiled_info)
        found = markup(client_html(Card("Client", "http://app.test/", text, schema)))
        assert "<script>alert(1)</script>" in found.text
        assert "<img" in markup(api_html(schema.info, True)).text


@pytest.mark.parametrize("url", ["javascript:alert(1)", " http://app.test/", "data:text/html,x", ""])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert "<a" not in link(url)


def test_a_link_cannot_be_left() -> None:
    assert markup(link('http://app.test/"onclick="x')).attributes[0] == (
        "href",
        'http://app.test/"onclick="x',
    )
    assert safe("<\n\u202e\"'&") == r"&lt;\n\u202e&quot;&#x27;&amp;"
