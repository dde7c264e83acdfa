"""``gradlink docs`` with --html, --markdown, --openapi and --llms."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.commands import Command
from tests.docs_page.documents import valid
from tests.live.servers import Servers


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("GRADLINK_AUTH", raising=False)
    return Command(capsys, monkeypatch)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only the served page needs is not installed."""
    for name in ("starlette", "uvicorn"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.live
def test_texts_go_to_standard_output(command: Command, server: Servers, bare: None) -> None:
    url = server().url
    document = valid(json.loads(command("docs", url, "--openapi").out))
    assert document["servers"] == [{"url": url.rstrip("/")}]
    assert "/login" not in document["paths"]
    assert command("docs", url, "--markdown").out.startswith("# ")
    assert "\n## Python" in command("docs", url, "--llms").out


@pytest.mark.live
def test_texts_go_to_the_file_that_is_named(
    command: Command, server: Servers, bare: None, tmp_path: Path
) -> None:
    path = tmp_path / "openapi.json"
    done = command("docs", server("auth").url, "--auth", "user:pass", "--openapi", "-o", str(path))
    assert (done.code, done.out) == (0, "")
    assert done.err == f"wrote {path}\n"
    document = valid(json.loads(path.read_text(encoding="utf-8")))
    assert document["paths"]["/login"]
    assert "pass" not in [*document["servers"][0].values()]


@pytest.mark.live
def test_a_page_goes_into_a_directory_of_its_own(
    command: Command, server: Servers, bare: None, tmp_path: Path
) -> None:
    done = command("docs", server().url, "--html", str(tmp_path / "out"))
    assert (done.code, done.err) == (0, f"wrote {tmp_path / 'out' / 'index.html'}\n")
    assert command("docs", server().url, "--html", str(tmp_path / "out")).code == 0
    (tmp_path / "out" / "mine.txt").touch()
    done = command("docs", server().url, "--html", str(tmp_path / "out"))
    assert done.code == 2
    assert "files that gradlink has not written (mine.txt)" in done.err


@pytest.mark.live
@pytest.mark.parametrize("form", ["--openapi", "--markdown", "--llms", "--html"])
def test_no_password_of_an_address_is_written(
    command: Command, server: Servers, tmp_path: Path, form: str
) -> None:
    url = server().url.replace("://", "://ada:secret-word@")
    done = command("docs", url, form, *([str(tmp_path)] if form == "--html" else []))
    page = tmp_path / "index.html"
    written = page.read_text(encoding="utf-8") if page.exists() else done.out
    assert done.code == 0, done.err
    assert "127.0.0.1" in written
    assert "secret-word" not in written


@pytest.mark.live
def test_an_app_can_have_what_it_does_not_list_written_too(command: Command, server: Servers) -> None:
    url = server().url
    assert "/undocumented" not in command("docs", url, "--llms").out
    assert "/undocumented" in command("docs", url, "--llms", "--all").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--markdown", "--openapi"], "--markdown and --openapi: one at a time"),
        (["--html", "out", "--llms"], "--html and --llms: one at a time"),
        (["-o", "x.md"], "-o is for --markdown, --openapi and --llms"),
        (["--html", "out", "-o", "x"], "-o is for --markdown, --openapi and --llms"),
        (["--html", __file__], f"--html {__file__} is a file; name a directory"),
        (["--html", str(Path(__file__).parent)], "name an empty directory"),
    ],
)
def test_options_that_do_not_go_together_are_refused(command: Command, options: list[str], said: str) -> None:
    done = command("docs", "http://127.0.0.1:9/", *options)
    assert done.code == 2
    assert said in done.err
