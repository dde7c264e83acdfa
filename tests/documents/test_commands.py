"""Every block of commands in README.md, docs/ and js/README.md runs as it stands, and prints what its page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.documents.pages import blocks, expect_printed, kinds, script
from tests.examples.programs import ROOT

URL = "http://127.0.0.1:7860"
PAGES = [
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", ROOT / "js" / "README.md", *(ROOT / "docs").rglob("*.md"))
]
RUN = [
    "README.md", "docs/command-line.md", "docs/docs-page.md", "docs/javascript.md", "docs/migrating.md", "docs/spaces.md",
    "docs/tickets.md", "docs/typed-clients.md", "js/README.md",
]  # fmt: skip
# What serves until Ctrl-C; with an option, `gradlink docs` writes something down and ends.
SERVED = re.compile(
    r"^(?=gradlink docs [^-\n]*$|gradlink record|python -m gradlink\.testing\.hub)", re.MULTILINE
)

pytestmark = pytest.mark.timeout(400)


def test_every_block_says_what_it_is() -> None:
    # What docs/architecture.md has besides is a tree that tests/architecture compares with the code, and a picture.
    assert [page for page in PAGES if "" in kinds(ROOT / page)] == ["docs/architecture.md"]


def test_every_page_with_commands_is_run() -> None:
    with_commands = {page for page in PAGES for block in blocks(ROOT / page, "sh") if block.why_not is None}
    assert sorted(with_commands) == RUN


@pytest.mark.live
@pytest.mark.parametrize("page", RUN)
def test_every_block_of_commands_runs(
    page: str, demo_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    write_what_the_reader_has(tmp_path, demo_url)
    instead = {URL: demo_url}
    if page == "docs/command-line.md":
        instead["user/space"] = request.getfixturevalue("studio_url")
    commands = SERVED.sub("python -m tests.documents.served ", script(ROOT / page, instead))
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-c", commands],  # noqa: S607  # wherever it is
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": os.pathsep.join(paths),
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            "BROWSER": "true",
        },
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    expect_printed(ROOT / page, "sh", done.stdout, instead)


def write_what_the_reader_has(folder: Path, demo_url: str) -> None:
    """Write the files that the pages name, and programs that call an app through ``gradio_client``."""
    (folder / "people.csv").write_text("name\nAda\nGrace\n", "utf-8")
    photos = folder / "photos"
    photos.mkdir()
    Image.new("RGB", (8, 8), "gray").save(photos / "cat.jpg")
    program = (
        f"from gradio_client import Client\nprint(Client({demo_url!r}).predict('Ada', api_name='/greet'))\n"
    )
    (folder / "program.py").write_text(program, "utf-8")
    package = folder / "some_package"
    package.mkdir()
    (package / "__main__.py").write_text(program, "utf-8")
