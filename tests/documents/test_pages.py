"""Every block of Python in README.md and docs/ runs as it stands, and prints what its page says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from gradlink.testing.hub import LocalHub
from tests.documents.pages import blocks, expect_printed, is_printed, program
from tests.examples.programs import ROOT

README = ROOT / "README.md"
DOCS = ROOT / "docs"
URL, COPY = "http://127.0.0.1:7860", "http://127.0.0.1:7861"
# What they call is the demo app.
GUIDES = [
    "cancelling", "command-line", "connecting", "errors", "files", "index", "install", "limits", "logging",
    "migrating", "progress", "recorder", "tickets", "tutorial", "typed-clients",
]  # fmt: skip
# What they call is the app of studio.py.
STUDIO = ["many-calls", "values"]
# What they call is the demo app, and beside it the app of studio.py.
BOTH = ["frameworks", "streaming"]
# What they call is a Space of a Hub on this machine.
HUB = ["load", "spaces"]
# Those that have a test of their own: here, and in tests/testing.
OTHERS = ["README", "many-servers", "testing"]

# A machine that is busy takes long to start two apps, or to read all pages.
pytestmark = pytest.mark.timeout(400)


def test_every_page_with_a_block_is_run() -> None:
    pages = [README, *DOCS.rglob("*.md")]
    assert sorted(page.stem for page in pages if blocks(page)) == sorted(
        [*GUIDES, *STUDIO, *BOTH, *HUB, *OTHERS]
    )


@pytest.mark.live
@pytest.mark.parametrize("name", GUIDES)
def test_every_block_runs_and_prints_what_the_page_says(name: str, demo_url: str, tmp_path: Path) -> None:
    # What the reader has: the module that `gradlink generate` has written, the files that a recording has kept.
    if name in ("command-line", "typed-clients"):
        generate = [sys.executable, "-m", "gradlink", "generate", demo_url, "-o", "client.py"]
        subprocess.run(generate, cwd=tmp_path, check=True, capture_output=True, timeout=100)
    recorded = tmp_path / "recorded_files"
    recorded.mkdir()
    (recorded / "letter.txt").write_text("Dear reader", "utf-8")
    check(DOCS / f"{name}.md", {URL: demo_url}, tmp_path)


@pytest.mark.live
def test_every_block_of_the_readme_runs(demo_url: str, copy_url: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader", "utf-8")
    Image.new("RGB", (8, 8), "white").save(tmp_path / "cat.jpg")
    assert len(blocks(README)) == 4
    check(README, {URL: demo_url, COPY: copy_url}, tmp_path)


@pytest.mark.live
def test_every_block_on_several_copies_runs(demo_url: str, copy_url: str, tmp_path: Path) -> None:
    check(DOCS / "many-servers.md", {URL: demo_url, COPY: copy_url}, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("name", BOTH)
def test_every_block_that_calls_two_apps_runs(
    name: str, demo_url: str, studio_url: str, tmp_path: Path
) -> None:
    for picture, color in {"dark": "black", "light": "white"}.items():
        Image.new("RGB", (8, 8), color).save(tmp_path / f"{picture}.png")
    check(DOCS / f"{name}.md", {URL: demo_url, COPY: studio_url}, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("name", STUDIO)
def test_every_block_with_values_runs(name: str, studio_url: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "white").save(tmp_path / "cat.jpg")
    (tmp_path / "sales.csv").write_text("month,sold\nmay,10\njune,15\n", "utf-8")
    photos = tmp_path / "photos"
    photos.mkdir()
    for photo, size in {"boat": (640, 400), "cat": (320, 240), "dog": (100, 100)}.items():
        Image.new("RGB", size, "gray").save(photos / f"{photo}.jpg")
    check(DOCS / f"{name}.md", {URL: studio_url}, tmp_path)


@pytest.mark.live
@pytest.mark.parametrize("name", HUB)
def test_every_block_that_names_a_space_runs(name: str, demo_url: str, tmp_path: Path) -> None:
    with LocalHub() as hub:
        hub.add_account("you", token="hf_...")
        space = hub.add_space("user/space", demo_url)
        hub.add_space("user/model", demo_url, stages=["SLEEPING"])
        instead = {
            URL: demo_url,
            "https://huggingface.co": hub.url,
            "https://user-space.hf.space": space.url,
            # An app serves until it is stopped, unless it is told not to wait for that.
            "demo.launch()": "demo.launch(prevent_thread_lock=True)",
        }
        check(DOCS / f"{name}.md", instead, tmp_path, HF_ENDPOINT=hub.url)


def check(page: Path, instead: Mapping[str, str], folder: Path, **environment: str) -> None:
    """Run the blocks of a page, with other addresses, and compare what they print with what the page says."""
    done = subprocess.run(
        [sys.executable, "-c", program(page, instead)],
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    expect_printed(page, "python", done.stdout, instead)


def test_what_is_printed_may_have_a_gap() -> None:
    assert is_printed("a\n…\nb\n", "a\n1\n2\nb\n")
    assert is_printed("…\na\n…\nb\n", "a\nb\n")
    assert is_printed("took … s\n", "took 0.1 s\n")
    assert not is_printed("took … s\n", "took 0.1\n s\n")
    assert not is_printed("a\n…\nb\n", "a\n1\n2\nc\n")
    assert not is_printed("a.b\n", "axb\n")


def test_blocks_are_found_with_what_they_print(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\nAnd\n\n<!-- not run: no app -->\n\n"
        "```python\nnothing()\n```\n\nso\n\n```text\nno output of it\n```\n\n```sh\nls\n```\n",
        "utf-8",
    )
    one, two = blocks(page)
    assert (one.line, one.code, one.prints, one.why_not) == (4, "print(1)\n", "1\n", None)
    assert (two.line, two.code, two.prints, two.why_not) == (16, "nothing()\n", None, "no app")
