"""Every block of commands in README.md, docs/ and js/README.md runs as it stands, and prints what its page says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.documents.pages import MARK, blocks, is_printed, kinds, replaced, script
from tests.examples.programs import ROOT, free_port, serving

URL = "http://127.0.0.1:7860"
PAGES = {page.stem: page for page in (ROOT / "docs").rglob("*.md")} | {
    "README": ROOT / "README.md",
    "js/README": ROOT / "js" / "README.md",
}
RUN = [
    "README", "command-line", "docs-page", "javascript", "js/README", "migrating", "spaces", "tickets", "typed-clients",
]  # fmt: skip
# What serves until Ctrl-C.
SERVED = [
    "gradlink docs URL\n",
    "gradlink docs URL ",
    "gradlink record URL",
    "python -m gradlink.testing.hub",
]

pytestmark = pytest.mark.timeout(400)


def test_every_block_says_what_it_is() -> None:
    assert [name for name, page in PAGES.items() if "" in kinds(page) and name != "architecture"] == []


def test_every_page_with_commands_is_run() -> None:
    with_commands = {
        name: [block.why_not for block in blocks(page, "sh")]
        for name, page in PAGES.items()
        if blocks(page, "sh")
    }
    assert sorted(name for name, why_not in with_commands.items() if None in why_not) == sorted(RUN)


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    """Serve the demo app in a process of its own, and give its URL."""
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.fixture(scope="module")
def studio_url() -> Iterator[str]:
    """Serve the app of studio.py in a process of its own, and give its URL."""
    with serving("-m", "tests.documents.studio", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.mark.live
@pytest.mark.parametrize("name", RUN)
def test_every_block_of_commands_runs(
    name: str, demo_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    write_what_the_reader_has(tmp_path, demo_url)
    instead = {
        served.replace("URL", URL): f"python -m tests.documents.served {served.replace('URL', URL)}"
        for served in SERVED
    }
    if name == "docs-page":  # what is written down ends by itself
        instead = {key: value for key, value in instead.items() if not key.endswith(" ")}
    if name == "command-line":
        instead["user/space"] = request.getfixturevalue("studio_url")
    instead[URL] = demo_url
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-c", script(PAGES[name], instead)],  # noqa: S607  # wherever it is
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
    run = [block for block in blocks(PAGES[name], "sh") if block.why_not is None]
    *printed, rest = replaced(done.stdout, {demo_url: URL}).split(f"{MARK}\n")
    assert (len(printed), rest) == (len(run), "")
    for block, text in zip(run, printed, strict=True):
        if block.prints is not None:
            assert is_printed(block.prints, text), f"{name}:{block.line} prints {text!r}"


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
