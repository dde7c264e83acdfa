"""``gradlink generate`` and ``gradlink check``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gradlink.cli.check import made_from
from gradlink.codegen.python import python_module
from tests.cli.commands import Command
from tests.live.servers import Servers

pytestmark = pytest.mark.live


@pytest.fixture
def url(server: Servers) -> str:
    return server("single").url


@pytest.fixture
def module(command: Command, url: str, tmp_path: Path) -> Path:
    path = tmp_path / "client.py"
    assert command("generate", url, "-o", str(path)).err == f"wrote {path}\n"
    return path


def changed(path: Path, old: str, new: str) -> None:
    """Change what a module says it was made from."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_module_fits_the_app_that_it_was_made_from(command: Command, url: str, module: Path) -> None:
    done = command("check", url, str(module))
    assert (done.code, done.out) == (0, f"{module} fits the app.\n")
    assert command("generate", url, "-o", str(module), "--check").code == 0


def test_it_is_written_to_standard_output_and_in_typescript(
    command: Command, url: str, module: Path, tmp_path: Path
) -> None:
    text = command("generate", url).out
    assert text == module.read_text(encoding="utf-8").replace(f"-o {module}", "-o client.py")
    other = tmp_path / "app.ts"
    assert command("generate", url, "-o", str(other)).code == 0
    assert "export interface App" in other.read_text(encoding="utf-8")
    assert command("check", url, str(other)).code == 0
    changed(other, '"streams":false', '"streams":true')
    assert command("check", url, str(other)).code == 1
    assert command("generate", url, "--lang", "ts").out == other.read_text(encoding="utf-8").replace(
        f"-o {other}", "-o app.ts"
    ).replace('"streams":true', '"streams":false')


def test_what_breaks_is_told_first(command: Command, url: str, module: Path) -> None:
    changed(module, '{"name":"text","type":"str","text":""}', '{"name":"tekst","type":"str","text":""}')
    changed(module, '"text":"Return the text as it came."', '"text":"Other words."')
    done = command("check", url, str(module))
    assert done.code == 1
    assert done.out == (
        "Breaking:\n"
        "  /only tekst: is gone; renamed to text?\n"
        "  /only text: is a new required parameter\n"
        "Harmless:\n"
        "  /only: is described in other words\n"
        f"Make it again: gradlink generate {url} -o {module}\n"
    )
    assert command("generate", url, "-o", str(module), "--check").out == done.out
    told = json.loads(command("check", url, str(module), "--format", "json").out)
    assert told == {
        "app": url,
        "file": str(module),
        "drifted": True,
        "breaking": [
            {
                "kind": "parameter gone",
                "endpoint": "/only",
                "parameter": "tekst",
                "text": "is gone; renamed to text?",
            },
            {
                "kind": "parameter new",
                "endpoint": "/only",
                "parameter": "text",
                "text": "is a new required parameter",
            },
        ],
        "harmless": [{"kind": "text", "endpoint": "/only", "text": "is described in other words"}],
    }
    assert command("check", url, str(module), "--breaking-only").code == 1


def test_what_is_harmless_may_pass(command: Command, url: str, module: Path) -> None:
    changed(module, '"text":"Return the text as it came."', '"text":"Other words."')
    assert command("check", url, str(module)).code == 1
    assert command("check", url, str(module), "--breaking-only").code == 0
    assert command("generate", url, "-o", str(module), "--check").code == 1


def test_what_is_no_generated_module_is_no_drift(command: Command, url: str, tmp_path: Path) -> None:
    for name, text in {
        "a.py": "import os\nos.abort()\n",
        "b.py": "(",
        "c.ts": "export {}",
        "d.py": "\x00",
    }.items():
        path = tmp_path / name
        path.write_text(text)
        done = command("check", url, str(path))
        assert done.code == 2
        assert f"{path} is not a module that gradlink generate wrote" in done.err
    (tmp_path / "e.py").write_bytes(b"\xff")
    assert command("check", url, str(tmp_path / "e.py")).code == 2
    assert command("check", url, str(tmp_path / "missing.py")).code == 1
    assert command("generate", url, "--check").code == 2


def test_the_module_has_no_time_in_it_and_is_made_again_from_what_it_says(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"20\d\d-", text)
    source = re.findall(r'^APP: Final = "(.*)"$', text, re.MULTILINE)[0]
    assert python_module(made_from(str(module)), source, str(module)) == text
