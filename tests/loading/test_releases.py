"""Apps of many releases of Gradio inside of others: each original in the newest outer one, and the newest in each outer one.

``--releases all`` plays all of them, as `make test-matrix` does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import gradio
import pytest

import gradlink
from gradlink import AppError, Client, handle_file
from gradlink.errors import LoadError
from tests.live.browsing import PATIENCE_MS, for_a_module
from tests.matrix.servers import PROJECT, Release, tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.live

HERE: Final = Path(__file__).parent
NEWEST: Final = "6.31.0"
QUIET: Final = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
# What `make test` plays: the original, and the outer app that it is put into.
SMALL: Final = (("4.44.1", NEWEST), ("5.49.1", NEWEST), (NEWEST, "5.50.0"))
# Pairs with the same original follow each other: it is started once for all of them.
ALL: Final = (
    ("4.8.0", NEWEST), ("4.31.5", NEWEST), ("4.44.1", NEWEST), ("4.44.1", "5.49.1"), ("5.0.2", NEWEST),
    ("5.49.1", NEWEST), ("5.49.1", "5.50.0"), ("5.50.0", NEWEST), ("5.50.0", "6.30.0"), ("6.0.2", NEWEST),
    (NEWEST, "5.49.1"), (NEWEST, "5.50.0"), (NEWEST, "6.30.0"), (NEWEST, NEWEST),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two running apps, one inside of the other."""

    original: str
    outer: str
    original_major: int
    outer_major: int

    @property
    def chats(self) -> tuple[str, ...]:
        """The chats that the original has, of pairs or of messages."""
        pairs = ("pairs",) if self.original_major < 6 else ()
        typed = ("messages",) if self.original_major >= 5 or self._knows_messages else ()
        return pairs + typed

    @property
    def _knows_messages(self) -> bool:
        with Client(self.original, verbose=False) as client:
            return any(e.api_name == "/say_messages" for e in client.endpoints.values())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "pair" in metafunc.fixturenames:
        small = metafunc.config.getoption("--releases", "small") == "small"
        cases = SMALL if small else ALL
        ids = [f"{original}-in-{outer}" for original, outer in cases]
        metafunc.parametrize("pair", cases, ids=ids, indirect=True, scope="module")


@pytest.fixture(scope="module")
def originals() -> Iterator[Callable[[str], Release]]:
    """Give the original of a release; it runs until that of another one is asked for."""
    running: dict[str, Release] = {}

    def end() -> None:
        while running:
            running.popitem()[1].close()

    def of(name: str) -> Release:
        if name not in running:
            end()
            running[name] = Release(name, HERE / "original.py", **QUIET)
        return running[name]

    yield of
    end()


@pytest.fixture(scope="module")
def pair(request: pytest.FixtureRequest, originals: Callable[[str], Release]) -> Iterator[Pair]:
    original, outer = request.param
    inner = originals(original)
    paths = {"PYTHONPATH": _paths(outer), "GRADLINK_ORIGINAL": inner.said}
    with closing(Release(outer, HERE / "outer.py", **QUIET, **paths)) as around:
        yield Pair(inner.said, around.said, int(original[0]), int(outer[0]))


def _paths(outer: str) -> str:
    """Return where an outer app imports from, before the packages of its release."""
    tool().install(["for-gradlink"])
    of_release = tool().interpreter(outer)[1].get("PYTHONPATH")
    needs = tool().cache_directory() / "for-gradlink"
    return os.pathsep.join([*filter(None, [of_release]), str(PROJECT / "src"), str(PROJECT), str(needs)])


@pytest.fixture
def client(pair: Pair, tmp_path: Path) -> Iterator[Client]:
    with Client(pair.outer, verbose=False, download_files=tmp_path) as client:
        yield client


def test_a_visitor_has_a_state(pair: Pair, client: Client) -> None:
    assert client.predict(2, api_name="/count") == 2
    assert client.predict(3, api_name="/count") == 5
    with Client(pair.outer, verbose=False) as another:
        assert another.predict(1, api_name="/count") == 1


def test_values_come_as_they_are_made(pair: Pair, client: Client) -> None:
    assert list(client.submit("abc", api_name="/stream")) == ["a", "ab", "abc"]


