"""What components ask their server for by themselves: the loaded app answers, and never the outer one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from gradlink import Client
from tests.loading.scripts import click, picture, shows
from tests.loading.test_pairs import keep

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live

APP = "tests.loading.apps.asking"


def test_it_looks_and_behaves_the_same(apps: str, outers: str, visit: Callable[[str], Page]) -> None:
    pages = visit(f"{apps}asking/"), visit(f"{outers}asking/")
    seen = [play(page) for page in pages]
    assert seen[1] == seen[0] == ["chosen: outside.txt", "chosen: outside.txt deep.txt"]
    keep("asking", *pages)


def play(page: Any) -> list[str]:
    """Choose a file, and one in a folder."""
    entry(page, "outside.txt").get_by_role("checkbox").click()
    seen = [shows(page, "chosen", "outside.txt")]
    click(page, "Rename")
    page.get_by_text("renamed").wait_for()
    expand(page, "sub", "deep.txt")
    entry(page, "deep.txt").get_by_role("checkbox").click()
    return [*seen, shows(page, "chosen", "outside.txt deep.txt")]


def expand(page: Any, folder: str, name: str) -> None:
    """Show what is in a folder; one that was opened while the component was being drawn anew is closed again."""
    from playwright.sync_api import TimeoutError as NotShownError

    for _ in range(9):
        with suppress(NotShownError):
            entry(page, folder).get_by_label("expand directory").click(timeout=5_000)
        with suppress(NotShownError):
            entry(page, name).wait_for(timeout=5_000)
            return
    raise AssertionError(f"{folder} does not show {name}")


def entry(page: Any, name: str) -> Any:
    """Return the line of a file or folder."""
    return page.locator("li > .wrap", has_text=name)


@pytest.fixture
def ask(outers: str) -> Callable[..., httpx2.Response]:
    """Give what asks as a page of the outer app does: one of its file explorers, by its place."""

    def ask(app: str, place: int, function: str, data: Any = None) -> httpx2.Response:
        config = httpx2.get(f"{outers}{app}/config").json()
        ids = [part["id"] for part in config["components"] if part["type"] == "fileexplorer"]
        body = {"component_id": ids[place], "fn_name": function, "session_hash": "somebody", "data": data}
        return httpx2.post(f"{outers}{app}/gradio_api/component_server", json=body, timeout=60)

    return ask


def test_the_app_answers(ask: Callable[..., httpx2.Response]) -> None:
    assert [one["name"] for one in ask("asking", 0, "ls", ["sub"]).json()] == ["deep.txt"]


def test_the_files_that_go_along_go_on(outers: str) -> None:
    at = f"{outers}asking/"
    parts = httpx2.get(f"{at}config").json()["components"]
    number = next(part["id"] for part in parts if part["type"] == "imageeditor")
    form = {"component_id": number, "fn_name": "accept_blobs", "session_hash": "somebody"}
    for kind in ("background", "composite"):
        answer = httpx2.post(
            f"{at}gradio_api/component_server",
            data={**form, "type": kind, "index": "null", "id": 'a "blob"'},
            files={"file": ("picture.png", picture())},
            timeout=60,
        )
        assert (answer.status_code, answer.json()) == (200, None)
    with Client(at, verbose=False) as client:
        blob: dict[str, Any] = {"id": 'a "blob"', "background": None, "layers": [], "composite": None}
        assert client.predict(blob, api_name="/measure") == "(30, 40, 3) 200"


def test_what_the_app_does_not_name_has_no_answer(ask: Callable[..., httpx2.Response]) -> None:
    # The first names no function; that of gradio's own class would list the disk of the outer app.
    answers = [ask("lying", 0, "ls"), *(ask("lying", 2, name) for name in ("ls", "get_config", "render"))]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


def test_an_error_of_the_app_is_an_error_that_says_nothing_of_it(ask: Callable[..., httpx2.Response]) -> None:
    answer = ask("lying", 1, "ls", 5)
    assert (answer.status_code, answer.json()) == (502, {"detail": "The app behind this page gave no answer"})


def test_what_the_app_may_not_have_is_refused(ask: Callable[..., httpx2.Response]) -> None:
    answer = ask("asking", 0, "ls", {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}})
    assert answer.status_code == 400
    assert "'passwd' was neither uploaded nor made by the app" in answer.json()["detail"]
