"""The description of an app for language models: all that is needed for a call, in few words."""

from __future__ import annotations

import pytest

from gradlink._text import lines
from gradlink.docs_page.exports.llms import llms
from tests.codegen.hostile import hostile_app
from tests.docs_page.documents import SAID, URL, big_app, document_of, schema
from tests.docs_page.test_openapi import made_app


def test_it_says_what_there_is_and_how_it_is_called() -> None:
    app = schema()
    told = llms(app, document_of(app))
    assert f"A Gradio app (Gradio 6.31.0): {URL}" in told
    assert "\n/add(a: float, b: float = 10, op: Literal['add', 'sub'] = 'add') -> result: float\n" in told
    assert "\n  op: Radio; one of: 'add', 'sub'\n" in told
    assert "streams\n" in told
    assert "keeps State" in told
    assert f'with Client("{URL}") as client:' in told
    assert f"\ngradlink call {URL} " in told
    assert "/gradio_api/call/" in told
    for word in ("handle_file", "AppError", "client.submit", "Exit codes", "event", "--openapi"):
        assert word in told


def test_it_is_short() -> None:
    app = big_app()
    told = llms(app, document_of(app))
    assert len(told) < 300 * 200
    assert told.count("## Python") == 1


def test_an_app_without_endpoints_has_none() -> None:
    app = made_app([], names=())
    assert llms(app, document_of(app)).endswith("## Endpoints\nnone\n")


def test_an_old_app_has_no_events() -> None:
    app = schema("3.50.2")
    assert "generating" not in llms(app, document_of(app))


@pytest.mark.parametrize("said", SAID)
def test_what_an_app_says_stays_on_its_line(said: str) -> None:
    app = hostile_app(said)
    told = llms(app, document_of(app))
    assert lines(told) == told
    assert sum(line.startswith("## ") for line in told.split("\n")) == 4