def test_files_go_there_and_come_back(pair: Pair, client: Client, tmp_path: Path) -> None:
    (tmp_path / "quiet.txt").write_text("hello")
    made = client.predict(handle_file(tmp_path / "quiet.txt"), api_name="/shout")
    assert Path(made).read_text() == "HELLO"


def test_an_error_is_told(pair: Pair, client: Client) -> None:
    with pytest.raises(AppError, match="No luck with 7"):
        client.predict("7", api_name="/fail")


def test_a_cancel_stops_the_original(pair: Pair, client: Client) -> None:
    job = client.submit("cancelled", api_name="/slow")
    assert next(job) == "value 0"
    assert job.cancel()
    with Client(pair.original, verbose=False) as original:
        before = -1
        while (now := original.predict("cancelled", api_name="/noted")) != before:
            before = now
            Event().wait(0.5)  # it notes ten in this time while it runs


@pytest.mark.parametrize("chat", ["pairs", "messages"])
def test_a_chat_has_its_history(pair: Pair, client: Client, chat: str) -> None:
    if chat not in pair.chats:
        pytest.skip(f"this original has no chat of {chat}")
    history: Any = []
    for turn in range(2):
        *_, (history, _) = client.submit(f"Number {turn}", history, api_name=f"/say_{chat}")
    history = client.predict(history, api_name=f"/picture_{chat}")
    counted = (1, 2) if chat == "pairs" else (1, 3)
    replies = [f"Number {turn}? That makes {count}" for turn, count in enumerate(counted)]
    said = [text for turn, reply in enumerate(replies) for text in (f"Number {turn}", reply)]
    *texts, picture = _said(history, pairs=chat == "pairs" and pair.outer_major < 6)
    assert texts == said
    assert picture["alt_text"] == "red"


def _said(history: Any, *, pairs: bool) -> list[Any]:
    """Return what was said, one after the other, in the form that the outer app has it."""
    if pairs:
        return [side for turn in history for side in turn if side is not None]
    contents = [content for message in history for content in _contents(message["content"])]
    return [c["text"] if isinstance(c, dict) and c.get("type") == "text" else c for c in contents]


def _contents(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content]


# -- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from for_a_module("--disable-gpu")


@pytest.fixture
def page(browser: Browser, pair: Pair) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(pair.outer)
    yield page
    page.close()
    assert problems == []


def test_a_page_shows_it_and_works(pair: Pair, page: Page) -> None:
    from playwright.sync_api import expect

    for times in (1, 2):
        page.get_by_role("button", name="Count", exact=True).click()
        expect(page.get_by_label("Total", exact=True)).to_have_value(str(2 * times))
    page.get_by_role("button", name="Stream", exact=True).click()
    expect(page.locator("label", has_text="Result").locator("textarea")).to_have_value("world")
    for chat in pair.chats:
        page.get_by_role("tab", name=chat.capitalize()).click()
        expect(page.get_by_text("Anything else?").locator("visible=true")).to_have_count(1)
        page.get_by_label(f"Say in {chat}", exact=True).fill("Well")
        page.get_by_label(f"Say in {chat}", exact=True).press("Enter")
        makes = 3 if chat == "pairs" else 4
        expect(page.get_by_text(f"Well? That makes {makes}").locator("visible=true")).to_have_count(1)
        page.get_by_role("button", name=f"Picture in {chat}").click()
        _expect_seen(page, page.get_by_test_id("bot").locator("img").locator("visible=true"))


def _expect_seen(page: Page, picture: Any) -> None:
    """Wait until a picture has come; an address that answers with something else makes none."""
    picture.wait_for()
    page.wait_for_function("picture => picture.naturalWidth === 40", arg=picture.element_handle())


# -- others ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["4.44.1", "5.48.0", "6.99.0", "7.0.0", "unknown"])
def test_other_releases_are_refused(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(gradio, "__version__", version)
    with pytest.raises(LoadError) as raised:
        gradlink.load("http://127.0.0.1:9")
    assert f"gradio 5.49, 5.50, 6.30, 6.31, whose insides it knows; installed is {version}" in str(
        raised.value
    )
    assert 'pip install "gradio==6.31.*"' in str(raised.value)
