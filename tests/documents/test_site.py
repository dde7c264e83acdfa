"""The site builds without a warning, has every page and every name, and asks nobody else for anything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import gradlink
from tests.examples.programs import ROOT
from tools import site as tool

DOCS = ROOT / "docs"


# A machine that is busy takes long to start two apps, or to read all pages.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site without the reference of the npm package, which takes Node a minute."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "tools/site.py", "--without-typescript", str(out)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return out


class Addresses(HTMLParser):
    """Collects what a browser fetches by itself to show a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag in {"script", "img", "iframe", "source"}:
            self.found.append(known.get("src") or "")
        if tag == "link" and known.get("rel") in {"stylesheet", "icon", "preload"}:
            self.found.append(known.get("href") or "")


@pytest.mark.live
def test_the_site_asks_nobody_else(built: Path) -> None:
    pages = list(built.rglob("*.html"))
    assert len(pages) > 25
    fetched = {address for page in pages for address in Addresses(page.read_text("utf-8")).found}
    assert len(fetched) > 5
    assert [address for address in fetched if "://" in address or address.startswith("//")] == []
    styles = " ".join(sheet.read_text("utf-8") for sheet in built.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles) == []


@pytest.mark.live
def test_every_public_name_is_in_the_reference(built: Path) -> None:
    shown = "".join(
        (built / "reference" / f"{name}.html").read_text("utf-8") for name in ("python", "errors")
    )
    described = set(re.findall(r'id="gradlink\.(?:errors\.)?(\w+)"', shown))
    names: list[Any] = list(gradlink.__all__)
    # A union of the events, each of which is there; and the version.
    assert {name for name in names if name not in described} == {"Event", "__version__"}


@pytest.mark.live
def test_programs_that_read_documentation_find_every_page(built: Path) -> None:
    listed = set(re.findall(r"\]\(([\w/-]+)\.html\): \S", (built / "llms.txt").read_text("utf-8")))
    pages = {str(page.relative_to(DOCS).with_suffix("")) for page in DOCS.glob("*.md")} - {"index"}
    assert pages <= listed
    assert [page for page in listed if not (built / f"{page}.html").exists()] == []


def test_the_reference_has_every_entry_of_the_npm_package() -> None:
    exports = json.loads((ROOT / "js" / "package.json").read_text("utf-8"))["exports"]
    # One has the names of the first, the other no names.
    entries = {f"gradlink{name[1:]}" for name in exports} - {"gradlink/bundle", "gradlink/package.json"}
    page = (DOCS / "reference" / "typescript.md").read_text("utf-8")
    assert set(re.findall(r"^## (\S+)$", page, re.MULTILINE)) == entries
    options = json.loads((ROOT / "tools" / "typedoc" / "typedoc.json").read_text("utf-8"))
    written = {Path(entry).stem for entry in options["entryPoints"]}
    assert set(re.findall(r"^typescript/(\w+)/", page, re.MULTILINE)) == written
    assert len(written) == len(entries)


def test_the_first_sentence_of_a_page_is_its_summary() -> None:
    page = "# Files\n\n```python\nx\n```\n\nSend [files](values.md) with `handle_file`. Get them, too.\n"
    assert tool.first_sentence(page) == "Send files with handle_file."
