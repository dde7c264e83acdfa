"""Every block of Python in the guides runs as it stands, and prints what its page says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.documents.pages import MARK, URL, blocks, is_printed, program
from tests.examples.programs import ROOT, free_port, serving

DOCS = ROOT / "docs"
COPY = "http://127.0.0.1:7861"
# What they call is the demo app.
GUIDES = [
    "cancelling", "connecting", "errors", "files", "frameworks", "index", "install", "limits", "logging", "progress", "streaming",
    "tutorial", "typed-clients",
]  # fmt: skip


# A machine that is busy takes long to start two apps, or to read all pages.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    """Serve the demo app in a process of its own, and give its URL."""
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.mark.live
@pytest.mark.parametrize("name", GUIDES)
def test_every_block_runs_and_prints_what_the_page_says(name: str, demo_url: str, tmp_path: Path) -> None:
    check(DOCS / f"{name}.md", demo_url, tmp_path)


@pytest.fixture(scope="session")
def copy_url() -> Iterator[str]:
    """Serve the demo app once more."""
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.mark.live
def test_every_block_of_the_readme_runs(demo_url: str, copy_url: str, tmp_path: Path) -> None:
    # What the reader has.
    (tmp_path / "letter.txt").write_text("Dear reader", "utf-8")
    Image.new("RGB", (8, 8), "white").save(tmp_path / "cat.jpg")
    readme = tmp_path / "README.md"
    readme.write_text((ROOT / "README.md").read_text("utf-8").replace(COPY, copy_url), "utf-8")
    assert len(blocks(readme)) == 4
    check(readme, demo_url, tmp_path)


def check(page: Path, demo_url: str, folder: Path) -> None:
    """Run the blocks of a page, and compare what they print with what it says."""
    command = [sys.executable, "-c", program(page, demo_url)]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    run = [block for block in blocks(page) if block.why_not is None]
    *printed, rest = done.stdout.replace(demo_url, URL).split(f"{MARK}\n")
    assert (len(printed), rest) == (len(run), "")
    for block, text in zip(run, printed, strict=True):
        if block.prints is not None:
            assert is_printed(block.prints, text), f"{page.name}:{block.line} prints {text!r}"


def test_what_is_printed_may_have_a_gap() -> None:
    assert is_printed("a\n…\nb\n", "a\n1\n2\nb\n")
    assert is_printed("took … s\n", "took 0.1 s\n")
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
